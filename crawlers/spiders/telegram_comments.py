"""Comments of a channel: its discussion group's history, each message led to its post; post by post where it is closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from crawlers.items import PostItem
from crawlers.refusal import Refusal, Scope
from crawlers.spiders.telegram_history import PAGE, History
from crawlers.spiders.telegram_post import Message, comment_item
from crawlers.visit import Visit

Ask = Callable[..., Awaitable[Any]]
KEPT_ROOTS = 200
"""Posts whose place in the group is remembered between visits: one call finds any other."""
MOST_A_POST = 1000
"""Newest comments of one post in one visit where the group is closed: 10 calls."""
CLOSED_LOOK_S = 86_400
"""A closed group is tried again once a day: owners open them."""


class GroupComments:
    """Comments through the discussion group. State: last number read, where posts stand in the group, closed since."""

    def __init__(
        self, visit: Visit, ask: Ask, place: dict[str, Any], name: str, state: dict[str, Any], first: int
    ) -> None:
        self._visit, self._ask, self._place, self._name, self._first = visit, ask, place, name, first
        same = state.get("id") == place["linked_id"]
        self._last = int(state.get("last") or 0) if same else 0
        self._roots = {int(k): v for k, v in (state.get("roots") or {}).items()} if same else {}
        self._closed_at = float(state.get("closed_at") or 0) if same else 0.0
        self.failed: set[int] = set()

    @property
    def state(self) -> dict[str, Any]:
        """What the next visit needs, as JSON values."""
        roots = {str(k): self._roots[k] for k in sorted(self._roots)[-KEPT_ROOTS:]}
        return {"id": self._place["linked_id"], "last": self._last, "roots": roots, "closed_at": self._closed_at}

    async def read(self, changed: list[int]) -> AsyncIterator[list[PostItem]]:
        """Yield new comments, a page at a time; `changed` are posts with new comments, needed where the group is closed."""
        if not self._is_closed():
            try:
                async for items in self._through_group():
                    yield items
                return
            except Refusal as refusal:
                if refusal.scope not in (Scope.SOURCE, Scope.PLACE):
                    raise
                self._closed_at = self._visit.now.timestamp()
        for post in changed:
            async for items in self._under(post):
                yield items

    def _is_closed(self) -> bool:
        fresh = self._visit.now.timestamp() - self._closed_at < CLOSED_LOOK_S
        return fresh or not self._place["linked_hash"]

    async def _through_group(self) -> AsyncIterator[list[PostItem]]:
        group = (self._place["linked_id"], self._place["linked_hash"])
        async for page in History(self._ask, group, first=self._first).pages(self._last):
            self._visit.count("comment_pages")
            await self._learn_roots(page.messages, group)
            self._last = page.last
            yield [item for m in page.messages if (item := self._comment(m)) is not None]

    async def _learn_roots(self, messages: list[Message], group: tuple[int, int]) -> None:
        """Remember where posts of the channel stand in the group; ask for those that older pages held."""
        for message in messages:
            self._note_root(message)
        known = self._roots.keys() | {m["id"] for m in messages}
        missing = sorted({r for m in messages if (r := _root(m)) is not None} - known)
        for start in range(0, len(missing), PAGE):
            ids = missing[start : start + PAGE]
            answer = await self._ask("messages", host=str(group[0]), hash=group[1], ids=",".join(map(str, ids)))
            self._roots.update(dict.fromkeys(ids, 0))
            for message in answer["messages"]:
                self._note_root(message)

    def _note_root(self, message: Message) -> None:
        if message["copy"] and message["copy"][0] == self._place["id"]:
            self._roots[message["id"]] = message["copy"][1]

    def _comment(self, message: Message) -> PostItem | None:
        if message["id"] in self._roots and self._roots[message["id"]]:
            return None  # the post itself, forwarded here by Telegram
        post = self._roots.get(_root(message) or 0)
        if not post:
            self._visit.count("not_comments")  # talk of the group that stands under no post of the approved channel
            return None
        return comment_item(message, self._visit.source.id, self._name, self._place["id"], post)

    async def _under(self, post: int) -> AsyncIterator[list[PostItem]]:
        offset, read = 0, 0
        while read < MOST_A_POST:
            try:
                answer = await self._ask(
                    "replies", host=str(self._place["id"]), hash=self._place["hash"], post=post, offset_id=offset
                )
            except Refusal as refusal:
                if refusal.scope is Scope.ACCOUNT:
                    raise
                self.failed.add(post)
                self._visit.count("comments_closed")
                return
            self._visit.count("comment_pages")
            yield [
                comment_item(m, self._visit.source.id, self._name, self._place["id"], post) for m in answer["messages"]
            ]
            if len(answer["ids"]) < PAGE:
                return
            offset, read = min(answer["ids"]), read + len(answer["ids"])
        self._visit.trouble(f"У записи {post} очень много комментариев: прочитаны {read} самых новых")


def _root(message: Message) -> int | None:
    """Return the number in the group of what a message stands under, or None for a message of its own."""
    found = message["top"] or message["reply_to"]
    return int(found) if found else None
