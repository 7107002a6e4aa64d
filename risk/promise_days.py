"""Finds the days that a sentence names: of the calendar, of the week, and spans counted from today."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from risk.promise_words import (
    DAY,
    ENDS,
    HOUR,
    IN_MONTH,
    LAST,
    MONTH,
    MONTHS,
    NEXT,
    NOT_A_DAY_AFTER,
    NOT_A_DAY_BEFORE,
    NUMBERS,
    ORDINALS,
    QUARTERS,
    SPANS,
    TENS,
    TERM_ADJECTIVES,
    THIS,
    WEEK,
    WEEKDAYS,
    YEAR,
)

WorkingDays = Callable[[date, int], date]
"""(start, n) → the day that ends a term of n working days."""

_TOKEN = re.compile(r"\d{1,4}(?:[./-]\d{1,4}){1,2}|\d{1,6}|[а-яa-z]+|№")
_HALF_YEAR = timedelta(days=183)
_WORKING_HOURS = 9
"""Hours of a working day of the channels (DOMAIN 1): «9 рабочих часов» is one day."""
_MOST = 400
"""A longer span is no promise of an answer but a plan of years."""
_CENTURY = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """A day that a sentence names."""

    on: date
    exact: bool
    """True for a day of the calendar («25 ноября»), False for what is counted from today («в пятницу», «на неделе»)."""


@dataclass(frozen=True, slots=True)
class _At:
    """A place in a sentence: its words (lower case, е for ё), the word looked at, and the present day."""

    words: list[str]
    i: int
    today: date
    working_days: WorkingDays

    def word(self, ahead: int = 0) -> str:
        """Return the word here or some words ahead (behind when negative); "" beyond the ends."""
        at = self.i + ahead
        return self.words[at] if 0 <= at < len(self.words) else ""


_Read = Callable[[_At], "tuple[Found, int] | None"]
"""Reads a day at a place; returns it with how many words it took."""


def days_in(sentence: str, today: date, working_days: WorkingDays) -> Iterator[Found]:
    """Yield the days that a sentence names, in its order; days before `today` too, for the caller to judge."""
    plain = sentence.lower().replace("ё", "е").replace("–", "-").replace("—", " ")
    words = _TOKEN.findall(plain)
    i = 0
    while i < len(words):
        here = _At(words, i, today, working_days)
        got = next((got for read in _READERS if (got := _safely(read, here)) is not None), None)
        if got is None:
            i += 1
            continue
        if not _denied(here):
            yield got[0]
        i += max(1, got[1])


def _safely(read: _Read, here: _At) -> tuple[Found, int] | None:
    """A day that the calendar does not have («31 ноября», the year 9999 and later) is no day."""
    try:
        return read(here)
    except (ValueError, OverflowError):
        return None


def _denied(here: _At) -> bool:
    """True for dates of acts, «по состоянию на», and «не раньше»."""
    before, further = here.word(-1), here.word(-2)
    if before in NOT_A_DAY_AFTER or "состоянию" in (before, further):
        return True
    early = {"раньше", "ранее"}
    return (before in early and further == "не") or (further in early and here.word(-3) == "не")


def _numeric(here: _At) -> tuple[Found, int] | None:
    """25.11.2026, 25.11.26, 25.11, 2026-11-25."""
    parts = re.split(r"[./-]", here.word())
    if len(parts) == 3:
        first, month, last = (int(p) for p in parts)
        if len(parts[0]) == 4:
            return Found(date(first, month, last), True), 1
        return Found(date(last if last > 99 else _CENTURY + last, month, first), True), 1
    if len(parts) != 2 or "." not in here.word() or len(parts[1]) != 2:
        return None
    if here.word(1) in NOT_A_DAY_BEFORE or here.word(-1) == "в":
        return None
    return Found(_nearest(int(parts[0]), int(parts[1]), here.today), True), 1


def _named(here: _At) -> tuple[Found, int] | None:
    """25 ноября, 25-го ноября, 20-25 ноября, двадцать пятого ноября, each with a year or without."""
    day, taken = _day_number(here)
    if day is None:
        return None
    month = MONTHS.get(here.word(taken))
    if month is None or here.word(taken) in IN_MONTH:
        return None
    year = here.word(taken + 1)
    if len(year) == 4 and year.isdecimal():
        return Found(date(int(year), month, day), True), taken + 2
    return Found(_nearest(day, month, here.today), True), taken + 1


def _day_number(here: _At) -> tuple[int | None, int]:
    """Return the number of a day and how many words it took; of a range the last day."""
    word = here.word()
    if word in TENS and here.word(1) in ORDINALS:
        return TENS[word] + ORDINALS[here.word(1)], 2
    if word in ORDINALS:
        return ORDINALS[word], 1
    parts = word.split("-")
    if not all(p.isdecimal() for p in parts) or len(parts) > 2:
        return None, 0
    return int(parts[-1]), 2 if here.word(1) in ("го", "ого", "е") else 1


def _nearest(day: int, month: int, today: date) -> date:
    """A day without its year is this year's, unless that was more than half a year ago: «до 15 января», said in December."""
    this = _of_year(today.year, month, day)
    return this if this >= today - _HALF_YEAR else _of_year(today.year + 1, month, day)


