"""Writes the clocks of risks: started in bulk, moved, paused, ended; never erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.bulk import Row, insert, update
from storage.engine import Tx
from storage.find.terms import Deadline
from storage.moments import maybe_to_db, to_db
from storage.tables import deadline, risk


@dataclass(frozen=True, slots=True)
class NewTerm:
    """One clock that starts."""

    risk_id: int
    kind: str
    level: int
    started_at: datetime
    due_at: datetime
    state: str = "running"
    missed_at: datetime | None = None
    """Set for a term that had run out before anybody counted it."""


_COLUMNS = ("risk_id", "kind", "level", "started_at", "due_at", "state", "missed_at", "pauses")


def add_deadlines(tx: Tx, terms: Iterable[NewTerm]) -> None:
    """Start clocks, however many, in one statement."""
    rows: list[Row] = [
        (t.risk_id, t.kind, t.level, to_db(t.started_at), to_db(t.due_at), t.state, maybe_to_db(t.missed_at), "[]")
        for t in terms
    ]
    insert(tx, deadline, _COLUMNS, rows)


def change_deadline(tx: Tx, deadline_id: int, values: Mapping[str, Any]) -> None:
    """Change columns of one clock."""
    tx.execute(sa.update(deadline).where(deadline.c.id == deadline_id).values(dict(values)))


_MOVED = ("level", "due_at", "state", "warned_at", "missed_at", "ended_at", "paused_at")


def move_deadlines(tx: Tx, terms: Iterable[Deadline]) -> None:
    """Write level, moments and state of clocks as they are given, however many, in one statement."""
    rows: list[Row] = [
        (
            t.level, to_db(t.due_at), t.state, maybe_to_db(t.warned_at), maybe_to_db(t.missed_at), maybe_to_db(t.ended_at),
            maybe_to_db(t.paused_at), t.id,
        )
        for t in terms
    ]  # fmt: skip
    update(tx, deadline, _MOVED, rows)


def end_deadlines(tx: Tx, deadline_ids: Sequence[int], state: str, at: datetime) -> None:
    """End clocks with a state (met, missed, cancelled)."""
    if deadline_ids:
        query = sa.update(deadline).where(deadline.c.id.in_(deadline_ids))
        tx.execute(query.values(state=state, ended_at=at, paused_at=None))


def note_warned(tx: Tx, deadline_ids: Sequence[int], at: datetime) -> None:
    """Note that staff were warned of these terms."""
    if deadline_ids:
        tx.execute(sa.update(deadline).where(deadline.c.id.in_(deadline_ids)).values(warned_at=at))


def note_missed(tx: Tx, deadline_ids: Sequence[int], at: datetime) -> None:
    """Note that these terms ran out; they stay owed until they are ended."""
    if deadline_ids:
        query = sa.update(deadline).where(deadline.c.id.in_(deadline_ids))
        tx.execute(query.values(state="missed", missed_at=at))


def set_due(tx: Tx, dues: Mapping[int, datetime]) -> None:
    """Write the nearest term of risks, by which the queue is ordered; no version changes: nobody's form grows stale."""
    update(tx, risk, ("due_at",), [(to_db(at), risk_id) for risk_id, at in dues.items()])
