"""Tasks of a campaign: what is to be done, whose it is, by which day; ended with a result or with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from casework.campaign_moves import enter, load, note_event, refuse_far, refuse_over
from casework.campaign_plan import checked_owner
from casework.errors import BadMove, UnknownSubject
from casework.moves import reasoned
from casework.roles import NO_BLOCK, Act, may, require
from casework.work import Work
from reports.wording import one_line
from storage.engine import Tx
from storage.find.campaign_parts import TaskRow, task_by_id
from storage.find.campaigns import CampaignRow
from storage.keep import campaigns as keep

_FIELDS = frozenset({"what", "due_on", "owner_staff", "block", "partner"})
LONGEST_WHAT, LONGEST_PARTNER = 500, 200


def add_task(
    work: Work,
    campaign_id: int,
    *,
    what: str,
    due_on: date,
    owner_staff: int | None = None,
    block: str | None = None,
    partner: str = "",
) -> int:
    """Write a task; return its id.

    `due_on` is a day of the district, not before today and not after the campaign's last day. Without an owner, a block
    and a partner it is the campaign's block that does it. Raises BadMove, ReasonNeeded, NotAllowed, UnknownCampaign.
    """
    with work.store.write() as tx:
        row = enter(tx, work, campaign_id, Act.PLAN_CAMPAIGN)
        given = {"what": what, "due_on": due_on, "owner_staff": owner_staff, "block": block, "partner": partner}
        values = _checked(tx, work, row, given)
        _refuse_past(work, due_on)
        return write_task(tx, work, row, values)


def write_task(tx: Tx, work: Work, row: CampaignRow, values: Mapping[str, Any]) -> int:
    """Write a task whose values are checked, with its event; return its id."""
    blank = {"owner_staff": None, "block": None, "partner": ""}
    made = {"campaign_id": row.id, "state": "open", "result": "", "made_at": work.now, "made_by": work.by.id}
    task_id = keep.add_task(tx, blank | dict(values) | made)
    note_event(tx, work, row.id, "task_added", str(values["what"]), {"task": task_id, "due_on": values["due_on"]})
    return task_id


def change_task(work: Work, task_id: int, **fields: Any) -> None:
    """Change an open task; `fields` are those of `add_task`, what is not named stays.

    Another day is reminded of anew. Raises BadMove for a task that is ended, TypeError for an unknown field.
    """
    strange = sorted(set(fields) - _FIELDS)
    if strange:
        raise TypeError(f"change_task() knows no {', '.join(strange)}")
    with work.store.write() as tx:
        task, row = _open_one(tx, task_id)
        require(work.by, Act.PLAN_CAMPAIGN, row.block or NO_BLOCK)
        stands = {name: getattr(task, name) for name in _FIELDS}
        if fields.get("owner_staff", task.owner_staff) == task.owner_staff:
            stands["owner_staff"] = None
        clean = _checked(tx, work, row, stands | fields)
        values = {name: clean[name] for name in fields if clean[name] != getattr(task, name)}
        if not values:
            return
        if "due_on" in values:
            _refuse_past(work, values["due_on"])
        keep.change_task(tx, task_id, values | ({"reminded_at": None} if "due_on" in values else {}))
        was = {f"was_{name}": getattr(task, name) for name in values}
        note_event(tx, work, row.id, "task_changed", task.what, {"task": task_id} | was | values)


def end_task(work: Work, task_id: int, *, done: bool, result: str = "") -> None:
    """End a task as done, or cancel it with the reason in `result`.

    Whoever owns it may, whoever works in its block, and in the campaign's. Raises BadMove when it is ended already.
    """
    said = result.strip() if done else reasoned(result, "почему задача отменена")
    with work.store.write() as tx:
        task, row = _open_one(tx, task_id, live=False)
        _require_own(work, task, row)
        state = "done" if done else "cancelled"
        values = {"state": state, "result": said[:LONGEST_WHAT], "ended_at": work.now, "ended_by": work.by.id}
        keep.change_task(tx, task_id, values)
        note_event(tx, work, row.id, f"task_{state}", task.what, {"task": task_id, "result": said or None})


def _require_own(work: Work, task: TaskRow, row: CampaignRow) -> None:
    if task.owner_staff is not None and task.owner_staff == work.by.id and may(work.by, Act.WORK_CAMPAIGN):
        return
    if task.block and may(work.by, Act.WORK_CAMPAIGN, task.block):
        return
    require(work.by, Act.WORK_CAMPAIGN, row.block or NO_BLOCK)


def _open_one(tx: Tx, task_id: int, *, live: bool = True) -> tuple[TaskRow, CampaignRow]:
    task = task_by_id(tx, task_id)
    if task is None:
        raise UnknownSubject(f"Задачи № {task_id} нет. Обновите страницу кампании.")
    row = load(tx, task.campaign_id)
    if live:
        refuse_over(row)
    if not task.is_open:
        raise BadMove("Эта задача уже завершена или отменена. Обновите страницу кампании.")
    return task, row


def _checked(tx: Tx, work: Work, row: CampaignRow, given: Mapping[str, Any]) -> dict[str, Any]:
    due_on = given["due_on"]
    refuse_far(work, due_on, "Срок задачи")
    if due_on > row.ends_on:
        raise BadMove(
            f"Срок задачи {due_on:%d.%m.%Y} позже конца кампании ({row.ends_on:%d.%m.%Y}). "
            "Возьмите день раньше или продлите кампанию."
        )
    block = given["block"] or None
    if block and block not in {b.id for b in work.profile.blocks}:
        raise BadMove(f"Блока «{block[:60]}» в профиле округа нет. Выберите из списка.")
    what = reasoned(one_line(given["what"]), "что нужно сделать")
    if len(what) > LONGEST_WHAT:
        raise BadMove(f"Задача длиннее {LONGEST_WHAT} знаков: здесь {len(what)}. Разбейте её на две.")
    partner = one_line(given["partner"])[:LONGEST_PARTNER]
    owner = checked_owner(tx, given["owner_staff"])
    whose = {"owner_staff": owner, "block": block, "partner": partner}
    if not any(whose.values()):
        whose["block"] = row.block
    return {"what": what, "due_on": due_on} | whose


def _refuse_past(work: Work, due_on: date) -> None:
    if due_on < work.today:
        raise BadMove(f"Срок {due_on:%d.%m.%Y} уже прошёл. Возьмите сегодняшний или будущий день.")
