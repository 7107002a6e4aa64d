"""Calendar feeds: the page where addresses are made and revoked, and the open address that calendar programs ask."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Annotated
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Depends, Request
from starlette.responses import PlainTextResponse, Response

from casework import clock, feeds
from casework.errors import CaseworkError, NotAllowed
from casework.roles import Act, blocks_for
from casework.work import MACHINE, Work
from desk.feed_box import KEPT, FeedBox
from desk.visit import Desk, Needs, Visit, desk_of
from storage.engine import Store

router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_YEAR))]

_BOXES: WeakKeyDictionary[Store, FeedBox] = WeakKeyDictionary()
_OPEN = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": f"private, max-age={int(KEPT.total_seconds())}",
    "Content-Disposition": 'inline; filename="otklik.ics"',
}
_OFTEN = "Слишком часто: этот календарь меняется не чаще раза в час. Повторите позже."
_BUSY = "Сейчас собираются другие календари. Повторите через четверть минуты."
_HERE = frozenset({"127.0.0.1", "localhost", "::1", "0.0.0.0"})


@router.get("/feeds")
def show(visit: Seeing) -> Response:
    """Show the own addresses and how to get another."""
    return _page(visit)


@router.post("/feeds/make")
def make(visit: Seeing) -> Response:
    """Make an address and show it, this once."""
    try:
        made = feeds.make(visit.work, visit.fields.text("block"))
    except NotAllowed:
        raise
    except CaseworkError as e:
        return _page(visit, trouble=str(e), status=422)
    return _page(visit, made=made)


@router.post("/feeds/{feed_id}/revoke")
def revoke(feed_id: int, visit: Seeing) -> Response:
    """Revoke an address: whoever still has it gets nothing from now on."""
    feeds.revoke(visit.work, feed_id)
    _box(visit.desk).drop(feed_id)
    return visit.go("/feeds", "Адрес отозван: программы по нему больше ничего не получат.")


# Both ways in one function: a program may ask with HEAD whether the address is good before it subscribes.
@router.get("/ical/{secret}.ics")
@router.head("/ical/{secret}.ics")
def feed(secret: str, request: Request) -> Response:
    """Give the calendar of an address to whoever knows it: 304 not changed, 404 unknown, 410 revoked, 429 too often."""
    desk, now = desk_of(request), clock.now()
    box = _box(desk)
    wait = box.wait(blake2b(secret.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest(), now)
    if wait:
        return _plain(_OFTEN, 429, {"Retry-After": str(wait)})
    work = Work(store=desk.store, profile=desk.profile, now=now, by=MACHINE, reader=desk.reader)
    try:
        key = feeds.find(work, secret)
    except feeds.RevokedFeed as e:
        return _plain(str(e), 410)
    except feeds.UnknownFeed as e:
        return _plain(str(e), 404)
    ready = box.get(key.id, now, _maker(work, key, desk))
    if ready is None:
        return _plain(_BUSY, 503, {"Retry-After": "15"})
    feeds.note(work, key)
    if _knows(request.headers.get("if-none-match", ""), ready.tag):
        return Response(status_code=304, headers=_OPEN | {"ETag": ready.tag})
    return Response(ready.content, headers=_OPEN | {"ETag": ready.tag}, media_type="text/calendar; charset=utf-8")


def _maker(work: Work, key: feeds.FeedKey, desk: Desk) -> Callable[[], bytes]:
    return lambda: feeds.content(work, key, desk.settings.desk_address)


def _plain(text: str, status: int, more: dict[str, str] | None = None) -> Response:
    told = {"X-Robots-Tag": _OPEN["X-Robots-Tag"], "Cache-Control": "private, no-store"} | (more or {})
    return PlainTextResponse(text, status, headers=told)


def _knows(asked: str, tag: str) -> bool:
    """Return whether the program has this very content (RFC 9110 13.1.2: marks are compared weakly)."""
    bare = tag.removeprefix("W/")
    return any(one.strip() == "*" or one.strip().removeprefix("W/") == bare for one in asked.split(",") if one.strip())


def _box(desk: Desk) -> FeedBox:
    return _BOXES.setdefault(desk.store, FeedBox())


def _page(visit: Visit, trouble: str = "", made: feeds.Made | None = None, status: int = 200) -> Response:
    desk = visit.desk
    seen = blocks_for(visit.me, Act.SEE_YEAR)
    names = {b.id: b.name for b in desk.profile.blocks}
    base = desk.settings.desk_address
    path = f"/ical/{made.secret}.ics" if made else ""
    return visit.page(
        "feeds.html", status, trouble=trouble, made=made, names=names, rows=feeds.keys(visit.work), address=base + path,
        link=f"webcal://{base.partition('://')[2]}{path}", blocks=[(i, n) for i, n in names.items() if seen is None or i in seen],
        here_only=(urlsplit(base).hostname or "") in _HERE, bare=base.startswith("http://"),
    )  # fmt: skip
