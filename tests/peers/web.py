"""A loopback site: a good feed, list, sitemap and articles, and every bad answer that the open Internet gives.

Standalone: `python -m tests.peers.web --port 8092`, then /, /feed.xml, /news/, /sitemap.xml and the paths of HOSTILE.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import html
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

from tests.peers.serving import serve_forever

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
START = datetime(2026, 11, 20, 6, tzinfo=UTC)
MEGABYTE = b"<p>" + b"x" * (1 << 20) + b"</p>"


@dataclass(frozen=True)
class News:
    """One piece of news."""

    number: int
    title: str
    text: str
    at: datetime | str | None = None

    @property
    def path(self) -> str:
        """Address on the site."""
        return f"/news/{self.number}-novosti-rayona-{self.number}/"

    @property
    def when(self) -> str:
        """Date as RSS writes it; "" when there is none."""
        return format_datetime(self.at) if isinstance(self.at, datetime) else self.at or ""


def news(number: int, title: str = "", text: str = "", at: datetime | str | None = START) -> News:
    """Return a piece of news of our own making."""
    body = text or (
        f"В посёлке Сосново третий день нет горячей воды, сообщили жители дома {number} по улице Садовой. "
        "Аварийная бригада обещает закончить работы к вечеру. Подвоз воды организован у школы. " * 2
    )
    when = at + timedelta(hours=number) if isinstance(at, datetime) else at
    return News(number, title or f"Новость {number}: в Сосново нет воды", body, when)


def rss(found: list[News], *, encoding: str = "utf-8", declared: str = "") -> bytes:
    """Return an RSS feed in an encoding, declared as it is or as something else."""
    items = "".join(
        f"<item><title>{html.escape(n.title)}</title><link>{n.path}</link><guid isPermaLink='false'>id-{n.number}</guid>"
        f"<description><![CDATA[<p>{n.text}</p><script>alert(1)</script>]]></description>"
        + (f"<pubDate>{n.when}</pubDate>" if n.when else "")
        + "</item>"
        for n in found
    )
    body = f'<?xml version="1.0" encoding="{declared or encoding}"?><rss version="2.0"><channel><title>Вестник</title>{items}</channel></rss>'
    return body.encode(encoding, "replace")


def atom(found: list[News]) -> bytes:
    """Return an Atom feed whose entries were updated after they were published."""
    entries = "".join(
        f"<entry><title>{html.escape(n.title)}</title><id>tag:example.org,2026:{n.number}</id><link href='{n.path}'/>"
        f"<content type='html'>{html.escape('<p>' + n.text + '</p>')}</content>"
        f"<published>{n.at.isoformat() if isinstance(n.at, datetime) else ''}</published>"
        f"<updated>{(n.at + timedelta(hours=1)).isoformat() if isinstance(n.at, datetime) else ''}</updated></entry>"
        for n in found
    )
    return f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Вестник</title>{entries}</feed>'.encode()


def article(found: News) -> str:
    """Return an article's page, with its date as most engines mark it."""
    at = found.at.isoformat() if isinstance(found.at, datetime) else found.when
    mark = f'<meta property="article:published_time" content="{at}">' if at else ""
    words = "".join(f"<p>{p}.</p>" for p in found.text.split(". ") if p)
    return (
        f"<!DOCTYPE html><html lang='ru'><head><meta charset='utf-8'><title>{found.title}</title>{mark}</head><body>"
        f"<nav><a href='/'>Главная страница нашего района</a></nav><main><article><h1>{found.title}</h1>{words}</article></main>"
        f"<footer>Администрация района</footer></body></html>"
    )


def listing(found: list[News], head: str = "") -> str:
    """Return a page with a list of news; each record has what declared selectors can take."""
    rows = "".join(
        f"<div class='item'><h2><a href='{n.path}'>{n.title} подробно</a></h2><span class='date'>{_dotted(n)}</span>"
        f"<div class='text'>{n.text[:120]}</div></div>"
        for n in found
    )
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}<title>Новости</title></head><body><nav><a href='/about/'>О районе и его людях</a>"
        f"</nav><main>{rows}<a href='/files/plan-2026-11.pdf'>План мероприятий на ноябрь</a></main></body></html>"
    )


def _dotted(found: News) -> str:
    return f"{found.at:%d.%m.%Y %H:%M}" if isinstance(found.at, datetime) else found.when


