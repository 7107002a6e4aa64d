"""Answers in Telegram that the public preview does not show — in open chats, in comments — read with the account."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

from casework.link_checks import Found
from casework.links import Link
from crawlers.clients.telegram import PAGE, Place, Reader
from crawlers.clients.telegram_messages import message_json
from crawlers.limits import Account, settle
from crawlers.refusal import Refusal, Scope

MOST_PAGES = 5
"""Pages of a closed discussion's comments among which an answer is looked for: five hundred."""
_Asked = TypeVar("_Asked")


class TelegramLinks:
    """Reads messages by number with one account; names are looked up once a round, for Telegram counts that strictly."""

    def __init__(self, reader: Reader, account: Account) -> None:
        self._reader, self._account = reader, account
        self._places: dict[str, Place | Refusal] = {}

    async def read(self, links: Mapping[int, Link]) -> dict[int, Found]:
        """Return what stands at each link, by number of publication; what stops the account is the reason of the rest."""
        found: dict[int, Found] = {}
        stopped = ""
        for number, link in links.items():
            if stopped:
                found[number] = Found(None, None, "unread", stopped)
                continue
            try:
                found[number] = await self._one(link)
            except Refusal as refusal:
                found[number] = Found(None, None, "unread", refusal.reason)
                stopped = refusal.reason if refusal.scope is Scope.ACCOUNT else ""
        return found

    async def _one(self, link: Link) -> Found:
        place = await self._place(link.owner)
        if link.comment is None:
            what = f"в канале или чате {link.owner} записи {link.post} больше нет"
            return _told(await self._message((place.id, place.hash), link.post or 0), what)
        gone = f"комментария {link.comment} под записью {link.post} больше нет"
        if place.linked_id is not None and place.linked_hash:
            try:
                return _told(await self._message((place.linked_id, place.linked_hash), link.comment), gone)
            except Refusal as refusal:  # a closed discussion still shows its comments under the post
                if refusal.scope in (Scope.ACCOUNT, Scope.MOMENT):
                    raise
        return await self._reply(place, link, gone)

    async def _place(self, name: str) -> Place:
        if name not in self._places:
            try:
                self._places[name] = await self._ask(self._reader.find(name))
            except Refusal as refusal:
                if refusal.scope is Scope.ACCOUNT:
                    raise
                self._places[name] = refusal
        known = self._places[name]
        if isinstance(known, Refusal):
            raise known
        return known

    async def _message(self, place: tuple[int, int], number: int) -> dict[str, Any] | None:
        messages = await self._ask(self._reader.by_ids(place, [number]))
        return next((told for told in map(message_json, messages) if told is not None and told["id"] == number), None)

    async def _reply(self, place: Place, link: Link, gone: str) -> Found:
        """Look for a comment in a closed discussion, page by page, from the newest."""
        offset = 0
        for _ in range(MOST_PAGES):
            messages = await self._ask(
                self._reader.replies((place.id, place.hash), link.post or 0, offset_id=offset, limit=PAGE)
            )
            told = [one for one in map(message_json, messages) if one is not None]
            match = next((one for one in told if one["id"] == link.comment), None)
            if match is not None or len(messages) < PAGE:
                return _told(match, gone)
            offset = min(int(one.id) for one in messages)
        return Found(
            None, None, "unread", "среди последних комментариев ответа не видно, а их очень много; проверьте глазами"
        )

    async def _ask(self, call: Awaitable[_Asked]) -> _Asked:
        try:
            await self._account.slots.turn()
            return await call
        except Refusal as refusal:
            await settle(self._account, refusal)
            raise
        finally:
            if hasattr(call, "close"):
                call.close()  # never awaited when the account rests


def _told(message: Mapping[str, Any] | None, gone: str) -> Found:
    if message is None:
        return Found(None, None, "gone", f"Telegram: {gone}")
    return Found(message["text"], message["views"], "read")
