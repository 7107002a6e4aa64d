"""Writes the outbox: lines in the transaction of their news, claims with leases, marks of what was sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.bulk import Row, insert
from storage.engine import Tx
from storage.keep.jsons import json_text
from storage.moments import to_db
from storage.tables import outbox


@dataclass(frozen=True, slots=True)
class NewLine:
    """One line to be told to one chat."""

    key: str
    """What makes the news the same news, e.g. "17:3:duty"; a second line with the key is not written."""
    chat: str
    risk_id: int | None
    level: int
    kind: str
    body: dict[str, Any]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One line of the outbox as claimed."""

    id: int
    key: str
    chat: str
    risk_id: int | None
    level: int
    kind: str
    body: dict[str, Any]
    created_at: datetime
    due_at: datetime
    attempts: int


_COLUMNS = ("key", "chat", "risk_id", "level", "kind", "body", "created_at", "due_at")


def add_lines(tx: Tx, lines: Sequence[NewLine], now: datetime) -> int:
    """Write lines whose key is new; return how many were written."""
    rows: list[Row] = [
        (
            n.key, n.chat, n.risk_id, n.level, n.kind, json_text(n.body), to_db(now),
            to_db(n.due_at),
        )
        for n in lines
    ]  # fmt: skip
    return insert(tx, outbox, _COLUMNS, rows, " ON CONFLICT (key) DO NOTHING")


def line_of(row: Any) -> OutboxLine:
    """Return the frozen line of a row."""
    return OutboxLine(
        row.id, row.key, row.chat, row.risk_id, row.level, row.kind, row.body, row.created_at, row.due_at, row.attempts
    )


def claim_lines(
    tx: Tx, chat: str, limit: int, now: datetime, owner: str, lease: timedelta, ahead: timedelta = timedelta(minutes=15),
    levels: Collection[int] | None = None,
) -> tuple[OutboxLine, ...]:  # fmt: skip
    """Lease unsent lines of a chat that are due and were not refused, the highest level first, then the oldest due.

    `levels` are those that the chat is told of now; None is all.
    A due time or lease more than `ahead` from now was written under a broken clock and counts as due.
    """
    ripe = sa.or_(outbox.c.due_at <= now, outbox.c.due_at > now + 96 * ahead)
    free = sa.or_(
        outbox.c.lease_until.is_(None),
        outbox.c.lease_until <= now,
        outbox.c.lease_until > now + max(ahead, lease),
    )
    pick = (
        sa.select(outbox.c.id)
        .where(
            outbox.c.chat == chat,
            outbox.c.sent_at.is_(None),
            outbox.c.refused_at.is_(None),
            sa.true() if levels is None else outbox.c.level.in_(sorted(levels)),
            ripe,
            free,
        )
        .order_by(outbox.c.level.desc(), outbox.c.due_at, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    query = (
        sa.update(outbox)
        .where(outbox.c.id.in_(pick))
        .values(lease_until=now + lease, lease_owner=owner, attempts=outbox.c.attempts + 1)
        .returning(outbox)
    )
    return tuple(sorted((line_of(r) for r in tx.execute(query)), key=lambda n: (-n.level, n.due_at, n.id)))


def mark_sent(tx: Tx, line_ids: Sequence[int], now: datetime) -> None:
    """Mark lines as told; they never leave again."""
    tx.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_(line_ids))
        .values(sent_at=now, error=None, lease_until=None, lease_owner=None)
    )


def mark_failed(tx: Tx, line_ids: Sequence[int], error: str, due_at: datetime) -> None:
    """Put lines back until `due_at` with the reason of the failure."""
    tx.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_(line_ids), outbox.c.sent_at.is_(None))
        .values(error=error[:500], due_at=due_at, lease_until=None, lease_owner=None)
    )


def release_lines(tx: Tx, owner: str) -> int:
    """Give back what a dead process of this machine had claimed; return how many lines."""
    query = sa.update(outbox).where(outbox.c.lease_owner == owner, outbox.c.sent_at.is_(None))
    return tx.execute(query.values(lease_until=None, lease_owner=None)).rowcount
