"""Campaigns in the alert chats: the plan when a person sends it, tasks and threats once each, in working time only."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import campaigns, yearly
from casework.campaign_chat import plan_text, tell_plan, told_chats
from casework.campaign_errors import StaleCampaign
from casework.campaign_partners import add_partner
from casework.campaign_reminders import remind_tasks, tell_due
from casework.campaign_tasks import change_task, end_task
from casework.errors import BadMove, NotAllowed
from casework.work import MACHINE, Work
from district.profile import ChatHours
from district.seasons import DateRule, RuleKind, YearDay
from preventive.campaign import CampaignState
from storage.engine import Store
from storage.keep.outbox import claim_lines
from storage.tables import outbox
from tests.casework.campaign_build import (
    END,
    START,
    TODAY,
    a_district,
    a_threat,
    add_task,
    at,
    days_on,
    events,
    go,
    planned,
    row_of,
    task_of,
)
from tests.casework.risk_build import ANNA, BORIS, HEAD, READER, hire
from tests.casework.staff_build import a_chat

CHATS = (
    a_chat("duty"),
    a_chat("boss", from_level=4),
    a_chat("quiet", hours=(ChatHours.OFF,) * 3 + (ChatHours.ALWAYS,)),
)
DISTRICT = a_district(chats=CHATS)


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def robot(store: Store, day: date, hour: int = 9, **changes: Any) -> Work:
    """The machine at an hour (UTC; the district is three ahead) of a day."""
    moment = datetime(day.year, day.month, day.day, hour, 0, tzinfo=UTC)
    return at(store, MACHINE, moment, changes.get("profile", DISTRICT))


def lines(store: Store, kind: str) -> list[tuple[str, str]]:
    """(chat, text) of the outbox in the order of writing."""
    with store.read() as tx:
        rows = tx.execute(sa.select(outbox.c.chat, outbox.c.body).where(outbox.c.kind == kind).order_by(outbox.c.id))
        return [(row.chat, row.body["text"]) for row in rows]


def test_a_plan_goes_to_the_chats_of_the_second_level(store: Store) -> None:
    """The topic and its plan in the form of the Порядок, п. 3; sent once, again only when something has changed."""
    work = at(store, profile=DISTRICT)
    campaign_id = planned(work, threat_id="thin-ice-autumn")
    add_task(work, campaign_id, partner="Школы")
    add_partner(work, campaign_id, kind="leader", name="Ведущая паблика", does="рассказывает", agreed_on=TODAY)

    assert tell_plan(work, campaign_id, 1) == 2
    with pytest.raises(BadMove, match="уже в чате"):
        tell_plan(work, campaign_id, 2)
    with pytest.raises(StaleCampaign):
        tell_plan(at(store, BORIS, profile=DISTRICT), campaign_id, 1)
    version = campaigns.change(work, campaign_id, 2, goal="Дети не выходят на лёд")
    assert campaigns.tell_plan(work, campaign_id, version) == 4

    sent = lines(store, "campaign")
    assert [chat for chat, _ in sent] == ["duty", "duty"]
    first, second = (text for _, text in sent)
    assert first.startswith("Социально значимая тема, требующая превентивной кампании\nТонкий лёд, 2026\n")
    assert "Угроза года: Первый лёд\nПочему: запрет выхода на лёд вводит муниципальный акт\n" in first
    assert "1) до 01.12.2026: Повесить знаки — Школы" in first
    assert "(план изменён: заменяет прежнее сообщение)" in second
    assert second.endswith(plan_text(work, row_of(store, campaign_id)).split("\n", 1)[1])
    assert "Партнёры: согласились — лидер мнений" in first
    assert "Ведущая" not in first
    for person in (ANNA, BORIS, HEAD):
        assert person.login not in first
        assert person.name_shown not in first
    assert row_of(store, campaign_id).told_at == work.now
    assert [e.detail["chats"] for e in events(store, campaign_id) if e.what == "told"] == [["duty"], ["duty"]]


def test_who_may_send_a_plan_and_where_it_goes(sqlite_store: Store) -> None:
    """A reader may not; where no chat is told of the second level it goes to the next; without chats it is said so."""
    high = a_district(chats=(a_chat("boss", from_level=4),))
    campaign_id = planned(at(sqlite_store))
    with pytest.raises(NotAllowed):
        tell_plan(at(sqlite_store, READER), campaign_id, 1)
    with pytest.raises(BadMove, match="Ни одному чату"):
        tell_plan(at(sqlite_store, profile=a_district(chats=())), campaign_id, 1)

    tell_plan(at(sqlite_store, profile=high), campaign_id, 1)

    assert [chat for chat, _ in lines(sqlite_store, "campaign")] == ["boss"]
    go(at(sqlite_store), campaign_id, CampaignState.CANCELLED)
    with pytest.raises(BadMove, match="отменена"):
        tell_plan(at(sqlite_store, profile=high), campaign_id, 3)
    assert [chat.id for chat in told_chats(DISTRICT)] == ["duty"]


def test_a_task_is_reminded_of_before_its_day_and_once_when_it_is_late(store: Store) -> None:
    """On the working day before, not earlier, not twice; and once more on the first working day after."""
    work = at(store)
    task = add_task(work, planned(work), due_on=date(2026, 11, 30))  # a Monday

    told = {
        day: remind_tasks(robot(store, day)) for n in range(8, 20) for day in [date(2026, 11, 18) + timedelta(days=n)]
    }

    assert {day for day, many in told.items() if many} == {date(2026, 11, 27), date(2026, 12, 1)}
    (before_chat, before), (_, late) = lines(store, "campaign_tasks")
    assert before_chat == "duty"
    assert "• до 30.11.2026: Повесить знаки — блок «Дороги и ЖКХ». Кампания «Тонкий лёд, 2026»" in before
    assert "срок прошёл (30.11.2026)" in late
    assert task_of(store, task).reminded_at == robot(store, date(2026, 12, 1)).now
    assert events(store, task_of(store, task).campaign_id)[-1].by_name == "машина"


def test_nights_weekends_ended_and_cancelled_are_silent(sqlite_store: Store) -> None:
    """Nothing leaves out of working time; what is done, cancelled or of a cancelled campaign is not told of."""
    work = at(sqlite_store)
    campaign_id, other = planned(work), planned(work, title="Другая")
    open_one, done = add_task(work, campaign_id), add_task(work, campaign_id)
    add_task(work, other)
    end_task(work, done, done=True)
    go(work, other, CampaignState.CANCELLED)

    eve = date(2026, 11, 30)
    assert remind_tasks(robot(sqlite_store, eve, hour=4)) == 0, "seven in the morning"
    assert remind_tasks(robot(sqlite_store, eve, hour=16)) == 0, "seven in the evening"
    assert remind_tasks(robot(sqlite_store, date(2026, 11, 29))) == 0, "a Sunday"
    assert remind_tasks(robot(sqlite_store, eve)) == 1
    assert len(lines(sqlite_store, "campaign_tasks")) == 1
    change_task(work, open_one, due_on=END)
    assert remind_tasks(robot(sqlite_store, date(2026, 12, 2))) == 0
    assert remind_tasks(robot(sqlite_store, date(2026, 12, 18))) == 1, "another day is reminded of anew (a Sunday)"


def test_two_programs_remind_once(store: Store) -> None:
    """Two workers at the same moment write one message between them."""
    work = at(store)
    add_task(work, planned(work))
    told: list[int] = []
    gate = threading.Barrier(2)

    def press() -> None:
        gate.wait()
        told.append(remind_tasks(robot(store, date(2026, 11, 30))))

    both = [threading.Thread(target=press) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(told) == [0, 1]
    assert len(lines(store, "campaign_tasks")) == 1


def test_a_threat_without_a_campaign_is_told_once(store: Store) -> None:
    """From the day on which preparing begins, in working time, once; the next year again."""
    start = START - timedelta(days=10)  # a Saturday
    days = [start + timedelta(days=n) for n in range(-4, 25)]
    told = {day: tell_due(robot(store, day)) for day in days}

    assert {day for day, many in told.items() if many} == {date(2026, 11, 23)}
    ((chat, text),) = lines(store, "campaign_due")
    assert chat == "duty"
    assert text.startswith("Пора готовить: Первый лёд\nКогда: с 01.12.2026 по 20.12.2026, осталось 8 дней\n")
    assert "Кому: блок «Дороги и ЖКХ», Заместитель Главы" in text
    with store.write() as tx:
        tx.execute(sa.delete(outbox))
    assert tell_due(robot(store, date(2026, 12, 1))) == 0, "what is forgotten of the outbox is not told again"
    assert tell_due(robot(store, date(2027, 7, 29))) == 1, "elections: forty-five days before 12 September"
    assert tell_due(robot(store, date(2027, 11, 23))) == 1


def test_a_planned_or_cancelled_campaign_is_an_answer(sqlite_store: Store) -> None:
    """Where somebody has planned, or has decided not to, the machine says nothing."""
    campaign_id = planned(at(sqlite_store), threat_id="thin-ice-autumn")
    assert tell_due(robot(sqlite_store, date(2026, 11, 23))) == 0
    go(at(sqlite_store), campaign_id, CampaignState.CANCELLED)

    assert tell_due(robot(sqlite_store, date(2026, 11, 23))) == 0


def test_what_is_not_told(sqlite_store: Store) -> None:
    """A threat of all the year, one that began two weeks ago, one whose rule gives no day: none stops the others."""
    always = DateRule(RuleKind.WINDOW, since=YearDay(1, 1), until=YearDay(12, 31))
    never = DateRule(RuleKind.NTH_WEEKDAY, month=2, weekday=6, nth=6)
    old = DateRule(RuleKind.WINDOW, since=YearDay(11, 1), until=YearDay(12, 31))
    profile = a_district(
        a_threat("dogs", rule=always, lead_days=0), a_threat("never", rule=never), a_threat("old", rule=old), a_threat(),
        chats=CHATS,
    )  # fmt: skip

    assert tell_due(robot(sqlite_store, date(2026, 11, 23), profile=profile)) == 1
    assert [text.splitlines()[0] for _, text in lines(sqlite_store, "campaign_due")] == ["Пора готовить: Первый лёд"]
    assert tell_due(robot(sqlite_store, date(2026, 11, 24), profile=a_district(chats=()))) == 0


def test_the_pieces_go_round_by_themselves(sqlite_store: Store) -> None:
    """Both stand in the round of prevention, which may be gone at any hour and as often as it likes."""
    work = at(sqlite_store)
    add_task(work, planned(work))
    assert {"campaigns_due", "tasks_told"} <= set(yearly.PIECES)

    first = yearly.PIECES["tasks_told"](robot(sqlite_store, date(2026, 11, 30)))
    again = [yearly.PIECES["tasks_told"](robot(sqlite_store, date(2026, 11, 30), hour)) for hour in range(6, 20)]

    assert (first, sum(again)) == (1, 0)


def test_lines_keep_the_chats_hours(sqlite_store: Store) -> None:
    """A plan sent in the evening waits in a chat that is told in working time: its line is of the second level."""
    evening = days_on(0) + timedelta(hours=8)
    work = at(sqlite_store, now=evening, profile=DISTRICT)
    tell_plan(work, planned(work), 1)

    with sqlite_store.write() as tx:
        (line,) = claim_lines(tx, "duty", 5, evening + timedelta(hours=1), "test", timedelta(minutes=1))

    assert (line.level, line.kind, line.risk_id) == (2, "campaign", None)
