"""vk://api/<method>?… as a Scrapy download handler: one turn of the account, one reading call, one answer."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Request, Response

from crawlers.clients.gateway import check_base
from crawlers.clients.vk import Call, VkClient
from crawlers.handlers.answers import HELLO, answered, asked, refused
from crawlers.limits import Account, settle
from crawlers.refusal import Refusal
from district.settings import Settings


class VkHandler(BaseDownloadHandler):
    """Made at the spider's first request; its account and settings come from the spider."""

    lazy = True

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._account: Account = crawler.spider.account
        self._settings: Settings = crawler.spider.visit.settings
        self._client: VkClient | None = None

    async def download_request(self, request: Request) -> Response:
        """Ask VK, or say why not; never raises for what VK or the network did."""
        _, path, params = asked(request)
        if path == HELLO:
            return answered(request, {})
        try:
            await self._account.slots.turn()
            return answered(request, {"response": await asyncio.to_thread(self._read, path, params)})
        except Refusal as refusal:
            await settle(self._account, refusal)
            return refused(request, refusal)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()

    def _read(self, path: str, params: dict[str, str]) -> Any:
        if self._client is None:
            self._client = open_client(self._settings, self._account.secret)
        if path != "execute":
            return self._client.read(path, params)
        found = self._client.read_many([Call(**call) for call in json.loads(params["calls"])])
        return {key: _plain(value) for key, value in found.items()}


def open_client(settings: Settings, token: str) -> VkClient:
    """Return a client at the address of the settings; Refusal when that address is internal and not allowed."""
    check_base(settings.vk_base, settings)
    return VkClient(token, base=settings.vk_base, ca_bundle=settings.ca_bundle)


def _plain(value: Any) -> dict[str, Any]:
    if isinstance(value, Refusal):
        return {
            "error": {"code": value.code, "reason": value.reason, "scope": value.scope.value, "wait_s": value.wait_s}
        }
    return {"response": value}
