"""Forms of the step «Публикации»: a link is recorded or struck out, the «отработка» goes to the chats."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework.publications import PLACE_KINDS, record, see_publication, send_working_out, withdraw_publication
from casework.roles import Act
from desk.carrying import carry_out, version_of
from desk.visit import Needs, Visit

router = APIRouter()
Publishing = Annotated[Visit, Depends(Needs(Act.PUBLISH))]
STEP = "publications"


def _back(risk_id: int) -> str:
    return f"/risk/{risk_id}#{STEP}"


@router.post("/risk/{risk_id}/publication")
def add(risk_id: int, visit: Publishing) -> Response:
    """Record where an answer stands."""
    fields = visit.fields

    def do() -> None:
        source_id = fields.text("source") or None
        record(
            visit.work, risk_id, version_of(visit), fields.whole("answer", "утверждённый ответ"),
            fields.needed("url", "ссылка на ответ"), fields.text("place") if source_id else fields.needed("place", "название площадки"),
            fields.one_of("place_kind", PLACE_KINDS, "вид площадки"), source_id, allowed=visit.desk.settings.allow_internal,
        )  # fmt: skip

    told = "Ссылка записана: через полминуты программа проверит, виден ли по ней ответ."
    return carry_out(visit, risk_id, STEP, do, told, _back(risk_id))


@router.post("/risk/{risk_id}/publication/withdraw")
def withdraw(risk_id: int, visit: Publishing) -> Response:
    """Strike a link out of the register."""

    def do() -> None:
        publication = visit.fields.whole("publication", "публикация")
        withdraw_publication(visit.work, risk_id, version_of(visit), publication, visit.fields.text("reason"))

    return carry_out(visit, risk_id, STEP, do, "Публикация убрана из реестра.", _back(risk_id))


@router.post("/risk/{risk_id}/publication/seen")
def seen(risk_id: int, visit: Publishing) -> Response:
    """Note that a person saw the answer where the program cannot look."""

    def do() -> None:
        see_publication(visit.work, risk_id, version_of(visit), visit.fields.whole("publication", "публикация"))

    return carry_out(visit, risk_id, STEP, do, "Записано, что вы видели ответ на площадке.", _back(risk_id))


@router.post("/risk/{risk_id}/working-out")
def working_out(risk_id: int, visit: Publishing) -> Response:
    """Send the «отработка» to the chats."""

    def do() -> None:
        send_working_out(visit.work, risk_id, version_of(visit))

    return carry_out(visit, risk_id, STEP, do, "«Отработка» отправлена в чат.", _back(risk_id))
