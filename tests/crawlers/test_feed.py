"""Feeds: RSS and Atom of any spelling become posts; what has not changed is not sent again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crawlers.spiders.feed import entry_item, moment_of, parsed
from tests.crawlers.web_run import Kept, Read, read, settings_for
from tests.peers.serving import serving
from tests.peers.web import START, Site, atom, news, rss

MOSCOW = ZoneInfo("Europe/Moscow")


@dataclass
class Scene:
    """A site and how its feed is read."""

    site: Site
    port: int

    def read(self, path: str = "/feed.xml", **more: Any) -> Read:
        """Read a feed."""
        return read("feed", f"http://127.0.0.1:{self.port}{path}", self.port, **more)


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A site with ten pieces of news."""
    site = Site()
    site.publish([news(n) for n in range(1, 11)])
    with serving(site.app()) as port:
        yield Scene(site, port)


def test_entries_become_posts(scene: Scene) -> None:
    """Title and body as text without markup or scripts, the publisher's guid, the article's address, the moment in UTC."""
    got = scene.read()

    assert got.visit.outcome == "ok"
    assert len(got.posts) == 10
    post = got.posts[0]
    assert post.external_id == "id-1"
    assert post.url == f"http://127.0.0.1:{scene.port}/news/1-novosti-rayona-1/"
    assert post.text.startswith("Новость 1: в Сосново нет воды\n\nВ посёлке Сосново")
    assert "alert" not in post.text
    assert "<" not in post.text
    assert post.published_at == datetime(2026, 11, 20, 7, tzinfo=UTC)


def test_an_unchanged_feed_is_answered_with_304_and_costs_nothing(scene: Scene) -> None:
    """The validators of the last visit travel in the cursor, which was stored with the posts."""
    known = scene.read().cursor

    got = scene.read(cursor=known)

    assert got.posts == []
    assert got.visit.counts["unchanged"] == 1
    assert got.visit.outcome == "ok"


def test_a_feed_whose_posts_were_not_stored_is_read_again(scene: Scene) -> None:
    """A visit that could not store leaves no validators behind, so nothing is lost to a 304."""
    broken = scene.read(kept=Kept(breaks=True))

    assert broken.visit.outcome == "partial"
    assert "указатель не сдвинут" in broken.visit.reason
    assert len(scene.read(cursor=broken.cursor).posts) == 10


def test_we_say_who_we_are(scene: Scene) -> None:
    """The User-Agent names the product and the contact of the installation."""
    scene.read(settings=settings_for(scene.port, contact="mcu@example.org"))

    (agent,) = scene.site.agents
    assert agent.startswith("Otklik/")
    assert agent.endswith("(+mcu@example.org)")


def test_atom_tells_what_was_edited() -> None:
    """An entry updated after its publication carries the moment of the edit."""
    entry = parsed(atom([news(3)]).decode()).entries[0]

    item = entry_item(dict(entry), "s", "feed", "http://example.org/", MOSCOW)

    assert item.external_id == "tag:example.org,2026:3"
    assert item.published_at == START.replace(hour=9)
    assert item.edited_at == START.replace(hour=10)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("Fri, 20 Nov 2026 10:00:00 +0300", datetime(2026, 11, 20, 7, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 10:00:00 GMT", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("20 Nov 2026 10:00", datetime(2026, 11, 20, 7, tzinfo=UTC)),
        ("2026-11-20T10:00:00+03:00", datetime(2026, 11, 20, 7, tzinfo=UTC)),
        ("2026-11-20 10:00:00", datetime(2026, 11, 20, 7, tzinfo=UTC)),
        ("2026-11-20T07:00:00Z", datetime(2026, 11, 20, 7, tzinfo=UTC)),
        ("", None), ("вчера вечером", None), ("31 Feb 2026", None),
    ],
)  # fmt: skip
def test_dates_are_read_as_publishers_write_them(raw: str, moment: datetime | None) -> None:
    """RFC 822 and ISO dates are moments; without a zone the district's is meant; nonsense is no date."""
    entry = parsed(rss([news(1, at=raw)]).decode()).entries[0]

    assert moment_of(dict(entry), "published", MOSCOW) == moment


def test_an_entry_without_guid_and_link_is_known_by_its_words() -> None:
    """The same words give the same number twice, other words another."""
    body = "<rss version='2.0'><channel><item><title>{}</title><pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"
    one, two, other = (
        entry_item(dict(parsed(body.format(t)).entries[0]), "s", "feed", "http://example.org/", MOSCOW)
        for t in ("А", "А", "Б")
    )

    assert one.external_id == two.external_id != other.external_id
    assert one.external_id


def test_a_body_that_looks_like_a_path_opens_no_file() -> None:
    """feedparser would open a string that names a file: it is given a stream."""
    assert parsed("/etc/hostname").entries == []
    assert parsed("http://127.0.0.1:9/feed").entries == []


def test_try_now_shows_the_feed_and_stores_no_validators(scene: Scene) -> None:
    """A preview hands masked posts on and moves no cursor."""
    got = scene.read(preview=True)

    assert len(got.posts) == 10
    assert got.cursor == {}
