"""Writes the work on a risk: facts of the check, who does which part, measures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import assignment, fact, measure


def add_fact(
    tx: Tx, risk_id: int, question: str, whom: str, answer: str, heard_at: datetime, at: datetime, by_staff: int
) -> int:
    """Write a fact; return its id."""
    row = {"risk_id": risk_id, "question": question, "whom": whom, "answer": answer, "heard_at": heard_at}
    made = sa.insert(fact).values(row | {"at": at, "by_staff": by_staff}).returning(fact.c.id)
    return int(tx.execute(made).scalar_one())


def strike_fact(tx: Tx, fact_id: int, at: datetime) -> bool:
    """Strike a fact out; return whether it stood until now."""
    query = sa.update(fact).where(fact.c.id == fact_id, fact.c.withdrawn_at.is_(None)).values(withdrawn_at=at)
    return tx.execute(query.returning(fact.c.id)).scalar() is not None


def add_assignment(
    tx: Tx,
    risk_id: int,
    *,
    part: str,
    block: str | None,
    official: str | None,
    staff_id: int | None,
    outside: str | None,
    is_owner: bool,
    due_at: datetime | None,
    at: datetime,
    by_staff: int,
) -> int:
    """Write an open part of a risk; return its id."""
    row = {
        "risk_id": risk_id, "part": part, "block": block, "official": official, "staff_id": staff_id,
        "outside": outside, "is_owner": is_owner, "state": "open", "due_at": due_at, "made_at": at, "made_by": by_staff,
    }  # fmt: skip
    return int(tx.execute(sa.insert(assignment).values(row).returning(assignment.c.id)).scalar_one())


def close_assignment(tx: Tx, assignment_id: int, state: str, result: str, at: datetime, by_staff: int) -> bool:
    """End an open part as done, returned or withdrawn; return whether it was open until now."""
    query = (
        sa.update(assignment)
        .where(assignment.c.id == assignment_id, assignment.c.state == "open")
        .values(state=state, result=result, ended_at=at, ended_by=by_staff)
        .returning(assignment.c.id)
    )
    return tx.execute(query).scalar() is not None


def set_owner(tx: Tx, risk_id: int, assignment_id: int | None) -> None:
    """Make one open part of a risk the owner's, and no other."""
    is_it = assignment.c.id == (0 if assignment_id is None else assignment_id)
    query = sa.update(assignment).where(assignment.c.risk_id == risk_id, assignment.c.state == "open")
    tx.execute(query.values(is_owner=is_it))


def add_measure(
    tx: Tx,
    risk_id: int,
    *,
    kind: str,
    what: str,
    body: str,
    due_on: date | None,
    state: str,
    answer_id: int | None,
    at: datetime,
    by_staff: int,
) -> int:
    """Write a measure, planned and open or taken and done; return its id."""
    row = {
        "risk_id": risk_id, "kind": kind, "what": what, "body": body, "state": state, "answer_id": answer_id,
        "due_on": None if due_on is None else due_on.isoformat(), "made_at": at, "made_by": by_staff,
    }  # fmt: skip
    if state != "open":
        row |= {"ended_at": at, "ended_by": by_staff}
    return int(tx.execute(sa.insert(measure).values(row).returning(measure.c.id)).scalar_one())


def close_measure(tx: Tx, measure_id: int, state: str, result: str, at: datetime, by_staff: int) -> bool:
    """End an open measure as done or cancelled; return whether it was open until now."""
    query = (
        sa.update(measure)
        .where(measure.c.id == measure_id, measure.c.state == "open")
        .values(state=state, result=result, ended_at=at, ended_by=by_staff)
        .returning(measure.c.id)
    )
    return tx.execute(query).scalar() is not None


def move_due_day(tx: Tx, measure_id: int, due_on: date) -> bool:
    """Give an open measure another day, of which nobody has been reminded yet; return whether it was open."""
    query = (
        sa.update(measure)
        .where(measure.c.id == measure_id, measure.c.state == "open")
        .values(due_on=due_on.isoformat(), reminded_at=None)
        .returning(measure.c.id)
    )
    return tx.execute(query).scalar() is not None


def mark_reminded(tx: Tx, measure_ids: Sequence[int], at: datetime) -> None:
    """Note that measures were reminded of."""
    tx.execute(sa.update(measure).where(measure.c.id.in_(measure_ids)).values(reminded_at=at))


def carry_over(tx: Tx, from_ids: Sequence[int], into_id: int) -> None:
    """Give the facts, parts and measures of joined risks to the one that stays; its owner stays the owner."""
    for table in (fact, assignment, measure):
        tx.execute(sa.update(table).where(table.c.risk_id.in_(from_ids)).values(risk_id=into_id))
    standing = sa.select(sa.func.min(assignment.c.id)).where(
        assignment.c.risk_id == into_id, assignment.c.state == "open", assignment.c.outside.is_(None)
    )
    owned = standing.where(assignment.c.is_owner)
    set_owner(tx, into_id, tx.execute(owned).scalar() or tx.execute(standing).scalar())
