"""Staff hear of each term twice at most: once before it runs out, and once when it has run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casework.telling import tell_text
from casework.terms import start_terms
from casework.work import Work
from reports.wording import count, moment
from risk.duty import LEAST_AHEAD, MOST_AHEAD, Clock
from storage.engine import Tx
from storage.find.terms import DueTerm, due_terms, untimed_risks
from storage.keep.events import NewEvent, add_events
from storage.keep.terms import note_missed, note_warned

WARNED, MISSED = "deadline_warned", "deadline_missed"
STALE = timedelta(hours=24)
"""What ran out longer ago (the worker was down) goes into the history and onto the card only: no flood of old news."""
MOST_AT_ONCE = 500
"""Clocks told of in one transaction: a night's worth after a long stop goes out in a few rounds."""


def warn_terms(work: Work) -> int:
    """Warn of terms that run out soon and tell of those that have; return how many were told.

    Each is told once to the chats of its risk's level and written into the risk's history. One that ran out unwarned
    (the worker was down) is told as missed only.
    """
    with work.store.read() as tx:
        if not due_terms(tx, work.now, MOST_AHEAD, LEAST_AHEAD, 1):
            return 0
    with work.store.write() as tx:
        found = due_terms(tx, work.now, MOST_AHEAD, LEAST_AHEAD, MOST_AT_ONCE)
        missed = [t for t in found if t.due_at <= work.now]
        near = [t for t in found if t.due_at > work.now]
        note_missed(tx, [t.id for t in missed], work.now)
        note_warned(tx, [t.id for t in near], work.now)
        _tell(tx, work, missed, MISSED)
        _tell(tx, work, near, WARNED)
    return len(found)


def start_untimed(work: Work, limit: int = 200) -> int:
    """Start the clocks of open risks that have none (opened by an earlier version); return how many risks there were."""
    with work.store.read() as tx:
        if not untimed_risks(tx, 1):
            return 0
    with work.store.write() as tx:
        found = untimed_risks(tx, limit)
        for one in found:
            start_terms(tx, work, one.id)
    return len(found)


def _tell(tx: Tx, work: Work, terms: Sequence[DueTerm], kind: str) -> None:
    events = []
    for term in terms:
        told = {"terms": [term.kind], "due_at": term.due_at.isoformat()}
        events.append(NewEvent(term.risk_id, work.now, work.by.id, kind, {}, told))
        if work.now - term.due_at > STALE:
            continue
        # The moment is part of the key: a term that was moved away and comes again is news.
        key = f"term:{term.id}:{int(term.due_at.timestamp())}:{kind}"
        text = term_line(term, work.now, work.profile.timezone)
        tell_text(tx, work, key, text, risk_id=term.risk_id, level=term.level, kind=kind)
    add_events(tx, events)


def term_line(term: DueTerm, now: datetime, zone: ZoneInfo) -> str:
    """Return what the chats are told of a term, in the time of a zone: what is due, by when, for which risk."""
    what, at = Clock(term.kind).label, moment(term.due_at, zone)
    if term.due_at > now:
        minutes = max(1, int((term.due_at - now).total_seconds() // 60))
        head = f"Скоро срок: {what} — до {at}, осталось {count(minutes, 'минута', 'минуты', 'минут')}"
    else:
        head = f"Срок пропущен: {what} — был до {at}"
    return f"{head}\nРиск {term.number}: {term.title}"
