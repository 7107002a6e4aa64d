"""The working calendar of one district: which days are worked, and when a term of working days or hours ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from district.profile import Profile

_DAY = timedelta(days=1)
_SATURDAY = 5
# No district shuts its doors for longer; a profile that switched every day off would otherwise be searched for ever.
_LONGEST_PAUSE = 366


class NoWorkingDays(Exception):
    """В календаре округа год подряд нет рабочих дней: проверьте [calendar] extra_off в профиле."""

    def __init__(self, day: date) -> None:
        super().__init__(f"с {day:%d.%m.%Y} год подряд нет рабочих дней: проверьте [calendar] extra_off в профиле")


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Russia's production calendar (holidays and moved days) with the district's own days on top.

    A working day is half-open: [day_start, day_end) of the district's time zone, 9:00-18:00 unless told. Lunch is not
    taken out, so that «9 рабочих часов» is one whole day, as the channels mean it; the hour by which the day before a
    holiday is shorter is not taken out either.
    """

    zone: ZoneInfo
    off: Collection[str] = field(default_factory=frozenset)
    working: Collection[str] = field(default_factory=frozenset)
    day_start: time = time(9)
    day_end: time = time(18)

    @classmethod
    def of(cls, profile: Profile) -> WorkCalendar:
        """Return the calendar of a district: its time zone, office hours, extra_off and extra_working days ("YYYY-MM-DD")."""
        hours = profile.hours
        return cls(profile.timezone, profile.extra_off, profile.extra_working, hours.day_start, hours.day_end)

    def is_working(self, day: date) -> bool:
        """Tell whether a day is worked; the district's own lists outweigh the country's calendar."""
        written = day.isoformat()
        if written in self.off:
            return False
        return written in self.working or _country_works(day)

    def moves_known(self, year: int) -> bool:
        """Tell whether the moved days off of a year are out already: before that only the holidays themselves are sure."""
        return _moves_known(year)

    def next_working(self, day: date) -> date:
        """Return the day itself when it is worked, else the first worked day after it (ГК, art. 193)."""
        for ahead in range(_LONGEST_PAUSE):
            if self.is_working(found := day + ahead * _DAY):
                return found
        raise NoWorkingDays(day)

    def add_working_days(self, start: date, days: int) -> date:
        """Return the last day of a term of working days that runs from the day after `start` (ГК, art. 191).

        Zero days is `start`, or the next worked day. Raises ValueError for a negative number.
        """
        if days < 0:
            raise ValueError(f"days is {days}, a term cannot be negative")
        if days == 0:
            return self.next_working(start)
        day = start
        for _ in range(days):
            day = self.next_working(day + _DAY)
        return day

    def add_calendar_days(self, start: date, days: int) -> date:
        """Return the last day of a term of calendar days; a day that is not worked moves to the next (ГК, art. 193)."""
        if days < 0:
            raise ValueError(f"days is {days}, a term cannot be negative")
        return self.next_working(start + days * _DAY)

    def add_working_hours(self, moment: datetime, hours: float) -> datetime:
        """Return the moment when a term of working hours ends, in the time zone of the given moment.

        Outside working hours the clock stands; a term that fills a day ends at its day_end, not at the next morning.
        Raises ValueError for a negative number of hours and for a moment without time zone.
        """
        if moment.tzinfo is None:
            raise ValueError("moment has no time zone")
        if hours < 0:
            raise ValueError(f"hours is {hours}, a term cannot be negative")
        at, left = self._open_at(moment.astimezone(self.zone)), timedelta(hours=hours)
        while left > (room := self._at(at.date(), self.day_end) - at):
            left -= room
            at = self._at(self.next_working(at.date() + _DAY), self.day_start)
        return (at + left).astimezone(moment.tzinfo)

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Return how much working time lies between two aware moments; zero when the second is not later."""
        at, stop = self._open_at(start.astimezone(self.zone)), end.astimezone(self.zone)
        passed = timedelta(0)
        while at < stop:
            passed += min(stop, self._at(at.date(), self.day_end)) - at
            at = self._at(self.next_working(at.date() + _DAY), self.day_start)
        return passed

    def _open_at(self, at: datetime) -> datetime:
        """Return the same moment when work goes on, else the next opening."""
        if self.is_working(at.date()) and at.time() < self.day_end:
            return max(at, self._at(at.date(), self.day_start))
        return self._at(self.next_working(at.date() + _DAY), self.day_start)

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, tzinfo=self.zone)


@lru_cache(maxsize=64)
def _country_year(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Return the days off of a year beside weekends, and the weekend days that are worked."""
    # The package was checked day by day: 0 wrong days in 2017-2019 and 2022-2026; the days of 2020-2021 that were off
    # by decree of the epidemic are not in it. Years whose decree is not yet out have the holidays without moved days.
    known = holidays.country_holidays("RU", years=year)
    return frozenset(known), frozenset(known.weekend_workdays)


@lru_cache(maxsize=64)
def _moves_known(year: int) -> bool:
    # Every decree since 2005 moves a day at least, and the package names such days so.
    named = holidays.country_holidays("RU", years=year).values()
    return any("substituted" in name for name in named)


def _country_works(day: date) -> bool:
    off, worked = _country_year(day.year)
    if day in off:
        return False
    return day.weekday() < _SATURDAY or day in worked
