"""The year of a profile: shipped calendars, own threats over them, school days, budgets; every mistake told with its mend."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from district.date_rules import KEYS, RULE_KEYS
from district.load import load_profile, read_profile
from district.load_seasons import FOLDER, Calendar, read_threat, shipped
from district.load_threats import body_of, merge
from district.profile import Profile
from district.seasons import EvidenceKind, RuleKind, SchoolDay, Threat, WeatherFrom, YearDay
from district.topics import TOPICS
from district.workdays import WorkCalendar
from preventive.dates import occasions_between
from preventive.facts import YearFacts
from tests.district.build import TOML
from texts.stems import stem_text

FILES = sorted(Path(__file__).resolve().parents[2].joinpath("district").glob("*.toml"))
EVIDENCE = '[{ kind = "practice", words = "опыт" }]'
OWN = f"""
[[threats]]
id = "fair"
name = "Ярмарка"
topics = ["culture"]
lead_days = 10
kind = "window"
since = "06-01"
until = "06-10"
evidence = {EVIDENCE}
"""


def read(text: str) -> tuple[Profile | None, list[Any]]:
    """Read the small profile with sections of the year at its end, in place of those that it has."""
    data = {
        key: value for key, value in tomllib.loads(TOML).items() if key not in ("prevention", "threats", "school_days")
    }
    return read_profile(data | tomllib.loads(text), "x.toml")


def year_of(text: str) -> Profile:
    """Return the profile, which must load."""
    profile, problems = read(text)
    assert profile is not None, [str(p) for p in problems]
    return profile


def threat_in(profile: Profile, code: str) -> Threat:
    return next(t for t in profile.prevention.threats if t.id == code)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
@pytest.mark.parametrize("year", range(2024, 2029))
def test_every_shipped_profile_opens_with_a_filled_year(file: Path, year: int) -> None:
    """Each of the six profiles has something to prepare or going on in every month of every year."""
    profile = load_profile(file)
    facts = YearFacts(WorkCalendar.of(profile), school=profile.prevention.school)
    seasonal = [t for t in profile.prevention.threats if t.lead_days]

    for month in range(1, 13):
        found = occasions_between(seasonal, date(year, month, 1), date(year, month, 28), facts)
        assert found, f"{file.stem}: nothing in {year}-{month}"
    assert (
        len(
            {
                o.threat_id
                for o in occasions_between(profile.prevention.threats, date(year, 1, 1), date(year, 12, 31), facts)
            }
        )
        >= 28
    )


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_shipped_threat_is_founded_and_belongs_to_somebody(file: Path) -> None:
    """Each threat has a ground in words, known topics, an audience, and a topic that the district or another body answers for."""
    profile = load_profile(file)

    for threat in profile.prevention.threats:
        assert threat.evidence
        assert all(len(e.words) > 10 for e in threat.evidence)
        assert set(threat.topics) <= set(TOPICS)
        assert threat.audience
        assert any(profile.block_of(t) or profile.body_of(t) for t in threat.topics)
    ids = [t.id for t in profile.prevention.threats]
    assert len(ids) == len(set(ids))


def test_the_rows_of_the_domain_are_in_the_calendar_of_the_northwest() -> None:
    """Every window of DOMAIN 3 has its threat, with the lead days that it proposes."""
    leads = {code: body["lead_days"] for code, body in shipped(Calendar.NORTHWEST).items()}

    assert leads | {
        "snow-ice": 14, "epiphany-bathing": 10, "thin-ice-spring": 10, "thin-ice-autumn": 10, "road-thaw": 14, "potholes": 14,
        "flood": 21, "grass-fires": 14, "fire-regime": 14, "ticks": 14, "spring-cleaning": 14, "heating-end": 21,
        "heating-start": 21, "hot-water": 14, "bathing": 14, "dry-wells": 14, "hogweed": 21, "last-bell": 14, "exams": 14,
        "graduation": 14, "summer-children": 14, "school-enrolment": 30, "school-year": 30, "winter-readiness": 60,
        "elections": 45, "new-year": 14, "stray-dogs": 0, "waste-collection": 0, "power-cuts": 0,
    } == leads  # fmt: skip


def test_the_closure_of_roads_is_later_in_khvoyninsky() -> None:
    """1-30 April by default, 15 April - 14 May in Khvoyninsky (2024 and 2025); Demyansky keeps the default."""
    rules = {
        name: threat_in(load_profile(FOLDER.parent / f"{name}.toml"), "road-thaw").rule
        for name in ("khvoyninsky", "demyansky", "dedovichsky")
    }

    assert (rules["khvoyninsky"].since, rules["khvoyninsky"].until) == (YearDay(4, 15), YearDay(5, 14))
    assert (rules["demyansky"].since, rules["demyansky"].until) == (YearDay(4, 1), YearDay(4, 30))
    assert rules["dedovichsky"] == rules["demyansky"]


def test_elections_only_inform() -> None:
    """The one threat of politics is for information only, everywhere."""
    for file in FILES:
        threats = load_profile(file).prevention.threats
        assert [t.id for t in threats if t.inform_only] == ["elections"]
        assert [t.id for t in threats if "politics" in t.topics] == ["elections"]


def test_sakhalin_has_its_own_year() -> None:
    """Cyclones, sea ice, salmon, bears, typhoons, drills and the October peak are there; the floods of the mainland are not."""
    found = shipped(Calendar.SAKHALIN)

    assert {
        "blizzards",
        "sea-ice",
        "salmon-run",
        "bears",
        "typhoons",
        "quake-drills",
        "october-peak",
        "heating-start",
    } <= set(found)
    assert not {"flood", "snow-ice", "thin-ice-spring"} & set(found)
    assert "Новгород" not in str(found)
    assert {e["kind"] for e in found["october-peak"]["evidence"]} == {EvidenceKind.HISTORY}


def test_without_a_word_a_profile_has_no_year() -> None:
    """No [prevention] is no calendar of another region under a district's name."""
    profile = year_of("")

    assert profile.prevention.threats == ()
    assert profile.prevention.posts_a_week == 5


