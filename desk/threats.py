"""The register of threats: what comes every year, and what staff add, change or switch off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import threats
from casework.errors import BadMove, ReasonNeeded, StaleThreat, UnknownSubject
from casework.roles import Act
from casework.threats import BadThreat, Origin, Registered
from desk.forms import Fields, FormError
from desk.threat_form import CHOICES, grounds_shown, trouble_words, typed_body, typed_of
from desk.threat_lines import ThreatLine, YearLine, day_of, preview, register_lines
from desk.visit import Needs, Visit
from district.seasons import RuleKind, Threat
from district.topics import TOPICS
from preventive.template_list import TEMPLATES

router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_YEAR))]
Setting = Annotated[Visit, Depends(Needs(Act.SET_THREATS))]

SHOWN = {"all": "Все", "due": "Сейчас", "own": "Свои и изменённые", "off": "Выключенные"}
FIRST_YEAR, LAST_YEAR = 2000, 2100


@router.get("/threats")
def show(visit: Seeing) -> Response:
    """Show the register; `show` and `year` of the address choose what of it."""
    params = visit.request.query_params
    asked, today = params.get("show", "all"), day_of(visit.work)
    year = _year(params.get("year", ""), today.year)
    entries = threats.all_threats(visit.work)
    lines = register_lines(visit.work, entries, year)
    sifted = {name: [line for line in lines if _is_shown(line, name)] for name in SHOWN}
    here = asked if asked in SHOWN else "all"
    return visit.page(
        "threats.html", lines=sifted[here], counts={name: len(rows) for name, rows in sifted.items()}, shown=SHOWN, here=here,
        year=year, this_year=today.year, topics=TOPICS, unread=threats.unread(visit.work), may_set=visit.may(Act.SET_THREATS),
        calendar_told=bool(visit.desk.profile.prevention.threats),
    )  # fmt: skip


@router.get("/threats/new")
def new(visit: Setting) -> Response:
    """Show the empty form."""
    return _form(
        visit, None, Fields({"kind": (RuleKind.WINDOW.value,), "lead_days": ("14",), "evidence_kind0": ("history",)})
    )


@router.post("/threats/add")
def add(visit: Setting) -> Response:
    """Keep an own threat."""
    try:
        made = threats.add(visit.work, typed_body(visit.fields), visit.fields.text("reason"))
    except (FormError, BadMove, ReasonNeeded) as e:
        return _form(visit, None, visit.fields, _said(e))
    return visit.go(f"/threats/{made}", "Угроза добавлена: она появилась в календаре года.")


@router.post("/threats/preview")
def look(visit: Setting) -> Response:
    """Show the days that the typed rule gives, without keeping anything."""
    entry = _entry(visit, visit.fields.text("threat"))
    try:
        one = threats.draft(
            visit.work, typed_body(visit.fields, entry.threat if entry else None), entry.threat.id if entry else "draft"
        )
    except (FormError, BadMove) as e:
        return _form(visit, entry, visit.fields, _said(e))
    return _form(visit, entry, visit.fields, status=200, years=preview(visit.work, one))


@router.get("/threats/{threat_id}")
def one(threat_id: str, visit: Seeing) -> Response:
    """Show one threat with its days, grounds and forms."""
    entry = threats.one(visit.work, threat_id)
    return _one(visit, entry)


@router.post("/threats/{threat_id}/change")
def change(threat_id: str, visit: Setting) -> Response:
    """Keep what was changed in a threat."""
    entry, fields = threats.one(visit.work, threat_id), visit.fields
    try:
        threats.change(
            visit.work,
            threat_id,
            fields.whole("version", "версия"),
            typed_body(fields, entry.threat),
            fields.text("reason"),
        )
    except StaleThreat as e:
        return _form(visit, entry, fields, [str(e)], 409)
    except (FormError, BadMove, ReasonNeeded) as e:
        return _form(visit, entry, fields, _said(e))
    return visit.go(f"/threats/{threat_id}", "Изменения записаны: дни в календаре года уже новые.")


@router.post("/threats/{threat_id}/off")
def off(threat_id: str, visit: Setting) -> Response:
    """Take a threat out of the year."""
    return _switch(visit, threat_id, on=False)


@router.post("/threats/{threat_id}/on")
def on(threat_id: str, visit: Setting) -> Response:
    """Bring a threat back into the year."""
    return _switch(visit, threat_id, on=True)


def _switch(visit: Visit, threat_id: str, *, on: bool) -> Response:
    entry, fields = threats.one(visit.work, threat_id), visit.fields
    act = threats.switch_on if on else threats.switch_off
    try:
        act(visit.work, threat_id, fields.whole("version", "версия"), fields.text("reason"))
    except StaleThreat as e:
        return _one(visit, threats.one(visit.work, threat_id), str(e), 409)
    except (FormError, BadMove, ReasonNeeded) as e:
        return _one(visit, entry, str(e), 422)
    said = (
        "Угроза снова в календаре года."
        if on
        else "Угроза выключена: в календаре года её больше нет, здесь она осталась."
    )
    return visit.go(f"/threats/{threat_id}", said)


def _one(visit: Visit, entry: Registered, trouble: str = "", status: int = 200) -> Response:
    return visit.page(
        "threat.html", status, entry=entry, threat=entry.threat, years=preview(visit.work, entry.threat), trouble=trouble,
        topics=TOPICS, origins=Origin, may_set=visit.may(Act.SET_THREATS), plan_title=_template_of(entry.threat),
        typed=visit.fields, this_year=day_of(visit.work).year, may_plan=visit.may(Act.PLAN_CAMPAIGN),
    )  # fmt: skip


@router.get("/threats/{threat_id}/edit")
def edit(threat_id: str, visit: Setting) -> Response:
    """Show the form filled with a threat."""
    entry = threats.one(visit.work, threat_id)
    return _form(visit, entry, typed_of(entry.threat), status=200)


def _form(
    visit: Visit, entry: Registered | None, typed: Fields, troubles: Sequence[str] = (), status: int | None = None,
    years: Sequence[YearLine] = (),
) -> Response:  # fmt: skip
    code = status or (422 if troubles else 200)
    return visit.page(
        "threat_form.html", code, entry=entry, typed=typed, troubles=troubles, years=years, choices=CHOICES, topics=TOPICS,
        templates=sorted((plan.title, code) for code, plan in TEMPLATES.items()), this_year=day_of(visit.work).year,
        rows=range(grounds_shown(typed)),
        version=typed.text("version") or (entry.version if entry else 0),
    )  # fmt: skip


def _said(error: Exception) -> list[str]:
    return trouble_words(error) if isinstance(error, FormError | BadThreat) else [str(error)]


def _entry(visit: Visit, threat_id: str) -> Registered | None:
    try:
        return threats.one(visit.work, threat_id) if threat_id else None
    except UnknownSubject:
        return None


def _template_of(threat: Threat) -> str:
    plan = TEMPLATES.get(threat.template) or TEMPLATES.get(threat.id)
    return plan.title if plan else ""


def _is_shown(line: ThreatLine, name: str) -> bool:
    origin = line.entry.origin
    if name == "off":
        return origin is Origin.OFF
    if origin is Origin.OFF:
        return False
    return name == "all" or (line.is_due if name == "due" else origin in (Origin.OWN, Origin.CHANGED))


def _year(asked: str, usual: int) -> int:
    known = asked.isascii() and asked.isdecimal() and len(asked) == 4 and FIRST_YEAR <= int(asked) <= LAST_YEAR
    return int(asked) if known else usual
