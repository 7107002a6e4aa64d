"""A spider of web pages run beside its peer through the real door, into an intake that keeps what it is handed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scrapy.crawler import AsyncCrawlerRunner

from crawlers.pipelines import RefusedItem
from crawlers.settings import scrapy_settings
from crawlers.source import CrawlSource, spider_class
from crawlers.visit import Visit
from district.settings import Settings
from risk.post import Post

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
QUICK = {"DOWNLOAD_DELAY": 0, "DOWNLOAD_TIMEOUT": 2, "RETRY_TIMES": 0, "LOG_ENABLED": False}


@dataclass
class Kept:
    """An intake that remembers pages instead of storing them."""

    posts: list[Post] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    cursors: list[dict[str, Any]] = field(default_factory=list)
    gone_keys: list[tuple[str, str, str, str]] = field(default_factory=list)
    refused: list[RefusedItem] = field(default_factory=list)
    breaks: bool = False
    """True to refuse every page, as a locked or full database does."""

    def take(self, posts: Sequence[Post], cursor: Mapping[str, Any] | None) -> Mapping[str, int]:
        """See crawlers.pipelines.Intake."""
        if self.breaks:
            raise OSError("database is locked")
        self.posts.extend(posts)
        self.pages.append(len(posts))
        if cursor is not None:
            self.cursors.append(dict(cursor))
        return {"new": len(posts)}

    def gone(self, keys: Sequence[tuple[str, str, str, str]]) -> None:
        """See crawlers.pipelines.Intake."""
        self.gone_keys.extend(keys)

    def refuse(self, rows: Sequence[RefusedItem]) -> None:
        """See crawlers.pipelines.Intake."""
        self.refused.extend(rows)


@dataclass
class Read:
    """What one visit gave."""

    visit: Visit
    kept: Kept

    @property
    def posts(self) -> list[Post]:
        """Posts taken in."""
        return self.kept.posts

    @property
    def cursor(self) -> dict[str, Any]:
        """The last cursor stored; empty when there was none."""
        return self.kept.cursors[-1] if self.kept.cursors else {}

    @property
    def reasons(self) -> list[str]:
        """Why items were refused."""
        return [r.reason for r in self.kept.refused]


def settings_for(port: int, **more: Any) -> Settings:
    """Settings of an installation whose technician allowed one loopback port, and nothing else inside."""
    return Settings(allow_internal=(f"127.0.0.1:{port}",), t_me_base=f"http://127.0.0.1:{port}", _env_file=None, **more)


def read(
    platform: str, address: str, port: int, *, cursor: Mapping[str, Any] | None = None, options: Mapping[str, Any] | None = None,
    preview: bool = False, kept: Kept | None = None, now: datetime = NOW, settings: Settings | None = None,
    attributes: Mapping[str, Any] | None = None, **changes: Any,
) -> Read:  # fmt: skip
    """Read a source of a peer; `attributes` replace the spider's own (max_pages …), `changes` are Scrapy settings."""
    settings = settings or settings_for(port)
    source = CrawlSource("s", platform, address, options=options or {}, cursor=cursor or {})
    visit, kept = Visit(source, settings, ZoneInfo("Europe/Moscow"), now, preview=preview), kept or Kept()

    async def go() -> None:
        spider = spider_class(platform)
        kind = type(spider.__name__, (spider,), {"__module__": spider.__module__, **(attributes or {})})
        crawler = AsyncCrawlerRunner(scrapy_settings(settings, **{**QUICK, **changes})).create_crawler(kind)
        await crawler.crawl_async(visit=visit, intake=kept, secret=b"k" * 32, clock=lambda: now)

    asyncio.run(asyncio.wait_for(go(), 30))
    return Read(visit, kept)