def test_a_known_id_changes_only_what_is_written() -> None:
    """Days of the profile stand over the shipped ones; name, words and topics stay."""
    profile = year_of('[prevention]\ncalendar = "northwest"\n[[threats]]\nid = "road-thaw"\nuntil = "05-14"')
    usual, found = shipped(Calendar.NORTHWEST)["road-thaw"], threat_in(profile, "road-thaw")

    assert (found.rule.since, found.rule.until) == (YearDay(4, 1), YearDay(5, 14))
    assert (found.name, list(found.words), list(found.topics)) == (usual["name"], usual["words"], usual["topics"])
    assert [t.id for t in profile.prevention.threats] == list(shipped(Calendar.NORTHWEST))


def test_a_written_kind_is_a_new_rule() -> None:
    """Nothing of the old rule is left when another kind is written."""
    profile = year_of(
        '[prevention]\ncalendar = "northwest"\n[[threats]]\nid = "road-thaw"\nkind = "decree"\nsubject = "closure"'
    )
    rule = threat_in(profile, "road-thaw").rule

    assert (rule.kind, rule.subject, rule.since, rule.until) == (RuleKind.DECREE, "closure", None, None)


def test_a_new_id_adds_a_threat_and_off_takes_one_away() -> None:
    """Own threats stand after the shipped ones; what is off is not there."""
    profile = year_of('[prevention]\ncalendar = "northwest"\noff = ["hogweed"]\n' + OWN)
    ids = [t.id for t in profile.prevention.threats]

    assert ids[-1] == "fair"
    assert "hogweed" not in ids


def test_budgets_weather_and_school_days_are_read() -> None:
    """Posts a week, channels with their own, where weather is read, and the district's own school days."""
    text = (
        '[prevention]\nposts_a_week = 3\n[prevention.budgets]\nvk-one = 2\n[prevention.weather]\nkind = "file"\naddress = "pogoda/2026.csv"\n'
        '[[school_days]]\nwhat = "exams"\nfirst = 2026-05-25\nlast = "2026-06-30"\n[[school_days]]\nwhat = "last-bell"\nfirst = 2026-05-22'
    )  # fmt: skip
    found = year_of(text).prevention

    assert (found.posts_a_week, found.budgets) == (3, (("vk-one", 2),))
    assert found.weather == WeatherFrom("file", "pogoda/2026.csv")
    assert found.school == (
        (SchoolDay.EXAMS, date(2026, 5, 25), date(2026, 6, 30)),
        (SchoolDay.LAST_BELL, date(2026, 5, 22), date(2026, 5, 22)),
    )


def own(**keys: str) -> str:
    """Return the own threat with keys written anew; "" takes a key away."""
    lines = [line for line in OWN.strip().splitlines() if line.split(" = ")[0] not in keys]
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in keys.items() if value)])


