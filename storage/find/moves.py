"""What a move of a person must know: the risk as it stands, who changed it last, whose posts are whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import grp, judgement, post, risk, risk_event, staff


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One risk as a person decides on it."""

    id: int
    number: str
    title: str
    state: str
    veracity: str
    level: int
    level_machine: int
    topic: str | None
    settlement: str | None
    territory: str | None
    block: str | None
    official: str | None
    opened_at: datetime
    posts: int
    due_at: datetime
    taken_by: int | None
    taken_until: datetime | None
    owner_staff: int | None
    merged_into: int | None
    is_open: bool
    version: int
    closed_at: datetime | None
    reopened: int
    """How many times it spread again."""
    follows: int | None
    """The earlier risk that this one continues."""
    needs_cause: bool
    cause: str
    forecast: str


@dataclass(frozen=True, slots=True)
class LastEvent:
    """The newest event of a risk."""

    by: str
    """Login, or «машина»."""
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PostPlace:
    """Where a post stands."""

    id: int
    group_id: int
    risk_id: int | None


@dataclass(frozen=True, slots=True)
class PairRow:
    """One judgement about a pair of posts."""

    id: int
    left_id: int
    right_id: int
    verdict: str
    score: float | None
    withdrawn: bool


_FIELDS = tuple(RiskRow.__slots__)


def risk_rows(tx: Tx, risk_ids: Sequence[int]) -> dict[int, RiskRow]:
    """Return risks by id."""
    rows = tx.execute(sa.select(*(risk.c[name] for name in _FIELDS)).where(risk.c.id.in_(risk_ids)).order_by(risk.c.id))
    return {row.id: RiskRow(*row) for row in rows}


_CHANGES_NOTHING = ("reaction", "refused_try", "grew_after_closing")
"""Kinds of events after which every open form is still right."""


def last_event(tx: Tx, risk_id: int) -> LastEvent | None:
    """Return the newest event that changed a risk, or None: what a stale form is told of."""
    query = (
        sa.select(risk_event.c.by_staff, staff.c.login, risk_event.c.kind, risk_event.c.at)
        .join(staff, staff.c.id == risk_event.c.by_staff, isouter=True)
        .where(risk_event.c.risk_id == risk_id, risk_event.c.kind.not_in(_CHANGES_NOTHING))
        .order_by(risk_event.c.id.desc())
        .limit(1)
    )
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    return LastEvent("машина" if row.by_staff is None else row.login or f"№ {row.by_staff}", row.kind, row.at)


def logins(tx: Tx, staff_ids: Sequence[int]) -> dict[int, str]:
    """Return the logins of accounts."""
    rows = tx.execute(sa.select(staff.c.id, staff.c.login).where(staff.c.id.in_(staff_ids)))
    return {staff_id: login for staff_id, login in rows}


def places_of(tx: Tx, post_ids: Sequence[int]) -> dict[int, PostPlace]:
    """Return the group and risk of posts."""
    query = sa.select(post.c.id, post.c.group_id, grp.c.risk_id).join(grp, grp.c.id == post.c.group_id)
    return {row.id: PostPlace(*row) for row in tx.execute(query.where(post.c.id.in_(post_ids)))}


def posts_of_groups(tx: Tx, group_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return the posts of groups, oldest id first."""
    found: dict[int, list[int]] = {group_id: [] for group_id in group_ids}
    query = sa.select(post.c.group_id, post.c.id).where(post.c.group_id.in_(group_ids)).order_by(post.c.id)
    for group_id, post_id in tx.execute(query):
        found[group_id].append(post_id)
    return found


def pair_by_id(tx: Tx, judgement_id: int) -> PairRow | None:
    """Return one judgement, or None."""
    columns = (judgement.c.id, judgement.c.left_id, judgement.c.right_id, judgement.c.verdict, judgement.c.score)
    row = tx.execute(sa.select(*columns, judgement.c.withdrawn_at).where(judgement.c.id == judgement_id)).one_or_none()
    return None if row is None else PairRow(*row[:5], row.withdrawn_at is not None)


def pairs_between(tx: Tx, left: Sequence[int], right: Sequence[int], verdicts: Sequence[str]) -> list[int]:
    """Return the ids of standing judgements that tie a post of one list to a post of the other."""
    tied = sa.or_(
        sa.and_(judgement.c.left_id.in_(left), judgement.c.right_id.in_(right)),
        sa.and_(judgement.c.left_id.in_(right), judgement.c.right_id.in_(left)),
    )
    query = sa.select(judgement.c.id).where(tied, judgement.c.verdict.in_(verdicts), judgement.c.withdrawn_at.is_(None))
    return list(tx.execute(query.order_by(judgement.c.id)).scalars())
