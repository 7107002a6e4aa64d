"""What came of a campaign: messages and risks before, during and after against what is usual, never a claim about the cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from preventive.facts import WeekCount


class Verdict(StrEnum):
    """What can be said of the weeks of a campaign."""

    LESS = "less"
    MORE = "more"
    NO_EFFECT = "no_effect"
    CANNOT_TELL = "cannot_tell"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            Verdict.LESS: "меньше обычного",
            Verdict.MORE: "больше обычного",
            Verdict.NO_EFFECT: "заметного эффекта не видно",
            Verdict.CANNOT_TELL: "сказать нельзя",
        }[self]


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included; every week that it touches counts whole."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of weeks: what was written and what was expected; None where it cannot be told."""

    name: str
    """before | during | after."""
    first: date
    last: date
    weeks: int
    known: int
    """How many of the weeks have counts."""
    seen: int
    risks: int
    mean: float | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What is said of a campaign, in one sentence and in figures."""

    verdict: Verdict
    sentence: str
    """Russian, without the final stop: «на 38 % меньше обычного, 12 против 19–27 ожидаемых»."""
    seen: int | None = None
    expected_mean: float | None = None
    expected_low: int | None = None
    expected_high: int | None = None
    percent: int | None = None
    """By how many percent less (negative) or more than the expected mean."""
    years: int = 0
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    """What else one must know to read it; Russian sentences."""


def effect(
    history: Sequence[WeekCount], before: Span, during: Span, after: Span, obstacles: Sequence[str] = ()
) -> Effect:
    """Return the verdict on `during`; `obstacles` are Russian reasons for which the counts cannot be compared at all."""
    return Effect(Verdict.CANNOT_TELL, "сказать нельзя: " + (obstacles[0] if obstacles else "нет данных прошлых лет"))
