"""How much is usually written of a subject in a week: the mean and an interval from past years, or an honest «cannot be told»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from preventive.chance import interval
from preventive.facts import WeekCount
from preventive.season import (
    FARTHEST,
    LATELY,
    LEAN,
    LEAST_LATELY,
    SHAPES,
    SPREADS,
    SUM_SHAPES,
    USUAL_SPREAD,
    YEAR,
    Counts,
    Season,
    Shape,
    fit_spread,
    levels,
    season_of,
    trial,
    widened,
)
from preventive.words import plural

WEEK = timedelta(weeks=1)
SHARE = 0.8
"""The interval should hold four weeks of five."""
LEAST_YEARS = 2
"""With fewer past years an interval would be a guess: it is not told."""
LONGEST_MEMORY = 12 * YEAR
"""Older weeks are not looked at: the season is read from five years, the scatter from five more."""
_EVENED = 0.5
"""Where the past says little of sums: weeks that scatter by themselves even out with the square root of their number, weeks
that go up and down together not at all; real ones lie between (of sums of 6 and 12 weeks on the walls of 2014-2019, 0.5
holds 82 and 81 %, 0.25 86 and 89 %)."""
_TRIED_AHEAD = (0, 3, 7)
"""Weeks ahead that the past is tried for: the near, the middle and the far end of eight weeks."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of one week; `mean`, `low` and `high` are None when it cannot be told, and `basis` says why."""

    week: date
    """Its Monday."""
    mean: float | None
    low: int | None
    high: int | None
    years: int
    """How many past years stand behind it."""
    basis: str
    """One Russian sentence: what it was counted from, or why it cannot be told."""

    @property
    def told(self) -> bool:
        """Return whether there is an expectation at all."""
        return self.mean is not None


