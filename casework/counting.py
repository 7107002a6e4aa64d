"""Counts a group of copies as posts, comments and counters come in, one by one, without looking at the rest of it."""

from __future__ import annotations

from dataclasses import dataclass

from casework.arrivals import Arrival
from risk.post import Reach
from risk.signals.case import Spread
from storage.find.arrivals import Known
from storage.find.groups import Group
from storage.moments import from_db, to_db

HOUR = 3_600_000_000
"""Microseconds; growth is told against a moment at least an hour back (DOMAIN 1: «рост ×2 за 3 ч» needs several)."""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What counting needs to know of a source."""

    name: str
    official: bool = False
    media: bool = False
    federal: bool = False


def new_group(group_id: int, arrival: Arrival, now: int) -> Group:
    """Return an empty group that begins with this arrival; `add_post` counts it."""
    published, seen = to_db(arrival.post.published_at), to_db(arrival.post.seen_at)
    return Group(
        id=group_id, first_post_id=arrival.id, risk_id=None, facts_post_id=arrival.id,
        facts_points=arrival.facts.points_text, posts=0, sources=0, media=0, federal=0, official=0, voices=None, views=None,
        with_views=0, comments=0, negative_comments=0, answered_at=None, after_answer=0, first_published=published,
        last_published=published, first_seen=seen, last_seen=seen, mark_at=now, mark_views=None, before_at=None, before_views=None, judged=False,
        points=0.0, level=0, emergency=False, facts=arrival.facts, is_new=True,
    )  # fmt: skip


def add_post(group: Group, arrival: Arrival, source: SourceFacts, fresh_source: bool, fresh_voice: bool) -> None:
    """Count a new post of a group; `fresh_…` tell whether its source and its voice are new to the group."""
    published = to_db(arrival.post.published_at)
    group.posts += 1
    if source.official:
        group.official += 1
        group.answered_at = published if group.answered_at is None else min(group.answered_at, published)
    elif fresh_source:
        group.sources += 1
    if not source.official and arrival.facts.negative and _after_answer(group, published):
        group.after_answer += 1
    group.media += source.media
    group.federal += source.federal
    if fresh_voice:
        group.voices = (group.voices or 0) + 1
    if arrival.post.reach.views is not None:
        group.views = (group.views or 0) + arrival.post.reach.views
        group.with_views += 1
    group.first_published = min(group.first_published, published)
    group.last_published = max(group.last_published, published)
    seen = to_db(arrival.post.seen_at)
    group.first_seen, group.last_seen = min(group.first_seen, seen), max(group.last_seen, seen)
    tell_best(group, arrival)


def tell_best(group: Group, arrival: Arrival) -> None:
    """Let the text that says most speak for the group; the first of equals stays."""
    if arrival.facts.points_text > group.facts_points:
        group.facts, group.facts_packed = arrival.facts, ""
        group.facts_post_id, group.facts_points = arrival.id, arrival.facts.points_text


def _after_answer(group: Group, published: int) -> bool:
    return group.answered_at is not None and published > group.answered_at


def add_comment(group: Group, arrival: Arrival) -> None:
    """Count a new comment under a post of the group."""
    group.comments += 1
    if arrival.facts.negative:
        group.negative_comments += 1
        group.after_answer += _after_answer(group, to_db(arrival.post.published_at))


def add_early_comments(group: Group, comments: int, negative: int) -> None:
    """Count comments that were stored before the post they stand under."""
    group.comments += comments
    group.negative_comments += negative


def change_views(group: Group, known: Known, reach: Reach) -> None:
    """Count a changed counter of views of a stored post; «unknown» changes nothing."""
    if reach.views is None or reach.views == known.views:
        return
    group.views = (group.views or 0) + reach.views - (known.views or 0)
    group.with_views += known.views is None


def spread_at(group: Group, now: int) -> Spread:
    """Return how far the group has gone at a moment (microseconds), and remember its views for the next time."""
    if group.views is not None:
        if group.mark_views is None:
            group.mark_at, group.mark_views = now, group.views
        elif now - group.mark_at >= HOUR:
            group.before_at, group.before_views = group.mark_at, group.mark_views
            group.mark_at, group.mark_views = now, group.views
    return Spread(
        posts=group.posts, sources=group.sources, voices=group.voices, views=group.views,
        views_before=group.before_views,
        hours_between=None if group.before_at is None else (now - group.before_at) / HOUR,
        posts_with_views=group.with_views, comments=group.comments, negative_comments=group.negative_comments,
        media=group.media > 0, federal=group.federal > 0, official_answer=group.official > 0, asked_after_answer=group.after_answer > 0,
        first_published=from_db(group.first_published), last_published=from_db(group.last_published),
    )  # fmt: skip
