"""What is due on a day: by table for every kind of rule over 2024-2028, and for any rule at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from district.seasons import DateRule, DaysOff, RuleKind, SchoolDay, Threat, Trigger, YearDay
from district.workdays import WorkCalendar
from preventive.dates import occasions, occasions_between
from preventive.due import Stage, due
from preventive.facts import Basis, DecreeSpan, WeatherDay, YearFacts
from tests.preventive.rules_of_dates import CALENDAR, NOTHING, decree, means, threat, told
from tests.preventive.weather_years import NORTHWEST, YEARS, weather

K = RuleKind
DAY = timedelta(days=1)
HEATING = threat(K.WEATHER, 21, opens=Trigger.COLD_FIVE, since="09-15", until="10-20", days=30)
SEASON = threat(K.WEATHER, 21, opens=Trigger.COLD_FIVE, closes=Trigger.WARM_FIVE, since="09-15", until="05-31")
SERIES = weather(NORTHWEST, date(2024, 1, 1), date(2028, 12, 31))
KNOWN = YearFacts(CALENDAR, SERIES)


def _heating_starts(year: int) -> date:
    """Find the day of the rule by hand: the first from 15 September after five days in a row under +8 °C."""
    mean = {w.day: w.mean for w in SERIES}
    day = date(year, 9, 15)
    while not all((m := mean.get(day - n * DAY)) is not None and m < 8 for n in range(1, 6)):
        day += DAY
    return day


# name, threat, facts, day: stage, days left
DUE: list[tuple[str, Threat, YearFacts, str, Stage, int]] = [
    ("bathing", threat(K.FIXED, 10, since="01-18", days=2), NOTHING, "2024-01-07", Stage.NONE, 0),
    ("bathing", threat(K.FIXED, 10, since="01-18", days=2), NOTHING, "2024-01-08", Stage.PREPARE, 10),
    ("bathing", threat(K.FIXED, 10, since="01-18", days=2), NOTHING, "2025-01-18", Stage.ON, 1),
    ("bathing", threat(K.FIXED, 10, since="01-18", days=2), NOTHING, "2026-01-19", Stage.ON, 0),
    ("bathing", threat(K.FIXED, 10, since="01-18", days=2), NOTHING, "2027-01-20", Stage.NONE, 0),
    ("3 January", threat(K.FIXED, 14, since="01-03"), NOTHING, "2027-12-20", Stage.PREPARE, 14),
    ("29 February", threat(K.FIXED, 0, since="02-29"), NOTHING, "2028-02-28", Stage.NONE, 0),
    ("29 February", threat(K.FIXED, 0, since="02-29"), NOTHING, "2028-02-29", Stage.ON, 0),
    ("29 February", threat(K.FIXED, 0, since="02-29"), NOTHING, "2027-02-28", Stage.ON, 0),
    ("Khvoyninsky", threat(K.WINDOW, 14, since="04-15", until="05-14"), NOTHING, "2024-03-31", Stage.NONE, 0),
    ("Khvoyninsky", threat(K.WINDOW, 14, since="04-15", until="05-14"), NOTHING, "2024-04-01", Stage.PREPARE, 14),
    ("Khvoyninsky", threat(K.WINDOW, 14, since="04-15", until="05-14"), NOTHING, "2025-04-15", Stage.ON, 29),
    ("Khvoyninsky", threat(K.WINDOW, 14, since="04-15", until="05-14"), NOTHING, "2026-05-14", Stage.ON, 0),
    ("Khvoyninsky", threat(K.WINDOW, 14, since="04-15", until="05-14"), NOTHING, "2028-05-15", Stage.NONE, 0),
    ("New Year", threat(K.WINDOW, 14, since="12-15", until="01-10"), NOTHING, "2024-01-05", Stage.ON, 5),
    ("New Year", threat(K.WINDOW, 14, since="12-15", until="01-10"), NOTHING, "2024-12-01", Stage.PREPARE, 14),
    ("New Year", threat(K.WINDOW, 14, since="12-15", until="01-10"), NOTHING, "2028-12-31", Stage.ON, 10),
    ("elections", threat(K.NTH_WEEKDAY, 45, month=9, weekday=6, nth=2), NOTHING, "2024-07-25", Stage.PREPARE, 45),
    ("elections", threat(K.NTH_WEEKDAY, 45, month=9, weekday=6, nth=2), NOTHING, "2025-09-14", Stage.ON, 0),
    ("elections", threat(K.NTH_WEEKDAY, 45, month=9, weekday=6, nth=2), NOTHING, "2026-09-13", Stage.ON, 0),
    ("elections", threat(K.NTH_WEEKDAY, 45, month=9, weekday=6, nth=2), NOTHING, "2027-09-11", Stage.PREPARE, 1),
    ("elections", threat(K.NTH_WEEKDAY, 45, month=9, weekday=6, nth=2), NOTHING, "2028-09-11", Stage.NONE, 0),
    ("last bell", threat(K.SCHOOL, 14, school=SchoolDay.LAST_BELL), NOTHING, "2024-05-24", Stage.ON, 0),
    ("last bell", threat(K.SCHOOL, 14, school=SchoolDay.LAST_BELL), NOTHING, "2026-05-12", Stage.PREPARE, 14),
    ("days off", threat(K.PRODUCTION, 14, off=DaysOff.NEW_YEAR), NOTHING, "2026-01-09", Stage.ON, 2),
    ("days off", threat(K.PRODUCTION, 14, off=DaysOff.NEW_YEAR), NOTHING, "2026-12-17", Stage.PREPARE, 14),
    ("days off", threat(K.PRODUCTION, 14, off=DaysOff.MAY), NOTHING, "2025-05-05", Stage.PREPARE, 3),
    ("ice expected", threat(K.DECREE, 10, subject="ice", since="03-01", until="04-30"), NOTHING, "2025-02-19", Stage.PREPARE, 10),
    ("ice by paper", threat(K.DECREE, 10, subject="ice", since="03-01", until="04-30"), told(decree("2025-03-10", "2025-03-20")),
     "2025-03-05", Stage.PREPARE, 5),
    ("ice by paper", threat(K.DECREE, 10, subject="ice", since="03-01", until="04-30"), told(decree("2025-03-10", "2025-03-20")),
     "2025-04-01", Stage.NONE, 0),
    ("open paper", threat(K.DECREE, 10, subject="ice"), told(decree("2024-03-10")), "2026-11-21", Stage.ON, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "facts", "day", "stage", "left"), [d[1:] for d in DUE], ids=[f"{d[0]} {d[3]}" for d in DUE]
)
def test_what_is_due_on_a_day(one: Threat, facts: YearFacts, day: str, stage: Stage, left: int) -> None:
    """On this day the threat asks for this, with so many days left to its beginning or its end."""
    found = due(one, date.fromisoformat(day), facts)

    assert (found.stage, found.days_left) == (stage, left)
    assert (found.occasion is None) == (stage is Stage.NONE)


@pytest.mark.parametrize("year", YEARS)
def test_heating_begins_the_day_after_five_cold_days(year: int) -> None:
    """On real-looking weather the season begins on the day after five days under +8 °C, found by hand and by the rule."""
    begins = _heating_starts(year)

    (found,) = occasions(HEATING, year, KNOWN)

    assert (found.start, found.basis) == (begins, Basis.KNOWN)
    assert found.end == begins + 29 * DAY
    assert due(HEATING, begins - 22 * DAY, KNOWN).stage is Stage.NONE
    assert due(HEATING, begins - 21 * DAY, KNOWN).stage is Stage.PREPARE
    assert due(HEATING, begins, KNOWN).stage is Stage.ON
    assert due(HEATING, begins + 30 * DAY, KNOWN).stage is Stage.NONE


COLD, WARM = 5.0, 12.0
STEPS = [
    # weather from 15 September: start, its basis
    ("nothing known", (), "2026-09-15", Basis.EXPECTED),
    ("five cold days", (COLD,) * 5, "2026-09-20", Basis.KNOWN),
    ("four cold days and a warm one", (COLD,) * 4 + (WARM,), "2026-09-20", Basis.EXPECTED),
    ("exactly +8 °C is not below", (8.0,) * 5, "2026-09-20", Basis.EXPECTED),
    ("a warm day between", (COLD,) * 3 + (WARM,) + (COLD,) * 5, "2026-09-24", Basis.KNOWN),
    ("a day nobody entered breaks the run", (COLD,) * 3 + (None,) + (COLD,) * 5, "2026-09-24", Basis.KNOWN),
    ("ten warm days", (WARM,) * 10, "2026-09-25", Basis.EXPECTED),
    ("one day known of ten", (None,) * 9 + (WARM,), "2026-09-15", Basis.EXPECTED),
]


@pytest.mark.parametrize(("values", "start", "basis"), [s[1:] for s in STEPS], ids=[s[0] for s in STEPS])
def test_the_season_is_expected_until_the_weather_opens_it(
    values: tuple[float | None, ...], start: str, basis: Basis
) -> None:
    """While it can still come it is expected after the last known day; once fired its day is sure."""
    (found,) = occasions(HEATING, 2026, told(weather=means("2026-09-15", *values)))

    assert (found.start.isoformat(), found.basis) == (start, basis)


def test_a_season_that_never_came_is_not_told() -> None:
    """When the whole window is known and the trigger never fired, there was no such coming."""
    warm = means("2026-09-15", *(WARM,) * 36)

    assert occasions(HEATING, 2026, told(weather=warm)) == ()


def test_the_weather_closes_what_it_opened() -> None:
    """The heating season ends on the day after five days above +8 °C of the next spring; until then its end is open."""
    (whole,) = occasions(SEASON, 2025, KNOWN)
    autumn = tuple(w for w in SERIES if w.day < date(2025, 12, 1))
    (opened,) = occasions(SEASON, 2025, YearFacts(CALENDAR, autumn))

    assert not whole.open_end
    assert date(2026, 4, 1) < whole.end < date(2026, 5, 31)
    assert (opened.start, opened.end, opened.open_end) == (whole.start, date(2026, 5, 31), True)


def test_a_winter_that_opens_after_new_year_belongs_to_the_new_year() -> None:
    """Snow first seen in January makes a coming of January's year, and none of the year before."""
    snow = threat(K.WEATHER, opens=Trigger.FIRST_SNOW, since="11-01", until="03-31")
    bare = tuple(WeatherDay(date(2025, 11, 1) + n * DAY, mean=2.0, snow_cm=0.0) for n in range(70))
    facts = told(weather=(*bare, WeatherDay(date(2026, 1, 10), mean=-3.0, snow_cm=4.0)))

    assert occasions(snow, 2025, facts) == ()
    assert [o.start for o in occasions(snow, 2026, facts)][0] == date(2026, 1, 10)


