"""A key or a sign-in is tried against its platform, told in Russian what it may read, and kept only when it can."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from casework.secrets import open_secret
from crawlers.accounts import add_account, check_account
from crawlers.probes import WALLS, probe_max, probe_session, probe_vk, sign_in_telegram
from district.settings import Settings
from storage.engine import Store
from storage.find.accounts import account_by_id
from tests.casework.staff_build import a_staff, a_work
from tests.crawlers.api_run import run
from tests.peers.mtproto import Peer
from tests.peers.mtproto_keys import PUBLIC_PEM
from tests.peers.mtproto_sign_in import SignIn
from tests.peers.mtproto_world import World
from tests.peers.tls import loopback_tls
from tests.peers.vk_api import VkPeer

PHONE, CODE, CLOUD = "79990000000", "12345", "лампа стол дорога"
TECHNICIAN = a_staff(1, "technician")
Story = Callable[[Peer, Settings], Coroutine[Any, Any, Any]]


class Typed:
    """A person who types prepared answers and remembers what was shown."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.shown: list[str] = []
        self.hidden: list[str] = []

    def say(self, text: str) -> None:
        self.shown.append(text)

    def ask(self, question: str, *, hidden: bool = False) -> str:
        if hidden:
            self.hidden.append(question)
        return self.answers.pop(0)


def installation(folder: Path, **more: Any) -> Settings:
    """Settings of an installation whose outside services stand on loopback."""
    (folder / "dc.pem").write_text(PUBLIC_PEM)
    telegram = {"telegram_api_id": 1, "telegram_api_hash": SecretStr("h"), "telegram_dc_key": folder / "dc.pem"}
    return Settings(_env_file=None, home=folder / "var", allow_internal=("127.0.0.1",), **{**telegram, **more})


def with_telegram(story: Story, folder: Path, account: SignIn) -> None:
    """Run a story beside a data centre with one account."""

    async def go() -> None:
        peer = await Peer(World(account=account)).start()
        try:
            await story(peer, installation(folder, telegram_dc=peer.dc))
        finally:
            await peer.stop()

    run(go())


VK_KEYS = [
    ("user-1", "user", 3, ""),
    ("service-1", "service", 2, ""),
    ("group-1", "community", 0, "сообщения своего сообщества"),
    ("нет-такого", "", 0, "не принимает ключ"),
]


@pytest.mark.parametrize(("token", "kind", "can", "words"), VK_KEYS)
def test_vk_keys_are_told_apart(token: str, kind: str, can: int, words: str, tmp_path: Path) -> None:
    """The kind of a VK key and what it reads are found out with three calls at most."""

    async def go() -> None:
        peer = await VkPeer().start()
        probe = await asyncio.to_thread(probe_vk, installation(tmp_path, vk_base=peer.base), token)
        await peer.stop()

        assert (probe.kind, len(probe.can)) == (kind, can)
        assert words in probe.reason
        assert token not in repr(probe)
        assert len(peer.log) <= 3

    run(go())


def test_vk_through_a_gateway_with_its_own_certificate(tmp_path: Path) -> None:
    """A gateway's certificate is trusted when its authority is in the bundle, and refused with the mend when it is not."""
    bundle, tls = loopback_tls(tmp_path)

    async def go() -> None:
        peer = await VkPeer().start(tls=tls)
        trusted = installation(tmp_path, vk_base=peer.base, ca_bundle=bundle)
        good = await asyncio.to_thread(probe_vk, trusted, "user-1")
        bad = await asyncio.to_thread(probe_vk, trusted.model_copy(update={"ca_bundle": None}), "user-1")
        await peer.stop()

        assert good.kind == "user"
        assert "OTKLIK_CA_BUNDLE" in bad.reason

    run(go())


def test_telegram_sign_in_with_code(tmp_path: Path) -> None:
    """A code signs in where there is no cloud password; the session then reads."""

    async def story(peer: Peer, settings: Settings) -> None:
        probe = await sign_in_telegram(settings, f"+{PHONE}", lambda: f" {CODE} ", lambda: "", lambda text: None)
        again = await probe_session(settings, probe.secret)

        assert (probe.kind, probe.reason) == ("session", "")
        assert (again.kind, again.can) == ("session", probe.can)
        assert probe.secret not in repr(probe)
        assert set(peer.world.calls) <= {"GetConfig", "GetUsers", "SendCode", "SignIn", "GetState", "GetDifference"}

    with_telegram(story, tmp_path, SignIn(PHONE, CODE))


def test_telegram_sign_in_with_cloud_password(tmp_path: Path) -> None:
    """The cloud password is proved by SRP, and never travels; mistyped code and password may be typed again."""

    async def story(peer: Peer, settings: Settings) -> None:
        codes, passwords, shown = ["54321", CODE], ["не тот", CLOUD], list[str]()
        probe = await sign_in_telegram(settings, PHONE, lambda: codes.pop(0), lambda: passwords.pop(0), shown.append)

        assert (probe.kind, probe.reason) == ("session", "")
        assert shown == ["Код не подошёл. Осталось попыток: 2", "Облачный пароль не подошёл. Осталось попыток: 2"]
        assert peer.world.calls["CheckPassword"] == 2

    with_telegram(story, tmp_path, SignIn(PHONE, CODE, CLOUD))


