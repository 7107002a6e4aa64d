"""The work on a risk: facts of the check, who does which part, measures, and what of it all has a day to be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import assignment, contact, fact, measure, risk, risk_event, staff


@dataclass(frozen=True, slots=True)
class FactRow:
    """One answer that the check heard."""

    id: int
    risk_id: int
    question: str
    """Key of risk.checklists, or the officer's own words."""
    whom: str
    answer: str
    heard_at: datetime
    at: datetime
    by_staff: int
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """One part of a risk in somebody's hands."""

    id: int
    risk_id: int
    part: str
    """What of the problem; "" is all of it."""
    block: str | None
    official: str | None
    staff_id: int | None
    outside: str | None
    is_owner: bool
    state: str
    """open | done | returned | withdrawn"""
    due_at: datetime | None
    made_at: datetime
    made_by: int
    ended_at: datetime | None
    ended_by: int | None
    result: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure, taken or planned."""

    id: int
    risk_id: int
    answer_id: int | None
    kind: str
    """taken | planned"""
    what: str
    body: str
    due_on: date | None
    """A day of the district: by when it is promised, or when it was taken."""
    state: str
    """open | done | cancelled"""
    made_at: datetime
    made_by: int
    ended_at: datetime | None
    ended_by: int | None
    result: str
    reminded_at: datetime | None


@dataclass(frozen=True, slots=True)
class OfRisk:
    """What a list of many risks says of each."""

    risk_id: int
    number: str
    title: str
    level: int
    block: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose control items are asked for."""

    blocks: tuple[str, ...] | None = None
    """The only blocks that this person may see; None for all."""
    staff_id: int | None = None
    """This person: what is entrusted to them is seen whatever its block."""
    block: str | None = None
    """Only this block, as the person chose."""


_FACT, _PART, _MEASURE = tuple(FactRow.__slots__), tuple(AssignmentRow.__slots__), tuple(MeasureRow.__slots__)
_OF_RISK = (risk.c.id, risk.c.number, risk.c.title, risk.c.level, risk.c.block)


def facts_of(tx: Tx, risk_id: int) -> tuple[FactRow, ...]:
    """Return the facts of a risk in the order in which they were recorded, struck-out ones too."""
    query = sa.select(*(fact.c[n] for n in _FACT)).where(fact.c.risk_id == risk_id).order_by(fact.c.id)
    return tuple(FactRow(*row) for row in tx.execute(query))


def fact_by_id(tx: Tx, fact_id: int) -> FactRow | None:
    """Return one fact, or None."""
    row = tx.execute(sa.select(*(fact.c[n] for n in _FACT)).where(fact.c.id == fact_id)).one_or_none()
    return None if row is None else FactRow(*row)


def why_struck(tx: Tx, risk_id: int) -> dict[int, str]:
    """Return why facts of a risk were struck out, by the fact's id: the history has the reason."""
    query = (
        sa.select(risk_event.c.after, risk_event.c.note)
        .where(risk_event.c.risk_id == risk_id, risk_event.c.kind == "fact_withdrawn")
        .order_by(risk_event.c.id)
    )
    return {int(after["fact"]): note for after, note in tx.execute(query) if "fact" in after}


def assignments_of(tx: Tx, risk_id: int) -> tuple[AssignmentRow, ...]:
    """Return the parts of a risk in the order in which they were entrusted, ended ones too."""
    query = sa.select(*(assignment.c[n] for n in _PART)).where(assignment.c.risk_id == risk_id)
    return tuple(AssignmentRow(*row) for row in tx.execute(query.order_by(assignment.c.id)))


def assignment_by_id(tx: Tx, assignment_id: int) -> AssignmentRow | None:
    """Return one part, or None."""
    query = sa.select(*(assignment.c[n] for n in _PART)).where(assignment.c.id == assignment_id)
    row = tx.execute(query).one_or_none()
    return None if row is None else AssignmentRow(*row)


def entrusted(tx: Tx, risk_id: int, staff_id: int, blocks: Sequence[str]) -> bool:
    """Return whether an open part of a risk is in the hands of this person or of one of these blocks."""
    mine = sa.or_(assignment.c.staff_id == staff_id, assignment.c.block.in_(blocks))
    query = sa.select(assignment.c.id).where(assignment.c.risk_id == risk_id, assignment.c.state == "open", mine)
    return tx.execute(query.limit(1)).scalar() is not None


def measures_of(tx: Tx, risk_id: int) -> tuple[MeasureRow, ...]:
    """Return the measures of a risk in the order in which they were recorded, ended ones too."""
    query = sa.select(*(measure.c[n] for n in _MEASURE)).where(measure.c.risk_id == risk_id)
    return tuple(_measure(row) for row in tx.execute(query.order_by(measure.c.id)))


