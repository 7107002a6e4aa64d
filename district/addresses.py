"""Which addresses may be a source: public pages only, never a person, a closed chat or an internal machine."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from district.profile import Platform


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an address is not taken as a source, and what to write instead (Russian, shown to staff)."""

    reason: str
    mend: str


_VK = re.compile(r"(?:https?://)?(?:www\.|m\.|new\.)?(?:vk\.com|vk\.ru|vkontakte\.ru)/+(.*)", re.I)
_TELEGRAM = re.compile(r"(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)/+(.*)", re.I)
_TELEGRAM_HOST = re.compile(r"(?:https?://)?([a-z][a-z0-9_]{3,31})\.t\.me/?", re.I)
_MAX = re.compile(r"(?:https?://)?(?:www\.)?max\.ru/+(.*)", re.I)
_VK_COMMUNITY = re.compile(r"(?:club|public|event)\d+|-\d+", re.I)
_VK_PERSON = re.compile(r"(?:id)?\d+|wall\d+.*", re.I)
_VK_NAME = re.compile(r"[a-z][a-z0-9_.]{1,31}", re.I)
_VK_CLOSED = ("im", "mail", "al_im.php", "join", "messages")
_VK_PAGES = ("feed", "friends", "groups", "video", "audio", "photos", "search", "settings", "away.php", "wall", "app")
_TELEGRAM_NAME = re.compile(r"[a-z][a-z0-9_]{3,31}", re.I)
_TELEGRAM_SERVICE = ("share", "proxy", "socks", "login", "iv", "addstickers", "addemoji", "confirmphone", "setlanguage")
_INNER_SUFFIXES = (
    "localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "home.arpa",
)  # fmt: skip

# An IPv6 address that stands for an IPv4 one behind a translator (RFC 6052, RFC 8215).
_NAT64, _NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48")

_PUBLIC = "укажите открытое сообщество: club123 или vk.com/короткое_имя"
_CHANNEL = "укажите открытый канал или чат по имени: t.me/имя"
_WEB = "укажите открытый адрес сайта: https://…"


def refusal(platform: Platform, address: str, allowed: Collection[str] = ()) -> Refusal | None:
    """Return why an address may not be a source of this platform, or None when it may.

    `allowed` names internal addresses ("host" or "host:port") that the technician has opened (OTKLIK_ALLOW_INTERNAL).
    Only the writing of the address is judged; whether the host resolves to an internal machine is the crawler's guard.
    """
    text = unicodedata.normalize("NFKC", address).strip()
    if not text or re.search(r"\s", text):
        return Refusal("адрес пуст или содержит пробелы", "впишите адрес без пробелов")
    if platform is Platform.VK:
        return _vk(text)
    if platform in (Platform.TELEGRAM, Platform.TELEGRAM_PREVIEW):
        return _telegram(text)
    if platform is Platform.MAX:
        return _max(text)
    return _web(text, allowed)


def plain(platform: Platform, address: str) -> str:
    """Return one writing for all writings of an address, to find the same source twice."""
    text = unicodedata.normalize("NFKC", address).strip()
    if platform is Platform.VK:
        found = _VK.fullmatch(text)
        name = _head(found[1] if found else text).lower()
        number = re.fullmatch(r"(?:club|public|event|-)(\d+)", name)
        return f"club{int(number[1])}" if number else name
    if platform in (Platform.TELEGRAM, Platform.TELEGRAM_PREVIEW):
        return (_telegram_path(text) or [""])[0].lower()
    return re.sub(r"^https?://(www\.)?", "", text.lower()).rstrip("/")


def _head(path: str) -> str:
    """Return the first part of a path, without query and the @ people put before names."""
    return re.split(r"[/?#]", path, maxsplit=1)[0].removeprefix("@")


def _vk(text: str) -> Refusal | None:
    if re.match(r"(?:https?://)?(?:www\.)?vk\.(?:me|cc)/", text, re.I):
        return Refusal("это ссылка-приглашение или личный диалог ВКонтакте", _PUBLIC)
    found = _VK.fullmatch(text)
    if found is None and ("/" in text or ":" in text):
        return Refusal("это не адрес ВКонтакте", _PUBLIC)
    name = _head(found[1] if found else text).lower()
    if _VK_COMMUNITY.fullmatch(name):
        return None
    if _VK_PERSON.fullmatch(name):
        return Refusal("это страница человека: страницы людей не читаются", _PUBLIC)
    if name in _VK_CLOSED or name.startswith(("gim", "write")):
        return Refusal("это закрытая переписка ВКонтакте", _PUBLIC)
    if name.startswith(("wall-", "topic-", "photo-", "video-", "album-")):
        return Refusal("это отдельная запись, а не сообщество", _PUBLIC)
    if name in _VK_PAGES or not _VK_NAME.fullmatch(name):
        return Refusal("это не адрес сообщества ВКонтакте", _PUBLIC)
    return None


