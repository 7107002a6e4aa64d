"""Levels of criticality: four named steps, thresholds from the profile; 0 means «not a risk»."""

from __future__ import annotations

from enum import IntEnum

from district.profile import Profile


class Level(IntEnum):
    """Criticality; names and colours are [P] of DOMAIN 1 (no regulation defines them)."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return ("не риск", "низкий", "средний", "высокий", "критический")[self]


def level_for(points: float, profile: Profile) -> Level:
    """Return the highest level whose threshold the points reach (profile.levels[].from_points), else NONE."""
    return Level(max((rule.level for rule in profile.levels if points >= rule.from_points), default=0))
