"""One source read in this process: spider, door and casework wired together (the child's work; tests call it directly)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner

from casework import runs
from casework.secrets import voice_secret
from casework.take_in import mark_gone, take_in
from crawlers.crew import Crew
from crawlers.limits import account_of
from crawlers.pipelines import RefusedItem
from crawlers.refusal import Refusal, Scope
from crawlers.settings import scrapy_settings
from crawlers.source import CrawlSource, spider_class
from crawlers.visit import PREVIEW_ITEMS, Visit
from risk.post import Post
from storage.find.sources import quarantine_rows

REMEMBERED_REFUSALS = 500
"""A page is read again and again with the same bad item on it: so many last rows are looked through, to note it once."""


ACCOUNT_PLATFORMS = frozenset({"vk", "telegram"})
RESTING_LOOK_S = 3600.0
"""While an account waits for a person, its sources come by once an hour: asking the database costs nothing."""


@dataclass
class Keeper:
    """Intake of a crawl: a page goes to casework in one transaction with its cursor."""

    crew: Crew
    source_id: str
    run_id: int | None
    _known: set[tuple[str, str, str]] | None = None

    def take(self, posts: Sequence[Post], cursor: Mapping[str, Any] | None) -> Mapping[str, int]:
        """Store a page; returns how many were new, edited, the same, joined, and what risks came of it."""
        done = take_in(
            self.crew.work(),
            posts,
            source_id=self.source_id,
            run_id=self.run_id,
            cursor=None if cursor is None else dict(cursor),
        )
        self.crew.took(len(posts))
        counted = {
            "new": done.new,
            "edited": done.edited,
            "same": done.same,
            "joined": done.joined,
            "suggested": done.suggested,
        }
        return {**counted, "opened": len(done.opened), "risen": len(done.risen), "alerts": done.alerts}

    def gone(self, keys: Sequence[tuple[str, str, str, str]]) -> None:
        """Mark posts that left their page."""
        mark_gone(self.crew.work(), list(keys))

    def refuse(self, rows: Sequence[RefusedItem]) -> None:
        """Put refused items into quarantine, each once however often its page is read."""
        if self._known is None:
            with self.crew.store.read() as tx:
                last = quarantine_rows(tx, self.source_id, REMEMBERED_REFUSALS)
            self._known = {_mark(r.reason, r.item) for r in last}
        fresh = [r for r in rows if _mark(r.reason, r.item) not in self._known]
        self._known.update(_mark(r.reason, r.item) for r in fresh)
        if fresh:
            told = [(r.reason, dict(r.item)) for r in fresh]
            runs.quarantine(self.crew.work(), self.source_id, self.run_id, told)


def _mark(reason: str, item: Mapping[str, Any]) -> tuple[str, str, str]:
    return reason, str(item.get("external_id", "")), str(item.get("comment_id", ""))


@dataclass
class Shown:
    """Intake of «try now»: keeps a few masked posts to look at and stores nothing."""

    posts: list[Post] = field(default_factory=list)
    refused: list[RefusedItem] = field(default_factory=list)

    def take(self, posts: Sequence[Post], cursor: Mapping[str, Any] | None) -> Mapping[str, int]:
        """Keep the first posts."""
        self.posts.extend(posts[: PREVIEW_ITEMS - len(self.posts)])
        return {"found": len(posts)}

    def gone(self, keys: Sequence[tuple[str, str, str, str]]) -> None:
        """Nothing is marked in a preview."""

    def refuse(self, rows: Sequence[RefusedItem]) -> None:
        """Keep the first refusals."""
        self.refused.extend(rows[: PREVIEW_ITEMS - len(self.refused)])

    def lines(self) -> list[dict[str, Any]]:
        """Return what would be collected, newest first, as plain values for a page or JSON."""
        shown = sorted(self.posts, key=lambda p: p.published_at, reverse=True)
        return [
            {
                "url": p.url, "text": p.text, "published_at": p.published_at.isoformat(), "is_comment": p.is_comment,
                "reach": asdict(p.reach), "attachments": list(p.attachments),
            }
            for p in shown
        ]  # fmt: skip


def read_source(
    crew: Crew,
    source: CrawlSource,
    run_id: int | None,
    on_progress: Callable[[Visit], None] | None = None,
    **changes: Any,
) -> Visit:
    """Read one source and take in what it gives; returns the visit with outcome, reason and counts.

    `changes` are Scrapy settings that differ from crawlers.settings (tests: no delays).
    """
    visit = Visit(source, crew.settings, crew.profile.timezone, crew.clock(), run_id, on_progress=on_progress)
    _crawl(crew, visit, Keeper(crew, source.id, run_id), voice_secret(crew.work(), crew.settings), changes)
    return visit


def preview_source(crew: Crew, source: CrawlSource, **changes: Any) -> tuple[Visit, Shown]:
    """Read one page of a source and keep nothing: what would be collected, and what would be refused."""
    visit, shown = Visit(source, crew.settings, crew.profile.timezone, crew.clock(), preview=True), Shown()
    # Nobody keeps these tokens, so the key is of no importance; the real one stays in its vault.
    _crawl(crew, visit, shown, b"otklik preview 0", changes)
    return visit, shown


def _crawl(crew: Crew, visit: Visit, intake: Keeper | Shown, secret: bytes, changes: dict[str, Any]) -> None:
    async def go() -> None:
        runner = AsyncCrawlerRunner(scrapy_settings(crew.settings, **changes))
        crawler = runner.create_crawler(spider_class(visit.source.platform))
        given = {"visit": visit, "intake": intake, "secret": secret, "clock": crew.clock, "work": crew.work}
        await runner.crawl(crawler, **given, **_account(crew, visit.source))

    try:
        asyncio.run(go())
    except Refusal as refusal:
        wait = RESTING_LOOK_S if refusal.scope is Scope.ACCOUNT and refusal.wait_s is None else refusal.wait_s
        visit.trouble(refusal.reason, stops=refusal.scope in (Scope.SOURCE, Scope.ACCOUNT), wait_s=wait)
    except Exception as error:  # a door: a spider that cannot even start ends its run with a reason
        visit.trouble(f"источник не удалось прочитать ({type(error).__name__}: {str(error)[:200]})")


def _account(crew: Crew, source: CrawlSource) -> dict[str, Any]:
    """Return the account of a source whose platform asks for one; Refusal when there is none or it rests."""
    if source.platform not in ACCOUNT_PLATFORMS:
        return {}
    return {"account": account_of(crew.work, crew.settings, source)}
