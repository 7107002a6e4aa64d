"""The queue: what needs attention, most important and most urgent first, and what to do with each line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from casework import habits
from casework.roles import NO_BLOCK, Act, seen_blocks
from desk.filters import LEVELS, PER_PAGE, Asked, queue_filter, read_filter, read_query
from desk.visit import Needs, Visit
from desk.wording import Term
from district.profile import Profile
from district.topics import TOPICS
from reports.wording import count
from risk.states import Kind, State, Veracity
from storage.engine import Tx
from storage.find.names import source_names, staff_names
from storage.find.queue import QueueFilter, QueuePage, QueueRow, newest_risk_id, queue, queue_totals

router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_RISKS))]
Anyone = Annotated[Visit, Depends(Needs(None))]

MOST_NEWS = 50
UNVERIFIED = (State.FOUND.value, State.REOPENED.value, State.VERIFYING.value)


@dataclass(frozen=True, slots=True)
class Step:
    """What is obviously next for one line: a button that does it, or a link to where it is done."""

    label: str
    href: str = ""
    post: str = ""
    mine: bool = False
    """True when the asking person is the one to do it."""


@dataclass(frozen=True, slots=True)
class RowAct:
    """One of the other things to do with a line; opens its form."""

    name: str
    label: str
    key: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the queue in words."""

    row: QueueRow
    place: str
    topic: str
    block: str
    block_short: str
    kind: str
    state: str
    veracity: str
    holder: str
    open: bool
    term: Term | None
    due: str
    first: str
    step: Step
    acts: Markup
    """Links to the forms of the other acts; drawn once for each set of them, for fifty lines have two or three sets."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter to press."""

    name: str
    href: str
    on: bool
    count: int | None = None
    level: int = 0
    hint: str = ""


_ACTS = (
    (Act.VERIFY, RowAct("verify", "Записать итог проверки", "KeyV")),
    (Act.DISMISS, RowAct("dismiss", "Снять с причиной", "KeyD")),
    (Act.SET_LEVEL, RowAct("level", "Изменить уровень", "KeyL")),
    (Act.SET_ROUTE, RowAct("route", "Изменить тему, место, блок", "KeyR")),
    (Act.MERGE, RowAct("merge", "Объединить с другим", "KeyM")),
    (Act.SPLIT, RowAct("split", "Разделить", "KeyS")),
)
_CLOSED_ACTS = ((Act.REOPEN, RowAct("reopen", "Открыть повторно", "KeyO")),)


@router.get("/")
def show(visit: Anyone) -> Response:
    """Show the queue under the filter of the address; who has no queue to look at is led to where they work."""
    if not visit.may(Act.SEE_RISKS):
        return visit.go("/sources" if visit.may(Act.SEE_SOURCES) else "/me")
    return queue_page(visit)


@router.get("/next")
def next_risk(visit: Seeing, after: str = "") -> Response:
    """Lead to the first risk nobody has verified and nobody else holds; to the queue when there is none."""
    with visit.desk.store.read() as tx:
        f = _narrowed(QueueFilter(states=UNVERIFIED, per_page=PER_PAGE), visit)
        rows = queue(tx, f, visit.work.now).rows
    for row in rows:
        others = visit.hours.in_future(row.taken_until) and row.taken_by != visit.me.id
        if not others and str(row.id) != after:
            return visit.go(f"/risk/{row.id}")
    return visit.go("/", "Непроверенных рисков больше нет.")


