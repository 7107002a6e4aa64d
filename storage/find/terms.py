"""The clocks of risks: those of a few risks, those that run out soon, and risks that have none yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage.bulk import Row, json_value, with_ids
from storage.engine import Tx
from storage.moments import from_db, maybe_from_db, to_db
from storage.tables import deadline, risk

_MICROSECOND = timedelta(microseconds=1)

OPEN_STATES = ("running", "paused", "missed")
"""A clock in these states is still owed, unless it has ended: a missed one may have been done late."""


@dataclass(frozen=True, slots=True)
class Pause:
    """One stop of a clock."""

    begun: datetime
    ended: datetime
    reason: str
    by: int | None
    """Staff id."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of one risk."""

    id: int
    risk_id: int
    kind: str
    level: int
    started_at: datetime
    due_at: datetime
    state: str
    """running, paused, missed (ran out; still owed while `ended_at` is None), met, cancelled."""
    warned_at: datetime | None
    missed_at: datetime | None
    ended_at: datetime | None
    paused_at: datetime | None
    pauses: tuple[Pause, ...]
    paused_for: str
    """Why it stands now; "" when it does not."""
    paused_by: int | None
    """Staff id of who stopped it."""

    @property
    def is_open(self) -> bool:
        """Whether it is still owed."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class DueTerm:
    """A running clock near its end, with what a warning tells of its risk."""

    id: int
    risk_id: int
    number: str
    title: str
    kind: str
    level: int
    """The risk's own level, which says who is told."""
    started_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Untimed:
    """An open risk that no clock was started for."""

    id: int
    level: int
    veracity: str
    opened_at: datetime


_OF_RISKS = """
SELECT id, risk_id, kind, level, started_at, due_at, state, warned_at, missed_at, ended_at, paused_at, pauses
FROM deadline WHERE risk_id IN ({ids}) ORDER BY id
"""


def deadlines_of(tx: Tx, risk_ids: Sequence[int]) -> dict[int, list[Deadline]]:
    """Return all clocks of risks, ended ones among them, in the order of their start; a risk without any has []."""
    found: dict[int, list[Deadline]] = {risk_id: [] for risk_id in risk_ids}
    for row in with_ids(tx, _OF_RISKS, risk_ids):
        found[row[1]].append(_deadline(row))
    return found


def _deadline(row: Row) -> Deadline:
    told = json_value(row[11]) or []
    standing = next((p for p in told if p["to"] is None), None)
    warned, missed, ended, paused = map(maybe_from_db, row[7:11])
    return Deadline(
        id=row[0], risk_id=row[1], kind=row[2], level=row[3], started_at=from_db(row[4]), due_at=from_db(row[5]),
        state=row[6], warned_at=warned, missed_at=missed, ended_at=ended, paused_at=paused,
        pauses=tuple(
            Pause(datetime.fromisoformat(p["from"]), datetime.fromisoformat(p["to"]), p["reason"], p["by"])
            for p in told if p["to"] is not None
        ),
        paused_for=standing["reason"] if standing else "", paused_by=standing["by"] if standing else None,
    )  # fmt: skip


_OPEN = "SELECT id FROM risk WHERE id IN ({ids}) AND is_open"


def open_risk_ids(tx: Tx, risk_ids: Sequence[int]) -> set[int]:
    """Return which of the risks stand in the queue."""
    return {row[0] for row in with_ids(tx, _OPEN, risk_ids)}


_FIRST_LINES = """
SELECT risk_id, due_at FROM deadline WHERE risk_id IN ({ids}) AND kind = 'first_line' AND ended_at IS NULL
"""


def first_lines(tx: Tx, risk_ids: Sequence[int]) -> dict[int, datetime]:
    """Return by when the first official line of risks is due, of those that still owe it."""
    return {row[0]: from_db(row[1]) for row in with_ids(tx, _FIRST_LINES, risk_ids)}


def due_terms(tx: Tx, now: datetime, most_ahead: timedelta, least_ahead: timedelta, limit: int) -> tuple[DueTerm, ...]:
    """Return running clocks of open risks of which staff have yet to hear, the nearest first.

    That are those that have run out, and those not warned of with less than a quarter left (or less than `least_ahead`,
    never more than `most_ahead`); it says the same as risk.duty.warn_at.
    """
    due, started = (sa.type_coerce(c, sa.BigInteger) for c in (deadline.c.due_at, deadline.c.started_at))
    left = due - to_db(now)
    near = sa.or_(left * 4 <= due - started, left <= least_ahead // _MICROSECOND)
    query = (
        sa.select(
            deadline.c.id, deadline.c.risk_id, risk.c.number, risk.c.title, deadline.c.kind, risk.c.level,
            deadline.c.started_at, deadline.c.due_at,
        )
        .join(risk, risk.c.id == deadline.c.risk_id)
        .where(deadline.c.state == "running", deadline.c.due_at <= now + most_ahead, risk.c.is_open == sa.literal(True))
        .where(sa.or_(deadline.c.due_at <= now, sa.and_(deadline.c.warned_at.is_(None), near)))
        .order_by(deadline.c.due_at, deadline.c.id)
        .limit(limit)
    )  # fmt: skip
    return tuple(DueTerm(*row) for row in tx.execute(query))


def untimed_risks(tx: Tx, limit: int) -> tuple[Untimed, ...]:
    """Return open risks without any clock, the oldest first: those opened before clocks were counted."""
    none = ~sa.exists().where(deadline.c.risk_id == risk.c.id)
    query = (
        sa.select(risk.c.id, risk.c.level, risk.c.veracity, risk.c.opened_at)
        .where(risk.c.is_open == sa.literal(True), none)
        .order_by(risk.c.id)
        .limit(limit)
    )
    return tuple(Untimed(*row) for row in tx.execute(query))
