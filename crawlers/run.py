"""Runs of sources: each in a child process of its own, so that a crash, a leak or a hang of one ends only that one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

from casework import runs
from crawlers.children import run_child, stop_children
from crawlers.crew import Crew, open_crew
from crawlers.health import FAILURES, RUNS, day_counts, failures, volume
from crawlers.source import CrawlSource
from crawlers.visit import Visit
from district.profile import Expected
from district.settings import Settings
from storage.engine import Store
from storage.find.accounts import source_by_id
from storage.find.sources import RunLine, source_lines, source_runs

Progress = Callable[[str, int, str], None]
"""Told of each step: source id, items so far, Russian words («страниц 3, новых 40»)."""

LEASE_S = 30 * 60.0
"""Longer than children.WALL_S, so that nobody claims a source whose child still runs."""
CHILDREN = 2
"""Children of one `crawl_once` at a time: more would only wait for the same hosts and accounts."""

__all__ = [
    "CHILDREN", "LEASE_S", "Preview", "Progress", "RunResult", "UnknownSource", "crawl_once", "run_claimed", "stop_children", "try_source",
]  # fmt: skip

OUTCOME_LABELS = MappingProxyType(
    {"ok": "прочитан", "partial": "прочитан не весь", "failed": "не прочитан", "stopped": "остановлен", "killed": "прерван",
     "busy": "занят"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunResult:
    """How one run of one source ended; the same stands in the run's row."""

    source_id: str
    outcome: str
    """ok | partial | failed | stopped | killed; busy when somebody else reads the source now or it may not be read."""
    reason: str
    counts: dict[str, int] = field(default_factory=dict)
    run_id: int | None = None
    seconds: float = 0.0

    @property
    def outcome_label(self) -> str:
        """Russian label of the outcome."""
        return OUTCOME_LABELS[self.outcome]


@dataclass(frozen=True, slots=True)
class Preview:
    """What «try now» shows: masked items, what would be refused, why something was not read. Nothing of it is stored."""

    items: tuple[dict[str, Any], ...]
    refused: tuple[dict[str, Any], ...]
    outcome: str
    reason: str
    counts: dict[str, int]


def crawl_once(
    settings: Settings, source_ids: Sequence[str] | None = None, progress: Progress | None = None, *, in_process: bool = False,
    **changes: Any,
) -> list[RunResult]:  # fmt: skip
    """Read the sources that are due, or the named ones whether due or not; returns a result for each.

    The database must be migrated. `in_process` (tests) reads here instead of in children; `changes` are Scrapy settings.
    """
    crew = open_crew(settings)
    try:
        claims, busy = _claim(crew, source_ids)
        with ThreadPoolExecutor(1 if in_process else CHILDREN, thread_name_prefix="otklik-crawl") as pool:
            reading = [pool.submit(_run, crew, c, progress, in_process, changes) for c in claims]
            return [*(r.result() for r in reading), *busy]
    finally:
        crew.close()


def run_claimed(settings: Settings, claim: runs.Claim, progress: Progress | None = None) -> RunResult:
    """Read a source that the caller has claimed (the timetable does) and give the claim back."""
    crew = open_crew(settings)
    try:
        return _run(crew, claim, progress, in_process=False, changes={})
    finally:
        crew.close()


def try_source(settings: Settings, source: CrawlSource | str, *, in_process: bool = False, **changes: Any) -> Preview:
    """Read one page of a source, stored nowhere: the desk's and the command line's «try now».

    `source` is the id of one on the list (UnknownSource when it is not), or what a pasted address was recognised as.
    """
    if isinstance(source, str):
        source = _listed(settings, source)
    if not in_process:
        answer = run_child(settings, {"preview": True, "source": asdict(source), "changes": changes}, None)
        return Preview(
            tuple(answer.get("items", ())),
            tuple(answer.get("refused", ())),
            answer["outcome"],
            answer["reason"],
            answer["counts"],
        )
    from crawlers.crawl import preview_source  # Scrapy's 60 MB stay out of a parent that only starts children

    crew = open_crew(settings)
    try:
        visit, shown = preview_source(crew, source, **changes)
    finally:
        crew.close()
    refused = tuple({"reason": r.reason, **r.item} for r in shown.refused)
    return Preview(tuple(shown.lines()), refused, visit.outcome, visit.reason, dict(visit.counts))


class UnknownSource(Exception):
    """Такого источника нет в списке."""


