"""Senders: hand on what was given, tell failures from refusals, and never show a token."""

from __future__ import annotations

import io
import json
import logging
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from district.profile import ChatKind
from district.settings import Settings
from reports.message import SendFailed, SendRefused
from reports.send import Console, Folder, MaxBot, NoToken, TelegramBot, build_senders, close_senders
from tests.peers.bot_api import MAX_TOKEN, TOKEN, BotApi, running
from tests.reports.build import a_chat, a_message, some_facts

PLACE = "-100500"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def api() -> Iterator[BotApi]:
    with running(BotApi()) as peer:
        yield peer


@pytest.fixture
def bot(api: BotApi) -> Iterator[TelegramBot]:
    sender = TelegramBot(TOKEN, api.base)
    yield sender
    sender.close()


@pytest.fixture
def max_bot(api: BotApi) -> Iterator[MaxBot]:
    sender = MaxBot(MAX_TOKEN, api.base + "/")
    yield sender
    sender.close()


def test_telegram_gets_the_words_as_html(api: BotApi, bot: TelegramBot) -> None:
    """A title with angle brackets and ampersands arrives as it was, in a chat by number or by name."""
    message = a_message(some_facts(title="<b>Газ & свет</b> <script>"))

    bot.send(a_chat(ChatKind.TELEGRAM), message)
    bot.send(a_chat(ChatKind.TELEGRAM, "@alerts"), message)

    assert [(got.chat, got.html) for got in api.got] == [(PLACE, True), ("@alerts", True)]
    assert "&lt;b&gt;Газ &amp; свет&lt;/b&gt;" in api.got[0].text


def test_max_gets_plain_text(api: BotApi, max_bot: MaxBot) -> None:
    """MAX gets the text without mark-up, with the token in the header only."""
    max_bot.send(a_chat(ChatKind.MAX), a_message())

    assert [(got.platform, got.chat, got.html) for got in api.got] == [("max", PLACE, False)]
    assert api.got[0].text == a_message().line.text


@pytest.mark.parametrize("kind", [ChatKind.TELEGRAM, ChatKind.MAX])
def test_a_flood_is_a_failure_with_the_platforms_own_wait(
    api: BotApi, bot: TelegramBot, max_bot: MaxBot, kind: ChatKind
) -> None:
    """429 is tried again after as many seconds as the platform asked."""
    sender = bot if kind is ChatKind.TELEGRAM else max_bot
    api.flood(PLACE, 17)

    with pytest.raises(SendFailed) as caught:
        sender.send(a_chat(kind), a_message())

    assert caught.value.retry_after == 17
    sender.send(a_chat(kind), a_message())
    assert len(api.got) == 1


@pytest.mark.parametrize("kind", [ChatKind.TELEGRAM, ChatKind.MAX])
def test_a_kicked_bot_is_refused_for_the_whole_chat(
    api: BotApi, bot: TelegramBot, max_bot: MaxBot, kind: ChatKind
) -> None:
    """403 says in Russian what happened and what to do."""
    sender = bot if kind is ChatKind.TELEGRAM else max_bot
    api.kick(PLACE)

    with pytest.raises(SendRefused, match="бот удалён из чата.*верните бота") as caught:
        sender.send(a_chat(kind), a_message())

    assert caught.value.whole_chat


TELEGRAM_NO: list[tuple[int, Any, type[Exception], str, bool | None]] = [
    (400, {"ok": False, "description": "Bad Request: chat not found"}, SendRefused, "проверьте адрес -100500", True),
    (
        400,
        {"ok": False, "description": "Bad Request: message text is empty"},
        SendRefused,
        "сообщение не принято",
        False,
    ),
    (401, {"ok": False, "description": "Unauthorized"}, SendRefused, "OTKLIK_BOT_TOKEN", True),
    (404, {"ok": False, "description": "Not Found"}, SendRefused, "OTKLIK_BOT_TOKEN", True),
    (500, {"ok": False, "description": "Internal"}, SendFailed, "неожиданный ответ 500", None),
    (403, "<html>прокси: доступ закрыт</html>", SendFailed, "OTKLIK_BOT_API_BASE", None),
    (200, "<html>добро пожаловать</html>", SendFailed, "неожиданный ответ 200", None),
    (302, "", SendFailed, "неожиданный ответ 302", None),
    (200, "x" * 1_000_000, SendFailed, "неожиданный ответ 200", None),
    (200, "[" * 100_000, SendFailed, "неожиданный ответ 200", None),
]


