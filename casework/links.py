"""From a pasted link to the address of one answer: which platform, whose page, which post or comment (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from casework.addresses import recognise
from casework.errors import AddressRefused
from district.addresses import plain
from district.profile import Platform

_WALL = re.compile(r"wall(-?\d{1,18})_(\d{1,18})(?:_r(\d{1,18}))?", re.I)
_COMMENT = re.compile(r"(?:reply|thread|comment)=(\d{1,18})")
_VK = re.compile(r"(?:www\.|m\.|new\.)?(?:vk\.com|vk\.ru|vkontakte\.ru)", re.I)
_TELEGRAM = (Platform.TELEGRAM, Platform.TELEGRAM_PREVIEW)
_VK_MEND = "Откройте сам ответ и скопируйте его адрес: vk.com/wall-123_456 или с «?reply=» для комментария."
_TELEGRAM_MEND = "Нажмите на время ответа и скопируйте его адрес: t.me/имя_канала/123."
_WEB_MEND = "Вставьте адрес страницы, на которой стоит ответ: https://…"


@dataclass(frozen=True, slots=True)
class Link:
    """The address of one answer, in one writing."""

    platform: Platform
    url: str
    owner: str
    """Whose page it is on: number of a VK wall ("-1"), name of a Telegram channel, host of a site."""
    post: int | None = None
    comment: int | None = None
    thread: int | None = None
    """The comment under which an answer in a VK thread stands, where the link says it."""


def link_of(pasted: str, allowed: Collection[str] = ()) -> Link:
    """Return the answer's address in a pasted link; AddressRefused with the reason and the mend.

    Refused are what is no public address, a page without a post (a profile, a community, a channel), an invitation and
    the front page of a site. A post on the wall of a person has an owner without a minus: who takes it, decides (`record`).
    `allowed` are internal "host" or "host:port" that the technician has opened (OTKLIK_ALLOW_INTERNAL).
    """
    if wall := _vk_wall(pasted):
        return wall
    try:
        found = recognise(pasted, allowed)
    except AddressRefused as e:
        raise AddressRefused(pasted, e.why, _mend(pasted)) from None
    if found.platform is Platform.VK:
        raise AddressRefused(pasted, "это страница ВКонтакте, а не запись с ответом", _VK_MEND)
    if found.platform in _TELEGRAM:
        return _telegram(pasted, found.address)
    if found.platform is Platform.MAX:
        address = re.sub(r"^https?://", "", pasted.strip(), flags=re.I)
        return Link(Platform.MAX, f"https://{address}", plain(Platform.MAX, found.address))
    if urlsplit(found.address).path in ("", "/") and not urlsplit(found.address).query:
        raise AddressRefused(pasted, "это главная страница сайта, завтра на ней будет другое", _WEB_MEND)
    return Link(Platform.SITE, found.address, _host(found.address))


def same_writing(link: Link) -> tuple[str, ...]:
    """Return the ways in which crawlers write this address, to find the post behind it."""
    if link.platform is Platform.VK:
        return (link.url, link.url.split("&", 1)[0])
    return (link.url, link.url.rstrip("/"), f"{link.url.rstrip('/')}/")


def belongs(link: Link, platform: str, address: str, sample: str) -> str:
    """Return why a link is not on the page of a source ("" when it is, or when it cannot be told).

    `sample` is the external id of any post of the source: the only thing that tells the number of a VK wall with a name.
    """
    kind = Platform(platform)
    family = Platform.TELEGRAM if kind in _TELEGRAM else Platform.SITE if kind is Platform.FEED else kind
    if link.platform is not family:
        return f"ссылка ведёт на площадку «{link.platform.label}», а это «{family.label}»"
    if family is Platform.VK:
        known = re.fullmatch(r"(-\d+)_\d+", sample)
        owner = _owner(address) or (known[1] if known else "")
        return "" if not owner or owner == link.owner else "ссылка ведёт в другое сообщество ВКонтакте"
    if family is Platform.TELEGRAM:
        name = plain(Platform.TELEGRAM, address)
        return "" if name == link.owner else f"ссылка ведёт в другой канал ({link.owner})"
    if family is Platform.MAX:
        return ""
    return "" if _host(address) == link.owner else f"ссылка ведёт на другой сайт ({link.owner})"


def _owner(address: str) -> str:
    number = re.fullmatch(r"club(\d+)", plain(Platform.VK, address))
    return f"-{int(number[1])}" if number else ""


def _vk_wall(pasted: str) -> Link | None:
    """A post or a comment of a VK wall, wherever in the address it is named; None when it is none."""
    text = pasted.strip()
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return None
    if not _VK.fullmatch(url.hostname or "") or any(ch.isspace() for ch in text):
        return None
    found = _WALL.search(f"{url.path}?{url.query}")
    if found is None:
        return None
    told = {
        name: int(v[0]) for name, v in parse_qs(url.query).items() if name in ("reply", "thread") and v[0].isdecimal()
    }
    owner, post = str(int(found[1])), int(found[2])
    comment = told.get("reply") or (int(found[3]) if found[3] else None)
    thread = told.get("thread") if comment else None
    tail = (f"?reply={comment}" if comment else "") + (f"&thread={thread}" if thread else "")
    return Link(Platform.VK, f"https://vk.com/wall{owner}_{post}{tail}", owner, post, comment, thread)


def _telegram(pasted: str, channel: str) -> Link:
    text = pasted.strip()
    url = urlsplit(text if "://" in text else f"https://{text}")
    numbers = [part for part in url.path.split("/") if part.isdecimal() and len(part) <= 12]
    name = plain(Platform.TELEGRAM, channel)
    if not numbers:
        raise AddressRefused(pasted, "это канал или страница Telegram, а не запись с ответом", _TELEGRAM_MEND)
    comment = _COMMENT.search(url.query)
    said = int(comment[1]) if comment else None
    tail = f"?comment={said}" if said else ""
    return Link(Platform.TELEGRAM, f"https://t.me/{name}/{int(numbers[-1])}{tail}", name, int(numbers[-1]), said)


def _host(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().removeprefix("www.")
    return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"


def _mend(pasted: str) -> str:
    if re.search(r"(vk\.(com|ru|me|cc)|vkontakte)", pasted, re.I):
        return _VK_MEND
    return _TELEGRAM_MEND if re.search(r"(t\.me|telegram|^tg:|^@)", pasted, re.I) else _WEB_MEND
