"""robots.txt: read once per host before anything else, obeyed by every request, with its delays."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from crawlers.spiders.base import SourceSpider
from tests.crawlers.web_run import read
from tests.peers.serving import serving
from tests.peers.web import Site, article, news


@pytest.fixture
def site() -> Iterator[tuple[Site, int]]:
    """A site on loopback."""
    made = Site()
    made.publish([news(1)])
    with serving(made.app()) as port:
        yield made, port


def test_a_forbidden_page_is_not_asked(site: tuple[Site, int]) -> None:
    """The run fails with the reason, and the page was never requested."""
    peer, port = site

    got = read("feed", f"http://127.0.0.1:{port}/private/feed.xml", port)

    assert peer.asked == ["/robots.txt"]
    assert got.visit.outcome == "failed"
    assert "robots.txt запрещает читать /private/feed.xml" in got.visit.reason


def test_many_requests_at_once_wait_for_the_rules(site: tuple[Site, int]) -> None:
    """Six requests before robots.txt is in: none of the forbidden ones gets through (Scrapy's own lets four)."""
    peer, port = site
    asked: list[str] = []

    class Hasty(SourceSpider):
        """Asks six forbidden pages in one breath."""

        name = "hasty"

        def first(self) -> list[Any]:
            """Ask at once."""
            return [self.ask(f"http://127.0.0.1:{port}/private/{n}", self.parse) for n in range(6)]

        def parse(self, response: Any, **kwargs: Any) -> None:
            """Note what came through."""
            asked.append(response.url)

    def first(self: SourceSpider) -> list[Any]:
        return Hasty.first(self)  # type: ignore[arg-type]

    got = read(
        "feed", f"http://127.0.0.1:{port}/", port, attributes={"first": first, "parse": Hasty.parse},
        CONCURRENT_REQUESTS=16, CONCURRENT_REQUESTS_PER_DOMAIN=16,
    )  # fmt: skip

    assert peer.asked == ["/robots.txt"]
    assert asked == []
    assert "robots.txt" in got.visit.reason


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (404, "ok"),
        (403, "ok"),
        (500, "failed"),
        (503, "stopped"),
        (429, "stopped"),
        ("", "ok"),
        ("<html>404</html>", "ok"),
    ],
)
def test_answers_mean_what_the_standard_says(site: tuple[Site, int], answer: str | int, outcome: str) -> None:
    """4xx: no rules; 5xx and 429: nothing is allowed now (RFC 9309); a page instead of rules forbids nothing."""
    peer, port = site
    peer.robots = answer

    got = read("feed", f"http://127.0.0.1:{port}/feed.xml", port)

    assert got.visit.outcome == outcome
    assert ("/feed.xml" in peer.asked) == (outcome == "ok")


def test_rules_for_us_by_name_are_ours(site: tuple[Site, int]) -> None:
    """A group for «Otklik» outweighs the one for everybody."""
    peer, port = site
    peer.robots = "User-agent: *\nAllow: /\n\nUser-agent: Otklik\nDisallow: /\n"

    got = read("feed", f"http://127.0.0.1:{port}/feed.xml", port)

    assert "robots.txt запрещает" in got.visit.reason


def test_the_delay_that_a_host_asks_for_is_kept(site: tuple[Site, int]) -> None:
    """Crawl-delay stands between the requests of a visit."""
    peer, port = site
    peer.robots = "User-agent: *\nCrawl-delay: 0.4\n"
    found = [news(n) for n in range(1, 4)]
    peer.give("/news/", "".join(f"<a href='{n.path}'>{n.title} подробно</a>" for n in found))
    for n in found:
        peer.give(n.path, article(n))
    began = time.monotonic()

    got = read("site", f"http://127.0.0.1:{port}/news/", port, options={"mode": "list"})

    assert len(got.posts) == 3
    # Four requests after robots.txt, the first gap already slowed; jitter takes up to a quarter off.
    assert time.monotonic() - began > 3 * 0.4 * 0.75