def _listed(settings: Settings, source_id: str) -> CrawlSource:
    store = Store(settings.database)
    try:
        with store.read() as tx:
            row = source_by_id(tx, source_id)
    finally:
        store.close()
    if row is None:
        raise UnknownSource(f"Источника «{source_id}» нет в списке: посмотрите otklik sources")
    return CrawlSource(
        row["id"],
        row["platform"],
        row["address"],
        name=row["name"],
        account=row["account"],
        comments=bool(row["comments"]),
        options=row["options"],
    )


def _claim(crew: Crew, source_ids: Sequence[str] | None) -> tuple[list[runs.Claim], list[RunResult]]:
    owner = runs.owner_name()
    if source_ids is None:
        return list(runs.claim_due_sources(crew.work(), 1000, owner, LEASE_S)), []
    claims, busy = [], []
    for source_id in dict.fromkeys(source_ids):
        claim = runs.claim_source(crew.work(), source_id, owner, LEASE_S)
        if claim is None:
            why = "источника нет в списке, он не утверждён, остановлен или его уже читает другой процесс"
            busy.append(RunResult(source_id, "busy", why))
        else:
            claims.append(claim)
    return claims, busy


def _run(
    crew: Crew, claim: runs.Claim, progress: Progress | None, in_process: bool, changes: dict[str, Any]
) -> RunResult:
    began = time.monotonic()
    run_id = runs.start_run(crew.work(), claim.source_id)
    source = source_of(claim)
    tell = _teller(claim.source_id, progress)
    tell({}, "начат")
    try:
        if in_process:
            from crawlers.crawl import read_source

            visit = read_source(crew, source, run_id, lambda v: tell(v.counts, ""), **changes)
            answer = told(visit)
        else:
            answer = run_child(crew.settings, {"run_id": run_id, "source": asdict(source), "changes": changes}, tell)
    except Exception as error:  # a door: the run must be ended in the database whatever happened
        answer = {"outcome": "killed", "reason": f"обход не удалось начать ({type(error).__name__})", "counts": {}}
    counts = {k: int(v) for k, v in answer["counts"].items() if v}
    result = RunResult(claim.source_id, answer["outcome"], answer["reason"], counts, run_id, time.monotonic() - began)
    _settle(crew, claim, result, answer.get("wait_s"))
    tell(counts, result.outcome_label)
    return result


def _settle(crew: Crew, claim: runs.Claim, result: RunResult, wait_s: float | None) -> None:
    """End the run and give the source back: after its own interval, when the other side allows, or only by a person."""
    assert result.run_id is not None
    work = crew.work()
    # The alarm stands in the reason of the run, where the desk's table of sources shows it.
    reason = ". ".join(part for part in (result.reason, _alarm(crew, result)) if part)
    runs.end_run(work, result.run_id, result.outcome, reason, result.counts)
    if result.outcome == "stopped" and wait_s is None:
        runs.stop_source(work, claim.source_id, result.reason)
    runs.release_source(work, claim, wait_s if result.outcome == "stopped" else None)


def _alarm(crew: Crew, result: RunResult) -> str:
    """Return what the source's volume and its last runs are alarming for, in words; "" when all is as usual."""
    now = crew.clock()
    with crew.store.read() as tx:
        earlier = [r for r in source_runs(tx, result.source_id, RUNS) if r.id != result.run_id]
        line = next((s for s in source_lines(tx, now) if s.id == result.source_id), None)
    this = RunLine(result.run_id or 0, result.source_id, now, now, result.outcome, "", result.counts)
    last = [this, *earlier]
    failed = failures(last)
    if failed >= FAILURES:
        return f"подряд не прочитан {failed} раз"
    if line is None or line.expect_low is None or line.expect_high is None:
        return ""
    return volume(day_counts(last, now), Expected(line.expect_low, line.expect_high), now - last[-1].started_at).words


def source_of(claim: runs.Claim) -> CrawlSource:
    """Return what a spider must know of a claimed source."""
    return CrawlSource(
        claim.source_id,
        claim.platform,
        claim.address,
        name=claim.name,
        account=claim.account,
        comments=claim.comments,
        options=claim.options,
        cursor=claim.cursor,
    )


def told(visit: Visit) -> dict[str, Any]:
    """Return the end of a visit as plain values: the child's last line."""
    wait = visit.stopped.wait_s if visit.stopped else None
    return {"outcome": visit.outcome, "reason": visit.reason, "counts": dict(visit.counts), "wait_s": wait}


def _teller(source_id: str, progress: Progress | None) -> Callable[[dict[str, int] | Any, str], None]:
    def tell(counts: Any, word: str) -> None:
        if progress is not None:
            words = word or f"страниц {counts.get('pages', 0)}, новых {counts.get('new', 0)}"
            progress(source_id, counts.get("items", 0), words)

    return tell
