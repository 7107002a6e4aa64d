"""People, campaigns and their parts written straight into the tables, for tests of calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from casework.work import MACHINE, Staff, Work
from district.load import load_profile
from district.profile import Profile
from risk.reading import Reader
from storage.engine import Store
from storage.tables import campaign, campaign_message, campaign_task, staff

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DESK = "https://desk.example.org"
MADE = datetime(2026, 1, 10, 8, 0, tzinfo=UTC)


@cache
def a_district(name: str = "khvoyninsky") -> Profile:
    return load_profile(Path(__file__).resolve().parents[2] / "district" / f"{name}.toml")


@cache
def _reader() -> Reader:
    """No calendar reads texts, so that one district's dictionaries do for all."""
    return Reader(a_district())


def a_work(store: Store, by: Staff = MACHINE, now: datetime = NOW, district: str = "khvoyninsky") -> Work:
    return Work(store, a_district(district), now, by, _reader())


def a_person(store: Store, login: str, *roles: str, blocks: tuple[str, ...] = (), active: bool = True) -> Staff:
    values = {
        "login": login, "name_shown": f"Сотрудник {login}", "password_hash": "x", "roles": list(roles), "blocks": list(blocks),
        "active": active, "must_change": False, "created_at": MADE,
    }  # fmt: skip
    with store.write() as tx:
        made = tx.execute(sa.insert(staff).values(values).returning(staff.c.id)).scalar_one()
    return Staff(int(made), login, f"Сотрудник {login}", frozenset(roles), blocks)


def a_campaign(store: Store, title: str, first: date, last: date, **changes: Any) -> int:
    values = {
        "title": title, "goal": "Чтобы люди знали заранее", "threat_id": None, "subject": "roads", "topics": ["roads"],
        "territories": [], "audiences": ["водители"], "channels": [], "state": "planned",
        "prepare_from": (first - timedelta(days=14)).isoformat(), "starts_on": first.isoformat(), "ends_on": last.isoformat(),
        "owner_staff": None, "block": None, "made_at": MADE, "changed_at": MADE, "version": 1,
    }  # fmt: skip
    with store.write() as tx:
        return int(tx.execute(sa.insert(campaign).values(values | changes).returning(campaign.c.id)).scalar_one())


def a_task(store: Store, campaign_id: int, what: str, due: date, **changes: Any) -> int:
    values = {
        "campaign_id": campaign_id, "what": what, "due_on": due.isoformat(), "state": "open", "made_at": MADE,
    }  # fmt: skip
    with store.write() as tx:
        query = sa.insert(campaign_task).values(values | changes).returning(campaign_task.c.id)
        return int(tx.execute(query).scalar_one())


def a_message(store: Store, campaign_id: int, channel: str, day: date, **changes: Any) -> int:
    values = {
        "campaign_id": campaign_id, "audience": "водители", "channel": channel, "text": "Дорога закрыта", "post_on": day.isoformat(),
        "state": "draft", "made_at": MADE, "changed_at": MADE, "version": 1,
    }  # fmt: skip
    with store.write() as tx:
        query = sa.insert(campaign_message).values(values | changes).returning(campaign_message.c.id)
        return int(tx.execute(query).scalar_one())
