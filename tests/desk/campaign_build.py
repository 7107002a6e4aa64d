"""Campaigns of the demo district for the tests of their pages; days are counted from the house's own clock."""

from __future__ import annotations

from datetime import date, timedelta

from casework import campaign_messages, campaign_tasks, campaigns
from preventive.campaign import CampaignState
from storage.find.campaigns import CampaignRow, MessageRow, TaskRow, campaign_by_id, messages_of, tasks_of
from storage.find.staff import staff_by_login
from tests.desk.conftest import House

TEXT = "Лёд ещё тонкий: у берега четыре сантиметра. Не выходите сами и не пускайте детей. Беда — звоните 112."
WAY = (CampaignState.PLANNED, CampaignState.PREPARING, CampaignState.RUNNING, CampaignState.FINISHED)


def today_of(house: House) -> date:
    """Return the district's day."""
    return house.work().now.astimezone(house.profile.timezone).date()


def staff_of(house: House, login: str) -> int:
    """Return somebody's id."""
    with house.store.read() as tx:
        row = staff_by_login(tx, login)
    assert row
    return row.id


def make(house: House, title: str, *, block: str = "core", starts: int = 20, lasts: int = 10) -> int:
    """Write a campaign of the head's with one task and two drafts by the officer; return its id.

    `starts` is how many days from today its first day is.
    """
    first = today_of(house) + timedelta(days=starts)
    head, officer = house.work("head"), house.work("officer")
    campaign_id = campaigns.create(
        head, title=title, goal="Никто не провалился под лёд", topics=["safety"], starts_on=first,
        ends_on=first + timedelta(days=lasts), audiences=["рыбаки", "родители"], channels=["vk-okrug"],
        owner_staff=staff_of(house, "head"), block=block, prepare_from=min(first, today_of(house)),
    )  # fmt: skip
    campaign_tasks.add_task(head, campaign_id, what="Измерить лёд", due_on=first, block=block)
    for audience, place in (("рыбаки", "vk-okrug"), ("родители", "Доска объявлений")):
        campaign_messages.add_message(
            officer, campaign_id, audience=audience, channel=place, text=TEXT, post_on=first, over_budget="проба"
        )
    return campaign_id


def row_of(house: House, campaign_id: int) -> CampaignRow:
    """Return a campaign as it stands."""
    with house.store.read() as tx:
        row = campaign_by_id(tx, campaign_id)
    assert row
    return row


def tasks(house: House, campaign_id: int) -> tuple[TaskRow, ...]:
    """Return its tasks."""
    with house.store.read() as tx:
        return tasks_of(tx, campaign_id)


def texts(house: House, campaign_id: int) -> tuple[MessageRow, ...]:
    """Return its texts by audience: anglers first."""
    with house.store.read() as tx:
        return tuple(sorted(messages_of(tx, campaign_id), key=lambda m: m.audience, reverse=True))


def approve_all(house: House, campaign_id: int) -> None:
    """Let the officer ask and the head approve every text."""
    for one in texts(house, campaign_id):
        version = campaign_messages.ask_approval(house.work("officer"), one.id, one.version)
        campaign_messages.approve(house.work("head"), one.id, version)


def move_to(house: House, campaign_id: int, state: CampaignState) -> None:
    """Lead a campaign along its way up to a state, with all that lacks done."""
    if state in (CampaignState.RUNNING, CampaignState.FINISHED):
        approve_all(house, campaign_id)
    for step in WAY[: WAY.index(state) + 1]:
        if step is CampaignState.FINISHED:
            for task in tasks(house, campaign_id):
                campaign_tasks.end_task(house.work("head"), task.id, done=True)
        campaigns.move(house.work("head"), campaign_id, row_of(house, campaign_id).version, step)
