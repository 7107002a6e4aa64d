"""Public Telegram channels through their web preview (t.me/s/<name>): no account needed, no comments seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from crawlers.items import PageEnd, PostItem
from crawlers.pages import element_text, host_of, tidy
from crawlers.spiders.base import SourceSpider

FIRST_PAGES = 5
"""Pages (of 20 posts) on the first visit: a week of an ordinary district channel."""
WINDOW = 40
"""So many last posts are read again each time: edits and deletions come mostly within two pages."""
PAGE_POSTS = 20
_NAME = re.compile(r"^(?:https?://)?(?:www\.)?(?:t(?:elegram)?\.(?:me|dog)/)?(?:s/)?@?([A-Za-z]\w{3,31})/?$")
_NUMBER = re.compile(r"^([\d.,]+)\s*([KMКМ]?)$", re.IGNORECASE)
_BACKGROUND = re.compile(r"url\('([^']{1,2000})'\)")


def channel_name(address: str) -> str | None:
    """Return the channel's name in an address (t.me/s/name, t.me/name, @name), or None when there is none."""
    found = _NAME.match(address.strip().split("?")[0])
    return found.group(1) if found else None


def counted(text: str | None) -> int | None:
    """Return the number of «12.5K», «1,2M», «987»; None for anything else: unknown is not zero."""
    found = _NUMBER.match((text or "").strip().replace("\xa0", ""))
    if not found:
        return None
    try:
        number = float(found.group(1).replace(",", "."))
    except ValueError:
        return None
    return round(number * {"": 1, "K": 1_000, "К": 1_000, "M": 1_000_000, "М": 1_000_000}[found.group(2).upper()])


class TelegramPreviewSpider(SourceSpider):
    """Reads a channel's pages from the newest back to what is known, then two pages more for edits.

    Cursor: `last` the newest number stored, `window` the last numbers seen (to notice deletions), `gap` a hole
    [above, below] left by a visit that ended before it reached the known posts.
    """

    name = "telegram_preview"
    max_pages = 50

    @property
    def allowed_hosts(self) -> frozenset[str] | None:
        """Only the preview's own host, which may be a gateway (OTKLIK_T_ME_BASE)."""
        return frozenset({host_of(self.visit.settings.t_me_base)})

    def first(self) -> list[Any]:
        """Ask the newest page."""
        channel = channel_name(self.source.address)
        if channel is None:
            self.visit.trouble(f"Адрес «{self.source.address[:80]}» — не канал Telegram: нужен вид t.me/имя_канала")
            return []
        self._channel = channel
        self._last = int(self.cursor.get("last") or 0)
        self._window = {int(n) for n in self.cursor.get("window") or ()}
        gap = [int(n) for n in self.cursor.get("gap") or ()]
        self._gap = (gap[0], gap[1]) if len(gap) == 2 else None
        self._newest = self._last
        self._seen: set[int] = set()
        self._in_gap = False
        return [self._page(None)]

    def _page(self, before: int | None) -> Any:
        base = self.visit.settings.t_me_base.rstrip("/")
        url = f"{base}/s/{self._channel}" + (f"?before={before}" if before else "")
        # 302 means «no preview»: a group, a closed channel, an unknown name.
        return self.ask(url, self.parse, meta={"dont_redirect": True, "handle_httpstatus_list": [301, 302, 303, 307]})

    def parse(self, response: Any, **kwargs: Any) -> Iterator[PostItem | PageEnd | Any]:
        """Read one page: its posts, what is missing from it, and whether an older page is needed."""
        if response.status != 200 or not response.css(".tgme_channel_history, .js-message_history"):
            self.visit.trouble(self._no_preview(response))
            return
        numbers = []
        for message in response.css(".tgme_widget_message[data-post]"):
            number = _number(message)
            if number is None:
                self.visit.count("unreadable")
                continue
            numbers.append(number)
            if "service_message" in message.attrib.get("class", ""):
                self.visit.count("service")
                continue
            item = self.read_one(lambda m=message, n=number: self._item(m, n))  # type: ignore[misc]
            if item is not None:
                yield item
        self._seen.update(numbers)
        self._newest = max([self._newest, *numbers])
        self.visit.count("pages")
        yield from self._missing(numbers)
        older = self._older(response, numbers)
        if older is not None and self.may_go_on:
            yield self._page(older)
        else:
            yield self.page_end(self._cursor(older))

    def _no_preview(self, response: Any) -> str:
        if response.status == 200:
            return (
                f"t.me не показал записи канала {self._channel}: предпросмотр закрыт владельцем или разметка изменилась"
            )
        return (
            f"t.me не показывает {self._channel} без входа: это группа, закрытый канал или такого имени нет. "
            "Проверьте адрес или подключите учётную запись Telegram"
        )

    def _item(self, message: Any, number: int) -> PostItem:
        date = message.css(".tgme_widget_message_date time::attr(datetime)").get()
        return PostItem(
            source_id=self.source.id,
            platform=self.source.platform,
            external_id=str(number),
            url=f"https://t.me/{self._channel}/{number}",
            text=message_text(message),
            published_at=_moment(date),
            views=counted(message.css(".tgme_widget_message_views::text").get()),
            likes=_reactions(message),
            attachments=tuple(_attachments(message)),
            copy_of=_copy_of(message),
        )

    def _missing(self, numbers: list[int]) -> Iterator[PostItem]:
        """Name the posts that were here last time and are not now, within what this page shows."""
        if not numbers or self.visit.preview:
            return
        for number in sorted(n for n in self._window if min(numbers) <= n <= max(numbers) and n not in self._seen):
            self.visit.count("gone")
            yield PostItem(
                self.source.id,
                self.source.platform,
                str(number),
                f"https://t.me/{self._channel}/{number}",
                "",
                None,
                gone=True,
            )

    def _older(self, response: Any, numbers: list[int]) -> int | None:
        """Return before which number the next page begins; None when what is needed has been read."""
        link = (
            response.css("link[rel=prev]::attr(href)").get()
            or response.css("a.tme_messages_more[data-before]::attr(href)").get()
        )
        found = re.search(r"[?&]before=(\d{1,12})", urljoin(response.url, link)) if link else None
        # Never the same page again: a link that leads nowhere older would be followed for ever.
        if found is None or not numbers or int(found.group(1)) > min(numbers):
            return None
        before = int(found.group(1))
        if not self._last:
            return before if self.visit.counts["pages"] < FIRST_PAGES else None
        if before > self._last - WINDOW:
            return before
        return self._into_gap(before)

    def _into_gap(self, before: int) -> int | None:
        """Go on with the hole an earlier visit left, from its upper end down to its lower."""
        if self._gap is None:
            return None
        above, below = self._gap
        if not self._in_gap:
            self._in_gap = True
            return min(before, above)
        return before if before > below else None

    def _cursor(self, older: int | None) -> dict[str, Any]:
        """Say where the next visit starts; `older` is the page that was needed and not read."""
        gap: tuple[int, int] | None = None
        if self._in_gap and older is not None and self._gap is not None:
            gap = (older, self._gap[1])
        elif self._last and older is not None:
            gap = (older, min(self._last, self._gap[1]) if self._gap else self._last)
        window = sorted(self._seen, reverse=True)[:WINDOW]
        return {"last": self._newest, "window": window, **({"gap": list(gap)} if gap else {})}


