"""Writes the journal of changes to staff, sources, accounts and of what was forgotten; and the small settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage.engine import Tx
from storage.tables import journal, quarantine, saved_filter, setting


def add_journal(
    tx: Tx,
    at: datetime,
    by_staff: int | None,
    what: str,
    subject: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write who did what to which subject ("source:vk-residents", "staff:5"); None is the machine."""
    row = {"at": at, "by_staff": by_staff, "what": what, "subject": subject}
    tx.execute(sa.insert(journal).values(row | {"before": before or {}, "after": after or {}}))


def put_setting(tx: Tx, key: str, value: Any) -> None:
    """Write a setting of the installation (any JSON value) over its old value."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    query = insert(setting).values(key=key, value=value)
    tx.execute(query.on_conflict_do_update(index_elements=["key"], set_={"value": query.excluded.value}))


def add_quarantine(
    tx: Tx, source_id: str, run_id: int | None, at: datetime, rows: list[tuple[str, dict[str, Any]]]
) -> None:
    """Write refused items as (reason, masked item)."""
    if rows:
        tx.execute(
            sa.insert(quarantine),
            [{"source_id": source_id, "run_id": run_id, "at": at, "reason": why, "item": item} for why, item in rows],
        )


def save_filter(tx: Tx, staff_id: int, name: str, query: str) -> None:
    """Save a filter of the queue under a name of this member of staff, over an older one of the name."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    made = insert(saved_filter).values(staff_id=staff_id, name=name, query=query)
    tx.execute(made.on_conflict_do_update(index_elements=["staff_id", "name"], set_={"query": made.excluded.query}))


def drop_filter(tx: Tx, staff_id: int, filter_id: int) -> None:
    """Delete a member of staff's own saved filter."""
    tx.execute(sa.delete(saved_filter).where(saved_filter.c.staff_id == staff_id, saved_filter.c.id == filter_id))
