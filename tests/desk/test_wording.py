"""Moments, terms and numbers are told as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import wording
from desk.wording import Hours

NOW = datetime(2026, 11, 21, 4, 4, tzinfo=UTC)  # 07:04 in Moscow
HOURS = Hours(NOW, ZoneInfo("Europe/Moscow"))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW, "07:04"),
        (NOW - timedelta(hours=7), "00:04"),
        (NOW - timedelta(hours=8), "вчера 23:04"),
        (NOW + timedelta(hours=20), "завтра 03:04"),
        (NOW - timedelta(days=2), "19 ноя 07:04"),
        (datetime(2025, 3, 1, 9, 0, tzinfo=UTC), "1 мар 2025 12:00"),
    ],
)
def test_a_moment_is_told_in_the_districts_time(moment: datetime, said: str) -> None:
    """The day is named only when it is not today, the year only when it is not this one."""
    assert plain(HOURS.at(moment)) == said


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=20), "только что"),
        (timedelta(minutes=12), "12 мин назад"),
        (timedelta(hours=2, minutes=10), "2 ч 10 мин назад"),
        (timedelta(hours=3), "3 ч назад"),
        (timedelta(hours=30), "30 ч назад"),
        (timedelta(days=2), "2 дня назад"),
        (timedelta(days=11), "11 дней назад"),
    ],
)
def test_how_long_ago(passed: timedelta, said: str) -> None:
    """The past is told in its one or two telling units."""
    assert plain(HOURS.ago(NOW - passed)) == said


@pytest.mark.parametrize(
    ("left", "said", "tone"),
    [
        (timedelta(minutes=34), "осталось 34 мин", "soon"),
        (timedelta(hours=1, minutes=34), "осталось 1 ч 34 мин", "calm"),
        (timedelta(seconds=30), "осталось меньше минуты", "soon"),
        (timedelta(seconds=-30), "срок вышел только что", "late"),
        (timedelta(hours=-2, minutes=-10), "просрочено на 2 ч", "late"),
        (timedelta(days=-3), "просрочено на 3 дня", "late"),
    ],
)
def test_a_deadline_is_told_with_its_urgency(left: timedelta, said: str, tone: str) -> None:
    """A deadline says how much is left or how late it is, and how loudly to show it."""
    term = HOURS.left(NOW + left)

    assert (plain(term.text), term.tone) == (said, tone)


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (940, "940"), (5200, "5 200"), (12_400, "12,4 тыс."), (150_000, "150 тыс."), (3_100_000, "3,1 млн")]
)  # fmt: skip
def test_counters_are_short(value: int, said: str) -> None:
    """A counter takes a few signs however big it is."""
    assert plain(wording.short(value)) == said


@pytest.mark.parametrize(("ratio", "said"), [(2.0, "×2"), (2.44, "×2,4"), (11.0, "×11")])
def test_growth_is_a_ratio(ratio: float, said: str) -> None:
    """Growth is told as how many times, with a comma."""
    assert wording.times(ratio) == said


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)))
def test_a_length_always_has_words(length: timedelta) -> None:
    """No length is told as an empty string or as zero of something."""
    told = plain(wording.span(length))

    assert told
    assert not told.startswith("0")
