"""Weekly counts are kept for each subject, territory and Monday; what is missing is told as zero or as unknown, never mixed up."""

from __future__ import annotations

from datetime import date, timedelta

from preventive.facts import WeekCount
from storage.engine import Store
from storage.find.weeks import Counted, all_weeks, newest_count, series_of, week_counts
from storage.keep.weeks import put_weeks, replace_weeks
from tests.storage.build import NOW

ONE, TWO, THREE = date(2025, 12, 22), date(2025, 12, 29), date(2026, 1, 5)
ROWS = [
    Counted("roads", "", ONE, 5, 4, 1),
    Counted("roads", "", THREE, 0, 0),
    Counted("roads", "north", ONE, 2, 2),
    Counted("waste", "south", TWO, 3, 0),
]


def _put(store: Store, rows: list[Counted]) -> None:
    with store.write() as tx:
        put_weeks(tx, rows, NOW)


def test_a_silent_territory_is_zero_where_the_district_is_known(store: Store) -> None:
    """A week that the district knows is zero in a silent territory; a week that nobody knows is in no list."""
    _put(store, ROWS)

    with store.read() as tx:
        assert week_counts(tx, "roads") == (WeekCount(ONE, 5, 4, 1), WeekCount(THREE, 0, 0, 0))
        assert week_counts(tx, "roads", "north") == (WeekCount(ONE, 2, 2), WeekCount(THREE, 0, 0))
        assert week_counts(tx, "roads", "south") == (WeekCount(ONE, 0, 0), WeekCount(THREE, 0, 0))
        assert week_counts(tx, "waste", "south") == (WeekCount(TWO, 3, 0),)
        assert week_counts(tx, "waste") == ()
        assert week_counts(tx, "health", "north") == ()


def test_weeks_lie_between_days(store: Store) -> None:
    """Both bounds are included, over the New Year too."""
    _put(store, ROWS)

    with store.read() as tx:
        assert [r.week for r in all_weeks(tx, since=TWO)] == [THREE, TWO]
        assert [r.week for r in all_weeks(tx, TWO, TWO)] == [TWO]
        assert week_counts(tx, "roads", "north", since=ONE + timedelta(days=1)) == (WeekCount(THREE, 0, 0),)
        assert [(s.subject, s.territory, len(s.weeks)) for s in series_of(all_weeks(tx))] == [
            ("roads", "", 2), ("roads", "north", 2), ("waste", "south", 1),
        ]  # fmt: skip


def test_a_count_anew_takes_the_place_of_the_old(store: Store) -> None:
    """What is no longer there goes, other subjects and weeks stay, and the stamp of the whole changes."""
    _put(store, ROWS)
    with store.read() as tx:
        before = newest_count(tx)

    with store.write() as tx:
        replace_weeks(tx, ["roads"], [ONE], [Counted("roads", "", ONE, 1, 1)], NOW + timedelta(hours=1))

    with store.read() as tx:
        assert all_weeks(tx) == [Counted("roads", "", ONE, 1, 1), ROWS[1], ROWS[3]]
        assert newest_count(tx) != before
