"""Everything the card of one risk shows: posts with their likeness, spread over time, history, suggestions, alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from risk.score import Reason
from storage.engine import Tx
from storage.find.queue import QueueRow, queue_row
from storage.find.spread import spread_of
from storage.tables import grp, judgement, outbox, post, revision, risk, risk_event, source, staff

POSTS_SHOWN = 100
SUGGESTIONS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class CardPost:
    """One post of a risk as staff see it: masked, without its author."""

    id: int
    source_id: str
    source_name: str
    platform: str
    url: str
    text: str
    published_at: datetime
    seen_at: datetime
    edited_at: datetime | None
    gone_at: datetime | None
    views: int | None
    likes: int | None
    reposts: int | None
    comments: int | None
    is_comment: bool
    revisions: int
    method: str | None
    """How it came to its group ("exact", "near", "person" …); None for the first of a group."""
    likeness: float | None
    """0..100, as the method counts it."""
    link_reason: str | None
    group_id: int


@dataclass(frozen=True, slots=True)
class CardEvent:
    """One event of the history."""

    at: datetime
    by: str
    """Login, or «машина»."""
    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    note: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A post the machine thinks alike but leaves to a person: «похоже, решите»."""

    judgement_id: int
    post: CardPost
    score: float | None
    reason: str
    risk_id: int | None
    """The other post's own risk, if it has one."""


@dataclass(frozen=True, slots=True)
class Card:
    """One risk with all that is known of it."""

    row: QueueRow
    reasons: tuple[Reason, ...]
    rule_set: str
    topics: tuple[tuple[str, float], ...]
    official: str | None
    """Id of the responsible official post."""
    level_machine: int
    posts: tuple[CardPost, ...]
    """The first 100 by time of publication; comments come after posts."""
    posts_total: int
    spread: tuple[tuple[datetime, int, int], ...]
    """(moment, posts so far, views so far), ascending."""
    events: tuple[CardEvent, ...]
    suggestions: tuple[Suggestion, ...]
    merged_into: int | None
    outbox: tuple[tuple[str, str, datetime | None, str | None], ...]
    """(chat, kind, sent at or None, last error or None)."""


def card(tx: Tx, risk_id: int, now: datetime) -> Card | None:
    """Return the card of a risk at the moment `now`, or None when there is no such risk."""
    row = tx.execute(sa.select(risk).where(risk.c.id == risk_id)).one_or_none()
    if row is None:
        return None
    groups = list(tx.execute(sa.select(grp.c.id).where(grp.c.risk_id == risk_id)).scalars())
    return Card(
        row=queue_row(row),
        reasons=tuple(Reason(r["signal"], r["points"], r["why"]) for r in row.reasons),
        rule_set=row.rule_set,
        topics=tuple((str(t), float(w)) for t, w in row.topics),
        official=row.official,
        level_machine=row.level_machine,
        posts=_posts(tx, groups),
        posts_total=row.posts,
        spread=spread_of(tx, groups),
        events=_events(tx, risk_id),
        suggestions=_suggestions(tx, groups),
        merged_into=row.merged_into,
        outbox=_outbox(tx, risk_id),
    )


_POST = (
    post.c.id, post.c.source_id, sa.func.coalesce(source.c.name, post.c.source_id).label("source_name"),
    post.c.platform, post.c.url, post.c.text, post.c.published_at, post.c.seen_at, post.c.edited_at, post.c.gone_at,
    post.c.views, post.c.likes, post.c.reposts, post.c.comments, post.c.comment_id, post.c.group_id,
)  # fmt: skip


def _card_post(row: Any, revisions: int, link: Any) -> CardPost:
    return CardPost(
        id=row.id, source_id=row.source_id, source_name=row.source_name, platform=row.platform, url=row.url,
        text=row.text, published_at=row.published_at, seen_at=row.seen_at, edited_at=row.edited_at,
        gone_at=row.gone_at, views=row.views, likes=row.likes, reposts=row.reposts, comments=row.comments,
        is_comment=row.comment_id != "", revisions=revisions, method=link and link.method,
        likeness=link and link.score, link_reason=link and link.reason, group_id=row.group_id,
    )  # fmt: skip


