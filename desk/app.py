"""The web application: its rooms of pages, what stands around them, and its error pages."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from traceback import extract_tb

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from casework.errors import CaseworkError, NotAllowed, StaleRisk, TakenByOther, UnknownRisk, UnknownSubject
from desk import (
    acts,
    acts_answer,
    acts_campaign_texts,
    acts_campaigns,
    acts_checking,
    acts_parts,
    acts_publications,
    acts_reaction,
    acts_silence,
    acts_terms,
    answers,
    campaign_new,
    campaigns,
    card,
    chats,
    contacts,
    control,
    duty,
    feeds,
    growth,
    health,
    live,
    login,
    peaks,
    queue,
    sources,
    staff,
    threats,
    upkeep,
    weather,
    year,
)
from desk.forms import FormError
from desk.pages import STATIC, Pages
from desk.shield import Shield
from desk.visit import ChangePasswordFirst, Desk, SignInNeeded, StaleForm, TrySource, Visit, bare_page
from district.profile import Profile
from district.settings import Settings
from risk.reading import Reader
from risk.states import MoveNotAllowed
from storage.engine import Store
from storage.vault import Vault

log = structlog.get_logger(__name__)

MAX_BODY = 256 * 1024
"""Bytes of a form: two hundred ticked posts and a note of four thousand signs fit many times."""


def make_app(
    settings: Settings, profile: Profile, store: Store, reader: Reader, try_source: TrySource | None = None
) -> FastAPI:
    """Return the staff's pages over an open, migrated store.

    `try_source(source_id)` reads a source without keeping anything; without it the «try now» button says it is not there.
    """
    app = FastAPI(
        title="Отклик", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, max_body_size=MAX_BODY
    )
    app.state.desk = Desk(settings, profile, store, reader, Vault(settings.key_file), Pages(profile), try_source)
    app.state.pulse = live.Pulse(store)
    for room in (
        health,
        login,
        live,
        queue,
        acts,
        acts_answer,
        acts_checking,
        acts_parts,
        answers,
        control,
        acts_publications,
        acts_reaction,
        acts_terms,
        card,
        growth,
        sources,
        staff,
        acts_silence,
        chats,
        contacts,
        duty,
        year,
        threats,
        campaign_new,
        campaigns,
        acts_campaigns,
        acts_campaign_texts,
        peaks,
        weather,
        upkeep,
        feeds,
    ):
        app.include_router(room.router)
    app.mount("/static", _Static(directory=STATIC), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Shield, on_fault=_broken)
    _error_pages(app)
    return app


class _Static(StaticFiles):
    """Our own few files; their address changes with their content, so a browser may keep them for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    def lookup_path(self, path: str) -> tuple[str, object]:  # type: ignore[override]
        return super().lookup_path(Path(path).name)


def _error_pages(app: FastAPI) -> None:
    known: dict[type[Exception], tuple[int, str]] = {
        NotAllowed: (403, "Этого ваша роль не позволяет"),
        StaleForm: (403, "Форма устарела"),
        UnknownRisk: (404, "Такого риска нет"),
        UnknownSubject: (404, "Не найдено"),
        StaleRisk: (409, "Риск уже изменён"),
        TakenByOther: (409, "Риск взял другой сотрудник"),
        MoveNotAllowed: (409, "Такой шаг сейчас невозможен"),
        FormError: (422, "Форма заполнена не так"),
        CaseworkError: (422, "Действие не выполнено"),
    }
    for family, (status, title) in known.items():
        app.add_exception_handler(family, _trouble(status, title))
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(ChangePasswordFirst, _change_password)
    app.add_exception_handler(RequestValidationError, _trouble(404, "Нет такой страницы", "Проверьте адрес."))
    app.add_exception_handler(HTTPException, _plain_http)


def _trouble(status: int, title: str, text: str = "") -> Callable[[Request, Exception], Response]:
    def handler(request: Request, error: Exception) -> Response:
        return trouble_page(request, status, title, text or str(error))

    return handler


def trouble_page(request: Request, status: int, title: str, text: str) -> Response:
    """Return an error page: what happened, what to do; the menu is there for who is signed in."""
    visit = getattr(request.state, "visit", None)
    context = {"heading": title, "text": text, "code": status}
    if isinstance(visit, Visit):
        return visit.page("trouble.html", status, **context)
    return bare_page(request, "trouble.html", status, **context)


def _sign_in(request: Request, _error: Exception) -> Response:
    if request.url.path == "/live":
        return Response(status_code=401)
    if request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site":
        # A strict cookie does not come along from a link in a web messenger; once more from our own page it does.
        return bare_page(request, "again.html")
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(login.address(asked if request.method == "GET" else "/"), status_code=303)


def _change_password(_request: Request, _error: Exception) -> Response:
    return RedirectResponse("/me", status_code=303)


_HTTP = {
    404: ("Нет такой страницы", "Проверьте адрес или начните с очереди."),
    405: ("Так сюда нельзя", "Эта страница открывается иначе. Начните с очереди."),
    413: ("Слишком много сразу", "Форма больше допустимого. Отметьте меньше строк или сократите текст."),
}


def _plain_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    title, text = _HTTP.get(status, ("Запрос не понят", "Вернитесь назад и повторите."))
    return trouble_page(request, status, title, text)


def _broken(request: Request, error: Exception) -> Response:
    """The last door: written down with a number that a person can name, nothing of the inside shown.

    Only the kind of the fault and its places in the code are logged: its message may hold what a person wrote.
    """
    number = secrets.token_hex(4)
    places = [
        f"{Path(f.filename).parent.name}/{Path(f.filename).name}:{f.lineno}" for f in extract_tb(error.__traceback__)
    ]
    log.error("page failed", number=number, method=request.method, error=type(error).__name__, places=places[-6:])
    text = f"Страница не собралась. Повторите через минуту. Если не поможет, назовите техническому специалисту номер {number}."
    try:
        return trouble_page(request, 500, "Сбой на нашей стороне", text)
    except Exception:  # the database may be what failed, and the frame of the page asks it
        return Response(text, 500, media_type="text/plain; charset=utf-8")
