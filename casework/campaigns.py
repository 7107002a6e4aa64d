"""Campaigns from the idea to the result: planned by hand, changed, moved along the one table of steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from casework.campaign_chat import tell_plan
from casework.campaign_days import DAYS, move_days
from casework.campaign_errors import NotReady
from casework.campaign_making import copy, from_template
from casework.campaign_moves import CHANGED, MOVED, begin, finish, refuse_over
from casework.campaign_plan import checked, write_plan
from casework.campaign_threats import threat_of
from casework.errors import BadMove
from casework.moves import reasoned
from casework.roles import NO_BLOCK, Act, require
from casework.work import Work
from preventive.campaign import (
    CampaignMoveNotAllowed,
    CampaignState,
    Readiness,
    missing_for,
    needs_reason,
    refuse_unknown,
)
from storage.engine import Tx
from storage.find.campaigns import CampaignRow, materials_of, messages_of, tasks_of

__all__ = ["change", "copy", "create", "from_template", "move", "readiness", "tell_plan"]

_FIELDS = frozenset(
    {
        "title", "goal", "topics", "territories", "audiences", "channels", "starts_on", "ends_on", "prepare_from",
        "owner_staff", "block", "subject",
    }
)  # fmt: skip
"""What `change` changes."""
_DONE = ("approved", "published")


def create(
    work: Work,
    *,
    title: str,
    goal: str,
    topics: Sequence[str],
    starts_on: date,
    ends_on: date,
    threat_id: str | None = None,
    territories: Sequence[str] = (),
    audiences: Sequence[str] = (),
    channels: Sequence[str] = (),
    prepare_from: date | None = None,
    owner_staff: int | None = None,
    block: str | None = None,
    subject: str | None = None,
) -> int:
    """Write a campaign as an idea; return its id.

    Days are the district's, both the first and the last included; `prepare_from` is the threat's lead before the start
    when None. `channels` are ids of official sources and names of other places. The block is the topic's when None; who
    is bound to a block may plan only there. Raises BadMove, ReasonNeeded, NotAllowed, AlreadyPlanned.
    """
    threat = None if threat_id is None else threat_of(work, threat_id)
    with work.store.write() as tx:
        plan = {
            "title": title, "goal": goal, "topics": topics, "territories": territories, "audiences": audiences,
            "channels": channels, "starts_on": starts_on, "ends_on": ends_on, "prepare_from": prepare_from,
            "owner_staff": owner_staff, "block": block, "subject": subject,
        }  # fmt: skip
        return write_plan(tx, work, threat, plan)


def change(work: Work, campaign_id: int, version: int, *, shift: bool = False, **fields: Any) -> int:
    """Change the plan of a campaign that is not over; return its new version.

    `fields` are those of `create` but threat_id; what is not named stays. With `shift` the open tasks and the texts that
    are not published move together with the first day; without it a task or a text that would lie outside the new days
    is refused with its name. Raises StaleCampaign, BadMove, ReasonNeeded, NotAllowed; TypeError for an unknown field.
    """
    strange = sorted(set(fields) - _FIELDS)
    if strange:
        raise TypeError(f"change() knows no {', '.join(strange)}")
    with work.store.write() as tx:
        row = begin(tx, work, campaign_id, version, Act.PLAN_CAMPAIGN)
        refuse_over(row)
        values = _changed(tx, work, row, fields)
        if not values:
            return row.version
        require(work.by, Act.PLAN_CAMPAIGN, values.get("block", row.block) or NO_BLOCK)
        if values.keys() & DAYS:
            move_days(tx, work, row, values, shift)
        was = {f"was_{name}": getattr(row, name) for name in values}
        return finish(tx, work, row, CHANGED, values, detail=was | values)


def _changed(tx: Tx, work: Work, row: CampaignRow, fields: Mapping[str, Any]) -> dict[str, Any]:
    stands = {name: getattr(row, name) for name in _FIELDS}
    if fields.get("owner_staff", row.owner_staff) == row.owner_staff:
        stands["owner_staff"] = None  # who left is named when the campaign moves, not at every change of a word
    clean = checked(tx, work, stands | dict(fields))
    return {name: clean[name] for name in fields if clean[name] != getattr(row, name) and name in clean}


def move(work: Work, campaign_id: int, version: int, to: CampaignState, reason: str = "") -> int:
    """Move a campaign to another state; return its new version.

    Raises BadMove for a step that the table does not have, NotReady with everything that lacks for it, ReasonNeeded for
    cancelling and going back without a reason. «Оценена» comes only with the result (casework.effects.evaluate).
    """
    with work.store.write() as tx:
        row = begin(tx, work, campaign_id, version, Act.PLAN_CAMPAIGN)
        before = CampaignState(row.state)
        try:
            refuse_unknown(before, to)
        except CampaignMoveNotAllowed as e:
            raise BadMove(str(e)) from e
        if to is CampaignState.EVALUATED:
            raise BadMove("Кампания становится оценённой, когда подведён итог: посмотрите эффект и запишите уроки.")
        said = reasoned(reason, _WHY[to]) if needs_reason(before, to) else reason.strip()
        missing = missing_for(before, to, readiness(tx, work, row))
        if missing:
            raise NotReady(to.label, missing)
        kept = {"reason": said if to is CampaignState.CANCELLED else ""}
        return finish(tx, work, row, MOVED, {"state": to.value} | kept, said, {"before": before.value, "to": to.value})


_WHY = {
    CampaignState.CANCELLED: "почему кампания отменяется",
    CampaignState.IDEA: "почему кампания снова только идея",
    CampaignState.PLANNED: "почему подготовка остановлена",
    CampaignState.RUNNING: "почему кампания продолжается",
}


def readiness(tx: Tx, work: Work, row: CampaignRow) -> Readiness:
    """Return what the rules of moves look at, as it stands now."""
    tasks = [task for task in tasks_of(tx, row.id) if task.state != "cancelled"]
    states = [one.state for one in messages_of(tx, row.id)] + [one.state for one in materials_of(tx, row.id)]
    return Readiness(
        title=row.title,
        goal=row.goal,
        has_owner=row.owner_staff is not None and row.owner_active is True,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        today=work.today,
        audiences=len(row.audiences),
        tasks=len(tasks),
        open_tasks=sum(task.is_open for task in tasks),
        approved=sum(state in _DONE for state in states),
        published=states.count("published"),
    )
