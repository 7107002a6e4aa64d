"""Days promised in an answer: «до 25 ноября», «к пятнице», «в течение трёх рабочих дней»; each becomes a control item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from risk.promise_days import Found, WorkingDays, days_in
from risk.promise_words import FUTURE, MANAGED, NOT_FUTURE, NOT_PAST, PAST, PAST_SHORT

LONGEST = 300
"""Signs of a promise kept with its day: a sentence is a line of a list, not a page."""
LONGEST_TEXT = 20_000
"""Signs of an answer that are read: five times the longest message of a chat."""
FURTHEST = timedelta(days=5 * 366)
"""A day beyond five years is a slip of the pen or a federal programme, not an answer's promise."""

_SENTENCE = re.compile(r"(?<=[.!?…;])\s+|\n+")
_ABBREVIATED = re.compile(r"(?:^|[\s(])(?:ул|пер|пл|просп|пр|д|дом|кв|им|с|п|пос|ст|т|тел|руб|тыс|корп|стр)\.$", re.I)
_WORD = re.compile(r"[а-я]+")


@dataclass(frozen=True, slots=True)
class Promise:
    """One promised day with the sentence that promises it."""

    what: str
    on: date


def promised_dates(text: str, today: date, working_days: WorkingDays) -> tuple[Promise, ...]:
    """Return the promised days of a text, earliest first, each day of a sentence once; never a day before `today`.

    `today` is the district's day. `working_days(start, n)` returns the day that ends a term of n working days
    (district.workdays.WorkCalendar.add_working_days). What is told of the past («20 ноября выполнили»), dates of acts
    («от 12.03.2026») and «не раньше» promise nothing. A span of weeks or a month ends with its last day.
    """
    found: dict[tuple[date, str], Promise] = {}
    for sentence in _sentences(text[:LONGEST_TEXT]):
        for day in _promised(sentence, today, working_days):
            what = _short(sentence)
            found.setdefault((day, what), Promise(what, day))
    return tuple(sorted(found.values(), key=lambda p: p.on))


def _promised(sentence: str, today: date, working_days: WorkingDays) -> Iterator[date]:
    if sentence.rstrip().endswith("?"):
        return
    tells_past: bool | None = None
    for found in days_in(sentence, today, working_days):
        if not today <= found.on <= today + FURTHEST:
            continue
        if not _is_firm(found, today):
            tells_past = _tells_past(sentence) if tells_past is None else tells_past
            if tells_past:
                continue
        yield found.on


def _is_firm(found: Found, today: date) -> bool:
    """A day of the calendar that is still ahead cannot be told of as past."""
    return found.exact and found.on > today


def _tells_past(sentence: str) -> bool:
    """Return whether a sentence tells what was, and nothing of what will be."""
    words = _WORD.findall(sentence.lower().replace("ё", "е"))
    past = any(w not in NOT_PAST and (PAST.fullmatch(w) or PAST_SHORT.fullmatch(w)) for w in words)
    if not past:
        return False
    if MANAGED & set(words):
        return True
    return not any(w not in NOT_FUTURE and FUTURE.fullmatch(w) for w in words)


def _sentences(text: str) -> Iterator[str]:
    """Yield sentences; «ул.» and the like do not end one."""
    held = ""
    for piece in _SENTENCE.split(text):
        held = f"{held} {piece}".strip() if held else piece.strip()
        if held and not _ABBREVIATED.search(held):
            yield held
            held = ""
    if held:
        yield held


def _short(sentence: str) -> str:
    plain = " ".join(sentence.split()).strip(" .;")
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
