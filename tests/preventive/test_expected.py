"""What is expected of a week: the season and the level of past weeks, honest where little is known."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preventive.chance import interval
from preventive.expected import Expected, expect, forecast, look
from preventive.facts import WeekCount
from preventive.season import FARTHEST, SHIFTS, widened
from tests.bench.made_weeks import Truth, made

WEEK = timedelta(weeks=1)
START = date(2022, 1, 3)


def weeks(counts: list[int], start: date = START) -> list[WeekCount]:
    """Return counts as weeks in a row."""
    return [WeekCount(start + n * WEEK, posts, posts) for n, posts in enumerate(counts)]


def yearly(years: int, quiet: int = 2, flood: int = 20, at: range = range(14, 19)) -> list[WeekCount]:
    """Return years of quiet weeks with a flood in the same weeks of every year, and thirteen quiet weeks more."""
    one = [flood if n in at else quiet for n in range(52)]
    return weeks(one * years + [quiet] * 13)


def test_the_flood_of_past_years_is_expected_again() -> None:
    """Where three years brought twenty a week after quiet ones, twenty are expected, and two are not."""
    told = forecast(yearly(3), START + (3 * 52 + 13) * WEEK)
    height = told[2:5]

    assert [one.years for one in told] == [3] * 8
    assert all(one.low is not None and one.high is not None and one.low <= 20 <= one.high for one in height)
    assert told[-1].mean == pytest.approx(2, abs=3)
    assert told[2].basis == "По 3 прошлым годам и последним неделям; в это время года пишут больше, чем в среднем."


@pytest.mark.parametrize(
    ("years", "basis"),
    [
        (0, "Прошлых лет в счёте нет: нужно хотя бы два."),
        (1, "В счёте только один прошлый год: нужно хотя бы два."),
    ],
)
def test_less_than_two_past_years_cannot_be_told(years: int, basis: str) -> None:
    """With none or one past year nothing is told, and the reason is."""
    (told,) = forecast(yearly(years) if years else weeks([3] * 20), START + (52 * years + 20) * WEEK, 1)

    assert told == Expected(told.week, None, None, None, years, basis)
    assert not told.told


def test_an_empty_history_cannot_be_told() -> None:
    """Without a single week there is no forecast and no error."""
    told = forecast([], START)

    assert [one.mean for one in told] == [None] * 8
    assert expect([], []) == ()


def test_an_unknown_present_cannot_be_told() -> None:
    """Past years alone do not say how much is written now: a gap of half a year is named."""
    (told,) = forecast(yearly(3), START + (3 * 52 + 13 + 26) * WEEK, 1)

    assert told.mean is None
    assert "неизвестно, сколько пишут теперь" in told.basis


def test_farther_than_nine_months_cannot_be_told() -> None:
    """The last week that is told is the 39th; the next would be measured by itself."""
    told = forecast(yearly(3), START + (3 * 52 + 13) * WEEK, FARTHEST + 1)

    assert told[-2].told
    assert told[-1].basis == "Дальше 39 недель вперёд программа не считает."


def test_missing_weeks_are_unknown_and_not_zero() -> None:
    """Leaving every fifth week out hardly changes what is expected; writing zeros into it does."""
    rows, told_on = yearly(4, quiet=10, flood=10), START + (4 * 52 + 13) * WEEK
    whole = look(rows, told_on).total([told_on + n * WEEK for n in range(8)])
    holes = look([r for n, r in enumerate(rows) if n % 5], told_on).total([told_on + n * WEEK for n in range(8)])
    zeros = [r if n % 5 else WeekCount(r.week, 0, 0) for n, r in enumerate(rows)]
    zeroed = look(zeros, told_on).total([told_on + n * WEEK for n in range(8)])

    assert whole.mean is not None
    assert holes.mean == pytest.approx(whole.mean, rel=0.03)
    assert zeroed.mean is not None
    assert zeroed.mean < 0.9 * whole.mean


def test_weeks_that_came_later_are_not_looked_at() -> None:
    """What is told on a day does not change when the weeks after it become known."""
    rows, told_on = yearly(3), START + 2 * 52 * WEEK + 20 * WEEK

    assert forecast(rows, told_on) == forecast([r for r in rows if r.week < told_on], told_on)


@given(st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_the_order_of_the_rows_does_not_matter(luck: Random) -> None:
    """The same weeks in another order are the same history."""
    rows = list(made(Truth(), 170, np.random.default_rng(1)))
    told_on = rows[-1].week + WEEK
    shuffled = rows.copy()
    luck.shuffle(shuffled)

    assert forecast(shuffled, told_on) == forecast(rows, told_on)


@given(
    st.lists(st.none() | st.integers(0, 60), min_size=0, max_size=230),
    st.integers(0, 20),
    st.dates(date(2015, 1, 1), date(2026, 12, 31)),
)
@settings(max_examples=60)
def test_any_history_gives_bounds_that_hold_the_mean(counts: list[int | None], gap: int, day: date) -> None:
    """Zeros, holes, one week, five years, any gap before the first week ahead: 0 <= low <= mean <= high, or a reason."""
    start = day - timedelta(days=day.weekday())
    rows = [WeekCount(start + n * WEEK, posts, 0) for n, posts in enumerate(counts) if posts is not None]

    for told in forecast(rows, start + (len(counts) + gap) * WEEK):
        if told.mean is None:
            assert (told.low, told.high) == (None, None)
            assert told.basis.endswith(".")
        else:
            assert told.low is not None
            assert told.high is not None
            assert 0 <= told.low <= told.mean <= told.high


@given(st.floats(0, 400), st.floats(0.01, 2), st.integers(1, 5))
def test_fewer_years_never_make_narrower_bounds(mean: float, spread: float, years: int) -> None:
    """The same mean and scatter from one year less give bounds at least as wide."""
    low, high = interval(mean, widened(spread, years), 0.8)
    fewer_low, fewer_high = interval(mean, widened(spread, years - 1), 0.8)

    assert fewer_high - fewer_low >= high - low - 1  # whole numbers: both bounds may move by one together
    assert widened(spread, years - 1) >= widened(spread, years)


def test_week_53_is_a_week_like_others() -> None:
    """2020 had a week 53 and 29 February: its last week and the first of 2021 are told from the same days of past years."""
    rows = made(Truth(), 52 * 5 + 1, np.random.default_rng(2))  # from 4 January 2016
    told = expect([r for r in rows if r.week < date(2020, 12, 21)], [date(2020, 12, 28), date(2021, 1, 4)])

    assert [one.years for one in told] == [4, 5]
    assert all(one.told for one in told)


@pytest.mark.parametrize(("age", "weeks_back"), list(enumerate(SHIFTS, start=1)))
def test_the_same_week_of_a_past_year_is_at_most_four_days_off(age: int, weeks_back: int) -> None:
    """So many weeks back it is the same time of the year, leap years or not."""
    for day in (date(2024, 2, 28), date(2026, 1, 5), date(2028, 12, 31)):
        assert abs((day - weeks_back * WEEK - day.replace(year=day.year - age)).days) <= 4


@pytest.mark.parametrize("told_on", [date(2026, 11, 20), date(2026, 11, 22)])
def test_a_week_is_named_by_its_monday(told_on: date) -> None:
    """Another day of the week is refused with its date."""
    with pytest.raises(ValueError, match="понедельник"):
        forecast(yearly(2), told_on)
    with pytest.raises(ValueError, match="понедельник"):
        forecast([WeekCount(told_on, 1, 1)], date(2026, 11, 23))


def test_a_week_that_stands_twice_is_refused() -> None:
    """Two rows of one week would be counted double."""
    with pytest.raises(ValueError, match="один раз"):
        forecast([*yearly(2), yearly(2)[5]], START + 120 * WEEK)


def test_a_sum_is_wider_than_a_week_and_narrower_than_its_weeks_together() -> None:
    """Weeks do not all go to their bounds at once; but they do go up and down together a little."""
    rows = made(Truth(usual=6, times=1.5), 52 * 5, np.random.default_rng(3))
    outlook = look(rows, rows[-1].week + WEEK)
    ahead = [rows[-1].week + n * WEEK for n in range(1, 9)]
    each = [outlook.week(week) for week in ahead]
    total = outlook.total(ahead)

    assert total.low is not None
    assert total.high is not None
    assert total.mean == pytest.approx(sum(one.mean or 0 for one in each), rel=0.25)
    assert max((one.high or 0) - (one.low or 0) for one in each) < total.high - total.low
    assert total.high - total.low < sum((one.high or 0) - (one.low or 0) for one in each)
