"""VK walls: posts with their counters and edits, comments with threads, deleted posts; from where the last visit stopped."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from crawlers.items import PageEnd, PostItem
from crawlers.refusal import Refusal, Scope
from crawlers.spiders.api import ApiSpider, api_settings
from crawlers.spiders.vk_comments import Comments
from crawlers.spiders.vk_post import gone_item, is_public, post_item
from crawlers.visit import PREVIEW_ITEMS

PAGE = 100
REVISIT = timedelta(days=3)
"""Posts of so many days are looked at again for edits, counters, late comments and deletion …"""
REVISIT_POSTS = 300
"""… but no more than three pages of them; the first page, 100 posts, is looked at in any case: it is one call.

Comments are read under these posts only, also on a first visit: at 0.22 s a call a thousand posts would take an hour.
"""
MOST_POSTS = 5000
"""New posts of one visit: a wall of a million is read page by page over many visits' worth of quota, not in one."""


@dataclass
class Wall:
    """What one visit has read of a wall, newest first."""

    owner: int | None
    counts: dict[int, int | None] = field(default_factory=dict)
    """Comments of each post read, in the order of the wall; None when the platform does not say."""
    pinned: set[int] = field(default_factory=set)
    total: int = 0

    @property
    def oldest(self) -> int:
        """Number of the oldest post read in order; a pinned one stands out of order."""
        return min((i for i in self.counts if i not in self.pinned), default=0)

    @property
    def latest(self) -> list[int]:
        """Numbers of the newest posts, newest first: as many as are looked at again."""
        return sorted(self.counts, reverse=True)[:REVISIT_POSTS]

    @property
    def newest(self) -> int:
        """Number of the newest post read; 0 when none."""
        return max(self.counts, default=0)


class VkSpider(ApiSpider):
    """Reads one community's wall. Cursor: address, owner, since (newest post stored), recent {post: its comments}."""

    name = "vk"
    scheme = "vk"
    whose = "ВКонтакте"
    custom_settings: dict[str, Any] | None = api_settings("vk", "crawlers.handlers.vk.VkHandler")

    async def read(self) -> AsyncIterator[PostItem | PageEnd]:
        """Yield new posts, posts of the last days once more, their new comments, and marks of deleted ones."""
        known = self.cursor if self.cursor.get("address") == self.source.address else {}
        wall = Wall(known.get("owner") or owner_of(self.source.address))
        since = int(known.get("since") or 0)
        recent = {int(k): v for k, v in (known.get("recent") or {}).items()}
        async for item in self._posts(wall, since):
            yield item
        if self.visit.preview or wall.owner is None:
            return
        async for item in self._gone(wall, recent):
            yield item
        yield self.page_end(self._cursor(wall, since, recent, set()))
        if self.source.comments:
            async for item in self._comments(wall, since, recent):
                yield item

    async def _comments(self, wall: Wall, since: int, recent: Mapping[int, Any]) -> AsyncIterator[PostItem | PageEnd]:
        """Yield comments of the newest posts; each post whose comments are all read moves the cursor."""
        # A key of unknown kind is tried with a batch first; a service key answers 28 and is read one by one from then on.
        batched = self.account is not None and self.account.kind in ("user", "")
        comments = Comments(self.visit, self.call, wall.owner or 0, batched=batched)
        async for part in comments.read(_with_new_comments(wall, recent)):
            for item in part:
                yield item
            yield self.page_end(self._cursor(wall, since, recent, comments.done))

    async def _posts(self, wall: Wall, since: int) -> AsyncIterator[PostItem | PageEnd]:
        """Yield posts from the newest down to where the last visit stopped and as far back as edits are looked for."""
        offset, size = 0, PREVIEW_ITEMS if self.visit.preview else PAGE
        while True:
            place = {"owner_id": wall.owner} if wall.owner is not None else {"domain": name_of(self.source.address)}
            answer = await self.call("wall.get", **place, count=size, offset=offset)
            raws = _items(answer)
            self.visit.count("pages")
            for raw in raws:
                if item := self._taken(raw, wall):
                    yield item
            if not self.visit.preview:
                yield self.page_end(dict(self.cursor))
            offset += len(raws)
            if self.visit.preview or _is_end(answer, offset) or self._enough(wall, raws, since, offset):
                return

    def _taken(self, raw: Any, wall: Wall) -> PostItem | None:
        """Return the item of a raw post, and remember it as read; None for what is not public."""
        if not isinstance(raw, Mapping) or not isinstance(raw.get("id"), int):
            self.visit.count("unreadable")
            return post_item(raw if isinstance(raw, Mapping) else {}, self.source.id)  # the pipeline quarantines it
        owner = raw.get("owner_id")
        if isinstance(owner, int) and owner > 0:
            reason = "Это личная страница человека: Отклик читает только стены сообществ. Замените источник"
            raise Refusal(403, "vk-person", reason, Scope.SOURCE)
        wall.owner = wall.owner if wall.owner is not None or not isinstance(owner, int) else owner
        if not _stands(raw):
            return gone_item(self.source.id, wall.owner or 0, raw["id"])
        if not is_public(raw):
            self.visit.count("not_public")
            return None
        item = post_item(raw, self.source.id)
        wall.counts[raw["id"]] = item.comments
        if raw.get("is_pinned"):
            wall.pinned.add(raw["id"])
        return item

    def _enough(self, wall: Wall, raws: list[Any], since: int, read: int) -> bool:
        if not since:
            return read >= self.first_posts
        if wall.oldest > since:
            if read >= MOST_POSTS:
                self.visit.trouble(f"На стене больше {MOST_POSTS} новых записей за раз: прочитаны самые новые")
            return read >= MOST_POSTS
        last = raws[-1].get("date") if raws and isinstance(raws[-1], Mapping) else None
        fresh = isinstance(last, int) and last > (self.visit.now - REVISIT).timestamp()
        return not fresh or read >= REVISIT_POSTS

    async def _gone(self, wall: Wall, recent: Mapping[int, Any]) -> AsyncIterator[PostItem]:
        """Yield marks of posts that stood within the range just read and are there no more; VK is asked once more to be sure."""
        missing = sorted(i for i in recent if wall.oldest <= i and i not in wall.counts)[-PAGE:] if wall.counts else []
        if not missing or wall.owner is None:
            return
        ids = ",".join(f"{wall.owner}_{i}" for i in missing)
        found = {r["id"] for r in _items(await self.call("wall.getById", posts=ids)) if _stands(r)}
        for number in missing:
            if number not in found:
                self.visit.count("gone")
                yield gone_item(self.source.id, wall.owner, number)

    def _cursor(self, wall: Wall, since: int, recent: Mapping[int, Any], read: set[int]) -> dict[str, Any]:
        """Return where the next visit starts: all posts are stored, and the comments of the posts in `read`."""
        # Any other post keeps its old count, so that a visit cut short, or a failure, is made up for by the next one.
        kept = {str(i): wall.counts[i] if i in read or not wall.counts[i] else recent.get(i) for i in wall.latest}
        return {"address": self.source.address, "owner": wall.owner, "since": max(since, wall.newest), "recent": kept}


