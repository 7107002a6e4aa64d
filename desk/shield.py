"""What stands around every page: headers that browsers obey, refusal of foreign forms, tokens that compression cannot leak."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    # Not no-referrer: with it browsers send «Origin: null» from our own forms, and the check below would be blind on plain
    # HTTP, where no Sec-Fetch-Site comes. Other sites get no referrer with either.
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
_FOREIGN = "Форму прислал другой сайт: действие не выполнено. Откройте страницу Отклика и повторите там."
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SAY_THEMSELVES = ("/static/", "/ical/")
"""How long an answer may be kept is said by these doors: files, and calendars that programs come for again and again."""
_OURS = frozenset({"same-origin", "none"})


OnFault = Callable[[Request, Exception], Response]


class Shield:
    """Middleware: refuses a form that another site sends, puts the headers on every answer, is the last door for faults.

    A fault ends here and not in the server's own log, which would print the fault's message with texts of people in it.
    """

    def __init__(self, app: ASGIApp, on_fault: OnFault) -> None:
        self.app, self.on_fault = app, on_fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        if scope["method"] not in _SAFE and is_foreign(Headers(scope=scope)):
            await PlainTextResponse(_FOREIGN, status_code=403)(scope, receive, answer.send)
            return
        try:
            await self.app(scope, receive, answer.send)
        except Exception as error:
            if answer.started:
                raise
            told = await run_in_threadpool(self.on_fault, Request(scope, receive), error)
            await told(scope, receive, answer.send)


class _Answer:
    """Sends an answer on with our headers, and knows whether it has begun."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send, self.started = send, False
        self._headers = dict(_HEADERS)
        if scope["scheme"] == "https":
            self._headers["Strict-Transport-Security"] = "max-age=31536000"
        if not scope["path"].startswith(_SAY_THEMSELVES):
            self._headers["Cache-Control"] = "no-store"

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            MutableHeaders(scope=message).update(self._headers)
        await self._send(message)


def is_foreign(headers: Headers) -> bool:
    """Return whether the browser says that another site made this request.

    A client that says nothing (no browser of today) still needs the form's token.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in _OURS:
        return True
    if origin is None or (origin == "null" and site is not None):
        return False
    return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()


def mask_token(token: str) -> str:
    """Return the token in a new guise each time, so that the length of a compressed page tells nothing of it (BREACH)."""
    plain = token.encode()
    pad = secrets.token_bytes(len(plain))
    return base64.urlsafe_b64encode(pad + bytes(a ^ b for a, b in zip(pad, plain, strict=True))).decode()


def token_fits(masked: str, token: str) -> bool:
    """Return whether a form's field is this token in some guise."""
    try:
        raw = base64.urlsafe_b64decode(masked.encode("ascii"))
    except (binascii.Error, ValueError):
        return False
    half = len(raw) // 2
    plain = bytes(a ^ b for a, b in zip(raw[:half], raw[half : 2 * half], strict=True))
    return bool(token) and hmac.compare_digest(plain, token.encode())
