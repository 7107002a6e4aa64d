"""RSS and Atom feeds of sites: tolerant of what strangers write, asked only for what has changed."""

from __future__ import annotations

from calendar import timegm
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import blake2b
from io import BytesIO
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import feedparser

from crawlers.items import PageEnd, PostItem
from crawlers.pages import html_text, without_declaration
from crawlers.spiders.base import SourceSpider
from crawlers.validators import Validators

MAX_ENTRIES = 1_000
"""Entries of one answer; feeds have 10-100, a longer one is an archive and its newest entries are enough."""


class FeedSpider(SourceSpider):
    """Reads one feed. Cursor: `pages`, the validators (ETag, Last-Modified) of its address."""

    name = "feed"

    def first(self) -> list[Any]:
        """Ask the feed, telling which version is known."""
        self._validators = Validators(self.cursor.get("pages"))
        return [self.ask_feed(self.source.address)]

    def ask_feed(self, url: str) -> Any:
        """Return a request for a feed that is answered with 304 when nothing has changed."""
        return self.ask(
            url,
            self.parse_feed,
            headers=self._validators.headers(url),
            meta={"handle_httpstatus_list": [304]},
            cb_kwargs={"asked": url},
        )

    def parse_feed(self, response: Any, asked: str) -> Iterator[PostItem | PageEnd]:
        """Yield the entries of a feed and its end."""
        self.visit.count("pages")
        if response.status == 304:
            self.visit.count("unchanged")
            return
        found = parsed(response.text)
        if not found.entries and (found.bozo or not found.version):
            self.visit.trouble(
                f"{asked}: это не лента RSS или Atom ({_looks_like(response.text)}): укажите адрес ленты или выберите тип «сайт»"
            )
            self.visit.counts["pages"] -= 1
            return
        if found.bozo:
            self.visit.trouble(
                f"{asked}: лента с ошибками разметки, прочитано что удалось: {len(found.entries)} записей"
            )
        where = (self.source.id, self.source.platform, response.url, self.visit.timezone)
        if len(found.entries) > MAX_ENTRIES:
            self.visit.trouble(f"{asked}: в ленте {len(found.entries)} записей, прочитаны первые {MAX_ENTRIES}")
        for entry in found.entries[:MAX_ENTRIES]:
            item = self.read_one(lambda e=entry: entry_item(dict(e), *where))  # type: ignore[misc]
            if item is not None:
                yield item
        self._validators.note(asked, response)
        yield self.page_end({"pages": self._validators.kept})


def parsed(text: str) -> Any:
    """Return feedparser's reading of an already decoded feed."""
    # The text is decoded by crawlers.pages; without the declaration and with this header feedparser trusts that.
    # A stream, never the text itself: feedparser would open a body that looks like a path or an address.
    body = BytesIO(without_declaration(text).encode("utf-8", "replace"))
    return feedparser.parse(
        body,
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def entry_item(entry: Mapping[str, Any], source_id: str, platform: str, base: str, zone: ZoneInfo) -> PostItem:
    """Return the item of one entry; a missing date stays None and is quarantined with that reason.

    `entry` is a plain dict: feedparser's own answers for "updated" with "published", and warns.
    `base` resolves relative links, `zone` is meant by dates without one.
    """
    link = str(entry.get("link") or "")
    title, body = html_text(str(entry.get("title") or "")), html_text(_body(entry))
    return PostItem(
        source_id=source_id,
        platform=platform,
        external_id=_identity(entry, title, body),
        url=urljoin(base, link) if link else base,
        text=body if not title or body.startswith(title) else f"{title}\n\n{body}".strip(),
        published_at=moment_of(entry, "published", zone) or moment_of(entry, "updated", zone),
        # An entry that carries both dates and was updated later has been edited.
        edited_at=moment_of(entry, "updated", zone)
        if entry.get("published") and entry.get("updated") != entry.get("published")
        else None,
        comments=_count(entry.get("slash_comments")),
        attachments=tuple(_enclosures(entry, base)),
    )


def _identity(entry: Mapping[str, Any], title: str, body: str) -> str:
    """The publisher's own guid; else the link; else a hash of the words, so that the entry is at least found again."""
    named = str(entry.get("id") or entry.get("link") or "").strip()
    if len(named) > 200 or not named:
        named = (
            blake2b((named or f"{title}\n{body}").encode("utf-8", "replace"), digest_size=12).hexdigest()
            if named or title or body
            else ""
        )
    return named


def _body(entry: Mapping[str, Any]) -> str:
    """The longest of what the entry gives: full text, else the summary."""
    parts = [str(c.get("value") or "") for c in entry.get("content") or ()]
    return max([*parts, str(entry.get("summary") or "")], key=len)


def _enclosures(entry: Mapping[str, Any], base: str) -> Iterator[str]:
    for file in entry.get("links") or ():
        href = str(file.get("href") or "").strip()
        if href and file.get("rel") == "enclosure":
            kind = str(file.get("type") or "").split("/")[0] or "file"
            yield f"{kind}:{urljoin(base, href)}"


def _count(value: Any) -> int | None:
    text = str(value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def moment_of(entry: Mapping[str, Any], name: str, zone: ZoneInfo) -> datetime | None:
    """Return a date of an entry ("published" or "updated"), aware; one without a zone is in the district's."""
    raw = str(entry.get(name) or "").strip()
    if not raw:
        return None
    found = _rfc822(raw) or _iso(raw)
    if found is not None:
        return found if found.tzinfo else found.replace(tzinfo=zone)
    parts = entry.get(f"{name}_parsed")
    try:
        return datetime.fromtimestamp(timegm(parts), UTC) if parts else None
    except (ValueError, OverflowError, OSError):
        return None


def _rfc822(raw: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(raw)
    except (ValueError, IndexError, OverflowError):
        return None
    # «-0000» is RFC 5322's way to say that the zone is not known.
    return found


def _iso(raw: str) -> datetime | None:
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        return None


def _looks_like(text: str) -> str:
    head = text[:500].lower()
    if "<html" in head or "<!doctype html" in head:
        return "пришла обычная страница"
    return "пришёл JSON" if head.lstrip().startswith(("{", "[")) else "пришло что-то другое"
