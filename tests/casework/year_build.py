"""Campaigns with tasks and messages written straight into the tables, for tests of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from district.profile import Profile
from district.seasons import DateRule, Prevention, RuleKind, Threat, YearDay
from storage.engine import Store
from storage.tables import campaign, campaign_event, campaign_message, campaign_task
from tests.casework.staff_build import a_profile

MADE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def a_threat(threat_id: str, since: tuple[int, int], until: tuple[int, int], lead: int = 10, **changes: Any) -> Threat:
    """Return a threat of the same window every year; days are (month, day)."""
    rule = DateRule(RuleKind.WINDOW, since=YearDay(*since), until=YearDay(*until))
    values = {"name": threat_id.capitalize(), "topics": ("roads",), "rule": rule, "lead_days": lead}
    return Threat(id=threat_id, **(values | changes))


def a_year_profile(*threats: Threat, **changes: Any) -> Profile:
    """Return a small district with these threats alone."""
    return a_profile(prevention=Prevention(threats=threats), **changes)


def add_campaign(store: Store, title: str, starts: date, days: int = 14, **changes: Any) -> int:
    """Write one campaign and the event of its making; return its id."""
    values = {
        "title": title, "goal": "Чтобы никто не пострадал", "threat_id": None, "subject": "safety", "topics": ["safety"],
        "territories": [], "audiences": [], "channels": [], "state": "planned", "prepare_from": starts - 10 * DAY,
        "starts_on": starts, "ends_on": starts + (days - 1) * DAY, "made_at": MADE, "changed_at": MADE,
    } | changes  # fmt: skip
    for name in ("prepare_from", "starts_on", "ends_on"):
        values[name] = values[name].isoformat()
    with store.write() as tx:
        made = int(tx.execute(sa.insert(campaign).values(values).returning(campaign.c.id)).scalar_one())
        event = {"campaign_id": made, "at": MADE, "by_name": "Координатор", "what": "made", "detail": {}}
        tx.execute(sa.insert(campaign_event).values(event))
    return made


def add_task(store: Store, campaign_id: int, what: str, due: date, **changes: Any) -> None:
    """Write one task of a campaign."""
    values = {"campaign_id": campaign_id, "what": what, "due_on": due.isoformat(), "state": "open", "made_at": MADE}
    with store.write() as tx:
        tx.execute(sa.insert(campaign_task).values(values | changes))


def add_message(store: Store, campaign_id: int, channel: str, day: date, **changes: Any) -> None:
    """Write one message of a campaign."""
    values = {
        "campaign_id": campaign_id, "audience": "рыбаки", "channel": channel, "text": "Лёд ещё тонкий.",
        "post_on": day.isoformat(), "state": "approved", "made_at": MADE, "changed_at": MADE,
    }  # fmt: skip
    with store.write() as tx:
        tx.execute(sa.insert(campaign_message).values(values | changes))
