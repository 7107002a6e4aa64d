"""What staff do with a risk: take, verify, dismiss, reopen, set level and route; each move leaves an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from casework.errors import BadMove, CaseworkError, ReasonNeeded, StaleRisk, TakenByOther, UnknownRisk
from casework.joining import decide_suggestion, merge
from casework.moves import FREED, LEVEL_SET, ROUTE_SET, begin, finish, load, person_of, reasoned, refuse_taken, step
from casework.roles import NO_BLOCK, Act, require
from casework.splitting import split
from casework.telling import tell
from casework.terms import Relevel, end_terms, on_verified, relevel, restart_terms
from casework.work import Work
from district.topics import TOPICS
from risk.states import Event, MoveNotAllowed, Veracity
from storage.find.history import machine_route
from storage.find.moves import risk_rows
from storage.keep.risks import hold_risks, let_go

__all__ = [
    "DISMISS_REASONS", "CaseworkError", "MoveNotAllowed", "StaleRisk", "Taken", "TakenByOther", "decide_suggestion",
    "dismiss", "merge", "release", "reopen", "set_level", "set_route", "split", "start_verification", "take", "verify",
]  # fmt: skip

OTHER = "other"
DISMISS_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "not-a-risk": "не риск: шутка, реклама, вымысел",
        "outside": "не относится к округу",
        "settled": "решено на месте",
        "duplicate": "дубль более раннего риска",
        "outdated": "устарело",
        "mistake": "ошибка распознавания",
        OTHER: "другое",
    }
)
"""Why a risk is dismissed: code → words; «другое» needs words of the person's own."""
NEVER_A_RISK = frozenset(DISMISS_REASONS[code] for code in ("not-a-risk", "outside", "duplicate", "mistake"))
"""Reasons (words) that say «nothing to work on here»: more of the same opens no risk again, only a higher level does."""

CAUSE_FIRST = (
    "Риск распространился повторно. Сначала запишите причину и прогноз (шаг «Реакция»): без них он не закрывается."
)
MOST_AT_ONCE = 50
LONGEST_HOLD = 60
"""Minutes: whoever needs longer takes again."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Risks taken and until when."""

    risk_ids: tuple[int, ...]
    until: datetime


def take(work: Work, risk_ids: Sequence[int], minutes: int = 5) -> Taken:
    """Hold risks for `work.by` for some minutes (5: long enough to read a batch), all of them or none.

    TakenByOther names those that somebody else holds; a hold that ran out binds nobody.
    """
    staff_id, wanted = _person(work), sorted(set(risk_ids))
    if not 1 <= len(wanted) <= MOST_AT_ONCE or not 1 <= minutes <= LONGEST_HOLD:
        raise BadMove(f"Взять можно от 1 до {MOST_AT_ONCE} рисков на срок до {LONGEST_HOLD} минут.")
    until = work.now + timedelta(minutes=minutes)
    with work.store.write() as tx:
        rows = risk_rows(tx, wanted)
        for risk_id in wanted:
            if risk_id not in rows:
                raise UnknownRisk(risk_id)
            require(work.by, Act.TAKE, rows[risk_id].block or NO_BLOCK)
        closed = [row.number for row in rows.values() if not row.is_open]
        if closed:
            raise BadMove(f"Уже закрыты: {', '.join(closed)}. Обновите очередь.")
        refuse_taken(tx, work, list(rows.values()), step_in=False)
        hold_risks(tx, wanted, staff_id, until, work.now)
    return Taken(tuple(wanted), until)


def release(work: Work, risk_ids: Sequence[int]) -> tuple[int, ...]:
    """Let go of risks that `work.by` holds; return those that were held."""
    with work.store.write() as tx:
        return tuple(let_go(tx, sorted(set(risk_ids)), _person(work), work.now))


def start_verification(work: Work, risk_id: int, version: int) -> int:
    """Begin to check the fact: the risk is this person's from now on; return the new version."""
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.VERIFY)
        values = {"state": step(row, Event.VERIFY_STARTED), "owner_staff": work.by.id}
        return finish(tx, work, row, Event.VERIFY_STARTED, values)


def verify(work: Work, risk_id: int, version: int, veracity: str, source_of_fact: str, note: str = "") -> int:
    """Write what the check found and who or what says so; return the new version.

    `veracity` is confirmed, partly or refuted. A refuted rumour is answered too, so either way an answer is prepared next.
    """
    found = Veracity(veracity)
    if found is Veracity.UNCONFIRMED:
        raise BadMove("Проверка должна чем-то кончиться: подтверждено, подтверждено частично или опровергнуто.")
    source = reasoned(source_of_fact, "источник сведений — кто или что подтверждает")
    event = Event.REFUTED if found is Veracity.REFUTED else Event.VERIFIED
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.VERIFY)
        values = {
            "state": step(row, event),
            "veracity": found.value,
            "owner_staff": row.owner_staff or work.by.id,
            **FREED,
        }
        new = finish(tx, work, row, event, values, note.strip(), {"source_of_fact": source})
        on_verified(tx, work, risk_id)
        return new


