"""The register of threats is read by everybody of the year and kept by those who may: each form does what it says."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework import threats
from desk.forms import Fields, FormError
from desk.threat_form import day_of_year, typed_body, typed_of
from desk.threat_lines import preview, register_lines
from district.load_seasons import Calendar, read_threat, shipped
from district.load_threats import body_of
from district.seasons import Threat
from preventive.due import Stage
from tests.desk.conftest import House
from tests.desk.test_queue_page import text_of


def form(threat: Threat, **changes: Any) -> dict[str, Any]:
    """Return the fields that the form of a threat would send, with some of them typed over."""
    sent = {name: list(values) for name, values in typed_of(threat).values.items()}
    return sent | {"reason": "так решили", "version": "0"} | changes


def shipped_threats() -> list[Threat]:
    found = [
        read_threat(body, "x")[0]
        for calendar in (Calendar.NORTHWEST, Calendar.SAKHALIN)
        for body in shipped(calendar).values()
    ]
    return [threat for threat in found if threat is not None]


@pytest.mark.parametrize("threat", shipped_threats(), ids=lambda t: t.id)
def test_the_form_of_a_threat_says_the_same_threat(threat: Threat) -> None:
    """Opening a threat for change and sending the form untouched changes nothing."""
    body = typed_body(Fields(typed_of(threat).values), threat)
    again, problems = read_threat({**body, "id": threat.id}, "форма")

    assert problems == []
    assert again is not None
    assert body_of(again) == body_of(threat)


@pytest.mark.parametrize("login", ["head", "officer", "executor", "reader"])
def test_the_register_is_read_by_everybody_of_the_year(house: House, login: str) -> None:
    """Name, days, how sure they are, the day to begin preparing and the ground stand in the list; only some may add."""
    page = house.by(login).get("/threats?year=2027").text
    text = text_of(page)

    for said in (
        "Единый день голосования",
        "12 сен 2027",
        "29 июл 2027",
        "точно",
        "67-ФЗ",
        "ожидается",
        "Весеннее закрытие дорог",
        "8 апр – 7 мая 2027",
    ):
        assert said in text, said
    assert ('href="/threats/new"' in page) == (login == "head")


def test_the_list_is_sifted_and_looked_at_in_other_years(house: House) -> None:
    """Chips of the list keep the year; what an address asks for wrongly is the usual list."""
    head = house.by("head")

    assert "Выключенных угроз нет" in text_of(head.get("/threats?show=off").text)
    assert "show=off&amp;year=2025" in head.get("/threats?show=off&year=2026").text
    for strange in ("?year=0000", "?year=99999", "?year=²⁰²⁶", "?show=nothing", "?year=" + "1" * 500):
        assert head.get("/threats" + strange).status_code == 200


def test_one_threat_tells_its_days_its_grounds_and_whom_it_concerns(house: House) -> None:
    """The page of a threat shows five years of days with why, its words and audience; a reader has no forms there."""
    page = house.by("reader").get("/threats/elections").text
    text = text_of(page)
    year = datetime.now(UTC).astimezone(house.profile.timezone).year

    assert all(str(y) in text for y in range(year - 2, year + 3))
    assert "второе воскресенье сентября" in text
    assert "только информирование" in text
    assert "маломобильные жители" in text
    assert "/threats/elections/edit" not in page
    assert "/threats/elections/off" not in page
    assert house.by("reader").get("/threats/no-such").status_code == 404


def test_days_are_shown_before_anything_is_kept(house: House) -> None:
    """The preview shows what the typed rule gives, keeps what was typed, and writes nothing."""
    head, threat = house.by("head"), threats.one(house.work(), "ticks").threat
    fields = form(threat, **{"window.since": "20.12", "window.until": "10.01"}) | {"threat": "ticks"}

    answer = head.post("/threats/preview", fields)

    assert answer.status_code == 200
    assert "с 20 декабря по 10 января" in text_of(answer.text)
    assert 'value="20.12"' in answer.text
    assert threats.one(house.work(), "ticks").version == 0


WRONG = [
    ({"name": " "}, "Укажите: название"),
    ({"main_topic": ""}, "Укажите: главная тема"),
    ({"kind": ""}, "Выберите: когда бывает"),
    ({"window.since": "31.02"}, "дня 31.02 нет ни в одном году"),
    ({"window.since": "апрель"}, "не похоже на день года"),
    ({"window.until": ""}, "Укажите: последний день"),
    ({"lead_days": "-3"}, "за сколько дней готовиться"),
    ({"lead_days": "999"}, "0-366 дней"),
    ({"evidence_words0": "", "evidence_words1": ""}, "хотя бы одно основание"),
    ({"kind": "nth_weekday", "nth_weekday.nth": "6", "nth_weekday.weekday": "sunday", "nth_weekday.month": "9"}, "Который по счёту"),
    ({"kind": "nth_weekday", "nth_weekday.nth": "2", "nth_weekday.weekday": "sunday", "nth_weekday.month": "13"}, "Месяц"),
    ({"kind": "weather", "weather.opens": "", "weather.since": "01.09", "weather.until": "01.10"}, "Укажите: чем начинается"),
    ({"kind": "weather", "weather.opens": "rain-of-frogs", "weather.since": "01.09", "weather.until": "01.10"}, "Чем начинается"),
    ({"topic": ["no-such-topic"]}, "Темы"),
    ({"territory": ["no-such-place"]}, "Территории"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), WRONG, ids=[w[1] for w in WRONG])
@pytest.mark.parametrize("address", ["/threats/preview", "/threats/add", "/threats/ticks/change"])
def test_a_mistake_is_told_in_words_of_the_form_and_what_was_typed_stays(
    house: House, address: str, changes: dict[str, Any], said: str
) -> None:
    """Every form answers 422 with a sentence about its own field, and shows again what was typed."""
    threat = threats.one(house.work(), "ticks").threat

    answer = house.by("head").post(address, form(threat, note="заметка из формы", **changes))

    assert answer.status_code == 422
    assert said in text_of(answer.text)
    assert "заметка из формы" in answer.text
    assert threats.one(house.work(), "ticks").version == 0


def test_a_threat_is_added_changed_switched_off_and_on(house: House) -> None:
    """The whole life of an own threat through the forms, each step with its reason in the list."""
    head = house.by("head")
    fair = form(
        threats.one(house.work(), "ticks").threat, name="Ярмарка: пробки и шум", main_topic="transport", topic=["culture"],
        kind="nth_weekday", **{"nth_weekday.nth": "-1", "nth_weekday.weekday": "saturday", "nth_weekday.month": "6"},
    )  # fmt: skip

    made = head.post("/threats/add", fair)
    place = made.headers["location"]
    again = head.post(f"{place}/change", fair | {"name": "Ярмарка", "version": "1", "reason": "короче"})
    off = head.post(f"{place}/off", {"version": "2", "reason": "ярмарку отменили"})

    assert [a.status_code for a in (made, again, off)] == [303, 303, 303]
    shown = text_of(head.get("/threats?show=off").text)
    assert "Ярмарка" in shown
    assert "ярмарку отменили" in shown
    assert "Ярмарка" not in text_of(head.get("/threats").text)
    assert head.post(f"{place}/on", {"version": "3", "reason": ""}).status_code == 422
    assert head.post(f"{place}/on", {"version": "3", "reason": "вернули"}).status_code == 303
    assert "Ярмарка" in text_of(head.get("/threats?show=own").text)
    assert head.post(f"{place}/off", {"version": "4", "reason": "убрали после проверки"}).status_code == 303


def test_two_who_change_one_threat_do_not_overwrite_each_other(house: House) -> None:
    """The second hears who was faster and why, with 409, and keeps what was typed."""
    head, threat = house.by("head"), threats.one(house.work(), "hogweed").threat
    head.post("/threats/hogweed/change", form(threat, lead_days="30", reason="людей мало"))

    answer = house.by("curator").post("/threats/hogweed/change", form(threat, lead_days="40"))
    off = house.by("curator").post("/threats/hogweed/off", {"version": "0", "reason": "не растёт"})

    assert (answer.status_code, off.status_code) == (409, 409)
    assert "людей мало" in text_of(answer.text)
    assert 'value="40"' in answer.text
    assert threats.one(house.work(), "hogweed").threat.lead_days == 30


def test_the_day_of_the_list_is_the_districts(house: House) -> None:
    """At the same moment it is 1 January in Kamchatka and still December on the other side of the date line."""
    from dataclasses import replace
    from zoneinfo import ZoneInfo

    def stage(zone: str, hours: int) -> Stage:
        moment = datetime(2026, 12, 31, 12, tzinfo=UTC) + timedelta(hours=hours)
        work = replace(house.work().at(moment), profile=replace(house.profile, timezone=ZoneInfo(zone)))
        body = {"id": "first", "name": "x", "topics": ["roads"], "lead_days": 0, "kind": "fixed", "since": "01-01",
                "evidence": [{"kind": "practice", "words": "x"}]}  # fmt: skip
        entry = threats.Registered(threats.draft(work, body), threats.Origin.OWN, 1)
        year = preview(work, entry.threat)[2].year
        assert year == moment.astimezone(ZoneInfo(zone)).year
        return register_lines(work, [entry], year)[0].stage

    assert stage("Asia/Kamchatka", 0) is Stage.ON
    assert stage("Asia/Kamchatka", -1) is Stage.NONE
    assert stage("Pacific/Midway", 0) is Stage.NONE
    assert stage("Pacific/Midway", 23) is Stage.ON


@pytest.mark.parametrize(
    ("typed", "kept"), [("15.04", "04-15"), ("1.9", "09-01"), ("29.02", "02-29"), ("31/12", "12-31")]
)
def test_days_are_typed_as_people_write_them(typed: str, kept: str) -> None:
    """Number and month, with a dot or a slash."""
    assert day_of_year(typed, "день") == kept


@pytest.mark.parametrize("typed", ["", "30.02", "31.04", "00.01", "15", "04-15-2026", "15.13", "１５.04 ", "٣.٤"])
def test_what_is_no_day_of_a_year_is_refused(typed: str) -> None:
    """The error names the field and shows how to write a day."""
    with pytest.raises(FormError, match="15.04"):
        day_of_year(typed, "первый день")


def test_every_threat_opens_and_has_a_form(house: House) -> None:
    """Each threat of the register has its page and its form, and the links of the list lead to them."""
    head = house.by("head")
    links = set(re.findall(r'href="(/threats/[a-z0-9-]+)"', head.get("/threats").text)) - {"/threats/new"}

    assert len(links) > 30
    for link in sorted(links):
        assert head.get(link).status_code == 200
        assert head.get(f"{link}/edit").status_code == 200
