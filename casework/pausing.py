"""A clock of a risk stands only for a reason that everybody sees, and goes on later by as much as it stood."""

from __future__ import annotations

from datetime import datetime

from casework.errors import BadMove
from casework.moves import begin, reasoned
from casework.roles import Act
from casework.terms import nearest_term, pauses_json
from casework.work import Work
from district.workdays import WorkCalendar
from risk.duty import Clock, moved
from storage.engine import Tx
from storage.find.moves import RiskRow
from storage.find.terms import Deadline, deadlines_of
from storage.keep.events import NewEvent, add_events
from storage.keep.risks import change_risk
from storage.keep.terms import change_deadline

PAUSED, RESUMED = "deadline_paused", "deadline_resumed"


def pause(work: Work, risk_id: int, version: int, deadline_id: int, reason: str) -> int:
    """Stop a running clock of a risk for a reason; return the risk's new version.

    BadMove for a clock that has run out (a missed term is not undone by a pause), stands already or has ended.
    """
    said = reasoned(reason, "почему срок приостановлен")
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.PAUSE_CLOCK)
        one = _of(tx, row, deadline_id)
        if one.state == "paused":
            raise BadMove(f"Срок «{Clock(one.kind).label}» уже приостановлен. Обновите карточку.")
        if one.state == "missed" or one.due_at <= work.now:
            raise BadMove(f"Срок «{Clock(one.kind).label}» уже вышел: приостановить можно только идущий.")
        standing = {"from": work.now.isoformat(), "to": None, "reason": said, "by": work.by.id}
        values = {"state": "paused", "paused_at": work.now, "pauses": pauses_json(one, standing)}
        change_deadline(tx, one.id, values)
        return _told(tx, work, row, PAUSED, said, one, None)


def resume(work: Work, risk_id: int, version: int, deadline_id: int, note: str = "") -> int:
    """Let a paused clock go on: its term moves by the time it stood; return the risk's new version."""
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.PAUSE_CLOCK)
        one = _of(tx, row, deadline_id)
        if one.paused_at is None:
            raise BadMove(f"Срок «{Clock(one.kind).label}» не приостановлен. Обновите карточку.")
        rule, calendar = work.profile.level(max(row.level, 1)), WorkCalendar.of(work.profile)
        at = moved(rule, Clock(one.kind), one.due_at, one.paused_at, work.now, calendar)
        ended = {
            "from": one.paused_at.isoformat(), "to": work.now.isoformat(), "reason": one.paused_for, "by": one.paused_by,
        }  # fmt: skip
        values = {"state": "running", "paused_at": None, "due_at": at, "pauses": pauses_json(one, ended)}
        change_deadline(tx, one.id, values)
        return _told(tx, work, row, RESUMED, note.strip(), one, at)


def _of(tx: Tx, row: RiskRow, deadline_id: int) -> Deadline:
    """Return an owed clock of this very risk; BadMove for any other."""
    one = next((d for d in deadlines_of(tx, [row.id])[row.id] if d.id == deadline_id), None)
    if one is None:
        raise BadMove("Такого срока у этого риска нет. Обновите карточку.")
    if not one.is_open:
        raise BadMove(f"Срок «{Clock(one.kind).label}» уже закончен. Обновите карточку.")
    return one


def _told(tx: Tx, work: Work, row: RiskRow, kind: str, note: str, one: Deadline, due_at: datetime | None) -> int:
    """Write the risk's nearest term and the event, which shows where the term was and where it is now."""
    nearest = nearest_term(work, deadlines_of(tx, [row.id])[row.id], row.level)
    version = change_risk(tx, row.id, row.version, work.now, {"due_at": nearest})
    name = f"due_{one.kind}"
    before = {name: one.due_at.isoformat()} if due_at else {}
    after = {"terms": [one.kind]} | ({name: due_at.isoformat()} if due_at else {})
    add_events(tx, [NewEvent(row.id, work.now, work.by.id, kind, before, after, note)])
    return version
