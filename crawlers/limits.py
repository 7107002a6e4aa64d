"""The turns of an account: when it may ask next, when it must rest, and what a spider is given to speak with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from types import MappingProxyType
from typing import Protocol

from casework.runs import stop_account, take_slot
from casework.secrets import open_secret
from casework.work import Work
from crawlers.refusal import Refusal, Scope
from crawlers.source import CrawlSource
from district.settings import Settings
from storage.find.accounts import AccountRow, account_by_id, accounts
from storage.vault import CannotOpen

GAPS = MappingProxyType(
    {
        (
            "vk",
            "user",
        ): 0.38,  # 3 requests a second are allowed; a gap of 1/3 s let a fourth through, 0.36-0.40 s held (measured)
        ("vk", "service"): 0.22,  # 5 a second
        ("vk", "community"): 0.06,  # 20 a second, but it reads no wall
        (
            "telegram",
            "session",
        ): 1.0,  # no published number: FloodWait says more, one history page a second never met it
        ("max", "bot"): 0.05,  # 30 a second
    }
)
"""Seconds between two requests of one account, by platform and kind of key."""
SAFE_GAP = 1.0
"""For a kind of key nobody has measured."""
SAFE_VK_GAP = GAPS["vk", "user"]
"""For a VK key of unknown kind: the slowest of them that reads walls."""
LONG_WAIT_S = 30.0
"""A longer wait is not slept through: the run ends, and the source comes again by the timetable."""

Sleep = Callable[[float], Awaitable[None]]


def gap_of(platform: str, kind: str) -> float:
    """Return the seconds between two requests for a platform and a kind of key."""
    return GAPS.get((platform, kind), SAFE_GAP)


class Slots(Protocol):
    """The turns of one account, whoever keeps them."""

    async def turn(self) -> None:
        """Wait until the account may ask once more; Refusal when it rests for longer than a run may wait."""

    async def hold(self, seconds: float) -> None:
        """Keep the next request off for so many seconds («too many requests»), for everybody who asks with the account."""

    async def rest(self, reason: str, seconds: float | None) -> None:
        """Stop the account for so many seconds, or until a person looks at it (None)."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a spider of VK, Telegram or MAX speaks with; `secret` never gets into a log, a message or a repr."""

    id: str | None
    """None for a key from the environment."""
    kind: str
    """user | service | community | bot; "" when nobody has asked the platform yet."""
    secret: str = field(repr=False)
    slots: Slots = field(repr=False)


async def settle(account: Account, refusal: Refusal) -> None:
    """Let an account rest as its platform said; one that was resting already stays as it is."""
    if refusal.scope is Scope.ACCOUNT and refusal.asked:
        await account.slots.rest(refusal.reason, refusal.wait_s)
    elif refusal.status == 429 and refusal.wait_s is not None and refusal.asked:
        await account.slots.hold(refusal.wait_s)


@dataclass
class LocalSlots:
    """Turns kept in this process alone: for a key from the environment, which has no row in the database."""

    gap: float
    sleep: Sleep = asyncio.sleep
    _next: float = 0.0
    _until: float = 0.0
    _reason: str = ""

    async def turn(self) -> None:
        """See Slots.turn."""
        if self._until > monotonic():
            raise resting(self._reason, self._until - monotonic())
        at = max(self._next, monotonic())
        self._next = at + self.gap
        await self.sleep(at - monotonic())

    async def hold(self, seconds: float) -> None:
        """See Slots.hold."""
        self._next = max(self._next, monotonic() + seconds)

    async def rest(self, reason: str, seconds: float | None) -> None:
        """See Slots.rest."""
        self._reason = reason
        self._until = float("inf") if seconds is None else monotonic() + seconds


def resting(reason: str, seconds: float | None) -> Refusal:
    """Return the refusal of an account that rests: nothing was asked of the platform."""
    wait = None if seconds is None or seconds == float("inf") else seconds
    return Refusal(status=429, code="account-rests", reason=reason, scope=Scope.ACCOUNT, wait_s=wait, asked=False)


@dataclass
class AccountSlots:
    """Turns kept in the account's row of the database: exact over threads, processes and hosts."""

    work: Callable[[], Work]
    account_id: str
    sleep: Sleep = asyncio.sleep

    async def turn(self) -> None:
        """See Slots.turn."""
        wait = await asyncio.to_thread(self._reserve)
        if wait > LONG_WAIT_S:
            raise resting(
                "Учётная запись занята: её очередь запросов слишком длинна, источник прочитаем в другой раз", wait
            )
        await self.sleep(wait)

    async def hold(self, seconds: float) -> None:
        """See Slots.hold."""
        await asyncio.to_thread(take_slot, self.work().store, self.account_id, seconds)

    async def rest(self, reason: str, seconds: float | None) -> None:
        """See Slots.rest; the desk is told by the account's state and by the journal."""
        work = self.work()
        until = None if seconds is None else work.now + timedelta(seconds=seconds)
        await asyncio.to_thread(stop_account, work, self.account_id, reason, until)

    def _reserve(self) -> float:
        work = self.work()
        with work.store.read() as tx:
            row = account_by_id(tx, self.account_id)
        if row is None:
            gone = f"Учётной записи «{self.account_id}» больше нет: добавьте её (otklik account add) или исправьте источник"
            raise Refusal(401, "no-account", gone, asked=False)
        check_awake(row, work)
        return take_slot(work.store, self.account_id)


def check_awake(row: AccountRow, work: Work) -> None:
    """Raise Refusal while an account rests; a rest that is over needs nobody."""
    if row.state == "stopped":
        raise resting(row.reason or f"Учётная запись «{row.id}» остановлена: otklik account check {row.id}", None)
    if row.stopped_until is not None and row.stopped_until > work.now:
        raise resting(row.reason, (row.stopped_until - work.now).total_seconds())


def account_of(work: Callable[[], Work], settings: Settings, source: CrawlSource) -> Account:
    """Return what a source is read with: its own account, else the key from the environment, else the platform's only one.

    Refusal when there is none, when it rests, or when the source names an account of another platform.
    """
    now = work()
    with now.store.read() as tx:
        rows = [row for row in accounts(tx) if row.platform == source.platform]
    if source.account is None and source.platform == "vk" and settings.vk_token is not None:
        return Account(None, "", settings.vk_token.get_secret_value(), LocalSlots(SAFE_VK_GAP))
    found = [row for row in rows if source.account in (None, row.id)]
    if len(found) != 1:
        raise _no_account(source, len(found))
    check_awake(found[0], now)
    row = found[0]
    try:
        secret = open_secret(now, settings, row.id)
    except CannotOpen as e:
        raise Refusal(401, "sealed", str(e), asked=False) from None
    return Account(row.id, row.kind, secret, AccountSlots(work, row.id))


def _no_account(source: CrawlSource, found: int) -> Refusal:
    add = f"добавьте её (otklik account add {source.platform}) и укажите в источнике"
    if source.account is not None:
        reason = f"Учётной записи «{source.account}» площадки {source.platform} нет: {add}"
    elif found:
        reason = (
            f"Учётных записей площадки {source.platform} несколько ({found}): укажите в источнике, какой его читать"
        )
    else:
        reason = f"Для площадки {source.platform} нет учётной записи: {add}"
    return Refusal(401, "no-account", reason, asked=False)
