"""Short ways to write a threat with a rule of dates, and the facts of a district without news."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from district.seasons import DateRule, RuleKind, Threat, YearDay
from district.workdays import WorkCalendar
from preventive.facts import DecreeSpan, WeatherDay, YearFacts

CALENDAR = WorkCalendar(ZoneInfo("Europe/Moscow"))
NOTHING = YearFacts(CALENDAR)


def threat(kind: RuleKind, lead: int = 14, territories: tuple[str, ...] = (), **rule: Any) -> Threat:
    """Return a threat by its rule; days of the year are written as in a profile: "04-15"."""
    days = {
        key: YearDay(*map(int, value.split("-"))) if isinstance(value, str) and key in ("since", "until") else value
        for key, value in rule.items()
    }
    return Threat("one", "Одна угроза", ("roads",), DateRule(kind, **days), lead, territories=territories)


def decree(
    opens: str, closes: str | None = None, number: int = 1, subject: str = "ice", territories: tuple[str, ...] = ()
) -> DecreeSpan:
    """Return a document by its days as text."""
    last = date.fromisoformat(closes) if closes else None
    return DecreeSpan(number, subject, f"{number}-рг", date.fromisoformat(opens), last, territories)


def told(*decrees: DecreeSpan, weather: tuple[WeatherDay, ...] = ()) -> YearFacts:
    """Return facts with documents and weather."""
    return YearFacts(CALENDAR, weather, decrees)


def means(first: str, *values: float | None) -> tuple[WeatherDay, ...]:
    """Return days of weather by their means, one after another from a day; None leaves the day out."""
    start = date.fromisoformat(first)
    return tuple(
        WeatherDay(start + timedelta(days=n), mean=value) for n, value in enumerate(values) if value is not None
    )
