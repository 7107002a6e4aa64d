"""The page «Чаты и дежурства»: for each chat what is told when, the next messages, troubles, a try; silences that stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import alerts, chat_preview, silences
from casework.chat_hours import opens_at
from casework.chat_presses import EarState, ear_state
from casework.chat_preview import Preview
from casework.errors import BadMove, CaseworkError, ReasonNeeded
from casework.roles import Act
from desk.chat_words import KINDS, Row, measure, rows_of
from desk.dates import moment_typed
from desk.forms import Fields, FormError
from desk.visit import Needs, Visit
from district.profile import AlertChat, ChatKind
from district.topics import TOPICS
from reports.send import ears_for
from storage.find.moves import risk_rows
from storage.find.outbox import ChatState, TryLine, last_tries
from storage.find.untaken import SilenceRow

router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_ALERTS))]
Sending = Annotated[Visit, Depends(Needs(Act.RESEND_ALERTS))]
Silencing = Annotated[Visit, Depends(Needs(Act.SILENCE))]

SPANS = (("4", "4 часа"), ("24", "сутки"), ("72", "трое суток"), ("168", "неделя"))
_TRIES_SHOWN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ChatShown:
    """One chat as the page shows it."""

    chat: AlertChat
    kind: str
    rows: tuple[Row, ...]
    measure: str
    trouble: ChatState | None
    last_try: TryLine | None
    preview: Preview


@dataclass(frozen=True, slots=True)
class SilenceShown:
    """One silence as the page shows it."""

    row: SilenceRow
    what: str
    href: str


@router.get("/chats")
def show(visit: Seeing) -> Response:
    """Show the chats."""
    return _page(visit)


@router.post("/chats/{chat_id}/try")
def send_try(chat_id: str, visit: Sending) -> Response:
    """Send a try to a chat."""
    chat_preview.send_try(visit.work, chat_id)
    return visit.go(
        f"/chats#chat-{chat_id}",
        "Пробное сообщение уходит. Через несколько секунд обновите страницу: будет видно, дошло ли.",
    )


@router.post("/chats/{chat_id}/resend")
def resend(chat_id: str, visit: Sending) -> Response:
    """Let refused lines of a chat be tried again."""
    count = alerts.resend_refused(visit.work, chat_id)
    told = f"Отправляем снова: {count}." if count else "Отложенных сообщений за сутки нет."
    return visit.go(f"/chats#chat-{chat_id}", told)


@router.post("/chats/silence")
def hush(visit: Silencing) -> Response:
    """Silence a topic."""
    fields = visit.fields
    try:
        until = silence_until(visit)
        topic = fields.one_of("topic", TOPICS, "тему")
        silences.silence_topic(
            visit.work, topic, fields.text("reason"), until, until_grows=fields.text("grows") == "yes"
        )
    except (BadMove, ReasonNeeded, FormError) as e:
        return _page(visit, str(e), fields)
    return visit.go("/chats#silences", f"Тема «{TOPICS[topic]}» приглушена до {visit.hours.at(until)}.")


@router.post("/chats/silence/{silence_id}/lift")
def lift(silence_id: int, visit: Silencing) -> Response:
    """End a silence."""
    try:
        silences.lift(visit.work, silence_id)
    except CaseworkError as e:
        return _page(visit, str(e))
    return visit.go(visit.fields.text("back") or "/chats#silences", "Тишина снята: тревоги снова идут.")


def silence_until(visit: Visit) -> datetime:
    """Return until when a silence is asked for: hours of SPANS, or a moment of one's own."""
    own = moment_typed(visit, "until", "до какого времени молчать")
    if own is not None:
        return own
    return visit.work.now + timedelta(hours=int(visit.fields.one_of("hours", [h for h, _ in SPANS], "на сколько")))


def _page(visit: Visit, trouble: str = "", typed: Fields | None = None) -> Response:
    profile, settings = visit.desk.profile, visit.desk.settings
    states = {state.chat: state for state in alerts.troubles(visit.work)}
    with visit.desk.store.read() as tx:
        tries = last_tries(tx, visit.work.now - _TRIES_SHOWN)
    shown = [
        ChatShown(
            chat, KINDS[chat.kind], rows_of(profile, chat), measure(chat), states.pop(chat.id, None), tries.get(chat.id),
            chat_preview.preview(visit.work, chat, settings.desk_address),
        )
        for chat in profile.chats
    ]  # fmt: skip
    opens = opens_at(visit.work, visit.work.now)
    return visit.page(
        "chats.html", 422 if trouble else 200, shown=shown, others=list(states.values()), ears=_ears(visit),
        silences=_silences(visit), may_silence=visit.may(Act.SILENCE), may_send=visit.may(Act.RESEND_ALERTS),
        topics=sorted(TOPICS.items(), key=lambda pair: pair[1]), spans=SPANS, trouble=trouble, typed=typed or Fields(),
        opens=opens if opens > visit.work.now else None, office=profile.hours,
    )  # fmt: skip


def _ears(visit: Visit) -> list[tuple[str, EarState]]:
    """Whether the bots hear presses; a bot without a token is not there."""
    names = {ChatKind.TELEGRAM: "Telegram", ChatKind.MAX: "MAX"}
    return [(names[kind], ear_state(visit.work, kind)) for kind in ears_for(visit.desk.settings)]


def _silences(visit: Visit) -> list[SilenceShown]:
    rows = silences.standing(visit.work)
    with visit.desk.store.read() as tx:
        risks = risk_rows(tx, [row.risk_id for row in rows if row.risk_id is not None])
    shown = []
    for row in rows:
        risk = risks.get(row.risk_id or 0)
        what = f"№ {risk.number}: {risk.title}" if risk else f"Тема «{TOPICS.get(row.topic or '', row.topic)}»"
        shown.append(SilenceShown(row, what, f"/risk/{risk.id}" if risk else f"/?topic={row.topic}"))
    return shown
