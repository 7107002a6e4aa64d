"""Score: signals added up into points, a level, and the reasons for both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from district.profile import Profile
from risk.facts import TextFacts
from risk.levels import Level, level_for
from risk.signals.case import Case, Reason, Signal, Spread

__all__ = ["RULE_SET", "SIGNALS", "Reason", "Score", "Spread", "score"]

RULE_SET = "2026-11-21"
"""Id of the table of signals and of the tables of words; changed with any of them and kept with each score."""

SIGNALS: dict[str, Signal] = {}


@dataclass(frozen=True, slots=True)
class Score:
    """How much attention a group of posts deserves and why."""

    points: float
    level: Level
    reasons: tuple[Reason, ...]
    """Heaviest first; their points add up to `points`."""
    rule_set: str
    emergency: bool
    """Danger to life: level 4 and the ЕДДС whatever the points (requirement 17)."""


def score(facts: TextFacts, spread: Spread, profile: Profile, now: datetime) -> Score:
    """Return the score of a group from its most telling text and its spread; `now` is aware."""
    case = Case(facts, spread, profile, now)
    reasons = []
    for signal in SIGNALS.values():
        found = signal.function(case)
        if found is not None:
            reasons.append(Reason(signal.id, signal.weight * found.times, found.why))
    points = sum(reason.points for reason in reasons)
    emergency = bool(facts.dangers)
    level = Level.CRITICAL if emergency else level_for(points, profile)
    return Score(points, level, tuple(sorted(reasons, key=lambda r: -r.points)), RULE_SET, emergency)
