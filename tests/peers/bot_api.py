"""A loopback Telegram Bot API and MAX Bot API: keeps what it was sent, lets tests press buttons, refuses as platforms do.

Standalone: python -m tests.peers.bot_api --port 8090 (prints each message; http://127.0.0.1:8090/ shows the chats and lets
a person press buttons; Ctrl+C ends it).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "123456:loopback-bot-token-for-tests"
MAX_TOKEN = "loopback-max-token-for-tests"


@dataclass
class Got:
    """One accepted message."""

    platform: str
    chat: str
    text: str
    html: bool
    message_id: int
    edited: bool = False
    buttons: list[tuple[str, str]] = field(default_factory=list)
    """(words, code) in the order of reading."""
    edits: int = 0
    final: bool = False
    """The platform no longer lets it be edited."""

    def code(self, label: str) -> str:
        """The code of a button by its words."""
        return next(code for words, code in self.buttons if words == label)


@dataclass
class Refusal:
    """What to answer instead of accepting; `times` < 0 is for ever."""

    status: int
    body: dict[str, Any] | str
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1


class BotApi:
    """Both platforms on one port; the tests read `got` and `asked` and plan refusals by chat."""

    def __init__(
        self, *, token: str = TOKEN, max_token: str = MAX_TOKEN, on_message: Callable[[Got], None] | None = None
    ) -> None:
        self.token, self.max_token = token, max_token
        self.got: list[Got] = []
        self.asked: deque[tuple[str, str]] = deque(maxlen=10_000)
        self.refusals: dict[str, Refusal] = {}
        self.updates: dict[str, list[dict[str, Any]]] = {"telegram": [], "max": []}
        self.answers: dict[str, tuple[str, float]] = {}
        """Id of a press -> what the person was shown, and when (monotonic seconds)."""
        self.pressed: dict[str, float] = {}
        self.busy = False
        """Telegram says 409: somebody else asks for the updates."""
        self.base = ""
        self._on_message = on_message or (lambda _got: None)

    def refuse(
        self,
        chat: str,
        status: int,
        body: dict[str, Any] | str,
        *,
        times: int = 1,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer the next `times` messages to this chat so."""
        self.refusals[chat] = Refusal(status, body, headers or {}, times)

    def kick(self, chat: str) -> None:
        """The bot is thrown out of the chat, on either platform."""
        said = "Forbidden: bot was kicked from the supergroup chat"
        self.refuse(
            chat,
            403,
            {"ok": False, "error_code": 403, "description": said, "code": "chat.denied", "message": said},
            times=-1,
        )

    def flood(self, chat: str, seconds: int, times: int = 1) -> None:
        """Too many requests: wait so many seconds."""
        body = {"ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {seconds}",
                "parameters": {"retry_after": seconds}, "code": "too.many.requests"}  # fmt: skip
        self.refuse(chat, 429, body, times=times, headers={"Retry-After": str(seconds)})

    def press(self, got: Got, label: str, person: int, *, code: str | None = None, key: str | None = None) -> str:
        """A person presses a button under a message; returns the id of the press. `key` presses the same press again."""
        key = key or f"press{len(self.pressed) + 1}"
        code = got.code(label) if code is None else code
        if got.platform == "telegram":
            chat = {"id": _number(got.chat), "type": "private" if got.chat == str(person) else "supergroup"}
            message = {"message_id": got.message_id, "date": 1, "chat": chat, "text": got.text}
            self._tell("telegram", {"callback_query": {
                "id": key, "from": {"id": person, "is_bot": False, "first_name": "Имя"}, "message": message, "data": code,
                "chat_instance": "1",
            }})  # fmt: skip
        else:
            self._tell("max", {
                "update_type": "message_callback", "timestamp": 1,
                "callback": {"timestamp": 1, "callback_id": key, "payload": code, "user": {"user_id": person, "first_name": "Имя"}},
                "message": {"recipient": {"chat_id": _number(got.chat), "chat_type": "chat"},
                            "body": {"mid": f"mid.{got.message_id}", "seq": 1, "text": got.text}},
            })  # fmt: skip
        self.pressed.setdefault(key, time.monotonic())
        return key

    def write(self, platform: str, person: int, text: str, *, group: bool = False) -> None:
        """A person writes to the bot in private, or in a group that the bot sees."""
        if platform == "telegram":
            chat = {"id": -100500, "type": "supergroup"} if group else {"id": person, "type": "private"}
            self._tell("telegram", {"message": {
                "message_id": 1, "date": 1, "chat": chat, "from": {"id": person, "first_name": "Имя"}, "text": text,
            }})  # fmt: skip
        else:
            self._tell("max", {
                "update_type": "message_created", "timestamp": 1,
                "message": {"sender": {"user_id": person}, "recipient": {"chat_id": 5, "chat_type": "chat" if group else "dialog"},
                            "body": {"mid": "mid.0", "seq": 1, "text": text}},
            })  # fmt: skip

    def odd_update(self, platform: str) -> None:
        """The platform invents a kind of update that nobody knows."""
        self._tell(platform, {"update_type": "sun_has_risen", "sunrise": {"at": 1}})

    def shown(self, key: str, patience: float = 5) -> str:
        """Wait for the answer to a press and return it."""
        end = time.monotonic() + patience
        while key not in self.answers:
            if time.monotonic() > end:
                raise AssertionError(f"press {key} was not answered")
            time.sleep(0.005)
        return self.answers[key][0]

    def _tell(self, platform: str, update: dict[str, Any]) -> None:
        known = self.updates[platform]
        known.append(({"update_id": 1000 + len(known)} if platform == "telegram" else {}) | update)

    def app(self) -> web.Application:
        """The routes of both platforms."""
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._telegram)
        app.router.add_post("/messages", self._max)
        app.router.add_put("/messages", self._max_edit)
        app.router.add_get("/updates", self._max_updates)
        app.router.add_post("/answers", self._max_answer)
        app.router.add_get("/me", self._me)
        return app

    def _refusal(self, chat: str) -> web.Response | None:
        planned = self.refusals.get(chat)
        if planned is None or planned.times == 0:
            return None
        planned.times -= 1
        text = planned.body if isinstance(planned.body, str) else json.dumps(planned.body)
        kind = "text/html" if isinstance(planned.body, str) else "application/json"
        return web.Response(status=planned.status, text=text, content_type=kind, headers=planned.headers)

    def _keep(self, got: Got) -> Got:
        self.got.append(got)
        self._on_message(got)
        return got

    async def _telegram(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if request.match_info["token"] != self.token:
            return _no(401, "Unauthorized")
        body = await request.json()
        if method in ("getUpdates", "answerCallbackQuery", "getMe"):
            return await self._telegram_ear(method, body)
        chat, text = str(body.get("chat_id", "")), str(body.get("text", ""))
        self.asked.append((method, chat))
        html = body.get("parse_mode") == "HTML"
        refused = self._refusal(chat) or _telegram_wrong(chat, text, html)
        if refused is not None:
            return refused
        if method == "sendMessage":
            got: Got | None = self._keep(
                Got("telegram", chat, text, html, len(self.got) + 1, buttons=_telegram_buttons(body))
            )
        elif method == "editMessageText":
            got = next((g for g in self.got if g.chat == chat and g.message_id == body.get("message_id")), None)
            refused = _telegram_edit(got, text, body)
            if got is None or refused is not None:
                return refused or _no(400, "Bad Request: message to edit not found")
        else:
            return _no(404, "Not Found")
        result = {"message_id": got.message_id, "date": 0, "chat": {"id": chat, "type": "supergroup"}, "text": text}
        return web.json_response({"ok": True, "result": result})

    async def _telegram_ear(self, method: str, body: dict[str, Any]) -> web.Response:
        if method == "getMe":
            return web.json_response({"ok": True, "result": {"id": 1, "is_bot": True, "username": "otklik_test_bot"}})
        if method == "answerCallbackQuery":
            key = str(body.get("callback_query_id"))
            if key not in self.pressed or len(str(body.get("text", ""))) > 200:
                return _no(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
            self.answers[key] = (str(body.get("text", "")), time.monotonic())
            return web.json_response({"ok": True, "result": True})
        if self.busy:
            return _no(409, "Conflict: terminated by other getUpdates request")
        refused = self._refusal("getUpdates")
        if refused is not None:
            return refused
        found = await self._wait("telegram", int(body.get("offset", 0)) - 1000, float(body.get("timeout", 0)))
        return web.json_response({"ok": True, "result": found})

    async def _wait(self, platform: str, after: int, timeout: float) -> list[dict[str, Any]]:
        """Long polling: answer as soon as there is something, or with nothing when the time is over."""
        end = time.monotonic() + timeout
        while len(self.updates[platform]) <= max(after, 0) and time.monotonic() < end:
            await asyncio.sleep(0.01)
        return self.updates[platform][max(after, 0) :][:100]

    async def _max_updates(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != self.max_token:
            return web.json_response({"code": "verify.token", "message": "Invalid access_token"}, status=401)
        after = int(request.query.get("marker", 0))
        found = await self._wait("max", after, float(request.query.get("timeout", 0)))
        return web.json_response({"updates": found, "marker": after + len(found)})

    async def _max_answer(self, request: web.Request) -> web.Response:
        key, body = request.query.get("callback_id", ""), await request.json()
        if key not in self.pressed:
            return web.json_response({"code": "not.found", "message": "callback not found"}, status=404)
        self.answers[key] = (str(body.get("notification", "")), time.monotonic())
        return web.json_response({"success": True})

    async def _max_edit(self, request: web.Request) -> web.Response:
        body, mid = await request.json(), request.query.get("message_id", "")
        found = next((g for g in self.got if f"mid.{g.message_id}" == mid and g.platform == "max"), None)
        if found is None:
            return web.json_response({"code": "not.found", "message": "message not found"}, status=404)
        if found.final:
            return web.json_response({"success": False, "message": "message is too old"})
        found.text, found.edited, found.buttons = str(body.get("text", "")), True, _max_buttons(body)
        found.edits += 1
        return web.json_response({"success": True})

    async def _max(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != self.max_token:
            return web.json_response({"code": "verify.token", "message": "Invalid access_token"}, status=401)
        chat = request.query.get("chat_id") or request.query.get("user_id", "")
        self.asked.append(("messages", chat))
        refused = self._refusal(chat)
        if refused is not None:
            return refused
        body = await request.json()
        text = str(body.get("text", ""))
        if not chat.lstrip("-").isdigit() or not 0 < len(text) <= 4000:
            return web.json_response({"code": "proto.payload", "message": "Invalid chat_id or text"}, status=400)
        buttons = _max_buttons(body)
        got = self._keep(Got("max", chat, text, body.get("format") == "html", len(self.got) + 1, buttons=buttons))
        message = {
            "recipient": {"chat_id": int(chat)},
            "timestamp": 0,
            "body": {"mid": f"mid.{got.message_id}", "text": text},
        }
        return web.json_response({"message": message})

    async def _me(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != self.max_token:
            return web.json_response({"code": "verify.token", "message": "Invalid access_token"}, status=401)
        return web.json_response({"user_id": 1, "name": "Тревоги МЦУ", "is_bot": True})


def _number(chat: str) -> int:
    return int(chat) if chat.lstrip("-").isdigit() else -1


def _telegram_buttons(body: dict[str, Any]) -> list[tuple[str, str]]:
    rows = (body.get("reply_markup") or {}).get("inline_keyboard", [])
    keys = [key for row in rows for key in row]
    assert all(1 <= len(key["callback_data"].encode()) <= 64 for key in keys)
    return [(key["text"], key["callback_data"]) for key in keys]


def _max_buttons(body: dict[str, Any]) -> list[tuple[str, str]]:
    found = [a for a in body.get("attachments") or [] if a.get("type") == "inline_keyboard"]
    return [(k["text"], k["payload"]) for a in found for row in a["payload"]["buttons"] for k in row]


def _telegram_edit(found: Got | None, text: str, body: dict[str, Any]) -> web.Response | None:
    """Change a message, or say why not as the platform does."""
    if found is None:
        return _no(400, "Bad Request: message to edit not found")
    if found.final:
        return _no(400, "Bad Request: message can't be edited")
    buttons = _telegram_buttons(body)
    if (found.text, found.buttons) == (text, buttons):
        return _no(400, "Bad Request: message is not modified")
    found.text, found.edited, found.buttons, found.edits = text, True, buttons, found.edits + 1
    return None


def _no(code: int, description: str) -> web.Response:
    return web.json_response({"ok": False, "error_code": code, "description": description}, status=code)


def _telegram_wrong(chat: str, text: str, html: bool) -> web.Response | None:
    """Refuse what the real platform refuses: an odd chat, an empty or long text, unknown mark-up."""
    if not (chat.lstrip("-").isdigit() or chat.startswith("@")):
        return _no(400, "Bad Request: chat not found")
    if not text.strip():
        return _no(400, "Bad Request: message text is empty")
    bare = text
    for tag in ("<b>", "</b>"):
        bare = bare.replace(tag, "") if html else bare
    if html and ("<" in bare or ">" in bare):
        return _no(400, "Bad Request: can't parse entities: Unsupported start tag at byte offset 0")
    for name, char in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        bare = bare.replace(name, char) if html else bare
    if len(bare.encode("utf-16-le")) // 2 > 4096:
        return _no(400, "Bad Request: message is too long")
    return None


@contextmanager
def running(api: BotApi, port: int = 0) -> Iterator[BotApi]:
    """Serve on loopback in a thread of its own; `api.base` is the address."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    runner = web.AppRunner(api.app(), access_log=None)

    async def start() -> None:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        api.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        ready.set()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=serve, name="bot-api", daemon=True)
    thread.start()
    try:
        if not ready.wait(10):
            raise RuntimeError("bot API peer did not start")
        yield api
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def main() -> None:
    """Run until Ctrl+C, printing what comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--max-token", default=MAX_TOKEN)
    args = parser.parse_args()
    base = f"http://127.0.0.1:{args.port}"
    _say(f"OTKLIK_BOT_API_BASE={base} OTKLIK_BOT_TOKEN={args.token}")
    _say(f"OTKLIK_MAX_API_BASE={base} OTKLIK_MAX_TOKEN={args.max_token}")
    api = BotApi(
        token=args.token,
        max_token=args.max_token,
        on_message=lambda got: _say(f"[{got.platform} {got.chat}]\n{got.text}\n"),
    )
    from tests.peers.bot_page import add_page

    app = api.app()
    add_page(app, api)
    _say(f"Чаты и кнопки: {base}/")
    web.run_app(app, host="127.0.0.1", port=args.port, print=lambda *_: None)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
