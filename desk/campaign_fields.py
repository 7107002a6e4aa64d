"""What people type into forms of campaigns: days, numbers that may be left out, names one a line."""

from __future__ import annotations

from datetime import date

from desk.dates import day_typed
from desk.forms import FormError
from desk.visit import Visit


def version_of(visit: Visit) -> int:
    """Return the version of the campaign, or of its text, that the person saw."""
    return visit.fields.whole("version", "версия страницы")


def needed_day(visit: Visit, name: str, what: str) -> date:
    """Return a day that must be typed; FormError names it when it is empty or no day."""
    day = day_typed(visit, name, what)
    if day is None:
        raise FormError(f"Укажите: {what}.")
    return day


def whole_or_none(visit: Visit, name: str, what: str) -> int | None:
    """Return a number that may be left out."""
    return visit.fields.whole(name, what) if visit.fields.text(name) else None


def lines_of(visit: Visit, name: str) -> tuple[str, ...]:
    """Return the lines of a field, one name a line, without empty ones and repeats."""
    return tuple(dict.fromkeys(line.strip() for line in visit.fields.text(name).split("\n") if line.strip()))
