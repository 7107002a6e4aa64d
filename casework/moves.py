"""What every move with a risk begins and ends with: role, hold and version checked; change and event in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from casework.errors import BadMove, ReasonNeeded, StaleRisk, TakenByOther, TakenRisk, UnknownRisk
from casework.roles import NO_BLOCK, Act, may, require
from casework.work import Work
from risk.states import Event, State, Veracity, advance
from storage.engine import Tx
from storage.find.moves import RiskRow, last_event, logins, risk_rows
from storage.keep.events import NewEvent, add_events
from storage.keep.risks import change_risk

LONGEST_NOTE = 4000
LEVEL_SET, ROUTE_SET, MERGED_HERE = "level_set", "route_set", "merged_here"
SPLIT_OFF, SPLIT_FROM, SUGGESTION_DECIDED = "split_off", "split_from", "suggestion_decided"

EVENT_LABELS: Mapping[str, str] = MappingProxyType(
    {event.value: event.label for event in Event}
    | {
        "found": "найден",
        "risen": "уровень вырос",
        "eased": "уровень снизился",
        "grew_after_closing": "распространяется после закрытия",
        LEVEL_SET: "уровень изменён сотрудником",
        ROUTE_SET: "тема, место или блок изменены сотрудником",
        MERGED_HERE: "присоединён другой риск",
        SPLIT_OFF: "часть публикаций выделена в другой риск",
        SPLIT_FROM: "выделен из другого риска",
        SUGGESTION_DECIDED: "решено, копия ли это",
    }
    | {
        "fact_recorded": "записан факт проверки",
        "fact_withdrawn": "факт вычеркнут",
        "assigned": "поручено",
        "assignment_ended": "поручение завершено",
        "handed_over": "передано тому, в чьей это компетенции",
        "measure_recorded": "записана мера",
        "measure_ended": "мера завершена",
        "measure_moved": "срок меры перенесён",
        "measure_reminded": "напоминание об обещанном сроке",
        "answer_written": "написан ответ",
        "answer_changed": "ответ изменён",
        "answer_asked": "ответ отправлен на утверждение",
        "answer_approved": "ответ утверждён",
        "answer_returned": "ответ возвращён на доработку",
        "answer_withdrawn": "ответ отозван",
        "published": "записана публикация ответа",
        "publication_stands": "ответ найден на площадке",
        "publication_changed": "ответ на площадке изменён",
        "publication_gone": "ответ исчез с площадки",
        "publication_withdrawn": "публикация убрана из реестра",
        "working_out_sent": "в алерт-чат отправлена «отработка»",
        "reaction": "вывод о реакции изменился",
        "respread": "повторное распространение",
        "followed": "связан с прежним риском",
        "cause_told": "записаны причина и прогноз",
        "deadline_warned": "предупреждение о сроке",
        "deadline_missed": "срок пропущен",
        "deadline_met": "срок выдержан",
        "deadline_late": "сделано после срока",
        "deadline_paused": "срок приостановлен",
        "deadline_resumed": "срок возобновлён",
        "silenced": "тревоги приглушены",
        "silence_ended": "тревоги снова идут",
        "escalated": "передано следующему: риск никто не взял",
        "pressed": "решение из чата",
        "refused_try": "попытка не удалась",
    }
)
"""Kind of an event in the history → Russian words for staff."""


def load(tx: Tx, risk_id: int) -> RiskRow:
    """Return a risk; UnknownRisk when there is none."""
    row = risk_rows(tx, [risk_id]).get(risk_id)
    if row is None:
        raise UnknownRisk(risk_id)
    return row


def begin(tx: Tx, work: Work, risk_id: int, version: int, act: Act) -> RiskRow:
    """Return the risk when this person may do this with it now; else NotAllowed, StaleRisk, TakenByOther or BadMove.

    `version` is the one the person saw. Nothing has been written when it raises.
    """
    row = load(tx, risk_id)
    require(work.by, act, row.block or NO_BLOCK)
    return ready(tx, work, row, version)


def ready(tx: Tx, work: Work, row: RiskRow, version: int) -> RiskRow:
    """Return the risk when it is as the person saw it and in nobody else's hands; what they may do is asked before."""
    if row.version != version:
        raise _stale(tx, row, version)
    if row.merged_into is not None:
        into = load(tx, row.merged_into)
        raise BadMove(f"Риск {row.number} объединён с {into.number}. Работайте с риском {into.number}.")
    refuse_taken(tx, work, [row])
    return row


