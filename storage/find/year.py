"""Whether anything of the year changed: one cheap question, so that pages are drawn anew only then."""

from __future__ import annotations

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import campaign, campaign_event, campaign_message, campaign_task, decree, threat, weather_day

YearMark = tuple[object, ...]
"""Equal as long as nothing of the year was written; says nothing else."""

_PARTS = (
    # Every move with a campaign, its tasks and its messages leaves an event; the counts are for what was loaded past them.
    sa.select(sa.func.max(campaign_event.c.id)),
    sa.select(sa.func.count()).select_from(campaign),
    sa.select(sa.func.sum(campaign.c.version)),
    sa.select(sa.func.count()).select_from(campaign_task),
    sa.select(sa.func.max(campaign_task.c.ended_at)),
    sa.select(sa.func.count()).select_from(campaign_message),
    sa.select(sa.func.sum(campaign_message.c.version)),
    sa.select(sa.func.count()).select_from(threat),
    sa.select(sa.func.sum(threat.c.version)),
    sa.select(sa.func.count()).select_from(weather_day),
    sa.select(sa.func.max(weather_day.c.at)),
    sa.select(sa.func.count()).select_from(decree),
    sa.select(sa.func.sum(decree.c.version)),
    sa.select(sa.func.max(decree.c.at)),
    sa.select(sa.func.max(decree.c.withdrawn_at)),
)
_QUESTION = sa.select(*(part.scalar_subquery().label(f"p{n}") for n, part in enumerate(_PARTS)))


def year_mark(tx: Tx) -> YearMark:
    """Return a mark that changes with every change of campaigns, threats, weather and documents."""
    return tuple(tx.execute(_QUESTION).one())
