"""«Из истории»: peaks of the year, what they propose to the register of threats, the next weeks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Depends
from markupsafe import Markup
from starlette.responses import Response

from casework import peaks as own
from casework.errors import CaseworkError, NotAllowed, UnknownSubject
from casework.peaks import History
from casework.roles import Act, blocks_for
from casework.threats import Registered, all_threats
from desk.effect_view import ForecastView, forecast_view
from desk.pictures_peaks import STEPS, heat_row, months_scale, year_row
from desk.visit import Needs, Visit
from district.topics import TOPICS
from preventive.calendar import monday
from preventive.expected import forecast
from preventive.facts import SeasonalCounts
from preventive.peaks import LEAST_YEARS, Cell, Heat, Peak, Year, slot_of, year_of
from preventive.proposals import Proposal, ProposalKind, evidence
from storage.engine import Store
from storage.find.weeks import WHOLE, week_counts

router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_YEAR))]
Setting = Annotated[Visit, Depends(Needs(Act.SET_THREATS))]

AHEAD = 8
"""Weeks that are looked ahead."""
ACCEPT = {
    ProposalKind.NEW: "Добавить угрозу",
    ProposalKind.EARLIER: "Сдвинуть начало",
    ProposalKind.LATER: "Сдвинуть начало",
    ProposalKind.LEAD: "Готовиться раньше",
}
DONE = {
    ProposalKind.NEW: "Угроза добавлена: она появилась в календаре года.",
    ProposalKind.EARLIER: "Начало угрозы сдвинуто: дни в календаре года уже новые.",
    ProposalKind.LATER: "Начало угрозы сдвинуто: дни в календаре года уже новые.",
    ProposalKind.LEAD: "Готовиться теперь раньше: календарь года уже знает.",
}
_HISTORIES: WeakKeyDictionary[Store, History] = WeakKeyDictionary()
"""What each open store's pages keep until the next week is counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the heat map."""

    subject: str
    name: str
    heat: Heat
    picture: Markup
    peaks: tuple[Peak, ...]
    """Peaks that come again."""
    once: tuple[Peak, ...]


@router.get("/peaks")
def show(visit: Seeing) -> Response:
    """Show what the history proposes, the weeks ahead, the map of topics by weeks."""
    return _page(visit)


@router.get("/peaks/{topic}")
def show_topic(topic: str, visit: Seeing) -> Response:
    """Show one topic, or one threat counted by its words: year by year, the weeks ahead, all figures."""
    registered = all_threats(visit.work)
    name = _names(visit, registered).get(topic)
    if name is None:
        raise UnknownSubject("О такой теме или угрозе недельного счёта нет. Вернитесь к странице «Из истории».")
    place = _place(visit)
    with visit.desk.store.read() as tx:
        weeks = week_counts(tx, topic, place)
    year, today = year_of(SeasonalCounts(topic, place, weeks)), visit.work.today
    now = slot_of(monday(today))[1]
    table = {slot_of(w.week): w for w in weeks}
    history = history_now(visit)
    found = [p for p in history.peaks if (p.subject, p.territory) == (topic, place)]
    ahead = forecast_view(name, weeks, forecast(weeks, monday(today), AHEAD))
    return visit.page(
        "peaks_topic.html", subject=topic, name=name, place=place, places=_places(visit), year=year, weeks=weeks, table=table,
        numbers=sorted({slot[0] for slot in table}, reverse=True), scale=months_scale(now), legend=STEPS,
        rows=[(number, year_row(_of_year(year, number), now if number == slot_of(monday(today))[0] else None))
              for number in reversed(year.years)],
        peaks=found, evidence=evidence, forecast=ahead, least_years=LEAST_YEARS,
    )  # fmt: skip


@router.post("/peaks/accept")
def accept(visit: Setting) -> Response:
    """Do what a proposal says in the register of threats."""
    key = visit.fields.text("key")
    history = history_now(visit)
    try:
        kind = next((p.kind for p in own.proposals(visit.work, history) if p.key == key), ProposalKind.NEW)
        threat_id = own.accept(visit.work, history, key, visit.fields.whole("version", "какую угрозу вы видели"))
    except NotAllowed:
        raise
    except CaseworkError as e:
        return _page(visit, str(e), status=409)
    return visit.go(f"/threats/{threat_id}", DONE[kind])


@router.post("/peaks/refuse")
def refuse(visit: Setting) -> Response:
    """Take a proposal off the page, with the reason."""
    key = visit.fields.text("key")
    try:
        own.refuse(visit.work, history_now(visit), key, visit.fields.text("reason"))
    except NotAllowed:
        raise
    except CaseworkError as e:
        return _page(visit, str(e), refused=key, status=409)
    return visit.go("/peaks", "Предложение убрано; причина записана внизу страницы.")


