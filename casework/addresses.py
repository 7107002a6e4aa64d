"""From a pasted address to a public source: platform and one spelling; refuses what is not a public page (pure)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from casework.errors import AddressRefused
from district.profile import Platform

VK_HOSTS = frozenset(
    {"vk.com", "vk.ru", "vkontakte.ru", "m.vk.com", "m.vk.ru", "www.vk.com", "www.vk.ru", "new.vk.com"}
)
TELEGRAM_HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog", "www.t.me"})
MAX_HOSTS = frozenset({"max.ru", "www.max.ru", "web.max.ru"})
VK_PAGES = frozenset(
    [
        "feed",
        "im",
        "search",
        "settings",
        "friends",
        "groups",
        "video",
        "videos",
        "clips",
        "audio",
        "music",
        "market",
        "apps",
        "games",
        "bookmarks",
        "login",
        "join",
        "docs",
        "albums",
        "gim",
        "al_feed.php",
        "share.php",
        "away.php",
        "write",
        "dev",
        "support",
        "about",
        "terms",
        "privacy",
        "article",
        "story",
        "stories",
    ]
)
TELEGRAM_PAGES = frozenset(
    [
        "joinchat",
        "addstickers",
        "addemoji",
        "addlist",
        "addtheme",
        "share",
        "login",
        "proxy",
        "socks",
        "setlanguage",
        "bg",
        "boost",
        "iv",
        "contact",
        "m",
        "invoice",
        "giftcode",
    ]
)
FEED_HINTS = re.compile(
    r"(^|/)(rss|atom|feed|feeds|rss2)([./_-]|$)|\.(rss|atom|rdf)$|(^|/)(rss|atom|feed|index)\.(xml|php|aspx)$"
)
TRACKING = re.compile(r"^(utm_.*|fbclid|yclid|gclid|ysclid|_openstat)$")
INTERNAL_ENDINGS = (
    ".local",
    ".internal",
    ".lan",
    ".home",
    ".corp",
    ".intranet",
    ".localhost",
    ".home.arpa",
    ".onion",
    ".test",
    ".invalid",
)
PUBLIC_PORTS = frozenset({80, 443})


@dataclass(frozen=True, slots=True)
class Recognised:
    """A public source in one spelling: the same page pasted in two ways gives equal values."""

    platform: Platform
    address: str
    """For people and spiders alike: vk.com/NAME, t.me/NAME, max.ru/NAME with https://, or the page's own address."""

    @property
    def identity(self) -> tuple[str, str]:
        """What makes two sources the same: reading t.me with or without an account is one source."""
        family = Platform.TELEGRAM if self.platform is Platform.TELEGRAM_PREVIEW else self.platform
        return (
            family.value,
            self.address.lower() if family in (Platform.VK, Platform.TELEGRAM, Platform.MAX) else self.address,
        )


def recognise(pasted: str, allowed: Collection[str] = ()) -> Recognised:
    """Return the platform and the one spelling of a pasted address; AddressRefused with the reason and the mend.

    `allowed` are internal "host" or "host:port" that the technician has permitted (OTKLIK_ALLOW_INTERNAL).
    """
    url = _split(pasted)
    host = _host(pasted, url)
    if host in VK_HOSTS:
        return _vk(pasted, url)
    if host in TELEGRAM_HOSTS:
        return _telegram(pasted, url)
    if host in MAX_HOSTS:
        return _max(pasted, url)
    return _page(pasted, url, host, allowed)


def internal_reason(host: str) -> str:
    """Return why a host is internal ("" when it is public by its name); an address in any spelling is unfolded first."""
    bare = host.strip("[]").rstrip(".").lower()
    found = _as_ip(bare)
    if found is not None:
        return "" if _public(found) else f"«{host}» — внутренний или служебный адрес сети"
    if "." not in bare or bare.endswith(INTERNAL_ENDINGS):
        return f"«{host}» — имя внутренней сети"
    return ""


def _split(pasted: str) -> SplitResult:
    text = pasted.strip()
    if not text or len(text) > 2000:
        raise AddressRefused(pasted, "адрес пуст или слишком длинный", "Скопируйте адрес страницы из строки браузера.")
    if any(ch.isspace() or ord(ch) < 32 or ch == "\\" for ch in text):
        raise AddressRefused(
            pasted, "в адресе пробел, перенос строки или обратная черта", "Вставьте один адрес целиком."
        )
    if text.startswith("@"):
        text = f"https://t.me/{text[1:]}"
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d+(/|$))", text)
    if scheme is None:
        text = f"https://{text}"
    elif scheme.group(1).lower() not in ("http", "https"):
        raise AddressRefused(
            pasted, f"схема «{scheme.group(1)}:» не поддерживается", "Нужен адрес, который начинается с https://."
        )
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        raise AddressRefused(pasted, "адрес не разобрать", "Скопируйте адрес страницы из строки браузера.") from None
    if url.username is not None or url.password is not None:
        raise AddressRefused(pasted, "в адресе записаны логин или пароль", "Уберите всё, что стоит до знака @.")
    return url


def _host(pasted: str, url: SplitResult) -> str:
    """Return the host in ASCII, lower case."""
    try:
        return (url.hostname or "").rstrip(".").encode("idna").decode("ascii").lower() or _no_host(pasted)
    except UnicodeError:
        return _no_host(pasted)


def _no_host(pasted: str) -> str:
    raise AddressRefused(pasted, "нет имени сайта", "Скопируйте адрес страницы из строки браузера.")


