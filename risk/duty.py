"""By when each step of the work on a risk is due at its level: in hours of the clock, working hours or working days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from district.profile import LevelRule
from district.terms import Term, Unit, parse_term
from district.workdays import WorkCalendar

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
MOST_AHEAD, LEAST_AHEAD = _HOUR, timedelta(minutes=5)
"""A term is warned of a quarter of itself ahead, but within these bounds [P]: earlier is noise, later is no warning."""


class Clock(StrEnum):
    """One term of the work on a risk; the profile's levels say how long each is (DOMAIN 1)."""

    VERIFY = "verify"
    HOLDING = "holding"
    FIRST_LINE = "first_line"
    NEXT_UPDATE = "next_update"
    FINAL = "final"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return _LABELS[self]


_LABELS: Mapping[Clock, str] = MappingProxyType(
    {
        Clock.VERIFY: "проверка факта",
        Clock.HOLDING: "сказать «проверяем»",
        Clock.FIRST_LINE: "первая официальная строка",
        Clock.NEXT_UPDATE: "следующее сообщение людям",
        Clock.FINAL: "окончательный ответ",
    }
)

AT_OPENING = (Clock.VERIFY, Clock.HOLDING, Clock.FIRST_LINE, Clock.FINAL)
"""What runs from the moment a risk is opened; the next update is due only after something has been said."""


def due(rule: LevelRule, clock: Clock, start: datetime, calendar: WorkCalendar) -> datetime | None:
    """Return when a clock of a level that starts at an aware moment runs out, in UTC or whatever zone `start` has.

    None when the level has no such clock (`next_update`). Where the first line counts working hours, the check and
    «проверяем» do too: nobody is there at night to be reminded of them.
    """
    way = _way(rule, clock)
    if way is None:
        return None
    if isinstance(way, Term):
        return way.end(start, calendar)
    return calendar.add_working_hours(start, way / _HOUR) if _in_working_hours(rule, clock) else start + way


def moved(
    rule: LevelRule, clock: Clock, was_due: datetime, paused: datetime, resumed: datetime, calendar: WorkCalendar
) -> datetime:
    """Return where a pause moves a term: later by as much of it as passed while it stood.

    Working hours move by the working time of the pause, days by the days after the one it began on; so a weekend's pause
    moves a working term not at all.
    """
    way, zone = _way(rule, clock), was_due.tzinfo
    if isinstance(way, Term) and way.unit is Unit.DAYS:
        days = (_local(paused, calendar), _local(resumed, calendar))
        last = _later(_local(was_due, calendar), days, way.working, calendar)
        clock_time = was_due.astimezone(calendar.zone).timetz()
        return datetime.combine(last, clock_time).astimezone(zone)
    if _in_working_hours(rule, clock):
        stood = calendar.working_time(paused, resumed)
        # A term that ends with the working day would otherwise jump to the next morning for a pause of no time.
        return calendar.add_working_hours(was_due, stood / _HOUR) if stood else was_due
    return was_due + max(resumed - paused, timedelta(0))


def after_pauses(
    rule: LevelRule, clock: Clock, start: datetime, pauses: Iterable[tuple[datetime, datetime]], calendar: WorkCalendar
) -> datetime | None:
    """Return when a clock started at `start` runs out after all its ended pauses (from, to); None as in `due`."""
    found = due(rule, clock, start, calendar)
    for paused, resumed in pauses if found is not None else ():
        assert found is not None
        found = moved(rule, clock, found, paused, resumed, calendar)
    return found


def warn_at(start: datetime, due_at: datetime) -> datetime:
    """Return when a term is warned of: a quarter of it ahead, between five minutes and an hour [P]."""
    return due_at - min(max((due_at - start) / 4, LEAST_AHEAD), MOST_AHEAD)


def _way(rule: LevelRule, clock: Clock) -> timedelta | Term | None:
    if clock is Clock.FINAL:
        return parse_term(rule.final_in)
    spans = {
        Clock.VERIFY: rule.verify_in,
        Clock.HOLDING: rule.holding_in,
        Clock.FIRST_LINE: rule.first_line,
        Clock.NEXT_UPDATE: rule.next_update,
    }
    return spans[clock]


def _in_working_hours(rule: LevelRule, clock: Clock) -> bool:
    if clock is Clock.FINAL:
        return parse_term(rule.final_in).working
    return rule.first_line_working and clock is not Clock.NEXT_UPDATE


def _local(moment: datetime, calendar: WorkCalendar) -> date:
    return moment.astimezone(calendar.zone).date()


def _later(day: date, pause: tuple[date, date], working: bool, calendar: WorkCalendar) -> date:
    """Move a last day by the days of a pause, not counting the one on which it began."""
    stood = [pause[0] + n * _DAY for n in range(1, max(0, (pause[1] - pause[0]).days) + 1)]
    if working:
        return calendar.add_working_days(day, sum(calendar.is_working(d) for d in stood))
    return calendar.add_calendar_days(day, len(stood))
