"""Series of weeks for the tests of peaks: an even year with seasons laid on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from preventive.facts import SeasonalCounts, WeekCount

Season = Mapping[tuple[int, int], int]
"""Messages of single weeks by (ISO year, ISO week)."""


def a_series(
    first: int,
    last: int,
    seasons: Season,
    base: int = 4,
    subject: str = "housing",
    territory: str = "",
    voices: int | None = None,
) -> SeasonalCounts:
    """Return all weeks of the ISO years; `voices` of each week are as many as its messages unless told."""
    weeks, day = [], date.fromisocalendar(first, 1, 1)
    while day.isocalendar().year <= last:
        key = day.isocalendar()[:2]
        posts = seasons.get((key[0], key[1]), base)
        weeks.append(WeekCount(day, posts, posts if voices is None else voices))
        day += timedelta(weeks=1)
    return SeasonalCounts(subject, territory, tuple(weeks))


def every(years: range | tuple[int, ...], weeks: range | tuple[int, ...], posts: int) -> dict[tuple[int, int], int]:
    """Return the same messages in these weeks of each of the years."""
    return {(year, week): posts for year in years for week in weeks}
