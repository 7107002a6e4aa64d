"""A big stream looks for copies in the ring of keys when the technician has asked for it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from casework.take_in import take_in
from crawlers import crew as crews
from crawlers.crawl import Keeper
from crawlers.crew import Crew, open_crew
from risk.post import Post
from storage.engine import Store
from storage.find import rings
from tests.bench.stream import stream
from tests.crawlers.crew_build import an_installation

MADE = [one.post for one in stream(400, seed=5)]


def a_crew(folder: Path, url: str, ring_posts: int) -> Crew:
    settings = an_installation(folder, 9, url).model_copy(update={"ring_posts": ring_posts})
    return open_crew(settings, lambda: datetime(2026, 11, 21, tzinfo=UTC))


def take(crew: Crew, posts: list[Post]) -> int:
    """Take posts in as a crawl does; return how many joined earlier ones."""
    keeper = Keeper(crew, "club1", None)
    return sum(keeper.take(posts[at : at + 50], None)["joined"] for at in range(0, len(posts), 50))


def test_a_big_stream_finds_the_same_copies_through_the_ring(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After so many posts of one run the ring stands in front of the table, and the copies found are those of the table."""
    monkeypatch.setattr(crews, "RING_AFTER", 100)
    monkeypatch.setattr(rings, "LEAST_POSTS", 100)
    plain = a_crew(tmp_path / "plain", "", ring_posts=0)
    joined = take(plain, MADE)
    assert plain.store.engine not in rings._rings
    plain.close()

    crew = a_crew(tmp_path / "ring", store.url, ring_posts=10_000)
    found = take(crew, MADE[:50])
    assert crew.store.engine not in rings._rings
    found += take(crew, MADE[50:])
    assert crew.store.engine in rings._rings

    assert found == joined > 50
    crew.close()


def test_a_small_base_has_no_ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below a million posts the table answers, whatever the setting says."""
    monkeypatch.setattr(crews, "RING_AFTER", 100)
    crew = a_crew(tmp_path, "", ring_posts=10_000)
    take_in(crew.work(), MADE[:50])
    crew.took(150)

    assert crew.store.engine not in rings._rings
    crew.close()
