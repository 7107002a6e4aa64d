"""Days promised in an answer: «до 25 ноября», «к пятнице», «в течение трёх рабочих дней»; each becomes a control item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Promise:
    """One promised day with the sentence that promises it."""

    what: str
    on: date


def promised_dates(text: str, today: date, working_days: Callable[[date, int], date]) -> tuple[Promise, ...]:
    """Return the promised days of a text, earliest first; never a day before `today`."""
    raise NotImplementedError
