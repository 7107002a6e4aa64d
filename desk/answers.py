"""The page «Ответы»: what waits for this person's approval, the most urgent first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework.answers import KINDS
from casework.roles import Act, blocks_for
from desk.visit import Needs, Visit
from storage.find.answers import waiting_answers
from storage.find.names import staff_names

router = APIRouter()
Approving = Annotated[Visit, Depends(Needs(Act.APPROVE_ANSWER))]


@router.get("/answers")
def show(visit: Approving) -> Response:
    """Show the answers of others that this person may approve or return."""
    with visit.desk.store.read() as tx:
        waiting = waiting_answers(tx, visit.me.id, blocks_for(visit.me, Act.APPROVE_ANSWER))
        names = staff_names(tx)
    return visit.page("answers.html", waiting=waiting, kinds=KINDS, names=names)
