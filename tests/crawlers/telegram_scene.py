"""A Telegram peer with a channel and its discussion group, and a crawl of it: what the stories of the spider share."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from crawlers.readonly import READ_REQUESTS
from crawlers.spiders.telegram import TelegramSpider
from district.settings import Settings
from tests.crawlers.api_run import NOW, Read, account, read, run, source
from tests.peers.mtproto import Peer
from tests.peers.mtproto_keys import PUBLIC_PEM

CHANNEL = "https://t.me/beloe_online"
Story = Callable[["Scene"], Coroutine[Any, Any, Any]]


class Scene:
    """A peer with channel 100 and its group 200, and a signed-in session."""

    def __init__(self, peer: Peer, folder: Path) -> None:
        self.peer, self.world = peer, peer.world
        self.channel = self.world.channel(100, "beloe_online", linked=200)
        self.group = self.world.channel(200, "beloe_talk", chat=True)
        self.session = peer.ready_session()
        self._pem = folder / "dc.pem"
        self._pem.write_text(PUBLIC_PEM)

    @property
    def settings(self) -> Settings:
        """Settings that lead Telethon to the peer."""
        return Settings(
            telegram_dc=self.peer.dc, telegram_dc_key=self._pem, telegram_api_id=1, telegram_api_hash=SecretStr("h"),
            allow_internal=("127.0.0.1",),
        )  # fmt: skip

    def posts(self, count: int, **more: Any) -> None:
        """Put posts into the channel, a minute apart, the last one now."""
        for i in range(count):
            date = NOW - timedelta(minutes=count - 1 - i)
            self.world.post(
                self.channel, f"Сообщение {i}: нет воды, улица Лесная, {i}", date=date, views=10 + i, **more
            )

    def mirrored(self, post: int) -> int:
        """Forward a post into the group, as Telegram does; returns its number there."""
        return int(self.world.post(self.group, f"пост {post}", copy=(100, post), date=NOW).id)

    def comment(self, root: int, text: str, answers: int = 0, sender: int = 7) -> int:
        """Put a comment under a mirrored post; returns its number."""
        top = root if answers else None
        return int(self.world.post(self.group, text, sender=sender, reply_to=answers or root, top=top, date=NOW).id)

    async def crawl(self, cursor: dict[str, Any] | None = None, *, address: str = CHANNEL, **more: Any) -> Read:
        """Read the channel once."""
        place = source("telegram", address, cursor, comments=more.pop("comments", True))
        return await read(TelegramSpider, place, self.settings, account(more.pop("session", self.session)), **more)


def play(story: Story, folder: Path) -> None:
    """Run a story beside a fresh peer, which must have been asked for nothing but reading."""

    async def go() -> None:
        peer = await Peer().start()
        try:
            await story(Scene(peer, folder))
        finally:
            await peer.stop()
        allowed = {name.partition(".")[2].removesuffix("Request") for name in READ_REQUESTS}
        assert set(peer.world.calls) <= allowed | {"GetConfig"}

    run(go())