def measure_by_id(tx: Tx, measure_id: int) -> MeasureRow | None:
    """Return one measure, or None."""
    row = tx.execute(sa.select(*(measure.c[n] for n in _MEASURE)).where(measure.c.id == measure_id)).one_or_none()
    return None if row is None else _measure(row)


def open_measures(tx: Tx, scope: Scope, by: date | None = None, most: int = 500) -> list[tuple[MeasureRow, OfRisk]]:
    """Return the planned measures that are still open, with their risks, earliest day first.

    `by` leaves out what is promised for later days.
    """
    seen = [measure.c.state == "open", *_seen_measures(scope)]
    if by is not None:
        seen.append(measure.c.due_on <= by.isoformat())
    query = (
        sa.select(*(measure.c[n] for n in _MEASURE), *_OF_RISK)
        .join(risk, risk.c.id == measure.c.risk_id)
        .where(*seen)
        .order_by(measure.c.due_on, measure.c.id)
        .limit(most)
    )
    width = len(_MEASURE)
    return [(_measure(row[:width]), OfRisk(*row[width:])) for row in tx.execute(query)]


def open_assignments(tx: Tx, scope: Scope, most: int = 500) -> list[tuple[AssignmentRow, OfRisk]]:
    """Return the parts that are still open, with their risks, earliest term first and those without a term last."""
    query = (
        sa.select(*(assignment.c[n] for n in _PART), *_OF_RISK)
        .join(risk, risk.c.id == assignment.c.risk_id)
        .where(assignment.c.state == "open", *_seen_parts(scope))
        .order_by(assignment.c.due_at.is_(None), assignment.c.due_at, assignment.c.id)
        .limit(most)
    )
    width = len(_PART)
    return [(AssignmentRow(*row[:width]), OfRisk(*row[width:])) for row in tx.execute(query)]


def _seen_measures(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Whoever has a part of a risk sees what is promised about it."""
    wanted: list[sa.ColumnElement[bool]] = []
    if scope.blocks is not None:
        theirs = sa.select(assignment.c.risk_id).where(assignment.c.state == "open", _in_hand(scope, scope.blocks))
        wanted.append(sa.or_(risk.c.block.in_(scope.blocks), risk.c.id.in_(theirs)))
    if scope.block is not None:
        wanted.append(risk.c.block == scope.block)
    return wanted


def _seen_parts(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """The risk's own block sees all its parts; another one sees the part in its hands."""
    wanted: list[sa.ColumnElement[bool]] = []
    if scope.blocks is not None:
        wanted.append(sa.or_(risk.c.block.in_(scope.blocks), _in_hand(scope, scope.blocks)))
    if scope.block is not None:
        wanted.append(sa.func.coalesce(assignment.c.block, risk.c.block) == scope.block)
    return wanted


def _in_hand(scope: Scope, blocks: Sequence[str]) -> sa.ColumnElement[bool]:
    mine = assignment.c.staff_id == scope.staff_id if scope.staff_id is not None else sa.false()
    return sa.or_(mine, assignment.c.block.in_(blocks))


_WORKING_CONTACT = (contact.c.confirmed_at.is_not(None), contact.c.error == "")


def reachable(tx: Tx, staff_ids: Sequence[int]) -> frozenset[int]:
    """Return those members of staff who have proved a contact by which the product may reach them, one that works."""
    query = sa.select(contact.c.staff_id).where(contact.c.staff_id.in_(staff_ids), *_WORKING_CONTACT)
    return frozenset(tx.execute(query).scalars())


@dataclass(frozen=True, slots=True)
class Hand:
    """A member of staff as somebody to entrust work to."""

    id: int
    name: str
    roles: tuple[str, ...]
    blocks: tuple[str, ...]
    reachable: bool
    """A contact is proved: the product can reach them."""


def hands(tx: Tx) -> tuple[Hand, ...]:
    """Return the active members of staff by name, each with whether a contact is known."""
    known = sa.exists().where(contact.c.staff_id == staff.c.id, *_WORKING_CONTACT)
    query = sa.select(staff.c.id, staff.c.name_shown, staff.c.roles, staff.c.blocks, known).where(staff.c.active)
    rows = tx.execute(query.order_by(staff.c.name_shown, staff.c.id))
    return tuple(Hand(row[0], row[1], tuple(row[2]), tuple(row[3]), bool(row[4])) for row in rows)


def _measure(row: Sequence[Any]) -> MeasureRow:
    values = dict(zip(_MEASURE, row, strict=True))
    due = values["due_on"]
    return MeasureRow(**values | {"due_on": None if due is None else date.fromisoformat(due)})
