"""Each term of a level ends when the district's clock and calendar say so, and a pause moves it by exactly its length."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from district.defaults import LEVELS
from district.profile import LevelRule
from district.terms import Term, Unit, parse_term
from district.workdays import WorkCalendar
from risk.duty import AT_OPENING, LEAST_AHEAD, MOST_AHEAD, Clock, after_pauses, due, moved, warn_at

MOSCOW, SAKHALIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Sakhalin")
GRAY, YELLOW, ORANGE, RED = LEVELS.values()


def t(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# Level, clock, start, end; 2026-11-20 is a Friday, 2026-11-04 a holiday (Wednesday).
DUE = [
    # Hours of the clock do not care for nights, weekends and holidays.
    (GRAY, Clock.FIRST_LINE, "2026-11-21 23:00", "2026-11-22 23:00"),
    (GRAY, Clock.VERIFY, "2026-11-20 23:00", "2026-11-21 11:00"),
    (ORANGE, Clock.FIRST_LINE, "2026-11-21 23:00", "2026-11-22 03:00"),
    (RED, Clock.HOLDING, "2026-12-31 23:50", "2027-01-01 00:05"),
    (RED, Clock.FIRST_LINE, "2026-11-21 02:00", "2026-11-21 03:00"),
    (RED, Clock.NEXT_UPDATE, "2026-11-21 22:00", "2026-11-22 02:00"),
    (ORANGE, Clock.NEXT_UPDATE, "2026-11-21 12:00", "2026-11-22 12:00"),
    # «9 рабочих часов» is one working day (DOMAIN 1 [R SEV1]).
    (YELLOW, Clock.FIRST_LINE, "2026-11-20 09:00", "2026-11-20 18:00"),
    (YELLOW, Clock.FIRST_LINE, "2026-11-20 15:00", "2026-11-23 15:00"),  # over a weekend
    (YELLOW, Clock.FIRST_LINE, "2026-11-20 23:00", "2026-11-23 18:00"),
    (YELLOW, Clock.FIRST_LINE, "2026-11-21 10:00", "2026-11-23 18:00"),  # found on a Saturday
    (YELLOW, Clock.FIRST_LINE, "2026-11-03 17:00", "2026-11-05 17:00"),  # over the holiday of 4 November
    (YELLOW, Clock.FIRST_LINE, "2026-12-30 17:30", "2027-01-11 17:30"),  # over the New Year holidays
    # The check and «проверяем» of such a level do not run out at night either.
    (YELLOW, Clock.VERIFY, "2026-11-20 16:00", "2026-11-23 11:00"),
    (YELLOW, Clock.HOLDING, "2026-11-20 23:00", "2026-11-23 11:00"),
    # Seven working days end with the office hours of the seventh.
    (GRAY, Clock.FINAL, "2026-11-20 23:00", "2026-12-01 18:00"),
    (RED, Clock.FINAL, "2026-11-21 03:00", "2026-12-01 18:00"),
    (YELLOW, Clock.FINAL, "2026-12-28 10:00", "2027-01-15 18:00"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "clock", "start", "end"), DUE)
def test_a_term_ends_by_its_own_calendar(rule: LevelRule, clock: Clock, start: str, end: str) -> None:
    """Hours of the clock, working hours and working days end over nights, weekends and holidays as the norm means them."""
    assert due(rule, clock, t(start), WorkCalendar(MOSCOW)) == t(end)


@pytest.mark.parametrize(("rule", "clock", "start", "end"), DUE)
def test_each_district_counts_in_its_own_zone(rule: LevelRule, clock: Clock, start: str, end: str) -> None:
    """On Sakhalin (UTC+11, no summer time) the same local hours hold; the answer comes in the zone of the question."""
    found = due(rule, clock, t(start, SAKHALIN).astimezone(UTC), WorkCalendar(SAKHALIN))

    assert found == t(end, SAKHALIN)
    assert found is not None
    assert found.tzinfo is UTC


def test_a_level_may_have_no_next_update() -> None:
    """Low levels tell people nothing between the first line and the final answer."""
    assert due(GRAY, Clock.NEXT_UPDATE, t("2026-11-20 10:00"), WorkCalendar(MOSCOW)) is None
    assert after_pauses(GRAY, Clock.NEXT_UPDATE, t("2026-11-20 10:00"), [], WorkCalendar(MOSCOW)) is None


def test_the_districts_own_hours_and_days_count() -> None:
    """A district that works 8-17 and has a day off of its own ends its working hours accordingly."""
    own = WorkCalendar(MOSCOW, off={"2026-11-23"}, day_start=time(8), day_end=time(17))

    assert due(YELLOW, Clock.FIRST_LINE, t("2026-11-20 16:00"), own) == t("2026-11-24 16:00")
    assert due(GRAY, Clock.FINAL, t("2026-11-20 10:00"), own) == t("2026-12-02 17:00")


PAUSES = [
    (GRAY, Clock.FIRST_LINE, "2026-11-21 23:00", "2026-11-21 10:00", "2026-11-21 12:30", "2026-11-22 01:30"),
    (YELLOW, Clock.FIRST_LINE, "2026-11-23 15:00", "2026-11-20 16:00", "2026-11-20 17:00", "2026-11-23 16:00"),
    # A working term that stands over a weekend loses only the working time of it.
    (YELLOW, Clock.FIRST_LINE, "2026-11-23 15:00", "2026-11-20 17:00", "2026-11-23 10:00", "2026-11-23 17:00"),
    (YELLOW, Clock.FIRST_LINE, "2026-11-23 15:00", "2026-11-20 19:00", "2026-11-22 20:00", "2026-11-23 15:00"),
    (GRAY, Clock.FINAL, "2026-12-01 18:00", "2026-11-23 10:00", "2026-11-23 17:00", "2026-12-01 18:00"),
    (GRAY, Clock.FINAL, "2026-12-01 18:00", "2026-11-23 10:00", "2026-11-25 09:00", "2026-12-03 18:00"),
    (GRAY, Clock.FINAL, "2026-12-01 18:00", "2026-11-20 10:00", "2026-11-22 10:00", "2026-12-01 18:00"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "clock", "was", "paused", "resumed", "now"), PAUSES)
def test_a_pause_moves_the_term(rule: LevelRule, clock: Clock, was: str, paused: str, resumed: str, now: str) -> None:
    """A term moves by the time it stood: clock hours, working hours or working days, each by its own measure."""
    assert moved(rule, clock, t(was), t(paused), t(resumed), WorkCalendar(MOSCOW)) == t(now)


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))


@given(
    st.sampled_from(list(LEVELS.values())),
    st.sampled_from(AT_OPENING),
    MOMENTS,
    st.integers(0, 200),
    st.integers(0, 200),
)
@example(LEVELS["yellow"], Clock.FIRST_LINE, datetime(2025, 1, 1, tzinfo=UTC), 0, 0)
def test_pauses_only_ever_move_a_term_away(
    rule: LevelRule, clock: Clock, start: datetime, wait: int, stood: int
) -> None:
    """Whatever the level, the clock and the pause, the term is never earlier after it, and a longer pause moves it no less."""
    calendar = WorkCalendar(SAKHALIN)
    first = due(rule, clock, start, calendar)
    assert first is not None
    assert first > start
    paused = start + timedelta(hours=wait)
    ends = [paused + timedelta(hours=h) for h in (0, stood, stood + 5)]
    found = [moved(rule, clock, first, paused, end, calendar) for end in ends]

    assert found[0] == first
    assert found == sorted(found)
    assert after_pauses(rule, clock, start, [(paused, ends[1])], calendar) == found[1]


WARNINGS = [
    (timedelta(hours=24), timedelta(hours=1)), (timedelta(hours=2), timedelta(minutes=30)),
    (timedelta(minutes=30), timedelta(minutes=7, seconds=30)), (timedelta(minutes=15), timedelta(minutes=5)),
    (timedelta(days=11), timedelta(hours=1)),
]  # fmt: skip


@pytest.mark.parametrize(("term", "ahead"), WARNINGS)
def test_the_warning_comes_a_quarter_ahead(term: timedelta, ahead: timedelta) -> None:
    """A quarter of the term, at most an hour, at least five minutes before its end."""
    start = t("2026-11-20 10:00")

    assert start + term - warn_at(start, start + term) == ahead
    assert LEAST_AHEAD <= ahead <= MOST_AHEAD


TERMS = [
    ("7 working days", Term(7, Unit.DAYS, True)), ("1 working day", Term(1, Unit.DAYS, True)),
    ("30 days", Term(30, Unit.DAYS, False)), ("9 working hours", Term(9, Unit.HOURS, True)),
    ("24 hours", Term(24, Unit.HOURS, False)), ("1 hour", Term(1, Unit.HOURS, False)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "term"), TERMS)
def test_a_term_is_read_as_the_regulations_write_it(text: str, term: Term) -> None:
    """Amount, unit and whether only working time counts are read from the words."""
    assert parse_term(text) == term


@pytest.mark.parametrize("text", ["", "0 days", "7 рабочих дней", "working days", "1000 days", "7 days "])
def test_what_is_no_term_is_refused(text: str) -> None:
    """Anything else is refused with an example of how to write it."""
    with pytest.raises(ValueError, match="9 working hours"):
        parse_term(text)


ENDS = [
    ("24 hours", "2026-11-20 23:00", "2026-11-21 23:00"), ("4 working hours", "2026-11-20 16:00", "2026-11-23 11:00"),
    ("1 day", "2026-11-20 10:00", "2026-11-23 18:00"), ("30 days", "2026-11-20 10:00", "2026-12-21 18:00"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "start", "end"), ENDS)
def test_terms_of_channels_end_alike(text: str, start: str, end: str) -> None:
    """A last calendar day that is not worked moves to the next working one (ГК, art. 193)."""
    assert parse_term(text).end(t(start), WorkCalendar(MOSCOW)) == t(end)


WORKED = [
    ("2026-11-20 09:00", "2026-11-20 18:00", 9.0), ("2026-11-20 17:00", "2026-11-23 10:00", 2.0),
    ("2026-11-21 09:00", "2026-11-22 18:00", 0.0), ("2026-11-20 12:00", "2026-11-20 11:00", 0.0),
    ("2026-11-20 20:00", "2026-11-20 23:00", 0.0), ("2026-11-16 00:00", "2026-11-23 00:00", 45.0),
]  # fmt: skip


@pytest.mark.parametrize(("start", "end", "hours"), WORKED)
def test_working_time_between_moments(start: str, end: str, hours: float) -> None:
    """Only office hours of worked days lie between two moments."""
    assert WorkCalendar(MOSCOW).working_time(t(start), t(end)) == timedelta(hours=hours)