def test_telegram_gives_up_after_three_mistakes(tmp_path: Path) -> None:
    """Three wrong codes end the sign-in with a reason and no session."""

    async def story(peer: Peer, settings: Settings) -> None:
        probe = await sign_in_telegram(settings, PHONE, lambda: "00000", lambda: "", lambda text: None)

        assert (probe.kind, probe.secret) == ("", "")
        assert "три раза" in probe.reason
        assert peer.world.calls["SignIn"] == 3

    with_telegram(story, tmp_path, SignIn(PHONE, CODE))


SIGN_IN_REFUSALS = [
    ("SendCode", 400, "PHONE_NUMBER_INVALID", "международный вид"),
    ("SendCode", 400, "PHONE_NUMBER_BANNED", "Номер заблокирован"),
    ("SendCode", 420, "FLOOD_WAIT_3600", "60 мин"),
    ("SendCode", 400, "API_ID_INVALID", "OTKLIK_TELEGRAM_API_ID"),
    ("SignIn", 400, "PHONE_CODE_EXPIRED", "Код устарел"),
    ("SignIn", 400, "PHONE_NUMBER_UNOCCUPIED", "нет учётной записи"),
]


@pytest.mark.parametrize(("request_", "code", "message", "words"), SIGN_IN_REFUSALS)
def test_telegram_sign_in_refusals(request_: str, code: int, message: str, words: str, tmp_path: Path) -> None:
    """Each refusal of a sign-in says what to do."""

    async def story(peer: Peer, settings: Settings) -> None:
        peer.world.fault(request_, code, message)
        probe = await sign_in_telegram(settings, PHONE, lambda: CODE, lambda: "", lambda text: None)

        assert (probe.kind, probe.can, probe.secret) == ("", (), "")
        assert words in probe.reason

    with_telegram(story, tmp_path, SignIn(PHONE, CODE))


def test_session_that_ended_says_so(tmp_path: Path) -> None:
    """A session ended from another device is told to sign in again."""

    async def story(peer: Peer, settings: Settings) -> None:
        session = peer.ready_session()
        peer.world.account.signed_in.clear()
        probe = await probe_session(settings, session)

        assert probe.can == ()
        assert "войдите заново" in probe.reason

    with_telegram(story, tmp_path, SignIn(PHONE, CODE))


MAX_ANSWERS = [
    ("key", {"chats": [{"chat_id": 1}, {"chat_id": 2}]}, 200, "добавлен бот: 2", ""),
    ("key", {"chats": []}, 200, "добавлен бот: 0", "ещё не добавлен"),
    ("key", {"code": "not.found"}, 404, "добавлен бот", ""),
    ("wrong", {}, 200, "", "не принимает ключ"),
]


@pytest.mark.parametrize(("token", "chats", "status", "can", "reason"), MAX_ANSWERS)
def test_max_bot_is_asked_who_it_is(
    token: str, chats: dict[str, Any], status: int, can: str, reason: str, tmp_path: Path
) -> None:
    """A MAX bot's key is tried with GET /me, and the chats it was let into are counted where MAX tells them."""

    async def me(request: web.Request) -> web.Response:
        known = request.headers.get("Authorization") == "key"
        return web.json_response({"user_id": 1, "name": "МЦУ", "is_bot": True}, status=200 if known else 401)

    async def listed(request: web.Request) -> web.Response:
        return web.json_response(chats, status=status)

    async def go() -> None:
        app = web.Application()
        app.add_routes([web.get("/me", me), web.get("/chats", listed)])
        async with serving(app) as base:
            probe = await asyncio.to_thread(probe_max, installation(tmp_path, max_api_base=base), token)

        assert can in " ".join(probe.can)
        assert bool(probe.can) is bool(can)
        assert reason in probe.reason

    run(go())


@pytest.mark.parametrize(("body", "words"), [("<html>", "что-то другое"), ("[1]", "не по правилам")])
def test_max_answers_that_are_none(body: str, words: str, tmp_path: Path) -> None:
    """An answer that is no answer of MAX is said to be none."""

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=body)

    async def go() -> None:
        app = web.Application()
        app.add_routes([web.get("/me", page)])
        async with serving(app) as base:
            probe = await asyncio.to_thread(probe_max, installation(tmp_path, max_api_base=base), "key")

        assert words in probe.reason

    run(go())


class serving:
    """An aiohttp application on loopback."""

    def __init__(self, app: web.Application) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aexit__(self, *error: object) -> None:
        await self._runner.cleanup()


