"""What happens to tasks and texts when the days of a campaign change: they move with it, or are named as left outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from casework.errors import BadMove
from casework.work import Work
from storage.engine import Tx
from storage.find.campaigns import CampaignRow, messages_of, tasks_of
from storage.keep.campaigns import change_message, change_task

DAYS = frozenset({"starts_on", "ends_on", "prepare_from"})
"""Columns of a campaign that hold its days."""
_NAMED = 5


def move_days(tx: Tx, work: Work, row: CampaignRow, values: Mapping[str, Any], shift: bool) -> None:
    """Bring open tasks and unpublished texts into the new days of a campaign.

    `values` hold the days that change. With `shift` everything moves by as much as the first day did. BadMove names what
    would lie outside; nothing has been written then that the caller's transaction keeps.
    """
    by = values.get("starts_on", row.starts_on) - row.starts_on if shift else timedelta(0)
    outside = [*_tasks(tx, row, values, by), *_messages(tx, work, row, values, by)]
    if outside:
        told = "; ".join(outside[:_NAMED]) + (f"; и ещё {len(outside) - _NAMED}" if len(outside) > _NAMED else "")
        raise BadMove(f"Вне новых дней останутся: {told}. Сначала перенесите их или сдвиньте весь план.")


def _tasks(tx: Tx, row: CampaignRow, values: Mapping[str, Any], by: timedelta) -> Iterator[str]:
    last: date = values.get("ends_on", row.ends_on)
    for task in tasks_of(tx, row.id):
        day = task.due_on + by
        if not task.is_open:
            continue
        if day > last:
            yield f"задача «{task.what[:60]}» ({day:%d.%m.%Y})"
        elif by:
            change_task(tx, task.id, {"due_on": day, "reminded_at": None})


def _messages(tx: Tx, work: Work, row: CampaignRow, values: Mapping[str, Any], by: timedelta) -> Iterator[str]:
    first: date = values.get("prepare_from", row.prepare_from)
    last: date = values.get("ends_on", row.ends_on)
    for one in messages_of(tx, row.id):
        day = one.post_on + by
        if one.state in ("published", "withdrawn"):
            continue
        if not first <= day <= last:
            yield f"текст для «{one.audience[:40]}» ({day:%d.%m.%Y})"
        elif by:
            change_message(tx, one.id, one.version, work.now, {"post_on": day})
