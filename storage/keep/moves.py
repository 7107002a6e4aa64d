"""Writes what a person's merge or split leaves behind: judgements taken back, merged risks led to the living one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import judgement, risk


def withdraw_pairs(tx: Tx, judgement_ids: Sequence[int], by_staff: int | None, at: datetime) -> None:
    """Take standing judgements back; they stay on record with who did it and when."""
    query = sa.update(judgement).where(judgement.c.id.in_(judgement_ids), judgement.c.withdrawn_at.is_(None))
    tx.execute(query.values(withdrawn_at=at, withdrawn_by=by_staff))


def lead_on(tx: Tx, from_risk: int, into_risk: int) -> None:
    """Let risks that were merged into one lead to where that one goes now."""
    tx.execute(sa.update(risk).where(risk.c.merged_into == from_risk).values(merged_into=into_risk))
