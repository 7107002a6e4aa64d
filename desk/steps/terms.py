"""The step «Сроки»: each clock of the risk with how much of it is gone, and the forms that stop it and let it go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup

from casework.roles import NO_BLOCK, Act
from desk.forms import Fields
from desk.pictures import term_bar
from desk.steps.step import Progress, Step
from desk.visit import Visit
from desk.wording import Term, span
from risk.duty import Clock
from risk.states import State
from storage.find.card import Card
from storage.find.names import staff_names
from storage.find.terms import Deadline, deadlines_of


@dataclass(frozen=True, slots=True)
class Line:
    """One clock in words."""

    id: int
    kind: str
    label: str
    due_at: datetime
    term: Term
    bar: Markup
    going: bool
    standing: bool
    paused_for: str
    pauses: tuple[str, ...]
    """What each pause was, a sentence each."""
    can_pause: bool
    can_resume: bool
    form: str
    """What the pause form of this clock is called, so that a refused one is shown open."""


def terms(found: Card, visit: Visit, typed: Fields) -> Step | None:
    """Return the step: clocks still owed first, then those that are over; nothing for a risk that never had any."""
    with visit.desk.store.read() as tx:
        known = deadlines_of(tx, [found.row.id])[found.row.id]
        names = staff_names(tx) if any(d.pauses for d in known) else {}
    if not known:
        return None
    may_pause = State(found.row.state).is_open and visit.may(Act.PAUSE_CLOCK, found.row.block or NO_BLOCK)
    owed = sorted((d for d in known if d.is_open), key=lambda d: (d.state == "paused", d.due_at))
    over = [d for d in known if not d.is_open]
    facts: dict[str, Any] = {
        "owed": [_line(d, visit, names, may_pause) for d in owed],
        "over": [_line(d, visit, names, may_pause) for d in over],
        "opened": typed.text("deadline"),
    }
    return Step("terms", "Сроки", _progress(owed, visit), _summary(owed, visit), "step_terms.html", facts)


def _line(one: Deadline, visit: Visit, names: dict[int, str], may_pause: bool) -> Line:
    standing = one.is_open and one.state == "paused"
    going = one.is_open and not standing
    return Line(
        id=one.id, kind=one.kind, label=Clock(one.kind).label, due_at=one.due_at, term=_term(one, visit), going=going,
        bar=_bar(one, visit), standing=standing, paused_for=one.paused_for, form=f"pause-{one.id}",
        pauses=tuple(_pause(p.begun, p.ended, p.reason, names.get(p.by or 0, "сотрудник"), visit) for p in one.pauses),
        can_pause=may_pause and going and one.due_at > visit.work.now, can_resume=may_pause and standing,
    )  # fmt: skip


def _pause(begun: datetime, ended: datetime, reason: str, by: str, visit: Visit) -> str:
    hours = visit.hours
    return f"стоял с {hours.at(begun)} до {hours.at(ended)} ({span(ended - begun)}): «{reason}» — {by}"


def _term(one: Deadline, visit: Visit) -> Term:
    """Say how a clock stands: what is left, that it stands, or how it ended."""
    hours = visit.hours
    if one.ended_at is not None:
        said = {
            "met": Term(f"выдержан: {hours.at(one.ended_at)}", "calm"),
            "missed": Term(f"сделано {hours.at(one.ended_at)}, с опозданием на {span(_length(one.due_at, one.ended_at))}", "late"),
            "cancelled": Term("больше не нужен", "calm"),
        }  # fmt: skip
        return said.get(one.state, Term(one.state, "calm"))
    if one.state == "paused" and one.paused_at is not None:
        left = span(_length(one.paused_at, one.due_at))
        return Term(f"приостановлен {hours.at(one.paused_at)}, оставалось {left}", "soon")
    return hours.left(one.due_at)


def _length(start: datetime, end: datetime) -> timedelta:
    return max(end - start, timedelta(0))


def _bar(one: Deadline, visit: Visit) -> Markup:
    until = one.ended_at or one.paused_at or visit.work.now
    whole = (one.due_at - one.started_at).total_seconds()
    gone = (until - one.started_at).total_seconds()
    return term_bar(gone / whole if whole > 0 else 1.0, _term(one, visit).tone)


def _progress(owed: list[Deadline], visit: Visit) -> Progress:
    going = [d for d in owed if d.state != "paused"]
    if any(d.due_at <= visit.work.now for d in going):
        return Progress.TROUBLE
    return Progress.NOW if owed else Progress.DONE


def _summary(owed: list[Deadline], visit: Visit) -> str:
    going = [d for d in owed if d.state != "paused"]
    if going:
        nearest = min(going, key=lambda d: d.due_at)
        return f"{Clock(nearest.kind).label}: {visit.hours.left(nearest.due_at).text}"
    return "все приостановлены" if owed else "ничего не ждёт"
