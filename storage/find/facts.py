"""Weather day by day and documents that open and close something: what the rules of prevention are told about the district."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from preventive.facts import DecreeSpan, WeatherDay
from storage.engine import Tx
from storage.tables import decree, staff, weather_day

WORN = 500
"""So many days are asked for in one statement (SQLite allows 32,766 parameters; a year of feed is 366)."""


@dataclass(frozen=True, slots=True)
class WeatherRow:
    """The weather of one day and where it is from."""

    weather: WeatherDay
    origin: str
    """hand | file | feed."""
    by: str
    """Login of who typed it; "" for a file or a feed that the machine read."""
    at: datetime


@dataclass(frozen=True, slots=True)
class DecreeRow:
    """One document as it is kept; days are of the district."""

    id: int
    subject: str
    number: str
    title: str
    url: str
    issued_on: date
    opens_on: date
    closes_on: date | None
    """The last day; None: until another document closes it."""
    closed_by: str
    """Number of the closing document; "" when none is named."""
    territories: tuple[str, ...]
    origin: str
    by_staff: int | None
    at: datetime
    withdrawn_at: datetime | None
    version: int

    @property
    def span(self) -> DecreeSpan:
        """Return for how long it holds, as the rules want it."""
        return DecreeSpan(self.id, self.subject, self.number, self.opens_on, self.closes_on, self.territories)

    def holds_on(self, day: date) -> bool:
        """Return True when the document stands and is in force on a day."""
        open_yet = self.closes_on is None or day <= self.closes_on
        return self.withdrawn_at is None and self.opens_on <= day and open_yet


_VALUES = ("mean", "low", "high", "rain_mm", "snow_cm")
_DAY = (weather_day.c.day, *(weather_day.c[name] for name in _VALUES))
_DECREE = tuple(DecreeRow.__dataclass_fields__)


def _weather(row: Any) -> WeatherDay:
    return WeatherDay(date.fromisoformat(row[0]), *row[1:6])


def weather_between(tx: Tx, first: date, last: date) -> tuple[WeatherDay, ...]:
    """Return the known weather of days first..last, both included, by day; a day nobody entered is not there."""
    spoken = weather_day.c.day.between(first.isoformat(), last.isoformat())
    return tuple(_weather(row) for row in tx.execute(sa.select(*_DAY).where(spoken).order_by(weather_day.c.day)))


def weather_rows(tx: Tx, first: date, last: date) -> tuple[WeatherRow, ...]:
    """Return the same days with where each is from, by day."""
    query = (
        sa.select(*_DAY, weather_day.c.origin, sa.func.coalesce(staff.c.login, ""), weather_day.c.at)
        .select_from(weather_day.outerjoin(staff, staff.c.id == weather_day.c.by_staff))
        .where(weather_day.c.day.between(first.isoformat(), last.isoformat()))
        .order_by(weather_day.c.day)
    )
    return tuple(WeatherRow(_weather(row), row[6], row[7], row[8]) for row in tx.execute(query))


def weather_of(tx: Tx, day: date) -> WeatherRow | None:
    """Return the weather of one day, or None when nobody entered it."""
    return next(iter(weather_rows(tx, day, day)), None)


def weather_on(tx: Tx, days: Collection[date]) -> dict[date, tuple[WeatherDay, str]]:
    """Return the weather and the origin of those of the given days that are known, however many are asked for."""
    found: dict[date, tuple[WeatherDay, str]] = {}
    asked = sorted({day.isoformat() for day in days})
    for begin in range(0, len(asked), WORN):
        query = sa.select(*_DAY, weather_day.c.origin).where(weather_day.c.day.in_(asked[begin : begin + WORN]))
        found |= {told.day: (told, row[6]) for row in tx.execute(query) for told in (_weather(row),)}
    return found


def decrees_between(tx: Tx, first: date, last: date) -> tuple[DecreeSpan, ...]:
    """Return the documents in force on any day of first..last, by their first day; withdrawn ones are not there.

    Documents of one subject that overlap are all there.
    """
    query = _decrees().where(
        decree.c.withdrawn_at.is_(None),
        decree.c.opens_on <= last.isoformat(),
        sa.or_(decree.c.closes_on.is_(None), decree.c.closes_on >= first.isoformat()),
    )
    rows = tx.execute(query.order_by(decree.c.opens_on, decree.c.id))
    return tuple(_decree(row).span for row in rows)


def decree_rows(tx: Tx, subject: str | None = None, *, withdrawn: bool = False) -> tuple[DecreeRow, ...]:
    """Return documents, the newest first day first; of one subject or all, struck-out ones only when asked for."""
    query = _decrees() if subject is None else _decrees().where(decree.c.subject == subject)
    if not withdrawn:
        query = query.where(decree.c.withdrawn_at.is_(None))
    return tuple(_decree(row) for row in tx.execute(query.order_by(decree.c.opens_on.desc(), decree.c.id.desc())))


def decree_by_id(tx: Tx, decree_id: int) -> DecreeRow | None:
    """Return one document, also a withdrawn one, or None."""
    row = tx.execute(_decrees().where(decree.c.id == decree_id)).one_or_none()
    return None if row is None else _decree(row)


def _decrees() -> sa.Select[Any]:
    return sa.select(*(decree.c[name] for name in _DECREE))


def _decree(row: Any) -> DecreeRow:
    told = row._asdict()
    for name in ("issued_on", "opens_on", "closes_on"):
        told[name] = date.fromisoformat(told[name]) if told[name] else None
    return DecreeRow(**told | {"territories": tuple(told["territories"])})
