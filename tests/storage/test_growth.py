"""The last day and the seven before it are counted by topic, without thanks, idle talk and the administration's own words."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from risk.facts import TextFacts
from storage.engine import Store
from storage.find import growth as find
from storage.tables import grp, post
from tests.storage.build import NOW, a_risk

HOUR = timedelta(hours=1)
_IDS = count(10_000_000)  # far from the ids of houses that other tests fill


def a_group(store: Store, at: datetime, posts: int = 1, views: int | None = 5, **columns: Any) -> int:
    """Write a group of so many posts published at a moment, a second apart; return its id."""
    group_id, ids = next(_IDS), [next(_IDS) for _ in range(posts)]
    row: dict[str, Any] = {
        "id": group_id, "first_post_id": ids[0], "risk_id": None, "facts": TextFacts().pack(), "facts_post_id": ids[0],
        "facts_points": 1.0, "posts": posts, "sources": 1, "media": 0, "official": 0, "with_views": posts, "comments": 0,
        "negative_comments": 0, "after_answer": 0, "first_published": at, "last_published": at, "first_seen": at,
        "last_seen": at, "mark_at": at, "judged": False, "points": 12.0, "level": 1, "rule_set": "x", "reasons": [],
        "emergency": False, "topic": "housing", "topics": [], "settlement": "Белое", "kind": "problem", "scored_at": at,
    }  # fmt: skip
    with store.write() as tx:
        tx.execute(sa.insert(grp).values(row | columns))
        for n, post_id in enumerate(ids):
            tx.execute(sa.insert(post).values(
                id=post_id, platform="vk", source_id=f"vk-{n % 2}", external_id=str(post_id), comment_id="", url="https://vk.com/1",
                text=f"Нет воды {post_id}", text_sha=b"x", norm=b"x", norm_hash=post_id, words=2,
                published_at=at + timedelta(seconds=n), seen_at=at, voice=None if n else f"v{post_id}", attachments=[],
                group_id=group_id, negative=False, views=views,
            ))  # fmt: skip
    return group_id


def test_the_last_day_is_read_post_by_post(store: Store) -> None:
    """Originals and copies of the last 24 hours come with their views and voices; an unknown author is its source."""
    a_group(store, NOW - HOUR, posts=3, views=7)
    a_group(store, NOW - 24 * HOUR)
    a_group(store, NOW + HOUR)

    with store.read() as tx:
        said = find.said_lately(tx, NOW)

    assert sorted((s.topic, s.settlement, s.is_original, s.views) for s in said) == [
        ("housing", "Белое", False, 7), ("housing", "Белое", False, 7), ("housing", "Белое", True, 7),
    ]  # fmt: skip
    assert {s.voice for s in said if not s.is_original} == {"vk-1", "vk-0"}
    assert all(s.voice.startswith("v") for s in said)


def test_what_is_no_trouble_is_left_out(store: Store) -> None:
    """No topic, no signal, thanks, and groups of official posts alone are not counted."""
    for columns in ({"topic": None}, {"points": 0.0}, {"kind": "praise"}, {"official": 1}):
        a_group(store, NOW - HOUR, **columns)
    kept = a_group(store, NOW - HOUR, posts=2, official=1, topic="roads")

    with store.read() as tx:
        assert [s.topic for s in find.said_lately(tx, NOW)] == ["roads", "roads"]
        assert find.examples(tx, NOW, "housing", 9) == []
        assert [e.post_id for e in find.examples(tx, NOW, "roads", 9)] == [kept + 1]


def test_days_are_counted_with_seen_copies(store: Store) -> None:
    """Each day back has its originals and the copies that enough people saw, the newest day first."""
    a_group(store, NOW - 25 * HOUR, posts=480, views=5)
    a_group(store, NOW - 49 * HOUR, posts=4, views=500)
    a_group(store, NOW - 8 * 24 * HOUR + HOUR, topic="roads")
    a_group(store, NOW - 8 * 24 * HOUR - HOUR, topic="waste")
    a_group(store, NOW - HOUR, topic="waste")

    with store.read() as tx:
        found = find.days_before(tx, NOW, 7, 120)
        assert (find.known_days(tx, NOW, 7), find.known_days(tx, NOW - 30 * 24 * HOUR, 7)) == (3, 0)
    assert found == {"housing": [1, 4, 0, 0, 0, 0, 0], "roads": [0, 0, 0, 0, 0, 0, 1]}


def test_open_risks_are_counted_by_topic(store: Store) -> None:
    """Closed risks and those without a topic are not among them."""
    with store.write() as tx:
        for columns in (
            {"topic": "roads"},
            {"topic": "roads"},
            {"topic": "roads", "state": "dismissed"},
            {"topic": None},
        ):
            a_risk(tx, **columns)

    with store.read() as tx:
        assert find.open_by_topic(tx) == {"roads": 2}
