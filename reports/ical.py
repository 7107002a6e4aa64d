"""Days of the year as an iCalendar file (RFC 5545), which Outlook, Thunderbird and phones subscribe to.

Every entry is a whole day or a run of days (VALUE=DATE): such a day has no hour and no zone, so that 15 April of a
district on Sakhalin stays 15 April in a telephone that lies in Moscow or Honolulu.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b

from icalendar import Alarm, Calendar, Event, vDuration, vText, vUri

from reports.wording import cut_to, one_line

__all__ = ["REFRESH", "Entry", "calendar", "tag_of"]

REFRESH = timedelta(hours=1)
"""How often a program is asked to come again; plans of a year change by the day."""
_MORNING = timedelta(hours=9)
"""A reminder rings at nine in the morning of wherever the telephone is."""
_MAKER = "-//Otklik//Year of the district//RU"
_TITLE, _WORDS = 250, 1500
_LAST_DAY = date.max - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the calendar; the words are ours, never those of residents."""

    uid: str
    """The same thing keeps it for ever: a program changes what it shows instead of adding."""
    title: str
    first: date
    last: date
    """The last day, included; one before `first` is taken for `first`."""
    words: str = ""
    url: str = ""
    """Where on the desk it is worked on."""
    alarm_days: int | None = None
    """A reminder so many days before `first` (0: on the day itself); None: without one."""
    cancelled: bool = False
    sequence: int = 0
    """Grows with each change of the thing."""
    changed_at: datetime | None = None
    """Aware; None: not known, then the stamp of the calendar stands for it."""


def calendar(name: str, entries: Sequence[Entry], stamp: datetime) -> bytes:
    """Return the calendar as UTF-8 with folded lines; `stamp` is when its content was true (aware).

    The same name, entries and stamp give the same bytes: what has not changed is not sent again.
    """
    made = Calendar()
    made.add("prodid", _MAKER)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    shown = _one_line(name)
    made["x-wr-calname"] = made["name"] = vText(shown)  # the old word of programs and that of RFC 7986
    made["refresh-interval"] = vDuration(REFRESH)
    made["refresh-interval"].params["VALUE"] = "DURATION"
    made["x-published-ttl"] = vDuration(REFRESH)
    for entry in sorted(entries, key=lambda one: (one.first, one.uid)):
        made.add_component(_event(entry, stamp))
    return bytes(made.to_ical())


def tag_of(content: bytes) -> str:
    """Return the mark of a content for ETag; weak, because the answer may be packed on its way."""
    return f'W/"{blake2b(content, digest_size=12).hexdigest()}"'


def _event(entry: Entry, stamp: datetime) -> Event:
    changed = (entry.changed_at or stamp).astimezone(UTC)
    title = _one_line(entry.title) or "Без названия"
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.first)
    # RFC 5545 3.6.1: the end of whole days is the first day that does not belong to them.
    event.add("dtend", min(max(entry.first, entry.last), _LAST_DAY) + timedelta(days=1))
    event["summary"] = vText(title)
    if words := _several_lines(entry.words):
        event["description"] = vText(words)
    if entry.url:
        event["url"] = vUri(entry.url)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a season is no reason to look busy
    if entry.alarm_days is not None and not entry.cancelled:
        event.add_component(_alarm(title, entry.alarm_days))
    return event


def _alarm(title: str, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm["description"] = vText(title)
    alarm.add("trigger", _MORNING - timedelta(days=max(0, days)))
    return alarm


def _one_line(text: str) -> str:
    return _bare(cut_to(one_line(text), _TITLE))


def _several_lines(text: str) -> str:
    """Keep the line ends and nothing else that steers a screen."""
    return _bare(cut_to("\n".join(one_line(line) for line in text.strip().splitlines()), _WORDS))


def _bare(text: str) -> str:
    """The library takes the two signs «\\N» that somebody typed for an end of line."""
    return text.replace("\\N", "\\n")
