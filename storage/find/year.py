"""What the year page asks many rows for, in few columns; and whether anything of the year changed, in one cheap question."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from preventive.calendar import Duty, Planned
from storage.engine import Tx
from storage.find.campaign_parts import OFF
from storage.tables import campaign, campaign_event, campaign_message, campaign_task, decree, threat, weather_day

Mark = tuple[object, ...]
"""Equal as long as nothing was written; says nothing else."""

_FACTS = sa.select(
    *(
        part.scalar_subquery().label(f"p{n}")
        for n, part in enumerate(
            (
                sa.select(sa.func.count()).select_from(threat),
                sa.select(sa.func.sum(threat.c.version)),
                sa.select(sa.func.count()).select_from(weather_day),
                sa.select(sa.func.max(weather_day.c.at)),
                sa.select(sa.func.count()).select_from(decree),
                sa.select(sa.func.sum(decree.c.version)),
                sa.select(sa.func.max(decree.c.at)),
                sa.select(sa.func.max(decree.c.withdrawn_at)),
            )
        )
    )
)
_WORK = sa.select(
    *(
        part.scalar_subquery().label(f"p{n}")
        for n, part in enumerate(
            (
                # Every move with a campaign, its tasks and its messages leaves an event; the rest is for what was loaded past them.
                sa.select(sa.func.max(campaign_event.c.id)),
                sa.select(sa.func.count()).select_from(campaign),
                sa.select(sa.func.sum(campaign.c.version)),
                sa.select(sa.func.count()).select_from(campaign_task),
                sa.select(sa.func.max(campaign_task.c.ended_at)),
                sa.select(sa.func.count()).select_from(campaign_message),
                sa.select(sa.func.sum(campaign_message.c.version)),
            )
        )
    )
)


def facts_mark(tx: Tx) -> Mark:
    """Return a mark that changes with every change of threats, weather and documents."""
    return tuple(tx.execute(_FACTS).one())


def work_mark(tx: Tx) -> Mark:
    """Return a mark that changes with every change of campaigns, their tasks and messages."""
    return tuple(tx.execute(_WORK).one())


def duties_between(tx: Tx, first: date, last: date) -> tuple[tuple[int, Duty], ...]:
    """Return open tasks of living campaigns due from `first` to `last`: the campaign, and when and whose each is.

    A task without a block is of its campaign's block.
    """
    query = (
        sa.select(
            campaign_task.c.campaign_id,
            campaign_task.c.due_on,
            campaign_task.c.owner_staff,
            sa.func.coalesce(campaign_task.c.block, campaign.c.block),
        )
        .join(campaign, campaign.c.id == campaign_task.c.campaign_id)
        .where(
            campaign_task.c.due_on.between(first.isoformat(), last.isoformat()),
            campaign_task.c.state == "open",
            campaign.c.state.not_in(OFF),
        )
    )
    return tuple((row[0], Duty(date.fromisoformat(row[1]), row[2], row[3])) for row in tx.execute(query))


def posts_between(tx: Tx, first: date, last: date) -> tuple[Planned, ...]:
    """Return what living campaigns plan to publish, or published, from `first` to `last`, without the texts."""
    columns = (campaign_message.c.campaign_id, campaign_message.c.audience, campaign_message.c.channel, campaign_message.c.post_on)  # fmt: skip
    query = (
        sa.select(*columns)
        .join(campaign, campaign.c.id == campaign_message.c.campaign_id)
        .where(
            campaign_message.c.post_on.between(first.isoformat(), last.isoformat()),
            campaign_message.c.state != "withdrawn",
            campaign.c.state.not_in(OFF),
        )
        .order_by(campaign_message.c.id)
    )
    return tuple(Planned(row[0], row[1], row[2], date.fromisoformat(row[3])) for row in tx.execute(query))