LINE = [
    # zone, moment in UTC, day of the district
    ("Asia/Kamchatka", "2026-12-31T11:59:00+00:00", "2026-12-31"),
    ("Asia/Kamchatka", "2026-12-31T12:00:00+00:00", "2027-01-01"),
    ("Pacific/Kiritimati", "2026-12-31T10:00:00+00:00", "2027-01-01"),
    ("Pacific/Midway", "2027-01-01T10:59:00+00:00", "2026-12-31"),
    ("Pacific/Midway", "2027-01-01T11:00:00+00:00", "2027-01-01"),
    ("Europe/Kaliningrad", "2026-12-31T22:00:00+00:00", "2027-01-01"),
]


@pytest.mark.parametrize(("zone", "moment", "day"), LINE)
def test_days_are_the_districts_on_both_sides_of_the_date_line(zone: str, moment: str, day: str) -> None:
    """1 January begins at the district's midnight, wherever the server stands."""
    first = threat(K.FIXED, 0, since="01-01")
    here = ZoneInfo(zone)
    today = datetime.fromisoformat(moment).astimezone(here).date()

    found = due(first, today, YearFacts(WorkCalendar(here)))

    assert today.isoformat() == day
    assert found.stage is (Stage.ON if day.endswith("01-01") else Stage.NONE)


