"""Triggers of the weather fire on the day on which they are known, and never on a guess."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from district.seasons import Trigger
from preventive.facts import WeatherDay
from preventive.weather import RUNS, SoFar, first_day, is_counted, mean_of, so_far
from tests.preventive.weather_years import INLAND, NORTHWEST, SAKHALIN, STEPPE, Climate, weather

T = Trigger
D = timedelta(days=1)
START = date(2026, 9, 20)
WINDOWS = {
    T.COLD_FIVE: ("09-01", "11-15"), T.WARM_FIVE: ("04-01", "06-20"), T.FIRST_SNOW: ("09-15", "12-31"),
    T.STEADY_SNOW: ("10-01", "12-31"), T.THAW: ("02-15", "05-01"), T.FROST: ("11-01", "12-31"),
    T.HEAT: ("05-01", "08-31"), T.DRY: ("04-01", "06-30"),
}  # fmt: skip
YEARS_OF_PLACES = (
    # place, year, then the day for each trigger of WINDOWS in its order; "" is never in its window
    (NORTHWEST, 2024, "10-17", "05-13", "11-18", "11-23", "03-21", "", "", "04-30"),
    (NORTHWEST, 2025, "10-18", "04-29", "11-29", "12-04", "02-28", "", "", "04-26"),
    (NORTHWEST, 2026, "09-30", "05-18", "10-29", "11-03", "04-06", "", "", "05-15"),
    (NORTHWEST, 2027, "10-01", "04-28", "12-01", "12-06", "03-17", "", "", "05-10"),
    (NORTHWEST, 2028, "09-28", "05-12", "11-13", "11-18", "03-17", "", "", "05-22"),
    (SAKHALIN, 2024, "10-17", "05-17", "11-18", "11-23", "04-05", "", "", "06-26"),
    (SAKHALIN, 2025, "10-18", "05-18", "11-29", "12-04", "04-06", "", "", "06-09"),
    (SAKHALIN, 2026, "10-16", "06-02", "10-29", "11-03", "04-22", "", "", "06-25"),
    (SAKHALIN, 2027, "10-19", "06-02", "12-01", "12-06", "04-22", "", "", "06-11"),
    (SAKHALIN, 2028, "09-28", "06-03", "11-13", "11-18", "04-22", "", "", "06-15"),
    (STEPPE, 2024, "11-07", "04-10", "11-19", "11-24", "02-17", "", "06-21", "04-06"),
    (STEPPE, 2025, "11-05", "04-10", "12-04", "12-09", "02-27", "", "06-21", "04-07"),
    (STEPPE, 2026, "10-19", "04-26", "11-20", "11-25", "03-04", "", "07-08", "05-01"),
    (STEPPE, 2027, "11-03", "04-24", "12-05", "12-10", "03-02", "", "06-19", "04-13"),
    (STEPPE, 2028, "10-31", "04-24", "11-16", "11-21", "03-15", "", "06-19", "04-08"),
    (INLAND, 2024, "10-01", "05-16", "10-20", "10-25", "04-08", "12-25", "", "05-18"),
    (INLAND, 2025, "10-02", "05-17", "10-13", "10-18", "04-06", "12-11", "", "05-15"),
    (INLAND, 2026, "09-12", "05-30", "10-22", "10-27", "04-21", "12-05", "", "05-25"),
    (INLAND, 2027, "09-27", "05-16", "10-14", "10-19", "04-21", "12-06", "", "05-17"),
    (INLAND, 2028, "09-24", "05-15", "09-26", "10-01", "04-22", "12-06", "", "05-26"),
)


@pytest.mark.parametrize("row", YEARS_OF_PLACES, ids=lambda row: f"{row[0].mean}-{row[1]}")
def test_years_of_places(row: tuple[Climate, int, str]) -> None:
    """On series of four climates over 2024-2028 each trigger fires on the day that the table tells."""
    place, year, *told = row
    days = weather(place, date(year, 1, 1), date(year, 12, 31))
    for (trigger, (since, until)), day in zip(WINDOWS.items(), told, strict=True):
        window = (date.fromisoformat(f"{year}-{since}"), date.fromisoformat(f"{year}-{until}"))
        expected = date.fromisoformat(f"{year}-{day}") if day else None
        assert first_day(trigger, days, *window) == expected, trigger


def test_the_table_is_checked_by_eye() -> None:
    """The heating of autumn 2026 in the north-west: 24 September is still warm, five cold days follow, then the day."""
    days = weather(NORTHWEST, date(2026, 9, 24), date(2026, 9, 30))
    assert [d.mean for d in days] == [9.3, 7.2, 5.8, 6.9, 7.2, 5.8, 6.2]
    assert first_day(T.COLD_FIVE, days, START, date(2026, 10, 31)) == date(2026, 9, 30)


def run_of(name: str, *values: float | None) -> tuple[WeatherDay, ...]:
    """Return days from START with these values of one kind; None is a day that nobody entered."""
    return tuple(
        replace(WeatherDay(START + n * D), **{name: value}) for n, value in enumerate(values) if value is not None
    )


def fires(trigger: Trigger, days: tuple[WeatherDay, ...], since: date = START) -> int | None:
    """Return on which day from START (0) it fires, or None."""
    found = first_day(trigger, days, since, START + 30 * D)
    return None if found is None else (found - START).days


@pytest.mark.parametrize(
    ("trigger", "name", "values", "day"),
    [
        (T.COLD_FIVE, "mean", (7.9,) * 5, 5),
        (T.COLD_FIVE, "mean", (7.9,) * 4, None),
        (T.COLD_FIVE, "mean", (7, 7, 8.0, 7, 7, 7, 7, 7), 8),  # exactly +8 is not below
        (T.COLD_FIVE, "mean", (7, 7, 7, 7, None, 7, 7, 7, 7, 7), 10),  # a missing day breaks the run
        (T.COLD_FIVE, "mean", (9, 7, 7, 7, 7, 7, 12, 12), 6),  # warm again afterwards changes nothing
        (T.WARM_FIVE, "mean", (8.1,) * 5, 5),
        (T.WARM_FIVE, "mean", (9, 9, 8.0, 9, 9, 9, 9, 9), 8),
        (T.FIRST_SNOW, "snow_cm", (0, 0, 0.5), 2),
        (T.STEADY_SNOW, "snow_cm", (3, 3, 0, 1, 1, 1, 1, 1), 8),
        (T.FROST, "mean", (-19.9, -20.0), 1),
        (T.FROST, "low", (-24.9, -25), 1),
        (T.HEAT, "high", (30, 30, 29.9, 30, 31, 30), 6),
    ],
)  # fmt: skip
def test_edges(trigger: Trigger, name: str, values: tuple[float | None, ...], day: int | None) -> None:
    """The edge itself, a missing day and what comes afterwards are told apart."""
    assert fires(trigger, run_of(name, *values)) == day


def test_a_run_may_begin_before_the_window() -> None:
    """Five cold days at the end of August open a window of 1 September on its first day, if they go on up to it."""
    days = run_of("mean", *(5.0,) * 7, 12.0, *(5.0,) * 5)
    assert fires(T.COLD_FIVE, days, START + 7 * D) == 7
    assert fires(T.COLD_FIVE, days, START + 8 * D) == 13


def test_the_window_is_closed() -> None:
    """What fires on the day after the window is not in it; an empty window has no day."""
    days = run_of("mean", *(5.0,) * 5)
    assert first_day(T.COLD_FIVE, days, START, START + 4 * D) is None
    assert first_day(T.COLD_FIVE, days, START, START + 5 * D) == START + 5 * D
    assert first_day(T.FROST, days, START, START - D) is None


def test_a_missing_mean_is_counted_from_low_and_high() -> None:
    """(low+high)/2 stands in for a mean that nobody measured, and the day says so; half of a pair is unknown."""
    both = WeatherDay(START, low=2.0, high=9.0)
    half = WeatherDay(START, low=2.0)
    assert (mean_of(both), is_counted(both)) == (5.5, True)
    assert (mean_of(half), is_counted(half)) == (None, False)
    assert (mean_of(replace(both, mean=7.0)), is_counted(replace(both, mean=7.0))) == (7.0, False)
    assert fires(T.COLD_FIVE, tuple(replace(both, day=START + n * D) for n in range(5))) == 5


def test_snow_that_nobody_measured() -> None:
    """Without a depth, what fell on a day not above zero was snow; rain is none, and a measured zero outweighs."""
    cold = WeatherDay(START, mean=-0.5, rain_mm=2.0)
    assert fires(T.FIRST_SNOW, (cold,)) == 0
    assert fires(T.FIRST_SNOW, (replace(cold, mean=0.5),)) is None
    assert fires(T.FIRST_SNOW, (replace(cold, snow_cm=0.0),)) is None
    assert fires(T.FIRST_SNOW, (replace(cold, rain_mm=None),)) is None


def test_a_thaw_needs_frost_and_snow() -> None:
    """Above zero after a frost with snow on the ground is a thaw; without snow, without frost or unknown it is none."""
    frost = WeatherDay(START, mean=-4.0, snow_cm=10.0)
    warm = WeatherDay(START + D, mean=1.5, snow_cm=8.0)
    assert fires(T.THAW, (frost, warm)) == 1
    assert fires(T.THAW, (frost, replace(warm, snow_cm=0.0))) == 1  # it melted on this very day
    assert fires(T.THAW, (replace(frost, snow_cm=0.0), replace(warm, snow_cm=0.0))) is None
    assert fires(T.THAW, (replace(frost, snow_cm=None), replace(warm, snow_cm=None))) is None
    assert fires(T.THAW, (replace(frost, mean=1.0), warm)) is None
    assert fires(T.THAW, (frost, replace(warm, day=START + 4 * D))) is None  # the frost is too long ago
    assert fires(T.THAW, (frost, replace(warm, mean=0.0))) is None


def test_dry_days() -> None:
    """Five warm days without rain and snow; a day whose rain nobody measured breaks the run, unknown snow does not."""
    days = tuple(WeatherDay(START + n * D, mean=11.0, rain_mm=0.9) for n in range(6))
    assert fires(T.DRY, days) == 5
    wet = (*days[:2], replace(days[2], rain_mm=1.0), *days[3:])
    unknown = (*days[:2], replace(days[2], rain_mm=None), *days[3:])
    white = (*days[:2], replace(days[2], snow_cm=2.0), *days[3:])
    cold = (*days[:2], replace(days[2], mean=5.0), *days[3:])
    assert [fires(T.DRY, one) for one in (wet, unknown, white, cold)] == [None] * 4


def test_how_near_a_trigger_is() -> None:
    """«3 of 5 cold days»: today's missing weather does not break the run, yesterday's does."""
    days = run_of("mean", 12, 7, 6, 5)
    last = START + 3 * D
    assert so_far(T.COLD_FIVE, days, last) == SoFar(T.COLD_FIVE, 3, 5, last)
    assert so_far(T.COLD_FIVE, days, last + D) == SoFar(T.COLD_FIVE, 3, 5, last)
    assert so_far(T.COLD_FIVE, days, last + 2 * D) == SoFar(T.COLD_FIVE, 0, 5, None)
    assert so_far(T.COLD_FIVE, days, START) == SoFar(T.COLD_FIVE, 0, 5, START)


VALUES = st.one_of(st.none(), st.sampled_from((-30.0, -25.0, -20.0, -1.0, 0.0, 0.5, 1.0, 5.0, 7.9, 8.0, 8.1, 30.0)))
SERIES = st.lists(
    st.one_of(st.none(), st.tuples(VALUES, VALUES, VALUES, VALUES.map(lambda v: None if v is None else abs(v)))),
    max_size=25,
).map(
    lambda rows: tuple(
        WeatherDay(START + n * D, mean=row[0], low=row[1], high=row[2], rain_mm=row[3], snow_cm=row[3])
        for n, row in enumerate(rows)
        if row is not None
    )
)
SPANS = st.tuples(st.integers(-3, 28), st.integers(-3, 28)).map(lambda ab: (START + ab[0] * D, START + ab[1] * D))


@given(SERIES, SPANS, st.sampled_from(list(T)))
def test_the_answer_lies_in_the_window(days: tuple[WeatherDay, ...], span: tuple[date, date], trigger: Trigger) -> None:
    """Whatever the weather, the day lies in the window and does not depend on the order of the days."""
    found = first_day(trigger, days, *span)
    assert found is None or span[0] <= found <= span[1]
    assert first_day(trigger, days[::-1], *span) == found


@given(SERIES, SPANS, st.sampled_from(list(T)))
def test_later_days_change_nothing(days: tuple[WeatherDay, ...], span: tuple[date, date], trigger: Trigger) -> None:
    """What was known on the day stays: the same answer comes from the days up to it alone."""
    found = first_day(trigger, days, *span)
    if found is not None:
        assert first_day(trigger, tuple(d for d in days if d.day <= found), *span) == found
        if trigger in RUNS:
            assert first_day(trigger, tuple(d for d in days if d.day < found), *span) == found


@given(SERIES, SPANS, st.sampled_from(list(RUNS)))
def test_before_the_day_stand_days_in_a_row(
    days: tuple[WeatherDay, ...], span: tuple[date, date], trigger: Trigger
) -> None:
    """A trigger of days in a row stands on as many known days before it, each of which counts; no earlier day has them."""
    run, known = RUNS[trigger], {d.day: d for d in days}

    def stands(day: date) -> bool:
        before = [known.get(day - n * D) for n in range(1, run.needed + 1)]
        return all(d is not None and run.holds(d) is True for d in before)

    whole = [span[0] + n * D for n in range((span[1] - span[0]).days + 1)]
    assert first_day(trigger, days, *span) == next((day for day in whole if stands(day)), None)


@given(SERIES, st.sampled_from(list(RUNS)))
def test_a_run_grows_day_by_day(days: tuple[WeatherDay, ...], trigger: Trigger) -> None:
    """From one known day to the next the run grows by one or begins anew."""
    for one, two in pairwise(sorted(days, key=lambda d: d.day)):
        now = so_far(trigger, days, two.day)
        if now.last == two.day and two.day - one.day == D:
            before = so_far(trigger, tuple(d for d in days if d.day <= one.day), one.day)
            grown = before.run + 1 if before.last == one.day else 1
            assert now.run in (0, grown)
