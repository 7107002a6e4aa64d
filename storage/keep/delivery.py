"""Writes what became of claimed alert lines: given back, refused, put off, sent again, or settled without telling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import outbox

_FREE = {"lease_until": None, "lease_owner": None}


def give_back(tx: Tx, line_ids: Sequence[int]) -> None:
    """Give back claimed lines that were not tried: it was no attempt of theirs."""
    query = sa.update(outbox).where(outbox.c.id.in_(line_ids), outbox.c.sent_at.is_(None))
    tx.execute(query.values(attempts=outbox.c.attempts - 1, **_FREE))


def mark_refused(tx: Tx, line_ids: Sequence[int], reason: str, now: datetime) -> None:
    """Mark lines that their chat will not take: they wait for staff and are not tried again by themselves."""
    query = sa.update(outbox).where(outbox.c.id.in_(line_ids), outbox.c.sent_at.is_(None))
    tx.execute(query.values(refused_at=now, error=reason[:500], **_FREE))


def refuse_chat(tx: Tx, chat: str, reason: str, now: datetime) -> int:
    """Mark all unsent lines of a chat as refused; return how many."""
    query = sa.update(outbox).where(outbox.c.chat == chat, outbox.c.sent_at.is_(None), outbox.c.refused_at.is_(None))
    return int(tx.execute(query.values(refused_at=now, error=reason[:500], **_FREE)).rowcount)


def note_warning(tx: Tx, line_ids: Sequence[int], warning: str) -> None:
    """Keep a warning beside lines that were sent."""
    tx.execute(sa.update(outbox).where(outbox.c.id.in_(line_ids)).values(error=warning[:500]))


def send_again(tx: Tx, chat: str | None, since: datetime, now: datetime) -> int:
    """Let refused lines created after a moment be tried again, of one chat or of all; return how many."""
    query = sa.update(outbox).where(
        outbox.c.sent_at.is_(None), outbox.c.refused_at.is_not(None), outbox.c.created_at >= since
    )
    if chat is not None:
        query = query.where(outbox.c.chat == chat)
    return int(tx.execute(query.values(refused_at=None, error=None, attempts=0, due_at=now, **_FREE)).rowcount)


def keep_told(tx: Tx, line_id: int, parts: int) -> None:
    """Note how many parts of a long text its chat has already, so that a retry goes on from there."""
    body = tx.execute(sa.select(outbox.c.body).where(outbox.c.id == line_id)).scalar_one()
    tx.execute(sa.update(outbox).where(outbox.c.id == line_id).values(body={**body, "told": parts}))


def settle(tx: Tx, before: datetime, now: datetime) -> int:
    """Mark unsent lines created before a moment as sent without telling anybody (a loaded history); return how many."""
    query = sa.update(outbox).where(outbox.c.sent_at.is_(None), outbox.c.created_at < before)
    return int(tx.execute(query.values(sent_at=outbox.c.created_at, refused_at=None, error=None, **_FREE)).rowcount)