YEAR_DAYS = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda d: YearDay(d.month, d.day))
LENGTHS = st.integers(1, 60)
DAYS = st.dates(date(2023, 1, 1), date(2029, 12, 31))
RULES: Mapping[RuleKind, st.SearchStrategy[DateRule]] = MappingProxyType(
    {
        K.FIXED: st.builds(DateRule, kind=st.just(K.FIXED), since=YEAR_DAYS, days=LENGTHS),
        K.WINDOW: st.builds(DateRule, kind=st.just(K.WINDOW), since=YEAR_DAYS, until=YEAR_DAYS),
        K.NTH_WEEKDAY: st.builds(
            DateRule, kind=st.just(K.NTH_WEEKDAY), month=st.integers(1, 12), weekday=st.integers(0, 6),
            nth=st.sampled_from((1, 2, 3, 4, 5, -1)), days=LENGTHS,
        ),
        K.WEATHER: st.builds(
            DateRule, kind=st.just(K.WEATHER), opens=st.sampled_from(Trigger), closes=st.none() | st.sampled_from(Trigger),
            since=YEAR_DAYS, until=YEAR_DAYS, days=LENGTHS,
        ),
        K.DECREE: st.builds(DateRule, kind=st.just(K.DECREE), subject=st.just("ice"))
        | st.builds(DateRule, kind=st.just(K.DECREE), subject=st.just("ice"), since=YEAR_DAYS, until=YEAR_DAYS),
        K.SCHOOL: st.builds(DateRule, kind=st.just(K.SCHOOL), school=st.sampled_from(SchoolDay), days=LENGTHS),
        K.PRODUCTION: st.builds(DateRule, kind=st.just(K.PRODUCTION), off=st.sampled_from(DaysOff)),
    }
)  # fmt: skip
THREATS = st.builds(
    Threat, id=st.just("any"), name=st.just("любая"), topics=st.just(("roads",)), rule=st.one_of(*RULES.values()),
    lead_days=st.integers(0, 366), territories=st.sampled_from(((), ("north",))),
)  # fmt: skip
PAPERS = st.lists(
    st.builds(
        lambda n, first, length, where: DecreeSpan(n, "ice", str(n), first, first + length * DAY if length is not None else None, where),
        st.integers(1, 99), DAYS, st.none() | st.integers(0, 400), st.sampled_from(((), ("north",), ("south",))),
    ), max_size=4,
)  # fmt: skip
CLIMATES = st.integers(0, len(SERIES)).map(lambda n: SERIES[:n])
FACTS = st.builds(lambda papers, days: YearFacts(CALENDAR, days, tuple(papers)), PAPERS, CLIMATES)


