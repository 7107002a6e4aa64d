"""Made-up weekly counts with a known truth: a season, a level that wanders, more scatter than chance, a fall at will."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import cos, exp, pi

import numpy as np

from preventive.facts import WeekCount

WEEK = timedelta(weeks=1)
FIRST = date(2016, 1, 4)


@dataclass(frozen=True)
class Truth:
    """How weeks come about; counts are gamma-Poisson around level x season."""

    usual: float = 3.0
    """Messages of a usual week."""
    times: float = 8.0
    """How many times more is written at the height of the season than far from it."""
    peak_week: int = 16
    width: float = 3.0
    """Weeks from the height to where the season is down to 60 %."""
    spread: float = 0.15
    wander: float = 0.03
    """By how much the level goes up or down by chance from week to week."""

    def season(self, week: float) -> float:
        """Return how many times a quiet week this week of the year is; neighbours over the New Year are neighbours."""
        far = abs((week - self.peak_week + 26.09) % 52.18 - 26.09)
        return 1 + (self.times - 1) * exp(-((far / self.width) ** 2) / 2) + 0.2 * cos(2 * pi * week / 52.18)


def made(truth: Truth, weeks: int, luck: np.random.Generator, first: date = FIRST) -> tuple[WeekCount, ...]:
    """Return so many weeks, beginning with a Monday."""
    level, rows = 1.0, []
    for n in range(weeks):
        monday = first + n * WEEK
        level *= exp(luck.normal(0, truth.wander) - truth.wander**2 / 2)
        # A level that wanders for years is drawn back to where it was.
        level **= 0.98
        mean = truth.usual * level * truth.season(_week_of_year(monday))
        posts = int(luck.poisson(mean * luck.gamma(1 / truth.spread, truth.spread)))
        rows.append(WeekCount(monday, posts, posts, posts // 10))
    return tuple(rows)


def fallen(
    rows: tuple[WeekCount, ...], first: date, last: date, share: float, luck: np.random.Generator
) -> tuple[WeekCount, ...]:
    """Return the rows as if each message of these days were left out by chance, a share of them."""
    return tuple(
        replace(row, posts=int(luck.binomial(row.posts, 1 - share))) if first <= row.week <= last else row
        for row in rows
    )


def _week_of_year(monday: date) -> float:
    return (monday - date(monday.year, 1, 1)).days / 7
