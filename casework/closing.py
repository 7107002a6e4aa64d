"""Closing a worked-off risk: four conditions, each named with the place where it is met; a person signs.

Демянский «Порядок», п. 2, and DOMAIN 1 «Closing»: the check's result, the text of the answer, at least one public link that
was seen standing, and the quiet window of the level. After a spread anew also its cause and forecast (G1 п. 18).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from casework.errors import BadMove, CaseworkError, StaleRisk
from casework.moves import FREED, LONGEST_NOTE, begin, finish, load, step
from casework.roles import Act
from casework.terms import end_terms
from casework.watching import Look, look_at, rule_of
from casework.work import Work
from risk.reaction import Proposal
from risk.states import Event, State, Veracity
from storage.engine import Tx
from storage.find.closing import Done, done_of
from storage.find.moves import RiskRow
from storage.find.reaction import WatchRow, watch_of
from storage.keep.events import NewEvent, add_events
from storage.keep.watching import end_watch

REFUSED_TRY = "refused_try"
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a closing asks for."""

    code: str
    """verified | answer | standing | quiet | cause."""
    met: bool
    words: str
    """What it is and how it stands, Russian."""
    where: str
    """Id of the step of the card where it is met."""


def conditions(tx: Tx, work: Work, risk_id: int) -> tuple[Condition, ...]:
    """Return the conditions of closing a risk, as its last look found the reaction: for the card."""
    row, watch = load(tx, risk_id), watch_of(tx, risk_id)
    return conditions_of(row, done_of(tx, risk_id), quiet_by_watch(work, row, watch))


def conditions_of(row: RiskRow, done: Done, quiet: Condition) -> tuple[Condition, ...]:
    """Return all conditions in the order of the work; `quiet` is the last of the four."""
    known = Veracity(row.veracity)
    verified = known is not Veracity.UNCONFIRMED and done.checks > 0
    found = [
        Condition(
            "verified", verified,
            f"Факт проверен: {known.label}" if verified else "Факт не проверен: запишите итог проверки и кто его подтвердил",
            "checking",
        ),
        Condition(
            "answer", done.approved > 0,
            "Текст ответа утверждён" if done.approved else "Нет утверждённого текста ответа («проверяем» ответом не считается)",
            "answer",
        ),
        Condition("standing", done.standing > 0, _standing(done), "publications"),
        quiet,
    ]  # fmt: skip
    if row.needs_cause or row.reopened:
        told = "Причина повторного распространения и прогноз записаны"
        needed = "Распространилось повторно: запишите причину и прогноз"
        found.append(Condition("cause", not row.needs_cause, needed if row.needs_cause else told, "reaction"))
    return tuple(found)


def quiet_by_watch(work: Work, row: RiskRow, watch: WatchRow | None) -> Condition:
    """Return the condition of the quiet window as the last look left it."""
    if row.state != State.WATCHED or watch is None or watch.ended_at is not None:
        return _not_watched()
    hours = (work.now - watch.quiet_since) // _HOUR
    return _quiet(watch.proposal, hours, rule_of(work, watch).watch_for // _HOUR)


def _quiet_by_look(work: Work, row: RiskRow, look: Look | None) -> Condition:
    if row.state != State.WATCHED or look is None:
        return _not_watched()
    hours = (work.now - look.verdict.quiet_since) // _HOUR
    return _quiet(look.verdict.proposal, hours, rule_of(work, look.watch).watch_for // _HOUR)


def _not_watched() -> Condition:
    words = "Наблюдение не идёт: оно начнётся, когда ответ увидят на площадке"
    return Condition("quiet", False, words, "publications")


def _quiet(proposal: str, hours: int, needed: int) -> Condition:
    if proposal == Proposal.WORKED_OFF:
        return Condition("quiet", True, f"Тихо {hours} ч, нужно {needed} ч", "reaction")
    if proposal == Proposal.WORSE:
        return Condition(
            "quiet", False, "После ответа становится хуже: прочитайте новое и ответьте ещё раз", "reaction"
        )
    return Condition("quiet", False, f"Тихо {hours} ч из {needed} ч, которых требует уровень", "reaction")


def _standing(done: Done) -> str:
    if done.standing:
        return f"Ответ стоит на площадках, проверено: {done.standing}"
    if done.links:
        return f"Ни один ответ не увиден на площадке (ссылок в реестре: {done.links})"
    return "Нет ни одной ссылки на опубликованный ответ"


def work_off(work: Work, risk_id: int, version: int, note: str = "") -> int:
    """Close a risk as worked off, signed by `work.by`; return the new version.

    The reaction is counted anew at this very moment. BadMove names every condition that is missing and where it is met;
    StaleRisk that somebody was quicker. A refused try changes nothing and stays in the history.
    """
    said = note.strip()
    if len(said) > LONGEST_NOTE:
        raise BadMove(f"Слишком длинно: пояснение — не больше {LONGEST_NOTE} знаков, а здесь {len(said)}.")
    try:
        return _work_off(work, risk_id, version, said)
    except (BadMove, StaleRisk) as refused:
        _note_try(work, risk_id, refused)
        raise


def _work_off(work: Work, risk_id: int, version: int, note: str) -> int:
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.WORK_OFF)
        look = look_at(tx, work, risk_id)
        found = conditions_of(row, done_of(tx, risk_id), _quiet_by_look(work, row, look))
        missing = [condition for condition in found if not condition.met]
        if missing:
            raise BadMove(_refusal(missing))
        values: dict[str, Any] = {"state": step(row, Event.WORKED_OFF), **FREED}
        told = {"posts": row.posts, "reaction": " ".join(look.verdict.reasons) if look else ""}
        new = finish(tx, work, row, Event.WORKED_OFF, values, note, told)
        end_watch(tx, risk_id, work.now)
        end_terms(tx, work, risk_id)
        return new


STEP_NAMES = {
    "checking": "«Проверка»", "answer": "«Ответ»", "publications": "«Публикации»", "reaction": "«Реакция»",
}  # fmt: skip


def _refusal(missing: list[Condition]) -> str:
    parts = [f"{n}) {one.words} — шаг {STEP_NAMES[one.where]}" for n, one in enumerate(missing, start=1)]
    return f"Закрыть пока нельзя. Не хватает: {'; '.join(parts)}."


def _note_try(work: Work, risk_id: int, refused: CaseworkError) -> None:
    """Keep a refused closing in the history, after its own transaction was undone."""
    with work.store.write() as tx:
        told = {"what": "закрытие отработкой"}
        add_events(tx, [NewEvent(risk_id, work.now, work.by.id, REFUSED_TRY, {}, told, str(refused))])
