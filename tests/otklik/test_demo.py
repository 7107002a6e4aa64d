"""The demo district's month: the same at every load, whole enough to show the work, and true to the rules of the domain."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from casework.history import verify_history
from otklik.demo_life import DAYS, Month
from otklik.wiring import House
from risk.post import Post
from risk.states import State
from storage.find.queue import QueueFilter, QueueRow, queue
from storage.tables import answer, grp, outbox, post, publication, risk, source

MOMENT = datetime(2026, 11, 21, 12, 7, tzinfo=UTC)


def _month(house: House, now: datetime) -> list[Post]:
    return list(Month(house.profile, now).posts())


@pytest.fixture(scope="module")
def rows(demo_house: House) -> tuple[QueueRow, ...]:
    """All risks of the demo, closed ones too."""
    with demo_house.store.read() as tx:
        return queue(tx, QueueFilter(open_only=False, per_page=1000), demo_house.work().now).rows


def test_the_month_is_the_same_every_time(demo_house: House) -> None:
    """One seed and one moment give the same posts, in the order of time, all of the last month."""
    posts = _month(demo_house, MOMENT)

    assert posts == _month(demo_house, MOMENT)
    assert [p.published_at for p in posts] == sorted(p.published_at for p in posts)
    assert posts[0].published_at > MOMENT - timedelta(days=DAYS + 1)
    assert posts[-1].published_at < MOMENT
    assert len({p.key for p in posts}) == len(posts) > 1500


@pytest.mark.parametrize("hour", [0, 6, 18, 23])
def test_the_month_ends_now_at_any_hour(demo_house: House, hour: int) -> None:
    """Whenever it is loaded, the newest post is of the last hour and nothing comes from the future."""
    now = MOMENT.replace(hour=hour)
    posts = _month(demo_house, now)

    assert now - timedelta(hours=1) < posts[-1].published_at < now
    assert all(p.seen_at.tzinfo is not None for p in posts)


def test_every_level_and_many_states_are_there(rows: tuple[QueueRow, ...]) -> None:
    """Whoever opens the demo sees risks of all four levels, fresh, being checked, checked and closed ones."""
    states = Counter(row.state for row in rows)

    assert {row.level for row in rows} == {1, 2, 3, 4}
    assert states.keys() == {state.value for state in State}
    assert {row.veracity for row in rows} >= {"unconfirmed", "confirmed", "refuted"}
    assert sum(states[s] for s in ("found", "verifying", "preparing")) >= 5
    assert len({row.topic for row in rows}) >= 6
    assert len({row.territory for row in rows}) >= 4


def test_the_smell_of_gas_goes_to_the_top(demo_house: House, rows: tuple[QueueRow, ...]) -> None:
    """The newest danger to life is level 4, first in the queue, and goes to the unified dispatch service."""
    gas = next(row for row in rows if "запах газа" in row.title and row.state == "found")
    with demo_house.store.read() as tx:
        (official,) = tx.execute(sa.select(risk.c.official).where(risk.c.id == gas.id)).one()
    posts = {o.id: o.post for o in demo_house.profile.officials}

    assert (gas.level, gas.emergency, gas.settlement) == (4, True, "Белое")
    assert "ЕДДС" in posts[official]
    assert rows[0].level == 4
    assert gas.due_at is not None
    assert gas.due_at - gas.first_seen <= timedelta(hours=2)


def test_many_copies_that_nobody_sees_stay_low(demo_house: House) -> None:
    """480 copies with five views each are one group, and no more than level 2."""
    with demo_house.store.read() as tx:
        query = sa.select(grp.c.posts, grp.c.views, grp.c.level).join(post, post.c.id == grp.c.first_post_id)
        found = tx.execute(query.where(post.c.text.startswith("Внимание, перешлите всем"))).all()

    ((posts, views, level),) = found
    assert (posts, views) == (480, 2400)
    assert level <= 2


def test_the_rumour_is_refuted(rows: tuple[QueueRow, ...]) -> None:
    """Hearsay about poisoned water spread over the pages as one risk, and was refuted with its source."""
    (rumour,) = [row for row in rows if "отравлена вода" in row.title]

    assert rumour.veracity == "refuted"
    assert rumour.sources > 3


def test_nobody_is_alarmed_of_last_month(demo_house: House) -> None:
    """Alert lines older than an hour count as told; only what is fresh will leave."""
    hour_ago = demo_house.work().now - timedelta(hours=1)
    with demo_house.store.read() as tx:
        lines = tx.execute(sa.select(outbox.c.created_at, outbox.c.sent_at)).all()

    assert len(lines) > 10
    assert [line for line in lines if line.created_at < hour_ago and line.sent_at is None] == []


def test_the_demo_asks_no_network(demo_house: House) -> None:
    """Its sources have made-up addresses: all of them are paused with the reason."""
    with demo_house.store.read() as tx:
        states = tx.execute(sa.select(source.c.state, source.c.state_reason).distinct()).all()

    assert [tuple(row) for row in states] == [("paused", "демонстрационный источник: в сеть не ходит")]


def test_the_work_is_led_to_its_end(demo_house: House, rows: tuple[QueueRow, ...]) -> None:
    """The month shows a refuted rumour closed, a vanished answer, an answer that waits for the head, and a spread anew."""
    with demo_house.store.read() as tx:
        gone = tx.execute(sa.select(publication.c.risk_id).where(publication.c.state == "gone")).scalars().all()
        waiting = tx.execute(sa.select(answer.c.risk_id).where(answer.c.state == "waiting")).scalars().all()
        again = tx.execute(sa.select(risk.c.id).where(risk.c.reopened > 0)).scalars().all()
    states = {row.id: row.state for row in rows}
    (rumour,) = [row for row in rows if "отравлена вода" in row.title]

    assert rumour.state == "worked_off"
    assert {states[i] for i in gone} == {"watched"}
    assert waiting
    assert {states[i] for i in again} == {"reopened"}


def test_every_history_of_the_demo_is_whole(demo_house: House) -> None:
    """The invented month leaves no broken chain."""
    report = verify_history(demo_house.work())

    assert report.whole
    assert report.risks > 50
