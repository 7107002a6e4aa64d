"""Platform accounts, keys of author tokens, small settings, the journal, tries to sign in, unsent alert lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import account, journal, outbox, setting, source, staff, voice_key


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One platform account; its secret stays sealed."""

    id: str
    platform: str
    kind: str
    sealed: bytes
    can: tuple[str, ...]
    state: str
    reason: str
    gap: float
    """Seconds between two requests."""
    stopped_until: datetime | None
    created_at: datetime
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class VoiceKey:
    """One sealed key of author tokens."""

    id: int
    sealed: bytes | None
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of the journal."""

    at: datetime
    by: str
    """Login, or «машина»."""
    what: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]


def _account(row: Any) -> AccountRow:
    return AccountRow(
        id=row.id, platform=row.platform, kind=row.kind, sealed=bytes(row.sealed), can=tuple(row.can), state=row.state,
        reason=row.reason, gap=row.gap, stopped_until=row.stopped_until, created_at=row.created_at,
        checked_at=row.checked_at,
    )  # fmt: skip


def accounts(tx: Tx) -> tuple[AccountRow, ...]:
    """Return all platform accounts by id."""
    return tuple(_account(r) for r in tx.execute(sa.select(account).order_by(account.c.id)))


def account_by_id(tx: Tx, account_id: str) -> AccountRow | None:
    """Return one platform account, or None."""
    row = tx.execute(sa.select(account).where(account.c.id == account_id)).one_or_none()
    return None if row is None else _account(row)


def source_by_id(tx: Tx, source_id: str) -> dict[str, Any] | None:
    """Return all columns of one source, or None."""
    row = tx.execute(sa.select(source).where(source.c.id == source_id)).one_or_none()
    return None if row is None else dict(row._mapping)


def all_sources(tx: Tx) -> tuple[dict[str, Any], ...]:
    """Return all columns of all sources, removed ones too, by id."""
    return tuple(dict(r._mapping) for r in tx.execute(sa.select(source).order_by(source.c.id)))


def voice_keys(tx: Tx) -> tuple[VoiceKey, ...]:
    """Return all keys of author tokens, oldest first; the one without an end is current."""
    query = sa.select(voice_key).order_by(voice_key.c.id)
    return tuple(
        VoiceKey(r.id, None if r.sealed is None else bytes(r.sealed), r.from_at, r.until_at) for r in tx.execute(query)
    )


def setting_value(tx: Tx, key: str) -> Any:
    """Return a setting of the installation, or None."""
    return tx.execute(sa.select(setting.c.value).where(setting.c.key == key)).scalar()


def journal_lines(tx: Tx, subject: str | None = None, limit: int = 50) -> tuple[JournalLine, ...]:
    """Return the last lines of the journal, newest first, of one subject or of all."""
    query = sa.select(journal, staff.c.login).join(staff, staff.c.id == journal.c.by_staff, isouter=True)
    if subject is not None:
        query = query.where(journal.c.subject == subject)
    rows = tx.execute(query.order_by(journal.c.id.desc()).limit(limit))
    return tuple(
        JournalLine(r.at, "машина" if r.by_staff is None else r.login or "?", r.what, r.subject, r.before, r.after)
        for r in rows
    )


def unsent_counts(tx: Tx) -> dict[str, int]:
    """Count the unsent alert lines of each chat."""
    query = sa.select(outbox.c.chat, sa.func.count()).where(outbox.c.sent_at.is_(None)).group_by(outbox.c.chat)
    return {chat: count for chat, count in tx.execute(query)}
