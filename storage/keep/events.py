"""Appends events to the history of risks; each holds the hash of the one before, so that a change shows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from storage.bulk import Row, insert, with_ids
from storage.engine import Tx
from storage.keep.jsons import json_text
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


def add_events(tx: Tx, events: Iterable[NewEvent], first: bool = False) -> None:
    """Append events in the order given, each linked to the last of its risk; `first` says that their risks are new."""
    fresh = list(events)
    if not fresh:
        return
    last = {} if first else _last_hashes(tx, sorted({e.risk_id for e in fresh}))
    rows: list[Row] = []
    for e in fresh:
        prev = last.get(e.risk_id, "")
        last[e.risk_id] = event_hash(prev, e)
        told = (json_text(e.before), json_text(e.after))
        rows.append((e.risk_id, to_db(e.at), e.by_staff, e.kind, *told, e.note, prev, last[e.risk_id]))
    insert(tx, risk_event, _COLUMNS, rows)


_COLUMNS = ("risk_id", "at", "by_staff", "kind", "before", "after", "note", "prev_hash", "hash")
_LAST = """
SELECT risk_id, hash FROM risk_event
WHERE id IN (SELECT max(id) FROM risk_event WHERE risk_id IN ({ids}) GROUP BY risk_id)
"""


def _last_hashes(tx: Tx, risk_ids: list[int]) -> dict[int, str]:
    return {row[0]: row[1] for row in with_ids(tx, _LAST, risk_ids)}


def verify_chain(tx: Tx, risk_id: int) -> int | None:
    """Return the id of the first event whose hash does not follow from what stands before it; None when all do."""
    prev = ""
    for r in tx.execute(sa.select(risk_event).where(risk_event.c.risk_id == risk_id).order_by(risk_event.c.id)):
        told = NewEvent(r.risk_id, r.at, r.by_staff, r.kind, r.before, r.after, r.note)
        if r.prev_hash != prev or r.hash != event_hash(prev, told):
            return int(r.id)
        prev = r.hash
    return None
