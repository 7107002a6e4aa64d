"""One careful HTTP call: bounded in time and size, no redirects, tokens hidden in every text."""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx

from reports.message import SendFailed

# A bot's answer is a few hundred bytes, a hundred updates some 200 KB; a gateway that answers with a page must not fill
# the memory.
MAX_ANSWER = 1024 * 1024
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
LONGEST_WAIT = 3600.0
HIDDEN = "[скрыто]"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, the JSON object (empty when the answer was not one) and seconds the platform asked to wait."""

    status: int
    body: dict[str, Any]
    retry_after: float | None


class _HideTokens(logging.Filter):
    """Keeps tokens out of the HTTP library's own log lines, which hold whole addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if any(token in said for token in self.tokens):
            for token in self.tokens:
                said = said.replace(token, HIDDEN)
            record.msg, record.args = said, ()
        return True


_hide = _HideTokens()


class Caller:
    """An HTTP client of one sender; knows the token only in order to hide it."""

    def __init__(self, token: str, ca_bundle: Path | None = None) -> None:
        """`ca_bundle` is added to the usual certificates: a national root, a gateway's own."""
        context: ssl.SSLContext = httpx.create_ssl_context()
        if ca_bundle is not None:
            context.load_verify_locations(cafile=ca_bundle)
        self._token = token
        self._client = httpx.Client(verify=context, timeout=TIMEOUT, follow_redirects=False,
                                    headers={"Accept-Encoding": "identity"})  # fmt: skip
        if token:
            _hide.tokens.add(token)
            # A filter works only on the very logger that speaks, not on its children's parents.
            logging.getLogger("httpx").addFilter(_hide)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def post(self, url: str, body: Mapping[str, Any], *, params: Mapping[str, str] | None = None,
             headers: Mapping[str, str] | None = None) -> Answer:  # fmt: skip
        """Return the answer whatever its status; SendFailed when there was none in time."""
        return self.ask("POST", url, json.dumps(dict(body), ensure_ascii=False).encode(), params, headers)

    def ask(self, method: str, url: str, body: bytes | None = None, params: Mapping[str, str] | None = None,
            headers: Mapping[str, str] | None = None) -> Answer:  # fmt: skip
        """Return the answer to any request, its body JSON as bytes; SendFailed when there was none in time."""
        told = {**(headers or {}), **({"Content-Type": "application/json"} if body is not None else {})}
        try:
            with self._client.stream(method, url, content=body, params=params, headers=told) as response:
                raw = _bounded(response)
                return Answer(response.status_code, _object(raw), _wait(response, raw))
        except httpx.HTTPError as error:
            # str(error) may hold the address and with it the token: only the kind of the error is told.
            raise SendFailed(f"нет связи с {self.hide(_host(url))}: {_kind(error)}") from None
        except (httpx.InvalidURL, UnicodeError):
            raise SendFailed(f"адрес {self.hide(_host(url))} не разобрать: проверьте настройки адресов") from None

    def hide(self, text: str) -> str:
        """Return the text with the token taken out."""
        return text.replace(self._token, HIDDEN) if self._token else text


def _bounded(response: httpx.Response) -> bytes:
    """Read up to the bound, undecoded: a small packed answer could unfold into gigabytes."""
    raw = bytearray()
    for piece in response.iter_raw():
        raw += piece
        if len(raw) > MAX_ANSWER:
            break
    return bytes(raw)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _wait(response: httpx.Response, raw: bytes) -> float | None:
    """Seconds to wait: Telegram's own field first, then the header as seconds or as a date beside the answer's date."""
    parameters = _object(raw).get("parameters")
    asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
    header = response.headers.get("retry-after", "")
    if isinstance(asked, (int, float)) and not isinstance(asked, bool):
        seconds = float(asked)
    elif header.strip().isdigit():
        seconds = float(header.strip())
    else:
        seconds = _until(header, response.headers.get("date", ""))
    return min(seconds, LONGEST_WAIT) if seconds > 0 else None


def _until(header: str, date: str) -> float:
    try:
        return (parsedate_to_datetime(header) - parsedate_to_datetime(date)).total_seconds()
    except (ValueError, TypeError):
        return 0.0


def _host(url: str) -> str:
    return url.split("://", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1]


def _kind(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "нет ответа вовремя"
    if isinstance(error, httpx.ConnectError):
        if "CERTIFICATE" in str(error).upper():
            return "сертификату нет доверия (задайте OTKLIK_CA_BUNDLE)"
        return "соединение не установлено"
    return f"обмен прерван ({type(error).__name__})"
