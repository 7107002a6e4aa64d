"""What a threat asks for on a day: nothing yet, prepare, or it is here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from district.seasons import Threat
from preventive.dates import around
from preventive.facts import Occasion, YearFacts


class Stage(StrEnum):
    """How near a threat is."""

    NONE = "none"
    PREPARE = "prepare"
    ON = "on"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {Stage.NONE: "не скоро", Stage.PREPARE: "пора готовить", Stage.ON: "идёт"}[self]


@dataclass(frozen=True, slots=True)
class Due:
    """The stage of a threat on a day."""

    stage: Stage
    occasion: Occasion | None = None
    """Its coming that is prepared or on; None when neither."""
    days_left: int = 0
    """Days until it begins while it is prepared, until its last day while it is on; 0 when neither."""


def due(threat: Threat, day: date, facts: YearFacts) -> Due:
    """Return what a threat asks for on a day of the district.

    Never before the start of preparing, which is exactly `lead_days` before the first day. Of several comings the one that
    is on goes first, then the nearest. Raises what preventive.dates.occasions raises.
    """
    found = around(threat, day, day, facts)
    here = [o for o in found if o.start <= day <= o.end]
    if here:
        latest = max(here, key=lambda o: o.end)
        return Due(Stage.ON, latest, (latest.end - day).days)
    ahead = [o for o in found if o.prepare_from <= day < o.start]
    if ahead:
        nearest = min(ahead, key=lambda o: o.start)
        return Due(Stage.PREPARE, nearest, (nearest.start - day).days)
    return Due(Stage.NONE)
