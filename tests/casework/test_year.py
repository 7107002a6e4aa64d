"""The year is gathered whole, today's list says what to do, and nothing is gathered twice without a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from casework.work import Work
from casework.year import month, plan, today
from casework.year_parts import Due, DueKind
from casework.year_sift import Asked, sift, sift_due, sift_today
from district.seasons import DateRule, RuleKind
from preventive.calendar import ClashKind
from storage.engine import Store
from storage.tables import decree, threat, weather_day
from storage.upgrade import upgrade
from tests.casework.staff_build import NOW, a_work
from tests.casework.year_build import a_threat, a_year_profile, add_campaign, add_message, add_task
from tests.desk.build import add_staff

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
ROADS = a_threat("roads", (4, 1), (4, 30), lead=14)
SNOW = a_threat("snow", (11, 1), (3, 31))
NEW_YEAR = a_threat("holidays", (12, 15), (1, 10), lead=30, topics=("health",))
DOGS = a_threat("dogs", (1, 1), (12, 31))
SOON = a_threat("frost", (12, 10), (12, 20), lead=7)
LATER = a_threat("bathing", (1, 18), (1, 19), lead=10)


def year_work(store: Store, *threats: object, now: datetime = NOW) -> Work:
    return a_work(store, now=now, profile=a_year_profile(*threats))  # type: ignore[arg-type]


def test_a_year_has_threats_in_order_with_their_campaigns(store: Store) -> None:
    """Threats come by their first day, those of all the year last; a campaign stands below its threat or by itself."""
    work = year_work(store, DOGS, NEW_YEAR, ROADS, SNOW)
    april = add_campaign(store, "Дороги", date(2026, 4, 1), threat_id="roads", topics=["roads"])
    free = add_campaign(store, "Неделя приёма", date(2026, 6, 1))
    add_campaign(store, "Прошлый год", date(2025, 4, 1), threat_id="roads")
    add_campaign(store, "Отменённая", date(2026, 4, 1), threat_id="roads", state="cancelled")

    found = plan(work, 2026)

    assert [one.threat.id for one in found.threats] == ["snow", "holidays", "roads", "dogs"]
    assert [(c.start, c.end) for c in found.threats[0].comings] == [
        (date(2025, 11, 1), date(2026, 3, 31)),
        (date(2026, 11, 1), date(2027, 3, 31)),
    ]
    roads = found.threats[2]
    assert [row.id for row in roads.campaigns] == [april]
    assert roads.campaign_for(roads.comings[0]) == roads.campaigns[0]
    assert [row.id for row in found.others] == [free]
    assert (len(found.weeks), found.day) == (53, TODAY)


def test_a_broken_rule_takes_nothing_else_away(store: Store) -> None:
    """A rule that can never give a day is told in words; the rest of the year is there."""
    never = a_threat("never", (4, 1), (4, 2), rule=DateRule(RuleKind.NTH_WEEKDAY, month=2, weekday=0, nth=None))
    found = plan(year_work(store, never, ROADS), 2026)

    assert [one.threat.id for one in found.threats] == ["roads"]
    assert len(found.troubles) == 1
    assert "«Never»" in found.troubles[0]
    assert [c.threat.id for c in today(year_work(store, never, SNOW)).running] == ["snow"]


@pytest.mark.parametrize("year", [1999, 2101, 0, -5, 10_000])
def test_there_is_a_calendar_for_two_centuries_only(store: Store, year: int) -> None:
    """A year outside of 2000-2100 is refused instead of counted for ever."""
    with pytest.raises(ValueError, match="2000-2100"):
        plan(year_work(store, ROADS), year)


def test_today_says_what_to_start(store: Store) -> None:
    """What should be prepared and has no campaign is called for; what is there already runs; what comes soon is told."""
    work = year_work(store, ROADS, SNOW, NEW_YEAR, DOGS, SOON, LATER)

    found = today(work)

    assert [c.threat.id for c in found.start_now] == ["holidays"]
    assert [c.threat.id for c in found.soon] == ["frost"]
    assert [c.threat.id for c in found.running] == ["snow"]
    assert [c.threat.id for c in found.always] == ["dogs"]


@pytest.mark.parametrize(
    ("state", "called"), [("planned", False), ("preparing", False), ("running", False), ("cancelled", True)]
)
def test_a_campaign_answers_the_call(store: Store, state: str, called: bool) -> None:
    """A threat with a campaign is not called for again; a cancelled campaign is none."""
    add_campaign(store, "Праздники", date(2026, 12, 15), threat_id="holidays", state=state)

    found = today(year_work(store, NEW_YEAR))

    assert bool(found.start_now) == called


def test_last_years_campaign_is_not_this_years(store: Store) -> None:
    """A campaign against the coming before does not answer this year's call."""
    add_campaign(store, "Праздники", date(2025, 12, 15), days=27, threat_id="holidays", state="evaluated")

    assert [c.threat.id for c in today(year_work(store, NEW_YEAR)).start_now] == ["holidays"]


