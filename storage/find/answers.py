"""Answers of a risk as staff see them, and those that wait for somebody's approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import answer, grp, measure, post, publication, risk

UNFINISHED = ("draft", "waiting", "returned")
"""States in which the text may still change."""
WAITING_SHOWN = 100


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer: a text, where it must stand, and how far it is."""

    id: int
    risk_id: int
    kind: str
    """holding («проверяем») | answer | update."""
    template: str | None
    """Id of the template (reports.replies) it was begun from."""
    text: str
    platforms: tuple[str, ...]
    """Ids of sources, and names of other places."""
    state: str
    """draft | waiting | approved | returned | withdrawn."""
    findings: tuple[dict[str, Any], ...]
    """What the check of the reply said (feedback.quality.Finding as plain values)."""
    made_at: datetime
    made_by: int
    """Who wrote the text as it stands."""
    changed_at: datetime
    decided_at: datetime | None
    decided_by: int | None
    note: str
    """Why it was returned or withdrawn, or why it was approved in spite of its findings."""
    version: int


@dataclass(frozen=True, slots=True)
class WaitingAnswer:
    """One line of the page «Ответы»."""

    answer: AnswerRow
    number: str
    title: str
    level: int
    block: str | None
    due_at: datetime
    asked_at: datetime


_FIELDS = tuple(answer.c[name] for name in AnswerRow.__slots__)


def _row(found: Any) -> AnswerRow:
    given = {name: getattr(found, name) for name in AnswerRow.__slots__}
    given["platforms"], given["findings"] = tuple(given["platforms"]), tuple(given["findings"])
    return AnswerRow(**given)


def answers_of(tx: Tx, risk_id: int) -> tuple[AnswerRow, ...]:
    """Return all answers of a risk, the newest first."""
    query = sa.select(*_FIELDS).where(answer.c.risk_id == risk_id).order_by(answer.c.id.desc())
    return tuple(_row(found) for found in tx.execute(query))


def answer_by_id(tx: Tx, answer_id: int) -> AnswerRow | None:
    """Return one answer, or None."""
    found = tx.execute(sa.select(*_FIELDS).where(answer.c.id == answer_id)).one_or_none()
    return None if found is None else _row(found)


def approved_answer(tx: Tx, risk_id: int, kinds: Sequence[str] = ("answer", "update")) -> AnswerRow | None:
    """Return the answer of these kinds that was approved last and still holds, or None."""
    query = (
        sa.select(*_FIELDS)
        .where(answer.c.risk_id == risk_id, answer.c.state == "approved", answer.c.kind.in_(kinds))
        .order_by(answer.c.decided_at.desc(), answer.c.id.desc())
        .limit(1)
    )
    found = tx.execute(query).one_or_none()
    return None if found is None else _row(found)


def waiting_answers(tx: Tx, staff_id: int | None, blocks: Sequence[str] | None) -> tuple[WaitingAnswer, ...]:
    """Return what waits for the approval of this person: not their own texts, the highest level and oldest first.

    `blocks` are the only blocks whose risks they may approve, None for all.
    """
    columns = (risk.c.number, risk.c.title, risk.c.level, risk.c.block, risk.c.due_at)
    query = (
        sa.select(*_FIELDS, *columns)
        .where(*_waiting(staff_id, blocks))
        .join_from(answer, risk, risk.c.id == answer.c.risk_id)
        .order_by(risk.c.level.desc(), answer.c.changed_at, answer.c.id)
        .limit(WAITING_SHOWN)
    )
    return tuple(
        WaitingAnswer(_row(r), r.number, r.title, r.level, r.block, r.due_at, r.changed_at) for r in tx.execute(query)
    )


def waiting_count(tx: Tx, staff_id: int | None, blocks: Sequence[str] | None) -> int:
    """Return how many answers wait for the approval of this person (as `waiting_answers`, without a limit)."""
    query = sa.select(sa.func.count()).select_from(answer).where(*_waiting(staff_id, blocks))
    return int(tx.execute(query.join_from(answer, risk, risk.c.id == answer.c.risk_id)).scalar_one())


def _waiting(staff_id: int | None, blocks: Sequence[str] | None) -> list[sa.ColumnElement[bool]]:
    wanted = [answer.c.state == "waiting", risk.c.is_open]
    if staff_id is not None:
        wanted.append(answer.c.made_by != staff_id)
    if blocks is not None:
        wanted.append(risk.c.block.in_(list(blocks)))
    return wanted


def publications_count(tx: Tx, answer_id: int) -> int:
    """Return in how many places an answer is recorded as published (withdrawn records left out)."""
    query = sa.select(sa.func.count()).select_from(publication)
    stands = query.where(publication.c.answer_id == answer_id, publication.c.state != "withdrawn")
    return int(tx.execute(stands).scalar_one())


def questions_asked(tx: Tx, risk_id: int, limit: int = 20) -> tuple[str, ...]:
    """Return the texts of the risk's first posts that ask something (they hold a question mark)."""
    query = (
        sa.select(post.c.text)
        .join(grp, grp.c.id == post.c.group_id)
        .where(grp.c.risk_id == risk_id, post.c.text.contains("?", autoescape=True))
        .order_by(post.c.id)
        .limit(limit)
    )
    return tuple(tx.execute(query).scalars())


def measures_told(tx: Tx, risk_id: int) -> tuple[tuple[str, str, str, str | None, str], ...]:
    """Return (kind, what, body, promised day or None, state) of the measures that are not cancelled, in order."""
    query = (
        sa.select(measure.c.kind, measure.c.what, measure.c.body, measure.c.due_on, measure.c.state)
        .where(measure.c.risk_id == risk_id, measure.c.state != "cancelled")
        .order_by(measure.c.id)
    )
    return tuple((r.kind, r.what, r.body, r.due_on, r.state) for r in tx.execute(query))
