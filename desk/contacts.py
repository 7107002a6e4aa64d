"""Forms of «Настройки»: a person ties a messenger or an e-mail to the account, checks it, removes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import contacts
from casework.errors import BadMove, UnknownSubject
from desk.login import me_page
from desk.visit import Needs, Visit

router = APIRouter()
Anyone = Annotated[Visit, Depends(Needs(None))]


@router.post("/me/contacts/messenger")
def messenger(visit: Anyone) -> Response:
    """Give a code that is sent to the bot."""
    return _do(
        visit, lambda: contacts.ask_messenger(visit.work, visit.fields.text("kind")), "Код готов: отправьте его боту."
    )


@router.post("/me/contacts/mail")
def mail(visit: Anyone) -> Response:
    """Send a code to an e-mail."""
    return _do(
        visit, lambda: contacts.ask_mail(visit.work, visit.fields.text("address")), "Письмо с кодом отправляется."
    )


@router.post("/me/contacts/{contact_id}/prove")
def prove(contact_id: int, visit: Anyone) -> Response:
    """Take the code that came by mail."""
    return _do(
        visit, lambda: contacts.prove_mail(visit.work, contact_id, visit.fields.text("code")), "Почта подтверждена."
    )


@router.post("/me/contacts/{contact_id}/check")
def check(contact_id: int, visit: Anyone) -> Response:
    """Send a try to an own contact."""
    return _do(
        visit,
        lambda: contacts.check(visit.work, contact_id),
        "Пробное сообщение уходит: через несколько секунд обновите страницу.",
    )


@router.post("/me/contacts/{contact_id}/remove")
def remove(contact_id: int, visit: Anyone) -> Response:
    """Remove an own contact."""
    return _do(visit, lambda: contacts.forget(visit.work, contact_id), "Контакт убран.")


def _do(visit: Visit, do: Callable[[], object], told: str) -> Response:
    try:
        do()
    except (BadMove, UnknownSubject) as e:
        return me_page(visit, contact_trouble=str(e), status=422)
    return visit.go("/me#contacts", told)
