"""«Из истории» shows peaks with their evidence, lets the register be changed by a press, and is honest when it knows little."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest

from casework import threats
from casework.peaks import refusals
from casework.weeks import keep_counts
from desk.pictures_peaks import heat_row, kind_of, months_scale, year_row
from preventive.peaks import SLOTS, Peak
from storage.find.weeks import Counted
from tests.desk.conftest import House
from tests.desk.test_queue_page import text_of
from tests.preventive.history_build import a_series, every

FIVE = range(2021, 2026)
LATE = {
    "name": "Осенний поток туристов", "topics": ["tourism"], "kind": "window", "since": "10-25", "until": "11-20", "lead_days": 7,
    "evidence": [{"kind": "practice", "words": "опыт"}],
}  # fmt: skip


def _keep(
    house: House, topic: str, weeks: range, posts: int, base: int = 4, territory: str = "", years: range = FIVE
) -> None:
    series = a_series(years[0], years[-1], every(years, weeks, posts), base=base)
    keep_counts(house.work(), [Counted(topic, territory, w.week, w.posts, w.voices) for w in series.weeks])


def test_an_empty_history_says_what_to_do(house: House) -> None:
    """Before anything is counted the page says when the first week comes and how past years are brought in."""
    page = text_of(house.by("reader").get("/peaks").text)

    assert "Истории ещё нет" in page
    assert "otklik year import" in page
    assert "Недель по этой теме ещё не посчитано" in text_of(house.by("reader").get("/peaks/roads").text)


def test_one_year_is_too_little(house: House) -> None:
    """With one year the weeks are shown, no peak is told and the page says that two years are needed."""
    _keep(house, "telecom", range(40, 44), 20, years=range(2025, 2026))

    page = text_of(house.by("officer").get("/peaks").text)

    assert "Лет для сравнения: 1 (2025)" in page
    assert "Для пиков нужно не меньше двух лет" in page
    assert "Предложения" not in page
    assert "Для пиков нужно не меньше двух лет" in text_of(house.by("officer").get("/peaks/telecom").text)


@pytest.fixture(scope="module")
def told(house: House) -> House:
    """Five years: telecom and tourism are loud in autumn, construction in spring, sport in one year alone."""
    _keep(house, "telecom", range(40, 44), 20)
    _keep(house, "tourism", range(40, 44), 12)
    _keep(house, "construction", range(14, 18), 12)
    _keep(house, "sport", range(20, 24), 4)
    _keep(house, "sport", range(20, 24), 30, years=range(2023, 2024))
    _keep(house, "telecom", range(40, 44), 12, territory="beloe")
    threats.add(house.work("head"), LATE, "для проверки")
    return house


def _proposals(page: str) -> str:
    return text_of(page.split('id="h-prop"')[1].split("</section>")[0])


def _key(page: str, name: str) -> dict[str, str]:
    """Return the hidden fields of the proposal of a topic."""
    part = next(p for p in page.split('<li id="p-')[1:] if f"<h3>{name}" in p)
    return dict(re.findall(r'name="(key|version)" value="([^"]*)"', part))


def test_proposals_stand_with_their_evidence(told: House) -> None:
    """Each proposal tells years, weeks, times and voices, and what would be done."""
    words = _proposals(told.by("head").get("/peaks").text)

    assert "Предложения: 3" in words
    assert (
        "Связь и телевидение новая угроза В 5 из 5 лет с 40-й по 43-ю неделю (1–28 октября) пишут в 5 раз больше обычного "
        "(20 сообщ. в неделю против 4), 20 голосов."
    ) in words
    assert "Угроза «Осенний поток туристов» начинается 25 октября, пишут на" in words
    assert "Сдвинуть начало" in words


def test_who_may_not_decide_sees_no_buttons(told: House) -> None:
    """An officer reads the proposals, learns who decides, and is offered nothing to press."""
    page = told.by("officer").get("/peaks").text

    assert "Предложения: 3" in _proposals(page)
    assert "Решают руководитель, куратор и координатор" in page
    assert "/peaks/accept" not in page


def test_the_map_tells_peaks_in_words_too(told: House) -> None:
    """Every row of the picture has its usual and its peaks beside it; one loud year is called so."""
    page = told.by("reader").get("/peaks").text
    rows = [unescape(text_of(row)) for row in page.split('id="h-map"')[1].split("<tr>")]

    assert next(r for r in rows if "Строительство" in r).split()[-4:] == ["5", "из", "5", "лет"]
    sport = next(r for r in rows if "Физическая культура" in r)
    assert re.search(r"пиков нет один год: 2023 \(\d\d–2\d-я\)", sport), sport
    assert page.count('class="hm-peak"') >= 4


def test_a_block_lead_sees_the_own_topics(told: House) -> None:
    """Topics of other blocks are on no page of a block lead; the own ones are."""
    lead = told.by("block_lead")

    page = text_of(lead.get("/peaks").text)

    assert "Связь и телевидение" in page
    assert "Туризм" not in page
    assert "Показаны темы вашего блока" in page
    assert lead.get("/peaks/tourism").status_code == 404
    assert lead.get("/peaks/telecom").status_code == 200


def test_a_topic_is_shown_year_by_year(told: House) -> None:
    """The topic's page has its peaks, the forecast, a row for every year, and the same weeks in figures."""
    page = told.by("reader").get("/peaks/telecom").text
    words = text_of(page)

    assert "В 5 из 5 лет" in words
    assert "громко в 2021, 2022, 2023, 2024, 2025" in words
    assert "Ближайшие 8 недель" in words
    assert page.count('class="hm-row"') == 5
    figures = text_of(page.split('class="hm-numbers"')[1])
    assert "41 20 (20) 20 (20) 20 (20) 20 (20) 20 (20)" in figures


