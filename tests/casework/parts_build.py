"""What tests of parts and measures ask of the store, and a promise made in one line."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from casework.parts import (
    record_measure,
)
from casework.work import Work
from storage.engine import Store
from storage.find.outbox import waiting_lines
from storage.find.working import (
    AssignmentRow,
    MeasureRow,
    assignments_of,
    measures_of,
)
from tests.casework.risk_build import card_of, risk_of
from tests.casework.staff_build import NOW

LATER = NOW + timedelta(days=2)
TODAY = date(2026, 11, 21)


def parts(store: Store, risk_id: int) -> tuple[AssignmentRow, ...]:
    with store.read() as tx:
        return assignments_of(tx, risk_id)


def measures(store: Store, risk_id: int) -> tuple[MeasureRow, ...]:
    with store.read() as tx:
        return measures_of(tx, risk_id)


def owners(store: Store, risk_id: int) -> list[str | None]:
    return [a.block or a.official or str(a.staff_id) for a in parts(store, risk_id) if a.state == "open" and a.is_owner]


def told(store: Store) -> list[str]:
    with store.read() as tx:
        return [str(line.body["text"]) for line in waiting_lines(tx, "duty") if line.kind == "promised"]


def last(store: Store, risk_id: int) -> Any:
    return card_of(store, risk_id).events[-1]


def planned(work: Work, risk_id: int, what: str, due_on: date) -> None:
    version = risk_of(work.store, risk_id).version
    record_measure(work, risk_id, version, kind="planned", what=what, body="Водоканал", due_on=due_on)
