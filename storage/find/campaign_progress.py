"""How far campaigns are: their tasks and messages counted, for lists that show many campaigns at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import campaign_message, campaign_task


@dataclass(frozen=True, slots=True)
class CampaignProgress:
    """Tasks and messages of one campaign, without cancelled tasks and withdrawn messages."""

    tasks: int = 0
    done: int = 0
    late: int = 0
    """Open tasks whose day has passed."""
    messages: int = 0
    ready: int = 0
    """Approved or published."""
    published: int = 0
    waiting: int = 0
    """For somebody's approval."""


def progress_of(tx: Tx, campaign_ids: Sequence[int], today: date) -> dict[int, CampaignProgress]:
    """Return the counts of these campaigns by id; one without tasks and messages is not there. `today` is the district's."""
    wanted = list(campaign_ids)
    task, message = campaign_task.c, campaign_message.c
    tasks = sa.select(
        task.campaign_id, sa.func.count(), _counted(task.state == "done"),
        _counted(sa.and_(task.state == "open", task.due_on < today.isoformat())),
    ).where(task.campaign_id.in_(wanted), task.state != "cancelled")  # fmt: skip
    messages = sa.select(
        message.campaign_id, sa.func.count(), _counted(message.state.in_(("approved", "published"))),
        _counted(message.state == "published"), _counted(message.state == "waiting"),
    ).where(message.campaign_id.in_(wanted), message.state != "withdrawn")  # fmt: skip
    found: dict[int, list[int]] = {}
    for campaign_id, *counts in tx.execute(tasks.group_by(task.campaign_id)):
        found[campaign_id] = [*counts, 0, 0, 0, 0]
    for campaign_id, *counts in tx.execute(messages.group_by(message.campaign_id)):
        found[campaign_id] = [*found.get(campaign_id, (0, 0, 0))[:3], *counts]
    return {campaign_id: CampaignProgress(*counts) for campaign_id, counts in found.items()}


def _counted(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))