def _number(message: Any) -> int | None:
    found = re.search(r"/(\d{1,12})$", message.attrib.get("data-post", ""))
    return int(found.group(1)) if found else None


def _moment(value: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(value or "")
    except ValueError:
        return None
    return found if found.tzinfo else None


def message_text(message: Any) -> str:
    """Return a message's own words: not the quoted reply, which has a class of its own."""
    parts = [tidy(element_text(node.root)) for node in message.css(".js-message_text")]
    question = message.css(".tgme_widget_message_poll_question")
    if question:
        parts.append(tidy(element_text(question[0].root)))
        parts += [tidy(element_text(n.root)) for n in message.css(".tgme_widget_message_poll_option_text")]
    return "\n".join(dict.fromkeys(p for p in parts if p))


def _reactions(message: Any) -> int | None:
    """Count reactions of any kind; None when the channel shows none."""
    found = [counted("".join(r.xpath("text()").getall())) for r in message.css(".tgme_reaction")]
    known = [n for n in found if n is not None]
    return sum(known) if known else None


def _attachments(message: Any) -> Iterator[str]:
    """What hangs on a post. The preview's file addresses change with each visit, so pictures are named by their place."""
    post = message.attrib.get("data-post", "")
    for name, css in (
        ("photo", ".tgme_widget_message_photo_wrap"), ("video", ".tgme_widget_message_video_player"),
        ("voice", ".tgme_widget_message_voice_player"), ("round", ".tgme_widget_message_roundvideo_player"),
        ("sticker", ".tgme_widget_message_sticker_wrap"), ("place", ".tgme_widget_message_location_wrap"),
        ("unshown", ".message_media_not_supported"),
    ):  # fmt: skip
        for index, _ in enumerate(message.css(css)):
            yield f"{name}:{post}_{index}"
    for title in message.css(".tgme_widget_message_document_title::text").getall():
        yield f"document:{title.strip()[:200]}"
    for link in message.css("a.tgme_widget_message_link_preview::attr(href)").getall():
        yield f"link:{link.strip()}"


def _copy_of(message: Any) -> str:
    """The public post this one was forwarded from, by the platform's own word."""
    link = message.css("a.tgme_widget_message_forwarded_from_name::attr(href)").get() or ""
    found = re.match(r"https?://t\.me/([A-Za-z]\w{3,31})/(\d{1,12})", link)
    return f"telegram:{found.group(1)}_{found.group(2)}" if found else ""
