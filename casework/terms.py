"""The clocks of a risk: started when it opens, ended by what is done, moved by its level and by pauses with a reason.

A clock that ran out stays owed until the thing is done or the risk is closed; `risk.due_at`, the queue's order, is the
nearest clock that is still owed. Callers are inside their own transaction; nothing here changes a risk's version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from casework.moves import load
from casework.work import Work
from district.profile import LevelRule
from district.workdays import WorkCalendar
from risk.duty import AT_OPENING, Clock, after_pauses, due
from risk.states import Veracity
from storage.engine import Tx
from storage.find.moves import RiskRow
from storage.find.terms import Deadline, deadlines_of, open_risk_ids
from storage.keep.events import NewEvent, add_events
from storage.keep.terms import NewTerm, add_deadlines, change_deadline, end_deadlines, move_deadlines, set_due

MET, LATE = "deadline_met", "deadline_late"
SPEAKING = (Clock.HOLDING, Clock.FIRST_LINE, Clock.NEXT_UPDATE)
"""Clocks that any published word of ours ends."""
WHOLE_ANSWER = "answer"
"""The kind of an answer that is final; `holding` and `update` are words on the way to it."""


def dues_at_opening(work: Work, level: int) -> dict[Clock, datetime]:
    """Return when each clock of a risk opened at `work.now` runs out at its level (0 counts as 1)."""
    rule, calendar = _rule(work, level), WorkCalendar.of(work.profile)
    found = {clock: due(rule, clock, work.now, calendar) for clock in AT_OPENING}
    return {clock: at for clock, at in found.items() if at is not None}


Dues = Mapping[int, Mapping[Clock, datetime]]
"""When each clock runs out, by level."""


def open_terms(tx: Tx, work: Work, risks: Sequence[tuple[int, int]], dues: Dues | None = None) -> None:
    """Start the clocks of risks just opened, given as (risk id, level), in one statement for all of them.

    Their `due_at` is the caller's to write: the earliest of `dues_at_opening`; who has asked for them already hands them
    over as `dues`: counting working days takes 0.2 ms a level.
    """
    if dues is None:
        dues = {level: dues_at_opening(work, level) for level in {level for _, level in risks}}
    add_deadlines(
        tx,
        [
            NewTerm(risk_id, clock.value, level, work.now, at)
            for risk_id, level in risks
            for clock, at in dues[level].items()
        ],
    )


def start_terms(tx: Tx, work: Work, risk_id: int) -> datetime:
    """Start the clocks of an open risk that has none yet, from its opening; return the nearest term.

    Terms that ran out before anybody counted them are marked as missed and told to nobody: an upgrade is no alarm.
    """
    row = load(tx, risk_id)
    known = deadlines_of(tx, [risk_id])[risk_id]
    if not known:
        known = _start(tx, work, row, row.opened_at)
    return _refresh(tx, work, row, known)


def restart_terms(tx: Tx, work: Work, risk_id: int) -> datetime:
    """Start all clocks anew, from now: the risk was reopened; return the nearest term."""
    row = load(tx, risk_id)
    _end(tx, work, deadlines_of(tx, [risk_id])[risk_id], "cancelled")
    return _refresh(tx, work, row, _start(tx, work, row, work.now))


def end_terms(tx: Tx, work: Work, risk_id: int) -> None:
    """End all clocks of a risk that is closed: dismissed, merged into another or worked off."""
    _end(tx, work, deadlines_of(tx, [risk_id])[risk_id], "cancelled")


def on_verified(tx: Tx, work: Work, risk_id: int) -> None:
    """Note that the fact was confirmed or refuted: the check is done, and «проверяем» has nothing left to say."""
    row, known = _timed(tx, work, risk_id)
    _done(tx, work, known, (Clock.VERIFY,))
    _end(tx, work, [d for d in known if d.kind == Clock.HOLDING], "cancelled")
    _refresh(tx, work, row)


def on_published(tx: Tx, work: Work, risk_id: int, answer_kind: str) -> None:
    """Note that an answer (holding, update or answer) stands somewhere: ends «проверяем», first line and next update.

    The whole answer ends the final term too. A first word on the way starts the final term anew, as the norm says («after
    an interim reply the final one in 7 working days», DOMAIN 1 [R SEV1]), and every such word starts the next update.
    Further publications of the same answer on other platforms end and start the same clocks: no harm.
    """
    row, known = _timed(tx, work, risk_id)
    first = next((d for d in known if d.kind == Clock.FIRST_LINE and d.is_open), None)
    if answer_kind == WHOLE_ANSWER:
        _done(tx, work, known, (*SPEAKING, Clock.FINAL))
        _refresh(tx, work, row)
        return
    _done(tx, work, known, SPEAKING)
    fresh = [Clock.NEXT_UPDATE] if any(d.kind == Clock.FINAL and d.is_open for d in known) else []
    if first is not None and fresh:
        _end(tx, work, [d for d in known if d.kind == Clock.FINAL], "cancelled")
        fresh.append(Clock.FINAL)
    _add(tx, work, row, fresh, work.now)
    _refresh(tx, work, row)


@dataclass(frozen=True, slots=True)
class Relevel:
    """A risk whose level has changed."""

    risk_id: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What a change of level did to the clocks of a risk."""

    nearest: datetime
    before: dict[str, Any]
    """Terms that moved, for the event that tells of the level: "due_" and the clock's name → ISO moment."""
    after: dict[str, Any]


