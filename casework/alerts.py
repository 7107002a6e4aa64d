"""Alert lines leave the house: claimed with a lease, grouped and throttled per chat, sent at least once, never lost."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from casework.chat_hours import open_levels
from casework.chat_parcels import Parcel, parcels_of
from casework.personal import PREFIX, note_contact, personal_chats
from casework.roles import Act, require
from casework.runs import owner_name
from casework.work import Work
from district.profile import AlertChat
from reports.alert import CRITICAL
from reports.message import Sender, SendFailed, SendRefused
from reports.send import Senders
from storage.engine import Tx
from storage.find.outbox import ChatState, WaitingLine, chat_states, due_chats, lately, waiting_lines
from storage.keep.chatting import add_message
from storage.keep.delivery import give_back, keep_told, mark_refused, note_warning, refuse_chat, send_again, settle
from storage.keep.journal import add_journal
from storage.keep.outbox import OutboxLine, claim_lines, mark_failed, mark_sent

LEASE = timedelta(minutes=5)
"""Longer than the slowest round of one chat: 10 messages of 20 s each (reports.senders.http)."""
WINDOW = timedelta(minutes=1)
"""What `per_minute` of a chat counts in."""
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=1)
"""After failures a chat is tried 5, 10, 20, 40, 60, 60 … s later: one try a minute harms nobody, and a night is not lost."""
MOST_AT_ONCE = 200
_TROUBLES_SHOWN = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True)
class Delivered:
    """What one round of sending came to, in lines."""

    sent: int = 0
    messages: int = 0
    """Lines may be grouped, so there are at most as many messages as lines sent."""
    failed: int = 0
    """Will be tried again."""
    refused: int = 0
    """Wait for staff: the chat will not take them."""
    held: int = 0
    """Due, but their chat has had enough for this minute or rests after a failure."""
    errors: list[str] = field(default_factory=list)
    """Reasons in Russian, without tokens."""

    def add(self, other: Delivered) -> None:
        """Add another chat's outcome."""
        self.sent += other.sent
        self.messages += other.messages
        self.failed += other.failed
        self.refused += other.refused
        self.held += other.held
        self.errors += other.errors


def deliver_once(work: Work, senders: Senders, desk: str = "", owner: str = "") -> Delivered:
    """Send what is due at `work.now`, the chats side by side, and return what became of it.

    A line is marked as sent after its chat has it: killed in between it is sent again with the same number, never lost.
    `desk` is the address of the staff's pages for links to cards ("" leaves them out), `owner` who holds the leases.
    """
    done = Delivered()
    with work.store.read() as tx:
        due = due_chats(tx, work.now)
        known = {chat.id: chat for chat in work.profile.chats} | personal_chats(tx, due)
    for stranger in [chat_id for chat_id in due if chat_id not in known]:
        done.add(_refuse_stranger(work, stranger))
    chats = [known[chat_id] for chat_id in due if chat_id in known]
    if len(chats) > 1:
        # A chat that does not answer must not keep the others waiting.
        with ThreadPoolExecutor(len(chats), thread_name_prefix="otklik-chat") as pool:
            rounds = list(
                pool.map(lambda chat: _deliver(work, chat, senders[chat.kind], desk, owner or owner_name()), chats)
            )
    else:
        rounds = [_deliver(work, chat, senders[chat.kind], desk, owner or owner_name()) for chat in chats]
    for one in rounds:
        done.add(one)
    return done


def pending(work: Work, chat: str, limit: int = 50) -> tuple[WaitingLine, ...]:
    """Return unsent lines of a chat, refused ones too, in the order in which they will leave."""
    require(work.by, Act.SEE_ALERTS)
    with work.store.read() as tx:
        return waiting_lines(tx, chat, limit)


def troubles(work: Work) -> tuple[ChatState, ...]:
    """Return the chats that refuse, fail, or have waited for more than LEASE: what the desk shows as a banner."""
    chats = {chat.id: chat for chat in work.profile.chats}
    with work.store.read() as tx:
        states = chat_states(tx, work.now - _TROUBLES_SHOWN)
        return tuple(s for s in states if s.refused or s.reason or _stands_still(tx, work, s, chats.get(s.chat)))


def _stands_still(tx: Tx, work: Work, state: ChatState, chat: AlertChat | None) -> bool:
    """Tell whether lines have waited for longer than LEASE; those that wait for the morning are meant to."""
    if state.oldest is None or work.now - state.oldest <= LEASE:
        return False
    if chat is None:
        return True
    told = open_levels(work, chat)
    return any(
        work.now - line.created_at > LEASE and line.level in told
        for line in waiting_lines(tx, state.chat, MOST_AT_ONCE)
        if not line.refused
    )


def resend_refused(work: Work, chat: str | None = None, newer_than: timedelta = timedelta(days=1)) -> int:
    """Let refused lines of the last day be tried again, after the chat or the token was mended; return how many."""
    require(work.by, Act.RESEND_ALERTS)
    with work.store.write() as tx:
        count = send_again(tx, chat, work.now - newer_than, work.now)
        add_journal(tx, work.now, work.by.id, "alerts.sent_again", f"chat:{chat or 'все'}", {}, {"lines": count})
    return count


