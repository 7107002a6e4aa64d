"""Weather of made-up places for 2024-2028, by rule: a yearly wave, the years' differences, waves of days, snow that lies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

from preventive.facts import WeatherDay

YEARS = (2024, 2025, 2026, 2027, 2028)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Climate:
    """A place: mean of the year and of the wave (°C), day of the year when it is coldest, rain of a wet day (mm)."""

    mean: float
    swing: float
    coldest: int
    rain: float


NORTHWEST = Climate(4.5, 13.5, 20, 4.0)
"""Like the north-west: January about -9, July about +18."""
SAKHALIN = Climate(2.6, 15.0, 32, 7.0)
"""Like an island of the Pacific: late, wet and cool, February the coldest."""
STEPPE = Climate(9.5, 16.0, 18, 1.5)
"""Like the dry south: hot from June to August."""

INLAND = Climate(-1.5, 21.0, 15, 2.5)
"""Like the middle of Siberia: hard frosts every winter."""

YEAR_OFF = {2024: 1.2, 2025: 2.0, 2026: -1.6, 2027: 0.3, 2028: -0.7}
"""How much warmer a year is than usual."""


def weather(climate: Climate, first: date, last: date) -> tuple[WeatherDay, ...]:
    """Return every day of a place between two days; the same every time."""
    days = []
    snow, day = 0.0, first - 60 * _DAY
    while day <= last:
        mean, rain = _mean(climate, day), _rain(climate, day)
        snow = snow + rain * 1.1 if mean <= 0 else max(0.0, snow - 1.6 * mean - rain * 0.5)
        if day >= first:
            days.append(WeatherDay(day, mean, round(mean - 4.2, 1), round(mean + 5.1, 1), rain, float(round(snow))))
        day += _DAY
    return tuple(days)


def _mean(climate: Climate, day: date) -> float:
    turn = day.timetuple().tm_yday - climate.coldest
    n = day.toordinal()
    waves = 2.6 * math.sin(n / 2.9) + 1.9 * math.sin(n / 6.7 + day.year) + 1.1 * math.sin(n * 1.7)
    usual = climate.mean - climate.swing * math.cos(2 * math.pi * turn / 365.25)
    return round(usual + waves + YEAR_OFF.get(day.year, 0.0), 1)


def _rain(climate: Climate, day: date) -> float:
    """Wet spells of some days, then dry ones."""
    n = day.toordinal()
    wet = math.sin(n / 4.3) + math.sin(n / 11.0 + day.year)
    return round(climate.rain * wet, 1) if wet > 0.5 else 0.0