def relevel(tx: Tx, work: Work, changes: Sequence[Relevel]) -> dict[int, Moved]:
    """Move the clocks of open risks to their new levels and return what moved; closed risks are left out.

    A higher level's term is counted from now and only ever comes nearer; a lower level's from the clock's start, and only
    ever goes further. The caller's event shows the terms before and after.
    """
    if not changes:
        return {}
    ids = [c.risk_id for c in changes]
    known, alive = deadlines_of(tx, ids), open_risk_ids(tx, ids)
    calendar = WorkCalendar.of(work.profile)
    found: dict[int, Moved] = {}
    moved: list[Deadline] = []
    for change in changes:
        if change.risk_id not in alive:
            continue
        have = known[change.risk_id] or _timed(tx, work, change.risk_id)[1]
        owed = [(d, _at_level(work, d, change, calendar)) for d in have if d.is_open]
        moved += [now for _, now in owed]
        told = [(then, now) for then, now in owed if now.is_open and now.due_at != then.due_at]
        found[change.risk_id] = Moved(
            nearest_term(work, [now for _, now in owed], change.after),
            {f"due_{then.kind}": then.due_at.isoformat() for then, _ in told},
            {f"due_{now.kind}": now.due_at.isoformat() for _, now in told},
        )
    # A crawl moves the levels of many risks at once: two statements for all of them.
    move_deadlines(tx, moved)
    set_due(tx, {risk_id: one.nearest for risk_id, one in found.items()})
    return found


def _at_level(work: Work, one: Deadline, change: Relevel, calendar: WorkCalendar) -> Deadline:
    """Return an owed clock as it stands at the new level; ended when that level has no such clock."""
    at = _due_at_level(work, one, change, _rule(work, change.after), calendar)
    if at is None:
        return replace(one, state="cancelled", ended_at=work.now, paused_at=None)
    return replace(one, level=change.after, due_at=at, **_begun_again(work, one, at))


def _due_at_level(
    work: Work, one: Deadline, change: Relevel, rule: LevelRule, calendar: WorkCalendar
) -> datetime | None:
    """Return when an owed clock runs out at the new level; None when that level has no such clock."""
    clock = Clock(one.kind)
    if change.after > change.before:
        soonest = due(rule, clock, one.paused_at or work.now, calendar)
        return min(one.due_at, soonest) if soonest is not None else None
    latest = after_pauses(rule, clock, one.started_at, [(p.begun, p.ended) for p in one.pauses], calendar)
    return max(one.due_at, latest) if latest is not None else None


