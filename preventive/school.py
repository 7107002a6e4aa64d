"""Usual days of the school year: what schools are advised or told to keep, until the district writes its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from district.seasons import SchoolDay

Span = tuple[date, date]
_DAY = timedelta(days=1)
_S = SchoolDay

# Read in the press of the ministry: breaks of 2025/26 (25.10-02.11.2025, 31.12.2025-11.01.2026, 28.03-05.04.2026), the
# year's end on 26 May, exams of 2026 (from 1 June to 9 July with the days of second tries). Other years [K]: eight
# school weeks before the autumn break, eleven before the spring one; a district's own [[school_days]] outweigh all this.
_TABLE: Mapping[tuple[SchoolDay, int], tuple[tuple[int, int], tuple[int, int]]] = MappingProxyType(
    {
        (_S.EXAMS, 2024): ((5, 21), (7, 2)),
        (_S.EXAMS, 2025): ((5, 21), (7, 4)),
        (_S.EXAMS, 2026): ((6, 1), (7, 9)),
        (_S.EXAMS, 2027): ((6, 1), (7, 9)),
        (_S.EXAMS, 2028): ((6, 1), (7, 7)),
        (_S.AUTUMN_BREAK, 2024): ((10, 26), (11, 4)),
        (_S.AUTUMN_BREAK, 2025): ((10, 25), (11, 4)),
        (_S.AUTUMN_BREAK, 2026): ((10, 24), (11, 4)),
        (_S.AUTUMN_BREAK, 2027): ((10, 30), (11, 7)),
        (_S.AUTUMN_BREAK, 2028): ((10, 28), (11, 5)),
        (_S.SPRING_BREAK, 2024): ((3, 23), (3, 31)),
        (_S.SPRING_BREAK, 2025): ((3, 22), (3, 30)),
        (_S.SPRING_BREAK, 2026): ((3, 28), (4, 5)),
        (_S.SPRING_BREAK, 2027): ((3, 27), (4, 4)),
        (_S.SPRING_BREAK, 2028): ((3, 25), (4, 2)),
    }
)
FIRST, LAST = 2024, 2028
"""Years of the table; beyond them the usual days of the year are given."""
_USUAL: Mapping[SchoolDay, tuple[tuple[int, int], tuple[int, int]]] = MappingProxyType(
    {
        _S.EXAMS: ((6, 1), (7, 9)),
        _S.GRADUATION: ((6, 20), (6, 30)),
        _S.ENROLMENT: ((7, 1), (8, 31)),
        _S.AUTUMN_BREAK: ((10, 26), (11, 4)),
        _S.SPRING_BREAK: ((3, 24), (4, 2)),
        _S.SUMMER_BREAK: ((5, 27), (8, 31)),
    }
)
_WINTERS = MappingProxyType(
    {2024: (date(2024, 12, 29), date(2025, 1, 8)), 2025: (date(2025, 12, 31), date(2026, 1, 11))}
)
_WEEKEND = 5


def usual(what: SchoolDay, year: int) -> Span:
    """Return the usual first and last day of a moment of the school year that begins in a calendar year.

    The year begins on 1 September, on Sunday or Saturday on the Monday after (ФОП, календарный учебный график [K]); it ends
    on 26 May, on a weekend on the Friday before. The winter break begins on the last days of December of `year`.
    """
    if what is _S.YEAR_START:
        first = _forward(date(year, 9, 1))
        return first, first
    if what is _S.LAST_BELL:
        last = _back(date(year, 5, 26))
        return last, last
    if what is _S.WINTER_BREAK:
        return _winter(year)
    (month, day), (last_month, last_day) = _TABLE.get((what, year), _USUAL.get(what, _USUAL[_S.SUMMER_BREAK]))
    return date(year, month, day), date(year, last_month, last_day)


def days_of(what: SchoolDay, year: int, own: Sequence[tuple[SchoolDay, date, date]]) -> tuple[tuple[Span, bool], ...]:
    """Return the days of a moment whose first day lies in a year, each with whether the district itself wrote them.

    The district's own days outweigh the usual ones of that year altogether.
    """
    written = sorted((first, last) for kind, first, last in own if kind is what and first.year == year)
    return tuple((span, True) for span in written) or ((usual(what, year), False),)


def _winter(year: int) -> Span:
    if year in _WINTERS:
        return _WINTERS[year]
    start = date(year, 12, 31)
    return start - max(0, start.weekday() - _WEEKEND) * _DAY, date(year + 1, 1, 8)


def _forward(day: date) -> date:
    return day + max(0, 7 - day.weekday()) * _DAY if day.weekday() >= _WEEKEND else day


def _back(day: date) -> date:
    return day - max(0, day.weekday() - _WEEKEND + 1) * _DAY
