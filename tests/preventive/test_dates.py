"""Every rule of dates gives the days of 2024-2028 that a person with a calendar would give."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from district.seasons import DaysOff, Evidence, EvidenceKind, RuleKind, SchoolDay, Threat
from district.workdays import WorkCalendar
from preventive.dates import EndBeforeStart, NeverFires, occasions, occasions_between
from preventive.facts import Basis, YearFacts
from tests.preventive.rules_of_dates import CALENDAR, NOTHING, decree, threat, told

K = RuleKind
BATHING = threat(K.FIXED, 10, since="01-18", days=2)
LEAP = threat(K.FIXED, since="02-29")
THAW = threat(K.WINDOW, since="04-01", until="04-30")
KHVOYNINSKY = threat(K.WINDOW, since="04-15", until="05-14")
NEW_YEAR = threat(K.WINDOW, since="12-15", until="01-10")
LEAP_WINDOW = threat(K.WINDOW, since="02-20", until="02-29")
ELECTIONS = threat(K.NTH_WEEKDAY, 45, month=9, weekday=6, nth=2)
FIFTH_SATURDAY = threat(K.NTH_WEEKDAY, month=2, weekday=5, nth=5)
LAST_FRIDAY = threat(K.NTH_WEEKDAY, month=12, weekday=4, nth=-1)
HOLIDAYS = threat(K.PRODUCTION, off=DaysOff.NEW_YEAR)
MAY = threat(K.PRODUCTION, off=DaysOff.MAY)
BELL = threat(K.SCHOOL, school=SchoolDay.LAST_BELL)
FIRST_OF_SEPTEMBER = threat(K.SCHOOL, school=SchoolDay.YEAR_START)
EXAMS = threat(K.SCHOOL, school=SchoolDay.EXAMS)

# threat, year: the days (first, last) of every coming
TABLE: list[tuple[str, Threat, int, list[tuple[str, str]]]] = [
    ("bathing", BATHING, 2024, [("2024-01-18", "2024-01-19")]),
    ("bathing", BATHING, 2028, [("2028-01-18", "2028-01-19")]),
    ("29 February", LEAP, 2024, [("2024-02-29", "2024-02-29")]),
    ("29 February", LEAP, 2025, [("2025-02-28", "2025-02-28")]),
    ("29 February", LEAP, 2026, [("2026-02-28", "2026-02-28")]),
    ("29 February", LEAP, 2027, [("2027-02-28", "2027-02-28")]),
    ("29 February", LEAP, 2028, [("2028-02-29", "2028-02-29")]),
    ("to 29 February", LEAP_WINDOW, 2024, [("2024-02-20", "2024-02-29")]),
    ("to 29 February", LEAP_WINDOW, 2025, [("2025-02-20", "2025-02-28")]),
    ("closure", THAW, 2025, [("2025-04-01", "2025-04-30")]),
    ("Khvoyninsky closure", KHVOYNINSKY, 2024, [("2024-04-15", "2024-05-14")]),
    ("Khvoyninsky closure", KHVOYNINSKY, 2025, [("2025-04-15", "2025-05-14")]),
    ("Khvoyninsky closure", KHVOYNINSKY, 2026, [("2026-04-15", "2026-05-14")]),
    ("Khvoyninsky closure", KHVOYNINSKY, 2027, [("2027-04-15", "2027-05-14")]),
    ("Khvoyninsky closure", KHVOYNINSKY, 2028, [("2028-04-15", "2028-05-14")]),
    ("New Year", NEW_YEAR, 2024, [("2024-12-15", "2025-01-10")]),
    ("New Year", NEW_YEAR, 2028, [("2028-12-15", "2029-01-10")]),
    ("second Sunday of September", ELECTIONS, 2024, [("2024-09-08", "2024-09-08")]),
    ("second Sunday of September", ELECTIONS, 2025, [("2025-09-14", "2025-09-14")]),
    ("second Sunday of September", ELECTIONS, 2026, [("2026-09-13", "2026-09-13")]),
    ("second Sunday of September", ELECTIONS, 2027, [("2027-09-12", "2027-09-12")]),
    ("second Sunday of September", ELECTIONS, 2028, [("2028-09-10", "2028-09-10")]),
    ("fifth Saturday of February", FIFTH_SATURDAY, 2026, []),
    ("fifth Saturday of February", FIFTH_SATURDAY, 2048, [("2048-02-29", "2048-02-29")]),
    ("last Friday of December", LAST_FRIDAY, 2026, [("2026-12-25", "2026-12-25")]),
    ("last Friday of December", LAST_FRIDAY, 2027, [("2027-12-31", "2027-12-31")]),
    ("New Year days off", HOLIDAYS, 2024, [("2024-12-29", "2025-01-08")]),
    ("New Year days off", HOLIDAYS, 2025, [("2025-12-31", "2026-01-11")]),
    ("New Year days off", HOLIDAYS, 2026, [("2026-12-31", "2027-01-10")]),
    ("May days off", MAY, 2024, [("2024-04-28", "2024-05-01"), ("2024-05-09", "2024-05-12")]),
    ("May days off", MAY, 2025, [("2025-05-01", "2025-05-04"), ("2025-05-08", "2025-05-11")]),
    ("May days off", MAY, 2026, [("2026-05-01", "2026-05-03"), ("2026-05-09", "2026-05-11")]),
    ("last bell", BELL, 2024, [("2024-05-24", "2024-05-24")]),
    ("last bell", BELL, 2025, [("2025-05-26", "2025-05-26")]),
    ("last bell", BELL, 2026, [("2026-05-26", "2026-05-26")]),
    ("last bell", BELL, 2027, [("2027-05-26", "2027-05-26")]),
    ("last bell", BELL, 2028, [("2028-05-26", "2028-05-26")]),
    ("first lesson", FIRST_OF_SEPTEMBER, 2024, [("2024-09-02", "2024-09-02")]),
    ("first lesson", FIRST_OF_SEPTEMBER, 2025, [("2025-09-01", "2025-09-01")]),
    ("exams", EXAMS, 2026, [("2026-06-01", "2026-07-09")]),
]


@pytest.mark.parametrize(("name", "one", "year", "days"), TABLE, ids=[f"{n} {y}" for n, _, y, _ in TABLE])
def test_a_rule_gives_the_days_of_a_year(name: str, one: Threat, year: int, days: list[tuple[str, str]]) -> None:
    """A rule of fixed days gives exactly these comings whose first day lies in the year."""
    found = occasions(one, year, NOTHING)

    assert [(o.start.isoformat(), o.end.isoformat()) for o in found] == days
    assert all(o.year == year and o.why for o in found)


def test_a_window_that_only_experience_tells_is_expected() -> None:
    """Days founded on a norm or a document are sure, those of experience alone are told as expected."""
    practice, law = Evidence(EvidenceKind.PRACTICE, "из опыта"), Evidence(EvidenceKind.LAW, "норма")

    by_experience = occasions(replace(THAW, evidence=(practice,)), 2026, NOTHING)[0]
    by_norm = occasions(replace(THAW, evidence=(practice, law)), 2026, NOTHING)[0]

    assert (by_experience.basis, by_norm.basis) == (Basis.EXPECTED, Basis.KNOWN)
    assert (by_experience.start, by_experience.end) == (by_norm.start, by_norm.end)
    assert "по опыту" in by_experience.why


def test_every_year_of_the_school_table_has_its_days() -> None:
    """Each moment of the school year comes once in each of 2024-2028, with the last day not before the first."""
    for what in SchoolDay:
        for year in range(2024, 2029):
            (found,) = occasions(threat(K.SCHOOL, school=what), year, NOTHING)
            assert found.start.year == year
            assert found.basis is Basis.EXPECTED


def test_the_districts_own_school_days_outweigh_the_usual_ones() -> None:
    """Written days are sure and stand alone in their year; other years keep the usual ones."""
    own = ((SchoolDay.AUTUMN_BREAK, date(2026, 10, 26), date(2026, 11, 4)),)
    facts = YearFacts(CALENDAR, school=own)
    rule = threat(K.SCHOOL, school=SchoolDay.AUTUMN_BREAK)

    assert [(o.start, o.end, o.basis) for o in occasions(rule, 2026, facts)] == [
        (date(2026, 10, 26), date(2026, 11, 4), Basis.KNOWN)
    ]
    assert occasions(rule, 2027, facts)[0].basis is Basis.EXPECTED


def test_days_off_are_the_districts_own() -> None:
    """A day that the district itself does not work makes its weekend a long one."""
    own = YearFacts(WorkCalendar(ZoneInfo("Asia/Sakhalin"), off=frozenset({"2026-07-10"})))
    long = threat(K.PRODUCTION, off=DaysOff.LONG_WEEKEND)

    assert date(2026, 7, 10) in {o.start for o in occasions(long, 2026, own)}
    assert date(2026, 7, 10) not in {o.start for o in occasions(long, 2026, NOTHING)}


def test_days_off_without_a_decree_are_only_expected() -> None:
    """While the moved days of a year are not out, its days off are expected and not sure."""
    assert occasions(HOLIDAYS, 2026, NOTHING)[0].basis is Basis.KNOWN
    assert occasions(HOLIDAYS, 2028, NOTHING)[0].basis is Basis.EXPECTED


def test_a_calendar_without_working_days_ends() -> None:
    """A district that switched every day off gets pieces of days off and no endless search."""
    everything = frozenset(
        date.fromordinal(n).isoformat() for n in range(date(2025, 1, 1).toordinal(), date(2028, 1, 1).toordinal())
    )

    found = occasions(
        threat(K.PRODUCTION, off=DaysOff.LONG_WEEKEND), 2026, YearFacts(WorkCalendar(ZoneInfo("UTC"), off=everything))
    )

    assert all(o.start <= o.end for o in found)


NEVER = [
    ("30 February", threat(K.FIXED, since="02-30"), "02-30", "месяц и число"),
    ("31 April", threat(K.WINDOW, since="04-01", until="04-31"), "04-31", "месяц и число"),
    ("sixth Sunday", threat(K.NTH_WEEKDAY, month=9, weekday=6, nth=6), "номером 6", "от 1 до 5"),
    ("zeroth Sunday", threat(K.NTH_WEEKDAY, month=9, weekday=6, nth=0), "номером 0", "от 1 до 5"),
    ("month 13", threat(K.NTH_WEEKDAY, month=13, weekday=6, nth=1), "месяца 13", "от 1 до 12"),
    ("weekday 7", threat(K.NTH_WEEKDAY, month=9, weekday=7, nth=1), "недели 7", "sunday"),
    ("weather without an opening", threat(K.WEATHER, since="09-15", until="10-20"), "opens", "cold-five"),
    ("window without an end", threat(K.WINDOW, since="09-15"), "until", "добавьте until"),
    ("decree of nothing", threat(K.DECREE), "subject", "добавьте subject"),
    ("half a usual window", threat(K.DECREE, subject="ice", since="03-01"), "наполовину", "оба ключа"),
    ("zero days", threat(K.FIXED, since="01-18", days=0), "0 дней", "от 1"),
    ("school without a moment", threat(K.SCHOOL), "school", "year-start"),
    ("days off of nothing", threat(K.PRODUCTION), "off", "new-year"),
]


@pytest.mark.parametrize(("one", "reason", "mend"), [n[1:] for n in NEVER], ids=[n[0] for n in NEVER])
def test_a_rule_that_never_fires_says_so(one: Threat, reason: str, mend: str) -> None:
    """The error names the threat, what keeps the rule from firing, and how to mend it."""
    with pytest.raises(NeverFires) as raised:
        occasions(one, 2026, NOTHING)

    said = str(raised.value)
    assert "«Одна угроза»" in said
    assert reason in said
    assert mend in said


def test_a_span_with_its_end_before_its_start_is_refused() -> None:
    """Asking for days the wrong way round is an error that names both."""
    with pytest.raises(EndBeforeStart, match=r"01\.03\.2026.*02\.03\.2026"):
        occasions_between((THAW,), date(2026, 3, 2), date(2026, 3, 1), NOTHING)


def test_a_span_has_what_began_the_year_before_and_what_is_prepared_in_it() -> None:
    """January has the New Year of December; a July has the elections of September, whose preparing begins in it."""
    both = (NEW_YEAR, ELECTIONS, THAW)

    january = occasions_between(both, date(2026, 1, 1), date(2026, 1, 31), NOTHING)
    july = occasions_between(both, date(2026, 7, 1), date(2026, 7, 31), NOTHING)

    assert [(o.start, o.year) for o in january] == [(date(2025, 12, 15), 2025)]
    assert [o.prepare_from for o in july] == [date(2026, 7, 30)]


ICE = threat(K.DECREE, 10, subject="ice", since="03-01", until="04-30")


def test_without_a_document_the_usual_window_is_expected() -> None:
    """Until a document is entered, the usual window stands for it."""
    (found,) = occasions(ICE, 2026, NOTHING)

    assert (found.start, found.end, found.basis) == (date(2026, 3, 1), date(2026, 4, 30), Basis.EXPECTED)
    assert "документ ещё не внесён" in found.why


def test_a_document_replaces_the_usual_window_of_its_year_only() -> None:
    """With the document the days are sure; the next year is expected again."""
    facts = told(decree("2026-02-26", "2026-04-12"))

    (this,) = occasions(ICE, 2026, facts)
    (following,) = occasions(ICE, 2027, facts)

    assert (this.start, this.end, this.basis, this.open_end) == (
        date(2026, 2, 26),
        date(2026, 4, 12),
        Basis.KNOWN,
        False,
    )
    assert this.prepare_from == date(2026, 2, 16)
    assert following.basis is Basis.EXPECTED


def test_a_document_without_an_end_is_expected_to_its_usual_end() -> None:
    """An open document reaches to the end of its usual window, and says that its end is open."""
    (found,) = occasions(ICE, 2026, told(decree("2026-02-20")))

    assert (found.end, found.open_end) == (date(2026, 4, 30), True)
    assert "закрывающего документа ещё нет" in found.why


def test_an_open_document_out_of_season_lasts_as_long_as_the_usual_window() -> None:
    """A document opened in August is not expected to hold until the next spring."""
    (expected, opened) = occasions(ICE, 2026, told(decree("2026-08-20")))

    assert (expected.start, expected.basis) == (date(2026, 3, 1), Basis.EXPECTED)
    assert (opened.start, opened.end) == (date(2026, 8, 20), date(2026, 10, 19))


def test_a_document_that_nobody_closed_is_still_told_years_later() -> None:
    """A forgotten document of 2024 holds in 2026 to the last day asked for."""
    facts = told(decree("2024-03-01"))

    found = occasions_between((ICE,), date(2026, 6, 1), date(2026, 6, 30), facts)

    assert [(o.start, o.end, o.open_end) for o in found] == [(date(2024, 3, 1), date(2026, 6, 30), True)]


OVERLAPS = [
    ("overlap", ["2026-03-01 2026-03-20", "2026-03-15 2026-04-10"], [("2026-03-01", "2026-04-10")]),
    ("one inside the other", ["2026-03-01 2026-04-20", "2026-03-15 2026-03-20"], [("2026-03-01", "2026-04-20")]),
    ("prolonged the next day", ["2026-03-01 2026-03-20", "2026-03-21 2026-04-10"], [("2026-03-01", "2026-04-10")]),
    ("same day twice", ["2026-03-01 2026-03-20", "2026-03-01 2026-03-20"], [("2026-03-01", "2026-03-20")]),
    ("a gap", ["2026-03-01 2026-03-20", "2026-03-23 2026-04-10"], [("2026-03-01", "2026-03-20"), ("2026-03-23", "2026-04-10")]),
    ("the first is open", ["2026-03-01", "2026-03-15 2026-05-20"], [("2026-03-01", "2026-05-20")]),
]  # fmt: skip


@pytest.mark.parametrize(("spans", "days"), [o[1:] for o in OVERLAPS], ids=[o[0] for o in OVERLAPS])
def test_overlapping_documents_are_joined_and_all_named(spans: list[str], days: list[tuple[str, str]]) -> None:
    """What overlaps or follows at once is one coming; every document is named in its sentence."""
    papers = [decree(*span.split(), number=n) for n, span in enumerate(spans, start=1)]  # type: ignore[misc]

    found = occasions(ICE, 2026, told(*papers))

    assert [(o.start.isoformat(), o.end.isoformat()) for o in found] == days
    assert all(any(f"№ {p.number} с" in o.why for o in found) for p in papers)


def test_documents_of_different_territories_stand_side_by_side() -> None:
    """A document for one territory is told beside the whole district's, and does not settle what others expect."""
    whole, part = decree("2026-03-05", "2026-04-01", 1), decree("2026-03-10", "2026-04-20", 2, territories=("north",))

    assert [o.territories for o in occasions(ICE, 2026, told(whole, part))] == [(), ("north",)]
    assert [o.basis for o in occasions(ICE, 2026, told(part))] == [Basis.EXPECTED, Basis.KNOWN]


