"""A term as regulations write it: «7 working days», «9 working hours», «30 days», «24 hours»; read once, used by all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from district.workdays import WorkCalendar

TERM = re.compile(r"([1-9]\d{0,2}) (working )?(hours?|days?)")
"""The whole text of a term; the profile refuses anything else."""


class Unit(StrEnum):
    """What a term is counted in."""

    HOURS = "hours"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Term:
    """So many hours or days, of the clock or of the district's working calendar."""

    amount: int
    unit: Unit
    working: bool

    def end(self, start: datetime, calendar: WorkCalendar) -> datetime:
        """Return when the term ends that runs from an aware moment, in the zone of that moment.

        Days run from the next day and end with the office hours of the last one (ГК, art. 191-194).
        """
        if self.unit is Unit.HOURS:
            if self.working:
                return calendar.add_working_hours(start, self.amount)
            return start + timedelta(hours=self.amount)
        day = start.astimezone(calendar.zone).date()
        count = calendar.add_working_days if self.working else calendar.add_calendar_days
        last = datetime.combine(count(day, self.amount), calendar.day_end, tzinfo=calendar.zone)
        return last.astimezone(start.tzinfo)


def parse_term(text: str) -> Term:
    """Return the term that a text says; ValueError when it says none."""
    found = TERM.fullmatch(text)
    if found is None:
        raise ValueError(f'непонятный срок «{text}»: запишите "10 working days", "9 working hours", "30 days"')
    amount, working, unit = found.groups()
    return Term(int(amount), Unit.HOURS if unit.startswith("hour") else Unit.DAYS, bool(working))
