"""Forms of a card: its alerts are silenced for a while, or told again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import silences
from casework.roles import Act
from desk.carrying import carry_out
from desk.chats import silence_until
from desk.visit import Needs, Visit

router = APIRouter()
Silencing = Annotated[Visit, Depends(Needs(Act.SILENCE))]


@router.post("/risk/{risk_id}/silence")
def hush(risk_id: int, visit: Silencing) -> Response:
    """Silence the alerts of a risk."""

    def do() -> None:
        grows = visit.fields.text("grows") == "yes"
        silences.silence(visit.work, risk_id, visit.fields.text("reason"), silence_until(visit), until_grows=grows)

    return carry_out(visit, risk_id, "silence", do, "Тревоги об этом риске приглушены.", f"/risk/{risk_id}#told")


@router.post("/risk/{risk_id}/silence/{silence_id}/lift")
def lift(risk_id: int, silence_id: int, visit: Silencing) -> Response:
    """End the silence of a risk."""
    return carry_out(
        visit, risk_id, "silence", lambda: silences.lift(visit.work, silence_id), "Тишина снята: тревоги снова идут.",
        f"/risk/{risk_id}#told",
    )  # fmt: skip
