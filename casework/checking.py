"""What a check heard: each answer is a fact with who said it and when; a mistake is struck out and stays visible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from casework.entrusted import begin_part
from casework.errors import BadMove, UnknownSubject
from casework.moves import finish, load, reasoned, step
from casework.roles import Act
from casework.work import Work
from risk.checklists import in_words
from risk.states import Event, State
from storage.engine import Tx
from storage.find.moves import RiskRow
from storage.find.working import fact_by_id
from storage.keep.working import add_fact, strike_fact

FACT_RECORDED, FACT_WITHDRAWN = "fact_recorded", "fact_withdrawn"
CLOCK_DRIFT = timedelta(minutes=5)
"""A clock on the officer's wall may be ahead of ours by so much; a later moment is a slip of the pen."""
OLDEST = timedelta(days=366)
"""What a service said more than a year ago does not check a risk of today."""
LONGEST_WHOM = 300
_BEGINS = frozenset({State.FOUND, State.REOPENED})
"""In these states the first fact begins the verification; later ones add to it and move nothing."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer as it was heard."""

    question: str
    """Key of risk.checklists, or the officer's own words."""
    whom: str
    """Who said it: a service or a post."""
    answer: str
    at: datetime | None = None
    """Aware; None for now."""


def record_fact(
    work: Work, risk_id: int, version: int, question: str, whom: str, answer: str, heard_at: datetime | None = None
) -> int:
    """Record one answer; return the new version of the risk. See record_facts."""
    return record_facts(work, risk_id, version, [Heard(question, whom, answer, heard_at)])


def record_facts(work: Work, risk_id: int, version: int, heard: Sequence[Heard]) -> int:
    """Record answers, all of them or none; return the new version of the risk.

    The first fact of a risk that was only found begins its verification, in the name of who recorded it. Raises
    ReasonNeeded for an empty field, BadMove for a moment that has not come, for nothing to record and for a closed risk,
    and what every move raises.
    """
    facts = [_checked(work, one) for one in heard]
    if not facts:
        raise BadMove("Записывать нечего: впишите хотя бы один ответ.")
    with work.store.write() as tx:
        row = begin_part(tx, work, risk_id, version, Act.VERIFY)
        _refuse_closed(row)
        row = _begun(tx, work, row)
        for one in facts:
            row = replace(row, version=_recorded(tx, work, row, one))
        return row.version


def _checked(work: Work, one: Heard) -> Heard:
    answer = reasoned(one.answer, "что ответили")
    question, whom = reasoned(one.question, "вопрос"), reasoned(one.whom, "кто сказал — должность или служба")
    if len(whom) > LONGEST_WHOM:
        raise BadMove(f"Слишком длинно: кто сказал — не больше {LONGEST_WHOM} знаков. Подробности запишите в ответ.")
    at = work.now if one.at is None else one.at
    if at > work.now + CLOCK_DRIFT:
        raise BadMove("Время ответа ещё не наступило. Проверьте день и час.")
    if at < work.now - OLDEST:
        raise BadMove("Ответ старше года. Проверьте год.")
    return Heard(question, whom, answer, at)


def _recorded(tx: Tx, work: Work, row: RiskRow, one: Heard) -> int:
    at = one.at or work.now
    fact_id = add_fact(tx, row.id, one.question, one.whom, one.answer, at, work.now, work.by.id or 0)
    told = {"question": in_words(one.question), "whom": one.whom, "heard_at": at, "fact": fact_id}
    return finish(tx, work, row, FACT_RECORDED, {}, one.answer, told)


def withdraw_fact(work: Work, risk_id: int, version: int, fact_id: int, reason: str) -> int:
    """Strike a fact out: it stays on the card with the reason and no longer counts; return the new version.

    Raises UnknownSubject for a fact that this risk does not have, BadMove for one that is struck out already.
    """
    why = reasoned(reason, "почему факт вычёркивается")
    with work.store.write() as tx:
        row = begin_part(tx, work, risk_id, version, Act.VERIFY)
        _refuse_closed(row)
        found = fact_by_id(tx, fact_id)
        if found is None or found.risk_id != row.id:
            raise UnknownSubject(f"Факта № {fact_id} у риска {row.number} нет. Обновите карточку.")
        if not strike_fact(tx, fact_id, work.now):
            raise BadMove("Этот факт уже вычеркнут.")
        told = {"question": in_words(found.question), "whom": found.whom, "answer": found.answer, "fact": fact_id}
        return finish(tx, work, row, FACT_WITHDRAWN, {}, why, told)


def _begun(tx: Tx, work: Work, row: RiskRow) -> RiskRow:
    """Return the risk on verification when it was only found; what else it is, it stays."""
    if State(row.state) not in _BEGINS:
        return row
    values = {"state": step(row, Event.VERIFY_STARTED), "owner_staff": row.owner_staff or work.by.id}
    finish(tx, work, row, Event.VERIFY_STARTED, values)
    return load(tx, row.id)


def _refuse_closed(row: RiskRow) -> None:
    if not row.is_open:
        raise BadMove(f"Риск {row.number} закрыт. Откройте его повторно, если проверка продолжается.")
