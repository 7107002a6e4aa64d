"""What alerts tell of risks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import risk


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


_COLUMNS = tuple(risk.c[f.name] for f in fields(RiskTold))


def risks_told(tx: Tx, risk_ids: Sequence[int]) -> tuple[RiskTold, ...]:
    """Return risks as their alerts tell them, by id."""
    if not risk_ids:
        return ()
    rows = tx.execute(sa.select(*_COLUMNS).where(risk.c.id.in_(risk_ids)).order_by(risk.c.id))
    return tuple(RiskTold(*row) for row in rows)
