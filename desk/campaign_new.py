"""A new campaign: from the template of a threat with one press, as a copy of an earlier one with its lessons, or an empty one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from casework import campaign_making, campaigns
from casework.campaign_errors import AlreadyPlanned
from casework.campaign_threats import YEAR_ROUND
from casework.errors import CaseworkError, NotAllowed
from casework.roles import NO_BLOCK, Act, blocks_for
from casework.year import plan
from casework.year_parts import ThreatYear
from desk.campaign_card import CampaignTrouble, Kept, find_campaign
from desk.campaign_choices import choices_of
from desk.campaign_fields import lines_of, needed_day, whole_or_none
from desk.campaign_words import day_words, span_words, until
from desk.dates import day_typed
from desk.forms import Fields, FormError
from desk.visit import Needs, Visit
from district.seasons import Threat
from preventive.campaign import CampaignState
from preventive.facts import Occasion
from preventive.template_list import plan_of as plan_of_threat
from storage.find.campaigns import CampaignRow, campaigns_between

router = APIRouter()
Planning = Annotated[Visit, Depends(Needs(Act.PLAN_CAMPAIGN))]

PAST = timedelta(days=3 * 366)
"""Older campaigns are not offered for a copy: what was done three years ago is better looked up and planned anew."""
AHEAD = timedelta(days=366)
NOW, BEGUN, LATER, ALL_YEAR, HAVE = range(5)
"""Groups of threats in the order of what to plan first: prepare within a week, there already, ahead, always, planned."""


@dataclass(frozen=True, slots=True)
class ThreatLine:
    """One coming of a threat with what there is against it."""

    threat: Threat
    coming: Occasion
    days: str
    prepare: str
    late: bool
    """True when preparing should have begun."""
    soon: bool
    order: int
    """NOW, BEGUN, LATER or ALL_YEAR."""
    here: CampaignRow | None
    """The campaign against this coming, if there is one."""
    before: CampaignRow | None
    """The latest campaign against an earlier coming: its lessons and its plan serve again."""


@dataclass(frozen=True, slots=True)
class CopyLine:
    """One earlier campaign that may be copied."""

    row: CampaignRow
    days: str
    state: str


@router.get("/campaigns/new")
def show(visit: Planning) -> Response:
    """Choose a threat, confirm one, or confirm a copy."""
    return _page(visit)


@router.post("/campaigns/new/threat")
def from_threat(visit: Planning) -> Response:
    """Make a campaign from the template of a threat."""
    fields = visit.fields
    return _make(
        visit, "threat",
        lambda: campaign_making.from_template(
            visit.work, fields.needed("threat", "угрозу"), fields.whole("year", "год"), day_typed(visit, "start", "первый день")
        ),
        "Кампания создана по шаблону: проверьте дни, цель и ответственного.",
    )  # fmt: skip


@router.post("/campaigns/new/copy")
def from_copy(visit: Planning) -> Response:
    """Make a campaign from an earlier one, with its lessons."""
    fields = visit.fields
    return _make(
        visit, "copy",
        lambda: campaign_making.copy(
            visit.work, fields.whole("campaign", "какую кампанию скопировать"), fields.whole("year", "на какой год")
        ),
        "Кампания скопирована вместе с уроками прошлого раза. Тексты — снова черновики.",
    )  # fmt: skip


@router.post("/campaigns/new/empty")
def empty(visit: Planning) -> Response:
    """Make a campaign by hand."""
    return _make(
        visit,
        "empty",
        lambda: campaigns.create(visit.work, **plan_of(visit)),
        "Кампания создана. Добавьте задачи и тексты.",
    )


def plan_of(visit: Visit) -> dict[str, Any]:
    """Return the plan that was typed; FormError names the first mistake."""
    fields = visit.fields
    return {
        "title": fields.needed("title", "название кампании"), "goal": fields.text("goal"),
        "starts_on": needed_day(visit, "starts_on", "первый день"), "ends_on": needed_day(visit, "ends_on", "последний день"),
        "prepare_from": day_typed(visit, "prepare_from", "когда начинать подготовку"),
        "owner_staff": whole_or_none(visit, "owner", "ответственный"), "block": fields.text("block") or None,
        "audiences": lines_of(visit, "audiences"), "channels": (*fields.all("channel"), *lines_of(visit, "places")),
        "topics": fields.all("topic"), "territories": fields.all("territory"),
    }  # fmt: skip


def _make(visit: Visit, form: str, make: Callable[[], int], told: str) -> Response:
    try:
        made = make()
    except NotAllowed:
        raise
    except AlreadyPlanned as e:
        return visit.go(f"/campaigns/{e.campaign_id}", str(e), "plain")
    except (FormError, CaseworkError) as e:
        return _page(visit, CampaignTrouble(form, str(e), 422, visit.fields))
    return visit.go(f"/campaigns/{made}", told)


def _page(visit: Visit, trouble: CampaignTrouble | None = None) -> Response:
    params = visit.request.query_params
    today = visit.work.today
    lines = sorted(_threats(visit, today), key=lambda line: (line.order, line.coming.prepare_from))
    asked = _asked(lines, params.get("threat", ""), params.get("year", ""))
    source = params.get("copy", "") or (trouble.typed.text("campaign") if trouble else "")
    copied = (
        find_campaign(visit, int(source))[0] if source.isdecimal() and source.isascii() and len(source) < 19 else None
    )
    if asked and asked.here:
        return RedirectResponse(f"/campaigns/{asked.here.id}", status_code=303)
    return visit.page(
        "campaign_new.html", trouble.status if trouble else 200, groups=_groups(lines), asked=asked, trouble=trouble,
        not_there=bool(params.get("threat")) and asked is None, copied=copied, copies=_copies(visit, today),
        copied_days=span_words(copied.starts_on, copied.ends_on, today) if copied else "",
        sketch=plan_of_threat(asked.threat) if asked else None,
        years=range(today.year, today.year + 3), year=today.year + 1, kept=Kept(trouble), choices=choices_of(visit),
        typed=trouble.typed if trouble else Fields(),
    )  # fmt: skip


def _threats(visit: Visit, today: date) -> Iterator[ThreatLine]:
    """Give every coming of this year and the next that is not over, of the threats that this person may plan against."""
    blocks = blocks_for(visit.me, Act.PLAN_CAMPAIGN)
    seen: set[tuple[str, date]] = set()
    for year in (today.year, today.year + 1):
        for one in plan(visit.work, year).threats:
            if blocks is not None and not set(one.blocks) & set(blocks):
                continue
            for coming in one.comings:
                if coming.end >= today and coming.year >= year and (one.threat.id, coming.start) not in seen:
                    seen.add((one.threat.id, coming.start))
                    yield _line(one, coming, today)


def _line(one: ThreatYear, coming: Occasion, today: date) -> ThreatLine:
    left, begun = (coming.prepare_from - today).days, coming.start <= today
    all_year = coming.end - coming.start >= YEAR_ROUND
    order = ALL_YEAR if all_year else BEGUN if begun else NOW if left <= 7 else LATER
    prepare = f"готовить с {day_words(coming.prepare_from, today)}, {until(coming.prepare_from, today)}"
    past = [row for row in one.campaigns if row.ends_on < coming.prepare_from and row.state != CampaignState.CANCELLED]
    return ThreatLine(
        one.threat, coming, "весь год" if all_year else span_words(coming.start, coming.end, today),
        "начнётся сегодня, на 30 дней" if all_year else "уже началось: кампания пойдёт с сегодняшнего дня" if begun else prepare,
        left < 0 and not begun, begun and not all_year or 0 <= left <= 14, order, one.campaign_for(coming), max(past, key=lambda row: row.starts_on, default=None),
    )  # fmt: skip


def _groups(lines: Sequence[ThreatLine]) -> list[tuple[str, list[ThreatLine]]]:
    """Return one coming of each threat under heads by what to plan first; empty groups are left out.

    It is the nearest one, or the next of the same year when the nearest has its campaign.
    """
    shown: dict[str, ThreatLine] = {}
    for line in sorted(lines, key=lambda line: line.coming.start):
        known = shown.setdefault(line.threat.id, line)
        if known.here and not line.here and known.coming.year == line.coming.year:
            shown[line.threat.id] = line
    heads = ("Пора готовить", "Уже началось", "Впереди", "Круглый год", "Кампания уже есть")
    found: list[list[ThreatLine]] = [[] for _ in heads]
    for line in sorted(shown.values(), key=lambda line: line.coming.prepare_from):
        found[HAVE if line.here else line.order].append(line)
    return [(head, group) for head, group in zip(heads, found, strict=True) if group]


def _asked(lines: list[ThreatLine], threat_id: str, year: str) -> ThreatLine | None:
    """Return the coming that the address asks for: of that year when it names one, else the nearest."""
    found = [line for line in lines if line.threat.id == threat_id]
    of_year = [line for line in found if str(line.coming.year) == year] if year else found
    return next((line for line in of_year if not line.here), of_year[0] if of_year else None)


def _copies(visit: Visit, today: date) -> list[CopyLine]:
    with visit.desk.store.read() as tx:
        rows = campaigns_between(tx, today - PAST, today + AHEAD, blocks=blocks_for(visit.me, Act.PLAN_CAMPAIGN))
    done = [
        row
        for row in rows
        if row.state in ("finished", "evaluated") and visit.may(Act.PLAN_CAMPAIGN, row.block or NO_BLOCK)
    ]
    done.sort(key=lambda row: row.starts_on, reverse=True)
    return [CopyLine(r, span_words(r.starts_on, r.ends_on, today), CampaignState(r.state).label) for r in done[:40]]
