"""What the effect of a campaign is compared with beside its own weeks: other topics, sources, views of its publications."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa

from preventive.facts import WeekCount
from storage.bulk import marks, rows_of
from storage.engine import Tx
from storage.find.growth import COUNTED
from storage.find.weeks import WHOLE
from storage.moments import to_db
from storage.tables import post, source, week_count


def other_topics(tx: Tx, but: Collection[str], known: Collection[str]) -> tuple[WeekCount, ...]:
    """Return the weeks of all topics of the whole district together but these; voices are not summed up and stay 0.

    `known` are the codes of all topics: threats with words of their own are parts of them and are not counted again.
    """
    asked = sorted(set(known) - set(but))
    query = (
        sa.select(week_count.c.week, sa.func.sum(week_count.c.posts), sa.func.sum(week_count.c.risks))
        .where(week_count.c.territory == WHOLE, week_count.c.subject.in_(asked))
        .group_by(week_count.c.week)
        .order_by(week_count.c.week)
    )
    return tuple(WeekCount(date.fromisoformat(w), int(p), 0, int(r)) for w, p, r in tx.execute(query))


class SourceWeek(NamedTuple):
    """Posts of any kind of one source in one week, counted from the moment asked for."""

    source_id: str
    week: int
    posts: int


_WEEK_US = 7 * 86_400_000_000
_BY_SOURCE = f"""
SELECT source_id, (published_at - @) / {_WEEK_US}, count(*) FROM post
WHERE published_at >= @ AND published_at < @ GROUP BY 1, 2
"""


def posts_by_source(tx: Tx, since: datetime, until: datetime) -> list[SourceWeek]:
    """Return how much every source gave in every week from a moment up to another; weeks without a post are not there."""
    start = to_db(since)
    rows = rows_of(tx, _BY_SOURCE.replace("@", marks(tx)), (start, start, to_db(until)))
    return [SourceWeek(source_id, int(week), int(posts)) for source_id, week, posts in rows]


def complaints_by_source(tx: Tx, topics: Sequence[str], since: datetime, until: datetime) -> dict[str, int]:
    """Return how many complaints of these topics every source gave from a moment up to another."""
    if not topics:
        return {}
    held = ", ".join(["@"] * len(topics))
    sql = f"""SELECT p.source_id, count(*) FROM post p CROSS JOIN grp g
    WHERE p.published_at >= @ AND p.published_at < @ AND {COUNTED} AND g.topic IN ({held}) GROUP BY 1"""
    rows = rows_of(tx, sql.replace("@", marks(tx)), (to_db(since), to_db(until), *topics))
    return {source_id: int(count) for source_id, count in rows}


def source_names(tx: Tx, ids: Collection[str]) -> Mapping[str, str]:
    """Return the names of sources by id; who is not in the list any more is not there."""
    found = tx.execute(sa.select(source.c.id, source.c.name).where(source.c.id.in_(sorted(ids))))
    return {str(source_id): str(name) for source_id, name in found}


def views_of(tx: Tx, source_ids: Collection[str], urls: Collection[str], since: datetime) -> Mapping[str, int]:
    """Return the latest known views by address of posts of these sources seen since a moment; unknown views are not there."""
    query = sa.select(post.c.url, sa.func.max(post.c.views)).where(
        post.c.source_id.in_(sorted(source_ids)),
        post.c.seen_at >= since,
        post.c.url.in_(sorted(urls)),
        post.c.comment_id == "",
        post.c.views.is_not(None),
    )
    return {str(url): int(views) for url, views in tx.execute(query.group_by(post.c.url))}
