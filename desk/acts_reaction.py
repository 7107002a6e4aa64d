"""Forms of the step «Реакция»: begin the watch, close the risk, answer again, tell why it spread anew."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import closing, respread, watching
from casework.roles import Act
from desk.carrying import carry_out, version_of
from desk.visit import Needs, Visit

router = APIRouter()
Closing = Annotated[Visit, Depends(Needs(Act.WORK_OFF))]
Answering = Annotated[Visit, Depends(Needs(Act.WRITE_ANSWER))]
Publishing = Annotated[Visit, Depends(Needs(Act.PUBLISH))]
STEP = "reaction"


@router.post("/risk/{risk_id}/reaction/close")
def close(risk_id: int, visit: Closing) -> Response:
    """Close the risk as worked off, signed by who asks."""

    def do() -> None:
        closing.work_off(visit.work, risk_id, version_of(visit), visit.fields.text("note"))

    told = "Риск отработан и закрыт. Если история пойдёт снова, он откроется сам."
    return carry_out(visit, risk_id, STEP, do, told, f"/risk/{risk_id}#{STEP}")


@router.post("/risk/{risk_id}/reaction/again")
def again(risk_id: int, visit: Answering) -> Response:
    """Go back to preparing an answer."""

    def do() -> None:
        reason = visit.fields.needed("reason", "почему нужен новый ответ")
        watching.answer_again(visit.work, risk_id, version_of(visit), reason)

    return carry_out(
        visit, risk_id, STEP, do, "Риск снова на шаге ответа: наблюдение остановлено.", f"/risk/{risk_id}#answer"
    )


@router.post("/risk/{risk_id}/reaction/watch")
def watch(risk_id: int, visit: Publishing) -> Response:
    """Begin the watch by a person's word."""

    def do() -> None:
        watching.start_watch(visit.work, risk_id, version_of(visit))

    return carry_out(visit, risk_id, STEP, do, "Наблюдение начато.", f"/risk/{risk_id}#{STEP}")


@router.post("/risk/{risk_id}/reaction/cause")
def cause(risk_id: int, visit: Closing) -> Response:
    """Write down why the risk spread again and what to expect."""
    fields = visit.fields

    def do() -> None:
        why = fields.needed("cause", "почему пошло снова")
        ahead = fields.needed("forecast", "чего ждать дальше")
        respread.tell_cause(visit.work, risk_id, version_of(visit), why, ahead)

    return carry_out(visit, risk_id, STEP, do, "Причина и прогноз записаны.", f"/risk/{risk_id}#{STEP}")
