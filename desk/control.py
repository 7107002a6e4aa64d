"""The page «Контроль»: every promised day and every open part, by date, of all risks that this person may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework.entrusted import is_theirs
from casework.measures import in_whose_hands
from casework.roles import Act, seen_blocks
from desk.steps.parts import day_term
from desk.visit import Needs, Visit
from desk.wording import Term
from storage.find.names import staff_names
from storage.find.working import AssignmentRow, MeasureRow, OfRisk, Scope, open_assignments, open_measures

router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_RISKS))]

MOST = 300
"""Lines of each sort: more are not worked through in a day, and the page says that there are more."""


@dataclass(frozen=True, slots=True)
class ControlLine:
    """One control item."""

    kind: str
    """«мера», «поручение», «передано»."""
    what: str
    whose: str
    day: date | None
    term: Term
    of: OfRisk
    mine: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Control items of one nearness."""

    id: str
    title: str
    lines: tuple[ControlLine, ...]


@router.get("/control")
def control(visit: Seeing) -> Response:
    """Show what is promised and entrusted: mine first, then overdue, today, this week, later."""
    profile = visit.desk.profile
    blocks = seen_blocks(visit.me)
    shown = [(b.id, b.name) for b in profile.blocks if blocks is None or b.id in blocks]
    chosen = visit.request.query_params.get("block", "")
    block = chosen if chosen in {code for code, _ in shown} else None
    scope = Scope(blocks, visit.me.id, block)
    with visit.desk.store.read() as tx:
        measures, parts = open_measures(tx, scope, most=MOST), open_assignments(tx, scope, MOST)
        names = staff_names(tx) if parts else {}
    today = visit.work.today
    lines = [_measure(m, of, today) for m, of in measures] + [_part(a, of, visit, names, today) for a, of in parts]
    lines.sort(key=lambda line: (line.day or date.max, -line.of.level, line.of.number))
    mine = tuple(line for line in lines if line.mine)
    return visit.page(
        "control.html", mine=mine, groups=grouped([line for line in lines if not line.mine], today), blocks=shown,
        block=block or "", total=len(lines), cut=MOST in (len(measures), len(parts)),
    )  # fmt: skip


def grouped(lines: Sequence[ControlLine], today: date) -> list[Group]:
    """Return the items by nearness, empty groups left out; a week ends with its Sunday."""
    sunday = today + timedelta(days=6 - today.weekday())
    named = (
        ("late", "Просрочено", lambda d: d is not None and d < today),
        ("today", "Сегодня", lambda d: d == today),
        ("week", "На этой неделе", lambda d: d is not None and today < d <= sunday),
        ("later", "Позже", lambda d: d is not None and d > sunday),
        ("open", "Без срока", lambda d: d is None),
    )
    groups = [Group(code, title, tuple(line for line in lines if fits(line.day))) for code, title, fits in named]
    return [group for group in groups if group.lines]


def _measure(row: MeasureRow, of: OfRisk, today: date) -> ControlLine:
    return ControlLine("обещанная мера", row.what, row.body, row.due_on, day_term(row.due_on, today), of, False)


def _part(row: AssignmentRow, of: OfRisk, visit: Visit, names: dict[int, str], today: date) -> ControlLine:
    person = names.get(row.staff_id or 0)
    kind = "передано: спросить снова" if row.outside else "поручение"
    day = row.due_at.astimezone(visit.desk.profile.timezone).date() if row.due_at else None
    term = visit.hours.left(row.due_at) if row.due_at else day_term(None, today)
    whose = in_whose_hands(visit.desk.profile, row, person)
    return ControlLine(kind, row.part or "весь риск", whose, day, term, of, is_theirs(visit.me, row))
