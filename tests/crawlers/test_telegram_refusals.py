"""Whatever Telegram says instead of an answer becomes a clear reason, and no wait is slept through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from telethon import functions

from crawlers.clients import telegram
from crawlers.clients.telegram import data_centre, guarded, make_client
from crawlers.items import PageEnd
from crawlers.readonly import WritingRefused
from crawlers.refusal import Refusal
from crawlers.spiders.telegram import TelegramSpider
from district.settings import Settings
from tests.crawlers.api_run import account, read, run, source
from tests.crawlers.telegram_scene import CHANNEL, Scene, play
from tests.peers.mtproto_sign_in import SignIn

HOUR = 3600.0
REFUSALS = [
    (420, "FLOOD_WAIT_86400", "stopped", 86400.0, [86400.0], "подождать 24 ч"),
    (420, "FLOOD_WAIT_30", "stopped", 30.0, [30.0], "подождать 30 с"),
    (420, "FROZEN_METHOD_INVALID", "stopped", HOUR, [None], "заморожена"),
    (400, "CHANNEL_PRIVATE", "stopped", None, [], "закрыт"),
    (400, "CHAT_ADMIN_REQUIRED", "stopped", None, [], "администраторы"),
    (400, "USER_BANNED_IN_CHANNEL", "stopped", None, [], "заблокирована в этом чате"),
    (401, "AUTH_KEY_UNREGISTERED", "stopped", HOUR, [None], "войдите заново"),
    (401, "SESSION_REVOKED", "stopped", HOUR, [None], "войдите заново"),
    (401, "USER_DEACTIVATED_BAN", "stopped", HOUR, [None], "нужна другая"),
    (401, "SOMETHING_ABOUT_AUTH", "stopped", HOUR, [None], "SOMETHING_ABOUT_AUTH"),
    (406, "AUTH_KEY_DUPLICATED", "stopped", HOUR, [None], "с двух адресов"),
    (400, "NOBODY_KNOWS_THIS", "failed", None, [], "NOBODY_KNOWS_THIS"),
]


@pytest.mark.parametrize(("code", "message", "outcome", "wait_s", "rests", "words"), REFUSALS)
def test_refusals_become_reasons(
    code: int, message: str, outcome: str, wait_s: float | None, rests: list[float | None], words: str, tmp_path: Path
) -> None:
    """Each refusal ends the run with its own Russian reason and rests the account or the source as Telegram said."""

    async def story(s: Scene) -> None:
        s.posts(3)
        s.world.fault("GetHistory", code, message, times=9)
        found = await s.crawl()

        assert (found.visit.outcome, found.items, s.world.calls["GetHistory"]) == (outcome, [], 1)
        assert words in found.visit.reason
        assert (found.visit.stopped.wait_s if found.visit.stopped else None) == wait_s
        assert [seconds for _, seconds in found.account.slots.rests] == rests  # type: ignore[attr-defined]
        assert found.pauses == []

    play(story, tmp_path)


def test_momentary_failure_is_repeated(tmp_path: Path) -> None:
    """A cut line costs a repeat and no post."""

    async def story(s: Scene) -> None:
        s.posts(3)
        s.world.fault("GetHistory", 0, "DROP")
        found = await s.crawl()

        assert (len(found.posts), found.visit.outcome) == (3, "ok")

    play(story, tmp_path)


def test_silence_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data centre that never answers is given up after a while, four times, and the reason says so."""
    monkeypatch.setattr(telegram, "ANSWER_S", 0.2)

    async def story(s: Scene) -> None:
        s.posts(3)
        s.world.fault("GetHistory", 0, "HANG", times=9)
        found = await s.crawl()

        assert (found.visit.outcome, s.world.calls["GetHistory"]) == ("failed", 4)
        assert "не ответил вовремя" in found.visit.reason

    play(story, tmp_path)


def test_flood_in_the_middle_keeps_what_was_read(tmp_path: Path) -> None:
    """When Telegram asks to wait after some pages, these stay with their cursor and the next visit goes on from there."""

    async def story(s: Scene) -> None:
        s.posts(350)
        s.world.fault("GetHistory", 0, "OK", times=4)
        s.world.fault("GetHistory", 420, "FLOOD_WAIT_600")
        first = await s.crawl()
        s.world.plan.clear()
        second = await s.crawl(first.cursor)

        assert first.visit.outcome == "stopped"
        ends = [i.cursor["last"] for i in first.kept if isinstance(i, PageEnd)]
        assert ends == sorted(ends)
        assert {p.external_id for p in [*first.posts, *second.posts]} == {f"100_{i}" for i in range(1, 351)}

    play(story, tmp_path)


