"""Appends events to the history of risks; each holds the hash of the one before, so that a change shows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.moments import to_db
from storage.tables import risk_event


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One event to append."""

    risk_id: int
    at: datetime
    by_staff: int | None
    """None for the machine."""
    kind: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    note: str = ""


def event_hash(prev: str, event: NewEvent) -> str:
    """Return sha256 over the previous hash and the event as canonical JSON (sorted keys, no spaces)."""
    body = {
        "risk": event.risk_id, "at": to_db(event.at), "by": event.by_staff, "kind": event.kind,
        "before": event.before, "after": event.after, "note": event.note,
    }  # fmt: skip
    told = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256((prev + told).encode()).hexdigest()


def add_events(tx: Tx, events: Iterable[NewEvent]) -> None:
    """Append events in the order given, each linked to the last of its risk."""
    fresh = list(events)
    if not fresh:
        return
    last = _last_hashes(tx, sorted({e.risk_id for e in fresh}))
    rows = []
    for e in fresh:
        prev = last.get(e.risk_id, "")
        last[e.risk_id] = event_hash(prev, e)
        rows.append({
            "risk_id": e.risk_id, "at": e.at, "by_staff": e.by_staff, "kind": e.kind, "before": e.before,
            "after": e.after, "note": e.note, "prev_hash": prev, "hash": last[e.risk_id],
        })  # fmt: skip
    tx.execute(sa.insert(risk_event), rows)


def _last_hashes(tx: Tx, risk_ids: list[int]) -> dict[int, str]:
    newest = sa.select(sa.func.max(risk_event.c.id)).where(risk_event.c.risk_id.in_(risk_ids))
    query = sa.select(risk_event.c.risk_id, risk_event.c.hash).where(
        risk_event.c.id.in_(newest.group_by(risk_event.c.risk_id))
    )
    return {risk_id: hashed for risk_id, hashed in tx.execute(query)}


def verify_chain(tx: Tx, risk_id: int) -> int | None:
    """Return the id of the first event whose hash does not follow from what stands before it; None when all do."""
    prev = ""
    for r in tx.execute(sa.select(risk_event).where(risk_event.c.risk_id == risk_id).order_by(risk_event.c.id)):
        told = NewEvent(r.risk_id, r.at, r.by_staff, r.kind, r.before, r.after, r.note)
        if r.prev_hash != prev or r.hash != event_hash(prev, told):
            return int(r.id)
        prev = r.hash
    return None
