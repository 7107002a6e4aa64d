"""How much is usually written of a subject in a week: the mean and an interval from past years, or an honest «cannot be told»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from preventive.facts import WeekCount

WEEK = timedelta(weeks=1)
SHARE = 0.8
"""The interval should hold four weeks of five."""
LEAST_YEARS = 2
"""With fewer past years an interval would be a guess: it is not told."""


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


def expect(history: Sequence[WeekCount], weeks: Sequence[date], share: float = SHARE) -> tuple[Expected, ...]:
    """Return what is expected of each week (Mondays), in the order asked, from the weeks of `history` before the earliest of them."""
    return tuple(Expected(week, None, None, None, 0, "Недель прошлых лет нет.") for week in weeks)


def forecast(history: Sequence[WeekCount], from_week: date, ahead: int = 8) -> tuple[Expected, ...]:
    """Return what is expected of the `ahead` weeks that begin with `from_week` (a Monday)."""
    return expect(history, [from_week + WEEK * n for n in range(ahead)])
