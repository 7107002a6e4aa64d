"""The year by week and month, today's list, the printed page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework.errors import UnknownSubject
from casework.roles import Act, blocks_for
from casework.year import FIRST_YEAR, LAST_YEAR, month, plan, today
from casework.year_parts import YearPlan
from casework.year_sift import Asked, sift, sift_due, sift_today
from desk.campaign_words import until
from desk.pictures_year import Axis, grid, scale
from desk.pictures_year_sheet import PAPERS, sheet
from desk.visit import Needs, Visit
from desk.year_month import month_weeks
from desk.year_views import campaign_lines, clash_lines, load_lines, may_open, month_lists, threat_href, threat_lines
from desk.year_words import DUE_ANCHORS, DUE_WORDS, MONTHS, WEEKDAYS, Names, coming_words, long_day
from district.topics import TOPICS
from preventive.calendar import TASKS_LIMIT
from preventive.campaign import CampaignState
from storage.find.names import staff_names
from storage.find.staff import staff_list

router = APIRouter()
UNFOLDED = 40
"""So many lines at most are in a list that is folded away: who has more late things than that needs the campaigns' own pages."""
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_YEAR))]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for, understood; what was not understood is told, never silently dropped."""

    asked: Asked
    names: Names
    strange: tuple[str, ...]

    @property
    def pairs(self) -> dict[str, str]:
        """Return the filter as parts of an address."""
        told = {"block": self.asked.block, "person": str(self.asked.person or ""), "topic": self.asked.topic}
        return {name: value for name, value in told.items() if value}

    def to(self, path: str, **more: str) -> str:
        """Return the address of another page of the year with the same filter."""
        query = urlencode(self.pairs | more)
        return path + (f"?{query}" if query else "")

    @property
    def words(self) -> str:
        """Return the filter in words, "" without one."""
        told = (
            self.names.blocks.get(self.asked.block, ""),
            self.names.staff.get(self.asked.person or 0, ""),
            TOPICS.get(self.asked.topic, ""),
        )
        return ", ".join(word for word in told if word)


@router.get("/year")
def show(visit: Seeing) -> Response:
    """Show the present year with today's list above it."""
    return _year(visit, visit.work.today.year)


@router.get("/year/{year}")
def show_year(year: int, visit: Seeing) -> Response:
    """Show any year."""
    return _year(visit, year)


@router.get("/year/{year}/print")
def printed(year: int, visit: Seeing) -> Response:
    """Show the year on one sheet for the printer."""
    filters = _filters(visit)
    name = visit.request.query_params.get("paper", "A4")
    paper = PAPERS.get(name)
    if paper is None:
        raise UnknownSubject(f"Бумаги «{name[:20]}» нет: печатается на {' или '.join(PAPERS)}.")
    found = sift(_plan(visit, year), filters.asked)
    drawn = sheet(found, paper, visit.desk.profile.name, filters.words)
    return visit.page("year_print.html", plan=found, paper=paper, papers=PAPERS, sheet=drawn, filters=filters)


@router.get("/year/{year}/{number}")
def show_month(year: int, number: int, visit: Seeing) -> Response:
    """Show one month day by day."""
    filters = _filters(visit)
    _plan(visit, year)
    if not 1 <= number <= 12:
        raise UnknownSubject(f"Месяца {number} нет: месяцы — от 1 до 12.")
    found = month(visit.work, year, number)
    whole = sift(found.plan, filters.asked)
    due = sift_due(found.due, filters.asked)
    weeks = month_weeks(visit.desk.profile, whole, found.first, due, filters.asked.seen)
    before, after = (
        (year, number - 1) if number > 1 else (year - 1, 12),
        (year, number + 1) if number < 12 else (year + 1, 1),
    )
    return visit.page(
        "year_month.html", weeks=weeks, title=f"{MONTHS[number - 1]} {year}", year=year, number=number, months=MONTHS,
        before=before, after=after, filters=filters, choices=_choices(visit, filters), weekdays=WEEKDAYS,
    )  # fmt: skip


def _year(visit: Visit, year: int) -> Response:
    filters = _filters(visit)
    whole = sift(_plan(visit, year), filters.asked)
    seen, axis = filters.asked.seen, Axis.of(whole.weeks)
    return visit.page(
        "year.html", plan=whole, months=MONTHS, here=year == whole.day.year, day=long_day(whole.day),
        now=sift_today(today(visit.work), filters.asked), filters=filters, choices=_choices(visit, filters),
        grid=grid(axis, whole.day), scale=scale(axis, whole.weeks, whole.day, year),
        threats=threat_lines(whole, axis, seen), others=campaign_lines(whole.others, whole, axis, seen),
        lists=month_lists(whole), clashes=clash_lines(whole.clashes, whole, filters.names, seen),
        load=load_lines(whole, filters.names), may_plan=visit.may(Act.PLAN_CAMPAIGN), coming=coming_words,
        may_open=lambda row: may_open(row, seen), href=threat_href, blocks=filters.names.blocks, until=until,
        states={state.value: state.label for state in CampaignState}, due_words=DUE_WORDS, anchors=DUE_ANCHORS,
        planned_year=lambda coming: coming.year if coming.year >= whole.day.year else None, tasks_limit=TASKS_LIMIT, unfolded=UNFOLDED,
    )  # fmt: skip


def _plan(visit: Visit, year: int) -> YearPlan:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnknownSubject(f"Календарь есть на {FIRST_YEAR}–{LAST_YEAR} годы, года {year} в нём нет.")
    return plan(visit.work, year)


def _filters(visit: Visit) -> Filters:
    with visit.desk.store.read() as tx:
        names = Names.of(visit.desk.profile, staff_names(tx))
    params = visit.request.query_params
    block, topic, person = params.get("block", ""), params.get("topic", ""), params.get("person", "")
    whose = int(person) if person.isdecimal() and person.isascii() and len(person) < 10 else None
    strange = [
        f"{name}={value[:40]}"
        for name, value, known in (
            ("block", block, block in names.blocks),
            ("topic", topic, topic in TOPICS),
            ("person", person, whose in names.staff),
        )
        if value and not known
    ]
    seen = blocks_for(visit.me, Act.SEE_YEAR)
    asked = Asked(
        block if block in names.blocks else "", whose if whose in names.staff else None, topic if topic in TOPICS else "",
        seen, None if seen is None else visit.me.id,
    )  # fmt: skip
    return Filters(asked, names, tuple(strange))


def _choices(visit: Visit, filters: Filters) -> dict[str, list[tuple[str, str]]]:
    """Return what may be chosen in the filters: (value, name)."""
    seen = filters.asked.seen
    with visit.desk.store.read() as tx:
        people = [(str(row.id), row.name_shown) for row in staff_list(tx) if row.active]
    return {
        "block": [(b.id, b.name) for b in visit.desk.profile.blocks if seen is None or b.id in seen],
        "person": people,
        "topic": sorted(TOPICS.items(), key=lambda pair: pair[1]),
    }
