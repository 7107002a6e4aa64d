"""Writes the figures of official pages that people type in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage.engine import Tx
from storage.tables import page_figure


def put_figures(tx: Tx, page_id: str, month: str, values: dict[str, Any], by_staff: int, at: datetime) -> None:
    """Write the figures of a page in a month (columns of page_figure) over those typed before."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    row = values | {"page_id": page_id, "month": month, "by_staff": by_staff, "at": at}
    changed = {name: row[name] for name in row if name not in ("page_id", "month")}
    query = insert(page_figure).values(row)
    tx.execute(query.on_conflict_do_update(index_elements=["page_id", "month"], set_=changed))


def drop_figures(tx: Tx, page_id: str, month: str) -> bool:
    """Take typed figures back; return whether there were any."""
    query = sa.delete(page_figure).where(page_figure.c.page_id == page_id, page_figure.c.month == month)
    return tx.execute(query).rowcount == 1
