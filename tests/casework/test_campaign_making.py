"""Campaigns in two clicks: a whole plan from a threat and a year, last year's again with its lessons."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import campaign_materials, campaign_partners, campaigns
from casework.campaign_errors import AlreadyPlanned
from casework.campaign_messages import approve, ask_approval, withdraw
from casework.campaign_tasks import end_task
from casework.errors import BadMove, NotAllowed
from district.seasons import DateRule, DaysOff, RuleKind, YearDay
from district.workdays import WorkCalendar
from preventive.campaign import CampaignState
from preventive.template_list import TEMPLATES, plan_of
from storage.engine import Store
from storage.find.campaigns import materials_of, partners_of
from storage.tables import campaign, staff
from tests.casework.campaign_build import (
    END,
    PAGE,
    START,
    TODAY,
    a_district,
    a_threat,
    add_task,
    add_text,
    all_tasks,
    at,
    days_on,
    go,
    planned,
    row_of,
    texts_of,
    whats,
)
from tests.casework.risk_build import ANNA, BORIS, HEAD, LEAD, READER, hire


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def test_a_threat_and_a_year_give_a_whole_plan(store: Store) -> None:
    """Goal, groups, places, texts as drafts, tasks on working days before the start, partners to ask: ready to be planned."""
    work = at(store, now=days_on(-7))
    made = campaigns.from_template(work, "thin-ice-autumn", 2026)

    row, plan = row_of(store, made), TEMPLATES["thin-ice"]
    assert (row.title, row.starts_on, row.ends_on) == ("Тонкий лёд, 2026", START, END)
    assert (row.goal, row.audiences, row.template, row.owner_staff) == (plan.goal, plan.audiences, "thin-ice", ANNA.id)
    assert row.channels[0] == PAGE, "the district's own page takes the place of «официальная страница»"
    texts = texts_of(store, made)
    assert len(texts) == len(plan.messages)
    assert {one.state for one in texts} == {"draft"}
    assert all(row.prepare_from <= one.post_on <= row.ends_on for one in texts)
    assert all("{" not in one.text for one in texts)
    tasks, calendar = all_tasks(store, made), WorkCalendar.of(work.profile)
    assert len(tasks) == len(plan.tasks)
    assert all(calendar.is_working(task.due_on) for task in tasks)
    assert min(task.due_on for task in tasks) == date(2026, 11, 20), (
        "ten days before is a Saturday: the Friday before it"
    )
    assert {task.partner for task in tasks} >= {"Школы и детские сады", "ГИМС и спасатели"}
    with store.read() as tx:
        assert {one.agreed_on for one in partners_of(tx, made)} == {None}
    assert go(work, made, CampaignState.PLANNED) == 2, "nothing lacks: planned with the second click"


def test_a_second_plan_for_the_same_days_is_refused_with_the_first(sqlite_store: Store) -> None:
    """The person is shown the campaign that is there; a cancelled one is no hindrance."""
    work = at(sqlite_store)
    made = campaigns.from_template(work, "thin-ice-autumn", 2026)

    with pytest.raises(AlreadyPlanned, match=f"№ {made} «Тонкий лёд, 2026» .идея.") as refused:
        campaigns.from_template(at(sqlite_store, BORIS), "thin-ice-autumn", 2026)

    assert refused.value.campaign_id == made
    go(work, made, CampaignState.CANCELLED)
    assert campaigns.from_template(work, "thin-ice-autumn", 2026) != made
    assert campaigns.from_template(work, "thin-ice-autumn", 2027)


def test_a_threat_that_is_past_unknown_or_never_comes(sqlite_store: Store) -> None:
    """Each refusal names the threat and what to do."""
    fifth = a_threat("never", name="Пятое воскресенье", rule=DateRule(RuleKind.NTH_WEEKDAY, month=2, weekday=6, nth=5))
    broken = a_threat("broken", name="Без дня", rule=DateRule(RuleKind.NTH_WEEKDAY, month=2, weekday=6, nth=6))
    work = at(sqlite_store, profile=a_district(a_threat(), fifth, broken))

    for threat_id, year, words in (
        ("нет", 2026, "в реестре нет"),
        ("thin-ice-autumn", 2025, "уже прошло: 20.12.2025 был последний день"),
        ("never", 2027, "В 2027 году «Пятое воскресенье» не наступает"),
        ("broken", 2027, "«Без дня» .* никогда не наступит"),
        ("thin-ice-autumn", 99999, "Год 99999 не годится"),
    ):
        with pytest.raises(BadMove, match=words):
            campaigns.from_template(work, threat_id, year)
    with pytest.raises(NotAllowed):
        campaigns.from_template(at(sqlite_store, READER), "thin-ice-autumn", 2026)
    with pytest.raises(NotAllowed):
        campaigns.from_template(at(sqlite_store, LEAD), "elections", 2027)


def test_what_has_begun_is_planned_from_today(sqlite_store: Store) -> None:
    """A threat that is on begins today, its plan drawn into the next days; no task and no text is in the past."""
    now = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    made = campaigns.from_template(at(sqlite_store, now=now), "thin-ice-autumn", 2026)

    row = row_of(sqlite_store, made)
    assert (row.starts_on, row.ends_on) == (date(2026, 12, 7), END)
    days = [task.due_on for task in all_tasks(sqlite_store, made)] + [t.post_on for t in texts_of(sqlite_store, made)]
    assert min(days) == date(2026, 12, 7)
    assert max(days) <= END
    assert len({task.due_on for task in all_tasks(sqlite_store, made)}) > 3, "not all on one day"


def test_a_threat_of_all_the_year_is_planned_for_a_month(sqlite_store: Store) -> None:
    """Dogs are there all the year: the campaign takes thirty days from today."""
    rule = DateRule(RuleKind.WINDOW, since=YearDay(1, 1), until=YearDay(12, 31))
    profile = a_district(a_threat("stray-dogs", name="Бездомные собаки", rule=rule, lead_days=0, template=""))

    made = row_of(sqlite_store, campaigns.from_template(at(sqlite_store, profile=profile), "stray-dogs", 2026))

    assert (made.starts_on, made.ends_on, made.template) == (TODAY, TODAY + timedelta(days=29), "stray-dogs")
    assert made.title == "Бездомные собаки, 2026"


def test_an_election_plan_only_informs(sqlite_store: Store) -> None:
    """Its campaign is marked, and every shipped text of it passes the check at once."""
    work = at(sqlite_store)
    made = campaigns.from_template(work, "elections", 2027)

    row = row_of(sqlite_store, made)
    assert (row.inform_only, row.starts_on) == (True, date(2027, 9, 12))
    for text in texts_of(sqlite_store, made):
        assert approve(at(sqlite_store, HEAD), text.id, ask_approval(work, text.id, 1)) == 3


def test_texts_look_for_a_week_with_room(sqlite_store: Store) -> None:
    """A full week sends a text to the nearest one; where no week is free the text says so and keeps its wanted day."""
    work = at(sqlite_store)
    other = planned(work, title="Другая", prepare_from=date(2026, 11, 1), ends_on=date(2026, 12, 31))
    wanted = next(one for one in plan_of(a_threat()).messages if one.channel.value == "official")
    day = START + timedelta(days=wanted.days)
    for _ in range(2):
        add_text(work, other, post_on=day)

    made = campaigns.from_template(work, "thin-ice-autumn", 2026)
    (moved,) = [one for one in texts_of(sqlite_store, made) if one.channel == PAGE]
    assert abs((moved.post_on - day).days) in range(1, 8)
    assert moved.note == ""

    full = a_district(prevention=type(work.profile.prevention)(threats=(a_threat(),), posts_a_week=0))
    go(work, made, CampaignState.CANCELLED)
    again = campaigns.from_template(at(sqlite_store, profile=full), "thin-ice-autumn", 2026)
    assert {one.note[:24] for one in texts_of(sqlite_store, again)} == {"Сверх бюджета внимания: "}
    assert whats(sqlite_store, again).count("over_budget") == len(texts_of(sqlite_store, again))


def test_last_years_comes_again_with_its_lessons(store: Store) -> None:
    """All days move with the first one, words for days too; nothing is approved, done or agreed; lessons come along."""
    work = at(store)
    old = planned(work, threat_id="thin-ice-autumn")
    text = add_text(work, old, text="С 1 декабря по 20 декабря на лёд нельзя, 11 декабря — беседа. Беда — 112.")
    approve(at(store, HEAD), text, ask_approval(work, text, 1))
    withdraw(work, add_text(work, old), 1)
    done, gone = add_task(work, old, owner_staff=BORIS.id), add_task(work, old, what="Не нужна")
    end_task(work, done, done=True, result="сделано")
    end_task(work, gone, done=False, result="лишняя")
    campaign_partners.add_partner(work, old, kind="gims", name="ГИМС", does="обходит", agreed_on=TODAY)
    campaign_partners.add_partner(work, old, kind="leader", name="Ведущая", does="говорит", agreed_on=TODAY)
    leaflet = campaign_materials.add_version(work, old, "Листовка", "До 20 декабря лёд тонкий")
    campaign_materials.approve(at(store, HEAD), leaflet)
    _keep_lessons(store, old, "Начать раньше")

    new = campaigns.copy(at(store, HEAD), old, 2027)

    row = row_of(store, new)
    assert (row.title, row.copied_from, row.last_lessons, row.lessons) == ("Тонкий лёд, 2027", old, "Начать раньше", "")
    assert (row.starts_on, row.ends_on, row.state, row.owner_staff) == (
        date(2027, 12, 1),
        date(2027, 12, 20),
        "idea",
        ANNA.id,
    )
    (again,) = texts_of(store, new)
    assert (again.state, again.made_by, again.post_on) == ("draft", HEAD.id, date(2027, 12, 1))
    assert again.text.startswith("С 1 декабря по 20 декабря"), "the days of the rule are the same"
    (task,) = all_tasks(store, new)
    assert (task.state, task.result, task.due_on, task.owner_staff) == ("open", "", date(2027, 12, 1), BORIS.id)
    with store.read() as tx:
        assert [(p.name, p.agreed_on) for p in partners_of(tx, new)] == [("ГИМС", None)]
        assert [(m.title, m.number, m.state) for m in materials_of(tx, new)] == [("Листовка", 1, "draft")]


def _keep_lessons(store: Store, campaign_id: int, lessons: str) -> None:
    with store.write() as tx:
        tx.execute(sa.update(campaign).where(campaign.c.id == campaign_id).values(lessons=lessons))


def test_a_copy_names_the_new_days_in_texts(sqlite_store: Store) -> None:
    """When the rule gives other days, the old first and last day in a text become the new ones, other numbers stay."""
    work = at(sqlite_store)
    old = planned(work, threat_id="thin-ice-autumn", starts_on=date(2026, 12, 2), ends_on=date(2026, 12, 12))
    add_text(work, old, text="С 2 декабря по 12 декабря нельзя. 22 декабря — ёлка, дом 2.", post_on=date(2026, 12, 2))

    (text,) = texts_of(sqlite_store, campaigns.copy(work, old, 2027))

    assert text.text == "С 1 декабря по 20 декабря нельзя. 22 декабря — ёлка, дом 2."


def test_a_threat_that_comes_several_times_a_year(sqlite_store: Store) -> None:
    """The coming that is meant is planned; a copy takes the one nearest to the same days, not the first of the year."""
    rule = DateRule(RuleKind.PRODUCTION, off=DaysOff.LONG_WEEKEND)
    work = at(sqlite_store, profile=a_district(a_threat("days-off", name="Выходные", rule=rule, template="")))
    first = row_of(sqlite_store, campaigns.from_template(work, "days-off", 2027))
    later = row_of(sqlite_store, campaigns.from_template(work, "days-off", 2027, date(2027, 5, 1)))

    again = row_of(sqlite_store, campaigns.copy(work, later.id, 2028))

    assert (first.starts_on.month, later.starts_on.month) == (2, 5)
    assert abs(again.starts_on - date(2028, 5, 1)).days < 14


def test_what_a_copy_refuses(sqlite_store: Store) -> None:
    """The same days again, an owner who left is replaced by who copies, a threat that is gone leaves the same days."""
    work = at(sqlite_store)
    old = planned(work, threat_id="thin-ice-autumn", owner_staff=BORIS.id)
    with pytest.raises(BadMove, match="и так стоит на эти дни"):
        campaigns.copy(work, old, 2026)
    with pytest.raises(NotAllowed):
        campaigns.copy(at(sqlite_store, READER), old, 2027)
    own = planned(work, title="Своя")
    for year, words in ((2025, "01.12.2025 уже прошёл"), (99999, "Год 99999 не годится")):
        with pytest.raises(BadMove, match=words):
            campaigns.copy(work, own, year)
    with sqlite_store.write() as tx:
        tx.execute(sa.update(staff).where(staff.c.id == BORIS.id).values(active=False))
    bare: Any = a_district(a_threat("other"))

    copied = row_of(sqlite_store, campaigns.copy(at(sqlite_store, profile=bare), old, 2027))

    assert (copied.threat_id, copied.starts_on, copied.owner_staff) == (None, date(2027, 12, 1), ANNA.id)
    assert copied.subject == "threat:thin-ice-autumn", "the effect is still counted by the same weeks"
