"""Risks that nobody took, what their chats were told lately, silences over them, open escalations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from risk.states import State
from storage.bulk import rows_of
from storage.engine import Tx
from storage.moments import Moment
from storage.tables import escalation, outbox, risk, silence, staff

NEWS = ("new", "risen", "reopened", "grown", "repeat")
"""Kinds of alert lines; all others are words."""
_WAITING = (State.FOUND.value, State.REOPENED.value)


@dataclass(frozen=True, slots=True)
class Untaken:
    """One open risk as it stands."""

    id: int
    number: str
    title: str
    level: int
    state: str
    topic: str | None
    block: str | None
    emergency: bool
    posts: int
    views: int | None
    opened_at: datetime
    owner_staff: int | None
    taken_by: int | None
    taken_until: datetime | None
    is_open: bool

    @property
    def is_waiting(self) -> bool:
        """Whether no work on it has begun (somebody may hold it for the moment)."""
        return self.is_open and self.state in _WAITING

    def waits(self, now: datetime) -> bool:
        """Tell whether nobody works on it: not begun, and nobody holds it."""
        held = self.taken_until is not None and self.taken_until > now
        return self.is_waiting and not held


@dataclass(frozen=True, slots=True)
class Told:
    """What the chats were told of a risk."""

    at: datetime
    """When an alert of it was last written."""
    news_at: datetime | None
    """The same without repeats: when something happened to it."""
    repeats: int
    unsent: int
    """Alerts that have not left yet or were refused."""


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """One silence."""

    id: int
    risk_id: int | None
    topic: str | None
    chat: str | None
    reason: str
    made_at: datetime
    made_by: int
    by: str
    """Login of who asked for it."""
    until_at: datetime | None
    until_grows: bool
    base: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of an escalation."""

    id: int
    risk_id: int
    level: int
    step: int
    staff_id: int | None
    at: datetime
    due_at: datetime


_RISK = tuple(risk.c[name] for name in Untaken.__slots__)


def risks_now(tx: Tx, risk_ids: Sequence[int]) -> dict[int, Untaken]:
    """Return risks by id."""
    return {row.id: Untaken(*row) for row in tx.execute(sa.select(*_RISK).where(risk.c.id.in_(risk_ids)))}


def untaken_risks(tx: Tx, now: datetime, since: datetime, from_level: int) -> tuple[Untaken, ...]:
    """Return open risks of a level or above that nobody works on and that changed after a moment, the highest first."""
    free = sa.or_(risk.c.taken_until.is_(None), risk.c.taken_until <= now)
    query = sa.select(*_RISK).where(
        risk.c.updated_at > since, risk.c.is_open, risk.c.level >= from_level, risk.c.state.in_(_WAITING), free
    )
    return tuple(Untaken(*row) for row in tx.execute(query.order_by(risk.c.level.desc(), risk.c.id)))


def last_told(tx: Tx, risk_ids: Sequence[int]) -> dict[int, Told]:
    """Return for each risk that was told of what its chats know; a risk nobody was told of is not there."""
    repeat = outbox.c.kind == "repeat"
    query = (
        sa.select(
            outbox.c.risk_id,
            sa.func.max(outbox.c.created_at, type_=Moment),
            sa.func.max(sa.case((~repeat, outbox.c.created_at)), type_=Moment),
            sa.func.sum(sa.case((repeat, 1), else_=0)),
            sa.func.sum(sa.case((outbox.c.sent_at.is_(None), 1), else_=0)),
        )
        .where(outbox.c.risk_id.in_(risk_ids), outbox.c.kind.in_(NEWS))
        .group_by(outbox.c.risk_id)
    )
    return {row[0]: Told(row[1], row[2], int(row[3]), int(row[4])) for row in tx.execute(query)}


def open_silences(tx: Tx, risk_id: int | None = None) -> tuple[SilenceRow, ...]:
    """Return the silences that have not ended, of one risk or all, the oldest first."""
    if not rows_of(
        tx, "SELECT 1 FROM silence WHERE ended_at IS NULL LIMIT 1"
    ):  # asked with every page that is taken in
        return ()
    columns = (
        *(silence.c[n] for n in SilenceRow.__slots__[:7]),
        staff.c.login,
        *(silence.c[n] for n in SilenceRow.__slots__[8:]),
    )
    query = (
        sa.select(*columns)
        .join(staff, staff.c.id == silence.c.made_by, isouter=True)
        .where(silence.c.ended_at.is_(None))
    )
    if risk_id is not None:
        query = query.where(silence.c.risk_id == risk_id)
    rows = tx.execute(query.order_by(silence.c.id))
    return tuple(SilenceRow(*row) for row in rows)


def open_steps(tx: Tx) -> tuple[StepRow, ...]:
    """Return the last steps of all escalations that go on."""
    last = sa.select(sa.func.max(escalation.c.id)).where(escalation.c.ended_at.is_(None)).group_by(escalation.c.risk_id)
    columns = tuple(escalation.c[name] for name in StepRow.__slots__)
    return tuple(
        StepRow(*r) for r in tx.execute(sa.select(*columns).where(escalation.c.id.in_(last)).order_by(escalation.c.id))
    )


def topic_sizes(tx: Tx, topic: str) -> tuple[int, int, int]:
    """Return of the open risks of a topic: the highest level, how many posts, how many views."""
    query = sa.select(
        sa.func.coalesce(sa.func.max(risk.c.level), 0),
        sa.func.coalesce(sa.func.sum(risk.c.posts), 0),
        sa.func.coalesce(sa.func.sum(risk.c.views), 0),
    )
    row = tx.execute(query.where(risk.c.topic == topic, risk.c.is_open)).one()
    return int(row[0]), int(row[1]), int(row[2])


def opened_since(tx: Tx, topic: str, since: datetime) -> tuple[Untaken, ...]:
    """Return the open risks of a topic that were opened after a moment, the highest first."""
    query = sa.select(*_RISK).where(risk.c.topic == topic, risk.c.is_open, risk.c.opened_at >= since)
    return tuple(Untaken(*row) for row in tx.execute(query.order_by(risk.c.level.desc(), risk.c.id)))
