"""Forms of the steps «Сроки» and «История»: a clock is stopped or let go on, the history is taken out as a file."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import pausing
from casework.history import Told, export_history
from casework.roles import Act
from desk.card import find_card
from desk.carrying import carry_out, version_of
from desk.history_file import history_table
from desk.visit import Needs, Visit

router = APIRouter()
Pausing = Annotated[Visit, Depends(Needs(Act.PAUSE_CLOCK))]
Exporting = Annotated[Visit, Depends(Needs(Act.EXPORT_HISTORY))]


@router.post("/risk/{risk_id}/terms/pause")
def pause(risk_id: int, visit: Pausing) -> Response:
    """Stop a clock for a reason."""

    def do() -> None:
        deadline = visit.fields.whole("deadline", "срок")
        pausing.pause(visit.work, risk_id, version_of(visit), deadline, visit.fields.text("reason"))

    return carry_out(visit, risk_id, "terms", do, "Срок приостановлен.", f"/risk/{risk_id}#terms")


@router.post("/risk/{risk_id}/terms/resume")
def resume(risk_id: int, visit: Pausing) -> Response:
    """Let a clock go on."""

    def do() -> None:
        pausing.resume(visit.work, risk_id, version_of(visit), visit.fields.whole("deadline", "срок"))

    return carry_out(
        visit, risk_id, "terms", do, "Срок снова идёт: он сдвинулся на время остановки.", f"/risk/{risk_id}#terms"
    )


@router.get("/risk/{risk_id}/history/csv")
def history_csv(risk_id: int, visit: Exporting) -> Response:
    """Hand out the history as a table."""
    find_card(visit, risk_id)
    told = export_history(visit.work, risk_id)
    return _file(history_table(told, visit.desk.profile, visit.hours), told, "csv", "text/csv; charset=utf-8")


@router.get("/risk/{risk_id}/history/json")
def history_json(risk_id: int, visit: Exporting) -> Response:
    """Hand out the history with its hashes, to be checked by whoever doubts it."""
    find_card(visit, risk_id)
    told = export_history(visit.work, risk_id)
    body = json.dumps(told.as_dict(visit.work.now.isoformat()), ensure_ascii=False, indent=2)
    return _file(body, told, "json", "application/json; charset=utf-8")


def _file(body: str, told: Told, kind: str, media: str) -> Response:
    name = f"history-{told.risk.number}.{kind}"
    return Response(body, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
