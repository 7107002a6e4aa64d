"""What a look at watched risks counts: posts, sources, voices, views and comments before and after the answer.

Every question is asked for all risks of a look at once: a thousand watched risks take a handful of queries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.bulk import Row, with_tuples
from storage.engine import Tx
from storage.tables import (
    grp,
    post,
    publication,
    risk,
    risk_source,
    run,
    source,
    watch,
)


@dataclass(frozen=True, slots=True)
class WatchRow:
    """One watch with what its risk is now; moments are aware."""

    risk_id: int
    number: str
    title: str
    state: str
    level: int
    started_at: datetime
    quiet_since: datetime
    base: dict[str, Any]
    proposal: str
    reasons: list[list[Any]]
    figures: dict[str, Any]
    looked_at: datetime
    next_look: datetime
    ended_at: datetime | None


_WATCH = (
    watch.c.risk_id, risk.c.number, risk.c.title, risk.c.state, risk.c.level, watch.c.started_at, watch.c.quiet_since,
    watch.c.base, watch.c.proposal, watch.c.reasons, watch.c.figures, watch.c.looked_at, watch.c.next_look,
    watch.c.ended_at,
)  # fmt: skip


def _watch_row(row: Any) -> WatchRow:
    return WatchRow(*row)


def watch_of(tx: Tx, risk_id: int) -> WatchRow | None:
    """Return the watch of a risk, going on or ended; None when it was never watched."""
    query = sa.select(*_WATCH).join(risk, risk.c.id == watch.c.risk_id).where(watch.c.risk_id == risk_id)
    row = tx.execute(query).one_or_none()
    return None if row is None else _watch_row(row)


def due_watches(tx: Tx, now: datetime, limit: int) -> list[WatchRow]:
    """Return the watches whose next look is due, the longest waiting first."""
    query = (
        sa.select(*_WATCH)
        .join(risk, risk.c.id == watch.c.risk_id)
        .where(watch.c.ended_at.is_(None), watch.c.next_look <= now)
        .order_by(watch.c.next_look, watch.c.risk_id)
        .limit(limit)
    )
    return [_watch_row(row) for row in tx.execute(query)]


def watched_now(tx: Tx, risk_ids: Sequence[int]) -> dict[int, datetime]:
    """Return when the watches that are going on began, by risk."""
    query = sa.select(watch.c.risk_id, watch.c.started_at).where(
        watch.c.risk_id.in_(risk_ids), watch.c.ended_at.is_(None)
    )
    return {risk_id: at for risk_id, at in tx.execute(query)}


@dataclass(frozen=True, slots=True)
class Asked:
    """A risk to be counted and the moments that divide it, in microseconds."""

    risk_id: int
    started: int
    """Up to here is «before the answer»."""
    window: int
    """From here on is «lately»."""
    quiet: int
    """Growth of views is told against this moment."""


@dataclass(frozen=True, slots=True)
class Later:
    """One post published after the answer; official pages and our own publications are left out."""

    id: int
    source_id: str
    published: int
    """Microseconds."""
    negative: bool
    original: bool
    """The first of its group of copies."""
    views: int | None
    views_then: int | None
    """At the moment of `Asked.quiet`; None when the counter was not known then."""


@dataclass(slots=True)
class Tally:
    """What was counted of one risk; None is «unknown»."""

    posts: int = 0
    """Published up to the answer; so are `originals`, `sources`, `voices`."""
    originals: int = 0
    sources: set[str] = field(default_factory=set)
    voices: int | None = None
    new_voices: int | None = None
    """Voices that had not been heard before the answer."""
    views_start: int | None = None
    """When the watch began, over posts of before whose counter was known then."""
    views_start_now: int | None = None
    """The same posts now."""
    views_then: int | None = None
    """At `Asked.quiet`, over posts of before the answer whose counter was known then."""
    views_then_now: int | None = None
    later: list[Later] = field(default_factory=list)
    comments: int = 0
    """Under posts of the risk and under our answers, published up to the answer."""
    negative: int = 0
    comments_after: int = 0
    negative_after: int = 0
    comments_lately: int = 0
    negative_lately: int = 0
    last_negative: int | None = None
    """The newest negative comment after the answer, microseconds."""


_FOUR = ("bigint", "bigint", "bigint", "bigint")
# The counter as it was last read up to a moment; a reading without views says nothing of them.
_VIEWS_AT = (
    "(SELECT r.views FROM reach r WHERE r.post_id = p.id AND r.at <= {at} AND r.views IS NOT NULL "
    "ORDER BY r.at DESC LIMIT 1)"
)
_POSTS = """
FROM {wanted} CROSS JOIN grp g CROSS JOIN post p LEFT JOIN source s ON s.id = p.source_id
WHERE g.risk_id = CAST(c0 AS BIGINT) AND p.group_id = g.id AND p.comment_id = '' AND NOT coalesce(s.official, FALSE)
"""
_BEFORE = f"""
SELECT risk_id, source_id, count(*), sum(first), sum(at_start), sum(CASE WHEN at_start IS NULL THEN NULL ELSE views END),
  sum(at_quiet), sum(CASE WHEN at_quiet IS NULL THEN NULL ELSE views END)