def owner_of(address: str) -> int | None:
    """Return the wall's owner when the address says it (club1, public1, event1, -1); Refusal for a person's page."""
    name = name_of(address)
    if re.fullmatch(r"id\d+", name):
        raise Refusal(
            403, "vk-person", "Это личная страница человека: Отклик читает только стены сообществ", Scope.SOURCE
        )
    found = re.fullmatch(r"(?:club|public|event|wall)?-?(\d+)", name)
    return -int(found.group(1)) if found else None


def name_of(address: str) -> str:
    """Return the last part of an address: the community's short name or club number."""
    return address.split("?")[0].rstrip("/").rpartition("/")[2].lstrip("@").lower()


def _items(answer: Any) -> list[Any]:
    """Return the list of a VK answer; a Refusal when it is not there. Older versions gave wall.getById as a bare list."""
    response = answer.get("response")
    items = response.get("items") if isinstance(response, Mapping) else response
    if not isinstance(items, list):
        raise Refusal(502, "vk-broken", "ВКонтакте: в ответе нет списка записей, повторим в следующий раз")
    return items


def _is_end(answer: Any, read: int) -> bool:
    """Tell whether a wall has no more posts; a page may be shorter than asked for, so its length says nothing."""
    total = answer["response"].get("count") if isinstance(answer["response"], Mapping) else None
    return not _items(answer) or (isinstance(total, int) and read >= total)


def _stands(raw: Any) -> bool:
    return isinstance(raw, Mapping) and isinstance(raw.get("id"), int) and raw.get("is_deleted") is not True


def _with_new_comments(wall: Wall, recent: Mapping[int, Any]) -> list[int]:
    """Return newest posts whose number of comments differs from what was read before; no comments cost nothing."""
    return [i for i in wall.latest if wall.counts[i] and recent.get(i) != wall.counts[i]]
