"""A spider of VK or Telegram run in one asyncio loop beside its peer: real Scrapy, real clients, no reactor, no waits."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scrapy.crawler import AsyncCrawlerRunner

from crawlers.items import PageEnd, PostItem
from crawlers.limits import Account
from crawlers.settings import scrapy_settings
from crawlers.source import CrawlSource
from crawlers.visit import Visit
from district.settings import Settings

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@dataclass
class FreeSlots:
    """Turns without waiting; notes what would have been stopped."""

    turns: int = 0
    rests: list[tuple[str, float | None]] = field(default_factory=list)
    holds: list[float] = field(default_factory=list)

    async def turn(self) -> None:
        """See crawlers.limits.Slots."""
        self.turns += 1

    async def hold(self, seconds: float) -> None:
        """See crawlers.limits.Slots."""
        self.holds.append(seconds)

    async def rest(self, reason: str, seconds: float | None) -> None:
        """See crawlers.limits.Slots."""
        self.rests.append((reason, seconds))


class Keep:
    """Scrapy pipeline that keeps items in the order in which they came."""

    def __init__(self, spider: Any) -> None:
        self.kept = spider.intake

    @classmethod
    def from_crawler(cls, crawler: Any) -> Keep:
        """Build the pipeline of a crawl."""
        return cls(crawler.spider)

    def process_item(self, item: Any) -> Any:
        """Keep one."""
        self.kept.append(item)
        return item


@dataclass
class Read:
    """What one visit gave."""

    visit: Visit
    account: Any
    kept: list[PostItem | PageEnd]
    pauses: list[float]
    stats: dict[str, Any]

    @property
    def items(self) -> list[PostItem]:
        """Posts, comments and marks of gone posts."""
        return [i for i in self.kept if isinstance(i, PostItem)]

    @property
    def posts(self) -> list[PostItem]:
        """Posts that stand."""
        return [i for i in self.items if not i.comment_id and not i.gone]

    @property
    def comments(self) -> list[PostItem]:
        """Comments."""
        return [i for i in self.items if i.comment_id]

    @property
    def gone(self) -> list[str]:
        """Numbers of posts that are no more."""
        return [i.external_id for i in self.items if i.gone and not i.comment_id]

    @property
    def cursor(self) -> dict[str, Any]:
        """The last cursor; empty when there was none."""
        return next((i.cursor for i in reversed(self.kept) if isinstance(i, PageEnd)), {})


def account(secret: str, kind: str = "user") -> Account:
    """An account with free turns."""
    return Account("a", kind, secret, FreeSlots())


def source(platform: str, address: str, cursor: dict[str, Any] | None = None, **more: Any) -> CrawlSource:
    """A source as a run gets it."""
    return CrawlSource("s", platform, address, account="a", cursor=cursor or {}, **more)


async def read(
    spider: type[Any], place: CrawlSource, settings: Settings, using: Account | None, *, now: datetime = NOW,
    preview: bool = False, work: Any = None, **attributes: Any,
) -> Read:  # fmt: skip
    """Run a spider over a source and return what it gave; `attributes` replace the spider's own (first_posts …)."""
    visit = Visit(place, settings, ZoneInfo("Europe/Moscow"), now, preview=preview)
    kept: list[PostItem | PageEnd] = []
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    changes = {"ITEM_PIPELINES": {Keep: 1}, "LOG_ENABLED": False, "SPIDER_MODULES": []}
    runner = AsyncCrawlerRunner(scrapy_settings(settings, **changes))
    kind = type(spider.__name__, (spider,), {"__module__": spider.__module__, **attributes})
    crawler = runner.create_crawler(kind)
    await runner.crawl(crawler, visit=visit, account=using, sleep=pause, intake=kept, work=work)
    assert crawler.stats is not None
    return Read(visit, using, kept, pauses, crawler.stats.get_stats())


def run(work: Coroutine[Any, Any, Any], seconds: float = 30) -> Any:
    """Run a test's coroutine with an end."""

    async def bounded() -> Any:
        return await asyncio.wait_for(work, seconds)

    return asyncio.run(bounded())
