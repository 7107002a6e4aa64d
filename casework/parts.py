"""Who does which part of a risk: entrusted to a block, a post and a person, split with one owner, or handed over outside."""

from __future__ import annotations

from datetime import datetime

from casework.measures import add_promises, end_measure, move_measure, record_measure
from casework.reminding import remind_measures
from casework.work import Work

__all__ = [
    "add_promises", "assign", "end_assignment", "end_measure", "move_measure", "record_measure", "remind_measures",
]  # fmt: skip


def assign(
    work: Work,
    risk_id: int,
    version: int,
    *,
    part: str = "",
    block: str | None = None,
    official: str | None = None,
    staff_id: int | None = None,
    outside: str | None = None,
    due_at: datetime | None = None,
    is_owner: bool = False,
) -> int:
    """Entrust a risk or a part of it; return the new version of the risk."""
    raise NotImplementedError


def end_assignment(work: Work, risk_id: int, version: int, assignment_id: int, state: str, result: str) -> int:
    """End an assignment: done, returned or withdrawn; return the new version of the risk."""
    raise NotImplementedError
