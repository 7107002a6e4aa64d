"""What people write of more than usual: two windows of each topic against its own past, copies told apart from voices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from types import MappingProxyType

HOURS_SHOWN = 24
BASE_HOURS = 12
"""The last hour is measured against the mean of the twelve before it."""
BASE_DAYS = 7
"""The last 24 hours are measured against the seven days before them ([R SOL]: «7-day mean»)."""
MORE_BY, MORE_THAN = 0.25, 3
"""A topic differs from its mean by a quarter and by three messages at least ([R SOL], requirement 20)."""
HOUR_TIMES = 2.0
"""An hour stands out when it is twice its mean (DOMAIN 1: «growth ×2»), and by three messages at least."""
FLAT_DAY, FLAT_HOUR = 10, 5
"""While seven days are not yet known: so many messages a day or an hour are growth by themselves [P]."""
LEAST_VOICES = 3
"""Growth needs three people: one who writes ten times is one who writes ten times [P]."""
SEEN_SHARE = 0.01
"""A copy counts beside its original when 1 % of the residents saw it (DOMAIN 1: below that a post is of the low level);
so 480 copies with 5 views each (Lipetsk, [R LIP]) count as their one original."""
CRITICAL_TOPICS = ("safety", "housing", "energy", "health", "waste", "roads", "ecology")
"""Shown even at zero ([R SOL]: «критичные темы показываются всегда»); the choice is ours [P]."""


class Verdict(StrEnum):
    """How a topic is now against its own past."""

    TENSE = "tense"
    USUAL = "usual"
    CALMER = "calmer"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return _LABELS[self]


_LABELS: Mapping[Verdict, str] = MappingProxyType(
    {Verdict.TENSE: "напряжённее", Verdict.USUAL: "как обычно", Verdict.CALMER: "спокойнее"}
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was written of one topic."""

    hours: tuple[float, ...]
    """Weighted messages of the last 24 hours, the newest hour first."""
    days: tuple[float, ...]
    """Weighted messages of the seven days before those 24 hours, the newest day first."""
    voices: int
    """Distinct voices of the 24 hours."""
    voices_hour: int
    """Distinct voices of the last hour."""
    posts: int = 0
    """All posts of the 24 hours, copies and all."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How a topic is, and why it is said so."""

    verdict: Verdict
    reasons: tuple[str, ...]
    """Russian half-sentences; the first is the weightiest."""
    day: float
    usual_day: float | None
    """Mean of the days of the same kind; None while history is short."""
    hour: float
    usual_hour: float
    since: int | None
    """So many hours ago the growth began (0: within the last hour); None when nothing grows."""

    @property
    def excess(self) -> float:
        """By how much the day is above its usual: what the list is ordered by."""
        return self.day - (self.usual_day or 0.0)


def weight(is_original: bool, views: int | None, residents: int) -> int:
    """Return what one post counts: 1 for an original and for a copy that 1 % of the residents saw, else 0."""
    return int(is_original or (views is not None and views >= max(1.0, residents * SEEN_SHARE)))


def judge(heard: Heard, alike: Sequence[bool], known_days: int) -> Growth:
    """Return how a topic is.

    `alike[n]` says whether the day n+1 days back is of the same kind as today, worked or not: a Sunday is measured against
    days off. `known_days` is how many of the seven days were collected at all; with fewer than seven a flat ceiling holds.
    """
    day, hour = sum(heard.hours[:HOURS_SHOWN]), heard.hours[0]
    usual_hour = fmean(heard.hours[1 : 1 + BASE_HOURS])
    if known_days < BASE_DAYS:
        reasons = _flat(day, hour, heard)
        return _growth(heard, reasons, day, None, hour, usual_hour, calmer=False)
    week = fmean(heard.days)
    own = fmean(v for v, same in zip(heard.days, alike, strict=True) if same) if any(alike) else week
    reasons = _of_day(day, own, week, heard.voices) + _of_hour(hour, usual_hour, heard.voices_hour)
    return _growth(heard, reasons, day, own, hour, usual_hour, calmer=_less(day, own) and _less(day, week))


def _growth(
    heard: Heard, reasons: list[str], day: float, usual: float | None, hour: float, usual_hour: float, *, calmer: bool
) -> Growth:
    verdict = Verdict.TENSE if reasons else Verdict.CALMER if calmer else Verdict.USUAL
    per_hour = (usual or 0.0) / HOURS_SHOWN
    since = _since(heard.hours, per_hour) if reasons else None
    return Growth(verdict, tuple(reasons), day, usual, hour, usual_hour, since)


def _more(now: float, usual: float) -> bool:
    return now >= usual * (1 + MORE_BY) and now - usual >= MORE_THAN


def _less(now: float, usual: float) -> bool:
    return now <= usual * (1 - MORE_BY) and usual - now >= MORE_THAN


def _of_day(day: float, own: float, week: float, voices: int) -> list[str]:
    """The day must stand out both from days of its kind and from the whole week, and be said by three people."""
    if not (_more(day, own) and _more(day, week)) or voices < LEAST_VOICES:
        return []
    return [f"за сутки {_n(day)} при обычных {_n(own)}"]


def _of_hour(hour: float, usual: float, voices: int) -> list[str]:
    if hour < usual * HOUR_TIMES or hour - usual < MORE_THAN or voices < LEAST_VOICES:
        return []
    return [f"за час {_n(hour)} при обычных {_n(usual)}"]


def _flat(day: float, hour: float, heard: Heard) -> list[str]:
    reasons = []
    if day >= FLAT_DAY and heard.voices >= LEAST_VOICES:
        reasons.append(f"за сутки {_n(day)}: обычного ещё не знаем, порог {FLAT_DAY}")
    if hour >= FLAT_HOUR and heard.voices_hour >= LEAST_VOICES:
        reasons.append(f"за час {_n(hour)}: обычного ещё не знаем, порог {FLAT_HOUR}")
    return reasons


def _since(hours: Sequence[float], usual: float) -> int:
    """Return how many hours ago the present excess began: where the sum of (hour − usual) up to now is greatest."""
    best, at, total = float("-inf"), 0, 0.0
    for ago, value in enumerate(hours):
        total += value - usual
        if total > best and value > 0:
            best, at = total, ago
    return at


def _n(value: float) -> str:
    return f"{value:.1f}".replace(".", ",").removesuffix(",0")
