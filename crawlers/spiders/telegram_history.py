"""History of a channel or group from where the last visit stopped, upwards, so that each page may move the cursor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from crawlers.spiders.telegram_post import Message

PAGE = 100
Ask = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages in ascending order; everything up to `last` has been read."""

    messages: list[Message]
    last: int
    top: bool = False
    """True for the newest page that reaches back to the last visit: it also shows older posts once more."""
    since: int = 0
    """For the top page: posts older than this number were not looked at."""
    ids: frozenset[int] = field(default_factory=frozenset)
    """Numbers of everything the page held, service lines too."""


class History:
    """Reads one channel or group."""

    def __init__(self, ask: Ask, place: tuple[int, int], *, first: int, size: int = PAGE) -> None:
        """`place` is id and access hash; `first` is how many messages a first visit reads."""
        self._ask, self._place, self._first, self._size = ask, place, first, size

    async def pages(self, last: int, *, only_top: bool = False) -> AsyncIterator[Page]:
        """Yield pages from the newest number already stored (0: a first visit) up to the newest message.

        Usually that is one call: the newest page reaches back to the last visit, and shows its posts for edits as well.
        """
        top = await self._history(limit=self._size)
        ids = top["ids"]
        if not ids:
            return
        if only_top or min(ids) <= last or (not last and len(ids) < self._size):
            yield _top(top["messages"], ids, full=len(ids) >= self._size)
            return
        async for page in self._upwards(last or await self._start(), max(ids)):
            yield page

    async def _start(self) -> int:
        """Return the number before the oldest message a first visit reads."""
        ids = (await self._history(add_offset=self._first - 1, limit=1))["ids"]
        return int(ids[0]) - 1 if ids else 0

    async def _upwards(self, last: int, newest: int) -> AsyncIterator[Page]:
        while last < newest:
            # min_id would be simpler, but Telegram answers nothing when it is far from the newest message.
            answer = await self._history(offset_id=last + 1, add_offset=-self._size, limit=self._size)
            ids = [i for i in answer["ids"] if i > last]
            if not ids:
                return
            messages = sorted((m for m in answer["messages"] if m["id"] > last), key=lambda m: m["id"])
            if max(ids) < newest:
                messages, ids = _without_cut_album(messages, ids)
            last = max(ids)
            yield Page(messages, last, ids=frozenset(ids))

    async def _history(self, **params: Any) -> Any:
        number, key = self._place
        return await self._ask("history", host=str(number), hash=key, **params)


def _top(messages: list[Message], ids: list[int], *, full: bool) -> Page:
    """Return the newest page; the album at its far end may be cut, and was read whole by the visit that met it first."""
    kept = sorted(messages, key=lambda m: m["id"])
    if full and kept and kept[0]["album"] is not None:
        kept = [m for m in kept if m["album"] != kept[0]["album"]] or kept
    since = kept[0]["id"] if full and kept else 0
    return Page(kept, max(ids), True, since, frozenset(ids))


def _without_cut_album(messages: list[Message], ids: list[int]) -> tuple[list[Message], list[int]]:
    """Leave the album at the end of a page to the next page, which will have all of it."""
    album = messages[-1]["album"] if messages else None
    kept = [m for m in messages if m["album"] is None or m["album"] != album]
    if album is None or not kept:
        return messages, ids
    cut = min(m["id"] for m in messages if m["album"] == album)
    return kept, [i for i in ids if i < cut]
