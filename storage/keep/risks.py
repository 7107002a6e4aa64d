"""Writes risks: numbers without gaps, changes that refuse a stale version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from risk.states import CLOSED
from storage.engine import Tx
from storage.errors import StaleVersion
from storage.tables import grp, numbering, post, risk, risk_source


def is_open(state: str, merged_into: int | None) -> bool:
    """Return whether a risk stands in the queue."""
    return merged_into is None and state not in CLOSED


def next_number(tx: Tx, year: int) -> str:
    """Return the next number of the year, "2026-000123"; without gaps, because a writer that fails takes it back."""
    last = tx.execute(
        sa.update(numbering)
        .where(numbering.c.year == year)
        .values(last=numbering.c.last + 1)
        .returning(numbering.c.last)
    ).scalar()
    if last is None:
        tx.execute(sa.insert(numbering).values(year=year, last=1))
        last = 1
    return f"{year}-{last:06d}"


def add_risk(tx: Tx, values: dict[str, Any]) -> int:
    """Write a new risk (all columns but id, is_open and version) and return its id."""
    row = values | {"is_open": is_open(values["state"], values.get("merged_into")), "version": 1}
    return int(tx.execute(sa.insert(risk).values(row).returning(risk.c.id)).scalar_one())


def change_risk(tx: Tx, risk_id: int, version: int | None, now: datetime, values: dict[str, Any]) -> int:
    """Change columns of a risk and return its new version.

    `version` is the one the change was decided on; None for the machine, whose changes never depend on what was read
    outside this transaction. Raises StaleVersion when someone changed the risk meanwhile.
    """
    query = sa.update(risk).where(risk.c.id == risk_id)
    if version is not None:
        query = query.where(risk.c.version == version)
    changed = values | {"version": risk.c.version + 1, "updated_at": now}
    if "state" in values or "merged_into" in values:
        changed["is_open"] = _still_open(tx, risk_id, values)
    new = tx.execute(query.values(changed).returning(risk.c.version)).scalar()
    if new is None:
        found = tx.execute(sa.select(risk.c.version).where(risk.c.id == risk_id)).scalar()
        raise StaleVersion(f"Риск № {risk_id}", version or 0, found)
    return int(new)


def _still_open(tx: Tx, risk_id: int, values: dict[str, Any]) -> bool:
    row = tx.execute(sa.select(risk.c.state, risk.c.merged_into).where(risk.c.id == risk_id)).one_or_none()
    state, merged = (row.state, row.merged_into) if row else ("", None)
    return is_open(values.get("state", state), values.get("merged_into", merged))


def hold_risks(tx: Tx, risk_ids: list[int], staff_id: int, until: datetime, now: datetime) -> list[int]:
    """Hold risks for a member of staff until a moment; return the ids got (those held by others are left out).

    Holding is no change of the risk: its version stays, so nobody's open form grows stale.
    """
    free = sa.or_(risk.c.taken_by.is_(None), risk.c.taken_by == staff_id, risk.c.taken_until <= now)
    query = (
        sa.update(risk)
        .where(risk.c.id.in_(risk_ids), free)
        .values(taken_by=staff_id, taken_until=until, updated_at=now)
        .returning(risk.c.id)
    )
    return sorted(tx.execute(query).scalars())


def let_go(tx: Tx, risk_ids: list[int], staff_id: int, now: datetime) -> list[int]:
    """End this member of staff's own hold on risks; return the ids let go."""
    query = (
        sa.update(risk)
        .where(risk.c.id.in_(risk_ids), risk.c.taken_by == staff_id)
        .values(taken_by=None, taken_until=None, updated_at=now)
        .returning(risk.c.id)
    )
    return sorted(tx.execute(query).scalars())


def attach_groups(tx: Tx, group_ids: list[int], risk_id: int | None) -> None:
    """Give groups to a risk (None: to no risk)."""
    tx.execute(sa.update(grp).where(grp.c.id.in_(group_ids)).values(risk_id=risk_id))


def rebuild_risk_sources(tx: Tx, risk_id: int) -> int:
    """Write the sources of a risk anew from the posts of its groups; return how many there are."""
    groups = sa.select(grp.c.id).where(grp.c.risk_id == risk_id)
    tx.execute(sa.delete(risk_source).where(risk_source.c.risk_id == risk_id))
    found = list(tx.execute(sa.select(post.c.source_id).where(post.c.group_id.in_(groups)).distinct()).scalars())
    if found:
        tx.execute(sa.insert(risk_source), [{"source_id": s, "risk_id": risk_id} for s in found])
    return len(found)
