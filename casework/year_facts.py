"""What the rules of prevention are told of the district: weather and documents from memory, calendars from the profile."""

from __future__ import annotations

from datetime import date, timedelta

from casework.work import Work
from district.workdays import WorkCalendar
from preventive.facts import YearFacts
from storage.find.facts import decrees_between, weather_between

AROUND = timedelta(days=400)
"""So far around the days asked for facts are read: a winter that began in the year before is judged by its own first snow,
and preparing for what comes next year begins in this one."""


def year_facts(work: Work, first: date, last: date) -> YearFacts:
    """Return all that is known around the days first..last of the district (both included); two short queries.

    Weather is given from AROUND earlier and not beyond today: a forecast is no fact. Documents are those in force on any
    day from AROUND before to AROUND after.
    """
    today = work.today
    with work.store.read() as tx:
        weather = weather_between(tx, first - AROUND, min(last, today))
        decrees = decrees_between(tx, first - AROUND, last + AROUND)
    return YearFacts(WorkCalendar.of(work.profile), weather, decrees, work.profile.prevention.school)
