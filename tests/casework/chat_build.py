"""Chats for tests: risks that are told, people with proved contacts, a bot that listens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from casework.alerts import deliver_once
from casework.chat_presses import Answered, listen_once
from casework.telling import tell
from casework.work import MACHINE, Staff, Work
from district.profile import ChatKind
from reports.message import Listener
from reports.send import MaxBot, MaxEar, TelegramBot, TelegramEar
from storage.engine import Store
from storage.find.outbox import WaitingLine, waiting_lines
from storage.keep.chatting import add_contact, change_contact
from storage.tables import chat_message, escalation, journal, press, risk_event
from tests.casework.staff_build import NOW, a_chat, a_profile, a_work
from tests.peers.bot_api import MAX_TOKEN, TOKEN, BotApi, Got
from tests.storage.build import a_risk

PERSONS = {1: 501, 2: 502, 3: 503, 4: 504, 5: 505}
"""Staff id -> the platforms' id of that person."""
CHATS = (a_chat(), a_chat("max", ChatKind.MAX, address="-200500"))


def bots(api: BotApi) -> dict[ChatKind, Any]:
    return {ChatKind.TELEGRAM: TelegramBot(TOKEN, api.base), ChatKind.MAX: MaxBot(MAX_TOKEN, api.base)}


def ear(kind: ChatKind, api: BotApi) -> Listener:
    return TelegramEar(TOKEN, api.base) if kind is ChatKind.TELEGRAM else MaxEar(MAX_TOKEN, api.base)


def link(
    store: Store, staff_id: int, kind: ChatKind = ChatKind.TELEGRAM, address: str = "", now: datetime = NOW
) -> int:
    """Give somebody a proved contact."""
    with store.write() as tx:
        made = add_contact(tx, staff_id, kind, address or str(PERSONS[staff_id]), "", now)
        change_contact(tx, made, {"code": None, "confirmed_at": now})
    return made


def told_risk(work: Work, api: BotApi, **columns: Any) -> tuple[int, list[Got]]:
    """Open a risk, tell its chats, and return what they got."""
    with work.store.write() as tx:
        risk_id = a_risk(tx, **columns)
        tell(tx, work, [risk_id], "new")
    before = len(api.got)
    made = bots(api)
    deliver_once(work.at(work.now + timedelta(seconds=3)), made)
    for bot in made.values():
        bot.close()
    return risk_id, api.got[before:]


def listen(store: Store, api: BotApi, kind: ChatKind, now: datetime = NOW, wait: float = 0.0) -> Answered:
    """One round of a bot's ear."""
    listener = ear(kind, api)
    try:
        return listen_once(lambda: chat_work(store, now=now), kind, listener, wait)
    finally:
        listener.close()  # type: ignore[attr-defined]


def chat_work(store: Store, by: Staff = MACHINE, now: datetime = NOW, **changes: Any) -> Work:
    return a_work(store, by, now, a_profile(**({"chats": CHATS} | changes)))


def events(store: Store, risk_id: int) -> list[tuple[str, int | None]]:
    """(kind, by whom) of a risk's history in the order of writing."""
    with store.read() as tx:
        query = sa.select(risk_event.c.kind, risk_event.c.by_staff).where(risk_event.c.risk_id == risk_id)
        return [(kind, by) for kind, by in tx.execute(query.order_by(risk_event.c.id))]


def presses(store: Store) -> list[tuple[str, int | None, str]]:
    """(act, by whom, outcome)."""
    with store.read() as tx:
        query = sa.select(press.c.act, press.c.staff_id, press.c.outcome).order_by(press.c.id)
        return [(act, by, outcome) for act, by, outcome in tx.execute(query)]


def journaled(store: Store, what: str) -> list[tuple[int | None, str, dict[str, Any]]]:
    with store.read() as tx:
        query = sa.select(journal.c.by_staff, journal.c.subject, journal.c.after).where(journal.c.what == what)
        return [(by, subject, after) for by, subject, after in tx.execute(query.order_by(journal.c.id))]


def steps(store: Store) -> list[tuple[int, int | None, bool]]:
    """(step, to whom, ended) of all escalations."""
    with store.read() as tx:
        query = sa.select(escalation.c.step, escalation.c.staff_id, escalation.c.ended_at).order_by(escalation.c.id)
        return [(step, who, ended is not None) for step, who, ended in tx.execute(query)]


def messages(store: Store) -> list[tuple[str, str]]:
    """(chat, remote id) of the remembered messages."""
    with store.read() as tx:
        query = sa.select(chat_message.c.chat, chat_message.c.remote_id).order_by(chat_message.c.id)
        return [(chat, remote) for chat, remote in tx.execute(query)]


def personal(store: Store, contact_ids: Sequence[int]) -> list[WaitingLine]:
    """Unsent lines to contacts."""
    with store.read() as tx:
        return [line for number in contact_ids for line in waiting_lines(tx, f"contact:{number}")]
