"""Measures taken and planned: what is done, by whom, by which day; a promised day is a control item until it is kept."""

from __future__ import annotations

from datetime import date

from casework.work import Work
from storage.engine import Tx


def record_measure(
    work: Work,
    risk_id: int,
    version: int,
    *,
    kind: str,
    what: str,
    body: str,
    due_on: date | None,
    answer_id: int | None = None,
) -> int:
    """Record a measure, taken or planned; return the new version of the risk."""
    raise NotImplementedError


def end_measure(work: Work, risk_id: int, version: int, measure_id: int, *, done: bool, result: str) -> int:
    """End a planned measure: done, or cancelled with a reason; return the new version of the risk."""
    raise NotImplementedError


def move_measure(work: Work, risk_id: int, version: int, measure_id: int, due_on: date, reason: str) -> int:
    """Move a promised day, visibly; return the new version of the risk."""
    raise NotImplementedError


def add_promises(tx: Tx, work: Work, risk_id: int, answer_id: int, text: str) -> int:
    """Make control items of the days promised in an approved answer; return how many are new."""
    raise NotImplementedError