def _posts(tx: Tx, groups: list[int]) -> tuple[CardPost, ...]:
    if not groups:
        return ()
    query = (
        sa.select(*_POST)
        .join(source, source.c.id == post.c.source_id, isouter=True)
        .where(post.c.group_id.in_(groups))
        .order_by(post.c.comment_id != "", post.c.published_at, post.c.id)
        .limit(POSTS_SHOWN)
    )
    rows = tx.execute(query).all()
    ids = [r.id for r in rows]
    revisions = _revisions(tx, ids)
    links = _links(tx, ids)
    return tuple(_card_post(r, revisions.get(r.id, 0), links.get(r.id)) for r in rows)


def _revisions(tx: Tx, ids: list[int]) -> dict[int, int]:
    query = (
        sa.select(revision.c.post_id, sa.func.count()).where(revision.c.post_id.in_(ids)).group_by(revision.c.post_id)
    )
    return {post_id: count for post_id, count in tx.execute(query)}


def _links(tx: Tx, ids: list[int]) -> dict[int, Any]:
    """The judgement that brought each post to its group: a person's outweighs, else the latest (right_id is the newcomer)."""
    query = (
        sa.select(judgement)
        .where(judgement.c.right_id.in_(ids), judgement.c.verdict == "same", judgement.c.withdrawn_at.is_(None))
        .order_by(judgement.c.by_staff.is_not(None), judgement.c.id)
    )
    return {row.right_id: row for row in tx.execute(query)}


def _events(tx: Tx, risk_id: int) -> tuple[CardEvent, ...]:
    query = (
        sa.select(risk_event, staff.c.login)
        .join(staff, staff.c.id == risk_event.c.by_staff, isouter=True)
        .where(risk_event.c.risk_id == risk_id)
        .order_by(risk_event.c.id)
    )
    return tuple(
        CardEvent(
            at=r.at,
            by="машина" if r.by_staff is None else r.login or f"№ {r.by_staff}",
            kind=r.kind,
            before=r.before,
            after=r.after,
            note=r.note,
        )
        for r in tx.execute(query)
    )


def _suggestions(tx: Tx, groups: list[int]) -> tuple[Suggestion, ...]:
    """Pairs left to a person with one post in this risk and the other outside of it; most alike first."""
    if not groups:
        return ()
    mine = sa.select(post.c.id).where(post.c.group_id.in_(groups))
    found: list[tuple[Any, int]] = []
    for here, there in (("left_id", "right_id"), ("right_id", "left_id")):
        query = (
            sa.select(judgement)
            .where(
                judgement.c[here].in_(mine),
                judgement.c.verdict.in_(("suggest", "quote")),
                judgement.c.withdrawn_at.is_(None),
            )
            .order_by(judgement.c.id.desc())
            .limit(5 * SUGGESTIONS_SHOWN)
        )
        found += [(row, row._mapping[there]) for row in tx.execute(query)]
    others = _outside(tx, [other for _, other in found], groups)
    shown: dict[int, Suggestion] = {}
    for row, other in sorted(found, key=lambda pair: -(pair[0].score or 0.0)):
        if other in others and other not in shown:
            there_post, risk_id = others[other]
            shown[other] = Suggestion(row.id, there_post, row.score, row.reason, risk_id)
    return tuple(shown.values())[:SUGGESTIONS_SHOWN]


def _outside(tx: Tx, ids: list[int], groups: list[int]) -> dict[int, tuple[CardPost, int | None]]:
    query = (
        sa.select(*_POST, grp.c.risk_id)
        .join(source, source.c.id == post.c.source_id, isouter=True)
        .join(grp, grp.c.id == post.c.group_id)
        .where(post.c.id.in_(ids), post.c.group_id.not_in(groups))
    )
    return {r.id: (_card_post(r, 0, None), r.risk_id) for r in tx.execute(query)}


def _outbox(tx: Tx, risk_id: int) -> tuple[tuple[str, str, datetime | None, str | None], ...]:
    query = (
        sa.select(outbox.c.chat, outbox.c.kind, outbox.c.sent_at, outbox.c.error)
        .where(outbox.c.risk_id == risk_id)
        .order_by(outbox.c.id)
    )
    return tuple((r.chat, r.kind, r.sent_at, r.error) for r in tx.execute(query))
