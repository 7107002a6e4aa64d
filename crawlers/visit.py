"""Visit: one reading of one source — what is known at its start, what it met, how it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from crawlers.source import CrawlSource
from district.settings import Settings

Outcome = Literal["ok", "partial", "failed", "stopped", "killed"]
PREVIEW_ITEMS = 20
"""«Try now» shows no more posts than this: one page of t.me/s, the smallest page among our sources."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that went wrong during a visit, in words for the desk."""

    reason: str
    """Russian sentence: what happened, with what, what to do."""
    stops: bool = False
    """True when the source (or its account) must not be asked again until `wait_s` has passed or a person has looked."""
    wait_s: float | None = None
    """Seconds after which the other side allows to ask again; None when only a person can say."""


@dataclass
class Visit:
    """One reading of one source; a spider reads the facts and tells what it met through `trouble` and `count`."""

    source: CrawlSource
    settings: Settings
    timezone: ZoneInfo
    """Zone of the district: pages that show a time without a zone mean this one."""
    now: datetime
    """The moment the visit began, aware, UTC."""
    run_id: int | None = None
    preview: bool = False
    """True for «try now»: one page, nothing stored, the cursor is not moved."""
    counts: Counter[str] = field(default_factory=Counter)
    troubles: list[Trouble] = field(default_factory=list)
    on_progress: Callable[[Visit], None] | None = None

    @property
    def cursor(self) -> dict[str, Any]:
        """What the previous run of this source left; empty on the first run and in a preview."""
        return {} if self.preview else dict(self.source.cursor)

    def count(self, what: str, by: int = 1) -> None:
        """Add to a named count (pages, items, new, edited, same, refused, gone, unchanged, skipped …)."""
        self.counts[what] += by
        if self.on_progress is not None:
            self.on_progress(self)

    def trouble(self, reason: str, *, stops: bool = False, wait_s: float | None = None) -> None:
        """Note what went wrong; the same reason is noted once."""
        if all(t.reason != reason for t in self.troubles):
            self.troubles.append(Trouble(reason, stops, wait_s))

    @property
    def stopped(self) -> Trouble | None:
        """The first trouble after which the source must rest, or None."""
        return next((t for t in self.troubles if t.stops), None)

    @property
    def outcome(self) -> Outcome:
        """How the visit ended: all read; read in part (troubles or refused items); nothing read; told to stop."""
        if self.stopped:
            return "stopped"
        if self.troubles and not self.counts["pages"]:
            return "failed"
        return "partial" if self.troubles or self.counts["refused"] else "ok"

    @property
    def reason(self) -> str:
        """Everything that went wrong in a few Russian sentences; "" when nothing did."""
        parts = [t.reason.rstrip(". ") for t in self.troubles[:3]]
        if len(self.troubles) > len(parts):
            parts.append(f"и ещё причин: {len(self.troubles) - len(parts)}")
        if refused := self.counts["refused"]:
            parts.append(f"не принято записей: {refused}, причины — в карантине источника")
        return ". ".join(parts)