FROM (
  SELECT CAST(c0 AS BIGINT) AS risk_id, p.source_id AS source_id, p.views AS views,
    CASE WHEN g.first_post_id = p.id THEN 1 ELSE 0 END AS first,
    {_VIEWS_AT.format(at="CAST(c1 AS BIGINT)")} AS at_start, {_VIEWS_AT.format(at="CAST(c3 AS BIGINT)")} AS at_quiet
  {_POSTS} AND p.published_at <= CAST(c1 AS BIGINT)
) counted GROUP BY risk_id, source_id
"""
_LATER = f"""
SELECT CAST(c0 AS BIGINT), p.id, p.source_id, p.published_at, p.negative, g.first_post_id = p.id, p.views,
  {_VIEWS_AT.format(at="CAST(c3 AS BIGINT)")}
{_POSTS} AND p.published_at > CAST(c1 AS BIGINT)
  AND NOT EXISTS (SELECT 1 FROM publication u WHERE u.risk_id = g.risk_id AND u.url = p.url)
"""
_VOICES = f"""
SELECT CAST(c0 AS BIGINT), count(DISTINCT CASE WHEN p.published_at <= CAST(c1 AS BIGINT) THEN p.voice END),
  count(DISTINCT p.voice)
{_POSTS} AND p.voice IS NOT NULL GROUP BY 1
"""
_COUNTED = """
SELECT CAST(c0 AS BIGINT),
  sum(CASE WHEN k.published_at <= CAST(c1 AS BIGINT) THEN 1 ELSE 0 END),
  sum(CASE WHEN k.published_at <= CAST(c1 AS BIGINT) AND k.negative THEN 1 ELSE 0 END),
  sum(CASE WHEN k.published_at > CAST(c1 AS BIGINT) THEN 1 ELSE 0 END),
  sum(CASE WHEN k.published_at > CAST(c1 AS BIGINT) AND k.negative THEN 1 ELSE 0 END),
  sum(CASE WHEN k.published_at > CAST(c2 AS BIGINT) THEN 1 ELSE 0 END),
  sum(CASE WHEN k.published_at > CAST(c2 AS BIGINT) AND k.negative THEN 1 ELSE 0 END),
  max(CASE WHEN k.published_at > CAST(c1 AS BIGINT) AND k.negative THEN k.published_at END)
"""
_UNDER = """
  AND p.comment_id = '' AND k.platform = p.platform AND k.source_id = p.source_id AND k.external_id = p.external_id
  AND k.comment_id > '' GROUP BY 1
"""
_COMMENTS = f"""{_COUNTED}
FROM {{wanted}} CROSS JOIN grp g CROSS JOIN post p CROSS JOIN post k
WHERE g.risk_id = CAST(c0 AS BIGINT) AND p.group_id = g.id {_UNDER}
"""
# What people say under our own answer is the reaction to it. No index leads to a post by its address, but the register knows
# the source and the day: it is written down within hours, and a crawl sees a new post within hours too.
_DAY = 86_400_000_000
_MADE = sa.type_coerce(publication.c.made_at, sa.BigInteger)
_ANSWERED = f"""{_COUNTED}
FROM {{wanted}} CROSS JOIN publication u CROSS JOIN post p CROSS JOIN post k
WHERE u.risk_id = CAST(c0 AS BIGINT) AND p.source_id = u.source_id AND p.url = u.url
  AND p.seen_at BETWEEN u.made_at - {_DAY} AND u.made_at + {_DAY}
  AND NOT EXISTS (SELECT 1 FROM grp g WHERE g.id = p.group_id AND g.risk_id = u.risk_id) {_UNDER}
