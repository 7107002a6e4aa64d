"""The feed of weather that the profile names: asked once a day at most, through the guard, in a child process."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from casework.weather import Refused
from casework.weather_reading import LastRead, feed_due, feed_failed, feed_read, feed_unchanged
from casework.work import Work
from crawlers.children import run_child
from crawlers.crew import Crew, open_crew
from crawlers.source import CrawlSource
from district.profile import Platform
from district.settings import Settings
from preventive.facts import WeatherDay

NOT_READ = "лента погоды не ответила за отведённое время"


def read_feed(
    settings: Settings, work: Work, *, now: bool = False, in_process: bool = False, **changes: Any
) -> LastRead | None:
    """Read the profile's feed when its day has come and return how it ended; None when it is not due or there is none.

    What the answer holds is parsed in a child process, so that it ends only that one; `in_process` (tests) reads here, with
    `changes` of the Scrapy settings. Blocks until it is read: a minute, when the other side is slow.
    """
    turn = feed_due(work, now=now)
    if turn is None:
        return None
    told = {"address": turn.address, "pages": dict(turn.pages)}
    if in_process:
        crew = open_crew(settings, lambda: work.now)
        try:
            answer = read_told(crew, told, **changes)
        finally:
            crew.close()
    else:
        said = run_child(settings, {"source": {"id": "weather"}, "weather": told}, None)
        answer = said.get("weather") or {"reason": said["reason"]}
    return _kept(work, turn, answer)


def _kept(work: Work, turn: LastRead, answer: Mapping[str, Any]) -> LastRead:
    if answer.get("reason"):
        return feed_failed(work, turn, f"Лента погоды: {answer['reason']}.")
    if answer.get("unchanged"):
        return feed_unchanged(work, turn)
    days = [(row, WeatherDay(**told | {"day": date.fromisoformat(told["day"])})) for row, told in answer["days"]]
    refused = [Refused(**one) for one in answer["refused"]]
    return feed_read(work, turn, days, refused, answer["pages"])


def read_told(crew: Crew, told: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return what stands at an address, as plain values: the child's work."""
    return asyncio.run(_read(crew, told, changes))


async def _read(crew: Crew, told: Mapping[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    # Imported here: the parent only starts children, and Scrapy's sixty megabytes stay out of it.
    from scrapy.crawler import AsyncCrawlerRunner

    from crawlers.settings import scrapy_settings
    from crawlers.spiders.weather import WeatherSpider
    from crawlers.visit import Visit

    source = CrawlSource("weather", Platform.SITE.value, told["address"], cursor={"pages": told["pages"]})
    visit = Visit(source, crew.settings, crew.profile.timezone, crew.clock())
    found: dict[str, Any] = {}
    crawler = AsyncCrawlerRunner(scrapy_settings(crew.settings, **changes)).create_crawler(WeatherSpider)
    await crawler.crawl_async(visit=visit, found=found)
    if visit.troubles or not found:
        return {"reason": visit.reason or NOT_READ}
    if found.get("unchanged"):
        return {"unchanged": True}
    days = [[row, asdict(one) | {"day": one.day.isoformat()}] for row, one in found["days"]]
    return {"days": days, "refused": [asdict(one) for one in found["refused"]], "pages": found["pages"]}
