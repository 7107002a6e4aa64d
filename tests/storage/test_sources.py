"""The health of a source compares what came with what was expected."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.engine import Store
from storage.find.sources import source_lines
from storage.keep.posts import POST_COLUMNS, add_posts
from storage.keep.runs import start_run
from storage.keep.sources import add_source
from storage.moments import to_db
from tests.storage.build import NOW, a_source


def _posts(first: int, count: int, age: timedelta) -> list[tuple[object, ...]]:
    at = to_db(NOW - age)
    rows = []
    for i in range(first, first + count):
        row = dict.fromkeys(POST_COLUMNS, "") | {
            "id": i, "platform": "vk", "source_id": "vk-residents", "external_id": str(i), "text_sha": b"", "norm": b"",
            "norm_hash": 0, "words": 0, "published_at": at, "seen_at": at, "edited_at": None, "voice": None,
            "attachments": "[]", "group_id": i, "negative": False, "views": None, "likes": None, "reposts": None,
            "comments": None,
        }  # fmt: skip
        rows.append(tuple(row[c] for c in POST_COLUMNS))
    return rows


@pytest.mark.parametrize(
    ("today", "watched", "volume"),
    [
        (10, timedelta(days=3), "usual"),
        (2, timedelta(days=3), "silence"),
        (500, timedelta(days=3), "flood"),
        (2, timedelta(hours=5), "unknown"),
        (500, timedelta(hours=5), "unknown"),
        (10, None, "unknown"),
    ],
)
def test_silence_and_floods_are_told(store: Store, today: int, watched: timedelta | None, volume: str) -> None:
    """Fewer posts a day than expected is silence, more is a flood; what hours brought tells neither."""
    with store.write() as tx:
        add_source(tx, a_source())
        add_posts(tx, _posts(1, today, timedelta(hours=2)) + _posts(1000, 4, timedelta(days=2)))
        if watched is not None:
            start_run(tx, "vk-residents", NOW - watched, "a:1")

    with store.read() as tx:
        (line,) = source_lines(tx, NOW)

    assert (line.day_posts, line.week_posts, line.volume) == (today, today + 4, volume)


@pytest.mark.parametrize(
    ("today", "watched", "volume"),
    [(0, timedelta(days=8), "usual"), (0, timedelta(days=3), "usual"), (9, timedelta(days=8), "flood")],
)
def test_a_rare_source_is_judged_by_its_week(store: Store, today: int, watched: timedelta, volume: str) -> None:
    """A source that gives a post in three days is not silent because a day brought none."""
    with store.write() as tx:
        add_source(tx, a_source(expect_low=0.3, expect_high=5.0))
        add_posts(tx, _posts(1, today, timedelta(hours=2)) + _posts(1000, 2, timedelta(days=2)))
        start_run(tx, "vk-residents", NOW - watched, "a:1")

    with store.read() as tx:
        (line,) = source_lines(tx, NOW)

    assert line.volume == volume


def test_a_rare_source_that_gave_nothing_for_a_week_is_silent(store: Store) -> None:
    """A week without the two posts that a week should bring is silence."""
    with store.write() as tx:
        add_source(tx, a_source(expect_low=0.3, expect_high=5.0))
        start_run(tx, "vk-residents", NOW - timedelta(days=8), "a:1")

    with store.read() as tx:
        (line,) = source_lines(tx, NOW)

    assert line.volume == "silence"


def test_removed_sources_are_not_shown(store: Store) -> None:
    """The list shows what is or may be read; what was removed is in the journal."""
    with store.write() as tx:
        add_source(tx, a_source(state="removed"))

    with store.read() as tx:
        assert source_lines(tx, NOW) == ()
