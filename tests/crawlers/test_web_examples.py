"""Frozen pages of the web spiders give exactly the items written beside them (OTKLIK_REWRITE=1 writes them anew)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from scrapy.http import HtmlResponse

from crawlers.items import PostItem
from crawlers.pages import decode
from crawlers.source import SPIDERS, CrawlSource
from crawlers.spiders.feed import entry_item, parsed
from crawlers.spiders.site import SiteSpider
from crawlers.spiders.telegram_preview import TelegramPreviewSpider
from crawlers.visit import Visit
from tests.crawlers.web_run import NOW, settings_for

EXAMPLES = Path(__file__).parent / "examples"
ZONE = ZoneInfo("Europe/Moscow")


def _visit(platform: str, address: str) -> Visit:
    return Visit(CrawlSource("s", platform, address), settings_for(1), ZONE, NOW)


def _page(name: str, url: str) -> HtmlResponse:
    text = decode((EXAMPLES / name).read_bytes())
    return HtmlResponse(url, body=text.encode(), encoding="utf-8")


def of_preview() -> list[PostItem]:
    spider = TelegramPreviewSpider(_visit("telegram_preview", "https://t.me/s/beloe_news"))
    spider.first()
    return [
        i for i in spider.parse(_page("telegram_preview.html", "https://t.me/s/beloe_news")) if isinstance(i, PostItem)
    ]


def of_feed() -> list[PostItem]:
    found = parsed(decode((EXAMPLES / "feed.xml").read_bytes()))
    return [entry_item(dict(e), "s", "feed", "https://vestnik.example.org/rss/", ZONE) for e in found.entries]


def of_site() -> list[PostItem]:
    url = "https://beloe.example.org/news/2026/101/"
    spider = SiteSpider(_visit("site", "https://beloe.example.org/news/"))
    spider.first()
    return [i for i in spider.parse_article(_page("site.html", url), url) if isinstance(i, PostItem)]


READERS: dict[str, Callable[[], list[PostItem]]] = {"telegram_preview": of_preview, "feed": of_feed, "site": of_site}


@pytest.mark.parametrize("name", READERS)
def test_frozen_pages_give_the_written_items(name: str) -> None:
    """What a page said once gives the same items for ever."""
    found: Any = json.loads(json.dumps([asdict(i) for i in READERS[name]()], default=str))
    path = EXAMPLES / f"{name}.items.json"
    if os.environ.get("OTKLIK_REWRITE"):
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    assert found == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("platform", sorted(p.value for p in SPIDERS))
def test_a_spider_without_a_frozen_answer_is_not_merged(platform: str) -> None:
    """Every platform that is read brings an answer and its items (MAX asks nothing yet)."""
    written = (EXAMPLES / f"{platform}.items.json").exists()

    assert written or platform == "max"