def test_what_is_due_and_what_is_late(store: Store) -> None:
    """Tasks, publications and steps of today stand apart from late ones; done, published and cancelled ones are gone."""
    person = add_staff(store, "planner", ["coordinator"])
    runs = add_campaign(store, "Лёд", TODAY - 5 * DAY, state="running", owner_staff=person, block="works")
    add_campaign(store, "Снег", TODAY + 3 * DAY, state="planned", prepare_from=TODAY)
    add_campaign(store, "Тепло", TODAY - 40 * DAY, state="running")
    gone = add_campaign(store, "Отменена", TODAY, state="cancelled")
    for what, day, state in (
        ("сегодня", TODAY, "open"),
        ("вчера", TODAY - DAY, "open"),
        ("завтра", TODAY + DAY, "open"),
        ("готово", TODAY, "done"),
    ):
        add_task(store, runs, what, day, state=state)
    add_task(store, gone, "отменённое", TODAY)
    add_message(store, runs, "vk-residents", TODAY)
    add_message(store, runs, "vk-residents", TODAY - DAY, state="published")
    add_message(store, runs, "Объявления", TODAY - 2 * DAY, state="returned")

    found = today(year_work(store))

    assert [(d.kind.value, d.words) for d in found.due] == [
        ("message", "Подслушано в Белом: рыбаки"),
        ("step", "начать готовить"),
        ("task", "сегодня"),
    ]
    assert [(d.due, d.words) for d in found.late] == [
        (TODAY - DAY, "вчера"),
        (TODAY - 2 * DAY, "Объявления: рыбаки"),
        (TODAY - 26 * DAY, "завершить"),
    ]
    assert [d.words for d in found.tasks_due] == ["сегодня"]
    assert [d.words for d in found.messages_due] == ["Подслушано в Белом: рыбаки"]
    assert {row.title for row in found.campaigns} == {"Лёд", "Тепло"}


def test_nothing_is_gathered_twice(store: Store) -> None:
    """The same year is given again until something is written or the day changes."""
    work = year_work(store, ROADS)
    first = plan(work, 2026)

    assert plan(work, 2026) is first
    assert plan(work.at(NOW + timedelta(hours=3)), 2026) is first
    assert plan(work.at(NOW + DAY), 2026) is not first
    add_campaign(store, "Дороги", date(2026, 4, 1), threat_id="roads")
    assert len(plan(work, 2026).threats[0].campaigns) == 1


@pytest.mark.parametrize("what", ["threat", "weather", "decree"])
def test_changed_facts_are_seen_at_once(store: Store, what: str) -> None:
    """A threat that is switched off, a day of weather, a document: each makes the year new."""
    work = year_work(store, ROADS, SNOW)
    first = plan(work, 2026)
    rows = {
        "threat": (threat, {"id": "roads", "body": {}, "is_on": False, "note": "нет дорог", "made_at": NOW, "changed_at": NOW}),
        "weather": (weather_day, {"day": "2026-11-20", "mean": 1.0, "origin": "hand", "at": NOW}),
        "decree": (
            decree,
            {
                "subject": "ice", "number": "1", "title": "О льде", "issued_on": "2026-11-20", "opens_on": "2026-11-20",
                "territories": [], "origin": "hand", "at": NOW,
            },
        ),
    }  # fmt: skip
    table, values = rows[what]
    with store.write() as tx:
        tx.execute(sa.insert(table).values(values))

    second = plan(work, 2026)

    assert second is not first
    assert ("roads" in {one.threat.id for one in second.threats}) == (what != "threat")


def test_each_store_has_its_own_year(sqlite_store: Store, sqlite_url: str) -> None:
    """Two open stores never see each other's campaigns."""
    upgrade(sqlite_url)
    other = Store(sqlite_url)
    add_campaign(sqlite_store, "Дороги", date(2026, 4, 1))

    assert len(plan(year_work(sqlite_store), 2026).others) == 1
    assert plan(year_work(other), 2026).others == ()
    other.close()


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Europe/Moscow", datetime(2026, 12, 31, 21, 30, tzinfo=UTC), date(2027, 1, 1)),
        ("Asia/Kamchatka", datetime(2026, 12, 31, 12, 30, tzinfo=UTC), date(2027, 1, 1)),
        ("Asia/Anadyr", datetime(2026, 12, 31, 11, 59, tzinfo=UTC), date(2026, 12, 31)),
        ("Pacific/Honolulu", datetime(2027, 1, 1, 9, 59, tzinfo=UTC), date(2026, 12, 31)),
        ("Pacific/Kiritimati", datetime(2026, 12, 31, 10, 0, tzinfo=UTC), date(2027, 1, 1)),
        ("Europe/Moscow", datetime(2028, 2, 28, 21, 0, tzinfo=UTC), date(2028, 2, 29)),
    ],
)
def test_the_day_is_the_districts(store: Store, zone: str, moment: datetime, day: date) -> None:
    """On both sides of the date line, and on 29 February, today is the day of the district."""
    work = a_work(store, now=moment, profile=a_year_profile(timezone=ZoneInfo(zone)))

    assert work.today == day
    assert today(work).day == day


