"""What the chips count is what the queue shows, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from district.profile import Profile
from storage.engine import Store
from storage.find.names import source_names, staff_names
from storage.find.queue import QueueFilter, newest_risk_id, queue, queue_totals
from storage.tables import risk
from tests.desk import build

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FILTERS = (
    QueueFilter(), QueueFilter(levels=(4,)), QueueFilter(levels=(1, 2), states=("found",)), QueueFilter(topic="waste"),
    QueueFilter(territory="vetrovo"), QueueFilter(block="works"), QueueFilter(source="vk-podslushano"), QueueFilter(mine=7),
    QueueFilter(since=NOW - timedelta(hours=2)), QueueFilter(search="2026-000003"), QueueFilter(open_only=False),
    QueueFilter(open_only=False, mine=7), QueueFilter(only_blocks=("works",)), QueueFilter(only_blocks=()),
    QueueFilter(changed_after=NOW - timedelta(hours=1)), QueueFilter(states=("dismissed",), open_only=False),
)  # fmt: skip


@pytest.fixture
def filled(store: Store, demo_profile: Profile) -> Store:
    """A morning in which one risk is held, one owned, one owned and closed, one merged away."""
    build.fill(store, demo_profile, NOW)
    with store.write() as tx:
        for number, values in {
            5: {"taken_by": 7, "taken_until": NOW + timedelta(minutes=4)},
            6: {"taken_by": 7, "taken_until": NOW - timedelta(minutes=4)},
            7: {"owner_staff": 7},
            8: {"owner_staff": 7, "state": "dismissed", "is_open": False},
            9: {"merged_into": 8, "state": "dismissed", "is_open": False},
        }.items():
            tx.execute(sa.update(risk).where(risk.c.id == number).values(**values))
    return store


def test_a_chip_counts_what_its_queue_shows(filled: Store) -> None:
    """Each filter's number is the number of risks that its queue lists, however they are counted."""
    with filled.read() as tx:
        counted = queue_totals(tx, FILTERS, NOW)
        listed = [len(queue(tx, replace(f, per_page=100), NOW).rows) for f in FILTERS]
        told = [queue(tx, f, NOW).total for f in FILTERS]

    assert counted == listed == told
    assert counted[0] == 8
    assert counted[7] == 2


def test_levels_and_states_add_up(filled: Store) -> None:
    """The counts of levels and of states are sums over the same risks."""
    with filled.read() as tx:
        page = queue(tx, QueueFilter(), NOW)

    assert page.by_level == {4: 2, 3: 2, 2: 3, 1: 1}
    assert page.by_state == {"found": 6, "verifying": 1, "preparing": 1}


def test_names_for_ids(filled: Store) -> None:
    """Sources are named without the removed ones, staff with the former ones; the newest risk is known."""
    number = build.add_staff(filled, "gone", ["officer"], active=False)
    with filled.read() as tx:
        names, people, newest = source_names(tx), staff_names(tx), newest_risk_id(tx)

    assert names["vk-podslushano"] == "Подслушано в Белом"
    assert people[number] == "Gone"
    assert newest == len(build.MORNING)
