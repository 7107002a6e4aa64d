"""Writes answers: new ones, and changes that refuse a stale version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.errors import StaleVersion
from storage.tables import answer


def add_answer(tx: Tx, values: dict[str, Any]) -> int:
    """Write a new answer (version 1) and return its id; `values` are all columns but id and version."""
    return int(tx.execute(sa.insert(answer).values(values).returning(answer.c.id)).scalar_one())


def change_answer(tx: Tx, answer_id: int, version: int, now: datetime, values: dict[str, Any]) -> int:
    """Change columns of an answer and return its new version; StaleVersion when someone changed it meanwhile."""
    query = sa.update(answer).where(answer.c.id == answer_id, answer.c.version == version)
    changed = values | {"version": answer.c.version + 1, "changed_at": now}
    new = tx.execute(query.values(changed).returning(answer.c.version)).scalar()
    if new is None:
        found = tx.execute(sa.select(answer.c.version).where(answer.c.id == answer_id)).scalar()
        raise StaleVersion(f"Ответ № {answer_id}", version, found)
    return int(new)
