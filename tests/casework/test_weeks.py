"""Closed weeks are counted from posts once, kept for good, and counted anew only where something may still have changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from casework.take_in import take_in
from casework.weeks import WEEK, count_weeks
from casework.work import Work
from district.profile import Profile
from district.seasons import DateRule, Prevention, RuleKind, Threat
from storage.engine import Store
from storage.find.weeks import all_weeks, week_counts
from tests.casework.posts_build import CALM, HOLE, WATER, a_post, a_work

MONDAY = date(2026, 11, 2)
"""Of the first whole week of these stories; the collection begins the Wednesday before."""
TICK = (
    "Клещи в парке у школы, детей кусают, когда уже обработают траву? Сколько можно ждать администрацию, опасно ходить"
)


def _at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def _write(work: Work, number: int, text: str, day: date, hour: int = 12, **given: object) -> None:
    at = _at(day, hour)
    take_in(work.at(at), [a_post(number, text, published_at=at, seen_at=at, **given)])


@pytest.fixture
def work(store: Store, demo_profile: Profile) -> Work:
    """A district where residents wrote in two weeks of November; it is the third week's Wednesday."""
    threat = Threat(
        "ticks",
        "Клещи",
        ("health", "ecology", "landscaping", "education"),
        DateRule(RuleKind.WINDOW),
        14,
        words=("клещ",),
    )
    profile = replace(demo_profile, prevention=Prevention((threat,)))
    work = a_work(store, profile, _at(MONDAY + 2 * WEEK + timedelta(days=2)))
    _write(work, 1, CALM, MONDAY - timedelta(days=5))
    _write(work, 2, WATER, MONDAY)
    _write(work, 3, WATER.replace("Садовой", "Лесной") + " Вчера тоже не было", MONDAY + timedelta(days=3), voice="v3")
    _write(work, 4, HOLE, MONDAY + WEEK)
    _write(work, 5, TICK, MONDAY + WEEK + timedelta(days=1))
    _write(work, 6, WATER, MONDAY + 2 * WEEK)
    return work


def _counts(work: Work, subject: str, territory: str = "") -> list[tuple[date, int, int, int]]:
    with work.store.read() as tx:
        return [(w.week, w.posts, w.voices, w.risks) for w in week_counts(tx, subject, territory)]


def test_closed_weeks_are_counted(work: Work) -> None:
    """Every whole closed week since the collection began has its posts, voices and risks; the running week waits."""
    assert count_weeks(work) == 2

    assert [row[:3] for row in _counts(work, "housing")] == [(MONDAY, 2, 2), (MONDAY + WEEK, 0, 0)]
    assert _counts(work, "roads") == [(MONDAY, 0, 0, 0), (MONDAY + WEEK, 1, 1, 1)]
    assert _counts(work, "culture") == [(MONDAY, 0, 0, 0), (MONDAY + WEEK, 0, 0, 0)]


def test_a_threat_with_words_is_counted_by_them(work: Work) -> None:
    """Posts of its topics that hold its words in any form are counted for the threat."""
    count_weeks(work)

    assert [row[:3] for row in _counts(work, "threat:ticks")] == [(MONDAY, 0, 0), (MONDAY + WEEK, 1, 1)]


def test_counting_again_changes_nothing(work: Work) -> None:
    """The second round of a day does nothing; a day later the last two weeks come out the same."""
    count_weeks(work)
    with work.store.read() as tx:
        before = all_weeks(tx)

    assert count_weeks(work) == 0
    assert count_weeks(work.at(work.now + timedelta(days=1))) == 2

    with work.store.read() as tx:
        assert all_weeks(tx) == before