@given(THREATS, FACTS, st.integers(2024, 2028))
def test_comings_of_a_year_are_sorted_inside_it_and_keep_their_lead(one: Threat, facts: YearFacts, year: int) -> None:
    """First days lie in the year, ends are not before starts, and preparing begins exactly the lead days before."""
    found = occasions(one, year, facts)

    assert list(found) == sorted(found, key=lambda o: (o.start, o.end, o.territories))
    for o in found:
        assert o.year == o.start.year == year
        assert o.start <= o.end
        assert o.start - o.prepare_from == one.lead_days * DAY
        assert o.why


@given(THREATS, FACTS, DAYS)
def test_nothing_is_due_before_its_preparing_begins(one: Threat, facts: YearFacts, day: date) -> None:
    """What is due is prepared or on, never earlier than its lead days allow and never after its last day."""
    found = due(one, day, facts)

    if found.occasion is None:
        assert (found.stage, found.days_left) == (Stage.NONE, 0)
        return
    assert found.occasion.prepare_from <= day <= found.occasion.end
    assert found.days_left >= 0
    assert (found.stage is Stage.ON) == (found.occasion.start <= day)


@given(THREATS, FACTS, DAYS, st.integers(0, 400))
def test_a_span_has_every_day_on_which_something_is_on(one: Threat, facts: YearFacts, first: date, length: int) -> None:
    """Whatever is on in the middle of a span is among what the span tells, and all it tells touches the span."""
    last = first + length * DAY
    middle = first + length // 2 * DAY

    found = occasions_between((one,), first, last, facts)
    now = due(one, middle, facts)

    assert all((o.start <= last and o.end >= first) or first <= o.prepare_from <= last for o in found)
    if now.stage is Stage.ON and now.occasion is not None:
        assert now.occasion.start in {o.start for o in found}
