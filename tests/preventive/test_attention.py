"""The budget of attention: which weeks of which channels are too full, and where a post still has room."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from district.seasons import Prevention
from preventive.attention import Budgets, Overbooked, budgets_of, free_day, overbooked, same, week_words
from preventive.calendar import monday

MONDAY = date(2027, 4, 19)
TWO = Budgets(2, MappingProxyType({"газета": 1}))


def posts(channel: str, *offsets: int) -> list[tuple[str, date]]:
    """Posts of a channel so many days after the Monday."""
    return [(channel, MONDAY + timedelta(days=n)) for n in offsets]


@pytest.mark.parametrize(
    ("planned", "told"),
    [
        (posts("vk", 0, 6), ()),
        (posts("vk", 0, 3, 6), (Overbooked("vk", MONDAY, 3, 2),)),
        (posts("vk", 5, 6, 7), ()),
        (posts("vk", 0, 1) + posts("чат", 0, 1), ()),
        (posts("Газета", 0) + posts("газета  ", 1), (Overbooked("Газета", MONDAY, 2, 1),)),
        (posts("vk", 0, 0, 0, 7, 7, 7), (Overbooked("vk", MONDAY, 3, 2), Overbooked("vk", date(2027, 4, 26), 3, 2))),
        ([("vk", date(2026, 12, 31)), ("vk", date(2027, 1, 1)), ("vk", date(2027, 1, 3))],
         (Overbooked("vk", date(2026, 12, 28), 3, 2),)),
        ([], ()),
    ],
    ids=["full", "over", "across weeks", "two channels", "own budget", "two weeks", "across years", "nothing"],
)  # fmt: skip
def test_a_week_over_its_budget_is_named(planned: list[tuple[str, date]], told: tuple[Overbooked, ...]) -> None:
    """Weeks begin on Monday, channels are compared without case, and each has the usual budget or its own."""
    assert overbooked(planned, TWO) == told


def test_budgets_come_from_the_profile() -> None:
    """`posts_a_week` is usual, `[prevention.budgets]` outweighs it; ё and case do not matter."""
    budgets = budgets_of(Prevention(posts_a_week=4, budgets=(("Счётный чат", 1),)))

    assert (budgets.of("счетный ЧАТ"), budgets.of("другой")) == (1, 4)


def test_a_post_goes_to_the_nearest_week_with_room() -> None:
    """A full week sends the post to the week before, then to the week after; a full span says None."""
    first, last = MONDAY - timedelta(days=7), MONDAY + timedelta(days=13)
    wednesday = MONDAY + timedelta(days=2)

    assert free_day("vk", wednesday, first, last, posts("vk", 0), TWO) == wednesday
    assert free_day("vk", wednesday, first, last, posts("vk", 0, 1), TWO) == wednesday - timedelta(days=7)
    assert free_day("vk", wednesday, first, last, posts("vk", 0, 1, -1, -2), TWO) == wednesday + timedelta(days=7)
    assert free_day("vk", wednesday, first, last, posts("vk", 0, 1, -1, -2, 8, 9), TWO) is None
    assert free_day("vk", wednesday, last, first, [], TWO) is None


def test_a_week_is_told_in_days() -> None:
    """The refusal names Monday and Sunday."""
    assert week_words(MONDAY) == "неделя 19.04–25.04.2027"


_DAYS = st.dates(date(2026, 12, 1), date(2027, 3, 1))


@given(st.lists(st.tuples(st.sampled_from(["vk", "VK", "чат"]), _DAYS), max_size=40), st.integers(0, 4))
def test_exactly_the_full_weeks_are_told(planned: list[tuple[str, date]], most: int) -> None:
    """What is told counts every post of its channel and week, and no week within the budget is told."""
    told = overbooked(planned, Budgets(most))

    counted = Counter((monday(day), same(channel)) for channel, day in planned)
    assert {(one.week, same(one.channel)): one.planned for one in told} == {
        key: many for key, many in counted.items() if many > most
    }


@given(st.lists(_DAYS, max_size=30), _DAYS, st.integers(1, 3), st.integers(0, 60))
def test_a_free_day_is_free_and_inside(days: list[date], wanted: date, most: int, length: int) -> None:
    """The day found lies in the span and keeps the budget; None comes only when every week of the span is full."""
    first, last = date(2027, 1, 1), date(2027, 1, 1) + timedelta(days=length)
    planned = [("vk", day) for day in days]

    found = free_day("vk", wanted, first, last, planned, Budgets(most))

    full = {one.week for one in overbooked([*planned], Budgets(most - 1))}
    if found is None:
        weeks = {monday(first + timedelta(days=n)) for n in range(length + 1)}
        assert weeks <= full
    else:
        assert first <= found <= last
        assert monday(found) not in full
