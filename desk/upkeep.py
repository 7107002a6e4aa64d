"""Official pages: which are silent, which questions wait, month by month, and what to do first (8-ФЗ)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import upkeep
from casework.errors import BadMove
from casework.roles import Act
from desk.dates import day_typed
from desk.forms import FormError
from desk.visit import Needs, Visit
from district.load_pages import PagePlace
from preventive.upkeep import PageState, Reading, Rhythm, to_do
from reports.upkeep import lines_of, month_name, section, table, totals

router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_YEAR))]
Setting = Annotated[Visit, Depends(Needs(Act.SET_FACTS))]

TONES = {Rhythm.SILENT: "late", Rhythm.RARE: "soon", Rhythm.GOOD: "ok", Rhythm.UNKNOWN: "quiet"}
PLACES = {place.value: place.label for place in PagePlace}


@router.get("/upkeep")
def show(visit: Seeing) -> Response:
    """Show all pages, those to be worked on first, with six months behind them."""
    return _page(visit)


@router.get("/upkeep.csv")
def as_table(visit: Seeing) -> Response:
    """Give the figures of the months shown as a table for a spreadsheet."""
    shown = upkeep.register(visit.work, _asked(visit))
    content = table(shown.pages, shown.months, visit.work.today)
    name = f'attachment; filename="official-pages-{shown.months[-1]}.csv"'
    return Response(content, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


@router.post("/upkeep/{page_id}/figures")
def type_in(page_id: str, visit: Setting) -> Response:
    """Take the figures of a month that somebody counted on the page itself."""
    fields, month = visit.fields, visit.fields.text("month")
    try:
        if fields.text("clear"):
            upkeep.clear_figures(visit.work, page_id, month)
            return visit.go("/upkeep#typed", f"Внесённое за {month} убрано: месяц снова неизвестен.")
        upkeep.type_in(
            visit.work, page_id, month, posts=fields.whole("posts", "сколько записей"),
            questions=fields.whole("questions", "сколько вопросов"), answered=fields.whole("answered", "на сколько отвечено"),
            last_post_on=day_typed(visit, "last_post_on", "день последней записи"),
        )  # fmt: skip
    except (BadMove, FormError) as e:
        return _page(visit, str(e), page_id, 422)
    return visit.go("/upkeep#typed", f"Показатели за {month} внесены.")


def _page(visit: Visit, trouble: str = "", wrong: str = "", status: int = 200) -> Response:
    shown = upkeep.register(visit.work, None if trouble else _asked(visit))
    today = visit.work.today
    month = shown.months[-1]
    lines = {line.page.page.id: line for line in lines_of(shown.pages, month, today)}
    unread = [state for state in shown.pages if _wants_typing(state)]
    return visit.page(
        "upkeep.html", status, shown=shown, lines=lines, sums=totals(list(lines.values())), month=month, tones=TONES, places=PLACES,
        month_name=month_name, to_do=to_do, unread=unread, trouble=trouble, wrong=wrong, typed=visit.fields,
        section=section(shown.pages, month, today), may_set=visit.may(Act.SET_FACTS), now_month=upkeep.month_now(visit.work),
        Rhythm=Rhythm,
    )  # fmt: skip


def _wants_typing(state: PageState) -> bool:
    return state.reading is not Reading.READ or any(m.asked is None or m.posts is None for m in state.months[-2:])


def _asked(visit: Visit) -> str | None:
    return visit.request.query_params.get("month") or None
