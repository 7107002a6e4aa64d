"""Telegram through Telethon: reading requests only, public channels and open chats, a data centre that can be ours."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any

from telethon import TelegramClient, functions, types
from telethon.crypto import rsa
from telethon.sessions import StringSession

from crawlers.clients.gateway import check_host
from crawlers.clients.telegram_refusals import refusal_of
from crawlers.readonly import READ_REQUESTS, WritingRefused, check_request
from crawlers.refusal import Refusal, Scope
from district.settings import Settings

PAGE = 100
"""Telegram gives no more messages in one answer."""
ANSWER_S = 30.0
"""An answer that takes longer is given up; Telethon itself would wait for ever."""
CONNECT_S = 10


class ReadOnlyClient(TelegramClient):
    """Telethon's client that sends nothing but the requests on a list."""

    allowed: frozenset[str] = READ_REQUESTS

    async def _call(self, sender: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Check, then send: every high-level call of Telethon comes through here."""
        check_request(request, self.allowed)
        return await super()._call(sender, request, *args, **kwargs)


@dataclass(frozen=True, slots=True)
class Place:
    """A public channel or open chat, found once by its name and then asked by number."""

    id: int
    hash: int
    chat: bool
    """True for an open chat, where each message is a post of its own."""
    linked_id: int | None = None
    """The discussion group that holds the comments of a channel."""
    linked_hash: int = 0


def make_client(settings: Settings, session: str = "", *, allowed: frozenset[str] = READ_REQUESTS) -> ReadOnlyClient:
    """Return a client that is not yet connected; Refusal when the installation lacks api_id, api_hash or a good address.

    `session` is a Telethon StringSession; "" starts a new one. Reads the data centre's key file.
    """
    if settings.telegram_api_id is None or settings.telegram_api_hash is None:
        raise Refusal(
            401, "tg-no-api-id",
            "Не заданы OTKLIK_TELEGRAM_API_ID и OTKLIK_TELEGRAM_API_HASH: получите их на my.telegram.org (docs/howto/telegram.md)",
        )  # fmt: skip
    client = ReadOnlyClient(
        _session(settings, session),
        settings.telegram_api_id,
        settings.telegram_api_hash.get_secret_value(),
        flood_sleep_threshold=0,  # a wait is the account's rest, not a sleep inside a request
        receive_updates=False,
        request_retries=1,
        connection_retries=1,
        retry_delay=0,  # the spider pauses between its own repeats
        timeout=CONNECT_S,
        raise_last_call_error=True,
        device_model="otklik",
        app_version="read-only",
    )
    client.allowed = allowed
    return client


def _session(settings: Settings, text: str) -> StringSession:
    try:
        session = StringSession(text)
    except Exception:
        raise Refusal(
            401, "tg-session", "Сеанс Telegram испорчен: войдите заново (otklik account add telegram)", Scope.ACCOUNT
        ) from None
    if settings.telegram_dc:
        number, host, port = data_centre(settings.telegram_dc)
        check_host(host, port, settings)
        session.set_dc(number, host, port)
    if settings.telegram_dc_key is not None:
        rsa.add_key(settings.telegram_dc_key.read_text(), old=False)
    return session


def data_centre(text: str) -> tuple[int, str, int]:
    """Return number, address and port of a data centre written as "number:address:port"; Refusal when it is not so."""
    number, _, rest = text.partition(":")
    host, _, port = rest.rpartition(":")
    if not (number.isdigit() and host and port.isdigit()):
        raise Refusal(
            400,
            "tg-dc",
            f"OTKLIK_TELEGRAM_DC записан как «{text}»: нужно «номер:адрес:порт», например 2:149.154.167.50:443",
        )
    return int(number), host.strip("[]"), int(port)


class Reader:
    """Reads channels with one session; every failure comes out as a Refusal."""

    def __init__(self, settings: Settings, session: str) -> None:
        self._settings, self._session = settings, session
        self._client: ReadOnlyClient | None = None
        self._opening = asyncio.Lock()

    async def find(self, name: str) -> Place:
        """Return a public channel or open chat by its name, with its discussion group. Two requests, so do it once."""
        found = await self._ask(functions.contacts.ResolveUsernameRequest(name))
        channel = next((c for c in found.chats if isinstance(c, types.Channel)), None)
        if channel is None or getattr(found.peer, "channel_id", None) != channel.id:
            raise Refusal(
                404,
                "tg-not-a-channel",
                f"t.me/{name} — не канал и не открытый чат: личные страницы и боты не читаются",
                Scope.SOURCE,
            )
        full = await self._ask(
            functions.channels.GetFullChannelRequest(types.InputChannel(channel.id, channel.access_hash))
        )
        linked = full.full_chat.linked_chat_id if not channel.megagroup else None
        group = next((c for c in full.chats if linked and c.id == linked), None)
        return Place(
            channel.id, channel.access_hash, bool(channel.megagroup), linked, getattr(group, "access_hash", 0) or 0
        )

    async def page(
        self, place: tuple[int, int], *, offset_id: int = 0, add_offset: int = 0, limit: int = PAGE
    ) -> list[Any]:
        """Return up to 100 messages older than `offset_id` (0: from the newest), newest first, as Telegram gave them.

        A negative `add_offset` reaches for newer ones: the one way to read upwards that min_id does not spoil.
        """
        answer = await self._ask(
            functions.messages.GetHistoryRequest(
                _peer(place), offset_id, None, add_offset, limit, max_id=0, min_id=0, hash=0
            )
        )
        return list(answer.messages)

    async def replies(self, place: tuple[int, int], post: int, *, offset_id: int = 0, limit: int = PAGE) -> list[Any]:
        """Return comments under a post of a channel whose discussion group is closed, newest first."""
        answer = await self._ask(
            functions.messages.GetRepliesRequest(
                _peer(place), post, offset_id, None, 0, limit, max_id=0, min_id=0, hash=0
            )
        )
        return list(answer.messages)

    async def by_ids(self, place: tuple[int, int], ids: Sequence[int]) -> list[Any]:
        """Return messages by number; those that are no more come as MessageEmpty."""
        wanted = [types.InputMessageID(i) for i in ids]
        answer = await self._ask(functions.channels.GetMessagesRequest(types.InputChannel(*place), wanted))
        return list(answer.messages)

    async def close(self) -> None:
        """Leave; the session stays valid."""
        if self._client is not None:
            await self._client.disconnect()

    async def _ask(self, request: Any) -> Any:
        async with self._opening:
            if self._client is None:
                self._client = await self._open()
        return await guarded(self._client(request))

    async def _open(self) -> ReadOnlyClient:
        client = await asyncio.to_thread(make_client, self._settings, self._session)
        try:
            await guarded(client.connect())
        except Refusal:
            await client.disconnect()
            raise
        return client


async def guarded(call: Awaitable[Any]) -> Any:
    """Await a call of Telethon; whatever it raises comes out as a Refusal, and it never hangs."""
    try:
        return await asyncio.wait_for(call, ANSWER_S)
    except (Refusal, WritingRefused, asyncio.CancelledError):
        raise
    except Exception as e:
        raise refusal_of(e) from None


def _peer(place: tuple[int, int]) -> types.InputPeerChannel:
    return types.InputPeerChannel(*place)
