"""How the life of a risk went on after it was closed, and what was done before: what closing and re-spread ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import answer, grp, post, publication, risk_event


@dataclass(frozen=True, slots=True)
class Dismissal:
    """How a risk was dismissed the last time."""

    reason: str
    """Words of casework.triage.DISMISS_REASONS; "" when the history does not say."""
    level_machine: int | None
    """What the machine saw then; None when the history does not say."""


def last_dismissal(tx: Tx, risk_id: int) -> Dismissal | None:
    """Return how a risk was dismissed the last time, or None when its history does not tell."""
    query = (
        sa.select(risk_event.c.after)
        .where(risk_event.c.risk_id == risk_id, risk_event.c.kind == "dismissed")
        .order_by(risk_event.c.id.desc())
        .limit(1)
    )
    told = tx.execute(query).scalar()
    return None if told is None else Dismissal(str(told.get("reason", "")), told.get("level_machine"))


def follower_of(tx: Tx, risk_id: int) -> int | None:
    """Return the newest risk that follows this one, as its history says; None when none does."""
    query = (
        sa.select(risk_event.c.after)
        .where(risk_event.c.risk_id == risk_id, risk_event.c.kind == "followed")
        .order_by(risk_event.c.id.desc())
    )
    return next((int(told["risk"]) for told in tx.execute(query).scalars() if "risk" in told), None)


def published_urls(tx: Tx, risk_id: int) -> set[str]:
    """Return the addresses where our own answers to a risk stand."""
    return set(tx.execute(sa.select(publication.c.url).where(publication.c.risk_id == risk_id)).scalars())


@dataclass(frozen=True, slots=True)
class Done:
    """What has been done about a risk, in counts, as its closing asks."""

    checks: int
    """Verifications with a source of fact."""
    approved: int
    """Approved answers; «проверяем» is none."""
    links: int
    """Publications in the register."""
    standing: int
    """Of them seen standing, and standing at the last look."""


def done_of(tx: Tx, risk_id: int) -> Done:
    """Count what has been done about a risk; one query."""

    def how_many(table: sa.Table, *where: Any) -> Any:
        return sa.select(sa.func.count()).select_from(table).where(table.c.risk_id == risk_id, *where).scalar_subquery()

    counted = sa.select(
        how_many(risk_event, risk_event.c.kind.in_(("verified", "refuted"))),
        how_many(answer, answer.c.state == "approved", answer.c.kind != "holding", answer.c.text != ""),
        how_many(publication, publication.c.state != "withdrawn"),
        how_many(publication, publication.c.state == "standing", publication.c.stood_at.is_not(None)),
    )
    return Done(*tx.execute(counted).one())


def late_to(tx: Tx, risk_id: int, closed_at: datetime) -> tuple[int, int]:
    """Return how many posts and comments came into a risk after its closing (by the time they were seen)."""
    counted = (
        sa.select(sa.func.count(), sa.func.sum(sa.case((post.c.comment_id != "", 1), else_=0)))
        .join(grp, grp.c.id == post.c.group_id)
        .where(grp.c.risk_id == risk_id, post.c.seen_at > closed_at)
    )
    both, comments = tx.execute(counted).one()
    return int(both) - int(comments or 0), int(comments or 0)
