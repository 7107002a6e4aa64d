"""The year's calendar: weeks, what clashes in them, who is loaded, which step comes next."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preventive.calendar import (
    DAY,
    Clash,
    ClashKind,
    Duty,
    Limits,
    Load,
    Planned,
    Span,
    Step,
    clashes,
    load,
    monday,
    month_of,
    step_due,
    weeks_between,
    weeks_of,
)
from preventive.campaign import LIVE, CampaignState

MARCH = date(2027, 3, 1)
"""A Monday."""
WEEK = timedelta(days=7)


def a_span(number: int, first: date = MARCH, days: int = 14, **changes: object) -> Span:
    values: dict[str, object] = {"id": number, "first": first, "last": first + (days - 1) * DAY, "starts": first}
    return Span(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("year", "many", "first", "number", "last"),
    [
        (2024, 53, date(2024, 1, 1), 1, 1),  # 30 and 31 December already belong to week 1 of 2025
        (2025, 53, date(2024, 12, 30), 1, 1),
        (2026, 53, date(2025, 12, 29), 1, 53),
        (2027, 53, date(2026, 12, 28), 53, 52),
        (2028, 53, date(2027, 12, 27), 52, 52),
        (2040, 54, date(2039, 12, 26), 52, 1),  # a leap year that begins on a Sunday
    ],
)
def test_a_year_has_all_its_weeks(year: int, many: int, first: date, number: int, last: int) -> None:
    """Every week that holds a day of the year is there, numbered by ISO."""
    weeks = weeks_of(year)

    assert (len(weeks), weeks[0].first, weeks[0].number, weeks[-1].number) == (many, first, number, last)


@given(st.integers(min_value=2000, max_value=2100))
def test_weeks_leave_no_day_out(year: int) -> None:
    """Weeks follow each other without a gap, hold both ends of the year, and bear their ISO numbers."""
    weeks = weeks_of(year)

    assert weeks[0].first <= date(year, 1, 1) <= weeks[0].last
    assert weeks[-1].first <= date(year, 12, 31) <= weeks[-1].last
    assert all(right.first - left.first == WEEK for left, right in zip(weeks, weeks[1:], strict=False))
    assert all((w.first.weekday(), w.number) == (0, w.last.isocalendar().week) for w in weeks)


def test_an_end_before_the_start_has_no_weeks() -> None:
    """A span that ends before it begins lies in no week instead of failing."""
    assert weeks_between(date(2027, 3, 2), date(2027, 3, 1)) == ()
    assert clashes([a_span(n, days=-3, owner=7) for n in range(9)]) == ()


@pytest.mark.parametrize(("year", "month", "last"), [(2027, 2, 28), (2028, 2, 29), (2027, 12, 31), (2027, 4, 30)])
def test_a_month_ends_on_its_last_day(year: int, month: int, last: int) -> None:
    """A month begins on its first day and ends on its last, 29 February among them."""
    assert month_of(year, month) == (date(year, month, 1), date(year, month, last))


def test_an_owner_with_too_many_campaigns_clashes() -> None:
    """The fourth campaign of one person in a week is told, with the weeks, all four campaigns and the figure."""
    spans = [a_span(n, owner=7) for n in (1, 2, 3)] + [a_span(4, MARCH + WEEK, owner=7), a_span(5, owner=8)]

    assert clashes(spans) == (Clash(MARCH + WEEK, MARCH + WEEK + 6 * DAY, (1, 2, 3, 4), ClashKind.OWNER, "7", 4, 3),)
    assert clashes(spans)[0].why == "кампаний одновременно: до 4, посильно 3"


def test_weeks_in_a_row_are_one_clash() -> None:
    """A block that is full for three weeks, free for one and full again is told twice, not four times."""
    spans = [a_span(n, days=21, block="works") for n in range(5)]
    spans += [a_span(n, MARCH + 4 * WEEK, days=7, block="works") for n in range(10, 15)]

    found = clashes(spans)

    assert [(c.first, c.last, c.most) for c in found] == [
        (MARCH, MARCH + 20 * DAY, 5),
        (MARCH + 4 * WEEK, MARCH + 4 * WEEK + 6 * DAY, 5),
    ]


@pytest.mark.parametrize(("channel", "posts", "told"), [("vk", 5, None), ("vk", 6, (6, 5)), ("max", 3, (3, 2))])
def test_a_channel_over_its_budget_clashes(channel: str, posts: int, told: tuple[int, int] | None) -> None:
    """More posts of campaigns in one week than a channel bears are told; a channel may have a budget of its own."""
    planned = [Planned(n % 2, "", channel, MARCH + n % 7 * DAY) for n in range(posts)]

    found = clashes([], planned, Limits(budgets={"max": 2}))

    assert [(c.kind, c.subject, c.most, c.allowed) for c in found] == (
        [(ClashKind.CHANNEL, channel, *told)] if told else []
    )


@pytest.mark.parametrize(
    ("left", "right", "second", "meets"),
    [
        ((), (), MARCH, True),
        (("beloe",), (), MARCH, True),
        (("beloe",), ("beloe", "vetrovo"), MARCH, True),
        (("beloe",), ("vetrovo",), MARCH, False),
        ((), (), MARCH + WEEK, False),
    ],
)
def test_two_campaigns_to_one_audience_clash(
    left: tuple[str, ...], right: tuple[str, ...], second: date, meets: bool
) -> None:
    """Two campaigns that begin to speak to the same people of the same place in one week are told."""
    spans = [
        a_span(1, audiences=("Рыбаки",), territories=left),
        a_span(2, second, audiences=("рыбаки", "школьники"), territories=right),
    ]

    assert [(c.kind, c.subject, c.ids) for c in clashes(spans)] == (
        [(ClashKind.AUDIENCE, "рыбаки", (1, 2))] if meets else []
    )


def test_planned_messages_outweigh_the_start() -> None:
    """A campaign with messages speaks in their weeks: it may start beside another one and yet not disturb it."""
    spans = [a_span(1, audiences=("рыбаки",)), a_span(2, audiences=("рыбаки",))]

    assert clashes(spans, [Planned(2, "рыбаки", "vk", MARCH + 2 * WEEK)]) == ()
    assert [c.ids for c in clashes(spans, [Planned(2, "рыбаки", "vk", MARCH + 6 * DAY)])] == [(1, 2)]


campaigns = st.builds(
    a_span,
    st.integers(1, 30),
    first=st.dates(date(2026, 12, 1), date(2028, 1, 10)),
    days=st.integers(-5, 90),
    owner=st.sampled_from([None, 1, 2]),
    block=st.sampled_from([None, "works", "social"]),
    audiences=st.lists(st.sampled_from(["рыбаки", "родители"]), max_size=2).map(tuple),
)


@given(st.lists(campaigns, max_size=25, unique_by=lambda s: s.id), st.randoms(use_true_random=False))
def test_clashes_do_not_depend_on_the_order(spans: list[Span], luck: object) -> None:
    """The same campaigns in any order clash the same way; each clash is over its limit and covers whole weeks."""
    mixed = spans.copy()
    luck.shuffle(mixed)  # type: ignore[attr-defined]

    found = clashes(spans)

    assert found == clashes(mixed)
    for clash in found:
        assert clash.most > clash.allowed
        assert len(clash.ids) > clash.allowed
        assert (clash.first.weekday(), clash.last.weekday()) == (0, 6)


@given(st.lists(campaigns, max_size=25, unique_by=lambda s: s.id))
def test_an_owner_clashes_exactly_in_full_weeks(spans: list[Span]) -> None:
    """Counting campaigns day by day finds the same full weeks of an owner."""
    full = Counter(
        (span.owner, monday(span.first) + n * WEEK)
        for span in spans
        if span.owner
        for n in range(30)
        if span.first <= span.last and monday(span.first) + n * WEEK <= span.last
    )

    told = {
        (int(clash.subject), clash.first + n * WEEK)
        for clash in clashes(spans)
        if clash.kind is ClashKind.OWNER
        for n in range((clash.last - clash.first).days // 7 + 1)
    }

    assert told == {key for key, many in full.items() if many > 3}


def test_load_counts_tasks_by_week() -> None:
    """A task counts for its person and its block in the week in which it is due; the fullest come first."""
    weeks = weeks_between(MARCH, MARCH + 20 * DAY)
    tasks = [Duty(MARCH + n * DAY, owner=7) for n in range(6)] + [
        Duty(MARCH + 8 * DAY, 8, "works"),
        Duty(date(2026, 1, 1), 7),
    ]

    rows = load(tasks, weeks)

    assert rows == (
        Load(ClashKind.OWNER, "7", (6, 0, 0)),
        Load(ClashKind.BLOCK, "works", (0, 1, 0)),
        Load(ClashKind.OWNER, "8", (0, 1, 0)),
    )
    assert [(r.total, r.most, r.is_heavy) for r in rows] == [(6, 6, True), (1, 1, False), (1, 1, False)]


@given(st.lists(st.dates(date(2026, 6, 1), date(2028, 6, 1)), max_size=60))
def test_load_loses_no_task_of_the_year(days: list[date]) -> None:
    """Every task due in a week of the year is counted once for its person, and no other."""
    weeks = weeks_of(2027)

    counted = sum(row.total for row in load([Duty(day, owner=1) for day in days], weeks))

    assert counted == sum(weeks[0].first <= day <= weeks[-1].last for day in days)


@pytest.mark.parametrize(
    ("state", "step", "due"),
    [
        (CampaignState.IDEA, Step.PREPARE, date(2027, 2, 1)),
        (CampaignState.PLANNED, Step.PREPARE, date(2027, 2, 1)),
        (CampaignState.PREPARING, Step.RUN, date(2027, 3, 1)),
        (CampaignState.RUNNING, Step.FINISH, date(2027, 4, 1)),
        (CampaignState.FINISHED, Step.EVALUATE, date(2027, 4, 14)),
    ],
)
def test_each_state_waits_for_one_step(state: CampaignState, step: Step, due: date) -> None:
    """From the idea to the evaluation a campaign always has one next step with its day."""
    assert step_due(state, date(2027, 2, 1), date(2027, 3, 1), date(2027, 3, 31)) == (step, due)


def test_what_is_over_waits_for_nothing() -> None:
    """An evaluated or cancelled campaign has no next step; every living one has."""
    days = (date(2027, 2, 1), date(2027, 3, 1), date(2027, 3, 31))
    idle = {state for state in CampaignState if step_due(state, *days) is None}

    assert idle == {CampaignState.EVALUATED, CampaignState.CANCELLED}
    assert not idle & LIVE
