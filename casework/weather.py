"""Weather of the district day by day: typed by a person or read from a file or a feed; who outweighs whom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from casework.errors import BadMove, UnknownSubject
from casework.moves import reasoned
from casework.roles import Act, require
from casework.work import Work
from preventive.facts import WeatherDay
from storage.engine import Tx
from storage.find.facts import WeatherRow, weather_of, weather_on, weather_rows
from storage.keep.facts import drop_weather, put_weather
from storage.keep.journal import add_journal

HAND, FILE, FEED = "hand", "file", "feed"
ORIGINS = MappingProxyType({HAND: "вручную", FILE: "из файла", FEED: "из ленты"})
"""Where a day is from → Russian words; an earlier one outweighs a later one."""
_WEIGHT = MappingProxyType({HAND: 3, FILE: 2, FEED: 1})

EARLIEST = date(1990, 1, 1)
AHEAD = timedelta(days=14)
"""How far ahead a day may lie: forecasts go no farther, a later day is a slip of the pen."""
COLDEST, HOTTEST = -70.0, 60.0
"""°C; the coldest day of Russia was -67.8, the hottest of the world 56.7 [K]."""
MOST_RAIN, MOST_SNOW = 500.0, 1000.0
"""Millimetres a day and centimetres on the ground that nobody here has seen yet [P]."""
VALUES = ("mean", "low", "high", "rain_mm", "snow_cm")
NAMES = MappingProxyType(
    {"mean": "средняя", "low": "минимум", "high": "максимум", "rain_mm": "осадки, мм", "snow_cm": "снег, см"}
)
"""Value of a day → Russian words of forms and tables."""


class BadWeather(BadMove):
    """Таких значений погоды не бывает."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One row that was not taken: its number in the file (1 is the first line) and what to mend."""

    row: int
    why: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of many days."""

    written: tuple[date, ...] = ()
    """New or changed days."""
    same: int = 0
    """Days that stood so already."""
    outweighed: tuple[date, ...] = ()
    """Days that a weightier hand wrote otherwise: they stay as they were."""
    refused: tuple[Refused, ...] = ()


def wrong_with(told: WeatherDay, today: date) -> str:
    """Return what is impossible in a day and how to mend it, in one Russian sentence; "" when it is possible."""
    day = f"{told.day:%d.%m.%Y}"
    if told.day < EARLIEST:
        return f"{day}: раньше {EARLIEST:%d.%m.%Y} погоду не ведём, проверьте год"
    if told.day > today + AHEAD:
        return f"{day}: это позже чем через {AHEAD.days} дней, прогнозов так далеко нет, проверьте дату"
    given = {name: value for name in VALUES if (value := getattr(told, name)) is not None}
    if not given:
        return f"{day}: нет ни одного значения, укажите хотя бы температуру"
    return next(filter(None, [*(_wrong_value(day, name, v) for name, v in given.items()), _wrong_order(day, told)]), "")


def _wrong_value(day: str, name: str, value: float) -> str:
    low, high, unit = _LIMITS[name]
    if math.isfinite(value) and low <= value <= high:
        return ""
    shown = f"{value:g}".replace("-", "−").replace(".", ",")
    if name in ("rain_mm", "snow_cm") and value < 0:
        return f"{day}: {NAMES[name]} — {shown}, а меньше нуля не бывает"
    limits = f"от {low:g} до {high:g} {unit}".replace("-", "−")
    return f"{day}: {NAMES[name]} — {shown}, бывает {limits}; проверьте знак и запятую"


_LIMITS = MappingProxyType(
    {
        "mean": (COLDEST, HOTTEST, "°C"),
        "low": (COLDEST, HOTTEST, "°C"),
        "high": (COLDEST, HOTTEST, "°C"),
        "rain_mm": (0.0, MOST_RAIN, "мм"),
        "snow_cm": (0.0, MOST_SNOW, "см"),
    }
)


def _wrong_order(day: str, told: WeatherDay) -> str:
    if told.low is not None and told.high is not None and told.low > told.high:
        return f"{day}: минимум {told.low:g} выше максимума {told.high:g}, возможно, их поменяли местами".replace(
            "-", "−"
        )
    if told.mean is None:
        return ""
    low, high = told.low, told.high
    if (low is not None and told.mean < low) or (high is not None and told.mean > high):
        edges = f"{'…' if low is None else f'{low:g}'} и {'…' if high is None else f'{high:g}'}"
        return f"{day}: средняя {told.mean:g} не лежит между минимумом и максимумом ({edges})".replace("-", "−")
    return ""


def record_day(work: Work, told: WeatherDay, *, fill: bool = False) -> WeatherDay:
    """Write a day as a person told it, over whatever stood; return what stands now. BadWeather names what is impossible.

    With `fill` values that are None leave what stood before; without it they are unknown from now on.
    """
    require(work.by, Act.SET_FACTS)
    with work.store.write() as tx:
        stood = weather_of(tx, told.day)
        if fill and stood is not None:
            given = {name: value for name in VALUES if (value := getattr(told, name)) is not None}
            told = replace(stood.weather, **given)
        if wrong := wrong_with(told, work.today):
            raise BadWeather(f"{wrong}.")
        put_weather(tx, [told], HAND, work.by.id, work.now)
        _note(tx, work, "weather.typed", f"weather:{told.day}", _plain(stood), _values(told))
    return told


def record_days(work: Work, days: Sequence[tuple[int, WeatherDay]], origin: str) -> Recorded:
    """Write days that a file or a feed told, given as (row in it, day); impossible rows are refused, the others kept.

    A person's day outweighs a file's, a file's a feed's; a forecast (written before its day was over) outweighs nothing
    that is told later. The journal gets one line when anything changed.
    """
    require(work.by, Act.SET_FACTS)
    good, refused = _sift(days, work.today)
    with work.store.write() as tx:
        stood = weather_on(tx, list(good))
        said_early = _forecasts(tx, work, stood)
        fates = {day: _fate(stood.get(day), told, origin, day in said_early) for day, told in good.items()}
        written = [told for day, told in good.items() if fates[day] == "write"]
        put_weather(
            tx, [told for day, told in good.items() if fates[day] in ("write", "own")], origin, work.by.id, work.now
        )
        outweighed = tuple(day for day, fate in fates.items() if fate == "keep")
        if written:
            span = {"from": min(t.day for t in written).isoformat(), "to": max(t.day for t in written).isoformat()}
            told = {"days": len(written), "refused": len(refused), "outweighed": len(outweighed)}
            _note(tx, work, "weather.read", f"weather:{origin}", {}, span | told)
    same = len(good) - len(written) - len(outweighed)
    return Recorded(tuple(t.day for t in written), same, outweighed, tuple(refused))


def _sift(days: Sequence[tuple[int, WeatherDay]], today: date) -> tuple[dict[date, WeatherDay], list[Refused]]:
    good: dict[date, WeatherDay] = {}
    rows: dict[date, int] = {}
    refused: list[Refused] = []
    for row, told in days:
        wrong = wrong_with(told, today)
        if not wrong and told.day in good and good[told.day] != told:
            wrong = (
                f"{told.day:%d.%m.%Y}: этот день уже есть в строке {rows[told.day]} с другими значениями, взята первая"
            )
        if wrong:
            refused.append(Refused(row, wrong))
        else:
            good.setdefault(told.day, told)
            rows.setdefault(told.day, row)
    return good, refused


def _fate(stood: tuple[WeatherDay, str] | None, told: WeatherDay, origin: str, early: bool) -> str:
    """Say what becomes of a day: write | keep (what stands is weightier) | same | own (the same, from a weightier hand)."""
    if stood is None:
        return "write"
    weightier = _WEIGHT[origin] - _WEIGHT[stood[1]]
    if stood[0] == told:
        return "own" if weightier > 0 or early else "same"
    return "write" if weightier >= 0 or early else "keep"


def _forecasts(tx: Tx, work: Work, stood: dict[date, tuple[WeatherDay, str]]) -> frozenset[date]:
    """Return those days that were written before they were over, though they are over now."""
    if not stood:
        return frozenset()
    zone, today = work.profile.timezone, work.today
    rows = weather_rows(tx, max(min(stood), today - 2 * AHEAD), today)
    days = ((row.weather.day, row.at.astimezone(zone).date()) for row in rows)
    return frozenset(day for day, told in days if told < day <= today)


def withdraw_day(work: Work, day: date, reason: str) -> None:
    """Take a day out: it is unknown from now on, until a file or a feed tells it anew. The journal keeps what stood."""
    require(work.by, Act.SET_FACTS)
    said = reasoned(reason, "почему день убран")
    with work.store.write() as tx:
        stood = weather_of(tx, day)
        if stood is None or not drop_weather(tx, day):
            raise UnknownSubject(f"Погоды за {day:%d.%m.%Y} и так нет. Обновите страницу.")
        _note(tx, work, "weather.withdrawn", f"weather:{day}", _plain(stood), {"why": said})


def days_between(work: Work, first: date, last: date) -> tuple[WeatherRow, ...]:
    """Return the known days first..last with where each is from."""
    require(work.by, Act.SEE_YEAR)
    with work.store.read() as tx:
        return weather_rows(tx, first, last)


def _values(told: WeatherDay) -> dict[str, Any]:
    return {name: value for name, value in asdict(told).items() if name != "day" and value is not None}


def _plain(stood: WeatherRow | None) -> dict[str, Any]:
    return {} if stood is None else _values(stood.weather) | {"origin": stood.origin}


def _note(tx: Tx, work: Work, what: str, subject: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    add_journal(tx, work.now, work.by.id, what, subject, before, after)