def _of_year(year: int, month: int, day: int) -> date:
    """29 February of a year that has none is its last day of February."""
    return date(year, 2, 28) if (month, day) == (2, 29) and monthrange(year, 2)[1] == 28 else date(year, month, day)


def _relative(here: _At) -> tuple[Found, int] | None:
    """Сегодня, завтра, послезавтра, к вечеру, до утра."""
    days = {"сегодня": 0, "завтра": 1, "послезавтра": 2}.get(here.word())
    if days is None and here.word(-1) in ("к", "до"):
        days = {"вечеру": 0, "вечера": 0, "ночи": 0, "обеду": 0, "обеда": 0, "утру": 1, "утра": 1}.get(here.word())
    return None if days is None else (Found(here.today + timedelta(days=days), False), 1)


def _weekday(here: _At) -> tuple[Found, int] | None:
    """К пятнице, до пятницы, в следующую пятницу; the one said today is the next week's."""
    day = WEEKDAYS.get(here.word())
    if day is None or here.word(-1) in LAST:
        return None
    if here.word(-1) == "по" or here.word(1) in LAST:  # «по пятницам» has another form, «по пятницу» is a range
        return None if here.word(1) in LAST else (Found(_coming(here.today, day), False), 1)
    later = next((n for n in (1, 2) if here.word(n) in NEXT and here.word(n + 1) in ("неделе", "недели")), 0)
    if here.word(-1) in NEXT or later:
        monday = here.today + timedelta(days=7 - here.today.weekday())
        return Found(monday + timedelta(days=day), False), later + 2 if later else 1
    return Found(_coming(here.today, day), False), 1


