"""An account asks no faster than its pace, rests as long as its platform says, and every process knows it."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from casework.runs import stop_account
from casework.secrets import add_account, remove_account
from casework.work import Work
from crawlers.limits import AccountSlots, LocalSlots, account_of, gap_of
from crawlers.refusal import Refusal, Scope
from crawlers.source import CrawlSource
from district.settings import Settings
from storage.engine import Store
from storage.find.accounts import account_by_id
from tests.casework.staff_build import NOW, a_staff, a_work
from tests.crawlers.api_run import run

TECHNICIAN = a_staff(1, "technician")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, home=tmp_path / "var", vk_token=None)


def kept(store: Store, settings: Settings, name: str = "vk-1", platform: str = "vk", gap: float = 0.4) -> Work:
    """An account in the database, and the work of a technician."""
    work = a_work(store, TECHNICIAN)
    add_account(work, settings, name, platform, "service", "ключ", ["стены"], gap)
    return work


def test_account_pace_holds_over_clients(sqlite_store: Store, settings: Settings) -> None:
    """Several clients of one account together make no more than three requests in any second."""
    work = kept(sqlite_store, settings)
    moments: list[float] = []

    async def client(slots: AccountSlots) -> None:
        for _ in range(4):
            await slots.turn()
            moments.append(time.monotonic())

    async def go() -> None:
        await asyncio.gather(*(client(AccountSlots(lambda: work, "vk-1")) for _ in range(2)))

    run(go())

    moments.sort()
    assert min(b - a for a, b in zip(moments, moments[3:], strict=False)) > 1.0
    assert moments[-1] - moments[0] < 0.4 * 8


def test_rest_is_known_to_every_process(sqlite_store: Store, settings: Settings) -> None:
    """After a FloodWait nobody asks with the account until it ends; after a captcha, until a person has looked."""
    work = kept(sqlite_store, settings)
    later = work.at(NOW + timedelta(seconds=601))

    async def go() -> None:
        await AccountSlots(lambda: work, "vk-1").rest("Подождите", 600.0)
        with pytest.raises(Refusal, match="Подождите") as caught:
            await AccountSlots(lambda: work, "vk-1").turn()
        assert (caught.value.scope, caught.value.wait_s, caught.value.asked) == (Scope.ACCOUNT, 600.0, False)
        await AccountSlots(lambda: later, "vk-1").rest("Код с картинки", None)
        with pytest.raises(Refusal, match="Код с картинки") as caught:
            await AccountSlots(lambda: later, "vk-1").turn()
        assert caught.value.wait_s is None

    run(go())
    with sqlite_store.read() as tx:
        row = account_by_id(tx, "vk-1")
    assert row is not None
    assert (row.state, row.reason) == ("stopped", "Код с картинки")


def test_removed_account_is_said(sqlite_store: Store, settings: Settings) -> None:
    """An account removed while a run was using it ends the run with a reason."""
    work = kept(sqlite_store, settings)
    remove_account(work, "vk-1")

    async def go() -> None:
        with pytest.raises(Refusal, match="больше нет"):
            await AccountSlots(lambda: work, "vk-1").turn()

    run(go())


def test_long_queue_ends_the_run(sqlite_store: Store, settings: Settings) -> None:
    """A turn that is too far away is not slept through: the run ends and comes again by the timetable."""
    work = kept(sqlite_store, settings, gap=60.0)

    async def go() -> None:
        slots = AccountSlots(lambda: work, "vk-1")
        await slots.turn()
        with pytest.raises(Refusal, match="очередь"):
            await slots.turn()

    run(go())


def test_hold_keeps_everybody_off(sqlite_store: Store, settings: Settings) -> None:
    """«Too many requests» said to one client keeps all clients of the account off for that long."""
    work = kept(sqlite_store, settings)
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    async def go() -> None:
        await AccountSlots(lambda: work, "vk-1").hold(10.0)
        await AccountSlots(lambda: work, "vk-1", note).turn()
        local = LocalSlots(0.4, note)
        await local.hold(5.0)
        await local.turn()

    run(go())
    assert 9.0 < waits[0] < 11.0
    assert 4.5 < waits[1] <= 5.0


def test_local_turns_keep_pace_and_rest() -> None:
    """A key from the environment keeps its pace inside its process, and rests there."""
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    async def go() -> None:
        slots = LocalSlots(0.4, note)
        for _ in range(3):
            await slots.turn()
        assert [round(w, 1) for w in waits] == [0.0, 0.4, 0.8]
        await slots.rest("Отдых", 5.0)
        with pytest.raises(Refusal, match="Отдых"):
            await slots.turn()
        await slots.rest("Совсем", None)
        with pytest.raises(Refusal) as caught:
            await slots.turn()
        assert caught.value.wait_s is None

    run(go())


def source(account: str | None = None, platform: str = "vk") -> CrawlSource:
    return CrawlSource("s", platform, "https://vk.com/club1", account=account)


def test_source_is_read_with_its_own_account(sqlite_store: Store, settings: Settings) -> None:
    """A source names its account; a platform's only account needs no naming; the secret shows nowhere."""
    work = kept(sqlite_store, settings)

    for name in ("vk-1", None):
        found = account_of(lambda: work, settings, source(name))
        assert (found.id, found.kind, found.secret) == ("vk-1", "service", "ключ")
        assert "ключ" not in repr(found)


def test_key_from_the_environment(sqlite_store: Store, settings: Settings) -> None:
    """A VK key from the environment reads sources that name no account, at the pace of the slowest kind."""
    with_key = settings.model_copy(update={"vk_token": SecretStr("vk1.env")})
    work = a_work(sqlite_store)
    found = account_of(lambda: work, with_key, source())

    assert (found.id, found.secret) == (None, "vk1.env")
    assert isinstance(found.slots, LocalSlots)
    assert found.slots.gap == gap_of("vk", "user")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"account": "нет-такой"}, "«нет-такой»"),
    ({"platform": "telegram"}, "otklik account add telegram"),
    ({"account": "vk-1", "platform": "telegram"}, "«vk-1»"),
]


@pytest.mark.parametrize(("which", "words"), WRONG)
def test_missing_accounts_are_named(which: dict[str, Any], words: str, sqlite_store: Store, settings: Settings) -> None:
    """A source without an account it can use says which one and how to add it."""
    work = kept(sqlite_store, settings)
    with pytest.raises(Refusal, match=words):
        account_of(lambda: work, settings, source(**which))


def test_several_accounts_must_be_named(sqlite_store: Store, settings: Settings) -> None:
    """With two accounts of a platform a source must say which one reads it."""
    kept(sqlite_store, settings)
    work = kept(sqlite_store, settings, "vk-2")
    with pytest.raises(Refusal, match="несколько"):
        account_of(lambda: work, settings, source())


def test_resting_account_opens_no_secret(sqlite_store: Store, settings: Settings) -> None:
    """A run with an account that rests ends at once with the reason of the rest."""
    work = kept(sqlite_store, settings)
    stop_account(work, "vk-1", "Суточный лимит", NOW + timedelta(hours=1))
    with pytest.raises(Refusal, match="Суточный лимит") as caught:
        account_of(lambda: work, settings, source("vk-1"))
    assert caught.value.wait_s == 3600.0


def test_lost_key_file_is_said(sqlite_store: Store, settings: Settings, tmp_path: Path) -> None:
    """A secret sealed under another installation's key file says so and asks for the key again."""
    work = kept(sqlite_store, settings)
    other = settings.model_copy(update={"home": tmp_path / "other"})
    with pytest.raises(Refusal, match="ключ"):
        account_of(lambda: work, other, source("vk-1"))
