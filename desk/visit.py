"""One request of one member of staff: who asks, with which session, what they sent; and the doors in front of the routes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, Protocol, cast
from urllib.parse import quote, unquote

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from casework import clock, habits
from casework.roles import Act, blocks_for, may, require
from casework.sign_in import Session, session_of
from casework.work import Staff, Work
from desk.forms import Fields
from desk.pages import Pages
from desk.shield import mask_token, token_fits
from desk.wording import Hours
from district.profile import Profile
from district.settings import Settings
from risk.reading import Reader
from storage.engine import Store
from storage.find.answers import waiting_count
from storage.find.outbox import refused_count
from storage.vault import Vault


class Preview(Protocol):
    """What a try of a source shows: masked items and refused ones as plain values, how it ended and why."""

    @property
    def items(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def refused(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def outcome(self) -> str: ...
    @property
    def reason(self) -> str: ...


TrySource = Callable[[str], Preview]
"""Reads a source by id without keeping anything; wired by the porter, for crawlers live next door."""


@dataclass(frozen=True)
class Desk:
    """What the whole process shares."""

    settings: Settings
    profile: Profile
    store: Store
    reader: Reader
    vault: Vault
    pages: Pages
    try_source: TrySource | None = None


YEAR_PAGES = ("/year", "/campaigns", "/threats", "/peaks", "/weather", "/upkeep", "/feeds")
"""Where the pages of the year begin: one entry of the menu, their own row of links below."""


class SignInNeeded(Exception):
    """Нужно войти."""


class ChangePasswordFirst(Exception):
    """Сначала смените одноразовый пароль."""


class StaleForm(Exception):
    """Форма устарела: её отправили из старого окна или после выхода."""

    def __init__(self) -> None:
        super().__init__("Форма устарела: действие не выполнено. Вернитесь, обновите страницу и повторите.")


@dataclass(frozen=True)
class Link:
    """One entry of the menu."""

    name: str
    href: str
    here: bool
    count: int = 0
    """What waits there for this person; 0 is not shown."""


@dataclass(frozen=True)
class Said:
    """What the page before did, told once."""

    text: str
    tone: str = "good"


@dataclass(frozen=True)
class Visit:
    """One request of one member of staff."""

    request: Request
    desk: Desk
    session: Session
    work: Work
    fields: Fields = field(default_factory=Fields)

    @property
    def me(self) -> Staff:
        """Who asks."""
        return self.session.staff

    @property
    def hours(self) -> Hours:
        """The moment of this request in the district's time."""
        return Hours(self.work.now, self.desk.profile.timezone)

    def may(self, act: Act, block: str | None = None) -> bool:
        """Return whether the asking person may do this."""
        return may(self.me, act, block)

    def page(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """Return a page with the frame of this person around it."""
        said = said_before(self.request)
        framed = {
            "me": self.me,
            "menu": self._menu(),
            "csrf": mask_token(self.session.csrf),
            "hours": self.hours,
            "said": said,
            "keys_on": self.keys_on,
        }
        response = self.desk.pages.render(template, status, **framed | context)
        if said:
            response.delete_cookie("otklik-said", path="/")
        return response

    def go(self, address: str, text: str = "", tone: str = "good") -> Response:
        """Return a redirect after a form, with a sentence for the next page."""
        response = RedirectResponse(local(address), status_code=303)
        if text:
            say(response, self.request, text, tone)
        return response

    @property
    def keys_on(self) -> bool:
        """Whether this person wants the keyboard."""
        return habits.keys_on(self.work)

    def _menu(self) -> list[Link]:
        path = self.request.url.path
        entries = (
            ("Очередь", "/", Act.SEE_RISKS, path == "/" or path.startswith(("/risk", "/queue"))),
            ("Контроль", "/control", Act.SEE_RISKS, path.startswith("/control")),
            ("Ответы", "/answers", Act.APPROVE_ANSWER, path.startswith("/answers")),
            ("Темы", "/growth", Act.SEE_RISKS, path.startswith("/growth")),
            ("Год", "/year", Act.SEE_YEAR, path.startswith(YEAR_PAGES)),
            ("Чаты", "/chats", Act.SEE_ALERTS, path.startswith(("/chats", "/duty"))),
            ("Источники", "/sources", Act.SEE_SOURCES, path.startswith("/sources")),
            ("Сотрудники", "/staff", Act.MANAGE_STAFF, path.startswith("/staff")),
        )
        counts = {"/answers": self._waiting, "/chats": self._unsent}
        return [
            Link(name, href, here, counts[href]() if href in counts else 0)
            for name, href, act, here in entries
            if self.may(act)
        ]

    def _unsent(self) -> int:
        """How many messages of the last day the chats refused: the whole staff must learn of it, not who looks there."""
        with self.desk.store.read() as tx:
            return refused_count(tx, self.work.now - timedelta(days=1))

    def _waiting(self) -> int:
        """How many answers wait for this person's approval (0.2 ms: counted from the index of states)."""
        with self.desk.store.read() as tx:
            return waiting_count(tx, self.me.id, blocks_for(self.me, Act.APPROVE_ANSWER))


async def read_form(request: Request) -> Fields:
    """Return what a form sent; nothing for a request without a form."""
    if request.method in ("GET", "HEAD"):
        return Fields()
    form: FormData = await request.form(max_files=0, max_fields=600)
    return Fields.of(form)


class Needs:
    """The door in front of a route: signed in, password changed, the form's token right, the role allowed.

    `act` None lets every signed-in person in; `early` lets in also who has yet to change the one-time password.
    """

    def __init__(self, act: Act | None, early: bool = False) -> None:
        self.act, self.early = act, early

    def __call__(self, request: Request, fields: Annotated[Fields, Depends(read_form)]) -> Visit:
        """Return the visit, or raise what the door says."""
        desk = desk_of(request)
        now = clock.now()
        token = request.cookies.get(cookie_name(request), "")
        session = session_of(desk.store, token, now) if token else None
        if session is None:
            raise SignInNeeded
        work = Work(store=desk.store, profile=desk.profile, now=now, by=session.staff, reader=desk.reader)
        visit = Visit(request, desk, session, work, fields)
        request.state.visit = visit
        if request.method not in ("GET", "HEAD") and not token_fits(fields.raw("csrf"), session.csrf):
            raise StaleForm
        if session.must_change and not self.early:
            raise ChangePasswordFirst
        if self.act is not None:
            require(session.staff, self.act)
        return visit


def desk_of(request: Request) -> Desk:
    """Return the process's desk."""
    return cast(Desk, request.app.state.desk)


def cookie_name(request: Request) -> str:
    """Return the session cookie's name; the prefix binds it to this host, and browsers take it only over https."""
    return "__Host-otklik" if request.url.scheme == "https" else "otklik"


def set_session_cookie(response: Response, request: Request, token: str) -> None:
    """Give the browser its session; it forgets it when closed, the server sooner."""
    secure = request.url.scheme == "https"
    response.set_cookie(cookie_name(request), token, path="/", httponly=True, samesite="strict", secure=secure)


def bare_page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page for who is not signed in."""
    desk = desk_of(request)
    frame = {"me": None, "menu": (), "csrf": "", "hours": Hours(clock.now(), desk.profile.timezone)}
    said = said_before(request)
    response = desk.pages.render(template, status, **frame | {"said": said, "keys_on": False} | context)
    if said:
        response.delete_cookie("otklik-said", path="/")
    return response


def local(address: str) -> str:
    """Return an address when it leads to a page of ours, else the queue: nobody is led away by a forged link."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if inside and address.isprintable() else "/"


def say(response: Response, request: Request, text: str, tone: str = "good") -> None:
    """Leave a sentence for the next page of this browser."""
    value = quote(f"{tone}:{text}"[:600])
    secure = request.url.scheme == "https"
    response.set_cookie("otklik-said", value, max_age=60, path="/", httponly=True, samesite="strict", secure=secure)


def said_before(request: Request) -> Said | None:
    """Return the sentence that the page before left."""
    tone, _, text = unquote(request.cookies.get("otklik-said", "")).partition(":")
    return Said(text, tone) if text and tone in ("good", "bad", "plain") else None
