"""What every spider of ours shares: it serves one visit, and each failure becomes words for the desk."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import scrapy
from scrapy import signals

from casework.work import Work
from crawlers.items import PageEnd, PostItem
from crawlers.pages import host_of
from crawlers.reasons import trouble_of
from crawlers.visit import Visit


class SourceSpider(scrapy.Spider):
    """A plain spider that reads one source; subclasses write `first` and their callbacks."""

    name = ""
    max_pages = 50
    """Pages of one visit; what is left waits for the next one, so that no source eats the whole timetable."""

    visit: Visit
    work: Callable[[], Work] | None = None
    """Makes a piece of work at the present moment (accounts, slots); None where there is no database (tests of pages)."""
    intake: Any
    """Where the pipeline hands pages on (crawlers.pipelines.Intake)."""
    secret: bytes
    """Key of the author tokens; only the pipeline uses it."""
    clock: Callable[[], datetime]

    def __init__(self, visit: Visit, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.visit = visit
        self.source = visit.source
        self.cursor = visit.cursor

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> SourceSpider:
        """Build the spider and listen for errors of its callbacks (Scrapy's way)."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.on_error, signal=signals.spider_error)
        assert isinstance(spider, SourceSpider)
        return spider

    @property
    def allowed_hosts(self) -> frozenset[str] | None:
        """Hosts this visit may ask (with their subdomains), without "www."; None when it asks none over HTTP."""
        return frozenset({host_of(self.source.address)})

    async def start(self) -> AsyncIterator[Any]:
        """Yield the first requests of the visit."""
        for request in self.first():
            yield request

    def first(self) -> list[Any]:
        """Return the first requests of the visit."""
        return []

    def ask(self, url: str, callback: Callable[..., Any], **more: Any) -> scrapy.Request:
        """Return a request whose failures end up in the reason of the run."""
        errback = more.pop("errback", self.failed)
        return scrapy.Request(url, callback, errback=errback, dont_filter=True, **more)

    def failed(self, failure: Any) -> None:
        """Note why a page could not be read."""
        trouble = trouble_of(failure.value, getattr(failure, "request", None), self.visit.now)
        self.visit.trouble(trouble.reason, stops=trouble.stops, wait_s=trouble.wait_s)

    def on_error(self, failure: Any, response: Any, spider: Any) -> None:
        """Note that a page broke its reader: the reason of the run names the page, the log has the trace."""
        where = getattr(response, "url", self.source.address)
        self.visit.trouble(
            f"не удалось разобрать {where[:200]} ({type(failure.value).__name__}): сообщите технику номер запуска"
        )

    def read_one(self, read: Callable[[], PostItem]) -> PostItem | None:
        """Return the item of one record; a record that breaks its reader is told, and the rest of its page is read on."""
        try:
            return read()
        except Exception as error:  # strangers' markup: whatever is wrong with one record must not cost the others
            where = traceback.extract_tb(error.__traceback__)[-1]
            self.logger.error(
                "source %s: %s at %s:%s", self.source.id, type(error).__name__, where.filename, where.lineno
            )
            self.visit.count("unreadable")
            self.visit.trouble(
                f"есть записи, которые не удалось разобрать ({type(error).__name__}): сообщите технику номер запуска"
            )
            return None

    def give_up(self) -> None:
        """End the visit early (the pipeline cannot store any more)."""
        engine = self.crawler.engine
        if engine.running:
            task = asyncio.get_running_loop().create_task(engine.close_spider_async(reason="given up"))
            # Kept, or the loop could forget the task before it ran.
            self._ending = task

    @property
    def may_go_on(self) -> bool:
        """False when the visit has read its share of pages, was told to stop, or only shows a sample."""
        limit = 1 if self.visit.preview else self.max_pages
        return self.visit.stopped is None and self.visit.counts["pages"] < limit

    def page_end(self, cursor: dict[str, Any]) -> PageEnd:
        """Return the marker after which everything yielded so far is stored together with the cursor."""
        return PageEnd(self.source.id, cursor)
