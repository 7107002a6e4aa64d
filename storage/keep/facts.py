"""Writes weather day by day, and documents that open and close something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from preventive.facts import WeatherDay
from storage.engine import Tx
from storage.tables import decree, weather_day

_VALUES = ("mean", "low", "high", "rain_mm", "snow_cm", "origin", "by_staff", "at")


def put_weather(tx: Tx, days: Sequence[WeatherDay], origin: str, by_staff: int | None, at: datetime) -> None:
    """Write days over what stood there, however many; who may outweigh whom is decided by casework.weather."""
    if not days:
        return
    made = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    query = made(weather_day)
    over = {name: query.excluded[name] for name in _VALUES}
    tx.execute(
        query.on_conflict_do_update(index_elements=["day"], set_=over),
        [
            {
                "day": told.day.isoformat(), "mean": told.mean, "low": told.low, "high": told.high, "rain_mm": told.rain_mm,
                "snow_cm": told.snow_cm, "origin": origin, "by_staff": by_staff, "at": at,
            }
            for told in days
        ],
    )  # fmt: skip


def drop_weather(tx: Tx, day: date) -> bool:
    """Take a day out; return whether it was there."""
    query = sa.delete(weather_day).where(weather_day.c.day == day.isoformat()).returning(weather_day.c.day)
    return tx.execute(query).scalar() is not None


def add_decree(tx: Tx, values: Mapping[str, Any]) -> int:
    """Write a document; days as dates, `territories` as a list; return its id."""
    return int(tx.execute(sa.insert(decree).values(_plain(values)).returning(decree.c.id)).scalar_one())


def change_decree(tx: Tx, decree_id: int, version: int, values: Mapping[str, Any]) -> bool:
    """Change a standing document if it is still of this version; return whether it was."""
    query = (
        sa.update(decree)
        .where(decree.c.id == decree_id, decree.c.version == version, decree.c.withdrawn_at.is_(None))
        .values(_plain(values) | {"version": version + 1})
        .returning(decree.c.id)
    )
    return tx.execute(query).scalar() is not None


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Days are kept as text."""
    return {
        name: value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value
        for name, value in values.items()
    }
