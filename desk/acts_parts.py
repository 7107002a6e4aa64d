"""Forms of the step «Поручения и меры»: entrust, hand over, end; measures taken and planned."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import parts
from casework.roles import Act
from desk.carrying import carry_out, version_of
from desk.dates import day_typed, moment_typed
from desk.forms import FormError
from desk.visit import Needs, Visit
from storage.find.working import reachable

router = APIRouter()
Assigning = Annotated[Visit, Depends(Needs(Act.ASSIGN))]
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_RISKS))]


@router.post("/risk/{risk_id}/part")
def assign(risk_id: int, visit: Assigning) -> Response:
    """Entrust the risk or a part of it to a block, a post, a person."""
    fields, profile = visit.fields, visit.desk.profile
    staff = fields.text("part-staff")

    def do() -> None:
        block = fields.one_of("part-block", ("", *(b.id for b in profile.blocks)), "блок")
        post = fields.one_of("part-post", ("", *(o.id for o in profile.officials)), "должность")
        parts.assign(
            visit.work, risk_id, version_of(visit), part=fields.text("part-what"), block=block or None,
            official=post or None, staff_id=fields.whole("part-staff", "сотрудник") if staff else None,
            due_at=moment_typed(visit, "part-due", "срок"), is_owner=fields.text("part-owner") == "yes",
        )  # fmt: skip

    return _done(visit, risk_id, carry_out(visit, risk_id, "parts", do, ""), f"Поручено.{_missing_contact(visit)}")


@router.post("/risk/{risk_id}/hand-over")
def hand_over(risk_id: int, visit: Assigning) -> Response:
    """Hand a part over to a body outside the district, with a day to ask again."""
    fields = visit.fields

    def do() -> None:
        body = fields.needed("outside-body", "кому передаётся")
        due = moment_typed(visit, "outside-due", "когда спросить снова")
        parts.assign(visit.work, risk_id, version_of(visit), part=fields.text("outside-what"), outside=body, due_at=due)

    told = "Передано. Риск остаётся у вас на контроле до ответа."
    return carry_out(visit, risk_id, "parts", do, told, f"/risk/{risk_id}#parts")


@router.post("/risk/{risk_id}/part/{part_id}/end")
def end_part(risk_id: int, part_id: int, visit: Seeing) -> Response:
    """End a part: done, returned or withdrawn; who may is casework's matter."""

    def do() -> None:
        state = visit.fields.one_of("state", parts.ENDINGS, "чем кончилось")
        result = visit.fields.needed(f"end-{part_id}", "чем кончилось поручение")
        parts.end_assignment(visit.work, risk_id, version_of(visit), part_id, state, result)

    return carry_out(visit, risk_id, "parts", do, "Записано: поручение завершено.", f"/risk/{risk_id}#parts")


@router.post("/risk/{risk_id}/measure")
def measure(risk_id: int, visit: Assigning) -> Response:
    """Write a measure down, taken or planned."""
    fields = visit.fields

    def do() -> None:
        kind = fields.one_of("measure-kind", ("taken", "planned"), "принята мера или планируется")
        what = fields.needed("measure-what", "что сделано или будет сделано")
        body = fields.needed("measure-body", "кто исполняет")
        day = day_typed(visit, "measure-day", "день меры")
        parts.record_measure(visit.work, risk_id, version_of(visit), kind=kind, what=what, body=body, due_on=day)

    planned = fields.text("measure-kind") == "planned"
    told = "Мера записана. Её срок — в «Контроле»: накануне напомним." if planned else "Мера записана."
    return carry_out(visit, risk_id, "parts", do, told, f"/risk/{risk_id}#parts")


@router.post("/risk/{risk_id}/measure/{measure_id}/end")
def end_measure(risk_id: int, measure_id: int, visit: Assigning) -> Response:
    """Mark a planned measure as kept or cancelled."""

    def do() -> None:
        done = visit.fields.one_of("done", ("yes", "no"), "выполнена или отменена") == "yes"
        result = visit.fields.needed(f"kept-{measure_id}", "что сделано или почему отменено")
        parts.end_measure(visit.work, risk_id, version_of(visit), measure_id, done=done, result=result)

    return carry_out(visit, risk_id, "parts", do, "Записано: мера завершена.", f"/risk/{risk_id}#parts")


@router.post("/risk/{risk_id}/measure/{measure_id}/move")
def move_measure(risk_id: int, measure_id: int, visit: Assigning) -> Response:
    """Move a promised day, visibly."""

    def do() -> None:
        day = day_typed(visit, f"day-{measure_id}", "новый день")
        if day is None:
            raise FormError("Укажите: новый день.")
        why = visit.fields.needed(f"why-{measure_id}", "почему срок переносится")
        parts.move_measure(visit.work, risk_id, version_of(visit), measure_id, day, why)

    told = "Срок перенесён: прежний остался в истории. Скажите людям, почему."
    return carry_out(visit, risk_id, "parts", do, told, f"/risk/{risk_id}#parts")


def _done(visit: Visit, risk_id: int, response: Response, told: str) -> Response:
    """Say the sentence only when the form went through."""
    return visit.go(f"/risk/{risk_id}#parts", told) if response.status_code == 303 else response


def _missing_contact(visit: Visit) -> str:
    staff = visit.fields.text("part-staff")
    if not staff.isdecimal():
        return ""
    with visit.desk.store.read() as tx:
        known = reachable(tx, [int(staff)])
    return "" if known else " У сотрудника нет подтверждённого контакта: сообщите ему сами."