@dataclass(frozen=True, slots=True)
class ExpectedSum:
    """What is expected of several weeks together; None when it cannot be told, and `why` says why (Russian)."""

    mean: float | None
    low: int | None
    high: int | None
    years: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What can be told of a subject at one moment: nothing from that week on was looked at."""

    begins: date
    """The Monday of the first week looked at."""
    told_on: date
    """The Monday of the first week that is ahead."""
    counts: Counts
    season: Season
    level: float
    """The usual week of now; -1: too little is known."""
    spread: float

    def week(self, week: date, share: float = SHARE) -> Expected:
        """Return what is expected of a week ahead (its Monday)."""
        at = self._at(week)
        years = int(self.season.years[at]) if at < len(self.season.years) else 0
        why = self._why_not(at, years)
        if why:
            return Expected(week, None, None, None, years, why)
        mean = self.level * float(self.season.times[at])
        low, high = interval(mean, widened(self.spread, years), share)
        lately = "меньше" if self.season.times[at] < 0.9 else "больше" if self.season.times[at] > 1.1 else "как обычно"
        basis = f"По {plural(years, 'прошлому году', 'прошлым годам', 'прошлым годам')} и последним неделям."
        return Expected(
            week,
            mean,
            low,
            high,
            years,
            basis if lately == "как обычно" else f"{basis[:-1]}; в это время года пишут {lately}, чем в среднем.",
        )

    def total(self, weeks: Sequence[date], share: float = SHARE) -> ExpectedSum:
        """Return what is expected of these weeks ahead together (Mondays, each once).

        The weeks of a stretch go up and down together, so their bounds must not be added up: the scatter of the sum is
        learned from sums of as many weeks in the past.
        """
        found = sorted(self._at(week) for week in weeks)
        years = min((int(self.season.years[at]) for at in found if at < len(self.season.years)), default=0)
        why = next((why for at in found if (why := self._why_not(at, years))), "")
        if why or not found:
            return ExpectedSum(None, None, None, years, why or "Ни одной недели.")
        now = self._at(self.told_on)
        gap, size = found[0] - now, found[-1] - found[0] + 1
        season, spread = _fitted(
            self.counts, now, SUM_SHAPES, [(gap, size)], max(size / 2, 1.0), self.spread / size**_EVENED
        )
        mean = _level(self.counts, season, now) * float(season.times[found].sum())
        low, high = interval(mean, widened(spread, years), share)
        return ExpectedSum(mean, low, high, years)

    def _at(self, week: date) -> int:
        if week.weekday() or week < self.told_on:
            raise ValueError(f"{week:%d.%m.%Y}: нужен понедельник не раньше {self.told_on:%d.%m.%Y}.")
        return (week - self.begins) // WEEK

    def _why_not(self, at: int, years: int) -> str:
        if at - (self.told_on - self.begins) // WEEK >= FARTHEST:
            return f"Дальше {FARTHEST} недель вперёд программа не считает."
        if years < LEAST_YEARS:
            return _FEW_YEARS[min(years, 1)]
        if self.level < 0:
            return f"Из последних {LATELY} недель посчитано меньше {LEAST_LATELY}: неизвестно, сколько пишут теперь."
        return ""


_FEW_YEARS = ("Прошлых лет в счёте нет: нужно хотя бы два.", "В счёте только один прошлый год: нужно хотя бы два.")


def look(history: Sequence[WeekCount], told_on: date) -> Outlook:
    """Return what can be told on a Monday from the weeks before it; rows in any order, later ones are not looked at.

    ValueError when a week is not a Monday or stands twice.
    """
    before = _checked(history, told_on)
    begins = min(max(min(before, default=told_on), told_on - LONGEST_MEMORY * WEEK), told_on - WEEK)
    now = (told_on - begins) // WEEK
    posts, known = np.zeros(now + FARTHEST), np.zeros(now + FARTHEST, dtype=np.bool_)
    for week, row in before.items():
        if week >= begins:
            posts[(week - begins) // WEEK], known[(week - begins) // WEEK] = row.posts, True
    counts = Counts(posts, known)
    tried = [(ahead, 1) for ahead in _TRIED_AHEAD]
    season, spread = _fitted(counts, now, SHAPES, tried, len(tried), USUAL_SPREAD)
    return Outlook(begins, told_on, counts, season, _level(counts, season, now), spread)


def _level(counts: Counts, season: Season, now: int) -> float:
    return float(levels(counts.first(now), season.first(now))[now])


def _checked(history: Sequence[WeekCount], told_on: date) -> dict[date, WeekCount]:
    found: dict[date, WeekCount] = {}
    for row in history:
        if row.week.weekday() or row.week in found:
            raise ValueError(f"Неделя {row.week:%d.%m.%Y}: нужен понедельник, и каждая неделя один раз.")
        if row.week < told_on:
            found[row.week] = row
    if told_on.weekday():
        raise ValueError(f"{told_on:%d.%m.%Y} — не понедельник.")
    return found


def _fitted(
    counts: Counts, now: int, shapes: Sequence[Shape], tried: Sequence[tuple[int, int]], overlap: float, usual: float
) -> tuple[Season, float]:
    """Return the season by the shape under which the subject's own past is likely, and how the counts scatter around it.

    `tried` are stretches (weeks until it begins, weeks) told again and again at moments of the past.
    """
    past, best, chosen = counts.first(now), float("-inf"), None
    for blunter, shape in enumerate(shapes):
        season = season_of(counts, shape)
        trials = [trial(past, season.first(now), gap, size) for gap, size in tried]
        likely = fit_spread(trials, overlap, usual, SPREADS[::5])[1] - LEAN * blunter
        if likely > best:
            best, chosen = likely, (season, trials)
    assert chosen is not None
    return chosen[0], fit_spread(chosen[1], overlap, usual)[0]


def expect(history: Sequence[WeekCount], weeks: Sequence[date], share: float = SHARE) -> tuple[Expected, ...]:
    """Return what is expected of each week (Mondays), in the order asked.

    Only the weeks of `history` before the earliest of them are looked at, in any order; weeks without a row are unknown.
    ValueError when a week is not a Monday or stands twice in the history.
    """
    if not weeks:
        return ()
    outlook = look(history, min(weeks))
    return tuple(outlook.week(week, share) for week in weeks)


def forecast(history: Sequence[WeekCount], from_week: date, ahead: int = 8) -> tuple[Expected, ...]:
    """Return what is expected of the `ahead` weeks that begin with `from_week` (a Monday)."""
    return expect(history, [from_week + WEEK * n for n in range(ahead)])
