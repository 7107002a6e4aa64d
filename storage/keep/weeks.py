"""Writes weekly counts; a row once counted outlives the texts it was counted from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from storage.bulk import Row, insert
from storage.engine import Tx
from storage.find.weeks import Counted
from storage.moments import to_db
from storage.tables import week_count

_COLUMNS = ("subject", "territory", "week", "posts", "voices", "risks", "counted_at")
_AGAIN = " ON CONFLICT (subject, territory, week) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _COLUMNS[3:]
)


def put_weeks(tx: Tx, rows: Iterable[Counted], at: datetime) -> int:
    """Write rows over older ones of the same subject, territory and week; return how many."""
    told: list[Row] = [
        (r.subject, r.territory, r.week.isoformat(), r.posts, r.voices, r.risks, to_db(at)) for r in rows
    ]
    insert(tx, week_count, _COLUMNS, told, _AGAIN)
    return len(told)


def replace_weeks(tx: Tx, subjects: Sequence[str], weeks: Sequence[date], rows: Iterable[Counted], at: datetime) -> int:
    """Write all that is known now of these subjects in these weeks; what is no longer there goes. Return how many rows."""
    # Territories are rows only where something came: one that moved away must not stay behind.
    tx.execute(
        sa.delete(week_count).where(
            week_count.c.week.in_([week.isoformat() for week in weeks]), week_count.c.subject.in_(subjects)
        )
    )
    return put_weeks(tx, rows, at)
