"""Writes risks: numbers without gaps, changes that refuse a stale version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from risk.states import CLOSED
from storage.bulk import Row, insert, marks, next_id, rows_of, update, with_ids
from storage.engine import Tx
from storage.errors import StaleVersion
from storage.keep.jsons import json_text
from storage.moments import Moment, maybe_to_db
from storage.tables import grp, risk, risk_source


def is_open(state: str, merged_into: int | None) -> bool:
    """Return whether a risk stands in the queue."""
    return merged_into is None and state not in CLOSED


def next_numbers(tx: Tx, year: int, count: int) -> list[str]:
    """Return the next numbers of the year, "2026-000123"; without gaps, because a writer that fails takes them back."""
    ((last,),) = rows_of(
        tx,
        f"INSERT INTO numbering (year, last) VALUES ({marks(tx)}, {marks(tx)}) "
        "ON CONFLICT (year) DO UPDATE SET last = numbering.last + excluded.last RETURNING last",
        (year, count),
    )
    return [f"{year}-{number:06d}" for number in range(last - count + 1, last + 1)]


def next_risk_id(tx: Tx) -> int:
    """Return the first free id of a risk."""
    return next_id(tx, risk)


_WRITTEN = tuple(c.name for c in risk.columns)
_MOMENTS = frozenset(c.name for c in risk.columns if isinstance(c.type, Moment))
_JSON = frozenset(c.name for c in risk.columns if isinstance(c.type, sa.JSON))


def add_risks(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Write new risks: all columns but is_open and version, the id among them."""
    insert(tx, risk, _WRITTEN, [_stored(row) for row in rows])


_AT_FIRST = {"closed_at": None, "reopened": 0, "follows": None, "needs_cause": False, "cause": "", "forecast": ""}
"""What a new risk is given when nothing else is said."""


def _stored(row: dict[str, Any]) -> Row:
    """Return a new risk as the database stores it."""
    full = _AT_FIRST | row | {"is_open": is_open(row["state"], row["merged_into"]), "version": 1}
    for name in _MOMENTS:
        full[name] = maybe_to_db(full[name])
    for name in _JSON:
        full[name] = json_text(full[name])
    return tuple(full[name] for name in _WRITTEN)


_COUNTS = (
    "level_machine", "level", "emergency", "first_seen", "last_seen", "posts", "sources", "voices", "views", "growth",
    "due_at", "version", "updated_at",
)  # fmt: skip


def change_counts(tx: Tx, rows: Sequence[Row]) -> None:
    """Write levels and counts of risks: rows in the order of _COUNTS (moments in microseconds), then the id."""
    update(tx, risk, _COUNTS, rows)


def change_scores(tx: Tx, rows: Sequence[Row]) -> None:
    """Write scores of risks: (points, reasons as JSON text, rule set, kind, id)."""
    update(tx, risk, ("points", "reasons", "rule_set", "kind"), rows)


def change_routes(tx: Tx, rows: Sequence[Row]) -> None:
    """Write routes of risks: (topic, topics as JSON text, settlement, territory, block, official, id)."""
    update(tx, risk, ("topic", "topics", "settlement", "territory", "block", "official"), rows)


def add_sources(tx: Tx, pairs: Sequence[tuple[str, int]]) -> None:
    """Note in which sources risks were seen: (source id, risk id); known pairs stay as they are."""
    insert(tx, risk_source, ("source_id", "risk_id"), pairs, " ON CONFLICT DO NOTHING")


def fill_sources(tx: Tx, risk_ids: Sequence[int]) -> None:
    """Note the sources of new risks from the posts of their groups, and count them."""
    with_ids(
        tx,
        "INSERT INTO risk_source (source_id, risk_id) SELECT DISTINCT p.source_id, g.risk_id FROM grp g "
        "JOIN post p ON p.group_id = g.id WHERE g.risk_id IN ({ids}) ON CONFLICT DO NOTHING RETURNING risk_id",
        risk_ids,
    )
    with_ids(
        tx,
        "UPDATE risk SET sources = (SELECT count(*) FROM risk_source s WHERE s.risk_id = risk.id) "
        "WHERE id IN ({ids}) RETURNING id",
        risk_ids,
    )


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
    if "state" in values:
        changed["closed_at"] = now if values["state"] in CLOSED else None
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
    """Give groups to a risk (None: to no risk); casework.regroup counts the risks anew afterwards."""
    tx.execute(sa.update(grp).where(grp.c.id.in_(group_ids)).values(risk_id=risk_id))


def drop_sources(tx: Tx, risk_ids: Sequence[int]) -> None:
    """Forget the sources of risks, to be filled anew."""
    tx.execute(sa.delete(risk_source).where(risk_source.c.risk_id.in_(risk_ids)))
