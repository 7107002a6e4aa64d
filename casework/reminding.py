"""Reminds the chats of promised days: a chat has one message a day, a promise is told before its day and once after it."""

from __future__ import annotations

from datetime import date, timedelta

from casework.measures import in_whose_hands
from casework.telling import tell_text
from casework.work import Work
from district.profile import AlertChat
from reports.alert import chats_for
from reports.promised import PromisedLine, promised_text
from storage.engine import Tx
from storage.find.working import AssignmentRow, MeasureRow, OfRisk, Scope, open_assignments, open_measures
from storage.keep.events import NewEvent, add_events
from storage.keep.working import mark_reminded

MEASURE_REMINDED, PROMISED = "measure_reminded", "promised"
AHEAD = timedelta(days=1)
"""Told on the day before: there is still a working day to keep the word or to say honestly that it will be late."""

_Told = tuple[MeasureRow | AssignmentRow, OfRisk, PromisedLine]


def remind_measures(work: Work) -> int:
    """Tell the chats of open promises that are due tomorrow, today or overdue; return how many lines were written.

    Nothing leaves before the district's working day begins; a chat is told once a day, of the risks of its levels only.
    A part handed outside is told of on the day when we meant to ask again.
    """
    if work.now.astimezone(work.profile.timezone).time() < work.profile.hours.day_start:
        return 0
    today = work.today
    with work.store.write() as tx:
        due = [*_measures(tx, work, today), *_followed(tx, work, today)]
        if not due:
            return 0
        told: dict[int, MeasureRow] = {}
        lines = 0
        for chat in work.profile.chats:
            theirs = [one for one in due if chat in chats_for(work.profile, one[1].level)]
            written = _tell(tx, work, chat, theirs, today) if theirs else 0
            if written:
                lines += written
                told |= {one.id: one for one, _, _ in theirs if isinstance(one, MeasureRow)}
        _note(tx, work, list(told.values()))
    return lines


def _tell(tx: Tx, work: Work, chat: AlertChat, due: list[_Told], today: date) -> int:
    text = promised_text([line for _, _, line in due], today)
    level = max(of.level for _, of, _ in due)
    key = f"{PROMISED}:{today.isoformat()}"
    return tell_text(tx, work, key, text, risk_id=None, level=level, kind=PROMISED, chats=(chat.id,))


def _measures(tx: Tx, work: Work, today: date) -> list[_Told]:
    rows = open_measures(tx, Scope(), by=today + AHEAD, most=1000)
    return [
        (m, of, PromisedLine(of.number, m.what, m.body, m.due_on))
        for m, of in rows
        if m.due_on is not None and _to_be_told(m, m.due_on, today, work)
    ]


def _to_be_told(row: MeasureRow, due_on: date, today: date, work: Work) -> bool:
    """Not told yet; or told before its day, and the day has passed."""
    if row.reminded_at is None:
        return True
    told_on = row.reminded_at.astimezone(work.profile.timezone).date()
    return told_on <= due_on < today


def _followed(tx: Tx, work: Work, today: date) -> list[_Told]:
    zone = work.profile.timezone
    return [
        (a, of, PromisedLine(of.number, a.part or of.title, in_whose_hands(work.profile, a), today, outside=True))
        for a, of in open_assignments(tx, Scope())
        if a.outside and a.due_at is not None and a.due_at.astimezone(zone).date() == today
    ]


def _note(tx: Tx, work: Work, told: list[MeasureRow]) -> None:
    if told:
        mark_reminded(tx, [one.id for one in told], work.now)
        add_events(tx, [NewEvent(m.risk_id, work.now, None, MEASURE_REMINDED, {}, {"measure": m.what}) for m in told])
