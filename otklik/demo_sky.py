"""Weather of the demo district day by day, made by rule: cold winters, a thaw now and then, snow that stays and goes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from math import cos, pi

from preventive.facts import WeatherDay

_SEED = 8
_DAY = timedelta(days=1)
# Like the north-west of Russia: the coldest days come in the third week of January, the mean of the year is 5 degrees.
_MEAN, _SWING, _COLDEST = 5.0, 14.0, 20
_LAG, _SHAKE = 0.8, 2.6
_RAINY = 0.42


def days_of_weather(first: date, until: date) -> Iterator[WeatherDay]:
    """Yield every day from `first` to the day before `until`; the same first day gives the same weather."""
    chance = random.Random(_SEED + first.toordinal())
    strayed, snow = 0.0, 0.0
    day = first
    while day < until:
        strayed = strayed * _LAG + chance.gauss(0, _SHAKE)
        mean = _MEAN - _SWING * cos(2 * pi * (day.timetuple().tm_yday - _COLDEST) / 365.25) + strayed
        rain = round(chance.expovariate(1 / 4.0), 1) if chance.random() < _RAINY else 0.0
        snow = max(0.0, snow + rain if mean < -0.5 else snow - max(0.0, mean) * 1.5)
        swing = chance.uniform(2.0, 5.0)
        yield WeatherDay(day, round(mean, 1), round(mean - swing, 1), round(mean + swing, 1), rain, float(round(snow)))
        day += _DAY
