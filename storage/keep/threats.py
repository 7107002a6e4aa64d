"""Writes threats that staff add, change or switch off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables.prevention import threat


def add_threat(
    tx: Tx, threat_id: str, body: dict[str, Any], is_on: bool, note: str, by_staff: int | None, at: datetime
) -> None:
    """Write the first row of a threat, as version 1."""
    row = {"id": threat_id, "body": body, "is_on": is_on, "note": note, "by_staff": by_staff}
    tx.execute(sa.insert(threat).values(row | {"made_at": at, "changed_at": at, "version": 1}))


def change_threat(
    tx: Tx,
    threat_id: str,
    version: int,
    body: dict[str, Any],
    is_on: bool,
    note: str,
    by_staff: int | None,
    at: datetime,
) -> bool:
    """Write a row anew, one version on; False when it has another version by now."""
    here = sa.and_(threat.c.id == threat_id, threat.c.version == version)
    values = {
        "body": body,
        "is_on": is_on,
        "note": note,
        "by_staff": by_staff,
        "changed_at": at,
        "version": version + 1,
    }
    return tx.execute(sa.update(threat).where(here).values(values)).rowcount == 1