"""


def count_reactions(tx: Tx, asked: Sequence[Asked]) -> dict[int, Tally]:
    """Count risks around their answers; five queries, however many risks there are."""
    wanted: list[Row] = [(a.risk_id, a.started, a.window, a.quiet) for a in asked]
    found = {a.risk_id: Tally() for a in asked}
    for r in with_tuples(tx, _BEFORE, _FOUR, wanted):
        _add_before(found[int(r[0])], r)
    for r in with_tuples(tx, _LATER, _FOUR, wanted):
        found[int(r[0])].later.append(Later(int(r[1]), r[2], int(r[3]), bool(r[4]), bool(r[5]), r[6], r[7]))
    for risk_id, before, all_voices in with_tuples(tx, _VOICES, _FOUR, wanted):
        tally = found[int(risk_id)]
        tally.voices, tally.new_voices = int(before), int(all_voices) - int(before)
    for query in (_COMMENTS, _ANSWERED):
        for r in with_tuples(tx, query, _FOUR, wanted):
            _add_comments(found[int(r[0])], r)
    return found


def _add_comments(tally: Tally, r: Row) -> None:
    tally.comments += int(r[1])
    tally.negative += int(r[2])
    tally.comments_after += int(r[3])
    tally.negative_after += int(r[4])
    tally.comments_lately += int(r[5])
    tally.negative_lately += int(r[6])
    tally.last_negative = max((at for at in (tally.last_negative, r[7]) if at is not None), default=None)


def _add_before(tally: Tally, r: Row) -> None:
    tally.sources.add(r[1])
    tally.posts += int(r[2])
    tally.originals += int(r[3])
    tally.views_start = _plus(tally.views_start, r[4])
    tally.views_start_now = _plus(tally.views_start_now, r[5])
    tally.views_then = _plus(tally.views_then, r[6])
    tally.views_then_now = _plus(tally.views_then_now, r[7])


def _plus(so_far: int | None, more: Any) -> int | None:
    return so_far if more is None else (so_far or 0) + int(more)


@dataclass(frozen=True, slots=True)
class Behind:
    """A post or comment behind a proposal, masked, without its author."""

    source: str
    url: str
    text: str
    published_at: datetime
    is_comment: bool


_BEHIND = (
    sa.func.coalesce(source.c.name, post.c.source_id), post.c.url, post.c.text, post.c.published_at,
    post.c.comment_id != "",
)  # fmt: skip


def posts_behind(tx: Tx, post_ids: Sequence[int]) -> list[Behind]:
    """Return posts by id, the newest first."""
    query = sa.select(*_BEHIND).join(source, source.c.id == post.c.source_id, isouter=True)
    rows = tx.execute(query.where(post.c.id.in_(post_ids)).order_by(post.c.published_at.desc(), post.c.id))
    return [_behind(row) for row in rows]


def angry_comments(tx: Tx, risk_id: int, after: datetime, limit: int) -> list[Behind]:
    """Return negative comments under posts of a risk and under our answers published after a moment, the newest first."""
    parent = post.alias("parent")
    in_risk = sa.and_(grp.c.id == parent.c.group_id, grp.c.risk_id == risk_id)
    is_answer = sa.and_(
        publication.c.risk_id == risk_id,
        publication.c.source_id == parent.c.source_id,
        publication.c.url == parent.c.url,
        sa.type_coerce(parent.c.seen_at, sa.BigInteger).between(_MADE - _DAY, _MADE + _DAY),
    )
    found: dict[int, Behind] = {}
    for table, tied in ((grp, in_risk), (publication, is_answer)):
        query = (
            sa.select(*_BEHIND, post.c.id)
            .select_from(table)
            .join(parent, tied)
            .join(post, _under(parent))
            .join(source, source.c.id == post.c.source_id, isouter=True)
            .where(parent.c.comment_id == "", post.c.negative, post.c.published_at > after)
            .order_by(post.c.published_at.desc(), post.c.id)
            .limit(limit)
        )
        found |= {row.id: _behind(row) for row in tx.execute(query)}
    return sorted(found.values(), key=lambda one: one.published_at, reverse=True)[:limit]


def _under(parent: Any) -> Any:
    return sa.and_(
        post.c.platform == parent.c.platform,
        post.c.source_id == parent.c.source_id,
        post.c.external_id == parent.c.external_id,
        post.c.comment_id > "",
    )


def _behind(row: Any) -> Behind:
    return Behind(row[0], row[1], row[2], row[3], bool(row[4]))


@dataclass(frozen=True, slots=True)
class Unread:
    """A source of a risk that has not been read lately: silence there proves nothing."""

    name: str
    state: str
    """State of the source: active | paused | stopped | removed."""
    read_at: datetime | None
    """When it was last read well; None when it never was, or is no longer known."""


def unread_since(tx: Tx, risk_id: int, since: datetime) -> list[Unread]:
    """Return the sources of a risk that nobody reads any more, and those whose last good reading is older than `since`.

    A source that has never been read (a loaded history) is left out: nothing is known of it.
    """
    last = (
        sa.select(run.c.ended_at)
        .where(run.c.source_id == source.c.id, run.c.outcome.in_(("ok", "partial")))
        .order_by(run.c.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("read_at")
    )
    query = (
        sa.select(source.c.name, source.c.state, last)
        .join(risk_source, risk_source.c.source_id == source.c.id)
        .where(risk_source.c.risk_id == risk_id)
        .order_by(source.c.name)
    )
    found = [Unread(*row) for row in tx.execute(query)]
    return [one for one in found if one.state != "active" or (one.read_at is not None and one.read_at < since)]
