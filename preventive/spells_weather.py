"""Spells of weather: known once the trigger has fired, else expected from the usual window while they can still come."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from operator import attrgetter

from district.seasons import DateRule, Threat
from preventive.facts import Basis, WeatherDay, YearFacts
from preventive.spells import DAY, Spell, between, told, usual_window
from preventive.weather import first_day

RUN = 31 * DAY
"""So far before a window weather is looked at: a run of days that opens it may have begun earlier."""
FORGIVEN = 5
"""Days of a window without weather that are forgiven when it is asked whether the trigger has not fired yet [P]."""


def weather(threat: Threat, year: int, facts: YearFacts) -> Iterator[Spell]:
    """Give the spell of the windows that begin in a year and in the year before (a window may cross New Year)."""
    for anchor in (year - 1, year):
        since, until = usual_window(threat.rule, anchor)
        if until.year < year:
            continue
        found = _spell(threat.rule, since, until, _between(facts.weather, since - RUN, until + DAY))
        if found is not None:
            yield found


def _between(days: Sequence[WeatherDay], first: date, last: date) -> Sequence[WeatherDay]:
    """Cut out the days of a span: years of weather are looked through by halving, not one by one."""
    day_of = attrgetter("day")
    return days[bisect_left(days, first, key=day_of) : bisect_right(days, last, key=day_of)]


def _spell(rule: DateRule, since: date, until: date, days: Sequence[WeatherDay]) -> Spell | None:
    opens = told(rule.opens)
    fired = first_day(opens, days, since, until)
    if fired is not None:
        end, is_open = _end(rule, fired, until, days)
        return Spell(fired, end, Basis.KNOWN, f"{opens.label}: {fired:%d.%m.%Y}", open_end=is_open)
    start = still_from(days, since, until)
    if start is None:
        return None
    known = any(since <= day.day <= until for day in days)
    said = f"«{opens.label}» по внесённой погоде не было" if known else "погода этих дней ещё не внесена"
    words = f"обычно {between(since, until)}; {said}"
    return Spell(start, _usual_end(rule, start, until), Basis.EXPECTED, words)


def _end(rule: DateRule, start: date, until: date, days: Sequence[WeatherDay]) -> tuple[date, bool]:
    """Last day, and whether it is only expected: closed by the weather, by the length of the rule, by the usual window."""
    if rule.closes is None:
        return _usual_end(rule, start, until), False
    closed = first_day(rule.closes, days, start + DAY, max(until, start + DAY))
    return (closed, False) if closed is not None else (max(start, until), True)


def _usual_end(rule: DateRule, start: date, until: date) -> date:
    return start + (rule.days - 1) * DAY if rule.days > 1 else max(start, until)


def still_from(days: Sequence[WeatherDay], since: date, until: date) -> date | None:
    """Return from which day a trigger that has not fired may still come: after the last known day; None: it did not come.

    When more than FORGIVEN days of the window before the last known one have no weather, nothing is known of the trigger
    and the window is expected whole.
    """
    known = sorted(d.day for d in days if since <= d.day <= until and _has_values(d))
    if not known:
        return since
    last = known[-1]
    unknown = (last - since).days + 1 - len(known)
    if unknown > FORGIVEN:
        return since
    return None if last >= until else last + DAY


def _has_values(day: WeatherDay) -> bool:
    return any(value is not None for value in (day.mean, day.low, day.high, day.rain_mm, day.snow_cm))
