"""Sites: declared selectors, or their feed, sitemap or list of articles, whichever is there (mode auto looks in that order)."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any
from urllib.parse import urljoin, urlsplit

from crawlers.dates import read_date
from crawlers.items import PageEnd, PostItem
from crawlers.pages import element_text, tidy
from crawlers.site_pages import article_links, feed_links, read_article, same_site, sitemap_entries, spelled
from crawlers.spiders.feed import FeedSpider
from crawlers.validators import Validators

MAX_ARTICLES = 20
"""Articles read in one visit: at a second each it stays under half a minute; the rest wait for the next visit."""
MAX_SEEN = 600
"""Addresses remembered as read; a district's list page shows 10-30, a sitemap's recent part a few hundred."""
REREAD_AFTER_S = 6 * 3600.0
REREAD_FOR_S = 48 * 3600.0
"""An article is read again every six hours for two days: later edits of municipal news are rare."""
MAX_REREAD = 5
MODES = ("auto", "selectors", "article", "list", "sitemap")


class SiteSpider(FeedSpider):
    """Reads a site. Cursor: `way` (what auto found: feed | sitemap | list), `seen`, `recent` {address: [first, last read]}, `pages`."""

    name = "site"
    max_pages = 60

    def first(self) -> list[Any]:
        """Ask what the mode needs first."""
        mode = str(self.source.options.get("mode") or "auto")
        if mode not in MODES:
            self.visit.trouble(f"Режим сайта «{mode}» неизвестен: укажите один из {', '.join(MODES)}")
            return []
        if mode == "auto" and self.source.options.get("selectors"):
            mode = "selectors"
        if mode == "selectors" and not (self.source.options.get("selectors") or {}).get("item"):
            self.visit.trouble(
                "Режим selectors без описания: задайте в источнике selectors.item (селектор одной записи)"
            )
            return []
        self._validators = Validators(self.cursor.get("pages"))
        self._seen: dict[str, None] = dict.fromkeys(str(s) for s in self.cursor.get("seen") or ())
        self._recent: dict[str, list[float]] = {
            str(u): [float(t) for t in v]
            for u, v in (self.cursor.get("recent") or {}).items()
            if isinstance(v, list) and len(v) == 2
        }
        self._way: dict[str, str] = dict(self.cursor.get("way") or {})
        self._mode = mode
        return [self._opening(mode), *self._rereads()]

    def _opening(self, mode: str) -> Any:
        address = self.source.address
        if mode == "auto" and self._way.get("kind") == "feed":
            return self.ask_feed(self._way["url"])
        if mode == "sitemap" or (mode == "auto" and self._way.get("kind") == "sitemap"):
            url = self._way.get("url") or (
                address if urlsplit(address).path.endswith((".xml", ".gz")) else urljoin(address, "/sitemap.xml")
            )
            return self.ask(url, self.parse_sitemap)
        if mode == "article":
            return self._article(address)
        return self.ask(
            address, {"selectors": self.parse_declared, "list": self.parse_list}.get(mode, self.parse_front)
        )

    def parse_front(self, response: Any) -> Iterator[Any]:
        """Look for the site's feed, else its sitemap, else take the page as a list of articles."""
        self.visit.count("pages")
        feeds = feed_links(response.selector, response.url)
        if feeds:
            self._way = {"kind": "feed", "url": feeds[0]}
            yield self.ask_feed(feeds[0])
            return
        links = article_links(response.selector, response.url)
        if links:
            self._way = {"kind": "list"}
            yield from self._follow(links)
            return
        yield self.ask(urljoin(response.url, "/sitemap.xml"), self.parse_sitemap, errback=self._nothing_found)

    def parse_list(self, response: Any) -> Iterator[Any]:
        """Follow the article links of a list page."""
        self.visit.count("pages")
        links = article_links(response.selector, response.url)
        if not links:
            self.visit.trouble(
                f"{response.url}: на странице нет ссылок, похожих на статьи: задайте селекторы или адрес ленты"
            )
        yield from self._follow(links)

    def parse_sitemap(self, response: Any) -> Iterator[Any]:
        """Follow the newest pages of a sitemap, or its newest nested sitemap."""
        self.visit.count("pages")
        pages, nested = sitemap_entries(response.text)
        if not pages and not nested:
            self.visit.trouble(
                f"{response.url}: это не карта сайта: укажите адрес ленты, списка новостей или селекторы"
            )
            return
        if self._mode == "auto":
            self._way = {"kind": "sitemap", "url": response.url}
        if not pages and self.may_go_on:
            chosen = next((u for u, _ in nested if "news" in u or "post" in u), nested[0][0])
            if same_site(chosen, response.url):
                yield self.ask(chosen, self.parse_sitemap)
            return
        yield from self._follow([spelled(u) for u, _ in pages if same_site(u, response.url)])

    def parse_declared(self, response: Any) -> Iterator[Any]:
        """Take the records of a page by the selectors of the source."""
        self.visit.count("pages")
        chosen = {k: v for k, v in dict(self.source.options["selectors"]).items() if v}
        records = response.css(chosen["item"])[:500]
        if not records:
            self.visit.trouble(
                f"{response.url}: по селектору «{chosen['item']}» ничего не найдено: разметка сайта изменилась, поправьте селекторы"
            )
        wanted = []
        for record in records:
            link = record.css(chosen.get("link") or "a::attr(href)").get()
            url = spelled(urljoin(response.url, link)) if link else response.url
            if chosen.get("text"):
                item = self.read_one(lambda r=record, u=url: self._declared(r, chosen, u, response.url))  # type: ignore[misc]
                if item is not None:
                    yield item
            else:
                wanted.append(url)
        yield from self._follow(wanted) if wanted else [self.page_end(self._cursor())]

    def _declared(self, record: Any, chosen: dict[str, str], url: str, page: str) -> PostItem:
        title, text, date = (_words(record, chosen.get(k)) for k in ("title", "text", "date"))
        zone, now = self.visit.timezone, self.visit.now
        words = f"{title}\n\n{text}".strip() if title and not text.startswith(title) else text
        return PostItem(
            self.source.id, self.source.platform, _identity(url if url != page else f"{date}\n{words}"), url, words,
            read_date(date, zone, now, chosen.get("date_format")) if date else None,
        )  # fmt: skip

    def _follow(self, links: list[str]) -> Iterator[Any]:
        fresh = [u for u in dict.fromkeys(links) if _mark(u) not in self._seen]
        if len(fresh) > MAX_ARTICLES:
            # Not lost: they are not marked as seen, so the next visit takes them.
            self.visit.count("waiting", len(fresh) - MAX_ARTICLES)
        limit = 3 if self.visit.preview else MAX_ARTICLES
        for url in fresh[:limit]:
            yield self._article(url)
        if not fresh:
            yield self.page_end(self._cursor())

    def _rereads(self) -> list[Any]:
        now = self.visit.now.timestamp()
        self._recent = {u: t for u, t in self._recent.items() if now - t[0] < REREAD_FOR_S}
        due = sorted((t[1], u) for u, t in self._recent.items() if now - t[1] >= REREAD_AFTER_S)
        return [] if self.visit.preview else [self._article(u) for _, u in due[:MAX_REREAD]]

    def _article(self, url: str) -> Any:
        return self.ask(
            url, self.parse_article, errback=self._no_article, headers=self._validators.headers(url),
            meta={"handle_httpstatus_list": [304, 404, 410]}, cb_kwargs={"asked": url},
        )  # fmt: skip

    def parse_article(self, response: Any, asked: str) -> Iterator[PostItem | PageEnd]:
        """Yield the article of a page; one that has gone is named as gone."""
        known = asked in self._recent
        self.visit.count("pages")
        if response.status == 304:
            self.visit.count("unchanged")
        elif response.status in (404, 410):
            if known:
                self.visit.count("gone")
                yield PostItem(self.source.id, self.source.platform, _identity(asked), asked, "", None, gone=True)
                self._recent.pop(asked)
            else:
                self.visit.trouble(f"{asked[:200]}: статьи нет ({response.status}), хотя ссылка на неё есть")
        else:
            item = self.read_one(lambda: self._item(response, asked))
            if item is not None:
                yield item
            self._validators.note(asked, response)
        self._remember(asked, response.status)
        yield self.page_end(self._cursor())

    def _item(self, response: Any, asked: str) -> PostItem:
        found = read_article(response.text, response.url, self.visit.timezone, self.visit.now)
        text = (
            found.text
            if not found.title or found.text.startswith(found.title)
            else f"{found.title}\n\n{found.text}".strip()
        )
        if not found.text:
            text = ""  # a title alone is a menu or a stub: the quarantine says so
        return PostItem(
            self.source.id, self.source.platform, _identity(asked), response.url, text, found.published_at,
            edited_at=found.edited_at if found.edited_at and found.edited_at != found.published_at else None,
        )  # fmt: skip

    def _remember(self, url: str, status: int) -> None:
        now = self.visit.now.timestamp()
        self._seen.pop(_mark(url), None)
        self._seen[_mark(url)] = None
        while len(self._seen) > MAX_SEEN:
            self._seen.pop(next(iter(self._seen)))
        if status in (200, 304):
            first = self._recent.get(url, [now, now])[0]
            self._recent[url] = [first, now]

    def _no_article(self, failure: Any) -> Iterator[PageEnd]:
        """An article that cannot be read does not end the visit; it is asked again next time."""
        self.failed(failure)
        yield self.page_end(self._cursor())

    def _nothing_found(self, failure: Any) -> None:
        self.visit.trouble(
            f"{self.source.address}: не нашли ни ленты, ни карты сайта, ни списка статей. Укажите адрес ленты RSS или задайте селекторы"
        )

    def page_end(self, cursor: dict[str, Any]) -> PageEnd:
        """Return the end of a page with the whole cursor of the site (a feed read on the way gives only its part)."""
        return PageEnd(self.source.id, self._cursor())

    def failed(self, failure: Any) -> None:
        """Note a failure; a way that auto had found and that leads nowhere now is looked for anew next time."""
        super().failed(failure)
        request = getattr(failure, "request", None)
        if request is not None and request.url == self._way.get("url"):
            self._way = {}

    def _cursor(self) -> dict[str, Any]:
        return {"way": self._way, "seen": list(self._seen), "recent": self._recent, "pages": self._validators.kept}


def _words(record: Any, css: str | None) -> str:
    """Return the words that a selector finds: an attribute or text as it is, an element with its lines."""
    if not css:
        return ""
    found = record.css(css)
    return tidy("\n".join(f.get() if isinstance(f.root, str) else element_text(f.root) for f in found[:50]))


def _identity(url: str) -> str:
    """An article is its address, whatever its last slash, shortened by a hash when it is long."""
    url = url.rstrip("/")
    return url if len(url) <= 200 else blake2b(url.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _mark(url: str) -> str:
    """Eight bytes of an address are enough to know it again."""
    return blake2b(url.rstrip("/").encode("utf-8", "replace"), digest_size=8).hexdigest()