@dataclass
class Site:
    """A site whose pages a test sets; notes what was asked."""

    pages: dict[str, Answer] = field(default_factory=dict)
    robots: str | int = "User-agent: *\nDisallow: /private/\n"
    """Text of robots.txt, or the status it answers with."""
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)

    def give(
        self, path: str, body: str | bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str
    ) -> None:
        """Answer a path with this body."""
        raw = body.encode() if isinstance(body, str) else body
        told = {"Content-Type": kind, **{k.replace("_", "-"): v for k, v in headers.items()}}

        async def answer(request: web.Request) -> web.StreamResponse:
            tag = told.get("ETag")
            if tag and request.headers.get("If-None-Match") == tag:
                return web.Response(status=304, headers={"ETag": tag})
            return web.Response(body=raw, status=status, headers=told)

        self.pages[path] = answer

    def publish(self, found: list[News]) -> None:
        """Make an ordinary site of some news: front page with a feed, list, sitemap, articles."""
        self.give("/", listing(found, "<link rel='alternate' type='application/rss+xml' href='/feed.xml'>"))
        self.give("/news/", listing(found))
        self.give("/feed.xml", rss(found), "application/rss+xml", ETag=f'"{len(found)}"')
        urls = "".join(
            f"<url><loc>{{base}}{n.path}</loc><lastmod>{n.at.isoformat() if isinstance(n.at, datetime) else ''}</lastmod></url>"
            for n in found
        )
        self.sitemap(f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>")
        for n in found:
            self.give(n.path, article(n), ETag=f'"{n.number}-{hash(n.text) % 997}"')

    def sitemap(self, body: str, path: str = "/sitemap.xml") -> None:
        """Answer with a sitemap in which {base} is this site's address."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(text=body.replace("{base}", f"http://{request.host}"), content_type="application/xml")

        self.pages[path] = answer

    def app(self) -> web.Application:
        """Return the web application."""
        made = web.Application()
        made.add_routes([web.get("/{path:.*}", self._answer)])
        return made

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path_qs)
        self.agents.add(request.headers.get("User-Agent", ""))
        if request.path == "/robots.txt":
            return web.Response(text=self.robots) if isinstance(self.robots, str) else web.Response(status=self.robots)
        found = self.pages.get(request.path) or HOSTILE.get(request.path)
        return await found(request) if found else web.Response(status=404, text="нет такой страницы")


async def _half(request: web.Request) -> web.StreamResponse:
    """Promise a whole feed and break off in the middle."""
    body = rss([news(n) for n in range(1, 6)])
    answer = web.StreamResponse(headers={"Content-Type": "application/rss+xml", "Content-Length": str(len(body))})
    await answer.prepare(request)
    await answer.write(body[: len(body) // 2])
    assert request.transport is not None
    request.transport.close()
    return answer


async def _huge(request: web.Request) -> web.StreamResponse:
    """A hundred megabytes, made while they are read."""
    answer = web.StreamResponse(headers={"Content-Type": "text/html"})
    await answer.prepare(request)
    for _ in range(100):
        await answer.write(MEGABYTE)
    return answer


async def _bomb(request: web.Request) -> web.StreamResponse:
    """Sixty kilobytes that unpack to sixty megabytes."""
    return web.Response(
        body=gzip.compress(b"0" * (60 << 20)), headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}
    )


async def _loop(request: web.Request) -> web.StreamResponse:
    """Redirect for ever."""
    turn = int(request.query.get("n", 0)) + 1
    return web.Response(status=302, headers={"Location": f"/hostile/loop?n={turn}"})


def _to(place: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": place})

    return answer


async def _slow(request: web.Request) -> web.StreamResponse:
    """A byte now and then: the slow loris."""
    answer = web.StreamResponse(headers={"Content-Type": "text/html"})
    await answer.prepare(request)
    for _ in range(600):
        await answer.write(b"<p>")
        await asyncio.sleep(0.1)
    return answer


async def _million(request: web.Request) -> web.StreamResponse:
    """A page of links to «comments», as many as fit under the size limit."""
    row = "".join(f"<a href='/otvet/{n}-na-zapis-zhitelya/'>Комментарий жителя номер {n}</a>\n" for n in range(30_000))
    return web.Response(text=f"<html><body><main>{row}</main></body></html>", content_type="text/html")


def _status(code: int, **headers: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=code, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return answer


def _body(raw: bytes, kind: str) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=raw, headers={"Content-Type": kind})

    return answer


_FUTURE = [news(1), news(2, at="Fri, 20 Nov 2099 10:00:00 +0300"), news(3, at=None), news(4)]
_MARKED = [news(1, text="Воды\u202eтен\u202c нет\u200b, звоните 8 921\u200b 123-45-67 " * 2), news(2)]
HOSTILE: dict[str, Answer] = {
    "/hostile/half.xml": _half,
    "/hostile/page.xml": _body(
        "<!DOCTYPE html><html><body>Сайт на ремонте</body></html>".encode(), "text/html; charset=utf-8"
    ),
    "/hostile/cp1251.xml": _body(
        rss([news(1), news(2)], encoding="cp1251", declared="utf-8"), "application/rss+xml; charset=utf-8"
    ),
    "/hostile/koi8.xml": _body(rss([news(1), news(2)], encoding="koi8-r", declared="windows-1251"), "text/xml"),
    "/hostile/lying.xml": _body(rss([news(1), news(2)], declared="windows-1251"), "text/xml; charset=windows-1251"),
    "/hostile/huge": _huge,
    "/hostile/bomb": _bomb,
    "/hostile/loop": _loop,
    "/hostile/to-loopback": _to("http://127.0.0.1/admin"),
    "/hostile/to-metadata": _to("http://169.254.169.254/latest/meta-data/"),
    "/hostile/to-other": _to("http://example.org/news"),
    "/hostile/to-file": _to("file:///etc/hostname"),
    "/hostile/future.xml": _body(rss(_FUTURE), "application/rss+xml"),
    "/hostile/marks.xml": _body(rss(_MARKED).replace(b"<title>", b"<title>\x00\x01"), "application/rss+xml"),
    "/hostile/slow": _slow,
    "/hostile/million": _million,
    "/hostile/empty": _body(b"", "text/html"),
    "/hostile/picture": _body(b"\x89PNG\r\n", "image/png"),
    "/hostile/later": _status(429, Retry_After="120"),
    "/hostile/down": _status(503, Retry_After="Sat, 21 Nov 2026 09:10:00 GMT"),
    "/hostile/entities.xml": _body(
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 10) for c in range(ord("b"), ord("k")))
        + b"]><rss version='2.0'><channel><title>&j;</title></channel></rss>",
        "application/rss+xml",
    ),
    "/hostile/local-file.xml": _body(b"/etc/hostname", "application/rss+xml"),
    "/private/feed.xml": _body(rss([news(1)]), "application/rss+xml"),
}


def main() -> None:
    """Serve an ordinary site with the hostile pages beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8092)
    site = Site()
    site.publish([news(n) for n in range(1, 31)])
    serve_forever(site.app(), parser.parse_args().port)


if __name__ == "__main__":
    main()
