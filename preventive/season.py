"""The level and the season of one subject, learned from its own weeks; what was not counted is unknown, never zero.

Expected of a week = usual week of now × season. The season of a week of the year says how many times more is written then
than in a usual week: from the same week and its neighbours of past years, drawn to one by a few made-up usual messages.
The usual week of now comes from the last year, its newest weeks counting most. How the counts scatter around that is
learned by doing the same for the weeks of the past, as if they were still ahead. docs/forecast.md tells it in Russian.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from preventive.chance import Floats, likelihood

Known = npt.NDArray[np.bool_]

SHIFTS = (52, 104, 157, 209, 261)
"""The same week one to five years earlier, in weeks: never more than four days off, also around a week 53."""
FADE = 0.8
"""A year counts this much less than the one after it (measured on 2014-2019: 0.6 and 1.0 are worse by 0-1 %)."""
USUAL = 2.0
"""So many usual weeks of the last year steady the level of now (measured: 2 to 10 differ by 1 %)."""
MESSAGES = 20.0
"""And never fewer usual messages than these: a few quiet weeks before a flood say little of how big the flood will be."""
NEWER = 0.9
"""Of the newest weeks each counts this much less than the next one: half after six and a half weeks."""
YEAR = 52
BEFORE = 39
"""The year around a past week that its season is measured by: its last nine months and the three after it."""
FARTHEST = 39
"""Weeks ahead that can be told: farther ones would be measured by themselves."""
LEAST_IN_YEAR = 39
"""Three quarters of a year must be known before its usual week is."""
LEAST_LATELY = 8
"""So many of the last 26 weeks must be known before the level of now is."""
LATELY = 26


@dataclass(frozen=True, slots=True)
class Shape:
    """How a season is read: neighbours on each side, and how many made-up usual messages draw it to one."""

    neighbours: int
    steady: float


SHAPES = (Shape(2, 1.0), Shape(2, 5.0), Shape(4, 20.0), Shape(4, 200.0))
"""For one week, from a sharp season (ice, New Year) to hardly any: the past of the subject itself chooses."""
SUM_SHAPES = (Shape(1, 0.3), Shape(1, 5.0), Shape(4, 200.0))
"""For several weeks together, which need fewer neighbours: a sum is steadier than a week."""
LEAN = 1.0
"""A blunter season must be e times likelier than a sharper one: blunt ones make a yearly flood look like a surprise."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Weeks in a row: how much was written, and whether that is known at all."""

    posts: Floats
    known: Known

    def first(self, size: int) -> Counts:
        """Return the first `size` weeks."""
        return Counts(self.posts[:size], self.known[:size])


@dataclass(frozen=True, slots=True)
class Season:
    """For every week in a row: how many times a usual week it is, and how many past years say so."""

    times: Floats
    years: npt.NDArray[np.int64]

    def first(self, size: int) -> Season:
        """Return the season of the first `size` weeks."""
        return Season(self.times[:size], self.years[:size])


def season_of(counts: Counts, shape: Shape) -> Season:
    """Return the season of every week, each only from weeks at least a year before it."""
    size, reach = len(counts.posts), shape.neighbours
    kernel = np.array([1 - abs(n) / (reach + 1) for n in range(-reach, reach + 1)])
    written = np.convolve(counts.posts, kernel)[reach : reach + size]
    known = np.convolve(counts.known.astype(float), kernel)[reach : reach + size]
    usual = _usual_around(counts)
    seen, expected, years = np.zeros(size), np.zeros(size), np.zeros(size, dtype=np.int64)
    for age, shift in enumerate(SHIFTS):
        if shift >= size:
            break
        there = (known[:-shift] > 0) & (usual[:-shift] >= 0)
        fade = FADE**age
        seen[shift:] += np.where(there, fade * written[:-shift], 0.0)
        expected[shift:] += np.where(there, fade * known[:-shift] * usual[:-shift], 0.0)
        years[shift:] += there
    return Season((shape.steady + seen) / (shape.steady + expected), years)


def _usual_around(counts: Counts) -> Floats:
    """Return the mean of the year around each week; -1 where too little of it is known.

    A year always has all its seasons: near the first week it is the first year, or a flood in it would look usual.
    """
    size = len(counts.posts)
    begun = int(np.argmax(counts.known))
    starts = np.clip(np.arange(size) - BEFORE, begun, size)
    ends = np.clip(starts + YEAR, 0, size)
    sums = np.concatenate(([0.0], np.cumsum(counts.posts)))
    weeks = np.concatenate(([0], np.cumsum(counts.known)))
    known = weeks[ends] - weeks[starts]
    return np.where(known >= LEAST_IN_YEAR, (sums[ends] - sums[starts]) / np.maximum(known, 1), -1.0)


