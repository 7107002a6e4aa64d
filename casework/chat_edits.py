"""Sent alerts are brought up to date in place: what changed about the risk shows in the chat, without a new message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.chat_marks import mark_of
from casework.personal import personal_chats
from casework.telling import alert_facts
from casework.work import Work
from district.profile import AlertChat
from reports.alert import AlertFacts, alert_line
from reports.buttons import buttons_under
from reports.message import Edited, Editor, Message, SendFailed, SendRefused
from reports.send import Senders
from storage.engine import Tx
from storage.find.chatting import MessageRow, edits_waiting, messages_by_id, messages_to_look
from storage.find.risks import sources_told
from storage.find.staff import staff_list
from storage.find.telling import risks_told
from storage.find.terms import first_lines
from storage.find.untaken import Untaken, risks_now
from storage.keep.chatting import claim_edits, note_edit, put_off_edit, want_edits

EVERY = timedelta(minutes=1)
"""One message is changed at most this often."""
LOOK_BACK = timedelta(days=2)
"""Telegram lets bots edit for 48 hours, MAX for 24; the rest is answered with «can't be edited» once."""
LEASE = timedelta(minutes=2)
AT_ONCE = 20
_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Now:
    """A risk as its message should tell it now."""

    facts: AlertFacts
    risk: Untaken


def notice_changes(work: Work) -> int:
    """Note which sent alerts no longer say what is true; return how many. They are edited by `edit_due`."""
    with work.store.read() as tx:
        rows = messages_to_look(tx, work.now - LOOK_BACK)
        now = _risks_now(tx, work, [row.risk_id for row in rows], with_sources=False)
    stale = [row for row in rows if row.risk_id in now and mark_of(now[row.risk_id].facts) != row.shown]
    if stale:
        with work.store.write() as tx:
            for row in stale:
                want_edits(tx, [row.id], max(work.now, row.edited_at + EVERY) if row.edited_at else work.now)
    return len(stale)


def edit_due(work: Work, senders: Senders, desk: str = "") -> int:
    """Change the messages whose time has come; return how many were changed. Raises nothing of the senders."""
    with work.store.read() as tx:
        if not edits_waiting(tx, work.now):
            return 0
    with work.store.write() as tx:
        ids = claim_edits(tx, work.now, LEASE, AT_ONCE)
        rows = messages_by_id(tx, ids)
        now = _risks_now(tx, work, [row.risk_id for row in rows], with_sources=True)
        chats = {chat.id: chat for chat in work.profile.chats} | personal_chats(tx, [row.chat for row in rows])
    return sum(_edit(work, senders, desk, row, chats, now) for row in rows)


def _edit(
    work: Work, senders: Senders, desk: str, row: MessageRow, chats: Mapping[str, AlertChat], now: Mapping[int, _Now]
) -> bool:
    chat, fresh = chats.get(row.chat), now.get(row.risk_id)
    sender = senders.get(chat.kind) if chat is not None else None
    if chat is None or fresh is None or not isinstance(sender, Editor):
        return _never(work, row, "править нечем: чата или риска больше нет")
    facts, risk = fresh.facts, fresh.risk
    buttons = buttons_under(risk.id, risk.level, risk.emergency, waiting=risk.waits(work.now), is_open=risk.is_open)
    message = Message(f"edit-{row.id}", alert_line(facts, work.profile.timezone, desk), (), buttons)
    try:
        outcome = sender.edit(chat, row.remote_id, message)
    except SendFailed as failure:
        wait = timedelta(seconds=failure.retry_after) if failure.retry_after else _AGAIN
        with work.store.write() as tx:
            put_off_edit(tx, row.id, "", work.now + wait)
        return False
    except SendRefused as refusal:
        return _never(work, row, refusal.reason)
    if outcome is Edited.NEVER:
        return _never(work, row, "площадка больше не даёт править это сообщение")
    with work.store.write() as tx:
        note_edit(tx, row.id, mark_of(facts), work.now)
    return outcome is Edited.DONE


def _never(work: Work, row: MessageRow, why: str) -> bool:
    with work.store.write() as tx:
        put_off_edit(tx, row.id, why, None)
    return False


def _risks_now(tx: Tx, work: Work, risk_ids: Sequence[int], *, with_sources: bool) -> dict[int, _Now]:
    ids = sorted(set(risk_ids))
    if not ids:
        return {}
    risks = risks_now(tx, ids)
    names = {row.id: row.name_shown for row in staff_list(tx)}
    sources = sources_told(tx, ids) if with_sources else {i: [] for i in ids}
    promised: Mapping[int, datetime] = first_lines(tx, ids)
    found = {}
    for told in risks_told(tx, ids):
        facts = alert_facts(work, told, sources[told.id], "now", promised.get(told.id))
        owner = _owner(risks[told.id], names, work.now)
        found[told.id] = _Now(AlertFacts.unpack(facts.pack() | {"owner": owner}), risks[told.id])
    return found


def _owner(risk: Untaken, names: Mapping[int, str], now: datetime) -> str:
    """Who works on it: who began, else who holds it for the moment."""
    held = risk.taken_by if risk.taken_until is not None and risk.taken_until > now else None
    found = held if risk.is_waiting else risk.owner_staff or held
    return names.get(found, "") if found is not None else ""
