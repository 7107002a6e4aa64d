"""What every act with a campaign begins and ends with: role, version and state checked; change and event together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from casework.campaign_errors import StaleCampaign, UnknownCampaign
from casework.errors import BadMove
from casework.roles import NO_BLOCK, Act, require
from casework.work import Work
from preventive.campaign import LIVE, CampaignState
from storage.engine import Tx
from storage.find.campaign_parts import last_event_of
from storage.find.campaigns import CampaignRow, campaign_by_id
from storage.keep.campaigns import NewCampaignEvent, add_campaign_events, change_campaign

FURTHEST = timedelta(days=3 * 366)
"""A day further ahead than three years is a slip of the pen: a district plans its budget for three (БК, art. 169)."""

CREATED, CHANGED, MOVED, TOLD, EVALUATED = "created", "changed", "moved", "told", "evaluated"
EVENT_LABELS: Mapping[str, str] = MappingProxyType(
    {
        CREATED: "кампания создана",
        CHANGED: "план изменён",
        MOVED: "шаг кампании",
        TOLD: "план отправлен в алерт-чат",
        EVALUATED: "итог подведён",
        "task_added": "добавлена задача",
        "task_changed": "задача изменена",
        "task_done": "задача выполнена",
        "task_cancelled": "задача отменена",
        "task_reminded": "напомнили о задаче",
        "message_added": "написан текст",
        "message_changed": "текст изменён",
        "message_asked": "текст отправлен на утверждение",
        "message_approved": "текст утверждён",
        "message_returned": "текст возвращён на доработку",
        "message_published": "записана публикация",
        "message_withdrawn": "текст снят",
        "material_added": "добавлена версия материала",
        "material_approved": "материал утверждён",
        "material_returned": "материал возвращён на доработку",
        "partner_added": "записан партнёр",
        "partner_agreed": "партнёр согласился",
        "partner_ended": "партнёр больше не участвует",
        "over_budget": "публикация сверх бюджета внимания",
    }
)
"""Kind of an event of a campaign → Russian words for staff."""
_OF_CAMPAIGN = (CREATED, CHANGED, MOVED, TOLD, EVALUATED)
"""Events that change the version of the campaign itself."""


def load(tx: Tx, campaign_id: int) -> CampaignRow:
    """Return a campaign; UnknownCampaign when there is none."""
    row = campaign_by_id(tx, campaign_id)
    if row is None:
        raise UnknownCampaign(campaign_id)
    return row


def enter(tx: Tx, work: Work, campaign_id: int, act: Act, *, live: bool = True) -> CampaignRow:
    """Return the campaign when this person may do this in it; NotAllowed, UnknownCampaign or BadMove otherwise.

    With `live` a campaign that is finished, evaluated or cancelled is refused.
    """
    row = load(tx, campaign_id)
    require(work.by, act, row.block or NO_BLOCK)
    if live:
        refuse_over(row)
    return row


def begin(tx: Tx, work: Work, campaign_id: int, version: int, act: Act) -> CampaignRow:
    """Return the campaign when this person may do this and saw it as it is; `version` is the one they saw.

    Raises NotAllowed, UnknownCampaign or StaleCampaign; nothing has been written then.
    """
    row = enter(tx, work, campaign_id, act, live=False)
    if row.version != version:
        last = last_event_of(tx, row.id, _OF_CAMPAIGN)
        by, what, at = (last.by_name, last.what, last.at) if last else ("машина", CREATED, row.made_at)
        raise StaleCampaign(
            row.title, by=by, what=EVENT_LABELS.get(what, what), at=at, version=version, now_version=row.version
        )
    return row


def finish(
    tx: Tx, work: Work, row: CampaignRow, what: str, values: Mapping[str, Any], note: str = "",
    detail: Mapping[str, Any] | None = None,
) -> int:  # fmt: skip
    """Write the change of a campaign and its event; return the new version."""
    version = change_campaign(tx, row.id, row.version, work.now, values)
    note_event(tx, work, row.id, what, note, detail)
    return version


def note_event(
    tx: Tx, work: Work, campaign_id: int, what: str, note: str = "", detail: Mapping[str, Any] | None = None
) -> None:
    """Append one line to the campaign's history."""
    told = {name: value for name, value in (detail or {}).items() if value is not None}
    event = NewCampaignEvent(campaign_id, work.now, work.by.id, work.by.login, what, note, told)
    add_campaign_events(tx, [event])


def refuse_over(row: CampaignRow) -> None:
    """Raise BadMove when nothing is ahead of this campaign any more."""
    state = CampaignState(row.state)
    if state not in LIVE:
        raise BadMove(
            f"Кампания «{row.title[:80]}» {_OVER[state]}: менять в ней уже нечего. Для нового года сделайте копию."
        )


_OVER = {
    CampaignState.FINISHED: "завершена",
    CampaignState.EVALUATED: "завершена и оценена",
    CampaignState.CANCELLED: "отменена",
}


def refuse_far(work: Work, day: date, what: str) -> None:
    """Raise BadMove when a day is more than three years away: a slip of the pen. `what` names the day in Russian."""
    if abs(day - work.today) > FURTHEST:
        raise BadMove(f"{what} {day:%d.%m.%Y} слишком далеко от сегодняшнего. Проверьте год.")
