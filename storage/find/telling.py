"""What alerts tell of risks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from storage.bulk import Row, json_value, with_ids
from storage.engine import Tx
from storage.moments import from_db


@dataclass(frozen=True, slots=True)
class RiskTold:
    """The columns of a risk that an alert tells."""

    id: int
    number: str
    title: str
    level: int
    reasons: list[dict[str, Any]]
    topic: str | None
    settlement: str | None
    territory: str | None
    first_seen: datetime
    posts: int
    views: int | None
    growth: float | None
    block: str | None
    official: str | None
    due_at: datetime
    state: str
    veracity: str
    emergency: bool


_COLUMNS = tuple(f.name for f in fields(RiskTold))
_BY_ID = f"SELECT {', '.join(_COLUMNS)} FROM risk WHERE id IN ({{ids}}) ORDER BY id"


def risks_told(tx: Tx, risk_ids: Sequence[int]) -> tuple[RiskTold, ...]:
    """Return risks as their alerts tell them, by id."""
    return tuple(_told(row) for row in with_ids(tx, _BY_ID, risk_ids))


def _told(row: Row) -> RiskTold:
    given = dict(zip(_COLUMNS, row, strict=True))
    given["reasons"] = json_value(given["reasons"])
    given["first_seen"], given["due_at"] = from_db(given["first_seen"]), from_db(given["due_at"])
    given["emergency"] = bool(given["emergency"])
    return RiskTold(**given)
