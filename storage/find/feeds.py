"""Keys of calendar feeds: found by the hash of their address, and listed for who keeps them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import feed_key, staff


@dataclass(frozen=True, slots=True)
class FeedKey:
    """One address of a calendar with whose it is."""

    id: int
    staff_id: int
    name_shown: str
    block: str
    """"" is the person's own calendar."""
    made_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    active: bool
    """False when the account of who asked for it is switched off."""
    roles: tuple[str, ...]
    blocks: tuple[str, ...]
    login: str


_COLUMNS = (
    feed_key.c.id, feed_key.c.staff_id, staff.c.name_shown, feed_key.c.block, feed_key.c.made_at, feed_key.c.used_at,
    feed_key.c.revoked_at, staff.c.active, staff.c.roles, staff.c.blocks, staff.c.login,
)  # fmt: skip
_KEYS = sa.select(*_COLUMNS).join(staff, staff.c.id == feed_key.c.staff_id)


def key_by_hash(tx: Tx, secret_hash: str) -> FeedKey | None:
    """Return the key whose address has this hash, a revoked one too; None when there never was one (0.1 ms, by index)."""
    row = tx.execute(_KEYS.where(feed_key.c.secret_hash == secret_hash)).one_or_none()
    return None if row is None else _key(row)


def key_by_id(tx: Tx, key_id: int) -> FeedKey | None:
    """Return a key by its number, or None."""
    row = tx.execute(_KEYS.where(feed_key.c.id == key_id)).one_or_none()
    return None if row is None else _key(row)


def keys_listed(tx: Tx, staff_id: int, blocks: Collection[str]) -> tuple[FeedKey, ...]:
    """Return the good keys of a person and, whoever asked for them, of these blocks; the newest first."""
    mine = sa.or_(feed_key.c.staff_id == staff_id, feed_key.c.block.in_(sorted(blocks)))
    query = _KEYS.where(feed_key.c.revoked_at.is_(None), mine).order_by(feed_key.c.id.desc())
    return tuple(_key(row) for row in tx.execute(query))


def _key(row: Any) -> FeedKey:
    told = (*row[:7], bool(row.active), tuple(row.roles), tuple(row.blocks), row.login)
    return FeedKey(*told)