def _begun_again(work: Work, one: Deadline, at: datetime) -> dict[str, Any]:
    """A term that moved away is warned of anew, and one that had run out runs again."""
    if at <= one.due_at or at <= work.now:
        return {}
    return {"warned_at": None} | ({"state": "running", "missed_at": None} if one.state == "missed" else {})


def _timed(tx: Tx, work: Work, risk_id: int) -> tuple[RiskRow, list[Deadline]]:
    """Return a risk and its clocks, which are started now if nobody has; a closed risk owes nothing."""
    row = load(tx, risk_id)
    known = deadlines_of(tx, [risk_id])[risk_id]
    return row, known if known or not row.is_open else _start(tx, work, row, row.opened_at)


def _start(tx: Tx, work: Work, row: RiskRow, start: datetime) -> list[Deadline]:
    """Start what a risk owes: who knows the fact already owes neither the check nor «проверяем»."""
    unknown = row.veracity == Veracity.UNCONFIRMED
    wanted = [c for c in AT_OPENING if unknown or c not in (Clock.VERIFY, Clock.HOLDING)]
    _add(tx, work, row, wanted, start)
    return deadlines_of(tx, [row.id])[row.id]


def _add(tx: Tx, work: Work, row: RiskRow, clocks: Sequence[Clock], start: datetime) -> None:
    rule, calendar = _rule(work, row.level), WorkCalendar.of(work.profile)
    terms = []
    for clock in clocks:
        at = due(rule, clock, start, calendar)
        if at is not None:
            late = at <= work.now
            state, missed = ("missed", at) if late else ("running", None)
            terms.append(NewTerm(row.id, clock.value, max(row.level, 1), start, at, state, missed))
    add_deadlines(tx, terms)


def _done(tx: Tx, work: Work, known: Sequence[Deadline], clocks: Sequence[Clock]) -> None:
    """End owed clocks of these kinds as met or as late, with an event for each of the two."""
    owed = [d for d in known if d.is_open and d.kind in clocks]
    late = [d for d in owed if d.state == "missed" or (d.state == "running" and d.due_at < work.now)]
    met = [d for d in owed if d not in late]
    end_deadlines(tx, [d.id for d in met], "met", work.now)
    end_deadlines(tx, [d.id for d in late], "missed", work.now)
    for d in late:
        if d.missed_at is None:
            change_deadline(tx, d.id, {"missed_at": d.due_at})
    told = [(MET, met), (LATE, late)]
    add_events(
        tx,
        [
            NewEvent(some[0].risk_id, work.now, work.by.id, kind, {}, {"terms": [d.kind for d in some]})
            for kind, some in told
            if some
        ],
    )


def _end(tx: Tx, work: Work, known: Sequence[Deadline], state: str) -> None:
    end_deadlines(tx, [d.id for d in known if d.is_open], state, work.now)


def _refresh(tx: Tx, work: Work, row: RiskRow, known: Sequence[Deadline] | None = None) -> datetime:
    """Write and return the nearest term that a risk still owes."""
    have = deadlines_of(tx, [row.id])[row.id] if known is None else known
    nearest = nearest_term(work, have, row.level)
    set_due(tx, {row.id: nearest})
    return nearest


def nearest_term(work: Work, known: Sequence[Deadline], level: int) -> datetime:
    """Return the nearest clock that goes on; where none does, the end of the quiet window of the level.

    So a risk whose clocks all stand or are done comes back to the eye when it could be closed, and is never lost.
    """
    going = [d.due_at for d in known if d.is_open and d.state != "paused"]
    return min(going, default=work.now + _rule(work, level).watch_for)


def _rule(work: Work, level: int) -> LevelRule:
    return work.profile.level(max(level, 1))


def pauses_json(one: Deadline, standing: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Return the pauses of a clock as stored, with the one that stands now at the end."""
    told: list[dict[str, Any]] = [
        {"from": p.begun.isoformat(), "to": p.ended.isoformat(), "reason": p.reason, "by": p.by} for p in one.pauses
    ]
    return told + ([dict(standing)] if standing else [])
