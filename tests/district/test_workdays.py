"""Terms of working days and hours end when Russia's calendar and the district's own say so."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from district.profile import Profile
from district.workdays import NoWorkingDays, WorkCalendar

MOSCOW, SAKHALIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Sakhalin")
RUSSIA = WorkCalendar(MOSCOW)


def d(text: str) -> date:
    return date.fromisoformat(text)


def t(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# Days of the government's decrees on moved days off, 2024-2026.
DAYS = [
    ("2024-01-08", False), ("2024-01-09", True), ("2024-02-23", False), ("2024-03-08", False), ("2024-04-27", True),
    ("2024-04-29", False), ("2024-04-30", False), ("2024-05-01", False), ("2024-05-02", True), ("2024-05-09", False),
    ("2024-05-10", False), ("2024-06-12", False), ("2024-11-02", True), ("2024-11-04", False), ("2024-12-28", True),
    ("2024-12-30", False), ("2024-12-31", False),
    ("2025-01-08", False), ("2025-01-09", True), ("2025-05-01", False), ("2025-05-02", False), ("2025-05-05", True),
    ("2025-05-08", False), ("2025-05-09", False), ("2025-06-12", False), ("2025-06-13", False), ("2025-11-01", True),
    ("2025-11-03", False), ("2025-11-04", False), ("2025-12-31", False),
    ("2026-01-09", False), ("2026-01-12", True), ("2026-02-23", False), ("2026-03-09", False), ("2026-05-01", False),
    ("2026-05-11", False), ("2026-05-12", True), ("2026-06-12", False), ("2026-11-04", False), ("2026-12-31", False),
    ("2026-11-20", True), ("2026-11-21", False), ("2026-11-22", False), ("2026-11-23", True),
]  # fmt: skip


@pytest.mark.parametrize(("day", "working"), DAYS)
def test_days_of_the_country_are_known(day: str, working: bool) -> None:
    """Holidays, moved days off and worked Saturdays of 2024-2026 are as decreed."""
    assert RUSSIA.is_working(d(day)) is working


ADDED_DAYS = [
    ("2026-11-20", 1, "2026-11-23"),  # Friday: the weekend does not count
    ("2026-11-21", 1, "2026-11-23"),  # Saturday: the term runs from the next day
    ("2026-11-16", 5, "2026-11-23"),
    ("2026-11-16", 0, "2026-11-16"),
    ("2026-11-21", 0, "2026-11-23"),
    ("2025-12-30", 1, "2026-01-12"),  # over the New Year holidays
    ("2024-12-27", 2, "2025-01-09"),  # Saturday 28 December 2024 was worked
    ("2024-04-26", 1, "2024-04-27"),  # a worked Saturday
    ("2024-04-27", 1, "2024-05-02"),  # over the May holidays
    ("2024-05-08", 1, "2024-05-13"),
    ("2025-04-30", 3, "2025-05-07"),
    ("2025-05-07", 1, "2025-05-12"),
    ("2026-04-30", 7, "2026-05-13"),
    ("2026-11-03", 1, "2026-11-05"),
    ("2025-10-31", 1, "2025-11-01"),
    ("2026-03-06", 1, "2026-03-10"),
]


@pytest.mark.parametrize(("start", "days", "end"), ADDED_DAYS)
def test_a_term_of_working_days(start: str, days: int, end: str) -> None:
    """The term runs from the day after its start and counts worked days only."""
    assert RUSSIA.add_working_days(d(start), days) == d(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-10-22", 30, "2026-11-23"),
        ("2026-10-21", 30, "2026-11-20"),
        ("2025-12-06", 30, "2026-01-12"),
        ("2026-11-21", 0, "2026-11-23"),
    ],
)
def test_a_term_of_calendar_days_never_ends_on_a_day_off(start: str, days: int, end: str) -> None:
    """A last day that is not worked moves to the next worked one."""
    assert RUSSIA.add_calendar_days(d(start), days) == d(end)


ADDED_HOURS = [
    ("2026-11-20T09:00", 9, "2026-11-20T18:00"),  # a whole day ends at its end, not at the next morning
    ("2026-11-20T09:00", 9.5, "2026-11-23T09:30"),
    ("2026-11-20T17:30", 1, "2026-11-23T09:30"),
    ("2026-11-20T17:59", 0, "2026-11-20T17:59"),
    ("2026-11-20T18:00", 0, "2026-11-23T09:00"),  # half-open: 18:00 is no working time any more
    ("2026-11-20T18:00", 4, "2026-11-23T13:00"),
    ("2026-11-20T08:59", 4, "2026-11-20T13:00"),
    ("2026-11-20T00:00", 4, "2026-11-20T13:00"),
    ("2026-11-21T12:00", 4, "2026-11-23T13:00"),
    ("2026-11-20T23:59", 9, "2026-11-23T18:00"),
    ("2025-12-30T17:00", 4, "2026-01-12T12:00"),
    ("2024-04-27T15:00", 4, "2024-05-02T10:00"),
    ("2024-05-08T10:00", 9, "2024-05-13T10:00"),
    ("2026-11-16T10:00", 45, "2026-11-23T10:00"),
]


@pytest.mark.parametrize(("start", "hours", "end"), ADDED_HOURS)
def test_a_term_of_working_hours(start: str, hours: float, end: str) -> None:
    """The clock runs only in [9:00, 18:00) of worked days."""
    assert RUSSIA.add_working_hours(t(start), hours) == t(end)


def test_hours_are_those_of_the_district_and_come_back_in_the_zone_they_were_asked_in() -> None:
    """Sakhalin works eight hours earlier than Moscow; the answer keeps the asker's time zone."""
    calendar = WorkCalendar(SAKHALIN)

    due = calendar.add_working_hours(datetime(2026, 11, 19, 23, 0, tzinfo=UTC), 4)

    assert due == t("2026-11-20T14:00", SAKHALIN)
    assert due.tzinfo is UTC
    assert due == datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_the_profile_outweighs_the_country(demo_profile: Profile) -> None:
    """Days of the profile's [calendar] win over the production calendar, both ways."""
    calendar = WorkCalendar(MOSCOW, off={"2026-11-23"}, working={"2026-11-21", "2026-11-04"})

    assert calendar.is_working(d("2026-11-21"))
    assert calendar.is_working(d("2026-11-04"))
    assert not calendar.is_working(d("2026-11-23"))
    assert calendar.add_working_days(d("2026-11-20"), 2) == d("2026-11-24")
    assert WorkCalendar.of(demo_profile).zone == demo_profile.timezone


