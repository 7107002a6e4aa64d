"""The demo district's year: every state of a campaign, one whole life with its effect, whatever day it is loaded on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casework import upkeep, weeks
from casework.threats import register
from casework.work import Staff
from district.profile import Profile
from district.settings import Settings
from otklik.demo_history import past_weeks
from otklik.demo_sky import days_of_weather
from otklik.demo_work import Crew
from otklik.demo_year import Year
from otklik.wiring import House, build
from preventive.campaign import CampaignState
from storage.find.campaigns import CampaignFilter, CampaignRow, campaigns_listed, messages_of, partners_of, tasks_of

FOUNDER = Staff(None, "машина", "машина", frozenset({"technician"}))


@pytest.fixture
def bare_house(tmp_path: Path) -> Iterator[House]:
    """The demo district's house with nothing in it yet."""
    made = Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path / 'otklik.sqlite3'}", _env_file=None)  # type: ignore[call-arg]
    house = build(made)
    yield house
    house.close()


def _campaigns(house: House) -> tuple[CampaignRow, ...]:
    with house.store.read() as tx:
        return campaigns_listed(tx, CampaignFilter()).rows


def test_the_loaded_demo_shows_every_state_and_an_effect(demo_house: House) -> None:
    """Whoever opens the demo sees campaigns in all states, last year's lessons in a copy, and what came of an evaluated one."""
    rows = _campaigns(demo_house)

    assert {row.state for row in rows} == {state.value for state in CampaignState}
    effects = [row.effect for row in rows if row.state == CampaignState.EVALUATED and row.effect]
    assert any(effect["verdict"] == "less" and "меньше обычного" in effect["sentence"] for effect in effects)
    assert all(row.lessons for row in rows if row.state == CampaignState.EVALUATED)
    assert any(row.last_lessons and row.copied_from for row in rows)
    with demo_house.store.read() as tx:
        states = {one.state for row in rows for one in messages_of(tx, row.id)}
        assert states >= {"draft", "waiting", "approved", "returned", "published"}
        assert {task.state for row in rows for task in tasks_of(tx, row.id)} >= {"open", "done"}
        assert any(partner.agreed_on for row in rows for partner in partners_of(tx, row.id))


@pytest.mark.parametrize(
    "moment", [datetime(2028, 2, 29, 5, tzinfo=UTC), datetime(2027, 5, 10, 12, tzinfo=UTC), datetime(2026, 12, 31, 22, tzinfo=UTC), datetime(2027, 8, 20, 2, tzinfo=UTC)],
    ids=lambda m: m.date().isoformat(),
)  # fmt: skip
def test_the_year_can_be_lived_on_any_day(bare_house: House, moment: datetime) -> None:
    """On a leap day, in spring, on the last night of the year, in summer: a running, a planned and an evaluated campaign are there."""
    crew = Crew.hire(bare_house.work(by=FOUNDER, now=moment), bare_house)

    Year(bare_house, moment, crew.planner, crew.head).live()

    states = {row.state for row in _campaigns(bare_house)}
    assert states >= {state.value for state in CampaignState} - {CampaignState.RUNNING.value}
    assert any(row.effect for row in _campaigns(bare_house))


def test_past_weeks_are_the_same_every_time(demo_profile: Profile) -> None:
    """One profile and the same days give the same counts; territories add up to the district; no week is told twice."""
    first, until = date(2024, 1, 1), date(2024, 4, 1)
    rows = list(past_weeks(demo_profile, first, until, (), ()))

    assert rows == list(past_weeks(demo_profile, first, until, (), ()))
    assert len({(r.subject, r.territory, r.week) for r in rows}) == len(rows)
    assert all(r.week.weekday() == 0 and first <= r.week < until for r in rows)
    whole = {(r.subject, r.week): r.posts for r in rows if r.territory == weeks.WHOLE}
    parts: dict[tuple[str, date], int] = dict.fromkeys(whole, 0)
    for row in rows:
        if row.territory != weeks.WHOLE:
            parts[row.subject, row.week] += row.posts
    assert parts == whole


def test_less_is_written_while_a_campaign_runs(demo_profile: Profile) -> None:
    """The weeks of a campaign of the demo hold about half of what the same weeks hold without it."""
    first, until = date(2022, 1, 3), date(2024, 12, 30)
    plain = sum(r.posts for r in past_weeks(demo_profile, first, until, (), ()) if r.subject == "housing")
    calmed = sum(
        r.posts
        for r in past_weeks(demo_profile, first, until, (), [("housing", first, until)])
        if r.subject == "housing"
    )

    assert 0.4 * plain < calmed < 0.6 * plain


def test_the_weather_is_that_of_a_temperate_district() -> None:
    """Cold winters, warm summers, snow only in the cold half, every day once, low not above high."""
    days = list(days_of_weather(date(2023, 1, 1), date(2026, 1, 1)))

    assert [d.day for d in days] == sorted({d.day for d in days})
    assert len(days) == 1096
    winter = [d.mean or 0 for d in days if d.day.month in (1, 2)]
    summer = [d.mean or 0 for d in days if d.day.month in (6, 7, 8)]
    assert sum(winter) / len(winter) < -3 < 14 < sum(summer) / len(summer)
    assert not any(d.snow_cm for d in days if d.day.month in (7, 8))
    assert all((d.low or 0) <= (d.mean or 0) <= (d.high or 0) for d in days)


def test_every_threat_with_words_has_a_past(demo_house: House) -> None:
    """The counts kept cover each threat of the register that has words of its own."""
    with demo_house.store.read() as tx:
        subjects = {row.subject for row in weeks.find.all_weeks(tx)}

    assert {t.subject for t in register(demo_house.work()) if t.words} <= subjects


def test_pages_that_nobody_reads_are_counted_by_hand(demo_house: House) -> None:
    """The school's page has no source: its last full month stands in the register as its staff counted it."""
    shown = upkeep.register(demo_house.work())
    (school,) = (page for page in shown.pages if page.page.id == "school-1")

    assert school.months[-2].posts == 11
    asked = school.months[-2].asked
    assert asked is not None
    assert (asked.questions, asked.answered) == (4, 4)
