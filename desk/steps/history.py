"""The step «История»: whether every link of the journal holds, and the way to take it out."""

from __future__ import annotations

from casework.history import verify_history
from casework.roles import NO_BLOCK, Act
from desk.forms import Fields
from desk.steps.step import Progress, Step
from desk.visit import Visit
from reports.wording import count
from storage.find.card import Card


def history(found: Card, visit: Visit, typed: Fields) -> Step:
    """Return the step; only this risk's own events are checked."""
    report = verify_history(visit.work, found.row.id)
    broken = report.broken[0] if report.broken else None
    total = count(report.events, "запись", "записи", "записей")
    facts = {
        "broken": broken,
        "total": total,
        "can_export": visit.may(Act.EXPORT_HISTORY, found.row.block or NO_BLOCK),
    }
    summary = f"{total}, цепочка цела" if broken is None else "цепочка нарушена"
    return Step(
        "history", "История", Progress.DONE if broken is None else Progress.TROUBLE, summary, "step_history.html", facts
    )
