"""What the spiders of VK and Telegram share: one call after another, bounded repeats, refusals in words for the desk."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import scrapy

from crawlers.handlers.answers import HELLO, refusal_in
from crawlers.items import PageEnd, PostItem
from crawlers.limits import Account, Sleep, account_of
from crawlers.refusal import Refusal, Scope
from crawlers.spiders.base import SourceSpider
from crawlers.visit import Visit

REPEATS = 3
"""A momentary refusal is asked again so many times; then the run ends and the timetable brings the source again."""
PAUSES_S = (1.0, 3.0, 9.0)
"""Before each repeat, unless the platform named its own wait."""
LONGEST_PAUSE_S = 30.0
"""A platform that asks for a longer wait ends the run: a run that sleeps holds its place for nobody's good."""
ACCOUNT_LOOK_S = 3600.0
"""While an account waits for a person, its sources come by once an hour: asking the database costs nothing."""

_log = logging.getLogger(__name__)


def api_settings(scheme: str, handler: str) -> dict[str, Any]:
    """Return Scrapy settings of a spider that only speaks our scheme: no HTTP at all, pace kept by the account's row."""
    closed = dict.fromkeys(("http", "https", "file", "ftp", "s3", "data"))
    return {
        "DOWNLOAD_HANDLERS": {**closed, scheme: handler},
        "DOWNLOAD_SLOTS": {scheme: {"concurrency": 1, "delay": 0, "jitter": 0}},
        "CONCURRENT_ITEMS": 1,  # items and page ends reach the pipeline in the order in which they were yielded
    }


class GivenUp(Exception):
    """Чтение прекращено."""


class ApiSpider(SourceSpider):
    """Reads one source call by call: the account's pace allows no more, and the order of the pages is kept."""

    name = ""  # not a spider of its own: Scrapy's list leaves it out
    scheme = ""
    whose = ""
    """The platform's name in the genitive, for messages."""
    first_posts = 1000
    """How far back the first visit of a source reads."""

    def __init__(
        self, visit: Visit, account: Account | None = None, sleep: Sleep = asyncio.sleep, **kwargs: Any
    ) -> None:
        super().__init__(visit, **kwargs)
        self.account = account
        self._sleep = sleep
        self._given_up = False

    async def start(self) -> AsyncIterator[Any]:
        """Yield the one request that the handler answers itself; everything else happens in `opened`."""
        try:
            if self.account is None and self.work is not None:
                self.account = await asyncio.to_thread(account_of, self.work, self.visit.settings, self.source)
        except Refusal as refusal:
            self.note(refusal)
            return
        if self.account is None:
            self.visit.trouble(f"Для источника «{self.source.id}» не открыта учётная запись {self.whose}")
            return
        yield self._request(HELLO, "api", {})

    async def opened(self, response: Any) -> AsyncIterator[PostItem | PageEnd]:
        """Read the source; whatever goes wrong becomes a reason of the visit."""
        try:
            async for item in self.read():
                yield item
        except GivenUp:
            return  # the pipeline has said why
        except Refusal as refusal:
            self.note(refusal)
        except Exception as e:
            # The door of a run: our own mistake must be seen at the desk, and no text of a post may get into a log.
            where = traceback.extract_tb(e.__traceback__)[-1]
            _log.error("source %s: %s at %s:%s", self.source.id, type(e).__name__, where.filename, where.lineno)
            self.visit.trouble(
                f"Внутренняя ошибка чтения {self.whose} ({type(e).__name__}): сообщите технику номер запуска"
            )

    def read(self) -> AsyncIterator[PostItem | PageEnd]:
        """Yield posts, comments and page ends of the source; subclasses write it as an async generator."""
        raise TypeError(f"{type(self).__name__}.read")

    async def call(self, path: str, host: str = "api", **params: Any) -> Any:
        """Return the answer of one call, repeating a momentary refusal a few times; Refusal when it stays refused."""
        for repeat in range(REPEATS + 1):
            if self._given_up:
                raise GivenUp
            self.visit.count("requests")
            response: Any = await self.crawler.engine.download_async(self._request(path, host, params))
            refusal = refusal_in(response)
            if refusal is None:
                return response.json()
            pause = refusal.wait_s if refusal.wait_s is not None else PAUSES_S[min(repeat, len(PAUSES_S) - 1)]
            if repeat == REPEATS or not _may_repeat(refusal) or pause > LONGEST_PAUSE_S:
                raise refusal
            self.visit.count("repeats")
            await self._sleep(pause)
        raise AssertionError("the loop returns or raises")

    def give_up(self) -> None:
        """End the visit early: the pipeline cannot store any more, so nothing more is asked either."""
        self._given_up = True
        super().give_up()

    def note(self, refusal: Refusal) -> None:
        """Turn a refusal into a reason of the visit, and say whether the source or its account must rest."""
        if refusal.scope in (Scope.SOURCE, Scope.ACCOUNT):
            wait = ACCOUNT_LOOK_S if refusal.scope is Scope.ACCOUNT and refusal.wait_s is None else refusal.wait_s
            self.visit.trouble(refusal.reason, stops=True, wait_s=wait)
        else:
            self.visit.trouble(refusal.reason)

    def _request(self, path: str, host: str, params: dict[str, Any]) -> scrapy.Request:
        query = urlencode({k: v for k, v in params.items() if v is not None})
        meta = {
            "download_slot": self.scheme,
            "dont_obey_robotstxt": True,
            "dont_retry": True,
            "dont_redirect": True,
            "dont_cache": True,
        }
        return scrapy.Request(
            f"{self.scheme}://{host}/{path}?{query}", self.opened, meta=meta, dont_filter=True, errback=self.failed
        )


def _may_repeat(refusal: Refusal) -> bool:
    return refusal.scope is Scope.MOMENT and refusal.status in (429, 502, 503, 504)
