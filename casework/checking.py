"""What a check heard: each answer is a fact with who said it and when; a mistake is struck out and stays visible."""

from __future__ import annotations

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
LONGEST_WHOM = 300
_BEGINS = frozenset({State.FOUND, State.REOPENED})
"""In these states the first fact begins the verification; later ones add to it and move nothing."""


def record_fact(
    work: Work, risk_id: int, version: int, question: str, whom: str, answer: str, heard_at: datetime | None = None
) -> int:
    """Record an answer: a key of the checklist or the officer's own question, who said it, what, when it was heard.

    Returns the new version of the risk. `heard_at` is aware, None for now. The first fact of a risk that was only found
    begins its verification, in the name of who recorded it. Raises ReasonNeeded for an empty field, BadMove for a moment
    that has not come and for a closed risk, and what every move raises.
    """
    said = reasoned(answer, "что ответили")
    asked, source = reasoned(question, "вопрос"), reasoned(whom, "кто сказал — должность или служба")
    if len(source) > LONGEST_WHOM:
        raise BadMove(f"Слишком длинно: кто сказал — не больше {LONGEST_WHOM} знаков. Подробности запишите в ответ.")
    heard = work.now if heard_at is None else heard_at
    if heard > work.now + CLOCK_DRIFT:
        raise BadMove("Время ответа ещё не наступило. Проверьте день и час.")
    with work.store.write() as tx:
        row = begin_part(tx, work, risk_id, version, Act.VERIFY)
        _refuse_closed(row)
        row = _begun(tx, work, row)
        fact_id = add_fact(tx, row.id, asked, source, said, heard, work.now, work.by.id or 0)
        told = {"question": in_words(asked), "whom": source, "heard_at": heard, "fact": fact_id}
        return finish(tx, work, row, FACT_RECORDED, {}, said, told)


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