@pytest.mark.parametrize(("status", "body", "kind", "said", "whole"), TELEGRAM_NO)
def test_telegrams_refusals(api: BotApi, bot: TelegramBot, status: int, body: Any, kind: type[Exception], said: str, whole: bool | None) -> None:  # fmt: skip
    """Each answer is told apart: the chat, the message, the token, or something odd on the way."""
    api.refuse(PLACE, status, body)

    with pytest.raises(kind, match=said) as caught:
        bot.send(a_chat(ChatKind.TELEGRAM), a_message())

    assert getattr(caught.value, "whole_chat", None) is whole


MAX_NO: list[tuple[int, Any, type[Exception], str, bool | None]] = [
    (401, {"code": "verify.token", "message": "Invalid access_token"}, SendRefused, "OTKLIK_MAX_TOKEN", True),
    (404, {"code": "chat.not.found", "message": "Chat not found"}, SendRefused, "проверьте адрес", True),
    (400, {"code": "chat.not.found", "message": "Chat not found"}, SendRefused, "проверьте адрес", True),
    (400, {"code": "proto.payload", "message": "text is too long"}, SendRefused, "сообщение не принято", False),
    (503, {"code": "service.unavailable", "message": "later"}, SendFailed, "неожиданный ответ 503", None),
    (403, "<html>заблокировано</html>", SendFailed, "OTKLIK_MAX_API_BASE", None),
    (200, {"success": False}, SendFailed, "неожиданный ответ 200", None),
]


@pytest.mark.parametrize(("status", "body", "kind", "said", "whole"), MAX_NO)
def test_maxs_refusals(api: BotApi, max_bot: MaxBot, status: int, body: Any, kind: type[Exception], said: str, whole: bool | None) -> None:  # fmt: skip
    """Each answer of MAX is told apart too."""
    api.refuse(PLACE, status, body)

    with pytest.raises(kind, match=said) as caught:
        max_bot.send(a_chat(ChatKind.MAX), a_message())

    assert getattr(caught.value, "whole_chat", None) is whole


def test_broken_mark_up_is_sent_as_plain_text(api: BotApi, bot: TelegramBot) -> None:
    """When the platform cannot read the mark-up the words still arrive."""
    api.refuse(PLACE, 400, {"ok": False, "description": "Bad Request: can't parse entities: odd tag"})

    bot.send(a_chat(ChatKind.TELEGRAM), a_message())

    assert [got.html for got in api.got] == [False]


def test_a_group_that_moved_is_followed_once(api: BotApi, bot: TelegramBot) -> None:
    """A group turned supergroup gets the message under its new number, and the technician is told to write it down."""
    api.refuse(PLACE, 400, {"ok": False, "description": "Bad Request: group chat was upgraded to a supergroup chat",
                            "parameters": {"migrate_to_chat_id": -1001234}}, times=-1)  # fmt: skip

    sent = bot.send(a_chat(ChatKind.TELEGRAM), a_message())

    assert [got.chat for got in api.got] == ["-1001234"]
    assert "впишите в профиль чата «duty» адрес -1001234" in sent.note


@pytest.mark.parametrize("wait", ["7", "Sat, 21 Nov 2026 09:00:07 GMT", "никогда", "-5", "99999999"])
def test_retry_after_is_read_as_seconds_or_date(api: BotApi, max_bot: MaxBot, wait: str) -> None:
    """The header is seconds or a date beside the answer's own; nonsense is no wait, and nobody waits over an hour."""
    header = {"Date": "Sat, 21 Nov 2026 09:00:00 GMT", "Retry-After": wait.encode("ascii", "ignore").decode()}
    api.refuse(PLACE, 429, {"code": "too.many.requests"}, headers=header)

    with pytest.raises(SendFailed) as caught:
        max_bot.send(a_chat(ChatKind.MAX), a_message())

    assert caught.value.retry_after == {"7": 7, "Sat, 21 Nov 2026 09:00:07 GMT": 7, "99999999": 3600}.get(wait)


def test_no_connection_is_a_failure() -> None:
    """A server that is not there is tried again later; the reason names the host and nothing more."""
    sender = TelegramBot(TOKEN, "http://127.0.0.1:9")

    with pytest.raises(SendFailed, match=r"нет связи с 127\.0\.0\.1:9: соединение не установлено"):
        sender.send(a_chat(ChatKind.TELEGRAM), a_message())
    sender.close()


def test_a_base_that_is_no_address_is_told() -> None:
    """A slip in the setting gives a reason, not a traceback."""
    sender = MaxBot(MAX_TOKEN, "http://[::1")

    with pytest.raises(SendFailed, match="проверьте настройки адресов"):
        sender.send(a_chat(ChatKind.MAX), a_message())
    sender.close()