def settle_old(work: Work, before: datetime) -> int:
    """Mark lines written before a moment as sent without telling anybody (a loaded history); return how many."""
    with work.store.write() as tx:
        return settle(tx, before, work.now)


def _deliver(work: Work, chat: AlertChat, sender: Sender, desk: str, owner: str) -> Delivered:
    done = Delivered()
    lines, room = _claim(work, chat, owner)
    parcels, left, broken = parcels_of(work.profile.timezone, lines, room, desk)
    if broken:
        reason = "запись тревоги не читается: она сделана другой версией программы"
        _refuse(work, [line.id for line in broken], reason, done)
    spoilt: list[int] = []
    for number, parcel in enumerate(parcels):
        if parcel.ids[0] in spoilt:  # the rest of a text whose earlier part was not taken
            continue
        # Each message has a moment of its own, so that the next minute can count messages and not lines.
        refused = done.refused
        ended = _send(work.at(work.now + number * _MICROSECOND), chat, sender, parcel, done)
        if done.refused != refused:
            spoilt += parcel.ids
        if ended:
            rest = [line for other in parcels[number + 1 :] for line in other.lines]
            left += [line for line in _once(rest) if line.id not in parcel.ids]
            if ended is SendRefused:
                _refuse(work, [line.id for line in left], done.errors[-1], done)
                left = []
            break
    if left:
        with work.store.write() as tx:
            give_back(tx, [line.id for line in left])
        done.held += len(left)
    return done


def _once(lines: Sequence[OutboxLine]) -> list[OutboxLine]:
    """A long text stands in several parcels: its line is given back once."""
    return list({line.id: line for line in lines}.values())


def _claim(work: Work, chat: AlertChat, owner: str) -> tuple[Sequence[OutboxLine], int]:
    """Claim what may leave now; return the lines and how many more messages the chat takes this minute."""
    with work.store.write() as tx:
        now = lately(tx, chat.id, work.now - WINDOW, work.now)
        if now.held_until is not None and now.held_until - work.now <= timedelta(hours=1):
            return (), 0
        room = max(chat.per_minute - now.messages, 0)
        levels = open_levels(work, chat) if room else frozenset({CRITICAL})
        return claim_lines(tx, chat.id, MOST_AT_ONCE, work.now, owner, LEASE, levels=levels), room


def _send(work: Work, chat: AlertChat, sender: Sender, parcel: Parcel, done: Delivered) -> type[Exception] | None:
    """Send one message and write down how it went; return what ends the chat's round, or None to go on."""
    try:
        sent = sender.send(chat, parcel.message)
    except SendFailed as failure:
        _put_off(work, parcel, failure, done)
        return SendFailed
    except SendRefused as refusal:
        _refuse(work, parcel.ids, refusal.reason, done)
        with work.store.write() as tx:
            note_contact(tx, chat.id, work.now, refusal.reason)
        return SendRefused if refusal.whole_chat else None
    with work.store.write() as tx:
        if parcel.more:
            # The rest of a long text: should it fail, what the chat has already is not said again.
            keep_told(tx, parcel.ids[0], parcel.part)
            done.messages += 1
            return None
        mark_sent(tx, parcel.ids, work.now)
        note_contact(tx, chat.id, work.now)
        if parcel.risk_id is not None and sent.remote_id:
            add_message(tx, chat.id, parcel.risk_id, sent.remote_id, parcel.mark, work.now)
        if sent.note:
            note_warning(tx, parcel.ids, sent.note)
    done.sent += len(parcel.lines)
    done.messages += 1
    return None


def _put_off(work: Work, parcel: Parcel, failure: SendFailed, done: Delivered) -> None:
    tries = max(line.attempts for line in parcel.lines)
    wait = min(FIRST_WAIT * 2 ** min(tries - 1, 10), LONGEST_WAIT) if tries > 0 else FIRST_WAIT
    if failure.retry_after is not None:
        wait = max(timedelta(seconds=failure.retry_after), timedelta(seconds=1))
    with work.store.write() as tx:
        mark_failed(tx, parcel.ids, failure.reason, work.now + wait)
    done.failed += len(parcel.lines)
    done.errors.append(failure.reason)


def _refuse(work: Work, line_ids: list[int], reason: str, done: Delivered) -> None:
    if line_ids:
        with work.store.write() as tx:
            mark_refused(tx, line_ids, reason, work.now)
        done.refused += len(line_ids)
        done.errors.append(reason)


def _refuse_stranger(work: Work, chat: str) -> Delivered:
    """Lines of a chat that the profile no longer names would wait for ever without anybody knowing."""
    reason = f"чата «{chat}» нет в профиле округа: верните его в раздел [[chats]] или перешлите тревоги сами"
    if chat.startswith(PREFIX):
        reason = "сотрудник убрал этот контакт или больше не работает: сообщение осталось без получателя"
    with work.store.write() as tx:
        count = refuse_chat(tx, chat, reason, work.now)
    return Delivered(refused=count, errors=[reason])