def levels(counts: Counts, season: Season) -> Floats:
    """Return the usual week as it is known at the beginning of every week, and after the last one; -1: too little is known.

    The answer is one longer than the counts.
    """
    size = len(counts.posts)
    newer = np.concatenate(([0.0], NEWER ** np.arange(1, YEAR + 1)))
    seen = np.convolve(counts.posts, newer)[: size + 1]
    expected = np.convolve(np.where(counts.known, season.times, 0.0), newer)[: size + 1]
    sums = np.concatenate(([0.0], np.cumsum(counts.posts)))
    weeks = np.concatenate(([0], np.cumsum(counts.known)))
    at = np.arange(size + 1)
    year, lately = np.clip(at - YEAR, 0, None), np.clip(at - LATELY, 0, None)
    # Half a message stands for «never yet»: a subject of which nobody wrote is rare, not impossible.
    usual = (sums[at] - sums[year] + 0.5) / np.maximum(weeks[at] - weeks[year], 1)
    steady = np.maximum(USUAL, MESSAGES / usual)
    told = (steady * usual + seen) / (steady + expected)
    return np.where(weeks[at] - weeks[lately] >= LEAST_LATELY, told, -1.0)


@dataclass(frozen=True, slots=True)
class Trial:
    """Sums of the past as they would have been told: what came, what would have been expected, from how many years."""

    came: npt.NDArray[np.int64]
    means: Floats
    years: npt.NDArray[np.int64]


SOUND = 2
"""Once there is a whole year of trials with so many past years behind each, those with one teach no more: an expectation
is never told from one."""


def trial(counts: Counts, season: Season, gap: int, weeks: int, newest: int = 5 * YEAR) -> Trial:
    """Return every stretch of `weeks` weeks of the past that began `gap` weeks after the moment of telling.

    Only stretches that are wholly known, of the `newest` weeks, with at least one past year behind each week.
    """
    size = len(counts.posts)
    level = levels(counts, season)
    begins = np.arange(max(0, size - newest), size - gap - weeks + 1)
    if not len(begins):
        empty = np.zeros(0, dtype=np.int64)
        return Trial(empty, np.zeros(0), empty)
    first, last = begins + gap, begins + gap + weeks
    known, posts, times = (np.concatenate(([0.0], np.cumsum(x))) for x in (counts.known, counts.posts, season.times))
    years = np.min([season.years[first + n] for n in range(weeks)], axis=0)
    fit = (known[last] - known[first] == weeks) & (years >= 1) & (level[begins] >= 0)
    if (fit & (years >= SOUND)).sum() >= YEAR:
        fit &= years >= SOUND
    means = level[begins] * (times[last] - times[first])
    return Trial((posts[last] - posts[first])[fit].round().astype(np.int64), means[fit], years[fit])


SPREADS = tuple(float(v) for v in np.geomspace(0.005, 5.0, 28))
"""Spreads that are tried."""
FEWER_YEARS = 1.0
"""By how much the spread grows with one past year behind it, half of that with two: the mean of n years scatters by an n-th."""
MANY_YEARS = 3
"""More past years make an expectation no surer."""
USUAL_SPREAD, SURE = 0.25, 1.4
"""The spread of a subject of which little is known yet, and how firmly it is held to: a spread that is e times it or an
e-th of it must make the past e times likelier."""


def widened(spread: float, years: int) -> float:
    """Return the spread for an expectation with so many past years behind it."""
    return spread * (1 + FEWER_YEARS / min(max(years, 1), MANY_YEARS))


def fit_spread(
    trials: Sequence[Trial], overlap: float, usual: float = USUAL_SPREAD, tried: Sequence[float] = SPREADS
) -> tuple[float, float]:
    """Return the spread under which the past is most likely, and the logarithm of that likelihood.

    `overlap` is how many trials share one week: so many count as one. Where the past says little, `usual` is near.
    """
    told = [_told(trials, spread, overlap) - (SURE * log(spread / usual)) ** 2 / 2 for spread in tried]
    best = int(np.argmax(told))
    return tried[best], told[best]


def _told(trials: Sequence[Trial], spread: float, overlap: float) -> float:
    drawn = 0.0
    for one in trials:
        for years in range(1, MANY_YEARS + 1):
            there = np.minimum(one.years, MANY_YEARS) == years
            if there.any():
                drawn += float(likelihood(one.came[there], one.means[there], widened(spread, years)).sum()) / overlap
    return drawn
