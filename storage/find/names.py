"""Names for ids: what staff and sources are called, for lists that show many of them."""

from __future__ import annotations

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import source, staff


def staff_names(tx: Tx) -> dict[int, str]:
    """Return how each member of staff is shown, by id; former ones too, for the history speaks of them."""
    return {staff_id: name for staff_id, name in tx.execute(sa.select(staff.c.id, staff.c.name_shown))}


def source_names(tx: Tx) -> dict[str, str]:
    """Return the names of all sources but the removed, by id, in the order of names."""
    query = (
        sa.select(source.c.id, source.c.name).where(source.c.state != "removed").order_by(source.c.name, source.c.id)
    )
    return {source_id: name for source_id, name in tx.execute(query)}