def _vk(pasted: str, url: SplitResult) -> Recognised:
    name = _first(url.path)
    for key, value in parse_qsl(url.query):
        if key in ("w", "z"):
            name = value.split("/")[0]
    lower = name.lower()
    wall = re.match(r"(wall|topic|photo|video|album|market|clip|post)(-?\d+)(_\d+)?$", lower)
    if wall:
        number = int(wall.group(2))
        if number > 0:
            raise _profile(pasted)
        return Recognised(Platform.VK, f"https://vk.com/club{-number}")
    numbered = re.match(r"(club|public|event)(\d+)$", lower)
    if numbered:
        return Recognised(Platform.VK, f"https://vk.com/club{int(numbered.group(2))}")
    if re.match(r"id\d+$", lower):
        raise _profile(pasted)
    if lower in VK_PAGES or not re.match(r"[a-z0-9_.]{2,64}$", lower):
        raise AddressRefused(
            pasted, "это не стена сообщества ВКонтакте", "Нужен адрес вида vk.com/club123 или vk.com/имя_сообщества."
        )
    return Recognised(Platform.VK, f"https://vk.com/{lower}")


def _profile(pasted: str) -> AddressRefused:
    return AddressRefused(
        pasted, "это страница человека, а не сообщества", "Личные страницы не читаем: нужен адрес сообщества."
    )


def _telegram(pasted: str, url: SplitResult) -> Recognised:
    parts = [part for part in url.path.split("/") if part]
    preview = bool(parts) and parts[0] == "s"
    name = parts[1] if preview and len(parts) > 1 else parts[0] if parts else ""
    if name.startswith("+") or name.lower() in ("joinchat", "addlist"):
        raise AddressRefused(
            pasted, "это приглашение в закрытый чат", "Закрытые чаты не читаем: нужен открытый канал t.me/имя."
        )
    if name == "c" or name.isdigit():
        raise AddressRefused(
            pasted, "это ссылка внутрь закрытого чата", "Закрытые чаты не читаем: нужен открытый канал t.me/имя."
        )
    if name.lower() in TELEGRAM_PAGES or not re.match(r"[A-Za-z][A-Za-z0-9_]{3,31}$", name):
        raise AddressRefused(pasted, "это не открытый канал или чат Telegram", "Нужен адрес вида t.me/имя_канала.")
    if name.lower().endswith("bot"):
        raise AddressRefused(pasted, "это бот", "Нужен адрес открытого канала или чата.")
    platform = Platform.TELEGRAM_PREVIEW if preview else Platform.TELEGRAM
    return Recognised(platform, f"https://t.me/{name}")


def _max(pasted: str, url: SplitResult) -> Recognised:
    name = _first(url.path)
    if name.lower() in ("join", "u", "chat", "login", "") or len([p for p in url.path.split("/") if p]) > 2:
        raise AddressRefused(
            pasted, "это приглашение, личная страница или закрытый чат MAX", "Нужен адрес открытого канала max.ru/имя."
        )
    if not re.match(r"[A-Za-z0-9_.-]{3,64}$", name):
        raise AddressRefused(pasted, "это не открытый канал MAX", "Нужен адрес вида max.ru/имя.")
    return Recognised(Platform.MAX, f"https://max.ru/{name}")


def _page(pasted: str, url: SplitResult, host: str, allowed: Collection[str]) -> Recognised:
    named = f"{host}:{url.port}" if url.port else host
    if host not in allowed and named not in allowed:
        why = internal_reason(host)
        if why:
            mend = "Если это нужный вам сервер, технический специалист вносит его в OTKLIK_ALLOW_INTERNAL."
            raise AddressRefused(pasted, why, mend)
        if url.port not in (None, *PUBLIC_PORTS):
            raise AddressRefused(
                pasted, f"порт {url.port} не открыт для сайтов", "Нужен обычный адрес сайта без номера порта."
            )
    default = {"http": 80, "https": 443}[url.scheme.lower()]
    place = f"[{host}]" if ":" in host else host
    if url.port not in (None, default):
        place = f"{place}:{url.port}"
    query = urlencode(
        [(k, v) for k, v in parse_qsl(url.query, keep_blank_values=True) if not TRACKING.match(k.lower())]
    )
    path = url.path if url.path not in ("", "/") else "/"
    address = f"{url.scheme.lower()}://{place}{path}" + (f"?{query}" if query else "")
    return Recognised(_kind(path, query), address)


def _kind(path: str, query: str) -> Platform:
    hinted = FEED_HINTS.search(path.lower().rstrip("/")) or re.search(
        r"(^|&)(feed|format|type)=(rss2?|atom|feed)(&|$)", query.lower()
    )
    return Platform.FEED if hinted else Platform.SITE


def _first(path: str) -> str:
    return path.strip("/").split("/", 1)[0]


def _as_ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Unfold what a resolver would take for an address: dotted, decimal, hex, octal, shortened."""
    try:
        return ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        pass
    parts = text.split(".")
    if not 1 <= len(parts) <= 4 or not all(re.match(r"(0x[0-9a-f]*|\d+)$", part) for part in parts):
        return None
    try:
        numbers = [_number(part) for part in parts]
        value = sum(n << (8 * (3 - i)) for i, n in enumerate(numbers[:-1])) + numbers[-1]
        return ipaddress.IPv4Address(value)
    except ValueError:
        # All numbers and dots, and yet no address: nothing public is called so.
        return ipaddress.IPv4Address(0)


def _number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8) if part.startswith("0") and len(part) > 1 else int(part)


def _public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return address.is_global and not address.is_multicast
