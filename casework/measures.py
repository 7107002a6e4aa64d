"""Measures taken and planned: what is done, by whom, by which day; a promised day is a control item until it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from casework.entrusted import begin_part
from casework.errors import BadMove, UnknownSubject
from casework.moves import finish, load, reasoned
from casework.roles import Act
from casework.work import Work
from district.profile import Profile
from district.workdays import WorkCalendar
from risk.promises import promised_dates
from storage.engine import Tx
from storage.find.moves import RiskRow
from storage.find.working import AssignmentRow, MeasureRow, assignments_of, measure_by_id, measures_of
from storage.keep.events import NewEvent, add_events
from storage.keep.working import add_measure, close_measure, move_due_day

MEASURE_RECORDED, MEASURE_ENDED, MEASURE_MOVED = "measure_recorded", "measure_ended", "measure_moved"
TAKEN, PLANNED = "taken", "planned"
MEASURE_KINDS: Mapping[str, str] = MappingProxyType({TAKEN: "принята", PLANNED: "планируется"})
FURTHEST_DAYS = 3 * 366
"""A day further ahead than three years is a slip of the pen: a district plans its budget for three (БК, art. 169)."""


def record_measure(
    work: Work,
    risk_id: int,
    version: int,
    *,
    kind: str,
    what: str,
    body: str,
    due_on: date | None,
    answer_id: int | None = None,
) -> int:
    """Record a measure and who does it (`body`); return the new version of the risk.

    `kind` is taken or planned. `due_on` is a day of the district: by when it is promised (needed for a planned one, not
    before today) or when it was taken (today when None, never later). A planned one is a control item until end_measure.
    """
    if kind not in MEASURE_KINDS:
        raise BadMove(f"Меры «{kind}» не бывает. Выберите: принята или планируется.")
    done, who = reasoned(what, "что сделано или будет сделано"), reasoned(body, "кто исполняет — орган или должность")
    today = work.today
    if kind == TAKEN:
        due_on = due_on or today
    _refuse_day(kind, due_on, today)
    with work.store.write() as tx:
        row = begin_part(tx, work, risk_id, version, Act.ASSIGN)
        if not row.is_open:
            raise BadMove(f"Риск {row.number} закрыт. Откройте его повторно, чтобы записывать меры.")
        state = "done" if kind == TAKEN else "open"
        add_measure(
            tx, row.id, kind=kind, what=done, body=who, due_on=due_on, state=state, answer_id=answer_id, at=work.now,
            by_staff=work.by.id or 0,
        )  # fmt: skip
        return finish(tx, work, row, MEASURE_RECORDED, {}, done, _told(kind, who, due_on))


def end_measure(work: Work, risk_id: int, version: int, measure_id: int, *, done: bool, result: str) -> int:
    """End a planned measure: kept with its result, or cancelled with the reason; return the new version of the risk."""
    said = reasoned(result, "что сделано" if done else "почему мера отменена")
    with work.store.write() as tx:
        row = begin_part(tx, work, risk_id, version, Act.ASSIGN)
        found = _open_one(tx, row, measure_id)
        close_measure(tx, measure_id, "done" if done else "cancelled", said, work.now, work.by.id or 0)
        told = {"ending": "выполнена" if done else "отменена", "measure": found.what, "due_on": _day(found.due_on)}
        return finish(tx, work, row, MEASURE_ENDED, {}, said, told)


def move_measure(work: Work, risk_id: int, version: int, measure_id: int, due_on: date, reason: str) -> int:
    """Move a promised day, visibly: the history keeps the old one and the reason; return the new version of the risk."""
    said = reasoned(reason, "почему срок переносится")
    _refuse_day(PLANNED, due_on, work.today)
    with work.store.write() as tx:
        row = begin_part(tx, work, risk_id, version, Act.ASSIGN)
        found = _open_one(tx, row, measure_id)
        if found.due_on == due_on:
            raise BadMove(f"Срок и так {due_on:%d.%m.%Y}. Укажите другой день.")
        move_due_day(tx, measure_id, due_on)
        told = {"measure": found.what, "was_due_on": _day(found.due_on), "due_on": _day(due_on)}
        return finish(tx, work, row, MEASURE_MOVED, {}, said, told)


def add_promises(tx: Tx, work: Work, risk_id: int, answer_id: int, text: str) -> int:
    """Make control items of the days promised in an approved answer; return how many are new.

    A promise that stands already (same day, same words) is not written twice. Their events are appended; the version of
    the risk is the caller's to change. Whoever owns the risk is named as who does it.
    """
    calendar = WorkCalendar.of(work.profile)
    standing = {(m.due_on, m.what.casefold()) for m in measures_of(tx, risk_id) if m.state == "open"}
    promised = promised_dates(text, work.today, calendar.add_working_days)
    fresh = [p for p in promised if (p.on, p.what.casefold()) not in standing]
    if not fresh:
        return 0
    body = _who_does(tx, work.profile, load(tx, risk_id))
    for promise in fresh:
        add_measure(
            tx, risk_id, kind=PLANNED, what=promise.what, body=body, due_on=promise.on, state="open",
            answer_id=answer_id, at=work.now, by_staff=work.by.id or 0,
        )  # fmt: skip
    told = [(p.what, _told(PLANNED, body, p.on)) for p in fresh]
    add_events(tx, [NewEvent(risk_id, work.now, work.by.id, MEASURE_RECORDED, {}, t, what) for what, t in told])
    return len(fresh)


def in_whose_hands(profile: Profile, part: AssignmentRow, person: str | None = None) -> str:
    """Return whose a part is, in words: the outside body, else person and post, else the block."""
    if part.outside:
        return part.outside
    post = next((o.post for o in profile.officials if o.id == part.official), part.official)
    block = next((b.name for b in profile.blocks if b.id == part.block), part.block)
    return ", ".join(name for name in (person, post) if name) or block or "никто"


def _who_does(tx: Tx, profile: Profile, row: RiskRow) -> str:
    owner = next((a for a in assignments_of(tx, row.id) if a.is_owner and a.state == "open"), None)
    if owner is not None and (owner.official or owner.block):
        return in_whose_hands(profile, owner)
    post = next((o.post for o in profile.officials if o.id == row.official), None)
    block = next((b.name for b in profile.blocks if b.id == row.block), None)
    return post or block or "исполнитель не назван"


def _open_one(tx: Tx, row: RiskRow, measure_id: int) -> MeasureRow:
    found = measure_by_id(tx, measure_id)
    if found is None or found.risk_id != row.id:
        raise UnknownSubject(f"Меры № {measure_id} у риска {row.number} нет. Обновите карточку.")
    if found.state != "open":
        raise BadMove("Эта мера уже завершена. Обновите карточку.")
    return found


def _refuse_day(kind: str, day: date | None, today: date) -> None:
    if day is None:
        raise BadMove("Укажите, к какому дню: обещание без срока не проконтролировать.")
    if abs((day - today).days) > FURTHEST_DAYS:
        raise BadMove(f"День {day:%d.%m.%Y} слишком далеко. Проверьте год.")
    if kind == TAKEN and day > today:
        raise BadMove(f"Принятая мера не может быть из будущего: {day:%d.%m.%Y}. Выберите «планируется».")
    if kind == PLANNED and day < today:
        raise BadMove(f"День {day:%d.%m.%Y} уже прошёл. Укажите сегодняшний или будущий.")


def _told(kind: str, body: str, due_on: date | None) -> dict[str, Any]:
    return {"measure_kind": MEASURE_KINDS[kind], "body": body, "due_on": _day(due_on)}


def _day(day: date | None) -> str | None:
    return None if day is None else f"{day:%d.%m.%Y}"
