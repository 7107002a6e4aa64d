"""Writes staff accounts, their sessions and the tries to sign in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import session, sign_in_try, staff


def add_staff(tx: Tx, values: dict[str, Any]) -> int:
    """Write a new account (columns of table staff) and return its id."""
    return int(tx.execute(sa.insert(staff).values(values).returning(staff.c.id)).scalar_one())


def change_staff(tx: Tx, staff_id: int, values: dict[str, Any]) -> None:
    """Change columns of an account."""
    tx.execute(sa.update(staff).where(staff.c.id == staff_id).values(values))


def add_session(tx: Tx, token_hash: str, staff_id: int, csrf: str, now: datetime, expires_at: datetime) -> None:
    """Open a session."""
    row = {"token_hash": token_hash, "staff_id": staff_id, "csrf": csrf}
    tx.execute(sa.insert(session).values(row | {"created_at": now, "seen_at": now, "expires_at": expires_at}))


def touch_session(tx: Tx, token_hash: str, seen_at: datetime, expires_at: datetime) -> None:
    """Note that a session was used and until when it lives now."""
    tx.execute(
        sa.update(session).where(session.c.token_hash == token_hash).values(seen_at=seen_at, expires_at=expires_at)
    )


def end_session(tx: Tx, token_hash: str) -> None:
    """Close one session."""
    tx.execute(sa.delete(session).where(session.c.token_hash == token_hash))


def end_sessions(tx: Tx, staff_id: int, keep: str | None = None) -> int:
    """Close all sessions of an account but `keep` (a token's hash); return how many."""
    query = sa.delete(session).where(session.c.staff_id == staff_id)
    if keep is not None:
        query = query.where(session.c.token_hash != keep)
    return tx.execute(query).rowcount


def end_expired_sessions(tx: Tx, now: datetime) -> int:
    """Delete sessions whose time is over; return how many."""
    return tx.execute(sa.delete(session).where(session.c.expires_at <= now)).rowcount


def drop_tries(tx: Tx, before: datetime) -> int:
    """Forget tries to sign in older than a moment; return how many."""
    return tx.execute(sa.delete(sign_in_try).where(sign_in_try.c.at < before)).rowcount
