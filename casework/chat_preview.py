"""What each chat will be told next: the messages as they will read, and when they leave; and a try of a chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.alerts import MOST_AT_ONCE, WINDOW
from casework.chat_hours import leaves_at
from casework.chat_parcels import parcels_of
from casework.errors import UnknownSubject
from casework.roles import Act, require
from casework.work import Work
from district.profile import AlertChat
from reports.alert import CRITICAL
from storage.find.outbox import WaitingLine, lately, waiting_lines
from storage.keep.journal import add_journal
from storage.keep.outbox import NewLine, OutboxLine, add_lines

SHOWN = 10
"""Messages of one chat on the page; how many more there are is told."""


@dataclass(frozen=True, slots=True)
class Coming:
    """One message that will leave."""

    at: datetime
    text: str
    level: int
    buttons: tuple[str, ...]
    waits_for_morning: bool
    """True: its hours in the profile hold it back."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The next messages of a chat, and how many more wait."""

    messages: tuple[Coming, ...]
    more: int


def preview(work: Work, chat: AlertChat, desk: str = "") -> Preview:
    """Return the next messages of a chat as they would leave if nothing else happened, the earliest first.

    The same rules as casework.alerts: hours of the level, time for grouping, so many messages a minute.
    """
    require(work.by, Act.SEE_ALERTS)
    with work.store.read() as tx:
        waiting = [line for line in waiting_lines(tx, chat.id, MOST_AT_ONCE) if not line.refused]
        used = lately(tx, chat.id, work.now - WINDOW, work.now).messages
    found: list[Coming] = []
    left = [(leaves_at(work, chat, line.level, line.due_at), line) for line in waiting]
    room = max(chat.per_minute - used, 0)
    at = work.now
    while left and len(found) < SHOWN:
        at = max(at, min(when for when, _ in left)) if not any(when <= at for when, _ in left) else at
        ripe = [line for when, line in left if when <= at]
        later = [(when, line) for when, line in left if when > at]
        fresh, kept = _minute(work, chat, at, ripe, room, desk)
        found += fresh
        if not fresh and not later and not kept:
            break
        left = [*later, *((at + WINDOW, line) for line in kept)]
        room, at = chat.per_minute, at if not kept else at + WINDOW
    return Preview(tuple(found[:SHOWN]), len(left) + max(len(found) - SHOWN, 0))


def send_try(work: Work, chat_id: str) -> None:
    """Send a try to a chat of the profile, at once and whatever its hours; what comes of it shows on the page of chats."""
    require(work.by, Act.RESEND_ALERTS)
    if all(chat.id != chat_id for chat in work.profile.chats):
        raise UnknownSubject(f"Чата «{chat_id[:60]}» нет в профиле округа. Обновите страницу.")
    text = f"Проверка связи: это пробное сообщение Отклика. Отправил(а): {work.by.name_shown}. Ничего делать не нужно."
    with work.store.write() as tx:
        line = NewLine(
            f"try:{chat_id}:{work.now.timestamp():.0f}", chat_id, None, CRITICAL, "try", {"text": text}, work.now
        )
        add_lines(tx, [line], work.now)
        add_journal(tx, work.now, work.by.id, "alerts.try_sent", f"chat:{chat_id}")


def _minute(
    work: Work, chat: AlertChat, at: datetime, ripe: Sequence[WaitingLine], room: int, desk: str
) -> tuple[list[Coming], list[WaitingLine]]:
    """Return the messages of one minute and the lines that wait for the next."""
    known = {line.id: line for line in ripe}
    parcels, kept, _ = parcels_of(work.profile.timezone, [_as_claimed(chat, line) for line in ripe], room, desk)
    coming = [
        Coming(
            at,
            parcel.message.line.text,
            parcel.message.line.level,
            tuple(button.label for button in parcel.message.buttons),
            at - max(known[parcel.ids[0]].due_at, work.now) > timedelta(minutes=10),
        )
        for parcel in parcels
    ]
    return coming, [known[line.id] for line in kept]


def _as_claimed(chat: AlertChat, line: WaitingLine) -> OutboxLine:
    return OutboxLine(
        line.id, line.key, chat.id, line.risk_id, line.level, line.kind, line.body, line.created_at, line.due_at, line.attempts
    )  # fmt: skip
