"""Threats that staff added, changed or switched off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import staff
from storage.tables.prevention import threat


@dataclass(frozen=True, slots=True)
class ThreatRow:
    """One row over or beside the profile's threats."""

    id: str
    body: dict[str, Any]
    """Keys of [[threats]] that differ from the profile's threat, or all of an own one; {} when it is only switched off."""
    is_on: bool
    note: str
    made_at: datetime
    changed_at: datetime
    by_staff: int | None
    by: str
    """Who changed it last, as shown; «машина» when nobody did."""
    version: int


def threat_rows(tx: Tx) -> dict[str, ThreatRow]:
    """Return every row by id, in the order in which they were made."""
    query = (sa.select(threat, staff.c.name_shown).join(staff, staff.c.id == threat.c.by_staff, isouter=True)).order_by(
        threat.c.made_at, threat.c.id
    )
    return {
        row.id: ThreatRow(
            row.id, dict(row.body), row.is_on, row.note, row.made_at, row.changed_at, row.by_staff,
            row.name_shown or "машина", row.version,
        )
        for row in tx.execute(query)
    }  # fmt: skip
