"""Peaks are weeks that are loud in most years; accidents, copies, stubborn authors and short histories make none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from district.seasons import YearDay
from preventive.facts import SeasonalCounts, WeekCount
from preventive.peaks import LEAST_YEARS, SLOTS, Peak, first_day, last_day, peaks, slot_of
from tests.preventive.history_build import a_series, every

FIVE = range(2021, 2026)
AUTUMN = range(40, 44)


def _again(series: SeasonalCounts) -> list[Peak]:
    return [peak for peak in peaks([series]) if peak.repeated]


def test_weeks_loud_in_most_years_are_a_peak() -> None:
    """Four autumns of five: the run of weeks, the years, the usual, the times and the voices are told."""
    (peak,) = _again(a_series(2021, 2025, every((2021, 2022, 2024, 2025), AUTUMN, 12)))

    assert (peak.subject, peak.territory) == ("housing", "")
    assert (peak.first, peak.last) == (40, 43)
    assert (peak.years, peak.of_years) == ((2021, 2022, 2024, 2025), tuple(FIVE))
    assert peak.usual == 4
    assert peak.times == 3
    assert peak.voices == (12, 12)


CASES: Mapping[str, tuple[SeasonalCounts, int]] = {
    "five of five years": (a_series(2021, 2025, every(FIVE, AUTUMN, 12)), 1),
    "two of two years": (a_series(2024, 2025, every((2024, 2025), AUTUMN, 12)), 1),
    "one year is no history": (a_series(2025, 2025, every((2025,), AUTUMN, 30)), 0),
    "one of five is an accident": (a_series(2021, 2025, every((2023,), AUTUMN, 60)), 0),
    "two of five are too few": (a_series(2021, 2025, every((2021, 2023), AUTUMN, 12)), 0),
    "a quarter and a message a week more": (a_series(2021, 2025, every(FIVE, AUTUMN, 5), base=4), 1),
    "a fifth more is the usual up and down": (a_series(2021, 2025, every(FIVE, AUTUMN, 12), base=10), 0),
    "half as much again in a small topic": (a_series(2021, 2025, every(FIVE, AUTUMN, 3), base=2, voices=3), 1),
    "an even year has no peak": (a_series(2021, 2025, {}, base=40), 0),
    "two voices are not enough": (a_series(2021, 2025, every(FIVE, AUTUMN, 60), voices=2), 0),
    "a stubborn author is capped": (a_series(2021, 2025, every(FIVE, AUTUMN, 90), base=9, voices=3), 0),
    "unknown voices are taken at their word": (a_series(2021, 2025, every(FIVE, AUTUMN, 12), voices=0), 1),
    "a silent topic that wakes up": (a_series(2021, 2025, every(FIVE, AUTUMN, 6), base=0), 1),
    "two seasons of a year": (a_series(2021, 2025, every(FIVE, AUTUMN, 12) | every(FIVE, range(16, 19), 12)), 2),
    "no weeks at all": (SeasonalCounts("housing"), 0),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_a_peak(name: str) -> None:
    """Each history has as many peaks that come again as a sensible person would name."""
    series, expected = CASES[name]

    assert len(_again(series)) == expected


def test_one_loud_year_is_told_as_one() -> None:
    """A burst of a single year is named with its year, is not repeated, and its times are its own."""
    (peak,) = peaks([a_series(2021, 2025, every((2023,), AUTUMN, 40))])

    assert not peak.repeated
    assert (peak.years, len(peak.of_years)) == ((2023,), 5)
    assert peak.times > 5


def test_even_noise_makes_hardly_any_peaks() -> None:
    """Sixty even topics of five years, nothing but chance in them, have six false peaks together at most."""
    luck = Random(20261121)
    noise = [
        a_series(2021, 2025, {(year, week): _drawn(luck, base) for year in FIVE for week in range(1, 54)})
        for base in (2, 4, 10) * 20
    ]

    assert sum(len(_again(series)) for series in noise) <= 6


def _drawn(luck: Random, mean: int) -> int:
    """Return how many of many rare things happened (a binomial close to Poisson)."""
    return sum(luck.random() < mean / 50 for _ in range(50))


def test_a_season_over_the_new_year_is_one_run() -> None:
    """Weeks of late December and of January are one peak, told by the year in which it begins."""
    weeks = every(range(2021, 2025), (51, 52), 15) | every(range(2022, 2026), (1, 2), 15)

    (peak,) = _again(a_series(2021, 2025, weeks))

    assert peak.first > peak.last
    assert set(peak.weeks) >= {51, 52, 1, 2}
    assert set(peak.years) >= {2021, 2022, 2023, 2024}
    assert len(peak.weeks) <= 6


def test_the_53rd_week_is_told_with_the_52nd() -> None:
    """2020 and 2026 have 53 ISO weeks: their last two are the last week of the year, and no 53rd is told."""
    assert slot_of(date(2020, 12, 28)) == (2020, 52)
    assert slot_of(date(2021, 1, 4)) == (2021, 1)

    found = _again(a_series(2018, 2022, every(range(2018, 2023), (52, 53), 20)))

    assert [w for peak in found for w in peak.weeks if w > SLOTS] == []
    assert any(52 in peak.weeks for peak in found)


def test_years_with_gaps_speak_only_of_what_they_know() -> None:
    """A year without its autumn is not among the years of an autumn peak; half a year alone has no usual of its own."""
    whole = a_series(2021, 2025, every(FIVE, AUTUMN, 12))
    missing = tuple(w for w in whole.weeks if not (w.week.year == 2023 and 38 <= w.week.isocalendar().week <= 46))
    short = tuple(w for w in missing if not (w.week.year == 2022 and w.week.isocalendar().week > 20))

    (peak,) = _again(SeasonalCounts("housing", "", missing))
    (fewer,) = _again(SeasonalCounts("housing", "", short))

    assert peak.of_years == (2021, 2022, 2024, 2025)
    assert fewer.of_years == (2021, 2024, 2025)


def test_seasons_that_shift_by_a_week_are_still_found() -> None:
    """Snow that comes a week sooner or later is the same season: the neighbours of a week count with it."""
    weeks = {(year, 44 + shift + n): 14 for year, shift in zip(FIVE, (0, 1, -1, 0, 1), strict=True) for n in range(3)}

    (peak,) = _again(a_series(2021, 2025, weeks))

    assert peak.first <= 45 <= peak.last


def test_days_of_weeks_are_days_of_the_year() -> None:
    """The first week begins on 1 January and the last ends on 30 December, give or take three days."""
    assert (first_day(1), last_day(52)) == (YearDay(1, 1), YearDay(12, 30))
    assert (first_day(40), last_day(43)) == (YearDay(10, 1), YearDay(10, 28))


_COUNTS = st.lists(st.integers(0, 40), min_size=0, max_size=260)


@given(counts=_COUNTS, voices=st.sampled_from((None, 0, 2, 9)), start=st.dates(date(2015, 1, 1), date(2024, 12, 31)))
def test_peaks_of_any_history_keep_their_word(counts: list[int], voices: int | None, start: date) -> None:
    """Whatever the history: no error, weeks 1..52, runs that do not overlap, years that are known, more than usual."""
    monday = start - timedelta(days=start.weekday())
    weeks = tuple(
        WeekCount(monday + timedelta(weeks=n), posts, posts if voices is None else min(voices, posts))
        for n, posts in enumerate(counts)
    )

    found = peaks([SeasonalCounts("roads", "", weeks)])

    again = [week for peak in found if peak.repeated for week in peak.weeks]
    assert len(again) == len(set(again))
    for peak in found:
        assert all(1 <= week <= SLOTS for week in peak.weeks)
        assert set(peak.years) <= set(peak.of_years)
        assert len(peak.of_years) >= LEAST_YEARS
        assert peak.mean > peak.usual
        assert peak.voices is None or 3 <= peak.voices[0] <= peak.voices[1]


@given(base=st.integers(0, 30), loud=st.integers(0, 60), week=st.integers(1, 52))
def test_more_noise_makes_no_fewer_peaks(base: int, loud: int, week: int) -> None:
    """The same weeks written of more never lose a peak that they had when written of less."""
    less = _again(a_series(2021, 2024, every(range(2021, 2025), (week,), base + loud), base=base))
    more = _again(a_series(2021, 2024, every(range(2021, 2025), (week,), base + 2 * loud), base=base))

    assert len(more) >= len(less)
