"""A second sight of stored posts: counters that changed, posts that came back."""

from __future__ import annotations

from casework.arrivals import Arrival
from casework.counting import change_views
from casework.intake import Intake
from risk.post import Reach
from storage.bulk import Row
from storage.find.arrivals import Known
from storage.keep import posts as keep
from storage.moments import maybe_to_db, to_db

_COUNTERS = ("views", "likes", "reposts", "comments")


def reach_row(post_id: int, seen_at: int, reach: Reach) -> Row | None:
    """Return the counters as a moment, or None when the platform tells none."""
    if reach.views is None and reach.likes is None and reach.reposts is None and reach.comments is None:
        return None
    return (post_id, seen_at, reach.views, reach.likes, reach.reposts, reach.comments)


def _news(known: Known, reach: Reach) -> bool:
    """Return whether any counter differs from the last known; «unknown» is no news."""
    return any(getattr(reach, c) is not None and getattr(reach, c) != getattr(known, c) for c in _COUNTERS)


def take_seen(intake: Intake) -> None:
    """Write what changed about stored posts; nothing at all for those that are as they were."""
    reached: list[Row] = []
    changed: list[Row] = []
    for arrival in intake.arrivals.seen:
        known, post = arrival.known, arrival.post
        if known is None:
            continue
        if _news(known, post.reach):
            row = reach_row(known.id, to_db(post.seen_at), post.reach)
            reached += [row] if row else []
            _count(intake, arrival, known)
        elif known.gone_at is None and maybe_to_db(post.edited_at) in (None, known.edited_at):
            continue
        changed.append(_changes(known, arrival))
    keep.add_reach(intake.tx, reached)
    keep.change_posts(intake.tx, (*_COUNTERS, "edited_at", "gone_at"), changed)


def _count(intake: Intake, arrival: Arrival, known: Known) -> None:
    if arrival.post.reach.views is not None and arrival.post.reach.views != known.views:
        change_views(intake.group(known.group_id), known, arrival.post.reach)


def _changes(known: Known, arrival: Arrival) -> Row:
    """The latest known counters; seen again means not gone."""
    reach = arrival.post.reach
    latest = (
        known.views if reach.views is None else reach.views,
        known.likes if reach.likes is None else reach.likes,
        known.reposts if reach.reposts is None else reach.reposts,
        known.comments if reach.comments is None else reach.comments,
    )
    edited = maybe_to_db(arrival.post.edited_at)
    return (*latest, known.edited_at if edited is None else edited, None, known.id)
