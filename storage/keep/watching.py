"""Writes the watch over the reaction: its beginning, what each look saw, its end; and what a merge takes along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.bulk import Row, driver, marks
from storage.engine import Tx
from storage.tables import answer, publication, watch


def put_watch(tx: Tx, risk_id: int, at: datetime, base: dict[str, Any], next_look: datetime) -> None:
    """Begin a watch at a moment; an ended one of the same risk begins anew, for a risk has one watch at a time."""
    fresh = {
        "started_at": at, "quiet_since": at, "base": base, "proposal": "not_yet", "reasons": [], "figures": {},
        "looked_at": at, "next_look": next_look, "ended_at": None,
    }  # fmt: skip
    changed = tx.execute(sa.update(watch).where(watch.c.risk_id == risk_id).values(fresh))
    if not changed.rowcount:
        tx.execute(sa.insert(watch).values(fresh | {"risk_id": risk_id}))


def end_watch(tx: Tx, risk_id: int, at: datetime) -> bool:
    """End the watch of a risk; False when none is going on."""
    query = sa.update(watch).where(watch.c.risk_id == risk_id, watch.c.ended_at.is_(None))
    return bool(tx.execute(query.values(ended_at=at)).rowcount)


_LOOKED = ("quiet_since", "proposal", "reasons", "figures", "looked_at", "next_look")


def change_watches(tx: Tx, rows: Sequence[Row]) -> None:
    """Write what looks saw: rows of (quiet since, proposal, reasons and figures as JSON text, looked at, next look, risk id).

    Moments are microseconds. A watch that ended or began anew since it was looked at must be left out by the caller.
    """
    if rows:
        mark = marks(tx)
        changes = ", ".join(f"{column} = {mark}" for column in _LOOKED)
        driver(tx).executemany(f"UPDATE watch SET {changes} WHERE risk_id = {mark} AND ended_at IS NULL", rows)


def carry_answers(tx: Tx, from_risk: int, into_risk: int) -> dict[str, int]:
    """Give the answers and publications of a risk to the one that it became part of; return how many of each, no zeros.

    A link that both have stays where it is and is checked no more: the living risk's own is.
    """
    there = sa.select(publication.c.url).where(publication.c.risk_id == into_risk)
    moved = {
        "answers": _moved(tx, answer, from_risk, into_risk),
        "publications": _moved(tx, publication, from_risk, into_risk, publication.c.url.not_in(there)),
    }
    tx.execute(sa.update(publication).where(publication.c.risk_id == from_risk).values(next_check=None))
    return {name: count for name, count in moved.items() if count}


def _moved(tx: Tx, table: sa.Table, from_risk: int, into_risk: int, *where: Any) -> int:
    query = sa.update(table).where(table.c.risk_id == from_risk, *where)
    return int(tx.execute(query.values(risk_id=into_risk)).rowcount)
