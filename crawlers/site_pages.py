"""Pages of sites taken apart: links to articles, the article itself, sitemaps (no requests here)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import lxml.etree  # type: ignore[import-untyped]
import trafilatura
from parsel import Selector
from trafilatura.settings import Document

from crawlers.dates import read_date
from crawlers.pages import host_of, tidy

MAX_LINKS = 2_000
"""Links of one page that are looked at; a page of a million «comments» is not walked to its end."""
MAX_SITEMAP = 5_000
_FILES = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|jpe?g|png|gif|webp|svg|mp[34]|avi|css|js|xml|rss|ico|rtf|odt)$",
    re.IGNORECASE,
)
_NOT_ARTICLES = re.compile(
    r"/(?:tags?|category|categories|author|users?|login|search|page|feed|rss|comments?|contacts?|about|kontakty|sitemap|upload|wp-|bitrix|local)(?:/|$|\?)",
    re.IGNORECASE,
)
_TRACKING = re.compile(r"^(?:utm_\w+|fbclid|yclid|gclid|ysclid|_openstat)$", re.IGNORECASE)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")


@dataclass(frozen=True, slots=True)
class Article:
    """What an article's page says."""

    title: str
    text: str
    published_at: datetime | None
    edited_at: datetime | None
    url: str


def same_site(url: str, base: str) -> bool:
    """Return True when two addresses are of one host, "www." aside."""
    return host_of(url) == host_of(base)


def spelled(url: str) -> str:
    """Return an address in one spelling: no fragment, no tracking, the host in small letters."""
    parts = urlsplit(url)
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)])
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", query, ""))


def feed_links(page: Selector, base: str) -> list[str]:
    """Return the feeds that a page declares, on its own host, comment feeds last."""
    found = []
    for node in page.css("link[rel~=alternate][href]")[:50]:
        if (node.attrib.get("type") or "").split(";")[0].strip().lower() in _FEED_TYPES:
            found.append(urljoin(base, node.attrib["href"].strip()))
    return sorted((u for u in dict.fromkeys(found) if same_site(u, base)), key=lambda u: "comment" in u.lower())


def article_links(page: Selector, base: str) -> list[str]:
    """Return what looks like links to articles on a list page, in the page's order, each once.

    An article's address is longer than its section's and carries a number, a date or several words; its link has
    a few words of text. Menus and files are left out.
    """
    found: dict[str, None] = {}
    for node in page.css("a[href]")[:MAX_LINKS]:
        href = node.attrib["href"].strip()
        if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
            continue
        url = spelled(urljoin(base, href))
        words = tidy("".join(node.xpath(".//text()").getall()[:50]))
        if url.rstrip("/") != spelled(base).rstrip("/") and same_site(url, base) and _is_article(url, words, node):
            found[url] = None
    return list(found)


def _is_article(url: str, words: str, node: Selector) -> bool:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or _FILES.search(parts.path) or _NOT_ARTICLES.search(parts.path):
        return False
    if node.xpath("ancestor::nav | ancestor::footer | ancestor::header"):
        return False
    last = parts.path.rstrip("/").rsplit("/", 1)[-1]
    tells = bool(re.search(r"\d{2,}", f"{last}?{parts.query}")) or last.count("-") + last.count("_") >= 2
    return tells and (len(words) >= 15 or words == "")


def sitemap_entries(text: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return (pages, nested sitemaps) of a sitemap, each as (address, lastmod or ""), newest first; ([], []) when it is none."""
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = lxml.etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (lxml.etree.XMLSyntaxError, ValueError):
        return [], []
    if root is None:
        return [], []
    pages: list[tuple[str, str]] = []
    nested: list[tuple[str, str]] = []
    for node in root.iterchildren(tag=lxml.etree.Element):
        name = lxml.etree.QName(node).localname
        if name in ("url", "sitemap"):
            values = {
                lxml.etree.QName(c).localname: (c.text or "").strip() for c in node.iterchildren(tag=lxml.etree.Element)
            }
            if values.get("loc"):
                (pages if name == "url" else nested).append((values["loc"], values.get("lastmod", "")))
        if len(pages) >= MAX_SITEMAP:
            break
    return sorted(pages, key=lambda e: e[1], reverse=True), sorted(nested, key=lambda e: e[1], reverse=True)


def read_article(html: str, url: str, zone: ZoneInfo, now: datetime) -> Article:
    """Return the article of a page: trafilatura finds the words, the page's own marks give the dates.

    `zone` is meant by dates without one; the text is "" when the page has no article.
    """
    page = Selector(text=html)
    found = trafilatura.bare_extraction(html, url=url, with_metadata=True, include_comments=False, include_tables=True)
    named, words, dated = (found.title, found.text, found.date) if isinstance(found, Document) else (None, None, None)
    title = tidy(named or page.css("h1::text").get() or page.css("title::text").get() or "")
    text = tidy(words or "")
    published = _published(page, zone, now)
    if published is None and dated:
        published = read_date(dated, zone, now)
    return Article(title, text, published, _marked(page, zone, now, "modified"), url)


def _published(page: Selector, zone: ZoneInfo, now: datetime) -> datetime | None:
    found = _marked(page, zone, now, "published")
    if found is not None:
        return found
    for value in page.css("article time::attr(datetime), main time::attr(datetime), time::attr(datetime)").getall()[:5]:
        found = read_date(value, zone, now)
        if found is not None:
            return found
    return None


def _marked(page: Selector, zone: ZoneInfo, now: datetime, which: str) -> datetime | None:
    """Return a date from the page's own marks: meta tags, microdata, JSON-LD."""
    name = {"published": "datePublished", "modified": "dateModified"}[which]
    marks = page.css(
        f'meta[property="article:{which}_time"]::attr(content), meta[itemprop={name}]::attr(content), '
        f"[itemprop={name}]::attr(datetime), [itemprop={name}]::attr(content)"
    ).getall()
    for block in page.css('script[type="application/ld+json"]::text').getall()[:10]:
        marks += list(_json_ld(block, name))
    for value in marks:
        found = read_date(value, zone, now)
        if found is not None:
            return found
    return None


def _json_ld(block: str, name: str) -> Iterator[str]:
    try:
        found: Any = json.loads(block)
    except (ValueError, RecursionError):
        return
    nodes = found if isinstance(found, list) else [found]
    for node in nodes[:20]:
        if isinstance(node, Mapping):
            graph = node.get("@graph")
            for part in [node, *(graph if isinstance(graph, list) else [])][:50]:
                if isinstance(part, Mapping) and isinstance(part.get(name), str):
                    yield part[name]