@pytest.mark.parametrize(("address", "words"), [("t.me/nobody_here", "нет"), ("t.me/person", "личные страницы")])
def test_unknown_names_and_people(address: str, words: str, tmp_path: Path) -> None:
    """An unknown name and a person's name stop the source with a reason."""

    async def story(s: Scene) -> None:
        found = await s.crawl(address=address)

        assert (found.visit.outcome, found.items) == ("stopped", [])
        assert words in found.visit.reason

    play(story, tmp_path)


def test_session_nobody_knows(tmp_path: Path) -> None:
    """A session that has not signed in is told to sign in again; nothing but the question who it is was asked."""

    async def story(s: Scene) -> None:
        s.posts(3)
        s.world.account.signed_in.clear()
        found = await s.crawl()

        assert "войдите заново" in found.visit.reason
        assert found.account.slots.rests  # type: ignore[attr-defined]

    play(story, tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"telegram_api_id": None}, "OTKLIK_TELEGRAM_API_ID"),
        ({"telegram_dc": "два:127.0.0.1:443"}, "номер:адрес:порт"),
        ({"allow_internal": ()}, "OTKLIK_ALLOW_INTERNAL"),
        ({"telegram_dc": "2:127.0.0.1:9"}, "Нет связи с Telegram"),
    ],
)
def test_settings_are_checked(change: dict[str, Any], words: str, tmp_path: Path) -> None:
    """A missing application, a wrong or internal address, a closed port: each says what to mend, and nothing hangs."""

    async def story(s: Scene) -> None:
        settings = s.settings.model_copy(update=change)
        found = await read(TelegramSpider, source("telegram", CHANNEL), settings, account(s.session))

        assert (found.visit.outcome, found.items) == ("failed", [])
        assert words in found.visit.reason

    play(story, tmp_path)


def test_spoilt_session_is_said(tmp_path: Path) -> None:
    """A session that is no session asks for a new sign-in."""

    async def story(s: Scene) -> None:
        found = await s.crawl(session="испорчено")

        assert "войдите заново" in found.visit.reason

    play(story, tmp_path)


@pytest.mark.parametrize(
    ("text", "found"),
    [("2:149.154.167.50:443", (2, "149.154.167.50", 443)), ("1:[2001:db8::1]:80", (1, "2001:db8::1", 80))],
)
def test_data_centres_are_read(text: str, found: tuple[int, str, int]) -> None:
    """A data centre is written as number, address and port."""
    assert data_centre(text) == found


@pytest.mark.parametrize(
    "request_",
    [
        functions.channels.JoinChannelRequest("x"),
        functions.messages.SendMessageRequest("x", "привет", random_id=1),
        functions.messages.SendReactionRequest("x", 1),
        functions.messages.ReadHistoryRequest("x", 1),
        functions.channels.ReadHistoryRequest("x", 1),
        functions.messages.ImportChatInviteRequest("x"),
        functions.messages.GetMessagesViewsRequest("x", [1], increment=True),
        functions.auth.SignInRequest("7", "h", "1"),
        [
            functions.messages.GetHistoryRequest("x", 0, None, 0, 1, 0, 0, 0),
            functions.account.UpdateStatusRequest(False),
        ],
    ],
)
def test_writing_requests_never_leave(request_: Any) -> None:
    """Joining, sending, reacting, marking as read, adding a view, and signing in outside of sign-in are refused before sending."""
    settings = Settings(telegram_api_id=1, telegram_api_hash=SecretStr("h"))

    async def go() -> None:
        client = make_client(settings)
        with pytest.raises(WritingRefused):
            await guarded(client(request_))

    run(go())


def test_peer_verifies_cloud_passwords() -> None:
    """The peer's own check of SRP refuses a wrong proof."""
    from telethon import password as srp
    from telethon.tl.functions.auth import CheckPasswordRequest

    from tests.peers.mtproto_sign_in import RpcFault

    account_ = SignIn("79990000000", password="верный")
    account_.check_password(CheckPasswordRequest(srp.compute_check(account_.get_password(), "верный")), 5)
    with pytest.raises(RpcFault):
        account_.check_password(CheckPasswordRequest(srp.compute_check(account_.get_password(), "неверный")), 6)
    assert account_.signed_in == {5}


def test_refusals_hold_no_words_of_people() -> None:
    """What goes into logs and the database of an unknown error is its name, not its request."""
    with pytest.raises(Refusal) as caught:
        run(guarded(_broken()))
    assert "Ивановой" not in str(caught.value)


async def _broken() -> None:
    raise KeyError("текст Ивановой")
