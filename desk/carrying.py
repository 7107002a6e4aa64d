"""One form of a card becomes one command of casework; a refused one is shown again with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.responses import Response

from casework.errors import BadMove, CaseworkError, NotAllowed, ReasonNeeded, StaleRisk, TakenByOther
from desk.card import Trouble, card_page
from desk.forms import FormError
from desk.visit import Visit
from risk.states import MoveNotAllowed


def carry_out(
    visit: Visit, risk_id: int, form: str, do: Callable[[], object], told: str, then: str = "", to_card: bool = False
) -> Response:
    """Do a command and go on; when it is refused, show the card with the form as it was typed.

    `form` is the name of the form or the id of its step; `then` is where to go afterwards (a `#step` of the card, say),
    unless the form brought a way back and `to_card` is not set; `told` is the sentence for the next page.
    """
    try:
        do()
    except NotAllowed:
        raise
    except StaleRisk as e:
        return card_page(visit, risk_id, Trouble(form, str(e), 409, visit.fields, _shown(visit)))
    except (MoveNotAllowed, TakenByOther) as e:
        return card_page(visit, risk_id, Trouble(form, str(e), 409, visit.fields))
    except (FormError, ReasonNeeded, BadMove, CaseworkError) as e:
        return card_page(visit, risk_id, Trouble(form, str(e), 422, visit.fields))
    back = "" if to_card else visit.fields.text("back")
    return visit.go(back or then or f"/risk/{risk_id}", told)


def version_of(visit: Visit) -> int:
    """Return the version of the risk that the person saw."""
    return visit.fields.whole("version", "версия карточки")


def _shown(visit: Visit) -> datetime | None:
    try:
        moment = datetime.fromisoformat(visit.fields.text("shown"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
