"""The history of risks as it is stored, hashes and all; and what the machine itself says of a risk's route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.bulk import json_value, with_ids
from storage.engine import Tx
from storage.moments import from_db
from storage.tables import grp, risk


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event of the history with its links."""

    id: int
    risk_id: int
    at: datetime
    by_staff: int | None
    """None for the machine."""
    by: str
    """Login, or «машина»."""
    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    note: str
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Named:
    """A risk by id and number."""

    id: int
    number: str
    title: str
    block: str | None


_EVENTS = """
SELECT e.id, e.risk_id, e.at, e.by_staff, s.login, e.kind, e.before, e.after, e.note, e.prev_hash, e.hash
FROM risk_event e LEFT JOIN staff s ON s.id = e.by_staff WHERE e.risk_id IN ({ids}) ORDER BY e.id
"""


def stored_events(tx: Tx, risk_ids: Sequence[int]) -> dict[int, list[StoredEvent]]:
    """Return the events of risks in the order of their writing; a risk without any has []."""
    found: dict[int, list[StoredEvent]] = {risk_id: [] for risk_id in risk_ids}
    for row in with_ids(tx, _EVENTS, risk_ids):
        event_id, risk_id, at, by_staff, login, kind, before, after, *rest = row
        by = "машина" if by_staff is None else login or f"№ {by_staff}"
        found[risk_id].append(
            StoredEvent(
                event_id, risk_id, from_db(at), by_staff, by, kind, json_value(before), json_value(after), *rest
            )
        )
    return found


def risks_after(tx: Tx, risk_id: int, limit: int) -> list[Named]:
    """Return risks with greater ids, by id: a walk through all of them, a page at a time."""
    columns = (risk.c.id, risk.c.number, risk.c.title, risk.c.block)
    query = sa.select(*columns).where(risk.c.id > risk_id).order_by(risk.c.id).limit(limit)
    return [Named(*row) for row in tx.execute(query)]


def risk_named(tx: Tx, number: str) -> Named | None:
    """Return the risk of a number ("2026-000123"), or None."""
    columns = (risk.c.id, risk.c.number, risk.c.title, risk.c.block)
    row = tx.execute(sa.select(*columns).where(risk.c.number == number)).one_or_none()
    return None if row is None else Named(*row)


def risk_by_id(tx: Tx, risk_id: int) -> Named | None:
    """Return the risk of an id, or None."""
    columns = (risk.c.id, risk.c.number, risk.c.title, risk.c.block)
    row = tx.execute(sa.select(*columns).where(risk.c.id == risk_id)).one_or_none()
    return None if row is None else Named(*row)


def machine_route(tx: Tx, risk_id: int) -> dict[str, str | None]:
    """Return topic, settlement and block as the machine sees them in the risk's most telling group; {} without a group."""
    query = (
        sa.select(grp.c.topic, grp.c.settlement, grp.c.block)
        .where(grp.c.risk_id == risk_id)
        .order_by(grp.c.level.desc(), grp.c.points.desc(), grp.c.id)
        .limit(1)
    )
    row = tx.execute(query).one_or_none()
    return {} if row is None else {"topic": row.topic, "settlement": row.settlement, "block": row.block}