def test_a_territory_is_chosen_by_the_address(told: House) -> None:
    """The page of a territory shows its rows only; an unknown territory is the whole district."""
    reader = told.by("reader")

    place = reader.get("/peaks?place=beloe").text

    assert "/peaks/telecom?place=beloe" in place
    assert "/peaks/construction" not in place.split('id="h-map"')[1]
    assert "/peaks/construction" in reader.get("/peaks?place=nowhere").text.split('id="h-map"')[1]
    assert reader.get("/peaks/telecom?place=beloe").status_code == 200


@pytest.mark.parametrize("path", ["/peaks/nothing", "/peaks/threat:none", "/peaks/%00"])
def test_an_unknown_topic_is_told(told: House, path: str) -> None:
    """A topic that is not counted is a page in words, not a fault."""
    answer = told.by("reader").get(path)

    assert answer.status_code == 404
    assert "Вернитесь" in answer.text or "Проверьте адрес" in answer.text


def test_pressing_adds_a_threat(told: House) -> None:
    """«Добавить угрозу» leads to the new threat, founded on the history; the proposal is gone from the page."""
    head = told.by("head")
    fields = _key(head.get("/peaks").text, "Строительство и архитектура")

    answer = head.post("/peaks/accept", fields)

    assert answer.status_code == 303
    threat = threats.one(told.work(), answer.headers["location"].removeprefix("/threats/")).threat
    assert threat.topics == ("construction",)
    assert threat.evidence[0].words.startswith("в 5 из 5 лет")
    assert "Строительство" not in _proposals(head.get("/peaks").text)
    again = head.post("/peaks/accept", fields)
    assert again.status_code == 409
    assert "Этого предложения больше нет" in again.text


def test_a_threat_changed_meanwhile_is_told(told: House) -> None:
    """A press on a page that is older than the register changes nothing and says who was faster."""
    head = told.by("head")
    fields = _key(head.get("/peaks").text, "Туризм")

    stale = head.post("/peaks/accept", fields | {"version": "7"})

    assert stale.status_code == 409
    assert "Осенний поток туристов" in stale.text
    assert "Предложения" in stale.text
    moved = head.post("/peaks/accept", fields)
    assert moved.status_code == 303
    changed = next(r.threat for r in threats.all_threats(told.work()) if r.threat.name == LATE["name"])
    assert str(changed.rule.since) < "10-25"
    assert str(changed.rule.until) == "11-20"


def test_a_refusal_needs_a_reason(told: House) -> None:
    """Without a reason the form stays open and says so; with one the proposal goes and stands below with who and why."""
    curator = told.by("curator")
    fields = _key(curator.get("/peaks").text, "Связь и телевидение")

    empty = curator.post("/peaks/refuse", fields | {"reason": " "})
    assert empty.status_code == 409
    assert re.search(r"<details open><summary>Не нужно", empty.text)

    assert curator.post("/peaks/refuse", fields | {"reason": "чинит оператор связи"}).status_code == 303
    page = curator.get("/peaks").text
    assert "Связь и телевидение" not in _proposals(page)
    assert "чинит оператор связи — Curator" in page
    assert [r.why for r in refusals(told.work())] == ["чинит оператор связи"]


def test_a_new_week_is_seen_at_once(told: House) -> None:
    """What the pages keep is counted anew as soon as a week was added."""
    reader = told.by("reader")
    before = re.search(r"Известно <b>(\d+)", reader.get("/peaks").text)

    keep_counts(told.work(), [Counted("telecom", "", date(2026, 1, 5), 4, 4)])

    after = re.search(r"Известно <b>(\d+)", reader.get("/peaks").text)
    assert before
    assert after
    assert int(after[1]) == int(before[1]) + 1


@pytest.mark.parametrize(
    ("times", "kind"),
    [(None, ""), (0.0, "hm-1"), (1.24, "hm-1"), (1.25, "hm-2"), (1.5, "hm-3"), (2.0, "hm-4"), (9.0, "hm-4")],
)
def test_a_week_has_the_colour_of_its_loudness(times: float | None, kind: str) -> None:
    """Bounds belong to the louder colour; an unknown week has none."""
    assert kind_of(times) == kind


def test_rows_draw_what_they_are_given() -> None:
    """Runs of one colour are one box, a peak over the New Year has two frames, unknown weeks stay empty."""
    peak = Peak("roads", "", 51, 2, (2021, 2022), (2021, 2022), 9.0, 3.0, (4, 5))
    row = heat_row([2.5] * 2 + [None] * 48 + [2.5] * 2, [peak], 10)

    assert row.count("<path") == 1
    assert 'd="M0 0h2v22h-2zM50 0h2v22h-2z"' in row
    assert row.count('class="hm-peak"') == 2
    assert 'class="hm-now"' in row
    assert "<path" not in year_row(lambda _week: None, None)
    assert "янв" in months_scale(None)
    assert "▼" not in months_scale(None)
    assert len(set(re.findall(r'x="([\d.]+)%"', months_scale(SLOTS)))) == 13