def refuse_taken(tx: Tx, work: Work, rows: Sequence[RiskRow], *, step_in: bool = True) -> None:
    """Raise TakenByOther when somebody else holds any of the risks now; head, curator and coordinator may step in."""
    if step_in and may(work.by, Act.STEP_IN):
        return
    held = [(row, row.taken_by, row.taken_until) for row in rows if _held_by_other(row, work)]
    if held:
        names = logins(tx, [by for _, by, _ in held if by is not None])
        raise TakenByOther(
            [TakenRisk(r.id, r.number, names.get(by or 0, f"№ {by}"), until or work.now) for r, by, until in held]
        )


def _held_by_other(row: RiskRow, work: Work) -> bool:
    mine = row.taken_by is None or row.taken_by == work.by.id
    return not mine and row.taken_until is not None and row.taken_until > work.now


def finish(
    tx: Tx,
    work: Work,
    row: RiskRow,
    kind: str,
    values: dict[str, Any],
    note: str = "",
    told: dict[str, Any] | None = None,
    was: dict[str, Any] | None = None,
) -> int:
    """Write the change and its event; return the new version.

    The event holds what each changed column was and became, in `told` what the person said beside it, and in `was` what
    of that was otherwise before.
    """
    shown = {name: value for name, value in values.items() if name in _SHOWN}
    before = {name: getattr(row, name) for name in shown} | (was or {})
    version = change_risk(tx, row.id, row.version, work.now, values)
    event = NewEvent(row.id, work.now, work.by.id, kind, _plain(before), _plain(shown | (told or {})), note)
    add_events(tx, [event])
    return version


def person_of(work: Work, refusal: str) -> int:
    """Return the id of the member of staff who acts; BadMove with these words when it is the machine."""
    if work.by.id is None:
        raise BadMove(refusal)
    return work.by.id


def step(row: RiskRow, event: Event) -> str:
    """Return the state after an event; MoveNotAllowed (risk.states) when the table has no such move for this risk."""
    return advance(State(row.state), event, Veracity(row.veracity)).value


def reasoned(text: str, what: str) -> str:
    """Return the text without spaces around; ReasonNeeded when nothing is left of it, BadMove when it is a book."""
    plain = text.strip()
    if not plain:
        raise ReasonNeeded(what)
    if len(plain) > LONGEST_NOTE:
        raise BadMove(f"Слишком длинно: {what} — не больше {LONGEST_NOTE} знаков, а здесь {len(plain)}.")
    return plain


FREED: Mapping[str, Any] = MappingProxyType({"taken_by": None, "taken_until": None})
"""Columns of a risk that nobody holds any more."""

_SHOWN = frozenset(
    {
        "state",
        "veracity",
        "level",
        "topic",
        "settlement",
        "territory",
        "block",
        "official",
        "due_at",
        "owner_staff",
        "merged_into",
    }
)
"""Columns whose change the history shows."""


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _stale(tx: Tx, row: RiskRow, version: int) -> StaleRisk:
    last = last_event(tx, row.id)
    by, kind, at = (last.by, last.kind, last.at) if last else ("машина", "found", row.opened_at)
    what = EVENT_LABELS.get(kind, kind)
    return StaleRisk(row.number, by=by, what=what, at=at, version=version, now_version=row.version)
