"""Plain counts of what the memory holds."""

from __future__ import annotations

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import post


def newest_post(tx: Tx) -> int:
    """Return the number of the newest post, which is how many have ever been taken in; 0 when none has."""
    return int(tx.execute(sa.select(sa.func.coalesce(sa.func.max(post.c.id), 0))).scalar_one())


def has_posts(tx: Tx) -> bool:
    """Tell whether any post has ever been taken in."""
    return tx.execute(sa.select(post.c.id).limit(1)).first() is not None
