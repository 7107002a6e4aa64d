"""The spread of a risk counts posts and views moment by moment, and a large risk keeps its ends and sums."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from storage.engine import Store
from storage.find.spread import POINTS_SHOWN, spread_of
from storage.tables import post, reach
from tests.storage.build import NOW
from tests.storage.test_growth import a_group

HOUR = timedelta(hours=1)


def read(store: Store, group_id: int, hours: list[tuple[int, int | None]]) -> None:
    """Write readings of the counter of a group's first post: (hours after NOW, views)."""
    with store.write() as tx:
        first = tx.execute(sa.select(sa.func.min(post.c.id)).where(post.c.group_id == group_id)).scalar_one()
        tx.execute(sa.insert(reach), [{"post_id": first, "at": NOW + h * HOUR, "views": views} for h, views in hours])


def test_posts_and_views_add_up(store: Store) -> None:
    """Each post counts from its publication, each counter's growth from its reading; an unknown counter adds nothing."""
    one, two = a_group(store, NOW), a_group(store, NOW + 2 * HOUR, posts=2)
    read(store, one, [(1, 10), (3, 25), (4, None)])
    read(store, two, [(3, 5)])

    with store.read() as tx:
        line = spread_of(tx, [one, two])
        assert spread_of(tx, []) == ()
    assert line == (
        (NOW, 1, 0), (NOW + HOUR, 1, 10), (NOW + 2 * HOUR, 2, 10), (NOW + 2 * HOUR + timedelta(seconds=1), 3, 10),
        (NOW + 3 * HOUR, 3, 30),
    )  # fmt: skip


def test_a_counter_that_falls_is_told(store: Store) -> None:
    """A platform that takes views back takes them back here too."""
    one = a_group(store, NOW)
    read(store, one, [(1, 100), (2, 80)])

    with store.read() as tx:
        assert [views for _, _, views in spread_of(tx, [one])] == [0, 100, 80]


def test_a_large_risk_is_thinned(store: Store) -> None:
    """With thousands of moments there are at most 120 points, ascending; the last one has all posts and views."""
    size = 800
    group_id = a_group(store, NOW, posts=size)
    with store.write() as tx:
        ids = list(tx.execute(sa.select(post.c.id).where(post.c.group_id == group_id)).scalars())
        rows = [{"post_id": i, "at": NOW + HOUR + timedelta(minutes=n), "views": 2} for n, i in enumerate(ids)]
        tx.execute(sa.insert(reach), rows)

    with store.read() as tx:
        line = spread_of(tx, [group_id])
    assert 60 < len(line) <= POINTS_SHOWN
    assert line[-1] == (NOW + HOUR + timedelta(minutes=size - 1), size, 2 * size)
    assert list(line) == sorted(line)
    assert all(a[1] <= b[1] and a[2] <= b[2] for a, b in zip(line, line[1:], strict=False))