def test_guided_vk_account_is_kept_sealed(sqlite_store: Store, tmp_path: Path) -> None:
    """The guide explains, asks for the key without showing it, says what it reads, and keeps it sealed with its pace."""

    async def go() -> None:
        peer = await VkPeer().start()
        settings, person = installation(tmp_path, vk_base=peer.base), Typed("  service-1 ")
        work = a_work(sqlite_store, TECHNICIAN)
        probe = await asyncio.to_thread(add_account, work, settings, "vk", "vk-service", person)
        await peer.stop()

        with sqlite_store.read() as tx:
            row = account_by_id(tx, "vk-service")
        assert row is not None
        assert (row.kind, row.can, row.gap) == ("service", probe.can, 0.22)
        assert open_secret(work, settings, "vk-service") == "service-1"
        assert person.hidden == ["Ключ ВКонтакте"]
        assert "сервисный ключ" in person.shown[1]
        assert "стены сообществ" in person.shown[-1]
        assert "service-1" not in "".join(person.shown)

    run(go())


def test_key_that_reads_nothing_is_not_kept(sqlite_store: Store, tmp_path: Path) -> None:
    """A community's key is refused with the reason, and nothing is stored."""

    async def go() -> None:
        peer = await VkPeer().start()
        person = Typed("group-1")
        work = a_work(sqlite_store, TECHNICIAN)
        settings = installation(tmp_path, vk_base=peer.base)
        await asyncio.to_thread(add_account, work, settings, "vk", "vk-1", person)
        await peer.stop()

        with sqlite_store.read() as tx:
            assert account_by_id(tx, "vk-1") is None
        assert person.shown[-1].startswith("Не добавлено. Ключ сообщества не читает стены")

    run(go())


def test_guided_telegram_account_and_its_check(sqlite_store: Store, tmp_path: Path) -> None:
    """Signing in through the guide keeps a session that a later check finds good, and bad once it was ended."""

    async def story(peer: Peer, settings: Settings) -> None:
        person = Typed(f"+{PHONE}", CODE, CLOUD)
        work = a_work(sqlite_store, TECHNICIAN)
        await asyncio.to_thread(add_account, work, settings, "telegram", "tg-1", person)
        good = await asyncio.to_thread(check_account, work, settings, "tg-1")
        peer.world.account.signed_in.clear()
        bad = await asyncio.to_thread(check_account, work, settings, "tg-1")

        with sqlite_store.read() as tx:
            row = account_by_id(tx, "tg-1")
        assert row is not None
        assert (bool(good.can), bool(bad.can)) == (True, False)
        assert (row.kind, row.state) == ("session", "stopped")
        assert "войдите заново" in row.reason
        assert person.hidden == ["Облачный пароль"]

    with_telegram(story, tmp_path, SignIn(PHONE, CODE, CLOUD))


def test_guided_max_bot_and_checks(sqlite_store: Store, tmp_path: Path) -> None:
    """A MAX bot is kept with its kind, and checking accounts of MAX and VK again asks their own platform."""

    async def me(request: web.Request) -> web.Response:
        return web.json_response({"user_id": 1, "chats": [{}, {}, {}]})

    async def go() -> None:
        app = web.Application()
        app.add_routes([web.get("/me", me), web.get("/chats", me)])
        peer = await VkPeer().start()
        async with serving(app) as base:
            settings = installation(tmp_path, max_api_base=base, vk_base=peer.base)
            work = a_work(sqlite_store, TECHNICIAN)
            await asyncio.to_thread(add_account, work, settings, "max", "max-1", Typed("key"))
            await asyncio.to_thread(add_account, work, settings, "vk", "vk-1", Typed("user-1"))
            found = [await asyncio.to_thread(check_account, work, settings, name) for name in ("max-1", "vk-1")]
        await peer.stop()

        assert [(p.platform, p.kind) for p in found] == [("max", "bot"), ("vk", "user")]
        assert found[0].can == ("чаты и каналы, куда добавлен бот: 3",)

    run(go())


def test_silent_platform_says_nothing_about_a_key(sqlite_store: Store, tmp_path: Path) -> None:
    """A check while VK cannot be reached leaves the account as it was."""

    async def go() -> None:
        peer = await VkPeer().start()
        settings = installation(tmp_path, vk_base=peer.base)
        work = a_work(sqlite_store, TECHNICIAN)
        await asyncio.to_thread(add_account, work, settings, "vk", "vk-1", Typed("user-1"))
        peer.fault("*", status=503, times=9)
        probe = await asyncio.to_thread(check_account, work, settings, "vk-1")
        await peer.stop()

        with sqlite_store.read() as tx:
            row = account_by_id(tx, "vk-1")
        assert row is not None
        assert (row.state, row.can) == ("active", (*WALLS, "до 25 запросов за один"))
        assert (probe.sure, probe.can) == (False, ())

    run(go())


def test_other_platforms_have_no_accounts(sqlite_store: Store, tmp_path: Path) -> None:
    """An account of a platform that needs none is refused by name."""
    with pytest.raises(ValueError, match="«feed»"):
        add_account(a_work(sqlite_store, TECHNICIAN), installation(tmp_path), "feed", "x", Typed())
