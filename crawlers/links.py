"""Looks at the addresses where official answers should stand: in a child process, with the reading clients we have."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from casework.errors import AddressRefused
from casework.link_checks import CheckJob, Found, due_checks, note_check
from casework.links import Link, link_of
from casework.work import Work
from crawlers.children import run_child
from crawlers.crew import Crew, open_crew
from crawlers.limits import account_of
from crawlers.refusal import Refusal
from crawlers.source import CrawlSource
from district.profile import Platform
from district.settings import Settings
from storage.find.accounts import accounts, source_by_id

MAX_UNREAD = Found(
    None, None, "closed",
    "MAX программа пока не читает: откройте ссылку и проверьте глазами",
)  # fmt: skip
PERSON_UNREAD = Found(
    None, None, "closed", "страница человека: программа их не читает, откройте ссылку и проверьте глазами"
)
COMMENT_UNREAD = Found(
    None,
    None,
    "closed",
    "комментарии Telegram видны только учётной записи (otklik account add telegram): откройте ссылку и проверьте глазами",
)
NOT_SEEN = Found(None, None, "unread", "страница не ответила за отведённое время, повторим")


def check_links(settings: Settings, work: Work, limit: int = 10, *, in_process: bool = False, **changes: Any) -> int:
    """Look at up to `limit` publications whose turn it is and note what was found; return how many were noted.

    The pages are read in a child process, so that whatever they hold ends only that one; `in_process` (tests) reads here,
    with `changes` of the Scrapy settings. Blocks until all is read: minutes, when pages are slow.
    """
    jobs = due_checks(work, limit)
    if not jobs:
        return 0
    if in_process:
        crew = open_crew(settings, lambda: work.now)
        try:
            found = read_links(crew, jobs, **changes)
        finally:
            crew.close()
    else:
        found = _read_in_child(settings, jobs)
    noted = [
        note_check(work, job.publication_id, found.get(job.publication_id, NOT_SEEN), job.lease_until) for job in jobs
    ]
    return sum(state is not None for state in noted)


def _read_in_child(settings: Settings, jobs: Sequence[CheckJob]) -> dict[int, Found]:
    """Return what a child read; when it died, that is the reason of every page it had."""
    told = [{"publication_id": j.publication_id, "url": j.url, "source_id": j.source_id} for j in jobs]
    answer = run_child(settings, {"source": {"id": "links"}, "links": told}, None)
    if "links" not in answer:
        return {job.publication_id: Found(None, None, "unread", str(answer["reason"])) for job in jobs}
    return {int(number): Found(**found) for number, found in answer["links"].items()}


def read_told(crew: Crew, told: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what stands at addresses given as plain values, as plain values: the child's work."""
    jobs = [CheckJob(one["publication_id"], one["url"], one["source_id"], crew.clock()) for one in told]
    return {str(number): asdict(found) for number, found in read_links(crew, jobs).items()}


def read_links(crew: Crew, jobs: Sequence[CheckJob], **changes: Any) -> dict[int, Found]:
    """Return what stands at each address, by number of publication; one that nobody can read says why."""
    found: dict[int, Found] = {}
    walls: dict[int, Link] = {}
    pages: dict[int, Link] = {}
    for job in jobs:
        try:
            link = link_of(job.url, crew.settings.allow_internal)
        except AddressRefused as e:
            found[job.publication_id] = Found(None, None, "closed", f"{e.why}. {e.mend}")
            continue
        known = _never(link)
        if known is not None:
            found[job.publication_id] = known
        else:
            (walls if link.platform is Platform.VK else pages)[job.publication_id] = link
    asyncio.run(_read(crew, jobs, walls, pages, found, changes))
    return found


def _never(link: Link) -> Found | None:
    """What is not read at all, by its kind."""
    if link.platform is Platform.MAX:
        return MAX_UNREAD
    is_person = link.platform is Platform.VK and not link.owner.startswith("-")
    return PERSON_UNREAD if is_person else None


