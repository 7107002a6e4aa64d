"""Spells: when a rule of fixed days, weekdays, school or days off gives a threat, before lead days are counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeVar

from district.seasons import DateRule, DaysOff, EvidenceKind, Threat
from district.workdays import WorkCalendar
from preventive.facts import Basis, YearFacts
from preventive.school import days_of

T = TypeVar("T")
DAY = timedelta(days=1)
_MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря")  # fmt: skip
_WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
_NTH = {1: "перв", 2: "втор", 3: "треть", 4: "четвёрт", 5: "пят", -1: "последн"}
_ENDS = {"": ("ый", "ая", "ое"), "втор": ("ой", "ая", "ое"), "треть": ("ий", "я", "е"), "последн": ("ий", "яя", "ее")}
_GENDER = (0, 0, 1, 0, 1, 1, 2)
_LONG_WEEKEND = 3
_LONGEST_REST = 40
"""Days off in a row that are looked through: no calendar has more, and one without working days must not hang a page."""


@dataclass(frozen=True, slots=True)
class Spell:
    """First and last day of one coming, how sure it is and by what (a Russian half-sentence)."""

    start: date
    end: date
    basis: Basis
    why: str
    territories: tuple[str, ...] = ()
    open_end: bool = False


def fixed(threat: Threat, year: int, facts: YearFacts) -> Iterator[Spell]:
    """Give the same day of every year, for `days` days; 29 February is the 28th in common years."""
    since = told(threat.rule.since)
    start = since.on(year)
    end = start + (threat.rule.days - 1) * DAY
    yield Spell(
        start, end, Basis.KNOWN, f"каждый год {said(start)}" if start == end else f"каждый год {between(start, end)}"
    )


def window(threat: Threat, year: int, facts: YearFacts) -> Iterator[Spell]:
    """Give the same stretch of every year; it may cross New Year. What only experience tells is expected, not sure."""
    start, end = usual_window(threat.rule, year)
    if threat.evidence and all(e.kind is EvidenceKind.PRACTICE for e in threat.evidence):
        yield Spell(start, end, Basis.EXPECTED, f"по опыту каждый год {between(start, end)}")
    else:
        yield Spell(start, end, Basis.KNOWN, f"каждый год {between(start, end)}")


def nth_weekday(threat: Threat, year: int, facts: YearFacts) -> Iterator[Spell]:
    """Give the nth weekday of a month; nothing in a year whose month has no such day (a fifth Saturday)."""
    rule = threat.rule
    month, weekday, nth = told(rule.month), told(rule.weekday), told(rule.nth)
    first = date(year, month, 1)
    following = (first + 31 * DAY).replace(day=1) if month < 12 else date(year + 1, 1, 1)
    days = [first + n * DAY for n in range((following - first).days) if (first + n * DAY).weekday() == weekday]
    if nth > len(days):
        return
    start = days[nth - 1] if nth > 0 else days[-1]
    yield Spell(
        start, start + (rule.days - 1) * DAY, Basis.KNOWN, f"каждый год, {nth_said(nth, weekday)} {_MONTHS[month - 1]}"
    )


def school(threat: Threat, year: int, facts: YearFacts) -> Iterator[Spell]:
    """Give a moment of the school year: the district's own days are known, the usual ones expected."""
    what = told(threat.rule.school)
    for (first, last), own in days_of(what, year, facts.school):
        end = max(last, first + (threat.rule.days - 1) * DAY)
        words = "школьный календарь округа" if own else "обычные дни школьного года"
        yield Spell(first, end, Basis.KNOWN if own else Basis.EXPECTED, f"{words}: {what.label}")


def production(threat: Threat, year: int, facts: YearFacts) -> Iterator[Spell]:
    """Give runs of days off; expected while the moved days of a year are not out yet."""
    off = told(threat.rule.off)
    for start, end in runs_off(facts.calendar, year):
        if _is_meant(off, start, end):
            sure = facts.calendar.moves_known(start.year) and facts.calendar.moves_known(end.year)
            basis = Basis.KNOWN if sure else Basis.EXPECTED
            yield Spell(start, end, basis, f"{off.label} по производственному календарю: {between(start, end)}")


def runs_off(calendar: WorkCalendar, year: int) -> tuple[tuple[date, date], ...]:
    """Return runs of days without work, from the first to the last, whose first day lies in the year."""
    return _runs_off(replace(calendar, off=frozenset(calendar.off), working=frozenset(calendar.working)), year)


@lru_cache(maxsize=64)
def _runs_off(calendar: WorkCalendar, year: int) -> tuple[tuple[date, date], ...]:
    # Kept: a page of the year asks for three years of every threat of days off, a thousand days each time.
    found, day = [], date(year, 1, 1)
    if not calendar.is_working(day - DAY) and not calendar.is_working(day):
        day += _rest(calendar, day)  # begun in the year before
    while day.year == year:
        length = 0 * DAY if calendar.is_working(day) else _rest(calendar, day)
        if length:
            found.append((day, day + length - DAY))
        day += length or DAY
    return tuple(found)


def _rest(calendar: WorkCalendar, day: date) -> timedelta:
    """How long nobody works from a day on."""
    length = 1
    while length < _LONGEST_REST and not calendar.is_working(day + length * DAY):
        length += 1
    return length * DAY


def _is_meant(off: DaysOff, start: date, end: date) -> bool:
    inside = [start + n * DAY for n in range((end - start).days + 1)]
    if off is DaysOff.NEW_YEAR:
        return any((d.month, d.day) == (1, 1) for d in inside)
    if off is DaysOff.MAY:
        return any((d.month, d.day) in ((5, 1), (5, 9)) for d in inside)
    return len(inside) >= _LONG_WEEKEND


def usual_window(rule: DateRule, year: int) -> tuple[date, date]:
    """Return first and last day of a window that begins in a year; an until before since ends in the next one."""
    since, until = told(rule.since), told(rule.until)
    start, end = since.on(year), until.on(year)
    return start, end if end >= start else until.on(year + 1)


def told(value: T | None) -> T:
    """Return what a rule of this kind always has: district.date_rules.faults refused it otherwise."""
    if value is None:
        raise TypeError("a rule without a key of its kind: ask district.date_rules.faults first")
    return value


def said(day: date) -> str:
    """Return a day as it comes every year: «18 января»."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def between(start: date, end: date) -> str:
    """Return two days as they come every year: «с 15 апреля по 14 мая»; a single day alone."""
    if start == end:
        return said(start)
    return f"с {start.day} по {said(end)}" if start.month == end.month else f"с {said(start)} по {said(end)}"


def nth_said(nth: int, weekday: int) -> str:
    """Return «второе воскресенье», «последняя пятница»."""
    root = _NTH[nth]
    return f"{root}{_ENDS.get(root, _ENDS[''])[_GENDER[weekday]]} {_WEEKDAYS[weekday]}"
