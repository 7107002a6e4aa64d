"""Signing in and out, and what a member of staff sets for themselves: password, keyboard."""

from __future__ import annotations

import hmac
import secrets
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from casework import accounts, clock, contacts, habits
from casework.chat_presses import ear_state
from casework.errors import SignInRefused, TooManyTries, WeakPassword
from casework.passwords import SHORTEST
from casework.roles import ROLES
from casework.sign_in import change_password, session_of, sign_in, sign_out
from casework.work import MACHINE, Work
from desk.forms import Fields
from desk.visit import (
    Needs,
    Visit,
    bare_page,
    cookie_name,
    desk_of,
    local,
    read_form,
    say,
    set_session_cookie,
)
from reports.send import ears_for

router = APIRouter()
_PRE = "otklik-pre"
"""Cookie that ties the sign-in form to this browser before there is a session."""

Anyone = Annotated[Visit, Depends(Needs(None))]
Early = Annotated[Visit, Depends(Needs(None, early=True))]


def address(then: str = "/") -> str:
    """Return the address of the sign-in page that leads on to a page of ours."""
    return "/login" if then == "/" else f"/login?next={quote(then, safe='')}"


@router.get("/login")
def ask(request: Request, next: str = "/") -> Response:
    """Show the sign-in form; who is signed in already goes on."""
    token = request.cookies.get(cookie_name(request), "")
    if token and session_of(desk_of(request).store, token, clock.now()):
        return RedirectResponse(local(next), status_code=303)
    return _form(request, next)


@router.post("/login")
def enter(request: Request, fields: Annotated[Fields, Depends(read_form)]) -> Response:
    """Open a session, or show the form again with the reason."""
    desk = desk_of(request)
    then, name = local(fields.text("next")), fields.text("login")
    if not _same(request.cookies.get(_PRE, ""), fields.raw("csrf")):
        return _form(request, then, name, "Форма входа устарела. Попробуйте ещё раз.", 403)
    work = Work(store=desk.store, profile=desk.profile, now=clock.now(), by=MACHINE, reader=desk.reader)
    try:
        opened = sign_in(work, desk.vault, name, fields.raw("password"), _from(request))
    except TooManyTries as e:
        return _form(request, then, name, str(e), 429)
    except SignInRefused as e:
        return _form(request, then, name, str(e), 403)
    response = RedirectResponse("/me" if opened.must_change else then, status_code=303)
    set_session_cookie(response, request, opened.token)
    response.delete_cookie(_PRE, path="/")
    return response


@router.post("/logout")
def leave(request: Request, visit: Early) -> Response:
    """End the session; the moment is kept as the end of the shift, for «since my last shift»."""
    accounts.note_shift(visit.work)
    sign_out(visit.desk.store, request.cookies.get(cookie_name(request), ""))
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(cookie_name(request), path="/", secure=request.url.scheme == "https", httponly=True)
    say(response, request, "Вы вышли. Пришедшее с этой минуты покажет фильтр «С прошлой смены».")
    return response


@router.get("/me")
def me(visit: Early) -> Response:
    """Show what one sets for oneself."""
    return me_page(visit)


@router.post("/me/password")
def password(request: Request, visit: Early) -> Response:
    """Change the own password; all other sessions end."""
    old, new = visit.fields.raw("old"), visit.fields.raw("new")
    if new != visit.fields.raw("again"):
        return me_page(visit, "Новый пароль и повтор различаются. Введите их снова.", 422)
    try:
        opened = change_password(visit.work, visit.desk.vault, old, new, _from(request))
    except (SignInRefused, WeakPassword) as e:
        text = "Нынешний пароль не подходит. Проверьте раскладку и регистр." if isinstance(e, SignInRefused) else str(e)
        return me_page(visit, text, 422)
    except TooManyTries as e:
        return me_page(visit, str(e), 429)
    response = visit.go("/", "Пароль изменён. Остальные ваши сеансы закрыты.")
    set_session_cookie(response, request, opened.token)
    return response


@router.post("/me/keys")
def keys(visit: Anyone) -> Response:
    """Switch the keyboard of this person on or off."""
    on = visit.fields.text("keys") == "on"
    habits.set_keys(visit.work, on)
    return visit.go("/me#keys", "Клавиши включены." if on else "Клавиши выключены: всё доступно мышью и табуляцией.")


def _form(request: Request, then: str, name: str = "", trouble: str = "", status: int = 200) -> Response:
    token = request.cookies.get(_PRE) or secrets.token_urlsafe(24)
    response = bare_page(request, "login.html", status, then=local(then), login=name, trouble=trouble, form_token=token)
    secure = request.url.scheme == "https"
    response.set_cookie(_PRE, token, max_age=3600, path="/", httponly=True, samesite="strict", secure=secure)
    return response


def me_page(visit: Visit, trouble: str = "", status: int = 200, contact_trouble: str = "") -> Response:
    """Return what a person sets for themselves, with what went wrong in a form of it."""
    roles = [ROLES[role] for role in ROLES if role in visit.me.roles]
    blocks = [b.name for b in visit.desk.profile.blocks if b.id in visit.me.blocks]
    return visit.page(
        "me.html", status, trouble=trouble, roles=roles, blocks=blocks, shortest=SHORTEST,
        must_change=visit.session.must_change, last_shift=visit.session.last_shift_at,
        contacts=contacts.mine(visit.work), contact_trouble=contact_trouble, typed=visit.fields,
        contact_kinds={kind.value: name for kind, name in contacts.KINDS.items()},
        bots={kind.value: ear_state(visit.work, kind).name for kind in ears_for(visit.desk.settings)},
        mail_works=visit.desk.settings.smtp_url is not None, code_lives=contacts.CODE_LIVES,
    )  # fmt: skip


def _same(cookie: str, sent: str) -> bool:
    return bool(cookie) and hmac.compare_digest(cookie.encode(), sent.encode())


def _from(request: Request) -> str:
    return request.client.host if request.client else ""
