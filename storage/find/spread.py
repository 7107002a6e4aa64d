"""How a risk spread: posts and views so far, moment by moment, from the counters kept with each post."""

from __future__ import annotations

from datetime import datetime

from storage.bulk import Row, rows_of, with_ids
from storage.engine import Tx
from storage.moments import from_db

_Point = tuple[int, int, int]
POINTS_SHOWN = 120
"""More points than this do not show on a card 600 pixels wide."""


# A counter's growth belongs to the moment of its reading.
_STEPS = """
SELECT max(at), sum(n), sum(grown) FROM (
  SELECT published_at AS at, 1 AS n, 0 AS grown FROM post WHERE group_id IN ({ids})
  UNION ALL
  SELECT r.at, 0, r.views - coalesce(lag(r.views) OVER (PARTITION BY r.post_id ORDER BY r.at), 0)
  FROM post p JOIN reach r ON r.post_id = p.id WHERE p.group_id IN ({ids}) AND r.views IS NOT NULL
) steps GROUP BY @stretch
"""
_BOUNDS = "SELECT sum(posts), min(first_published), max(last_published), max(last_seen) FROM grp WHERE id IN ({ids})"
LARGE = 500
"""Posts of a risk above which the database itself thins its moments: 5,000 posts and 13,000 readings in 25 ms, not 80."""


def spread_of(tx: Tx, groups: list[int]) -> tuple[tuple[datetime, int, int], ...]:
    """Return (moment, posts so far, views so far) of the groups, ascending, at most 120 points.

    Posts count from when they were published, views from when a counter was read; an unknown counter adds nothing.
    """
    if not groups:
        return ()
    ((posts, first, *last),) = with_ids(tx, _BOUNDS, groups)
    stretch = "at"
    if (posts or 0) > LARGE:
        stretch = f"at / {max((max(last) - first) // POINTS_SHOWN, 1)}"
    steps = sorted((int(at), int(n), int(grown)) for at, n, grown in _steps(tx, stretch, groups))
    return tuple((from_db(at), count, seen) for at, count, seen in _thinned(_summed(steps)))


def _steps(tx: Tx, stretch: str, groups: list[int]) -> list[Row]:
    ids = ", ".join(map(str, groups))
    return rows_of(tx, _STEPS.format(ids=ids).replace("@stretch", stretch))


def _summed(steps: list[_Point]) -> list[_Point]:
    line: list[_Point] = []
    count = seen = 0
    for at, posts, views in steps:
        count += posts
        seen += views
        line.append((at, count, seen))
    return line


def _thinned(line: list[_Point]) -> list[_Point]:
    """Keep the last point of each of 120 equal stretches of time; the end always stays."""
    if len(line) <= POINTS_SHOWN:
        return line
    start, end = line[0][0], line[-1][0]
    stretch = max((end - start) // (POINTS_SHOWN - 1), 1)
    kept = {min((point[0] - start) // stretch, POINTS_SHOWN - 1): point for point in line}
    return [kept[k] for k in sorted(kept)]
