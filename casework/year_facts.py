"""What the rules of prevention are told of the district: weather and documents from memory, calendars from the profile."""

from __future__ import annotations

from datetime import date, timedelta

from casework.work import Work
from district.workdays import WorkCalendar
from preventive.facts import YearFacts
from storage.find.facts import decrees_between, weather_between

BEFORE = timedelta(days=40)
"""Weather rules look back at runs of days: a run that made a season due began some days before its window."""


def year_facts(work: Work, first: date, last: date) -> YearFacts:
    """Return all that is known of the days first..last of the district (both included); two short queries.

    Weather is given from BEFORE earlier and not beyond today: a forecast is no fact. Documents are those in force on any
    of the days.
    """
    today = work.now.astimezone(work.profile.timezone).date()
    with work.store.read() as tx:
        weather = weather_between(tx, first - BEFORE, min(last, today))
        decrees = decrees_between(tx, first, last)
    return YearFacts(WorkCalendar.of(work.profile), weather, decrees, work.profile.prevention.school)