# sections, key, part of the reason, part of the mend
MISTAKES = [
    ('[prevention]\ncalendar = "north-west"', "prevention.calendar", "неизвестное значение", "«northwest»"),
    ('[prevention]\ncalender = "northwest"', "prevention.calender", "неизвестный ключ", "«calendar»"),
    ('[prevention]\ncalendar = "northwest"\noff = ["hogwed"]', "prevention.off[1]", "нет ни в календаре", "«hogweed»"),
    ('[prevention]\ncalendar = "northwest"\n[[threats]]\nid = "road-thav"\nsince = "04-15"', "threats[1].id", "нет в календаре", "«road-thaw»"),
    ('[[threats]]\nid = "road-thaw"\nsince = "04-15"', "threats[1].id", "календарь не выбран", "northwest"),
    ("[prevention]\nposts_a_week = 0", "prevention.posts_a_week", "вне пределов", "от 1"),
    ('[prevention]\nposts_a_week = "5"', "prevention.posts_a_week", "целое число", "без кавычек"),
    ("[prevention.budgets]\nvk-one = -1", "prevention.budgets.vk-one", "вне пределов", "от 1"),
    ('[prevention.weather]\nkind = "satellite"\naddress = "x"', "prevention.weather.kind", "неизвестное значение", "file, feed"),
    ('[prevention.weather]\nkind = "file"\naddress = "../../etc/passwd"', "prevention.weather.address", "не в папке", "pogoda.csv"),
    ('[prevention.weather]\nkind = "file"\naddress = "/etc/passwd"', "prevention.weather.address", "не в папке", "pogoda.csv"),
    ('[prevention.weather]\nkind = "feed"\naddress = "http://192.168.0.7/x"', "prevention.weather.address", "внутренний адрес", "OTKLIK_ALLOW_INTERNAL"),
    ('[prevention.weather]\nkind = "feed"', "prevention.weather.address", "ключ не указан", "address ="),
    (own(name=""), "threats[1].name", "ключ не указан", "name ="),
    (own(topics="[]"), "threats[1].topics", "список пуст", "хотя бы одно"),
    (own(topics='["road"]'), "threats[1].topics[1]", "темы «road»", "«roads»"),
    (own(territories='["nort"]'), "threats[1].territories[1]", "территории «nort»", "«north»"),
    (own(lead_days=""), "threats[1].lead_days", "ключ не указан", "lead_days ="),
    (own(lead_days="-1"), "threats[1].lead_days", "вне пределов", "от 0 до 366"),
    (own(lead_days="500"), "threats[1].lead_days", "вне пределов", "от 0 до 366"),
    (own(evidence=""), "threats[1].evidence", "ни одного основания", "practice"),
    (own(evidence="[]"), "threats[1].evidence", "оснований нет", "practice"),
    (own(evidence='[{ kind = "rumour", words = "x" }]'), "threats[1].evidence[1].kind", "неизвестное значение", "law"),
    (own(evidence='[{ kind = "law" }]'), "threats[1].evidence[1].words", "ключ не указан", "words ="),
    (own(words='"лёд"'), "threats[1].words", "нужен список слов", "words ="),
    (own(inform_only='"нет"'), "threats[1].inform_only", "true или false", "inform_only ="),
    (own(template='"Общий шаблон"'), "threats[1].template", "недопустимый код", "латинские"),
    (own(id='"Ярмарка"'), "threats[1].id", "недопустимый код", "латинские"),
    (own(kind=""), "threats[1].kind", "ключ не указан", "kind ="),
    (own(kind='"windows"'), "threats[1].kind", "неизвестное значение", "«window»"),
    (own(since='"30.02"'), "threats[1].since", "не день года", "04-15"),
    (own(since='"02-30"'), "threats[1].since", "ни в одном году", "04-15"),
    (own(since='"13-01"'), "threats[1].since", "ни в одном году", "04-15"),
    (own(since='"٠٤-١٥"'), "threats[1].since", "не день года", "04-15"),
    (own(since="2026-06-01"), "threats[1].since", "не день года", "04-15"),
    (own(until=""), "threats[1].until", "не указан ключ until", "until ="),
    (own(days="3"), "threats[1].days", "ключа days не бывает", "since, until"),
    (own(nth="2"), "threats[1].nth", "ключа nth не бывает", "since, until"),
    (own(kind='"nth_weekday"', since="", until="", month="9", weekday='"sunday"', nth="6"), "threats[1].nth", "вне пределов", "до 5"),
    (own(kind='"nth_weekday"', since="", until="", month="9", weekday='"sunday"', nth="0"), "threats[1].nth", "нулевого", "-1"),
    (own(kind='"nth_weekday"', since="", until="", month="13", weekday='"sunday"', nth="2"), "threats[1].month", "вне пределов", "до 12"),
    (own(kind='"nth_weekday"', since="", until="", month="9", weekday='"вс"', nth="2"), "threats[1].weekday", "неизвестное", "monday"),
    (own(kind='"weather"', closes='"thaw"'), "threats[1].opens", "не указан ключ opens", "cold-five"),
    (own(kind='"weather"', opens='"hail"'), "threats[1].opens", "неизвестное значение", "cold-five"),
    (own(kind='"weather"', opens='"thaw"', since=""), "threats[1].since", "не указан ключ since", "since ="),
    (own(kind='"decree"', subject='"x"', until=""), "threats[1].until", "наполовину", "оба ключа"),
    (own(kind='"decree"'), "threats[1].subject", "не указан ключ subject", "subject ="),
    (own(kind='"fixed"', until="", days="0"), "threats[1].days", "вне пределов", "от 1"),
    (own(kind='"fixed"'), "threats[1].until", "ключа until не бывает", "since, days"),
    (own(kind='"school"', since="", until="", school='"holiday"'), "threats[1].school", "неизвестное значение", "year-start"),
    (own(kind='"production"', since="", until="", off='"easter"'), "threats[1].off", "неизвестное значение", "new-year"),
    (own() + "\n" + own(name='"Вторая"'), "threats[2].id", "уже занят", "другой код"),
    (own(color='"red"'), "threats[1].color", "неизвестный ключ", "здесь бывают"),
    ('[[school_days]]\nwhat = "exams"\nfirst = 2026-06-30\nlast = 2026-06-01', "school_days[1].last", "раньше первого", "местами"),
    ('[[school_days]]\nwhat = "exams"', "school_days[1].first", "ключ не указан", "first ="),
    ('[[school_days]]\nwhat = "exam"\nfirst = 2026-06-30', "school_days[1].what", "неизвестное значение", "«exams»"),
    ('[[school_days]]\nwhat = "exams"\nfirst = "30.06.2026"', "school_days[1].first", "не день календаря", "2026-05-08"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key", "reason", "mend"), MISTAKES, ids=[f"{m[1]} {m[2]}" for m in MISTAKES])
def test_a_mistake_of_the_year_is_told_with_its_mend(text: str, key: str, reason: str, mend: str) -> None:
    """Each mistake is named once by its key, says why and how to mend it, and keeps the profile from loading."""
    profile, problems = read(text)
    told = [p for p in problems if p.key == key and p.fatal]

    assert profile is None
    assert len(told) == 1, [str(p) for p in problems]
    assert reason in told[0].reason
    assert mend in told[0].mend


def test_all_mistakes_are_told_at_once() -> None:
    """Three spoiled keys of one threat are three problems."""
    _, problems = read(own(name='""', lead_days="-1", since='"02-30"'))

    assert {p.key for p in problems if p.fatal} >= {"threats[1].name", "threats[1].lead_days", "threats[1].since"}


def test_a_budget_of_an_unknown_channel_is_only_a_remark() -> None:
    """Sources may be added at the desk later, so a strange code does not keep the profile from loading."""
    profile, problems = read("[prevention.budgets]\nvk-on = 2")

    assert profile is not None
    assert [(p.key, p.fatal) for p in problems if p.key != "blocks"] == [("prevention.budgets.vk-on", False)]
    assert "«vk-one»" in problems[-1].mend


def test_a_password_in_the_address_of_weather_is_not_repeated() -> None:
    """The refusal of an address with a password does not carry it into logs."""
    _, problems = read('[prevention.weather]\nkind = "feed"\naddress = "https://me:secret@example.org/x"')

    assert any(p.fatal for p in problems)
    assert "secret" not in "".join(str(p) + p.value for p in problems)


SHIPPED = [
    t
    for c in (Calendar.NORTHWEST, Calendar.SAKHALIN)
    for t in (read_threat(b, "x")[0] for b in shipped(c).values())
    if t
]


@pytest.mark.parametrize("threat", SHIPPED, ids=lambda t: t.id)
def test_no_word_of_a_threat_says_what_another_says_already(threat: Threat) -> None:
    """Posts are found by words in any form, all words of a phrase at once: nothing is listed that another word finds too."""
    phrases = [frozenset(stem_text(word).split()) for word in threat.words]

    assert all(phrases)
    assert not [a for a in phrases for b in phrases if a is not b and a <= b]


@given(st.sampled_from(SHIPPED))
def test_a_threat_reads_as_it_was_written(threat: Threat) -> None:
    """The keys made of a threat read as the same threat."""
    again, problems = read_threat(body_of(threat), "x")

    assert problems == []
    assert again == threat


@given(st.sampled_from(SHIPPED), st.sampled_from(SHIPPED))
def test_a_threat_written_over_another_reads_as_itself(under: Threat, over: Threat) -> None:
    """All keys of one over another, with nothing for those it lacks, give exactly the one above."""
    keys = {**dict.fromkeys(body_of(under)), **body_of(over)}

    assert merge(body_of(under), keys) == body_of(over)


def test_every_key_of_a_rule_belongs_to_a_kind() -> None:
    """The table of keys and the list of keys tell the same."""
    assert {key for keys in KEYS.values() for key in keys.all} == set(RULE_KEYS)
    assert set(KEYS) == set(RuleKind)
