"""A table of weather as days: every row is a day or is refused with its number and what to mend (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from casework.fact_tables import Row, day_of, number_of, read_table
from casework.weather import NAMES, VALUES, Refused
from preventive.facts import WeatherDay

HEADS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "date": ("дата", "день", "day", "time", "datetime", "local date"),
        "mean": (
            "средняя", "средняя температура", "т ср", "tср", "t ср", "t", "т", "температура", "temperature", "tavg", "tmean",
            "temp mean", "t mean", "average", "avg", "temperature 2m mean", "среднесуточная", "среднесуточная температура",
            "температура средняя",
        ),
        "low": (
            "минимум", "мин", "min", "tmin", "t min", "т мин", "temp min", "минимальная", "минимальная температура",
            "температура минимальная", "temperature 2m min", "ночью",
        ),
        "high": (
            "максимум", "макс", "max", "tmax", "t max", "т макс", "temp max", "максимальная", "максимальная температура",
            "температура максимальная", "temperature 2m max", "днем",
        ),
        "rain_mm": (
            "осадки", "осадки мм", "rain", "rain mm", "prcp", "precipitation", "precipitation mm", "precip", "rrr", "r",
            "precipitation sum", "количество осадков",
        ),
        "snow_cm": (
            "снег", "снег см", "snow", "snow cm", "snow depth", "высота снега", "высота снежного покрова", "снежный покров",
            "sss", "snowdepth", "глубина снега",
        ),
    }
)  # fmt: skip
"""Our name of a value → the heads under which files have it; units and signs are not counted."""


def read_weather(text: str) -> tuple[tuple[tuple[int, WeatherDay], ...], tuple[Refused, ...]]:
    """Return the days of a table as (row, day), and the rows that are none; UnreadableTable when it is no table.

    What is impossible in a day is not judged here but when it is recorded (casework.weather.record_days).
    """
    days: list[tuple[int, WeatherDay]] = []
    refused: list[Refused] = []
    for row in read_table(text, HEADS):
        try:
            days.append((row.number, _day(row)))
        except ValueError as e:
            refused.append(Refused(row.number, str(e)))
    return tuple(days), tuple(refused)


def _day(row: Row) -> WeatherDay:
    day = day_of(row.fields.get("date", ""))
    if day is None:
        raise ValueError("нет даты: нужно 20.11.2026 или 2026-11-20")
    values: dict[str, float | None] = {}
    for name in VALUES:
        try:
            values[name] = number_of(row.fields.get(name, ""))
        except ValueError as e:
            raise ValueError(f"{day:%d.%m.%Y}: {NAMES[name]} — {e}") from None
    return WeatherDay(day, **values)
