"""When the weather opens or closes a threat: pure rules over daily values, no clock, no guessing of unknown days."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from district.seasons import Trigger
from preventive.facts import WeatherDay

HEATING_MEAN = 8.0
"""°C of a daily mean; the heating season begins and ends by it (Правила № 354, п. 5). Exactly 8.0 is neither side."""
HEATING_DAYS = 5
"""So many days in a row; the season begins or ends on the day after them (Правила № 354, п. 5)."""
STEADY_DEPTH = 1.0
"""cm of snow that count as a cover [P]."""
STEADY_DAYS = 5
"""Days in a row under a cover [P]. Climatologists ask for a month of it [K], which is told too late to prepare anything."""
THAW_MEMORY = 3
"""A mean above 0 °C is a thaw when one of so many days before was a frost [P]."""
FROST_MEAN = -20.0
"""°C of a daily mean and colder: a hard frost [P]."""
FROST_LOW = -25.0
"""°C at night and colder: a hard frost, whatever the mean [P]."""
HEAT_HIGH = 30.0
"""°C by day and hotter [P]; the weather service warns of hot days from about it [K]."""
HEAT_DAYS = 3
"""Hot days in a row [P]."""
DRY_MEAN = 5.0
"""°C of a daily mean above which last year's grass dries and vegetation wakes [P]."""
DRY_RAIN = 1.0
"""mm a day below which grass stays dry [P]; fire danger by Nesterov's index starts anew only at 3 mm [K]."""
DRY_DAYS = 5
"""Dry days in a row [P]."""

_DAY = timedelta(days=1)


def mean_of(day: WeatherDay) -> float | None:
    """Return the mean of a day in °C: as it was given, else half of low and high together, else None (unknown)."""
    if day.mean is not None:
        return day.mean
    if day.low is None or day.high is None:
        return None
    return (day.low + day.high) / 2


def is_counted(day: WeatherDay) -> bool:
    """Return True when the mean is not measured but counted from low and high: pages say so."""
    return day.mean is None and mean_of(day) is not None


@dataclass(frozen=True, slots=True)
class Run:
    """A trigger that needs whole days in a row: how many, and what makes a day count (None: it cannot be told)."""

    needed: int
    holds: Callable[[WeatherDay], bool | None]


def _cold(day: WeatherDay) -> bool | None:
    mean = mean_of(day)
    return None if mean is None else mean < HEATING_MEAN


def _warm(day: WeatherDay) -> bool | None:
    mean = mean_of(day)
    return None if mean is None else mean > HEATING_MEAN


def _covered(day: WeatherDay) -> bool | None:
    return None if day.snow_cm is None else day.snow_cm >= STEADY_DEPTH


def _hot(day: WeatherDay) -> bool | None:
    return None if day.high is None else day.high >= HEAT_HIGH


def _dry(day: WeatherDay) -> bool | None:
    """Snow on the ground, cold or rain each make a day not dry; an unknown depth of snow does not hinder."""
    mean = mean_of(day)
    if (day.snow_cm or 0) > 0 or (mean is not None and mean <= DRY_MEAN):
        return False
    if day.rain_mm is not None and day.rain_mm >= DRY_RAIN:
        return False
    return None if mean is None or day.rain_mm is None else True


RUNS: Mapping[Trigger, Run] = MappingProxyType(
    {
        Trigger.COLD_FIVE: Run(HEATING_DAYS, _cold),
        Trigger.WARM_FIVE: Run(HEATING_DAYS, _warm),
        Trigger.STEADY_SNOW: Run(STEADY_DAYS, _covered),
        Trigger.HEAT: Run(HEAT_DAYS, _hot),
        Trigger.DRY: Run(DRY_DAYS, _dry),
    }
)
"""Triggers of whole days in a row: they are known on the day after the last of them."""

Known = Mapping[date, WeatherDay]


def _snowed(known: Known, day: date) -> bool:
    """Snow lies; when nobody measured it, what fell on a day with a mean not above 0 °C was snow [P]."""
    told = known.get(day)
    if told is None:
        return False
    if told.snow_cm is not None:
        return told.snow_cm > 0
    mean = mean_of(told)
    return mean is not None and mean <= 0 and (told.rain_mm or 0) > 0


def _thawed(known: Known, day: date) -> bool:
    """A mean above 0 °C, a frost among the days just before, and snow to melt: on this day or the evening before."""
    told = known.get(day)
    mean = None if told is None else mean_of(told)
    if mean is None or mean <= 0:
        return False
    snow = [known[d].snow_cm or 0 for d in (day, day - _DAY) if d in known]
    before = [mean_of(known[d]) for d in (day - n * _DAY for n in range(1, THAW_MEMORY + 1)) if d in known]
    return max(snow) > 0 and any(m is not None and m < 0 for m in before)


def _froze(known: Known, day: date) -> bool:
    told = known.get(day)
    if told is None:
        return False
    mean = mean_of(told)
    return (mean is not None and mean <= FROST_MEAN) or (told.low is not None and told.low <= FROST_LOW)


_AT_ONCE: Mapping[Trigger, Callable[[Known, date], bool]] = MappingProxyType(
    {Trigger.FIRST_SNOW: _snowed, Trigger.THAW: _thawed, Trigger.FROST: _froze}
)
"""Triggers that one day shows: they are known on that very day."""


def first_day(trigger: Trigger, days: Sequence[WeatherDay], since: date, until: date) -> date | None:
    """Return the first day of since..until (both included) on which the trigger is known to have fired; None: not yet.

    Days of the district, in any order, no day twice. Triggers of RUNS need their days in a row and are known on the day
    after the last one («не позднее дня, следующего за днём окончания 5-дневного периода», Правила № 354, п. 5); the run
    may have begun before `since`. The others are known on the day itself. A missing day, or a day whose value is unknown,
    breaks a run: nothing is guessed. Days after the answer never change it.
    """
    known = {told.day: told for told in days}
    span = [since + n * _DAY for n in range((until - since).days + 1)]
    run = RUNS.get(trigger)
    if run is None:
        shown = _AT_ONCE[trigger]
        return next((day for day in span if shown(known, day)), None)
    length = _run_until(run, known, since - _DAY)
    for day in span:
        if length >= run.needed:
            return day
        length = length + 1 if _counts(run, known, day) else 0
    return None


@dataclass(frozen=True, slots=True)
class SoFar:
    """How near a trigger of days in a row is: days counted, days needed, the last day looked at."""

    trigger: Trigger
    run: int
    needed: int
    last: date | None
    """The last day with known weather not later than asked; None: nothing is known of it or the day before."""


def so_far(trigger: Trigger, days: Sequence[WeatherDay], day: date) -> SoFar:
    """Return the run that stands on a day; a day that nobody entered yet does not break it until it is over.

    The run is counted back from `day` when its weather is known, else from the day before; all its days are counted,
    also beyond those needed. Only for triggers of RUNS (KeyError for others).
    """
    run = RUNS[trigger]
    known = {told.day: told for told in days}
    last = next((d for d in (day, day - _DAY) if d in known and run.holds(known[d]) is not None), None)
    return SoFar(trigger, 0 if last is None else _run_until(run, known, last), run.needed, last)


def _counts(run: Run, known: Known, day: date) -> bool:
    told = known.get(day)
    return told is not None and run.holds(told) is True


def _run_until(run: Run, known: Known, day: date) -> int:
    length = 0
    while _counts(run, known, day):
        length, day = length + 1, day - _DAY
    return length