async def _read(
    crew: Crew, jobs: Sequence[CheckJob], walls: Mapping[int, Link], pages: Mapping[int, Link], found: dict[int, Found],
    changes: dict[str, Any],
) -> None:  # fmt: skip
    by_account: dict[str | None, dict[int, Link]] = defaultdict(dict)
    sources = {job.publication_id: job.source_id for job in jobs}
    for number, link in walls.items():
        by_account[_account_name(crew, sources[number])][number] = link
    reading = [_read_walls(crew, name, links) for name, links in by_account.items()]
    for told in await asyncio.gather(*reading):
        found |= told
    seen = {number: link for number, link in pages.items() if not _is_comment(link)}
    if seen:
        await _read_pages(crew, seen, found, changes)
    found |= dict.fromkeys(pages.keys() - seen.keys(), COMMENT_UNREAD)
    hidden = {
        number: link for number, link in pages.items()
        if link.platform is Platform.TELEGRAM and (_is_comment(link) or found.get(number, NOT_SEEN).state == "unread")
    }  # fmt: skip
    account = _telegram_account(crew) if hidden else None
    if account is not None:
        found |= await _read_telegram(crew, account, hidden)


def _is_comment(link: Link) -> bool:
    return link.platform is Platform.TELEGRAM and link.comment is not None


def _telegram_account(crew: Crew) -> str | None:
    """Return the first account of Telegram that is not stopped; None keeps to what the public preview shows."""
    if crew.settings.telegram_api_id is None:
        return None
    with crew.store.read() as tx:
        rows = [a for a in accounts(tx) if a.platform == Platform.TELEGRAM.value and a.state != "stopped"]
    return rows[0].id if rows else None


async def _read_telegram(crew: Crew, account: str, links: Mapping[int, Link]) -> dict[int, Found]:
    from crawlers.clients.telegram import Reader
    from crawlers.link_telegram import TelegramLinks

    try:
        using = account_of(crew.work, crew.settings, CrawlSource("links", Platform.TELEGRAM.value, "", account=account))
    except Refusal as refusal:
        return dict.fromkeys(links, Found(None, None, "unread", refusal.reason))
    reader = Reader(crew.settings, using.secret)
    try:
        return await TelegramLinks(reader, using).read(links)
    finally:
        await reader.close()


def _account_name(crew: Crew, source_id: str | None) -> str | None:
    """Return which account reads a VK link: its source's, else the environment's key (None), else the first there is."""
    with crew.store.read() as tx:
        row = source_by_id(tx, source_id) if source_id else None
        if row is not None and row["platform"] == Platform.VK.value and row["account"]:
            return str(row["account"])
        if crew.settings.vk_token is not None:
            return None
        return next((a.id for a in accounts(tx) if a.platform == Platform.VK.value and a.state != "stopped"), None)


async def _read_walls(crew: Crew, account: str | None, links: Mapping[int, Link]) -> dict[int, Found]:
    # Imported here: the parent only starts children, and Scrapy's sixty megabytes stay out of it.
    from crawlers.handlers.vk import open_client
    from crawlers.link_vk import VkLinks

    try:
        using = account_of(crew.work, crew.settings, CrawlSource("links", Platform.VK.value, "", account=account))
        client = await asyncio.to_thread(open_client, crew.settings, using.secret)
    except Refusal as refusal:
        return dict.fromkeys(links, Found(None, None, "unread", refusal.reason))
    try:
        return await VkLinks(client, using).read(links)
    finally:
        client.close()


async def _read_pages(crew: Crew, pages: Mapping[int, Link], found: dict[int, Found], changes: dict[str, Any]) -> None:
    from scrapy.crawler import AsyncCrawlerRunner

    from crawlers.settings import scrapy_settings
    from crawlers.spiders.link import LinkSpider
    from crawlers.visit import Visit

    source = CrawlSource("links", Platform.SITE.value, next(iter(pages.values())).url)
    visit = Visit(source, crew.settings, crew.profile.timezone, crew.clock())
    crawler = AsyncCrawlerRunner(scrapy_settings(crew.settings, **changes)).create_crawler(LinkSpider)
    await crawler.crawl_async(visit=visit, links=pages, found=found)
