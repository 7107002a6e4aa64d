"""Upkeep of official pages: what a question is, what a reply is, who is silent, and that the unknown is never a zero."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from district.seasons import OfficialPage
from preventive.upkeep import (
    Asked,
    Comment,
    MonthFigures,
    PageState,
    Reading,
    Rhythm,
    judge_comments,
    month_days,
    month_rhythm,
    owed,
    rhythm_of,
    to_do,
    urgent_first,
)

NOON = datetime(2026, 10, 10, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
PAGE = OfficialPage("vk", "Страница", "Администрация", "vk", "", "vk", 3.0, 7, 24)
LATER = NOON + timedelta(days=30)


def a_comment(
    number: int, hours: float = 0, *, to: int = 0, page: bool = False, asks: bool = True, post: str = "1"
) -> Comment:
    """A comment so many hours after noon; `to` is the number of the one it answers."""
    return Comment(post, str(number), str(to or ""), NOON + timedelta(hours=hours), asks and not page, page)


def judged(*comments: Comment, now: datetime = LATER) -> Asked:
    """Return what became of October's questions."""
    return judge_comments(comments, DAY, now, UTC).get("2026-10", Asked())


CASES = {
    "nobody asks": ((a_comment(1, asks=False),), Asked()),
    "asked and not answered": ((a_comment(1),), Asked(1, 0, 0, 0)),
    "answered in the thread": ((a_comment(1), a_comment(2, 2, to=1, page=True)), Asked(1, 1, 1, 0)),
    "answered exactly at the term": ((a_comment(1), a_comment(2, 24, to=1, page=True)), Asked(1, 1, 1, 0)),
    "answered too late": ((a_comment(1), a_comment(2, 24.1, to=1, page=True)), Asked(1, 1, 0, 0)),
    "answered under the post, to nobody": ((a_comment(1), a_comment(2, 3, page=True)), Asked(1, 1, 1, 0)),
    "the page spoke before": ((a_comment(1, -1, page=True), a_comment(2)), Asked(1, 0, 0, 0)),
    "the page answered somebody else": (
        (a_comment(1), a_comment(2, 1), a_comment(3, 2, to=2, page=True)), Asked(2, 1, 1, 0),
    ),
    "the page answered deeper in the thread": (
        (a_comment(1), a_comment(2, 1, to=1, asks=False), a_comment(3, 2, to=2, page=True)), Asked(1, 1, 1, 0),
    ),
    "residents ask each other": ((a_comment(1, asks=False), a_comment(2, 1, to=1)), Asked()),
    "asked back at the page": (
        (a_comment(1), a_comment(2, 1, to=1, page=True), a_comment(3, 2, to=2)), Asked(2, 1, 1, 0),
    ),
    "a neighbour answered": ((a_comment(1), a_comment(2, 1, to=1, asks=False)), Asked(1, 0, 0, 0)),
    "under another post": ((a_comment(1), a_comment(2, 1, page=True, post="2")), Asked(1, 0, 0, 0)),
    "answers in a circle end": ((a_comment(1), a_comment(2, 1, to=3, page=True), a_comment(3, 1, to=2, page=True)), Asked(1, 0, 0, 0)),
    "answer to a comment that is gone": ((a_comment(1), a_comment(2, 1, to=9, page=True)), Asked(1, 0, 0, 0)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(CASES))
def test_what_became_of_a_question(name: str) -> None:
    """Every way in which a question may be answered, or not."""
    comments, told = CASES[name]

    assert judged(*comments) == told


def test_a_question_waits_until_its_term() -> None:
    """Before the term a question without a reply waits and is nobody's fault; at the term it is unanswered."""
    before, at = judged(a_comment(1), now=NOON + DAY - timedelta(seconds=1)), judged(a_comment(1), now=NOON + DAY)

    assert (before.waiting, before.unanswered, before.share) == (1, 0, None)
    assert (at.waiting, at.unanswered, at.share) == (0, 1, 0.0)


def test_months_are_those_of_the_district() -> None:
    """31 October 20:00 in UTC is November on Sakhalin."""
    late = Comment("1", "1", "", datetime(2026, 10, 31, 20, 0, tzinfo=UTC), True, False)

    assert set(judge_comments([late], DAY, LATER, ZoneInfo("Asia/Sakhalin"))) == {"2026-11"}
    assert set(judge_comments([late], DAY, LATER, ZoneInfo("Europe/Moscow"))) == {"2026-10"}


COMMENTS = st.lists(
    st.builds(
        Comment, st.sampled_from("ab"), st.integers(1, 9).map(str), st.sampled_from(["", *map(str, range(1, 10))]),
        st.integers(-1000, 1000).map(lambda h: NOON + timedelta(hours=h)), st.booleans(), st.booleans(),
    ),
    max_size=30,
)  # fmt: skip


@given(COMMENTS, st.integers(-2000, 2000))
def test_the_sums_always_agree(comments: list[Comment], hours: int) -> None:
    """No part is negative or greater than the whole, and more time never makes an answered question unanswered."""
    now = NOON + timedelta(hours=hours)
    for asked in judge_comments(comments, DAY, now, UTC).values():
        assert 0 <= asked.in_time <= asked.answered <= asked.questions
        assert asked.waiting >= 0
        assert asked.unanswered >= 0
        assert asked.share is None or 0 <= asked.share <= 1
    whole, patient = (
        sum(a.answered for a in judge_comments(comments, span, now, UTC).values()) for span in (DAY, 2 * DAY)
    )
    assert whole == patient


@pytest.mark.parametrize(
    ("silent", "week", "reading", "told"),
    [
        (0, 3.0, Reading.READ, Rhythm.GOOD),
        (7, 3.0, Reading.READ, Rhythm.GOOD),
        (8, 3.0, Reading.READ, Rhythm.SILENT),
        (None, 0.0, Reading.READ, Rhythm.SILENT),
        (2, 2.25, Reading.READ, Rhythm.GOOD),
        (2, 2.2, Reading.READ, Rhythm.RARE),
        (2, None, Reading.READ, Rhythm.GOOD),
        (90, 0.0, Reading.BEHIND, Rhythm.UNKNOWN),
        (90, 0.0, Reading.NOT_READ, Rhythm.UNKNOWN),
        (None, None, Reading.NOT_READ, Rhythm.UNKNOWN),
    ],
)
def test_silence_is_told_only_of_what_is_read(
    silent: int | None, week: float | None, reading: Reading, told: Rhythm
) -> None:
    """Seven full days are still patience, the eighth is silence; what nobody reads is never called silent."""
    today = date(2026, 10, 20)
    last = None if silent is None else today - timedelta(days=silent)

    assert rhythm_of(PAGE, reading, last, week, today) is told


@pytest.mark.parametrize(
    ("rate", "first", "last", "told"),
    [
        (3.0, date(2026, 10, 1), date(2026, 10, 31), 13),
        (7.0, date(2026, 2, 1), date(2026, 2, 28), 28),
        (7.0, date(2028, 2, 1), date(2028, 2, 29), 29),
        (1.0, date(2026, 10, 1), date(2026, 10, 6), 0),
        (0.5, date(2026, 10, 1), date(2026, 10, 14), 1),
        (3.0, date(2026, 10, 2), date(2026, 10, 1), 0),
    ],
)
def test_what_is_owed_is_whole_posts(rate: float, first: date, last: date, told: int) -> None:
    """Posts owed on the days of a span, rounded down."""
    assert owed(replace(PAGE, posts_a_week=rate), first, last) == told


@pytest.mark.parametrize(
    ("posts", "days", "told"),
    [(None, 31, Rhythm.UNKNOWN), (0, 31, Rhythm.SILENT), (0, 2, Rhythm.GOOD), (9, 31, Rhythm.RARE), (10, 31, Rhythm.GOOD), (1, 3, Rhythm.GOOD)],
)  # fmt: skip
def test_the_rhythm_of_a_month(posts: int | None, days: int, told: Rhythm) -> None:
    """Nothing in a month that owed something is silence; on its first days nothing is owed yet."""
    assert month_rhythm(PAGE, posts, date(2026, 10, 1), date(2026, 10, days)) is told


@pytest.mark.parametrize(
    ("month", "today", "told"),
    [
        ("2026-10", date(2026, 11, 21), (date(2026, 10, 1), date(2026, 10, 31))),
        ("2026-11", date(2026, 11, 21), (date(2026, 11, 1), date(2026, 11, 21))),
        ("2028-02", date(2028, 3, 1), (date(2028, 2, 1), date(2028, 2, 29))),
        ("2026-12", date(2027, 1, 1), (date(2026, 12, 1), date(2026, 12, 31))),
    ],
)
def test_the_days_of_a_month(month: str, today: date, told: tuple[date, date]) -> None:
    """A month that is over is whole, the present one ends today."""
    assert month_days(month, today) == told


def a_state(
    name: str, rhythm: Rhythm, silent: int | None = None, reading: Reading = Reading.READ, asked: Asked | None = None
) -> PageState:
    """A page as the register shows it."""
    months = (MonthFigures("2026-10", 5, asked, reading),)
    return PageState(replace(PAGE, name=name), reading, rhythm, None, silent, None, months)


def test_the_silent_come_first() -> None:
    """The longest silent page first, then rare, people without a reply, unknown, and the good ones last."""
    pages = [
        a_state("в ритме", Rhythm.GOOD, 0), a_state("неизвестно", Rhythm.UNKNOWN, None, Reading.NOT_READ),
        a_state("молчит 9", Rhythm.SILENT, 9), a_state("редко", Rhythm.RARE, 3), a_state("молчит 90", Rhythm.SILENT, 90),
        a_state("ни разу", Rhythm.SILENT), a_state("без ответа", Rhythm.GOOD, 0, asked=Asked(2, 1, 1, 0)),
    ]  # fmt: skip

    assert [p.page.name for p in urgent_first(pages)] == [
        "ни разу", "молчит 90", "молчит 9", "редко", "без ответа", "неизвестно", "в ритме",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (a_state("x", Rhythm.SILENT, 9), "Напишите ответственному: Администрация. Странице положено 3 в неделю."),
        (a_state("x", Rhythm.UNKNOWN, None, Reading.NOT_READ), "Внесите показатели"),
        (a_state("x", Rhythm.UNKNOWN, None, Reading.BEHIND), "Проверьте источник"),
        (a_state("x", Rhythm.SILENT, 9, Reading.TYPED), "Напишите ответственному"),
        (a_state("x", Rhythm.GOOD, 0, asked=Asked(2, 1, 1, 0)), "Попросите ответить людям"),
        (a_state("x", Rhythm.RARE, 3), "Напомните о ритме."),
        (a_state("x", Rhythm.GOOD, 0, asked=Asked(1, 0, 0, 1)), ""),
        (a_state("x", Rhythm.GOOD, 0), ""),
    ],
)
def test_each_page_says_what_to_do(state: PageState, words: str) -> None:
    """One sentence for the morning, and none when everything is in order."""
    told = to_do(state)

    assert told.startswith(words)
    assert bool(told) == bool(words)
