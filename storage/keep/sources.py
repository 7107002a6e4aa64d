"""Writes sources, platform accounts and the keys of author tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import account, source, voice_key


def add_source(tx: Tx, values: dict[str, Any]) -> None:
    """Write a new source (columns of table source)."""
    tx.execute(sa.insert(source).values({"cursor": {}, "options": {}} | values))


def change_source(tx: Tx, source_id: str, values: dict[str, Any]) -> bool:
    """Change columns of a source; False when there is no such source."""
    return tx.execute(sa.update(source).where(source.c.id == source_id).values(values)).rowcount == 1


def add_account(tx: Tx, values: dict[str, Any]) -> None:
    """Write a new platform account (columns of table account; the secret already sealed)."""
    tx.execute(sa.insert(account).values({"next_slot": 0.0} | values))


def change_account(tx: Tx, account_id: str, values: dict[str, Any]) -> bool:
    """Change columns of a platform account; False when there is no such account."""
    return tx.execute(sa.update(account).where(account.c.id == account_id).values(values)).rowcount == 1


def drop_account(tx: Tx, account_id: str) -> bool:
    """Delete a platform account with its secret; False when there is none."""
    return tx.execute(sa.delete(account).where(account.c.id == account_id)).rowcount == 1


def add_voice_key(tx: Tx, sealed: bytes, from_at: datetime) -> int:
    """Write a new sealed key of author tokens, ending the current one at the same moment; return its id."""
    tx.execute(sa.update(voice_key).where(voice_key.c.until_at.is_(None)).values(until_at=from_at))
    made = sa.insert(voice_key).values(sealed=sealed, from_at=from_at).returning(voice_key.c.id)
    return int(tx.execute(made).scalar_one())


def reseal_voice_key(tx: Tx, key_id: int, sealed: bytes | None) -> None:
    """Write the key sealed anew; None destroys it, and its tokens can never be linked again."""
    tx.execute(sa.update(voice_key).where(voice_key.c.id == key_id).values(sealed=sealed))