def history_now(visit: Visit) -> History:
    """Return the history that this process keeps, counted anew when a week was added."""
    store = visit.desk.store
    kept = _HISTORIES.get(store)
    if kept is None or not kept.fits(visit.work):
        kept = _HISTORIES[store] = own.history_of(visit.work)
    return kept


def _page(visit: Visit, trouble: str = "", refused: str = "", status: int = 200) -> Response:
    history, registered = history_now(visit), all_threats(visit.work)
    names, place = _names(visit, registered), _place(visit)
    today = visit.work.today
    now = slot_of(monday(today))[1]
    lines = _lines(history, names, place, now)
    return visit.page(
        "peaks.html", status, history=history, place=place, places=_places(visit), names=names,
        topics=[line for line in lines if line.subject in TOPICS], threats=[line for line in lines if line.subject not in TOPICS],
        proposals=_proposals(visit, history, names), accept=ACCEPT, versions={r.threat.id: r.version for r in registered},
        may_set=visit.may(Act.SET_THREATS), refusals=own.refusals(visit.work), refused=refused, trouble=trouble,
        scale=months_scale(now), legend=STEPS, ahead=_ahead(lines, today), this=monday(today), forecast=_forecast(visit, lines, place, today),
        evidence=evidence, least_years=LEAST_YEARS, own_only=blocks_for(visit.me, Act.SEE_YEAR) is not None,
    )  # fmt: skip


def _lines(history: History, names: dict[str, str], place: str, now: int) -> list[Line]:
    """Return a row for everything that was written of, what has peaks first, then by messages."""
    found = []
    for (subject, territory), heat in history.heats.items():
        if territory == place and subject in names and heat.messages:
            peaks = [p for p in history.peaks if (p.subject, p.territory) == (subject, place)]
            again = tuple(p for p in peaks if p.repeated)
            picture = heat_row(heat.times, again, now)
            once = tuple(sorted((p for p in peaks if not p.repeated), key=lambda p: p.usual - p.mean))
            found.append(Line(subject, names[subject], heat, picture, again, once))
    return sorted(found, key=lambda line: (not line.peaks, -line.heat.messages, line.name))


def _proposals(visit: Visit, history: History, names: dict[str, str]) -> Sequence[Proposal]:
    return own.proposals(visit.work, history, frozenset(names))


def _ahead(lines: Iterable[Line], today: date) -> list[tuple[Line, Peak, date]]:
    """Return the peaks that begin within the weeks ahead or stand now, the soonest first, each with the Monday it begins on."""
    this = monday(today)
    weeks = [this + timedelta(weeks=n) for n in range(AHEAD)]
    found = []
    for line in lines:
        for peak in line.peaks:
            met = next((week for week in weeks if slot_of(week)[1] in peak.weeks), None)
            if met is not None:
                found.append((line, peak, met))
    return sorted(found, key=lambda f: (f[2], -f[1].times))


def _forecast(visit: Visit, lines: Sequence[Line], place: str, today: date) -> ForecastView | None:
    """Return the weeks ahead of what comes next, or of what is written of most; the others are one press away."""
    ahead = _ahead(lines, today)
    line = ahead[0][0] if ahead else max(lines, key=lambda one: one.heat.messages, default=None)
    if line is None:
        return None
    with visit.desk.store.read() as tx:
        weeks = week_counts(tx, line.subject, place)
    return forecast_view(line.name, weeks, forecast(weeks, monday(today), AHEAD))


def _names(visit: Visit, registered: Sequence[Registered]) -> dict[str, str]:
    """Return the names of the subjects that this person may see: block leads and executors see those of their blocks."""
    names = own.subject_names(registered)
    blocks = blocks_for(visit.me, Act.SEE_YEAR)
    if blocks is None:
        return names
    topics = {topic for block in visit.desk.profile.blocks if block.id in blocks for topic in block.topics}
    threats = {r.threat.subject for r in registered if topics.intersection(r.threat.topics)}
    return {subject: name for subject, name in names.items() if subject in topics or subject in threats}


def _places(visit: Visit) -> dict[str, str]:
    return {WHOLE: "весь округ"} | {t.id: t.name for t in visit.desk.profile.territories}


def _place(visit: Visit) -> str:
    """Return the territory that the address asks for; an unknown one is the whole district."""
    asked = visit.request.query_params.get("place", WHOLE)
    return asked if asked in _places(visit) else WHOLE


def _of_year(year: Year, number: int) -> Callable[[int], Cell | None]:
    return lambda week: year.cells.get((number, week))
