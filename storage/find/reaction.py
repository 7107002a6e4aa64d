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
    answer,
    grp,
    post,
    publication,
    risk,
    risk_event,
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
    """Under posts of the risk, published up to the answer."""
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
_COMMENTS = """
SELECT CAST(c0 AS BIGINT),
  sum(CASE WHEN k.published_at <= CAST(c1 AS BIGINT) THEN 1 ELSE 0 END),
  sum(CASE WHEN k.published_at <= CAST(c1 AS BIGINT) AND k.negative THEN 1 ELSE 0 END),
  sum(CASE WHEN k.published_at > CAST(c1 AS BIGINT) THEN 1 ELSE 0 END),
  sum(CASE WHEN k.published_at > CAST(c1 AS BIGINT) AND k.negative THEN 1 ELSE 0 END),
  sum(CASE WHEN k.published_at > CAST(c2 AS BIGINT) THEN 1 ELSE 0 END),
  sum(CASE WHEN k.published_at > CAST(c2 AS BIGINT) AND k.negative THEN 1 ELSE 0 END),
  max(CASE WHEN k.published_at > CAST(c1 AS BIGINT) AND k.negative THEN k.published_at END)
FROM {wanted} CROSS JOIN grp g CROSS JOIN post p CROSS JOIN post k
WHERE g.risk_id = CAST(c0 AS BIGINT) AND p.group_id = g.id AND p.comment_id = ''
  AND k.platform = p.platform AND k.source_id = p.source_id AND k.external_id = p.external_id AND k.comment_id > ''
GROUP BY 1
"""


def count_reactions(tx: Tx, asked: Sequence[Asked]) -> dict[int, Tally]:
    """Count risks around their answers; four queries, however many risks there are."""
    wanted: list[Row] = [(a.risk_id, a.started, a.window, a.quiet) for a in asked]
    found = {a.risk_id: Tally() for a in asked}
    for r in with_tuples(tx, _BEFORE, _FOUR, wanted):
        _add_before(found[int(r[0])], r)
    for r in with_tuples(tx, _LATER, _FOUR, wanted):
        found[int(r[0])].later.append(Later(int(r[1]), r[2], int(r[3]), bool(r[4]), bool(r[5]), r[6], r[7]))
    for risk_id, before, all_voices in with_tuples(tx, _VOICES, _FOUR, wanted):
        tally = found[int(risk_id)]
        tally.voices, tally.new_voices = int(before), int(all_voices) - int(before)
    for r in with_tuples(tx, _COMMENTS, _FOUR, wanted):
        tally = found[int(r[0])]
        tally.comments, tally.negative, tally.comments_after, tally.negative_after = (int(n) for n in r[1:5])
        tally.comments_lately, tally.negative_lately, tally.last_negative = int(r[5]), int(r[6]), r[7]
    return found


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
    """Return negative comments under posts of a risk published after a moment, the newest first."""
    parent = post.alias("parent")
    query = (
        sa.select(*_BEHIND)
        .select_from(grp)
        .join(parent, parent.c.group_id == grp.c.id)
        .join(
            post,
            sa.and_(
                post.c.platform == parent.c.platform,
                post.c.source_id == parent.c.source_id,
                post.c.external_id == parent.c.external_id,
                post.c.comment_id > "",
            ),
        )
        .join(source, source.c.id == post.c.source_id, isouter=True)
        .where(grp.c.risk_id == risk_id, parent.c.comment_id == "", post.c.negative, post.c.published_at > after)
        .order_by(post.c.published_at.desc(), post.c.id)
        .limit(limit)
    )
    return [_behind(row) for row in tx.execute(query)]


def _behind(row: Any) -> Behind:
    return Behind(row[0], row[1], row[2], row[3], bool(row[4]))


def late_to(tx: Tx, risk_id: int, closed_at: datetime) -> tuple[int, int]:
    """Return how many posts and comments came into a risk after its closing (by the time they were seen)."""
    counted = (
        sa.select(sa.func.count(), sa.func.sum(sa.case((post.c.comment_id != "", 1), else_=0)))
        .join(grp, grp.c.id == post.c.group_id)
        .where(grp.c.risk_id == risk_id, post.c.seen_at > closed_at)
    )
    both, comments = tx.execute(counted).one()
    return int(both) - int(comments or 0), int(comments or 0)


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
