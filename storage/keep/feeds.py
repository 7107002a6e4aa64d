"""Writes the keys of calendar feeds; of an address only the hash is kept."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import feed_key


def add_key(tx: Tx, staff_id: int, block: str, secret_hash: str, now: datetime) -> int:
    """Write a new key of a person ("" is the own calendar) or of a block; return its id."""
    row = {"staff_id": staff_id, "block": block, "secret_hash": secret_hash, "made_at": now}
    return int(tx.execute(sa.insert(feed_key).values(row).returning(feed_key.c.id)).scalar_one())


def revoke_key(tx: Tx, key_id: int, now: datetime) -> bool:
    """Let a key be good for nothing from now on; return whether it was good until now."""
    query = sa.update(feed_key).where(feed_key.c.id == key_id, feed_key.c.revoked_at.is_(None)).values(revoked_at=now)
    return tx.execute(query).rowcount == 1


def note_use(tx: Tx, key_id: int, now: datetime) -> None:
    """Note that a program came with this key."""
    tx.execute(sa.update(feed_key).where(feed_key.c.id == key_id).values(used_at=now))