def test_other_opening_hours_are_obeyed() -> None:
    """A district that works 8:00-17:00 has its clock so."""
    early = WorkCalendar(MOSCOW, day_start=time(8), day_end=time(17))

    assert early.add_working_hours(t("2026-11-20T16:00"), 2) == t("2026-11-23T09:00")


def test_senseless_questions_are_refused() -> None:
    """Negative terms, moments without a zone and a year without working days are errors that say so."""
    with pytest.raises(ValueError, match="negative"):
        RUSSIA.add_working_days(d("2026-11-20"), -1)
    with pytest.raises(ValueError, match="negative"):
        RUSSIA.add_calendar_days(d("2026-11-20"), -1)
    with pytest.raises(ValueError, match="negative"):
        RUSSIA.add_working_hours(t("2026-11-20T10:00"), -1)
    with pytest.raises(ValueError, match="time zone"):
        RUSSIA.add_working_hours(datetime(2026, 11, 20), 1)
    shut = WorkCalendar(MOSCOW, off={(d("2026-01-01") + timedelta(days=n)).isoformat() for n in range(800)})
    with pytest.raises(NoWorkingDays, match=r"20\.11\.2026.*extra_off"):
        shut.next_working(d("2026-11-20"))


STARTS = st.datetimes(datetime(2023, 1, 1), datetime(2027, 1, 1), timezones=st.sampled_from([MOSCOW, SAKHALIN, UTC]))


@given(STARTS, st.integers(0, 200), st.integers(0, 200))
@settings(deadline=None)
def test_a_term_never_ends_before_it_starts_and_grows_with_its_length(start: datetime, a: int, b: int) -> None:
    """Longer terms never end earlier, and every end is a worked day."""
    short, long = sorted((a, b))
    day = start.date()

    assert day <= RUSSIA.add_working_days(day, short) <= RUSSIA.add_working_days(day, long)
    assert RUSSIA.is_working(RUSSIA.add_working_days(day, long))


@given(STARTS, st.floats(0, 100), st.floats(0, 100))
@settings(deadline=None)
def test_hours_add_up(start: datetime, a: float, b: float) -> None:
    """A term in two parts ends (to the microsecond of rounding) where the whole ends, inside working hours."""
    whole = RUSSIA.add_working_hours(start, a + b)
    parts = RUSSIA.add_working_hours(RUSSIA.add_working_hours(start, a), b)
    local = whole.astimezone(MOSCOW)

    assert start <= whole
    assert RUSSIA.is_working(local.date())
    assert time(9) <= local.time() <= time(18)
    # Both ends may be the same moment of work written twice: 18:00 of one day and 9:00 of the next.
    one_us = timedelta(microseconds=3)
    assert abs(whole - parts) <= one_us or {whole.astimezone(MOSCOW).hour, parts.astimezone(MOSCOW).hour} <= {9, 17, 18}
