"""A source of the living list → the spider that reads it and what that spider is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import Any

from district.profile import Platform

SPIDERS: Mapping[Platform, str] = MappingProxyType(
    {
        Platform.VK: "crawlers.spiders.vk:VkSpider",
        Platform.TELEGRAM: "crawlers.spiders.telegram:TelegramSpider",
        Platform.TELEGRAM_PREVIEW: "crawlers.spiders.telegram_preview:TelegramPreviewSpider",
        Platform.FEED: "crawlers.spiders.feed:FeedSpider",
        Platform.SITE: "crawlers.spiders.site:SiteSpider",
        Platform.MAX: "crawlers.spiders.max:MaxSpider",
    }
)
"""One line per platform: adding one is a spider file and a line here (docs/howto/new-source.md)."""


@dataclass(frozen=True, slots=True)
class CrawlSource:
    """What a spider must know about its source; made from a row of the living list or from a pasted address."""

    id: str
    platform: str
    address: str
    name: str = ""
    account: str | None = None
    comments: bool = True
    official: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    """mode (auto | selectors | article | list | sitemap), selectors {item, link, title, text, date, date_format}."""
    cursor: Mapping[str, Any] = field(default_factory=dict)
    """Where the previous run stopped; only the spider that wrote it reads it."""


def spider_class(platform: str) -> type[Any]:
    """Return the spider class of a platform; ValueError (in Russian) for a platform nobody reads."""
    try:
        path = SPIDERS[Platform(platform)]
    except (ValueError, KeyError):
        known = ", ".join(p.value for p in SPIDERS)
        raise ValueError(f"Площадку «{platform}» никто не читает: укажите одну из {known}") from None
    module, name = path.split(":")
    found = getattr(import_module(module), name)
    assert isinstance(found, type)
    return found
