"""The duty roster: who is on duty now and next, shifts and substitutions, gaps, and who cannot be told anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import contacts, duty_roster
from casework.contacts import KINDS
from casework.duty_roster import may_be_on_duty
from casework.errors import BadMove, UnknownSubject
from casework.roles import ROLES, Act, Role
from desk.dates import moment_typed
from desk.forms import Fields, FormError
from desk.visit import Needs, Visit
from district.profile import ChatKind
from storage.find.chatting import ContactRow
from storage.find.staff import StaffRow, staff_list

router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_ALERTS))]
Keeping = Annotated[Visit, Depends(Needs(Act.SET_DUTY))]

_CALLED = (Role.OFFICER, Role.COORDINATOR, Role.HEAD)
"""Whom the chain of calls may reach."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How one member of staff can be told."""

    row: StaffRow
    roles: str
    contacts: tuple[ContactRow, ...]


@router.get("/duty")
def show(visit: Seeing) -> Response:
    """Show the roster."""
    return _page(visit)


@router.post("/duty/add")
def add(visit: Keeping) -> Response:
    """Put somebody on duty."""
    fields = visit.fields
    try:
        begin = moment_typed(visit, "from_at", "с какого времени")
        end = moment_typed(visit, "until_at", "до какого времени")
        if begin is None or end is None:
            raise FormError("Укажите: с какого и до какого времени.")
        instead = fields.whole("instead_of", "вместо кого") if fields.text("instead_of") else None
        who = fields.whole("staff", "кто дежурит") if fields.text("staff") else 0
        duty_roster.add_shift(visit.work, who, begin, end, instead, fields.text("note"))
    except (BadMove, FormError) as e:
        return _page(visit, str(e), fields)
    return visit.go("/duty", "Дежурство записано.")


@router.post("/duty/{shift_id}/withdraw")
def withdraw(shift_id: int, visit: Keeping) -> Response:
    """Take a shift out."""
    try:
        duty_roster.withdraw_shift(visit.work, shift_id)
    except UnknownSubject as e:
        return _page(visit, str(e))
    return visit.go("/duty", "Смена убрана из графика.")


@router.post("/duty/contact/{contact_id}/check")
def check(contact_id: int, visit: Keeping) -> Response:
    """Send a try to somebody's contact."""
    try:
        contacts.check(visit.work, contact_id)
    except (BadMove, UnknownSubject) as e:
        return _page(visit, str(e))
    return visit.go(
        "/duty#reach", "Пробное сообщение уходит. Через несколько секунд обновите страницу: будет видно, дошло ли."
    )


def _page(visit: Visit, trouble: str = "", typed: Fields | None = None) -> Response:
    found = duty_roster.roster(visit.work)
    with visit.desk.store.read() as tx:
        people = [row for row in staff_list(tx) if row.active]
        proved = contacts.people(tx, [row.id for row in people])
    called = {row.id for row in found.lines} | {row.id for row in people if set(row.roles) & set(_CALLED)}
    reach = [
        Reach(p, ", ".join(ROLES.get(r, r) for r in p.roles), tuple(proved[p.id])) for p in people if p.id in called
    ]
    levels = [(rule.level, rule.take_in) for rule in reversed(visit.desk.profile.levels) if rule.level > 1]
    return visit.page(
        "duty.html", 422 if trouble else 200, roster=found, reach=sorted(reach, key=lambda r: bool(r.contacts)),
        kinds={kind.value: name for kind, name in KINDS.items()}, mail=ChatKind.EMAIL.value, take_in=levels,
        people=[p for p in people if may_be_on_duty(p)], may_keep=visit.may(Act.SET_DUTY), trouble=trouble,
        typed=typed or Fields(), now_day=visit.work.now.astimezone(visit.desk.profile.timezone),
    )  # fmt: skip
