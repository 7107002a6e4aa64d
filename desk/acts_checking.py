"""Forms of the step «Проверка»: answers that services gave, and striking out a mistake."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework.checking import Heard, record_facts, withdraw_fact
from casework.roles import Act
from desk.carrying import carry_out, version_of
from desk.dates import moment_typed
from desk.visit import Needs, Visit
from reports.wording import count

router = APIRouter()
Verifying = Annotated[Visit, Depends(Needs(Act.VERIFY))]

OWN = "own"
"""Name of the fields of the officer's own question."""
MOST_ANSWERS = 20


@router.post("/risk/{risk_id}/facts")
def record(risk_id: int, visit: Verifying) -> Response:
    """Write down the answers that were typed beside the questions; empty ones are left out."""
    heard: list[Heard] = []

    def do() -> None:
        heard.extend(_typed(visit))
        record_facts(visit.work, risk_id, version_of(visit), heard)

    response = carry_out(visit, risk_id, "checking", do, "")
    if response.status_code != 303:
        return response
    told = f"Записано: {count(len(heard), 'ответ', 'ответа', 'ответов')}. Всё выяснили — запишите итог проверки."
    return visit.go(f"/risk/{risk_id}#checking", told)


@router.post("/risk/{risk_id}/fact/{fact_id}/strike")
def strike(risk_id: int, fact_id: int, visit: Verifying) -> Response:
    """Strike an answer out, with the reason."""

    def do() -> None:
        why = visit.fields.needed(f"why-{fact_id}", "в чём ошибка")
        withdraw_fact(visit.work, risk_id, version_of(visit), fact_id, why)

    told = "Ответ вычеркнут: он виден с причиной, но больше не считается."
    return carry_out(visit, risk_id, "checking", do, told, f"/risk/{risk_id}#checking")


def _typed(visit: Visit) -> list[Heard]:
    """Return what was typed, in the order of the form; an own question without an answer is a slip that is told."""
    fields = visit.fields
    names = [name.removeprefix("answer-") for name in fields.values if name.startswith("answer-")]
    heard = []
    for key in dict.fromkeys([*names[:MOST_ANSWERS], OWN]):
        own = fields.text("ask-own") if key == OWN else ""
        if not (fields.text(f"answer-{key}") or own):
            continue
        question = fields.needed("ask-own", "что спросили") if key == OWN else key
        answer = fields.needed(f"answer-{key}", "что ответили")
        whom = fields.needed(f"whom-{key}", "кто сказал — должность или служба")
        heard.append(Heard(question, whom, answer, moment_typed(visit, f"heard-{key}", "когда ответили")))
    return heard