def test_tokens_are_in_no_error_and_no_log(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong, and whatever the HTTP library logs, the token is not shown."""
    caplog.set_level(logging.DEBUG)
    for library in ("httpx", "httpcore"):  # the program makes them quiet, and another test may have been the program
        caplog.set_level(logging.DEBUG, logger=library)
    said: list[str] = []
    for base in (api.base, "http://127.0.0.1:9", f"http://127.0.0.1:9/{TOKEN}"):
        for body in (
            {"ok": False, "description": f"Bad token {TOKEN} {MAX_TOKEN}", "message": MAX_TOKEN},
            f"<html>{TOKEN}",
        ):
            api.refuse(PLACE, 400, body, times=2)
            for sender, kind in (
                (TelegramBot(TOKEN, base), ChatKind.TELEGRAM),
                (MaxBot(MAX_TOKEN, base), ChatKind.MAX),
            ):
                with pytest.raises((SendFailed, SendRefused)) as caught:
                    sender.send(a_chat(kind), a_message())
                said.append(f"{caught.value} {caught.value!r} {caught.value.__cause__!r}")
                sender.close()

    shown = "\n".join(said) + caplog.text
    assert "HTTP Request" in shown
    assert TOKEN not in shown
    assert "скрыто" in shown


def test_folder_writes_whole_files_once(tmp_path: Path) -> None:
    """Each message is a .json and a .txt; sent again it replaces itself and leaves no halves."""
    folder = Folder(tmp_path / "exports" / "alerts")
    message = a_message()

    folder.send(a_chat(ChatKind.FOLDER, chat_id="папка/../хитрая"), message)
    folder.send(a_chat(ChatKind.FOLDER, chat_id="папка/../хитрая"), message)

    files = sorted(path.name for path in (tmp_path / "exports" / "alerts").iterdir())
    assert [Path(name).suffix for name in files] == [".json", ".txt"]
    told = json.loads((tmp_path / "exports" / "alerts" / files[0]).read_text(encoding="utf-8"))
    assert told["numbers"] == ["2026-000007"]
    assert told["risks"][0]["title"] == "Нет воды на Лесной вторые сутки"
    assert (tmp_path / "exports" / "alerts" / files[1]).read_text(encoding="utf-8") == message.line.text + "\n"


def test_folder_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    """A file where the folder should be is told and tried again."""
    (tmp_path / "alerts").write_text("мешаю")

    with pytest.raises(SendFailed, match="не записать"):
        Folder(tmp_path / "alerts").send(a_chat(ChatKind.FOLDER), a_message())


def test_console_prints_and_tells_a_closed_stream() -> None:
    """The console shows the chat's name and the text; a closed one is a failure."""
    stream = io.StringIO()
    Console(stream).send(a_chat(ChatKind.CONSOLE), a_message())
    shown = stream.getvalue()
    stream.close()

    assert shown.startswith("[Тревоги МЦУ]\n🟠 2026-000007")
    with pytest.raises(SendFailed):
        Console(stream).send(a_chat(ChatKind.CONSOLE), a_message())


def test_senders_follow_the_settings(tmp_path: Path, api: BotApi) -> None:
    """With tokens the bots speak; without them they say which setting is missing."""
    bare = build_senders(Settings(home=tmp_path, _env_file=None), io.StringIO())
    full = build_senders(
        Settings(
            home=tmp_path,
            bot_token=TOKEN,
            max_token=MAX_TOKEN,
            bot_api_base=api.base,
            max_api_base=api.base,
            _env_file=None,
        ),
        io.StringIO(),
    )

    assert set(bare) == set(full) == set(ChatKind)
    assert isinstance(bare[ChatKind.MAX], NoToken)
    with pytest.raises(SendRefused, match="OTKLIK_BOT_TOKEN"):
        bare[ChatKind.TELEGRAM].send(a_chat(ChatKind.TELEGRAM), a_message())
    for kind in (ChatKind.EMAIL, ChatKind.WEBHOOK):
        with pytest.raises(SendRefused, match="OTKLIK_SMTP_URL|OTKLIK_WEBHOOK_SECRET"):
            full[kind].send(a_chat(kind), a_message())
    for kind in (ChatKind.TELEGRAM, ChatKind.MAX, ChatKind.FOLDER, ChatKind.CONSOLE):
        full[kind].send(a_chat(kind), a_message())
    assert [got.platform for got in api.got] == ["telegram", "max"]
    assert len(list((tmp_path / "exports" / "alerts").glob("*.json"))) == 1
    close_senders(full)


def test_a_broken_certificate_bundle_is_told_at_start(tmp_path: Path) -> None:
    """A bundle that is no bundle fails when the senders are built, not in the night."""
    (tmp_path / "ca.pem").write_text("не сертификат")

    with pytest.raises(ssl.SSLError):
        TelegramBot(TOKEN, "https://127.0.0.1:9", tmp_path / "ca.pem")