def dismiss(work: Work, risk_id: int, version: int, reason: str, note: str = "") -> int:
    """Take a risk off the queue for a reason of DISMISS_REASONS (code or words); return the new version.

    `note` is free text, needed only for «другое».
    """
    code = next((code for code, words in DISMISS_REASONS.items() if reason in (code, words)), None)
    if code is None:
        raise ReasonNeeded(f"причину из списка: {', '.join(DISMISS_REASONS.values())}")
    said = reasoned(note, "причину своими словами") if code == OTHER or note.strip() else ""
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.DISMISS)
        if row.needs_cause and DISMISS_REASONS[code] not in NEVER_A_RISK:
            raise BadMove(CAUSE_FIRST)
        values = {"state": step(row, Event.DISMISSED), **FREED}
        told = {"reason": DISMISS_REASONS[code], "level_machine": row.level_machine}
        new = finish(tx, work, row, Event.DISMISSED, values, said, told)
        end_terms(tx, work, risk_id)
        return new


def reopen(work: Work, risk_id: int, version: int, reason: str) -> int:
    """Open a dismissed or worked-off risk again: its clock starts anew and the chats are told; return the new version."""
    said = reasoned(reason, "почему риск открыт вновь")
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.REOPEN)
        values = {"state": step(row, Event.REOPENED), "due_at": restart_terms(tx, work, risk_id), **FREED}
        new = finish(tx, work, row, Event.REOPENED, values, said)
        tell(tx, work, [risk_id], "reopened", again=f":{new}")
        return new


def set_level(work: Work, risk_id: int, version: int, level: int, reason: str) -> int:
    """Put a person's level (1..4) beside the machine's; return the new version.

    It holds until the machine sees more than it sees now (casework.growing). A risen level is told to the chats.
    """
    said = reasoned(reason, "почему уровень другой")
    if not 1 <= level <= 4:
        raise BadMove(f"Уровень {level} не бывает: выберите от 1 до 4.")
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.SET_LEVEL)
        moved = relevel(tx, work, [Relevel(risk_id, row.level, level)]).get(risk_id)
        values: dict[str, Any] = {"level": level, "level_person": level, "level_then": row.level_machine}
        values |= {"due_at": moved.nearest} if moved else {}
        told = {"level_machine": row.level_machine} | (moved.after if moved else {})
        new = finish(tx, work, row, LEVEL_SET, values, said, told, moved.before if moved else None)
        if level > row.level and row.is_open:
            tell(tx, work, [risk_id], "risen")
        return new


def set_route(
    work: Work,
    risk_id: int,
    version: int,
    topic: str | None,
    settlement: str | None,
    block: str | None,
    reason: str = "",
) -> int:
    """Choose topic, place and block instead of the machine, which then leaves them alone; return the new version.

    `topic` is a code of district.topics, `settlement` and `block` are the profile's; None is «not known».
    """
    values = _route(work, topic, settlement, block) | {"route_by_person": True}
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.SET_ROUTE)
        machine = {f"{name}_machine": value for name, value in machine_route(tx, risk_id).items()}
        return finish(tx, work, row, ROUTE_SET, values, reason.strip(), machine)


def who_holds(work: Work, risk_id: int) -> int | None:
    """Return the staff id of who holds a risk now, or None."""
    with work.store.read() as tx:
        row = load(tx, risk_id)
    return row.taken_by if row.taken_until is not None and row.taken_until > work.now else None


def _person(work: Work) -> int:
    return person_of(work, "Машина рисков не берёт: это делает сотрудник.")


def _route(work: Work, topic: str | None, settlement: str | None, block: str | None) -> dict[str, Any]:
    if topic is not None and topic not in TOPICS:
        raise BadMove(f"Темы «{topic}» нет в классификаторе. Выберите из списка.")
    found = next((b for b in work.profile.blocks if b.id == block), None)
    if block is not None and found is None:
        raise BadMove(f"Блока «{block}» нет в профиле округа. Выберите из списка.")
    territory = next((t for t in work.profile.territories if settlement in t.settlements), None)
    if settlement is not None and territory is None:
        raise BadMove(f"Населённого пункта «{settlement}» нет в профиле округа. Выберите из списка.")
    return {
        "topic": topic, "settlement": settlement, "territory": territory.id if territory else None,
        "block": block, "official": found.lead if found else None,
    }  # fmt: skip
