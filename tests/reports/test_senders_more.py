"""Edits, ears, mail and webhooks: what leaves is what the platforms take, what they refuse is told in Russian."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from district.profile import ChatKind
from reports.buttons import Pressed, buttons_under, read_code
from reports.message import Button, Edited, Message, Press, SendFailed, SendRefused
from reports.send import Mail, MaxBot, MaxEar, TelegramBot, TelegramEar, Webhook, build_senders
from reports.senders.mail import BadMailServer
from tests.peers.bot_api import MAX_TOKEN, TOKEN, BotApi, running
from tests.peers.smtp import MailServer, mail_server
from tests.peers.tls import loopback_tls
from tests.reports.build import a_chat, a_message, some_facts

BUTTONS = (Button("Взял в работу", "take:7"), Button("Не риск", "dismiss:7"), Button("Тише до роста", "hush:7"))
BOTS = [ChatKind.TELEGRAM, ChatKind.MAX]


@pytest.fixture
def api() -> Iterator[BotApi]:
    with running(BotApi()) as peer:
        yield peer


def _bot(kind: ChatKind, api: BotApi) -> TelegramBot | MaxBot:
    return TelegramBot(TOKEN, api.base) if kind is ChatKind.TELEGRAM else MaxBot(MAX_TOKEN, api.base)


def _ear(kind: ChatKind, api: BotApi) -> TelegramEar | MaxEar:
    return TelegramEar(TOKEN, api.base) if kind is ChatKind.TELEGRAM else MaxEar(MAX_TOKEN, api.base)


def _message(**changes: object) -> Message:
    told = a_message(some_facts(**changes))
    return Message(told.id, told.line, told.facts, BUTTONS)


@pytest.mark.parametrize("kind", BOTS)
def test_an_alert_is_changed_in_place(kind: ChatKind, api: BotApi) -> None:
    """The platform's id comes back, with it words and buttons are changed; without buttons those that stood there go."""
    bot = _bot(kind, api)

    sent = bot.send(a_chat(kind), _message())
    (got,) = api.got
    before = list(got.buttons)
    done = bot.edit(a_chat(kind), sent.remote_id, a_message(some_facts(state="снят")))

    assert before == [(button.label, button.code) for button in BUTTONS]
    assert (done, got.edited, got.buttons) == (Edited.DONE, True, [])
    assert "снят" in got.text
    bot.close()


@pytest.mark.parametrize("kind", BOTS)
def test_what_cannot_be_changed_is_left(kind: ChatKind, api: BotApi) -> None:
    """A message too old or deleted is never tried again; Telegram's «not modified» is no trouble."""
    bot = _bot(kind, api)
    sent = bot.send(a_chat(kind), _message())

    same = bot.edit(a_chat(kind), sent.remote_id, _message())
    api.got[0].final = True
    old = bot.edit(a_chat(kind), sent.remote_id, _message(state="снят"))
    unknown = bot.edit(a_chat(kind), "99" if kind is ChatKind.TELEGRAM else "mid.99", _message())

    assert same is (Edited.SAME if kind is ChatKind.TELEGRAM else Edited.DONE)
    assert (old, unknown) == (Edited.NEVER, Edited.NEVER)
    bot.close()


def test_an_edit_waits_as_long_as_the_platform_asks(api: BotApi) -> None:
    """A flood while editing is a failure with the platform's own wait; a closed chat is a refusal."""
    bot = TelegramBot(TOKEN, api.base)
    sent = bot.send(a_chat(ChatKind.TELEGRAM), _message())
    api.flood("-100500", 7)

    with pytest.raises(SendFailed) as flood:
        bot.edit(a_chat(ChatKind.TELEGRAM), sent.remote_id, _message(state="снят"))
    api.kick("-100500")
    with pytest.raises(SendRefused, match="верните бота"):
        bot.edit(a_chat(ChatKind.TELEGRAM), sent.remote_id, _message(state="снят"))

    assert flood.value.retry_after == 7
    bot.close()


