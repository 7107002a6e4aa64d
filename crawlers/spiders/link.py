"""Reads single pages by their addresses, where official answers stand: sites, and posts of Telegram channels by t.me/s."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from casework.link_checks import Found
from casework.links import Link
from crawlers.pages import host_of, html_text
from crawlers.reasons import trouble_of
from crawlers.site_pages import read_article
from crawlers.spiders.base import SourceSpider
from crawlers.spiders.telegram_preview import counted, message_text
from district.profile import Platform

FEWEST_WORDS = 8
"""A page with fewer words draws its text in the browser, or is empty: nothing can be told from it."""
LONGEST = 1_000_000
"""Letters of a page that are compared; a novel is shorter."""
MAX_S = 240
"""All pages of a round together: what has not answered by then is read another time (casework.link_checks.LEASE is longer)."""
_ALBUM = 10
"""Telegram shows an album of up to ten pictures as one post under the number of its first."""


class LinkSpider(SourceSpider):
    """Reads `links` (by number of publication) and puts what it found into `found`; yields nothing."""

    name = "link"
    custom_settings: dict[str, Any] | None = {"ITEM_PIPELINES": {}, "CLOSESPIDER_TIMEOUT": MAX_S}

    def __init__(self, visit: Any, links: Mapping[int, Link], found: dict[int, Found], **kwargs: Any) -> None:
        super().__init__(visit, **kwargs)
        self.links, self.found = links, found

    @property
    def allowed_hosts(self) -> frozenset[str] | None:
        """The hosts of the links, and the preview's own where one of them leads to Telegram."""
        return frozenset(host_of(self._address(link)) for link in self.links.values())

    def first(self) -> list[Any]:
        """Ask every page."""
        return [self._request(number, link) for number, link in self.links.items()]

    def _address(self, link: Link) -> str:
        if link.platform is not Platform.TELEGRAM:
            return link.url
        base = self.visit.settings.t_me_base.rstrip("/")
        return f"{base}/s/{link.owner}?before={(link.post or 0) + 1}"

    def _request(self, number: int, link: Link) -> Any:
        told = {"number": number}
        if link.platform is Platform.TELEGRAM:
            # 302 means «no preview»: a group, a closed channel, an unknown name.
            meta = {"dont_redirect": True, "handle_httpstatus_list": [301, 302, 303, 307]}
            return self.ask(self._address(link), self.channel, meta=meta, cb_kwargs=told)
        return self.ask(link.url, self.page, cb_kwargs=told)

    def page(self, response: Any, number: int) -> None:
        """Take all the words of a page: its article first, then everything, for an answer may stand beside it."""
        whole = html_text(response.text)
        if len(whole.split()) < FEWEST_WORDS:
            reason = f"{urlsplit(response.url).netloc}: на странице почти нет текста, она рисуется в браузере; проверьте глазами"
            self.found[number] = Found(None, None, "unread", reason)
            return
        article = read_article(response.text, response.url, self.visit.timezone, self.visit.now).text
        self.found[number] = Found(f"{article}\n\n{whole}"[:LONGEST], None, "read")

    def channel(self, response: Any, number: int) -> None:
        """Take one post of a channel's page."""
        link = self.links[number]
        messages = response.css(".tgme_widget_message[data-post]")
        if response.status != 200 or not messages:
            self.found[number] = Found(None, None, "unread", self._closed(link, response.status))
            return
        message = next((m for m in messages if _is(m, link.post or 0)), None)
        if message is None:
            self.found[number] = Found(None, None, "gone", f"в канале {link.owner} записи {link.post} больше нет")
            return
        views = counted(message.css(".tgme_widget_message_views::text").get())
        self.found[number] = Found(message_text(message), views, "read")

    def failed(self, failure: Any) -> None:
        """Note why a page could not be read, or that its site says it is no more."""
        request = failure.request
        number = request.cb_kwargs["number"]
        status = getattr(getattr(failure.value, "response", None), "status", 0)
        host = urlsplit(request.url).netloc
        if status in (404, 410):
            self.found[number] = Found(None, None, "gone", f"{host} отвечает, что такой страницы нет ({status})")
        else:
            trouble = trouble_of(failure.value, request, self.visit.now)
            self.found[number] = Found(None, None, "unread", trouble.reason)

    def on_error(self, failure: Any, response: Any, spider: Any) -> None:
        """Note that a page broke its reader."""
        number = response.request.cb_kwargs["number"]
        reason = f"страница не разобрана ({type(failure.value).__name__}): сообщите технику её адрес"
        self.found[number] = Found(None, None, "unread", reason)

    def _closed(self, link: Link, status: int) -> str:
        if status == 200:
            return f"t.me не показал записи канала {link.owner}: предпросмотр закрыт владельцем или записи {link.post} не видно"
        return f"t.me не показывает {link.owner} без входа: это группа или закрытый канал; проверьте глазами"


def _is(message: Any, post: int) -> bool:
    """Tell whether a message of a channel's page has this number, or is the album in which this picture stands."""
    told = message.attrib.get("data-post", "").rpartition("/")[2]
    if not told.isdecimal() or not 0 <= post - int(told) < _ALBUM:
        return False
    inside = message.css(f'a[href*="/{post}?"], a[href$="/{post}"]').xpath("@href").getall()
    return int(told) == post or any(urlsplit(href).path.endswith(f"/{post}") for href in inside)
