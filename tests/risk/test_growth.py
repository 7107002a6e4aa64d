"""A topic grows when more people than usual write of it; copies nobody saw, one loud voice and a quiet past do not make it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.growth import CRITICAL_TOPICS, LEAST_VOICES, Growth, Heard, Verdict, judge, weight

WORKDAYS = [True] * 7
SUNDAY = [True, False, False, False, False, False, True]
"""Asked on a Sunday: yesterday and the Sunday before were off too."""


def heard(day: float = 0, week: object = 0, hour: float = 0, before: float = 0, voices: int = 50) -> Heard:
    """`day` messages in the last 24 hours, of them `hour` in the last hour and `before` in each of the 12 before it."""
    rest = day - hour - 12 * before
    hours = (hour, *[before] * 12, rest, *[0] * 10)
    days = tuple(float(d) for d in week) if isinstance(week, list) else (float(week),) * 7  # type: ignore[arg-type]
    return Heard(hours, days, voices, voices)


def verdict(told: Heard, alike: list[bool] = WORKDAYS, known: int = 7) -> str:
    return judge(told, alike, known).verdict.value


# The day against the mean of seven days: a quarter more AND three more ([R SOL], requirement 20).
DAYS = [
    (0, 0, "usual"), (2, 0, "usual"), (3, 0, "tense"), (12, 10, "usual"), (13, 10, "tense"), (14, 12, "usual"),
    (15, 12, "tense"), (24, 20, "usual"), (25, 20, "tense"), (124, 100, "usual"), (125, 100, "tense"),
    (8, 10, "usual"), (7, 10, "calmer"), (1, 3, "usual"), (0, 3, "calmer"), (75, 100, "calmer"), (76, 100, "usual"),
]  # fmt: skip


@pytest.mark.parametrize(("day", "week", "said"), DAYS)
def test_the_day_is_measured_against_the_week(day: float, week: float, said: str) -> None:
    """A quarter and three messages above the mean is tense, as far below is calmer, the rest is usual."""
    assert verdict(heard(day, week)) == said


HOURS = [(2, 0, "usual"), (3, 0, "tense"), (5, 3, "usual"), (6, 3, "tense"), (9, 5, "usual"), (10, 5, "tense")]


@pytest.mark.parametrize(("hour", "before", "said"), HOURS)
def test_the_hour_is_measured_against_the_half_day(hour: float, before: float, said: str) -> None:
    """Twice the mean of the twelve hours before, and three messages more, is growth even when the day is usual."""
    assert verdict(heard(200, 200, hour, before)) == said


def test_a_sunday_is_measured_against_days_off() -> None:
    """Twenty on a Sunday, when days off have five and working days twenty-five, do not pass for a calm day; nor for growth,
    while the week as a whole says more."""
    week = [5, 25, 25, 25, 25, 25, 5]

    assert judge(heard(20, week), SUNDAY, 7).usual_day == 5
    assert verdict(heard(20, week), SUNDAY) == "usual"
    assert verdict(heard(30, week), SUNDAY) == "tense"
    assert verdict(heard(20, week)) == "usual"
    assert verdict(heard(5, week), SUNDAY) == "usual"


SHORT = [(9, 0, 3, "usual"), (10, 0, 3, "tense"), (10, 0, 2, "usual"), (9, 5, 3, "tense"), (0, 0, 0, "usual")]


@pytest.mark.parametrize(("day", "hour", "voices", "said"), SHORT)
def test_a_short_history_has_a_flat_ceiling(day: float, hour: float, voices: int, said: str) -> None:
    """With less than seven days known, ten messages a day or five an hour by three voices are growth; nothing is «calmer»."""
    told = heard(day, 100, hour, voices=voices)

    assert verdict(told, known=6) == said
    assert judge(told, WORKDAYS, 6).usual_day is None


@pytest.mark.parametrize("voices", range(LEAST_VOICES))
def test_one_loud_voice_is_no_growth(voices: int) -> None:
    """A hundred messages of one or two people raise nothing, in the day or in the hour."""
    assert verdict(heard(100, 0, 90, voices=voices)) == "usual"


COPIES = [
    (True, None, 12000, 1), (True, 5, 12000, 1), (False, None, 12000, 0), (False, 5, 12000, 0), (False, 119, 12000, 0),
    (False, 120, 12000, 1), (False, 0, 10, 0), (False, 1, 10, 1),
]  # fmt: skip


@pytest.mark.parametrize(("original", "views", "residents", "counts"), COPIES)
def test_a_copy_counts_when_it_was_seen(original: bool, views: int | None, residents: int, counts: int) -> None:
    """An original always counts; a copy only when one resident in a hundred saw it (Lipetsk: 480 copies of 5 views count nothing)."""
    assert weight(original, views, residents) == counts


def test_480_copies_with_5_views_do_not_make_growth() -> None:
    """Requirement 16 for topics: the flood of copies weighs as much as its one original."""
    flood = [weight(n == 0, 5, 12000) for n in range(480)]

    assert sum(flood) == 1
    assert verdict(heard(sum(flood), 0, sum(flood), voices=480)) == "usual"


SINCE = [
    ([5, 5, 5] + [0] * 21, 0, 2), ([9] + [0] * 23, 0, 0), ([0, 0, 6, 6] + [0] * 20, 0, 3),
    ([10, 10, 1, 1, 1] + [1] * 19, 24, 1), ([8] * 24, 24, 23),
]  # fmt: skip


@pytest.mark.parametrize(("hours", "usual", "ago"), SINCE)
def test_the_beginning_of_the_growth_is_found(hours: list[float], usual: float, ago: int) -> None:
    """Since when: the hour from which on the excess over the usual is greatest."""
    assert judge(Heard(tuple(map(float, hours)), (float(usual),) * 7, 9, 9), WORKDAYS, 7).since == ago


@given(
    st.lists(st.integers(0, 500), min_size=24, max_size=24), st.lists(st.integers(0, 500), min_size=7, max_size=7),
    st.lists(st.booleans(), min_size=7, max_size=7), st.integers(0, 400), st.integers(0, 7), st.integers(1, 50),
)  # fmt: skip
def test_growth_is_reasonable(
    hours: list[int], days: list[int], alike: list[bool], voices: int, known: int, more: int
) -> None:
    """Tense has reasons and a beginning, the rest has neither; one more message an hour ago never makes a tense topic calm."""

    def now(values: list[int]) -> Growth:
        return judge(Heard(tuple(map(float, values)), tuple(map(float, days)), voices, voices), alike, known)

    found = now(hours)
    assert (found.verdict is Verdict.TENSE) == bool(found.reasons) == (found.since is not None)
    assert found.verdict is not Verdict.TENSE or voices >= LEAST_VOICES
    if found.verdict is Verdict.TENSE:
        assert now([hours[0] + more, *hours[1:]]).verdict is Verdict.TENSE


def test_critical_topics_are_topics() -> None:
    """Each always-shown topic is in the classifier."""
    from district.topics import TOPICS

    assert set(CRITICAL_TOPICS) <= TOPICS.keys()