@pytest.mark.parametrize("kind", BOTS)
def test_presses_and_private_words_are_heard_once(kind: ChatKind, api: BotApi) -> None:
    """A press, a code and an update of an unknown kind come once; talk in a group is none of ours."""
    bot, ear = _bot(kind, api), _ear(kind, api)
    bot.send(a_chat(kind), _message())
    key = api.press(api.got[0], "Не риск", 77)
    api.write(kind.value, 77, "/start ABCD2345")
    api.write(kind.value, 78, "разговор в группе", group=True)
    api.odd_update(kind.value)

    heard = ear.hear(None, 1)
    ear.answer(heard.presses[0], "Риск снят")
    again = ear.hear(heard.after, 0)

    assert heard.presses == (Press(key, "-100500", "77", "dismiss:7"),)
    assert [(said.person, said.text) for said in heard.said] == [("77", "/start ABCD2345")]
    assert heard.skipped == 2
    assert api.shown(key) == "Риск снят"
    assert (again.presses, again.said) == ((), ())
    bot.close()
    ear.close()


@pytest.mark.parametrize("kind", BOTS)
def test_an_old_press_is_answered_into_the_void(kind: ChatKind, api: BotApi) -> None:
    """The platform says that the press is too old to be answered: nothing breaks."""
    ear = _ear(kind, api)

    ear.answer(Press("forgotten", "-100500", "77", "take:1"), "Поздно")

    assert api.answers == {}
    ear.close()


def test_two_ears_of_one_bot_are_told(api: BotApi) -> None:
    """A second process that asks for the same updates learns why it hears nothing; a wrong token is named."""
    api.busy = True
    ear = TelegramEar(TOKEN, api.base)
    with pytest.raises(SendFailed, match="уже читает другая программа"):
        ear.hear(None, 0)
    ear.close()
    wrong = TelegramEar("1:wrong", api.base)
    with pytest.raises(SendRefused, match="OTKLIK_BOT_TOKEN"):
        wrong.hear(None, 0)
    wrong.close()
    deaf = MaxEar("wrong", api.base)
    with pytest.raises(SendRefused, match="OTKLIK_MAX_TOKEN"):
        deaf.hear(None, 0)
    deaf.close()


def test_the_page_can_name_the_bots(api: BotApi) -> None:
    """Staff are told whom to write to; a bot that does not answer has no name."""
    ears = (TelegramEar(TOKEN, api.base), MaxEar(MAX_TOKEN, api.base), TelegramEar(TOKEN, "http://127.0.0.1:9"))

    assert [ear.name() for ear in ears] == ["@otklik_test_bot", "«Тревоги МЦУ»", ""]
    for ear in ears:
        ear.close()


@pytest.mark.parametrize(
    ("level", "emergency", "waiting", "is_open", "shown"),
    [
        (2, False, True, True, ["Взял в работу", "Не риск", "Тише до роста"]),
        (3, False, False, True, ["Не риск", "Тише до роста"]),
        (4, False, True, True, ["Взял в работу"]),
        (3, True, True, True, ["Взял в работу"]),
        (4, True, False, True, []),
        (2, False, True, False, []),
    ],
)
def test_the_buttons_fit_the_risk(level: int, emergency: bool, waiting: bool, is_open: bool, shown: list[str]) -> None:
    """Danger to life is neither dismissed nor silenced from a phone; a closed risk has no buttons."""
    buttons = buttons_under(7, level, emergency, waiting=waiting, is_open=is_open)

    assert [button.label for button in buttons] == shown
    assert all(read_code(button.code) is not None for button in buttons)


@pytest.mark.parametrize("code", ["", "take", "take:0", "take:-1", "eat:7", "take:7:8", "take:" + "9" * 19, "TAKE:7"])
def test_a_foreign_code_means_nothing(code: str) -> None:
    """Only codes that we write are read back."""
    assert read_code(code) is None
    assert read_code("hush:42") == (Pressed.HUSH, 42)


