"""Sources: are they read, do they give what they usually give, what was refused; adding, approving, pausing, trying."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends
from markupsafe import Markup
from starlette.responses import Response

from casework import sources
from casework.addresses import Recognised, recognise
from casework.errors import AddressRefused, CaseworkError, NotAllowed, UnknownSubject
from casework.journal_words import journal_label
from casework.roles import Act
from desk.forms import Fields, FormError
from desk.pictures import volume_bar
from desk.visit import Needs, Visit
from desk.words import COUNTS, OUTCOMES, SOURCE_STATES, VOLUMES, changes
from district.profile import Platform
from reports.wording import count
from storage.find.accounts import accounts, all_sources, journal_lines
from storage.find.sources import SourceLine, quarantine_rows, source_lines, source_runs

log = structlog.get_logger(__name__)
router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_SOURCES))]
Proposing = Annotated[Visit, Depends(Needs(Act.PROPOSE_SOURCE))]
Approving = Annotated[Visit, Depends(Needs(Act.APPROVE_SOURCE))]
Changing = Annotated[Visit, Depends(Needs(Act.CHANGE_SOURCE))]

TRIES_AT_ONCE = 2
"""A try holds a thread and asks an outside server: two people may, a third waits."""
_tries = threading.BoundedSemaphore(TRIES_AT_ONCE)
INTERVALS = (5, 10, 15, 30, 60, 180, 720, 1440)


@dataclass(frozen=True, slots=True)
class Health:
    """One source of the list in words."""

    line: SourceLine
    platform: str
    state: tuple[str, str]
    outcome: tuple[str, str]
    volume: tuple[str, str]
    counts: str
    picture: Markup

    @property
    def sick(self) -> bool:
        """True when somebody should look at it: it stands above the healthy ones."""
        bad = self.line.state == "stopped" or self.line.volume in ("silence", "flood")
        return bad or self.line.last_outcome in ("failed", "stopped", "killed", "partial")


@router.get("/sources")
def show(visit: Seeing) -> Response:
    """List the sources, the sick first."""
    return _list(visit)


@router.post("/sources/check")
def check(visit: Proposing) -> Response:
    """Recognise a pasted address and ask for the rest."""
    pasted = visit.fields.text("address")
    try:
        found = recognise(pasted, visit.desk.settings.allow_internal)
    except AddressRefused as e:
        return _list(visit, str(e))
    return _adding(visit, found)


@router.post("/sources/add")
def add(visit: Proposing) -> Response:
    """Put a source on the list."""
    fields = visit.fields
    try:
        found = recognise(fields.text("address"), visit.desk.settings.allow_internal)
    except AddressRefused as e:
        return _list(visit, str(e))
    try:
        made = sources.add_source(
            visit.work, found.address, allowed=visit.desk.settings.allow_internal, **_facts_of(fields)
        )
    except NotAllowed:
        raise
    except (CaseworkError, FormError) as e:
        return _adding(visit, found, str(e))
    ready = made.state == sources.ACTIVE
    told = "Источник добавлен и утверждён: читать начнём сейчас." if ready else "Источник добавлен и ждёт утверждения."
    return visit.go(f"/sources/{made.id}", told)


@router.get("/sources/{source_id}")
def one(source_id: str, visit: Seeing) -> Response:
    """Show one source: health, runs, refused items."""
    return _one(visit, source_id)


@router.post("/sources/{source_id}/approve")
def approve(source_id: str, visit: Approving) -> Response:
    """Approve a proposed source."""
    return _do(
        visit, source_id, lambda: sources.approve(visit.work, source_id), "Источник утверждён: читать начнём сейчас."
    )


@router.post("/sources/{source_id}/pause")
def pause(source_id: str, visit: Changing) -> Response:
    """Pause a source with a reason."""
    reason = visit.fields.text("reason")
    return _do(visit, source_id, lambda: sources.pause(visit.work, source_id, reason), "Источник приостановлен.")


@router.post("/sources/{source_id}/resume")
def resume(source_id: str, visit: Changing) -> Response:
    """Read a paused, stopped or removed source again."""
    return _do(visit, source_id, lambda: sources.resume(visit.work, source_id), "Источник снова читается.")


@router.post("/sources/{source_id}/remove")
def remove(source_id: str, visit: Changing) -> Response:
    """Take a source off the list with a reason."""
    reason = visit.fields.text("reason")
    return _do(
        visit, source_id, lambda: sources.remove(visit.work, source_id, reason), "Источник убран. Собранное осталось."
    )


@router.post("/sources/{source_id}/change")
def change(source_id: str, visit: Changing) -> Response:
    """Change what is known of a source."""

    def do() -> None:
        sources.change_source(visit.work, source_id, **_facts_of(visit.fields))

    return _do(visit, source_id, do, "Изменено.")


@router.post("/sources/{source_id}/try")
def try_now(source_id: str, visit: Proposing) -> Response:
    """Read one page of the source now and show what would be collected; nothing of it is kept."""
    row = _row(visit, source_id)
    if visit.desk.try_source is None:
        return _one(
            visit, source_id, "Проба здесь недоступна: страницы запущены без обходчика. Команда: otklik crawl --once."
        )
    if not _tries.acquire(blocking=False):
        return _one(visit, source_id, "Уже идут две пробы. Дождитесь их и повторите.", 429)
    try:
        preview = visit.desk.try_source(source_id)
    except Exception as e:  # a door to the outside: whatever went wrong there is told, the page stands
        log.warning("try failed", source=source_id, error=type(e).__name__)
        return _one(visit, source_id, f"Проба не удалась ({type(e).__name__}). Подробности — в журнале работы.", 502)
    finally:
        _tries.release()
    items = [dict(item) | {"at": _moment(item.get("published_at"))} for item in preview.items[:30]]
    return visit.page(
        "source_try.html",
        row=row,
        preview=preview,
        items=items,
        outcome=OUTCOMES.get(preview.outcome, (preview.outcome, "")),
    )


def _do(visit: Visit, source_id: str, do: Callable[[], object], told: str) -> Response:
    try:
        do()
    except (NotAllowed, UnknownSubject):
        raise
    except (CaseworkError, FormError) as e:
        return _one(visit, source_id, str(e))
    return visit.go(f"/sources/{source_id}", told)


def _list(visit: Visit, trouble: str = "") -> Response:
    with visit.desk.store.read() as tx:
        lines = source_lines(tx, visit.work.now)
        removed = [row for row in all_sources(tx) if row["state"] == sources.REMOVED]
    shown = sorted((_health(line) for line in lines), key=lambda h: (not h.sick, h.line.state != "proposed"))
    sick = sum(h.sick for h in shown)
    unread = sum(h.line.state == sources.ACTIVE and h.line.last_run_at is None for h in shown)
    return visit.page(
        "sources.html", 422 if trouble else 200, shown=shown, removed=removed, trouble=trouble, typed=visit.fields,
        sick=count(sick, "источник требует", "источника требуют", "источников требуют") if sick else "",
        unread=unread, can_propose=visit.may(Act.PROPOSE_SOURCE),
    )  # fmt: skip


def _one(visit: Visit, source_id: str, trouble: str = "", status: int = 422) -> Response:
    row = _row(visit, source_id)
    with visit.desk.store.read() as tx:
        line = next((s for s in source_lines(tx, visit.work.now) if s.id == source_id), None)
        runs = source_runs(tx, source_id)
        refused = quarantine_rows(tx, source_id) if visit.may(Act.SEE_QUARANTINE) else ()
        journal = journal_lines(tx, f"source:{source_id}", limit=20)
    profile, hours = visit.desk.profile, visit.hours
    past = [
        {"at": j.at, "by": j.by, "what": journal_label(j.what), "changes": changes(j.before, j.after, profile, hours)}
        for j in journal
    ]
    return visit.page(
        "source.html", status if trouble else 200, row=row, health=_health(line) if line else None, runs=runs,
        refused=refused, trouble=trouble, past=past, outcomes=OUTCOMES, counted=_counted,
        platform=Platform(row["platform"]).label, state=SOURCE_STATES.get(row["state"], (row["state"], "")),
        typed=visit.fields if trouble and visit.fields.text("name") else _as_typed(row), can_change=visit.may(Act.CHANGE_SOURCE),
        can_approve=visit.may(Act.APPROVE_SOURCE), can_try=visit.may(Act.PROPOSE_SOURCE), **_choices(visit, row["platform"]),
    )  # fmt: skip


def _adding(visit: Visit, found: Recognised, trouble: str = "") -> Response:
    return visit.page(
        "source_add.html", 422 if trouble else 200, found=found, trouble=trouble, approves=visit.may(Act.APPROVE_SOURCE),
        typed=visit.fields, **_choices(visit, found.platform.value),
    )  # fmt: skip


def _row(visit: Visit, source_id: str) -> dict[str, Any]:
    with visit.desk.store.read() as tx:
        row = next((r for r in all_sources(tx) if r["id"] == source_id), None)
    if row is None:
        raise UnknownSubject(f"Источника «{source_id[:80]}» нет. Обновите список источников.")
    return row


def _health(line: SourceLine) -> Health:
    return Health(
        line=line,
        platform=Platform(line.platform).label,
        state=SOURCE_STATES.get(line.state, (line.state, "")),
        outcome=OUTCOMES.get(line.last_outcome or "", ("ещё не читался", "plain")),
        volume=VOLUMES[line.volume],
        counts=_counted(line.last_counts),
        picture=volume_bar(line.day_posts, line.expect_low, line.expect_high),
    )


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{COUNTS[name]} {counts[name]}" for name in COUNTS if counts.get(name))


def _choices(visit: Visit, platform: str) -> dict[str, Any]:
    with visit.desk.store.read() as tx:
        fitting = [a.id for a in accounts(tx) if a.platform == platform]
    return {
        "territories": [(t.id, t.name) for t in visit.desk.profile.territories],
        "account_ids": fitting,
        "intervals": INTERVALS,
    }


def _facts_of(fields: Fields) -> dict[str, Any]:
    """Return what the form of a source says; FormError names the field that is no number."""
    return {
        "name": fields.needed("name", "название"),
        "owner": fields.needed("owner", "кто ведёт страницу"),
        "every": timedelta(minutes=fields.whole("every", "как часто читать, в минутах")),
        "expect": (fields.whole("low", "обычное число записей в день, от"), fields.whole("high", "и до")),
        "account": fields.text("account") or None,
        "territory": fields.text("territory") or None,
        "official": fields.text("official") == "1",
        "media": fields.text("media") == "1",
        "federal": fields.text("federal") == "1",
        "comments": fields.text("comments") == "1",
    }


def _as_typed(row: dict[str, Any]) -> Fields:
    shown = {
        "name": row["name"], "owner": row["owner"], "every": str(round(row["every_s"] / 60)),
        "low": str(round(row["expect_low"] or 0)), "high": str(round(row["expect_high"] or 0)), "account": row["account"] or "",
        "territory": row["territory"] or "", "official": "1" if row["official"] else "", "media": "1" if row["media"] else "",
        "comments": "1" if row["comments"] else "", "federal": "1" if row["federal"] else "",
    }  # fmt: skip
    return Fields({name: (value,) for name, value in shown.items()})


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
