"""A VK peer with one community and a crawl of it: what the stories of the VK spider share."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from crawlers.readonly import READ_METHODS
from crawlers.spiders.vk import VkSpider
from district.settings import Settings
from tests.conftest import SHARED
from tests.crawlers.api_run import NOW, Read, account, read, run, source
from tests.peers.vk_api import VkPeer
from tests.peers.vk_schema import Schema

WALL = "https://vk.com/beloe_online"
HOUR = 3600
SCHEMA = SHARED / "data" / "vk-api-schema"
Story = Callable[["Scene"], Coroutine[Any, Any, Any]]


class Scene:
    """A peer with one community, and a crawl of it."""

    def __init__(self, peer: VkPeer) -> None:
        self.peer = peer
        self.world = peer.world
        self.group = self.world.group("beloe_online", 1)

    @property
    def settings(self) -> Settings:
        return Settings(vk_base=self.peer.base, allow_internal=("127.0.0.1",))

    def posts(self, count: int, *, every_s: int = 600) -> None:
        """Put posts on the wall, the newest now."""
        last = int(NOW.timestamp())
        for i in range(1, count + 1):
            self.world.post(
                self.group, f"Сообщение {i}: нет воды, улица Лесная, {i}", date=last - (count - i) * every_s
            )

    async def crawl(
        self,
        cursor: dict[str, Any] | None = None,
        *,
        key: str = "user-1",
        kind: str = "user",
        address: str = WALL,
        **more: Any,
    ) -> Read:
        place = source("vk", address, cursor, comments=more.pop("comments", True))
        return await read(VkSpider, place, self.settings, account(key, kind), **more)


def play(story: Story, *, paced: bool = False) -> None:
    """Run a story beside a fresh peer whose every answer keeps to the published schema, where the schema is at hand."""

    async def go() -> None:
        peer = await VkPeer(paced=paced, schema=Schema(SCHEMA) if SCHEMA.is_dir() else None).start()
        try:
            await story(Scene(peer))
        finally:
            await peer.stop()
        assert peer.bad == []
        assert {name for name, _ in peer.log} <= READ_METHODS | {"execute"}

    run(go())
