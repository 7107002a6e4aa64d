"""From a pasted address to a public source: its platform and one writing; the refusals are those of the profile (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from casework.errors import AddressRefused
from district.addresses import plain, refusal
from district.profile import Platform

_VK_HOST = re.compile(r"(www\.|m\.|new\.)?(vk\.com|vk\.ru|vkontakte\.ru|vk\.me|vk\.cc)", re.I)
_TELEGRAM_HOST = re.compile(r"(www\.)?(t\.me|telegram\.me|telegram\.dog)|[a-z][a-z0-9_]{3,31}\.t\.me", re.I)
_MAX_HOST = re.compile(r"(www\.|web\.)?max\.ru", re.I)
# A post, a photo, a topic of a community is pasted as often as the community: its number stands there with a minus.
_VK_INSIDE = re.compile(r"(?:wall|topic|photo|video|album|market|clip)-(\d+)(?:_\d+)*")
_FEED_PATH = re.compile(r"(^|/)(rss2?|atom|feeds?)([./_-]|$)|\.(rss|atom|rdf)$|(^|/)index\.xml$", re.I)
_FEED_QUERY = re.compile(r"(^|&)(feed|format|type|output)=(rss2?|atom|feed|xml)(&|$)", re.I)
_TRACKING = re.compile(r"(utm_.*|fbclid|yclid|ysclid|gclid|_openstat)", re.I)
_PUBLIC_PORTS = (None, 80, 443)
_COPY = "Скопируйте адрес страницы из строки браузера."


@dataclass(frozen=True, slots=True)
class Recognised:
    """A public source in one writing."""

    platform: Platform
    address: str
    """A full address people can open: https://vk.com/NAME, https://t.me/NAME, https://max.ru/NAME or the page itself."""


def recognise(pasted: str, allowed: Collection[str] = ()) -> Recognised:
    """Return the platform and the one writing of a pasted address; AddressRefused with the reason and the mend.

    `allowed` are internal "host" or "host:port" that the technician has opened (OTKLIK_ALLOW_INTERNAL). Whether a public
    name leads to an internal machine is seen by the crawler's guard when it connects, not here.
    """
    url = _split(pasted)
    host = url.hostname or ""
    if _VK_HOST.fullmatch(host):
        found = _vk(pasted, url)
    elif _TELEGRAM_HOST.fullmatch(host):
        found = _telegram(pasted, url, host)
    elif _MAX_HOST.fullmatch(host):
        found = Recognised(Platform.MAX, f"https://max.ru/{_head(url.path)}")
        _judge(pasted, Platform.MAX, f"https://max.ru{url.path}")
    else:
        found = _page(pasted, url, host, allowed)
    return found


def identity(platform: Platform | str, address: str) -> tuple[str, str]:
    """Return what makes two sources the same source: reading t.me with an account or without one does not differ."""
    kind = Platform(platform)
    if kind in (Platform.FEED, Platform.SITE):
        return "web", plain(kind, _ascii(address))
    family = Platform.TELEGRAM if kind is Platform.TELEGRAM_PREVIEW else kind
    return family.value, plain(kind, address)


def _ascii(address: str) -> str:
    """A profile may name a site in Cyrillic; an address that is none stays as it is."""
    try:
        return _split(address).geturl()
    except AddressRefused:
        return address


def _split(pasted: str) -> SplitResult:
    text = pasted.strip()
    if not 3 <= len(text) <= 2000:
        raise AddressRefused(pasted, "адрес пуст, слишком короткий или слишком длинный", _COPY)
    if any(ch.isspace() or ord(ch) < 32 or ch in "\\\x7f" for ch in text):
        raise AddressRefused(
            pasted, "в адресе пробел, перенос строки или обратная черта", "Вставьте один адрес целиком."
        )
    if text.startswith("@"):
        text = f"https://t.me/{text[1:]}"
    scheme = re.match(r"([a-z][a-z0-9+.-]*):(?!\d+(/|$))", text, re.I)
    if scheme is None:
        text = f"https://{text}"
    elif scheme[1].lower() not in ("http", "https"):
        why = "это приглашение" if scheme[1].lower() == "tg" else f"адреса «{scheme[1]}:» не читаются"
        raise AddressRefused(pasted, why, "Нужен адрес, который начинается с https://.")
    return _checked(pasted, text)


def _checked(pasted: str, text: str) -> SplitResult:
    """Split an address, its host brought to ASCII (names in Cyrillic are public names too)."""
    try:
        url = urlsplit(text)
        host = (url.hostname or "").rstrip(".")
        port = url.port
        ascii_host = host if ":" in host else host.encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError):
        raise AddressRefused(pasted, "адрес не разобрать", _COPY) from None
    if url.username is not None or url.password is not None:
        raise AddressRefused(pasted, "в адресе записаны имя или пароль", "Уберите всё, что стоит перед знаком @.")
    if not ascii_host:
        raise AddressRefused(pasted, "в адресе нет имени сайта", _COPY)
    place = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    return url._replace(scheme=url.scheme.lower(), netloc=place if port is None else f"{place}:{port}", fragment="")


def _vk(pasted: str, url: SplitResult) -> Recognised:
    inside = [value for key, value in parse_qsl(url.query) if key in ("w", "z")]
    name = _head(inside[0] if inside else url.path).lower()
    found = _VK_INSIDE.fullmatch(name)
    name = f"club{found[1]}" if found else name
    address = f"https://{url.hostname}/{name}"
    _judge(pasted, Platform.VK, address)
    return Recognised(Platform.VK, f"https://vk.com/{plain(Platform.VK, address)}")


def _telegram(pasted: str, url: SplitResult, host: str) -> Recognised:
    parts = [part for part in url.path.split("/") if part]
    preview = parts[:1] == ["s"]
    parts = parts[1:] if preview else parts
    if host.endswith(".t.me") and host != "www.t.me":
        parts = [host.removesuffix(".t.me"), *parts]
    # A single post is pasted as often as its channel; «t.me/c/…», invitations and the like are refused below.
    if len(parts) > 1 and all(part.isdigit() for part in parts[1:]) and parts[0].lower() != "c":
        parts = parts[:1]
    address = "https://t.me/" + "/".join(parts)
    _judge(pasted, Platform.TELEGRAM, address)
    return Recognised(Platform.TELEGRAM_PREVIEW if preview else Platform.TELEGRAM, address)


def _page(pasted: str, url: SplitResult, host: str, allowed: Collection[str]) -> Recognised:
    query = urlencode([(k, v) for k, v in parse_qsl(url.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)])
    default = 443 if url.scheme == "https" else 80
    place = url.netloc.removesuffix(f":{default}")
    address = f"{url.scheme}://{place}{url.path or '/'}" + (f"?{query}" if query else "")
    feed = _FEED_PATH.search(url.path.rstrip("/")) or _FEED_QUERY.search(query)
    platform = Platform.FEED if feed else Platform.SITE
    _judge(pasted, platform, address, allowed)
    if url.port not in _PUBLIC_PORTS and host not in allowed and f"{host}:{url.port}" not in allowed:
        raise AddressRefused(pasted, f"порт {url.port} не для открытых сайтов", "Уберите номер порта из адреса.")
    return Recognised(platform, address)


def _judge(pasted: str, platform: Platform, address: str, allowed: Collection[str] = ()) -> None:
    refused = refusal(platform, address, allowed)
    if refused is not None:
        raise AddressRefused(pasted, refused.reason, refused.mend[:1].upper() + refused.mend[1:] + ".")


def _head(path: str) -> str:
    return path.strip("/").split("/", 1)[0]
