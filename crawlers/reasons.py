"""Failures of a download in words for the desk: what happened, with what, what to do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from crawlers.guard import Refused
from crawlers.visit import Trouble

WAIT_UNKNOWN_S = 900.0
"""429 and 503 without Retry-After: a quarter of an hour, the usual interval of a source, so one turn is skipped."""
WAIT_MOST_S = 86_400.0
"""A Retry-After longer than a day is shortened to a day: the desk would rather see a failing source than a silent one."""

_STATUSES = {
    401: "требует входа (401): этот адрес не публичный, замените его",
    403: "отказывает нам в доступе (403): откройте адрес в браузере; если там просят подтвердить, что вы не робот, нужен другой источник",
    404: "говорит, что такой страницы нет (404): проверьте адрес источника",
    410: "говорит, что страница удалена навсегда (410): замените источник",
    451: "говорит, что страница закрыта по закону (451)",
}
_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (ResponseDataLossError, "ответ оборвался на середине: повторим в следующий раз"),
    (DownloadTimeoutError, "отвечает слишком долго: повторим в следующий раз"),
    (CannotResolveHostError, "имя не найдено: проверьте адрес источника и связь с сетью"),
    (DownloadConnectionRefusedError, "не принимает соединение: сайт не работает или закрыт для нашей сети"),
    (UnsupportedURLSchemeError, "неверный адрес: нужен http:// или https://"),
    (DownloadCancelledError, "страница больше разрешённого размера, она не прочитана"),
    (DownloadFailedError, "связь оборвалась или ответ не по правилам HTTP, повторим в следующий раз"),
)


class TroubledRequest(IgnoreRequest):
    """A request that was given up with words for the desk already found."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.reason)
        self.trouble = trouble


def retry_after(value: bytes | str | None, now: datetime) -> float:
    """Return the seconds of a Retry-After header (a number or an HTTP date), between 1 s and a day.

    `now` is aware; a missing or unreadable value gives WAIT_UNKNOWN_S.
    """
    text = (value.decode("latin-1") if isinstance(value, bytes) else value or "").strip()
    if re.fullmatch(r"\d{1,9}", text):
        return min(max(float(text), 1.0), WAIT_MOST_S)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return WAIT_UNKNOWN_S
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 1.0), WAIT_MOST_S)


def trouble_of(error: BaseException, request: Any, now: datetime) -> Trouble:
    """Return what to tell the desk about a failed request; unknown errors are named by their class, never hidden."""
    host = urlsplit(request.url).netloc if request is not None else "источник"
    if isinstance(error, TroubledRequest):
        return error.trouble
    if hasattr(error, "response"):
        return _of_status(error.response, host, now)
    if isinstance(error, IgnoreRequest):
        return _of_refusal(error, host, request)
    return Trouble(f"{host}: {_words_of(error)}")


def _words_of(error: BaseException) -> str:
    if "certificate" in str(error).lower():
        return "сертификат сайта не подтверждён: нужен свой набор корневых сертификатов (OTKLIK_CA_BUNDLE)"
    for kind, words in _KINDS:
        if isinstance(error, kind):
            return words
    return f"неожиданная ошибка {type(error).__name__}: сообщите технику номер запуска"


def _of_refusal(error: IgnoreRequest, host: str, request: Any) -> Trouble:
    if isinstance(error, Refused):
        return Trouble(str(error))
    text = str(error)
    if "max redirections" in text:
        return Trouble(f"{host}: адрес перенаправляет по кругу, страница не прочитана")
    if "robots.txt" in text:
        path = urlsplit(request.url).path or "/"
        return Trouble(f"{host}: robots.txt запрещает читать {path}, мы этот запрет соблюдаем: нужен другой источник")
    if "DOWNLOAD_MAXSIZE" in text:
        return Trouble(f"{host}: страница больше разрешённого размера после распаковки, она не прочитана")
    return Trouble(f"{host}: запрос отклонён ({text[:120]})")


def _of_status(response: Any, host: str, now: datetime) -> Trouble:
    status = int(response.status)
    if status in (429, 503):
        wait = retry_after(response.headers.get("Retry-After"), now)
        word = "просит обращаться реже" if status == 429 else "временно не работает"
        return Trouble(f"{host} {word} ({status}): следующая попытка через {_minutes(wait)}", stops=True, wait_s=wait)
    if status in _STATUSES:
        return Trouble(f"{host} {_STATUSES[status]}")
    if 300 <= status < 400:
        return Trouble(f"{host} перенаправляет туда, куда мы не ходим ({status}): проверьте адрес источника")
    if status >= 500:
        return Trouble(f"{host}: ошибка на стороне сайта ({status}), повторим в следующий раз")
    return Trouble(f"{host}: неожиданный ответ {status}")


def _minutes(seconds: float) -> str:
    return f"{round(seconds)} с" if seconds < 120 else f"{round(seconds / 60)} мин"
