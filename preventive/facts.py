"""What the rules of prevention are told about the world: weather day by day, documents, calendars, weekly counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from district.seasons import SchoolDay
from district.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class WeatherDay:
    """Weather of one day of the district; None is unknown and never zero. Degrees Celsius, millimetres, centimetres."""

    day: date
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    rain_mm: float | None = None
    snow_cm: float | None = None
    """Depth of snow on the ground."""


@dataclass(frozen=True, slots=True)
class DecreeSpan:
    """For how long a document holds: from the day it opens to the day it, or another one, closes."""

    id: int
    subject: str
    number: str
    opens: date
    closes: date | None
    """The last day; None: still open."""
    territories: tuple[str, ...] = ()
    """Empty: the whole district."""


@dataclass(frozen=True, slots=True)
class YearFacts:
    """What is known when the dates of a year are asked for."""

    calendar: WorkCalendar
    weather: tuple[WeatherDay, ...] = ()
    """Sorted by day, no day twice."""
    decrees: tuple[DecreeSpan, ...] = ()
    school: tuple[tuple[SchoolDay, date, date], ...] = ()


class Basis(StrEnum):
    """How sure the days of an occasion are."""

    KNOWN = "known"
    EXPECTED = "expected"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {Basis.KNOWN: "точно", Basis.EXPECTED: "ожидается"}[self]


@dataclass(frozen=True, slots=True)
class Occasion:
    """One coming of a threat: first and last day, both included, and the day on which preparing begins."""

    threat_id: str
    year: int
    """The year of its first day."""
    start: date
    end: date
    prepare_from: date
    basis: Basis
    why: str
    """One Russian sentence: the rule, the document, the weather."""
    territories: tuple[str, ...] = ()
    open_end: bool = False
    """True when the last day is only expected (a document without an end)."""


@dataclass(frozen=True, slots=True)
class WeekCount:
    """How much was written of a subject in one week."""

    week: date
    """Its Monday."""
    posts: int
    voices: int
    """Distinct voices inside this week; 0 when no author is known."""
    risks: int = 0


@dataclass(frozen=True, slots=True)
class SeasonalCounts:
    """Weeks of one subject in one territory ("" is the whole district), ascending; weeks without a row are unknown."""

    subject: str
    territory: str = ""
    weeks: tuple[WeekCount, ...] = field(default_factory=tuple)
