"""Posts and comments of VK by their numbers, where official answers stand: few calls, within the limits of the account."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from casework.link_checks import Found
from casework.links import Link
from crawlers.clients.vk import VkClient
from crawlers.limits import Account, settle
from crawlers.refusal import Refusal, Scope
from crawlers.spiders.vk_post import comment_item, is_public, post_item

MOST_IDS = 100
"""VK takes no more posts in one wall.getById."""
PAGE, MOST_PAGES = 100, 5
"""Newest comments of a post among which an answer is looked for: five calls, five hundred comments."""
THREAD = 10

_Key = tuple[int, int]


class VkLinks:
    """Reads answers with one account; what it refuses ends up in the reason of each link."""

    def __init__(self, client: VkClient, account: Account) -> None:
        self._client, self._account = client, account
        self._walls: dict[int, Refusal | None] = {}

    async def read(self, links: Mapping[int, Link]) -> dict[int, Found]:
        """Return what stands at each link, by number of publication."""
        found: dict[int, Found] = {}
        try:
            posts = await self._posts(sorted({_key(link) for link in links.values()}))
            for number, link in links.items():
                found[number] = await self._one(link, posts.get(_key(link)))
        except Refusal as refusal:
            rest = Found(None, None, "unread", refusal.reason)
            found |= {number: rest for number in links if number not in found}
        return found

    async def _one(self, link: Link, raw: Mapping[str, Any] | None) -> Found:
        """Return what stands at one link; only what stops the account, or all of VK for a moment, is raised."""
        try:
            if raw is None:
                return await self._missing(link)
            if not is_public(raw):
                return Found(
                    None, None, "unread", "запись видна не всем: отложена, предложена или только для подписчиков"
                )
            if link.comment is None:
                item = post_item(raw, "")
                return Found(item.text, item.views, "read")
            return await self._comment(link)
        except Refusal as refusal:
            if refusal.scope in (Scope.ACCOUNT, Scope.MOMENT):
                raise
            return Found(None, None, "unread", refusal.reason)

    async def _posts(self, keys: Sequence[_Key]) -> dict[_Key, Mapping[str, Any]]:
        found: dict[_Key, Mapping[str, Any]] = {}
        for start in range(0, len(keys), MOST_IDS):
            ids = ",".join(f"{owner}_{post}" for owner, post in keys[start : start + MOST_IDS])
            for raw in _items(await self._ask("wall.getById", posts=ids)):
                if raw.get("is_deleted") is not True:
                    found[raw.get("owner_id", 0), raw.get("id", 0)] = raw
        return found

    async def _missing(self, link: Link) -> Found:
        """A post that VK does not give is deleted, unless its whole wall is closed: the wall is asked to tell."""
        owner = int(link.owner)
        if owner not in self._walls:
            try:
                await self._ask("wall.get", owner_id=owner, count=1)
                self._walls[owner] = None
            except Refusal as refusal:
                if refusal.scope in (Scope.ACCOUNT, Scope.MOMENT):
                    raise
                self._walls[owner] = refusal
        closed = self._walls[owner]
        if closed is not None:
            return Found(None, None, "unread", closed.reason)
        what = "запись, под которой стоял ответ, удалена" if link.comment else "записи на стене больше нет"
        return Found(None, None, "gone", f"ВКонтакте: {what}")

    async def _comment(self, link: Link) -> Found:
        """Look for a comment among the newest of its post, or of its thread."""
        owner, post, sure = int(link.owner), link.post or 0, True
        for page in range(MOST_PAGES):
            answer = await self._ask(
                "wall.getComments", owner_id=owner, post_id=post, comment_id=link.thread, count=PAGE, offset=page * PAGE,
                sort="desc", thread_items_count=THREAD, preview_length=0,
            )  # fmt: skip
            items = _items(answer)
            for raw in (raw for item in items for raw in (item, *_thread(item))):
                if raw.get("id") == link.comment:
                    item = comment_item(raw, "", owner, post)
                    gone = Found(None, None, "gone", "ВКонтакте: комментарий с ответом удалён")
                    return gone if item.gone else Found(item.text, None, "read")
            sure = sure and not any(_hidden(item) for item in items)
            if len(items) < PAGE:
                break
        else:
            sure = False
        if sure:
            return Found(None, None, "gone", "ВКонтакте: комментария с ответом под записью больше нет")
        why = "ВКонтакте: среди последних комментариев ответа не видно, а их очень много; проверьте глазами"
        return Found(None, None, "unread", why)

    async def _ask(self, method: str, **params: Any) -> Any:
        try:
            await self._account.slots.turn()
            return await asyncio.to_thread(self._client.read, method, params)
        except Refusal as refusal:
            await settle(self._account, refusal)
            raise


def _key(link: Link) -> _Key:
    return int(link.owner), link.post or 0


def _items(answer: Any) -> list[Mapping[str, Any]]:
    """Return the list of an answer; older versions gave wall.getById as a bare list."""
    items = answer.get("items") if isinstance(answer, Mapping) else answer
    if not isinstance(items, list):
        raise Refusal(502, "vk-broken", "ВКонтакте: в ответе нет списка, повторим в следующий раз")
    return [item for item in items if isinstance(item, Mapping)]


def _thread(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    thread = item.get("thread")
    items = thread.get("items") if isinstance(thread, Mapping) else None
    return [raw for raw in items or [] if isinstance(raw, Mapping)]


def _hidden(item: Mapping[str, Any]) -> bool:
    """Tell whether a comment has more answers than VK gives beside it."""
    thread = item.get("thread")
    total = thread.get("count") if isinstance(thread, Mapping) else 0
    return isinstance(total, int) and total > len(_thread(item))