def test_clashes_are_of_living_campaigns_ahead(store: Store) -> None:
    """Finished campaigns and past weeks clash with nothing; a channel is one however it is spelled."""
    for n in range(6):
        runs = add_campaign(store, f"Лёд {n}", TODAY + 7 * DAY, state="planned")
        add_message(store, runs, "Объявления " if n % 2 else "объявления", TODAY + 8 * DAY, audience=f"группа {n}")
        past = add_campaign(store, f"Прошлое {n}", TODAY - 200 * DAY, state="evaluated", block="works")
        add_message(store, past, "Объявления", TODAY - 200 * DAY, audience=f"группа {n}")

    found = plan(year_work(store), 2026).clashes

    assert [(c.kind, c.subject.strip().lower(), c.most) for c in found] == [(ClashKind.CHANNEL, "объявления", 6)]


def test_a_month_holds_its_own_days(store: Store) -> None:
    """Tasks and publications of the month alone are in it; what was published is done and not late."""
    runs = add_campaign(store, "Лёд", date(2026, 11, 1), days=60, state="running")
    add_task(store, runs, "в ноябре", date(2026, 11, 30))
    add_task(store, runs, "в декабре", date(2026, 12, 1))
    add_message(store, runs, "Стенд", date(2026, 11, 3), state="published")

    found = month(year_work(store), 2026, 11)

    assert [(d.kind, d.due.day, d.done) for d in found.due] == [(DueKind.MESSAGE, 3, True), (DueKind.TASK, 30, False)]
    with pytest.raises(ValueError, match="month"):
        month(year_work(store), 2026, 13)


def test_a_filter_keeps_what_is_wanted(store: Store) -> None:
    """By block, person and topic only what belongs there stays; load and clashes follow."""
    one, two = add_staff(store, "one", ["officer"]), add_staff(store, "two", ["officer"])
    health = a_threat("health", (6, 1), (6, 30), topics=("health",))
    work = year_work(store, ROADS, health)
    roads = add_campaign(
        store, "Дороги", date(2026, 4, 1), threat_id="roads", topics=["roads"], block="works", owner_staff=one
    )
    clinic = add_campaign(store, "Клиника", date(2026, 6, 1), threat_id="health", topics=["health"], block="social")
    add_task(store, roads, "знаки", date(2026, 4, 2), owner_staff=two, block="works")
    whole = plan(work, 2026)

    def left(asked: Asked) -> tuple[set[str], set[int]]:
        found = sift(whole, asked)
        return {t.threat.id for t in found.threats}, {row.id for row in found.campaigns}

    assert sift(whole, Asked()) is whole
    assert left(Asked(block="works")) == ({"roads"}, {roads})
    assert left(Asked(topic="health")) == ({"health"}, {clinic})
    assert left(Asked(person=two)) == ({"roads"}, {roads})
    assert left(Asked(person=99)) == (set(), set())
    assert left(Asked(seen=("social",), reader=two)) == ({"roads", "health"}, {roads, clinic})
    assert left(Asked(seen=("social",), reader=99)) == ({"health"}, {clinic})
    assert [row.subject for row in sift(whole, Asked(person=two)).load if row.kind is ClashKind.OWNER] == [str(two)]
    assert sift(whole, Asked(seen=("social",), reader=99)).load == ()


def test_today_is_filtered_too(store: Store) -> None:
    """Whoever sees one block sees neither the threats nor the tasks of another."""
    add_campaign(store, "Снег", TODAY, state="running", block="works", threat_id="snow", topics=["roads"])
    whole = today(year_work(store, SNOW, NEW_YEAR))

    found = sift_today(whole, Asked(seen=("social",), reader=5))

    assert [c.threat.id for c in found.start_now] == ["holidays"]
    assert found.running == ()
    assert found.campaigns == ()
    assert sift_today(whole, Asked()) is whole


dues = st.builds(
    Due, st.sampled_from(DueKind), st.dates(), st.text(max_size=5), st.integers(1, 9), st.just("Лёд"),
    st.sampled_from([(), ("roads",), ("health",)]), st.sampled_from([None, 1, 2]), st.none(),
    st.sampled_from([None, "works", "social"]),
)  # fmt: skip


@given(
    st.lists(dues, max_size=20),
    st.sampled_from(["", "works"]),
    st.sampled_from([None, 1]),
    st.sampled_from([None, ("works",)]),
)
def test_a_filter_invents_nothing(
    rows: list[Due], block: str, person: int | None, seen: tuple[str, ...] | None
) -> None:
    """What is left was there, in its order, and fits every part of the filter; filtering again changes nothing."""
    asked = Asked(block=block, person=person, seen=seen, reader=2)

    left = sift_due(rows, asked)

    assert sift_due(left, asked) == left
    assert list(left) == [one for one in rows if one in left]
    for one in left:
        assert not block or one.block == block
        assert person is None or one.owner_staff == person
        assert seen is None or one.block in seen or one.owner_staff == 2
