"""A small district with threats and an official page, and campaigns in it, for tests of prevention."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from casework import campaign_messages, campaign_tasks, campaigns
from casework.work import Staff, Work
from district.profile import Platform, Profile
from district.seasons import DateRule, Evidence, EvidenceKind, Prevention, RuleKind, Threat, YearDay
from preventive.campaign import CampaignState
from storage.engine import Store
from storage.find.campaign_parts import message_by_id, task_by_id
from storage.find.campaigns import (
    CampaignEventRow,
    CampaignRow,
    MessageRow,
    TaskRow,
    campaign_by_id,
    events_of,
    messages_of,
    tasks_of,
)
from tests.casework.risk_build import ANNA
from tests.casework.staff_build import a_profile, a_source, a_work

THURSDAY = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
"""Noon of a working day in the district."""
TODAY = date(2026, 11, 19)
START, END = date(2026, 12, 1), date(2026, 12, 20)
PAGE = "vk-okrug"
GOOD = "Лёд на реке тонкий. Не выходите на него и не пускайте детей. Беда — звоните 112."
S = CampaignState


def a_threat(threat_id: str = "thin-ice-autumn", **changes: Any) -> Threat:
    values: dict[str, Any] = {
        "id": threat_id, "name": "Первый лёд", "topics": ("roads",), "lead_days": 10, "template": "thin-ice",
        "rule": DateRule(RuleKind.WINDOW, since=YearDay(12, 1), until=YearDay(12, 20)), "words": ("лёд",),
        "evidence": (Evidence(EvidenceKind.DECREE, "запрет выхода на лёд вводит муниципальный акт"),),
    }  # fmt: skip
    return Threat(**(values | changes))


ELECTIONS = a_threat(
    "elections", name="Единый день голосования", topics=("education",), inform_only=True, template="elections",
    lead_days=45, rule=DateRule(RuleKind.NTH_WEEKDAY, month=9, weekday=6, nth=2),
)  # fmt: skip


def a_district(*threats: Threat, **changes: Any) -> Profile:
    page = a_source(PAGE, name="Администрация округа", platform=Platform.VK, official=True)
    prevention = Prevention(threats=threats or (a_threat(), ELECTIONS), posts_a_week=2, budgets=(("Газета", 1),))
    return a_profile(sources=(a_source(), page), **({"prevention": prevention} | changes))


def at(store: Store, by: Staff = ANNA, now: datetime = THURSDAY, profile: Profile | None = None) -> Work:
    return a_work(store, by, now, profile or a_district())


def days_on(days: int) -> datetime:
    """The same hour so many days later."""
    return THURSDAY + timedelta(days=days)


def planned(work: Work, **changes: Any) -> int:
    """An idea with everything that a plan needs but tasks."""
    values: dict[str, Any] = {
        "title": "Тонкий лёд, 2026", "goal": "Никто не выходит на лёд", "topics": ("roads",), "audiences": ("рыбаки",),
        "channels": (PAGE,), "starts_on": START, "ends_on": END, "owner_staff": ANNA.id,
    }  # fmt: skip
    return campaigns.create(work, **(values | changes))


def add_text(work: Work, campaign_id: int, **changes: Any) -> int:
    values: dict[str, Any] = {"audience": "рыбаки", "channel": PAGE, "text": GOOD, "post_on": START}
    return campaign_messages.add_message(work, campaign_id, **(values | changes))


def add_task(work: Work, campaign_id: int, **changes: Any) -> int:
    values: dict[str, Any] = {"what": "Повесить знаки", "due_on": START}
    return campaign_tasks.add_task(work, campaign_id, **(values | changes))


def go(work: Work, campaign_id: int, *states: CampaignState) -> int:
    """Move a campaign step by step, with a reason wherever one is asked for."""
    version = row_of(work.store, campaign_id).version
    for state in states:
        version = campaigns.move(work, campaign_id, version, state, "так решили")
    return version


def row_of(store: Store, campaign_id: int) -> CampaignRow:
    with store.read() as tx:
        found = campaign_by_id(tx, campaign_id)
    assert found is not None
    return found


def texts_of(store: Store, campaign_id: int) -> tuple[MessageRow, ...]:
    with store.read() as tx:
        return messages_of(tx, campaign_id)


def text_of(store: Store, message_id: int) -> MessageRow:
    with store.read() as tx:
        found = message_by_id(tx, message_id)
    assert found is not None
    return found


def all_tasks(store: Store, campaign_id: int) -> tuple[TaskRow, ...]:
    with store.read() as tx:
        return tasks_of(tx, campaign_id)


def task_of(store: Store, task_id: int) -> TaskRow:
    with store.read() as tx:
        found = task_by_id(tx, task_id)
    assert found is not None
    return found


def events(store: Store, campaign_id: int) -> list[CampaignEventRow]:
    """The history, the oldest first."""
    with store.read() as tx:
        return list(reversed(events_of(tx, campaign_id)))


def whats(store: Store, campaign_id: int) -> list[str]:
    return [one.what for one in events(store, campaign_id)]
