"""Telegram channels and open chats: posts with counters and edits, comments, deleted messages; nobody joins anything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from crawlers.items import PageEnd, PostItem
from crawlers.refusal import Refusal, Scope
from crawlers.spiders.api import ApiSpider, api_settings
from crawlers.spiders.telegram_comments import GroupComments
from crawlers.spiders.telegram_history import PAGE, History, Page
from crawlers.spiders.telegram_post import gone_item, joined, post_item
from crawlers.visit import PREVIEW_ITEMS

KEPT = 100
"""Newest posts remembered between visits, with their comments: as many as the newest page shows again."""
FIND_AGAIN_S = 7 * 86_400
"""Once a week the name is looked up again: a discussion group appears, a name changes hands. It is Telegram's dearest call."""


class TelegramSpider(ApiSpider):
    """Reads one channel or open chat.

    Cursor: address, account, place (numbers of the channel and of its group), found_at, last (newest message stored),
    recent {post: its comments}, linked (state of the comments).
    """

    name = "telegram"
    scheme = "tg"
    whose = "Telegram"
    custom_settings: dict[str, Any] | None = api_settings("tg", "crawlers.handlers.telegram.TelegramHandler")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = dict(self.cursor) if self.cursor.get("address") == self.source.address else {}
        self._state: dict[str, Any] = self._known
        self._counts: dict[int, int | None] = {}
        """Comments of the newest posts as they are now; `recent` keeps what was read of them."""
        self._changed: list[int] = []

    async def read(self) -> AsyncIterator[PostItem | PageEnd]:
        """Yield new messages, the newest known ones once more, new comments, and marks of deleted messages."""
        self._state = await self._found()
        try:
            async for item in self._posts():
                yield item
        except Refusal as refusal:
            if refusal.code != "tg-CHANNEL_INVALID" or self._state is not self._known:
                raise
            self._state = await self._find()
            async for item in self._posts():
                yield item
        if self.source.comments and not self.visit.preview and self._place["linked_id"]:
            async for item in self._comments():
                yield item

    @property
    def _place(self) -> dict[str, Any]:
        place: dict[str, Any] = self._state["place"]
        return place

    async def _found(self) -> dict[str, Any]:
        """Return the state to go on from: the cursor's while its numbers are this account's and fresh, else looked up anew."""
        fresh = self.visit.now.timestamp() - float(self._known.get("found_at") or 0) < FIND_AGAIN_S
        if self._known.get("place") and fresh and self._known.get("account") == self.source.account:
            return self._known
        return await self._find()

    async def _find(self) -> dict[str, Any]:
        place = await self.call("find", host=name_of(self.source.address))
        old = self._known.get("place") or {}
        kept = self._known if old.get("id") == place["id"] else {}  # another channel behind the name: start afresh
        return {
            **kept,
            "address": self.source.address,
            "account": self.source.account,
            "place": place,
            "found_at": int(self.visit.now.timestamp()),
        }

    async def _posts(self) -> AsyncIterator[PostItem | PageEnd]:
        preview = self.visit.preview
        history = History(self.call, self._key, first=self.first_posts, size=PREVIEW_ITEMS if preview else PAGE)
        recent = {int(k): v for k, v in (self._state.get("recent") or {}).items()}
        counts = dict(recent)
        async for page in history.pages(int(self._state.get("last") or 0), only_top=preview):
            self.visit.count("pages")
            for message in joined(page.messages):
                counts[message["id"]] = message["replies"]
                yield post_item(message, self.source.id, self._name, self._place["id"])
            if preview:
                return
            async for item in self._gone(page, recent):
                counts.pop(int(item.external_id.rpartition("_")[2]), None)
                yield item
            self._counts = {i: counts[i] for i in sorted(counts)[-KEPT:]}
            self._changed = [i for i, n in self._counts.items() if n and recent.get(i) != n]
            # A post whose comments are still to be read keeps its old count until they are.
            told = {str(i): recent.get(i) for i in self._counts}
            self._state = {**self._state, "last": page.last, "recent": told}
            yield self.page_end(self._state)

    async def _gone(self, page: Page, recent: Mapping[int, Any]) -> AsyncIterator[PostItem]:
        """Yield marks of messages that stood where the newest page looked and are there no more."""
        missing = sorted(i for i in recent if page.since <= i and i not in page.ids) if page.top else []
        if not missing:
            return
        number, key = self._key
        answer = await self.call("messages", host=str(number), hash=key, ids=",".join(map(str, missing)))
        standing = {m["id"] for m in answer["messages"]}
        for lost in missing:
            if lost not in standing:
                self.visit.count("gone")
                yield gone_item(self.source.id, self._name, self._place["id"], lost)

    async def _comments(self) -> AsyncIterator[PostItem | PageEnd]:
        state = self._state.get("linked") or {}
        group = GroupComments(self.visit, self.call, self._place, self._name, state, self.first_posts)
        async for items in group.read(self._changed):
            for item in items:
                yield item
            self._state = {**self._state, "linked": group.state}
            yield self.page_end(self._state)
        old = self._state.get("recent") or {}
        told = {str(i): old.get(str(i)) if i in group.failed else n for i, n in self._counts.items()}
        self._state = {**self._state, "linked": group.state, "recent": told or old}
        yield self.page_end(self._state)

    @property
    def _key(self) -> tuple[int, int]:
        return self._place["id"], self._place["hash"]

    @property
    def _name(self) -> str:
        return name_of(self.source.address)


def name_of(address: str) -> str:
    """Return the public name in an address: t.me/name, t.me/s/name, @name, name; Refusal for an invitation or a private chat."""
    path = address.split("?")[0].rstrip("/").removeprefix("@")
    name = path.rpartition("/")[2]
    if name.startswith("+") or "/joinchat" in path or "/c/" in path:
        raise Refusal(
            403,
            "tg-invite",
            "Это приглашение в закрытый чат: Отклик читает только открытые каналы и чаты",
            Scope.SOURCE,
        )
    return name.lower()
