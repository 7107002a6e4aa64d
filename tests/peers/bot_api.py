"""A loopback Telegram Bot API and MAX Bot API: keeps what it was sent and refuses the way the platforms do.

Standalone: python -m tests.peers.bot_api --port 8090 (prints each message; Ctrl+C ends it).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import threading
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

    def app(self) -> web.Application:
        """The routes of both platforms."""
        app = web.Application()
        app.router.add_post("/bot{token}/{method}", self._telegram)
        app.router.add_post("/messages", self._max)
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
        chat, text = str(body.get("chat_id", "")), str(body.get("text", ""))
        self.asked.append((method, chat))
        html = body.get("parse_mode") == "HTML"
        refused = self._refusal(chat) or _telegram_wrong(chat, text, html)
        if refused is not None:
            return refused
        if method == "sendMessage":
            got = self._keep(Got("telegram", chat, text, html, len(self.got) + 1))
        elif method == "editMessageText":
            found = next((g for g in self.got if g.chat == chat and g.message_id == body.get("message_id")), None)
            if found is None:
                return _no(400, "Bad Request: message to edit not found")
            if found.text == text:
                return _no(400, "Bad Request: message is not modified")
            found.text, found.edited, got = text, True, found
        else:
            return _no(404, "Not Found")
        result = {"message_id": got.message_id, "date": 0, "chat": {"id": chat, "type": "supergroup"}, "text": text}
        return web.json_response({"ok": True, "result": result})

    async def _max(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != self.max_token:
            return web.json_response({"code": "verify.token", "message": "Invalid access_token"}, status=401)
        chat = request.query.get("chat_id", "")
        self.asked.append(("messages", chat))
        refused = self._refusal(chat)
        if refused is not None:
            return refused
        body = await request.json()
        text = str(body.get("text", ""))
        if not chat.lstrip("-").isdigit() or not 0 < len(text) <= 4000:
            return web.json_response({"code": "proto.payload", "message": "Invalid chat_id or text"}, status=400)
        got = self._keep(Got("max", chat, text, body.get("format") == "html", len(self.got) + 1))
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
    web.run_app(api.app(), host="127.0.0.1", port=args.port, print=lambda *_: None)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