def _telegram_path(text: str) -> list[str] | None:
    """Return the parts of the path of a Telegram address; None when it is not one."""
    if host := _TELEGRAM_HOST.fullmatch(text):
        return [host[1]]
    found = _TELEGRAM.fullmatch(text)
    if found is None and re.search(r"[/:.]", text):
        return None
    path = re.split(r"[?#]", found[1] if found else text.removeprefix("@"), maxsplit=1)[0]
    parts = [p for p in path.split("/") if p]
    return parts[1:] if parts[:1] == ["s"] else parts


def _telegram(text: str) -> Refusal | None:
    parts = _telegram_path(text)
    if parts is None:
        invite = re.match(r"tg://(join|addlist)", text, re.I)
        return Refusal("это приглашение в закрытый чат" if invite else "это не адрес Telegram", _CHANNEL)
    head = parts[0].lower() if parts else ""
    if re.fullmatch(r"\+?[\d-]*\d", head):
        return Refusal("это номер телефона или закрытого чата, а не имя", _CHANNEL)
    if head.startswith("+") or head in ("joinchat", "addlist"):
        return Refusal("это приглашение в закрытый чат: по приглашениям мы не входим", _CHANNEL)
    if head == "c":
        return Refusal("это ссылка на закрытый канал", _CHANNEL)
    if head in _TELEGRAM_SERVICE or not _TELEGRAM_NAME.fullmatch(head):
        return Refusal("это не имя канала или чата Telegram", _CHANNEL)
    if head.endswith("bot"):
        return Refusal("это бот: переписка с ботом не открыта", _CHANNEL)
    if len(parts) > 1:
        return Refusal("это отдельная запись, а не канал", f"уберите номер записи: t.me/{parts[0]}")
    return None


def _max(text: str) -> Refusal | None:
    mend = "укажите открытый канал: https://max.ru/имя"
    found = _MAX.fullmatch(text)
    if found is None:
        return Refusal("это не адрес MAX", mend)
    head = _head(found[1]).lower()
    if head in ("join", "u", "invite") or head.startswith("+"):
        return Refusal("это приглашение в закрытый чат или страница человека", mend)
    return None if head else Refusal("в адресе нет имени канала", mend)


def _web(text: str, allowed: Collection[str]) -> Refusal | None:
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return Refusal("адрес записан с ошибкой", _WEB)
    if parts.scheme not in ("http", "https"):
        return Refusal("читаются только адреса http и https", _WEB)
    if parts.username is not None or parts.password is not None:
        return Refusal("в адресе записаны имя или пароль", "уберите их: секретам не место в профиле")
    return _web_host(parts, host, port, allowed)


def _web_host(parts: SplitResult, host: str, port: int | None, allowed: Collection[str]) -> Refusal | None:
    if not host:
        return Refusal("в адресе нет имени сайта", _WEB)
    number = port or (443 if parts.scheme == "https" else 80)
    if host in allowed or f"{host}:{number}" in allowed:
        return None
    if re.fullmatch(r"(?:www\.|m\.)?(?:vk\.com|vk\.ru|t\.me)", host):
        return Refusal("это адрес социальной сети, а не сайта", 'укажите platform = "vk" или "telegram"')
    if is_inner(host):
        return Refusal(
            "это внутренний адрес: открыто его никто не публикует",
            f"{_WEB} (для шлюза или проверки: OTKLIK_ALLOW_INTERNAL={host}:{number})",
        )
    return None


def is_inner(host: str) -> bool:
    """Tell whether a host, as it is written, is this machine or a machine of a private network."""
    host = host.lower().rstrip(".").strip("[]")
    try:
        return not _is_open(ipaddress.ip_address(host.split("%")[0]))
    except ValueError:
        pass
    last = host.rsplit(".", 1)[-1]
    if re.fullmatch(r"\d+|0x[0-9a-f]*", last):
        return True  # 127.1, 2130706433, 0x7f000001: another writing of an IP address, used to get round such checks
    return "." not in host or any(host == s or host.endswith(f".{s}") for s in _INNER_SUFFIXES)


def _is_open(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64_LOCAL:
            return False  # known as private to newer Pythons only
        nat64 = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or nat64
        if inside is not None:
            return _is_open(inside)
    return address.is_global and not address.is_multicast
