"""The address of a platform's API is a setting; an internal one is asked only where the technician allows it."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from crawlers.guard import Guard, Refused
from crawlers.refusal import Refusal
from district.settings import Settings


def check_base(url: str, settings: Settings) -> None:
    """Raise Refusal when the base address of an HTTP API is internal and not allowed; resolves the name, so it blocks."""
    try:
        guard = Guard(settings.allow_internal)
        guard.check_url(url)
        parts = urlsplit(url)
        _check_name(guard, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    except Refused as e:
        raise _refusal(str(e)) from None


def check_host(host: str, port: int, settings: Settings) -> None:
    """Raise Refusal when the host of a data centre is internal and not allowed; resolves the name, so it blocks."""
    try:
        _check_name(Guard(settings.allow_internal), host, port)
    except Refused as e:
        raise _refusal(str(e)) from None


def _check_name(guard: Guard, host: str, port: int) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise Refused(f"{host}: имя не найдено, проверьте адрес в настройках установки и связь с сетью") from None
    guard.check_addresses(host, port, {str(info[4][0]) for info in found})


def _refusal(reason: str) -> Refusal:
    return Refusal(400, "gateway", reason)