def queue_page(visit: Visit) -> Response:
    """Return the queue's page under the filter of the address."""
    params = visit.request.query_params
    with visit.desk.store.read() as tx:
        sources, names = source_names(tx), staff_names(tx)
        asked = read_filter(params.multi_items(), visit.desk.profile, sources)
        f = _narrowed(queue_filter(asked, visit.me.id, visit.session.last_shift_at, visit.work.now), visit)
        page = queue(tx, f, visit.work.now)
        saved = habits.filters_of(visit.work)
        chips = _chips(visit, tx, asked, saved, sources)
        news = _news(tx, f, Shown.read(params.get("shown", "")), visit)
        shown = Shown(page.newest or visit.work.now, newest_risk_id(tx))
    pages = max(1, -(-page.total // PER_PAGE))
    if asked.page > pages:
        return RedirectResponse(asked.address(pages), status_code=303)
    lines = [line_of(row, visit, names) for row in page.rows]
    return visit.page(
        "queue.html", asked=asked, lines=lines, pages=pages, news=news, shown=shown,
        saved=saved, levels=_level_chips(asked, page, visit), chips=chips, picks=_picks(visit, asked, sources), states=_states(asked, page),
        total_words=_total(asked, page), here=asked.address(asked.page), can_take=visit.may(Act.TAKE),
        can_merge=visit.may(Act.MERGE), free=any(line.step.post for line in lines), searched=page.searched,
    )  # fmt: skip


def page_at(visit: Visit, address: str) -> QueuePage:
    """Return the page of the queue that an address of ours shows now."""
    with visit.desk.store.read() as tx:
        asked = read_query(urlsplit(address).query, visit.desk.profile, source_names(tx))
        f = queue_filter(asked, visit.me.id, visit.session.last_shift_at, visit.work.now)
        return queue(tx, _narrowed(f, visit), visit.work.now)


def line_of(row: QueueRow, visit: Visit, names: dict[int, str]) -> Line:
    """Return a row in words, with the next step for the asking person."""
    profile, now = visit.desk.profile, visit.work.now
    territory = next((t.name for t in profile.territories if t.id == row.territory), None)
    block = next((b.name for b in profile.blocks if b.id == row.block), None)
    state = State(row.state)
    held = row.taken_by is not None and visit.hours.in_future(row.taken_until)
    return Line(
        row=row,
        place=row.settlement or territory or "место не определено",
        topic=TOPICS.get(row.topic or "", "тема не определена"),
        block=block or "блок не назначен",
        block_short=_short(block) if block else "блок не назначен",
        kind=Kind(row.kind).label,
        state=state.label,
        veracity=Veracity(row.veracity).label if row.veracity != Veracity.UNCONFIRMED else "",
        holder=_holder(row, visit, names, now, held),
        open=state.is_open,
        term=_term(row, state, visit) if state.is_open and row.due_at else None,
        due=visit.hours.full(row.due_at) if row.due_at else "",
        first=f"впервые {visit.hours.at(row.first_seen)}, {visit.hours.ago(row.first_seen)}",
        step=_step(row, state, visit, held),
        acts=Markup(_links(_row_acts(row, state, visit)).replace("\0", str(row.id))),
    )


def _term(row: QueueRow, state: State, visit: Visit) -> Term | None:
    """Return what is left of the nearest term; after the answer that is the end of the quiet window, and no delay of ours."""
    if row.due_at is None or state not in (State.ANSWERED, State.WATCHED):
        return visit.hours.left(row.due_at) if row.due_at else None
    if visit.hours.in_future(row.due_at):
        return Term(f"посмотреть {visit.hours.at(row.due_at)}", "calm")
    return Term(
        "посмотрите, можно ли закрыть" if state is State.WATCHED else "ответа на площадке ещё не увидели", "soon"
    )


def _short(name: str) -> str:
    """A block is often named by all it answers for: a line of the queue has room for the beginning."""
    return name if len(name) <= 32 else name[:30].rsplit(",", 1)[0].rsplit(" и ", 1)[0].rstrip() + "…"


def _holder(row: QueueRow, visit: Visit, names: dict[int, str], now: datetime, held: bool) -> str:
    if not held or row.taken_by is None or row.taken_until is None:
        return ""
    until = visit.hours.at(row.taken_until)
    return f"у вас до {until}" if row.taken_by == visit.me.id else f"{names.get(row.taken_by, 'сотрудник')}, до {until}"


def _step(row: QueueRow, state: State, visit: Visit, held: bool) -> Step:
    card, block = f"/risk/{row.id}", row.block or NO_BLOCK
    mine = row.taken_by == visit.me.id
    if not state.is_open or (held and not mine):
        return Step("Открыть", href=card)
    if state in UNVERIFIED and visit.may(Act.VERIFY, block):
        if held:
            return Step("Записать итог", href=f"{card}#verify", mine=True)
        if visit.may(Act.TAKE, block):
            return Step("Взять в работу", post=f"{card}/take")
    return Step("Открыть", href=card, mine=held)


def _row_acts(row: QueueRow, state: State, visit: Visit) -> tuple[RowAct, ...]:
    block = row.block or NO_BLOCK
    table = _ACTS if state.is_open else _CLOSED_ACTS
    fits = [act for needed, act in table if visit.may(needed, block) and not (act.name == "split" and row.posts < 2)]
    if state not in UNVERIFIED:
        fits = [act for act in fits if act.name != "verify"]
    return tuple(fits)


@cache
def _links(acts: tuple[RowAct, ...]) -> str:
    """Return the list of links with NUL in place of the risk's id; names and labels are our own words."""
    one = '<li><a href="/risk/\0/{0.name}" data-sheet data-key="{0.key}">{0.label}</a></li>'
    return "".join(one.format(act) for act in acts)


def _narrowed(f: QueueFilter, visit: Visit) -> QueueFilter:
    """Block leads and executors see their own blocks only, whatever the address says."""
    return replace(f, only_blocks=seen_blocks(visit.me))


@dataclass(frozen=True, slots=True)
class Shown:
    """Up to where a browser's list goes: the newest change and the newest risk that it could know of."""

    changed: datetime
    risk_id: int

    @classmethod
    def read(cls, text: str) -> Shown | None:
        """Return what a page wrote into itself; None for anything else."""
        moment, _, risk_id = text.partition("~")
        try:
            changed = datetime.fromisoformat(moment)
        except ValueError:
            return None
        return cls(changed, int(risk_id)) if changed.tzinfo and risk_id.isdecimal() and len(risk_id) < 19 else None

    def __str__(self) -> str:
        return f"{self.changed.isoformat()}~{self.risk_id}"


def _news(tx: Tx, f: QueueFilter, shown: Shown | None, visit: Visit) -> str:
    """Say what a browser's list does not show yet; "" when it shows all."""
    if shown is None:
        return ""
    rows = queue(tx, replace(f, changed_after=shown.changed, page=1, per_page=MOST_NEWS), visit.work.now).rows
    fresh = sum(1 for row in rows if row.id > shown.risk_id)
    told = []
    if fresh:
        verb = "Появился" if fresh % 10 == 1 and fresh % 100 != 11 else "Появилось"
        told.append(f"{verb} {count(fresh, 'новый риск', 'новых риска', 'новых рисков')}")
    if len(rows) > fresh:
        told.append(f"изменилось: {len(rows) - fresh}")
    return ", ".join(told)


def _level_chips(asked: Asked, page: QueuePage, visit: Visit) -> list[Chip]:
    hints = {4: "сейчас же", 3: "в первую очередь", 2: "в рабочее время", 1: "по порядку"}
    return [
        Chip(rule.name, asked.with_level(n), asked.levels == (n,), page.by_level.get(n, 0), n, hints[n])
        for n, rule in ((n, visit.desk.profile.level(n)) for n in LEVELS)
    ]


def _chips(visit: Visit, tx: Tx, asked: Asked, saved: Any, sources: dict[str, str]) -> list[Chip]:
    profile, now, shift = visit.desk.profile, visit.work.now, visit.session.last_shift_at

    own = Asked(mine=True), Asked(shift=True)
    kept = [read_query(one.query, profile, sources) for one in saved]
    wanted = [_narrowed(queue_filter(a, visit.me.id, shift, now), visit) for a in (*own, *kept)]
    mine, since, *counts = queue_totals(tx, wanted, now)
    ago = f"С прошлой смены, {visit.hours.at(shift)}" if shift else "За сутки"
    chips = [
        Chip("Мои", asked.toggled(mine=not asked.mine), asked.mine, mine),
        Chip(ago, asked.toggled(shift=not asked.shift), asked.shift, since),
    ]
    chips += _active(asked, profile, sources)
    for one, other, total in zip(saved, kept, counts, strict=True):
        on = other.query() == asked.query()
        chips.append(Chip(one.name, "/" if on else other.address(), on, total))
    return chips


def _active(asked: Asked, profile: Profile, sources: dict[str, str]) -> list[Chip]:
    """Return a chip for each filter of the folded-away panel that is on: pressing it takes the filter off."""
    territories, blocks = {t.id: t.name for t in profile.territories}, {b.id: b.name for b in profile.blocks}
    named = {"topic": TOPICS, "territory": territories, "block": blocks, "source": sources}
    chips = [
        Chip(names.get(value, value), asked.toggled(**{name: ""}), True)
        for name, names in named.items()
        if (value := getattr(asked, name))
    ]
    for state in asked.states:
        rest = tuple(s for s in asked.states if s != state)
        chips.append(Chip(State(state).label, asked.toggled(states=rest), True))
    return chips + ([Chip("и закрытые", asked.toggled(all=False), True)] if asked.all else [])


def _picks(visit: Visit, asked: Asked, sources: dict[str, str]) -> list[dict[str, Any]]:
    profile = visit.desk.profile
    options = (
        ("topic", "Тема", list(TOPICS.items())),
        ("territory", "Территория", [(t.id, t.name) for t in profile.territories]),
        ("block", "Отраслевой блок", [(b.id, b.name) for b in profile.blocks]),
        ("source", "Источник", list(sources.items())),
    )
    return [{"name": n, "label": label, "options": o, "value": getattr(asked, n)} for n, label, o in options]


def _states(asked: Asked, page: QueuePage) -> list[dict[str, Any]]:
    return [
        {"value": s.value, "name": s.label, "on": s.value in asked.states, "count": page.by_state.get(s.value, 0)}
        for s in State
        if s.is_open or s.value in asked.states or asked.all
    ]


def _total(asked: Asked, page: QueuePage) -> str:
    if asked.empty:
        return count(page.total, "открытый риск", "открытых риска", "открытых рисков")
    return "найдено: " + count(page.total, "риск", "риска", "рисков")
