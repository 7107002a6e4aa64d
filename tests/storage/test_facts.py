"""Weather days and documents are the same on both databases: written over, counted in, found by their days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from preventive.facts import DecreeSpan, WeatherDay
from storage.engine import Store
from storage.find.facts import (
    DecreeRow,
    decree_by_id,
    decree_rows,
    decrees_between,
    weather_between,
    weather_of,
    weather_on,
)
from storage.keep.facts import add_decree, change_decree, drop_weather, put_weather
from tests.storage.build import NOW

DAY = date(2024, 2, 29)
D = timedelta(days=1)
LATER = NOW + timedelta(hours=1)


def test_days_are_written_over(store: Store) -> None:
    """A day is one row: what comes later stands, unknown values too; numbers come back as they went."""
    with store.write() as tx:
        put_weather(tx, [WeatherDay(DAY, -3.2, -6.5, 0.1, 0.0, 12.5), WeatherDay(DAY + D, 1.0)], "feed", None, NOW)
        put_weather(tx, [WeatherDay(DAY + D, None, -1.0, 2.0)], "hand", 5, LATER)
        put_weather(tx, [], "hand", 5, LATER)
    with store.read() as tx:
        days = weather_between(tx, DAY, DAY + D)
        assert days == (WeatherDay(DAY, -3.2, -6.5, 0.1, 0.0, 12.5), WeatherDay(DAY + D, None, -1.0, 2.0))
        row = weather_of(tx, DAY + D)
        assert row is not None
        assert (row.origin, row.by, row.at) == ("hand", "", LATER)
        assert weather_of(tx, DAY + 2 * D) is None


def test_an_empty_memory(store: Store) -> None:
    """Where nothing was entered nothing is found."""
    with store.read() as tx:
        assert (weather_between(tx, DAY, DAY), decree_rows(tx)) == ((), ())
        assert weather_on(tx, []) == {}
        assert decree_by_id(tx, 1) is None


def test_many_days_are_asked_at_once(store: Store) -> None:
    """However many days are asked for, those that are known come back with their origin."""
    days = [WeatherDay(DAY + n * D, float(n)) for n in range(1200)]
    with store.write() as tx:
        put_weather(tx, days, "file", None, NOW)
    with store.read() as tx:
        found = weather_on(tx, [DAY + n * D for n in range(-50, 1250)])
    assert found == {told.day: (told, "file") for told in days}


def test_a_day_is_dropped_once(store: Store) -> None:
    """Dropping says whether the day was there."""
    with store.write() as tx:
        put_weather(tx, [WeatherDay(DAY, 1.0)], "hand", None, NOW)
        assert (drop_weather(tx, DAY), drop_weather(tx, DAY)) == (True, False)


def a_decree(store: Store, number: str, opens: date, closes: date | None, **more: object) -> int:
    row = {
        "subject": "ice", "number": number, "title": "О запрете", "url": "", "issued_on": opens, "opens_on": opens,
        "closes_on": closes, "territories": ["beloe"], "origin": "hand", "by_staff": None, "at": NOW,
    }  # fmt: skip
    with store.write() as tx:
        return add_decree(tx, row | more)


def test_documents_come_back_as_they_went(store: Store) -> None:
    """Days, territories and the version are the same after the database."""
    number = a_decree(store, "1-п", DAY, None)
    with store.read() as tx:
        assert decree_by_id(tx, number) == DecreeRow(
            number, "ice", "1-п", "О запрете", "", DAY, DAY, None, "", ("beloe",), "hand", None, NOW, None, 1
        )
        assert decrees_between(tx, DAY, DAY) == (DecreeSpan(number, "ice", "1-п", DAY, None, ("beloe",)),)


@pytest.mark.parametrize("closes", [DAY + 3 * D, None])
def test_spans_meet_days(store: Store, closes: date | None) -> None:
    """A document is found on any days that share one with it, in the order of first days; a withdrawn one never."""
    late = a_decree(store, "2", DAY + D, closes)
    early = a_decree(store, "1", DAY, closes)
    a_decree(store, "3", DAY, closes, withdrawn_at=NOW)
    with store.read() as tx:
        assert [one.id for one in decrees_between(tx, DAY - D, DAY)] == [early]
        assert [one.id for one in decrees_between(tx, DAY, DAY + D)] == [early, late]
        assert decrees_between(tx, DAY - 9 * D, DAY - D) == ()
        after = [one.id for one in decrees_between(tx, DAY + 4 * D, DAY + 9 * D)]
        assert after == ([] if closes else [early, late])
        assert [row.number for row in decree_rows(tx, "ice")] == ["2", "1"]
        assert len(decree_rows(tx, withdrawn=True)) == 3
        assert decree_rows(tx, "flood") == ()


def test_only_the_known_version_is_changed(store: Store) -> None:
    """A change of an older version, or of a withdrawn document, changes nothing and says so."""
    number = a_decree(store, "1", DAY, None)
    with store.write() as tx:
        assert change_decree(tx, number, 1, {"closes_on": DAY + D, "territories": []})
        assert not change_decree(tx, number, 1, {"closes_on": None})
        row = decree_by_id(tx, number)
        assert row is not None
        assert (row.closes_on, row.territories, row.version) == (DAY + D, (), 2)
        assert change_decree(tx, number, 2, {"withdrawn_at": LATER})
        assert not change_decree(tx, number, 3, {"title": "Иначе"})
