"""When a chat is told of which level: always, in working hours, never; danger to life at once."""

from __future__ import annotations

from datetime import datetime

from casework.work import Work
from district.profile import AlertChat, ChatHours
from district.workdays import WorkCalendar
from reports.alert import CRITICAL

LEVELS = range(0, CRITICAL + 1)
"""0 is words about no risk: they keep the hours of level 1."""


def open_levels(work: Work, chat: AlertChat) -> frozenset[int]:
    """Return the levels that the chat is told of at `work.now`.

    A line of a level that is «off» was meant for this very chat by a person, so it leaves too.
    """
    working = opens_at(work, work.now) <= work.now
    return frozenset(level for level in LEVELS if working or chat.hours_of(level) is not ChatHours.WORKING)


def leaves_at(work: Work, chat: AlertChat, level: int, due_at: datetime) -> datetime:
    """Return when a line of a level can leave: when it is due, or when the next working time opens."""
    due = max(due_at, work.now)
    return opens_at(work, due) if chat.hours_of(level) is ChatHours.WORKING else due


def opens_at(work: Work, moment: datetime) -> datetime:
    """Return the moment itself in working time, else the next opening of the district's offices."""
    return WorkCalendar.of(work.profile).add_working_hours(moment, 0)
