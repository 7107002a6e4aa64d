"""Health of a source: silence and floods are told, an ordinary day and a young source are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawlers.health import day_counts, failures, volume
from district.profile import Expected
from storage.find.sources import RunLine

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
MONTH = timedelta(days=30)


def a_run(number: int, hours_ago: float, new: int = 0, outcome: str = "ok") -> RunLine:
    """A finished run."""
    at = NOW - timedelta(hours=hours_ago)
    return RunLine(number, "s", at, at, outcome, "", {"new": new})


@pytest.mark.parametrize(
    ("counts", "low", "high", "watched", "verdict"),
    [
        ([10] * 7, 3, 400, MONTH, "usual"),
        ([10] * 6 + [2], 3, 400, MONTH, "silence"),
        ([10] * 6 + [3], 3, 400, MONTH, "usual"),
        ([10] * 6 + [401], 3, 400, MONTH, "flood"),
        ([0] * 7, 0, 5, MONTH, "usual"),  # nothing is expected of it
        ([0, 1, 0, 0, 0, 0, 0], 0.3, 5, MONTH, "silence"),  # a post in three days: four days without any
        ([0, 0, 0, 1, 0, 0, 0], 0.3, 5, MONTH, "usual"),
        ([0] * 7, 3, 400, timedelta(hours=20), "unknown"),  # a young source cannot be silent yet
        ([900], 3, 400, timedelta(hours=1), "unknown"),  # its first visit brings history
        ([0] * 7, 0.3, 5, timedelta(days=2), "usual"),
        ([], 3, 400, MONTH, "unknown"),
    ],
)
def test_volume_is_judged_against_what_is_expected(
    counts: list[int], low: float, high: float, watched: timedelta, verdict: str
) -> None:
    """Fewer than the least is silence, more than the most a flood, both with the numbers in words."""
    found = volume(counts, Expected(low, high), watched)

    assert found.volume == verdict
    assert bool(found.words) == (verdict in ("silence", "flood"))


def test_words_of_an_alarm_carry_the_numbers() -> None:
    """People read how many there were and how many there usually are."""
    assert volume([5, 1], Expected(3, 40), MONTH).words == "тишина: за сутки записей 1, обычно не меньше 3 в сутки"
    assert volume([5, 99], Expected(3, 40), MONTH).words == "наплыв: за сутки 99 записей, обычно не больше 40"
    assert volume([5], None, MONTH).volume == "unknown"


def test_days_are_counted_back_from_now_without_the_first_run() -> None:
    """Each day is 24 hours; what the very first run brought is history and not news."""
    runs = [a_run(5, 1, 4), a_run(4, 2, 3), a_run(3, 30, 7), a_run(2, 24 * 9, 50), a_run(1, 24 * 10, 1000)]

    assert day_counts(runs, NOW) == [0, 0, 0, 0, 0, 7, 7]
    assert sum(day_counts([a_run(1, 1, 1000)], NOW)) == 0


def test_failures_in_a_row_are_counted_from_the_newest() -> None:
    """A run that still goes on says nothing; one that read something ends the row."""
    runs = [
        a_run(6, 0, outcome="running"),
        a_run(5, 1, outcome="failed"),
        a_run(4, 2, outcome="killed"),
        a_run(3, 3),
        a_run(2, 4, outcome="failed"),
    ]

    assert failures(runs) == 2
    assert failures([]) == 0