def test_a_document_elsewhere_does_not_concern_a_threat_of_one_territory() -> None:
    """A threat of the south knows nothing of a document for the north, and takes only its part of a wider one."""
    south = threat(K.DECREE, subject="ice", since="03-01", until="04-30", territories=("south",))

    assert (
        occasions(south, 2026, told(decree("2026-03-10", "2026-04-20", territories=("north",))))[0].basis
        is Basis.EXPECTED
    )
    (found,) = occasions(south, 2026, told(decree("2026-03-10", "2026-04-20", territories=("north", "south"))))
    assert (found.basis, found.territories) == (Basis.KNOWN, ("south",))


def test_a_document_of_another_subject_is_not_this_threats() -> None:
    """Documents are told apart by their subject."""
    assert occasions(ICE, 2026, told(decree("2026-03-10", "2026-04-20", subject="flood")))[0].basis is Basis.EXPECTED


def test_a_document_closed_before_it_was_opened_is_refused() -> None:
    """The error names the document and both days, and where to mend them."""
    with pytest.raises(EndBeforeStart, match=r"№ 1-рг.*01\.03\.2026.*20\.03\.2026.*Погода и документы"):
        occasions(ICE, 2026, told(decree("2026-03-20", "2026-03-01")))


def test_a_document_of_the_winter_before_settles_its_january() -> None:
    """A winter window that began in November is not expected again when its document ended in December."""
    winter = threat(K.DECREE, subject="ice", since="11-01", until="01-25")
    facts = told(decree("2025-11-10", "2025-12-20"))

    found = occasions_between((winter,), date(2026, 1, 1), date(2026, 1, 31), facts)

    assert found == ()
