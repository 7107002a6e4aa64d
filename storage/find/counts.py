"""Plain counts of what the memory holds."""

from __future__ import annotations

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import post


def has_posts(tx: Tx) -> bool:
    """Tell whether any post has ever been taken in."""
    return tx.execute(sa.select(post.c.id).limit(1)).first() is not None