def test_a_letter_says_what_the_chat_would(tmp_path: Path) -> None:
    """The first line is the subject, the words are whole, the number stays the same when it is sent again."""
    with mail_server() as server:
        mail = Mail(f"smtp://127.0.0.1:{server.port}", "mcu@okrug.example")
        mail.send(a_chat(ChatKind.EMAIL, "duty@okrug.example"), _message())
        mail.send(a_chat(ChatKind.EMAIL, "duty@okrug.example"), _message())

    letter, again = server.letters
    assert letter["To"] == "duty@okrug.example"
    assert letter["From"] == "mcu@okrug.example"
    assert "2026-000007" in letter["Subject"]
    assert "Нет воды на Лесной вторые сутки" in letter.get_content()  # type: ignore[attr-defined]
    assert letter["Message-ID"] == again["Message-ID"]


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_password_travels_over_tls_only(tmp_path: Path, wrapped: bool) -> None:
    """From the first byte or after STARTTLS; a server without TLS is not told the password."""
    bundle, context = loopback_tls(tmp_path)
    plan = MailServer("mcu", "пароль", starttls=not wrapped)
    with mail_server(plan, context, wrapped=wrapped) as server:
        scheme = "smtps" if wrapped else "smtp"
        address = f"{scheme}://mcu:%D0%BF%D0%B0%D1%80%D0%BE%D0%BB%D1%8C@127.0.0.1:{server.port}"
        Mail(address, "mcu@okrug.example", bundle).send(a_chat(ChatKind.EMAIL, "duty@okrug.example"), _message())
        with pytest.raises(SendRefused, match="OTKLIK_SMTP_URL"):
            Mail(address.replace("mcu:", "other:"), "", bundle).send(a_chat(ChatKind.EMAIL, "a@b.example"), _message())
    with mail_server(MailServer("mcu", "secret")) as bare:
        mail = Mail(f"smtp://mcu:secret@127.0.0.1:{bare.port}")
        with pytest.raises(SendFailed, match="TLS"):
            mail.send(a_chat(ChatKind.EMAIL, "duty@okrug.example"), _message())

    assert len(server.letters) == 1
    assert "AUTH" not in bare.seen


def test_mail_that_is_not_taken_is_told() -> None:
    """An unknown address is refused for ever, a busy server is tried again, nobody there is no connection."""
    with mail_server() as server:
        server.refuse = {"nobody@": "550 no such user", "later@": "451 try again later"}
        mail = Mail(f"smtp://127.0.0.1:{server.port}")
        with pytest.raises(SendRefused, match="550"):
            mail.send(a_chat(ChatKind.EMAIL, "nobody@okrug.example"), _message())
        with pytest.raises(SendFailed, match="451") as later:
            mail.send(a_chat(ChatKind.EMAIL, "later@okrug.example"), _message())
    with pytest.raises(SendFailed, match="нет связи"):
        mail.send(a_chat(ChatKind.EMAIL, "duty@okrug.example"), _message())

    assert later.value.retry_after == 60
    with pytest.raises(BadMailServer):
        Mail("https://mail.example")


@contextmanager
def _receiver(status: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    got: list[tuple[dict[str, str], bytes]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((dict(self.headers), body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/alerts", got
        server.shutdown()


def test_a_webhook_is_signed() -> None:
    """The receiver can prove who speaks: HMAC-SHA256 over the very bytes, and the number of the message for repeats."""
    hook = Webhook("ключ")
    with _receiver(204) as (url, got):
        hook.send(a_chat(ChatKind.WEBHOOK, url), _message())
    hook.close()

    (headers, body) = got[0]
    assert headers["X-Otklik-Signature"] == "sha256=" + hmac.new("ключ".encode(), body, "sha256").hexdigest()
    told = json.loads(body)
    assert (told["level"], told["numbers"]) == (3, ["2026-000007"])
    assert headers["X-Otklik-Message"] == told["id"] == "2026-000007-1"


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        (500, SendFailed, "позже"),
        (429, SendFailed, "позже"),
        (422, SendRefused, "не принял"),
        (403, SendRefused, "ключ"),
    ],
)
def test_a_webhook_that_refuses_is_told(status: int, error: type[Exception], said: str) -> None:
    """Busy receivers are tried again, those that refuse wait for staff."""
    hook = Webhook("secret")
    with _receiver(status) as (url, _), pytest.raises(error, match=said):
        hook.send(a_chat(ChatKind.WEBHOOK, url), _message())
    hook.close()


def test_a_bad_mail_address_does_not_stop_the_other_senders(tmp_path: Path) -> None:
    """OTKLIK_SMTP_URL written wrongly: mail refuses with its name, everything else is built."""
    from io import StringIO

    from district.settings import Settings

    made = build_senders(Settings(home=tmp_path, smtp_url="почта", _env_file=None), StringIO())  # type: ignore[call-arg, arg-type]

    with pytest.raises(SendRefused, match="OTKLIK_SMTP_URL"):
        made[ChatKind.EMAIL].send(a_chat(ChatKind.EMAIL, "a@b.example"), _message())
    assert set(made) == set(ChatKind)
