"""What prevention does by itself, again and again: one round, each piece named with how much it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from casework import campaign_reminders, weeks
from casework.work import Work

PIECES: Mapping[str, Callable[[Work], int]] = MappingProxyType(
    {
        "weeks": weeks.count_weeks,
        "campaigns_due": campaign_reminders.tell_due,
        "tasks_told": campaign_reminders.remind_tasks,
    }
)
"""Name for the log → the piece; each returns how much it did and is safe to be called at any hour."""


def go_round(work: Work) -> dict[str, int]:
    """Do every piece once; return how much each did."""
    return {name: piece(work) for name, piece in PIECES.items()}
