"""How a risk spread: posts and views so far, moment by moment, from the counters kept with each post."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import post, reach

POINTS_SHOWN = 120
"""More points than this do not show on a card 600 pixels wide."""


def spread_of(tx: Tx, groups: list[int]) -> tuple[tuple[datetime, int, int], ...]:
    """Return (moment, posts so far, views so far) of the groups, ascending, at most 120 points.

    Posts count from when they were published, views from when a counter was read; an unknown counter adds nothing.
    """
    if not groups:
        return ()
    steps: dict[datetime, tuple[int, int]] = {}
    for at in tx.execute(sa.select(post.c.published_at).where(post.c.group_id.in_(groups))).scalars():
        posts, views = steps.get(at, (0, 0))
        steps[at] = (posts + 1, views)
    earlier = sa.func.lag(reach.c.views).over(partition_by=reach.c.post_id, order_by=reach.c.at)
    changes = (
        sa.select(reach.c.at, (reach.c.views - sa.func.coalesce(earlier, 0)).label("grown"))
        .join(post, post.c.id == reach.c.post_id)
        .where(post.c.group_id.in_(groups), reach.c.views.is_not(None))
    )
    for at, grown in tx.execute(changes):
        posts, views = steps.get(at, (0, 0))
        steps[at] = (posts, views + grown)
    return _thinned(_summed(steps))


def _summed(steps: dict[datetime, tuple[int, int]]) -> list[tuple[datetime, int, int]]:
    line: list[tuple[datetime, int, int]] = []
    posts = views = 0
    for at in sorted(steps):
        posts += steps[at][0]
        views += steps[at][1]
        line.append((at, posts, views))
    return line


def _thinned(line: list[tuple[datetime, int, int]]) -> tuple[tuple[datetime, int, int], ...]:
    """Keep the last point of each of 120 equal stretches of time; the end always stays."""
    if len(line) <= POINTS_SHOWN:
        return tuple(line)
    start, end = line[0][0], line[-1][0]
    stretch = max((end - start) / (POINTS_SHOWN - 1), timedelta(microseconds=1))
    kept = {(at - start) // stretch: (at, posts, views) for at, posts, views in line}
    return tuple(kept[k] for k in sorted(kept))