def _coming(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _span(here: _At) -> tuple[Found, int] | None:
    """В течение трёх рабочих дней, через неделю, за два дня, в ближайшие 3-5 дней, не позднее 10 дней."""
    lead = _lead(here)
    if not lead:
        return None
    taken = lead
    while here.word(taken) in ("ближайших", "ближайшие", "ближайшего", "последующих", "следующих", "этой", "одной"):
        taken += 1
    number, used = _count(here, taken)
    taken += used
    if here.word(taken) in ("х", "ти", "и", "м"):  # «3-х»
        taken += 1
    working = here.word(taken).startswith("рабоч")
    taken += working or here.word(taken).startswith("календарн")
    unit = SPANS.get(here.word(taken))
    if unit is None or number > _MOST:
        return None
    return Found(_after(here, number, unit, working), False), taken + 1


def _lead(here: _At) -> int:
    """Return how many words lead in a span; 0 when none do."""
    if here.word() == "в" and here.word(1) in ("течение", "течении"):
        return 2
    if here.word() in ("в", "на") and here.word(1) in ("ближайшие", "ближайших"):
        return 1
    if here.word() == "не" and here.word(1) in ("позднее", "позже", "более"):
        return 3 if here.word(2) in ("чем", "через") else 2
    return 1 if here.word() in ("через", "за") else 0


def _count(here: _At, ahead: int) -> tuple[int, int]:
    """Return a number («три», «3», «3-5»: the larger) and how many words it took; 1 and none when there is no number."""
    word = here.word(ahead)
    if word in NUMBERS:
        return NUMBERS[word], 1
    parts = word.split("-")
    if all(p.isdecimal() for p in parts) and len(parts) <= 2:
        return int(parts[-1]), 1
    return 1, 0


def _after(here: _At, number: int, unit: str, working: bool) -> date:
    """Return the day on which a span ends that begins today."""
    if unit == HOUR:
        if working:
            return here.working_days(here.today, ceil(number / _WORKING_HOURS))
        return here.today + timedelta(days=0 if number < 24 else ceil(number / 24))
    if unit == DAY:
        return here.working_days(here.today, number) if working else here.today + timedelta(days=number)
    if unit == WEEK:
        return here.today + timedelta(weeks=number)
    return _months_on(here.today, number * (12 if unit == YEAR else 1))


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _term(here: _At) -> tuple[Found, int] | None:
    """В десятидневный срок, в 10-дневный срок."""
    if here.word(1) == "срок" and here.word() in TERM_ADJECTIVES:
        number, unit = TERM_ADJECTIVES[here.word()]
        return Found(_after(here, number, unit, False), False), 2
    if here.word().isdecimal() and here.word(1) == "дневный" and int(here.word()) <= _MOST:
        return Found(_after(here, int(here.word()), DAY, False), False), 2
    return None


def _end_of(here: _At) -> tuple[Found, int] | None:
    """До конца недели, к концу месяца, до конца декабря 2026."""
    if here.word() not in ("конца", "концу", "конце"):
        return None
    ahead = 1
    later = here.word(ahead) in NEXT
    while here.word(ahead) in NEXT | THIS:
        ahead += 1
    word = here.word(ahead)
    if word in MONTHS:
        return _month_end(here, MONTHS[word], ahead)
    unit = ENDS.get(word)
    return None if unit is None else (Found(_unit_end(here.today, unit, later), False), ahead + 1)


def _month_end(here: _At, month: int, ahead: int) -> tuple[Found, int]:
    """Return the last day of a month, of the year named after it or of the nearest one."""
    year = here.word(ahead + 1)
    if len(year) == 4 and year.isdecimal():
        return Found(date(int(year), month, monthrange(int(year), month)[1]), False), ahead + 2
    chosen = _nearest(1, month, here.today).year
    return Found(date(chosen, month, monthrange(chosen, month)[1]), False), ahead + 1


def _unit_end(today: date, unit: str, later: bool) -> date:
    """Return the last day of today's week (Sunday), month, quarter or year, or of the one after it."""
    if unit == DAY:
        return today
    if unit == WEEK:
        return today + timedelta(days=6 - today.weekday() + 7 * later)
    if unit == YEAR:
        return date(today.year + later, 12, 31)
    months = 1 if unit == MONTH else 3
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    return _months_on(first, months * (1 + later)) - timedelta(days=1)


def _within(here: _At) -> tuple[Found, int] | None:
    """На следующей неделе, в этом месяце, в следующем году, в декабре, в 2027 году, в I квартале 2027."""
    word, before = here.word(), here.word(-1)
    if word in IN_MONTH and before not in LAST:
        return _month_end(here, MONTHS[word], 0)
    if word == "квартале" and before in QUARTERS:
        return _quarter(here, QUARTERS[before])
    if word == "году" and len(before) == 4 and before.isdecimal():
        return Found(date(int(before), 12, 31), False), 1
    unit = {"неделе": WEEK, "месяце": MONTH, "году": YEAR}.get(word)
    if unit is None or not (before in NEXT | THIS or (before == "на" and unit == WEEK)):
        return None
    return Found(_unit_end(here.today, unit, before in NEXT), False), 1


def _quarter(here: _At, quarter: int) -> tuple[Found, int]:
    year = here.word(1)
    named = len(year) == 4 and year.isdecimal()
    chosen = int(year) if named else here.today.year
    return Found(_months_on(date(chosen, 3 * quarter - 2, 1), 3) - timedelta(days=1), False), 2 if named else 1


_READERS: tuple[_Read, ...] = (_numeric, _named, _term, _relative, _weekday, _span, _end_of, _within)
