"""tg://<channel>/<what>?… as a Scrapy download handler: one turn of the account, one reading request, one answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Request, Response

from crawlers.clients.telegram import PAGE, Reader
from crawlers.clients.telegram_messages import message_json, number_of
from crawlers.handlers.answers import HELLO, answered, asked, refused
from crawlers.limits import Account, settle
from crawlers.refusal import Refusal
from district.settings import Settings


class TelegramHandler(BaseDownloadHandler):
    """tg://name/find · tg://id/history?hash=… · tg://id/replies?hash=…&post=… · tg://id/messages?hash=…&ids=1,2."""

    lazy = True

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._account: Account = crawler.spider.account
        self._settings: Settings = crawler.spider.visit.settings
        self._reader = Reader(self._settings, self._account.secret)

    async def download_request(self, request: Request) -> Response:
        """Ask Telegram, or say why not; never raises for what Telegram or the network did."""
        host, path, params = asked(request)
        if path == HELLO:
            return answered(request, {})
        try:
            await self._account.slots.turn()
            return answered(request, await self._read(host, path, params))
        except Refusal as refusal:
            await settle(self._account, refusal)
            return refused(request, refusal)

    async def close(self) -> None:
        """Leave the data centre; the session stays valid."""
        await self._reader.close()

    async def _read(self, host: str, path: str, params: dict[str, str]) -> dict[str, Any]:
        if path == "find":
            return asdict(await self._reader.find(host))
        place = int(host), int(params["hash"])
        offset, limit = int(params.get("offset_id", 0)), int(params.get("limit", PAGE))
        if path == "history":
            add = int(params.get("add_offset", 0))
            return _page(await self._reader.page(place, offset_id=offset, add_offset=add, limit=limit))
        if path == "replies":
            return _page(await self._reader.replies(place, int(params["post"]), offset_id=offset, limit=limit))
        if path == "messages":
            return _page(await self._reader.by_ids(place, [int(i) for i in params["ids"].split(",")]))
        raise Refusal(400, "tg-path", f"Такого запроса нет: {path}")


def _page(messages: list[Any]) -> dict[str, Any]:
    """Messages as JSON, and the numbers of everything the page held: service lines and empty places count too."""
    told = [m for m in map(message_json, messages) if m is not None]
    return {"messages": told, "ids": [number_of(m) for m in messages]}
