"""What waits in the outbox, what was refused and why, how much a chat was told lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.moments import Moment
from storage.tables import outbox

PERSONAL = "contact:"
"""What the chats of single persons begin with (casework.personal)."""


@dataclass(frozen=True, slots=True)
class ChatState:
    """How one chat stands: for the sources page and `otklik check`."""

    chat: str
    waiting: int
    """Lines that will be tried."""
    oldest: datetime | None
    """When the oldest waiting line was written; None when nothing waits."""
    refused: int
    """Lines that wait for staff."""
    reason: str
    """The newest error of an unsent line or warning of a sent one; "" when all is well."""


@dataclass(frozen=True, slots=True)
class Lately:
    """What a chat was told lately."""

    messages: int
    """Messages sent in the window (lines of one message share their moment) or just being sent by another process."""
    held_until: datetime | None
    """When the chat may be tried again after a failure; None when nothing holds it."""


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One unsent line."""

    id: int
    key: str
    risk_id: int | None
    level: int
    kind: str
    body: dict[str, Any]
    created_at: datetime
    due_at: datetime
    attempts: int
    error: str | None
    refused: bool


_UNSENT = outbox.c.sent_at.is_(None)
_WAITING = sa.and_(_UNSENT, outbox.c.refused_at.is_(None))


def waiting_lines(tx: Tx, chat: str, limit: int = 50) -> tuple[WaitingLine, ...]:
    """Return unsent lines of a chat, refused ones too, in the order in which they will leave."""
    query = sa.select(outbox).where(outbox.c.chat == chat, _UNSENT)
    rows = tx.execute(query.order_by(outbox.c.level.desc(), outbox.c.due_at, outbox.c.id).limit(limit))
    return tuple(
        WaitingLine(
            r.id, r.key, r.risk_id, r.level, r.kind, r.body, r.created_at, r.due_at, r.attempts, r.error,
            r.refused_at is not None,
        )
        for r in rows
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TryLine:
    """The last try of a chat."""

    chat: str
    created_at: datetime
    sent_at: datetime | None
    error: str | None


def last_tries(tx: Tx, since: datetime) -> dict[str, TryLine]:
    """Return the newest try message of each chat, written after a moment."""
    newest = sa.select(sa.func.max(outbox.c.id)).where(outbox.c.kind == "try", outbox.c.created_at > since)
    query = sa.select(outbox.c.chat, outbox.c.created_at, outbox.c.sent_at, outbox.c.error)
    rows = tx.execute(query.where(outbox.c.id.in_(newest.group_by(outbox.c.chat))))
    return {row.chat: TryLine(*row) for row in rows}


def refused_count(tx: Tx, since: datetime) -> int:
    """Count the lines written after a moment that wait for staff (by the index of unsent lines: 0.1 ms)."""
    query = sa.select(sa.func.count()).select_from(outbox)
    return int(
        tx.execute(query.where(_UNSENT, outbox.c.refused_at.is_not(None), outbox.c.created_at > since)).scalar_one()
    )


def due_chats(tx: Tx, now: datetime) -> tuple[str, ...]:
    """Return the chats that have lines to try now."""
    query = sa.select(outbox.c.chat).where(_WAITING, outbox.c.due_at <= now).distinct().order_by(outbox.c.chat)
    return tuple(tx.execute(query).scalars())


def lately(tx: Tx, chat: str, since: datetime, now: datetime) -> Lately:
    """Return how many messages a chat got after a moment, and whether a failure holds it."""
    mine = outbox.c.chat == chat
    sent = sa.select(sa.func.count(sa.distinct(outbox.c.sent_at))).where(mine, outbox.c.sent_at > since)
    busy = sa.select(sa.func.count()).where(mine, _WAITING, outbox.c.lease_until > now)
    held = sa.select(sa.func.max(outbox.c.due_at, type_=Moment)).where(
        mine, _WAITING, outbox.c.error.is_not(None), outbox.c.due_at > now
    )
    return Lately(
        int(tx.execute(sent).scalar_one()) + int(tx.execute(busy).scalar_one()), tx.execute(held).scalar_one_or_none()
    )


def chat_states(tx: Tx, since: datetime) -> tuple[ChatState, ...]:
    """Return every chat that has unsent lines, or a warning on a line sent after a moment, by name.

    Lines to single persons count for as long as `since` reaches back.
    """
    waiting = sa.case((_WAITING, 1), else_=0)
    refused = sa.case((sa.and_(_UNSENT, outbox.c.refused_at.is_not(None)), 1), else_=0)
    oldest = sa.case((_WAITING, outbox.c.created_at))
    query = (
        sa.select(outbox.c.chat, sa.func.sum(waiting), sa.func.min(oldest, type_=Moment), sa.func.sum(refused))
        .where(
            sa.or_(_UNSENT, sa.and_(outbox.c.sent_at > since, outbox.c.error.is_not(None))),
            # What one person could not be told yesterday is past: a chat's lines wait until somebody sends them again.
            sa.or_(~outbox.c.chat.startswith(PERSONAL), outbox.c.created_at > since),
        )
        .group_by(outbox.c.chat)
        .order_by(outbox.c.chat)
    )
    rows = tx.execute(query).all()
    reasons = _reasons(tx, [row[0] for row in rows])
    return tuple(ChatState(r[0], int(r[1]), r[2], int(r[3]), reasons.get(r[0], "")) for r in rows)


def _reasons(tx: Tx, chats: list[str]) -> dict[str, str]:
    newest = sa.select(sa.func.max(outbox.c.id)).where(outbox.c.chat.in_(chats), outbox.c.error.is_not(None))
    query = sa.select(outbox.c.chat, outbox.c.error).where(outbox.c.id.in_(newest.group_by(outbox.c.chat)))
    return {chat: error for chat, error in tx.execute(query)}
