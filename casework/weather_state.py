"""The present state of weather and documents in words: how near a threat of the weather is, what a document holds open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from casework.decrees import subjects
from casework.roles import Act, require
from casework.threats import register
from casework.weather import AHEAD
from casework.work import Work
from district.seasons import RuleKind, Threat, Trigger
from preventive.facts import WeatherDay
from preventive.spells import usual_window
from preventive.weather import RUNS, first_day, so_far
from storage.find.facts import DecreeRow, decree_rows, weather_between

_DAY = timedelta(days=1)
_AUGUST = 8
LOOKED_BACK = timedelta(days=14)
"""Days behind today whose missing weather is named: older ones break no run that is counted now."""
_WINDOW = timedelta(days=420)
"""A usual window is a year at most; runs may begin before it."""

_WAITING: Mapping[Trigger, str] = MappingProxyType(
    {
        Trigger.COLD_FIVE: "Отопительный порог: {run} из {needed} холодных дней подряд (средняя ниже +8 °C)",
        Trigger.WARM_FIVE: "Конец отопления: {run} из {needed} тёплых дней подряд (средняя выше +8 °C)",
        Trigger.STEADY_SNOW: "Снежный покров: {run} из {needed} дней подряд",
        Trigger.HEAT: "Жара: {run} из {needed} дней подряд с +30 °C и выше",
        Trigger.DRY: "Сухая погода: {run} из {needed} тёплых дней подряд без осадков",
        Trigger.FIRST_SNOW: "Первого снега ещё не было",
        Trigger.THAW: "Оттепели ещё не было",
        Trigger.FROST: "Сильного мороза ещё не было",
    }
)
_CAME: Mapping[Trigger, str] = MappingProxyType(
    {
        Trigger.COLD_FIVE: "Отопительный порог пройден {day}: пять суток подряд средняя была ниже +8 °C",
        Trigger.WARM_FIVE: "Отопление можно заканчивать с {day}: пять суток подряд средняя была выше +8 °C",
        Trigger.STEADY_SNOW: "Снежный покров лёг {day}",
        Trigger.HEAT: "Жара с {day}: три дня подряд было +30 °C и выше",
        Trigger.DRY: "Сухо с {day}: пять тёплых дней подряд без осадков",
        Trigger.FIRST_SNOW: "Первый снег выпал {day}",
        Trigger.THAW: "Оттепель пришла {day}",
        Trigger.FROST: "Сильный мороз с {day}",
    }
)


@dataclass(frozen=True, slots=True)
class StateLine:
    """One sentence about today and the threats it is about."""

    words: str
    tone: str
    """on: a threat is there; near: it may come any day; calm: it is over or only waited for."""
    threats: tuple[tuple[str, str], ...]
    """(id, name) of the threats that it opens or closes."""


@dataclass(frozen=True, slots=True)
class FactsState:
    """What weather and documents say today."""

    today: date
    weather: tuple[StateLine, ...]
    documents: tuple[StateLine, ...]
    missing: tuple[date, ...]
    """Days just behind today whose weather nobody entered: they break every run."""
    last: date | None
    """The newest known day, not after today and not over a year ago."""
    waits: bool
    """True when a threat of the weather may come about now: somebody should type the weather in."""


def state(work: Work) -> FactsState:
    """Return what weather and documents open and close today, and what is missing to tell it."""
    require(work.by, Act.SEE_YEAR)
    today = work.today
    with work.store.read() as tx:
        days = weather_between(tx, today - _WINDOW, today)
        documents = decree_rows(tx)
    threats = register(work)
    found = list(_weather([t for t in threats if t.rule.kind is RuleKind.WEATHER], days, today))
    known = {told.day for told in days}
    behind = [today - n * _DAY for n in range(LOOKED_BACK.days, 0, -1)]
    begun = min(known, default=today)
    missing = tuple(day for day in behind if day not in known and day > begun)
    return FactsState(
        today,
        tuple(found),
        tuple(_documents(threats, subjects(work), documents, today)),
        missing,
        max(known, default=None),
        bool(found),
    )


def _weather(threats: Sequence[Threat], days: Sequence[WeatherDay], today: date) -> Iterator[StateLine]:
    """One line for each trigger and window that hold today, with all threats that share them."""
    groups: dict[tuple[Trigger, Trigger | None, date, date], list[Threat]] = {}
    for threat in threats:
        for year in (today.year - 1, today.year):
            since, until = usual_window(threat.rule, year)
            if threat.rule.opens is not None and since <= today <= until:
                groups.setdefault((threat.rule.opens, threat.rule.closes, since, until), []).append(threat)
    for (opens, closes, since, until), named in groups.items():
        yield _line(opens, closes, (since, until), days, today, tuple((t.id, t.name) for t in named))


def _line(
    opens: Trigger, closes: Trigger | None, window: tuple[date, date], days: Sequence[WeatherDay], today: date,
    threats: tuple[tuple[str, str], ...],
) -> StateLine:  # fmt: skip
    came = first_day(opens, days, window[0], today)
    if came is None:
        return StateLine(f"{_waiting(opens, days, today)}.", _nearness(opens, days, today), threats)
    if opens is Trigger.FIRST_SNOW:  # a window may begin when snow lies already: the first one is the season's
        came = first_day(opens, days, _season(came), came) or came
    words = _CAME[opens].format(day=f"{came:%d.%m.%Y}")
    over = first_day(closes, days, came + _DAY, today) if closes is not None and came < today else None
    if over is not None and closes is not None:
        return StateLine(f"{words}. Кончилось {over:%d.%m.%Y}: {closes.label}.", "calm", threats)
    if closes is not None:
        waiting = _waiting(closes, days, today)
        words = f"{words}. {waiting}"
    return StateLine(f"{words}.", "on", threats)


def _season(day: date) -> date:
    """The first of August before a day: no snow of the winter before is left then."""
    return date(day.year - (day.month < _AUGUST), _AUGUST, 1)


def _waiting(trigger: Trigger, days: Sequence[WeatherDay], today: date) -> str:
    if trigger not in RUNS:
        return _WAITING[trigger]
    now = so_far(trigger, days, today)
    return _WAITING[trigger].format(run=min(now.run, now.needed), needed=now.needed)


def _nearness(trigger: Trigger, days: Sequence[WeatherDay], today: date) -> str:
    return "near" if trigger not in RUNS or so_far(trigger, days, today).run else "calm"


def _documents(
    threats: Sequence[Threat], names: Mapping[str, str], rows: Sequence[DecreeRow], today: date
) -> Iterator[StateLine]:
    """Documents in force, then those that begin within AHEAD."""
    opened: dict[str, list[tuple[str, str]]] = {}
    for threat in threats:
        opened.setdefault(threat.rule.subject, []).append((threat.id, threat.name))
    holding = [row for row in rows if row.holds_on(today)]
    coming = [row for row in rows if today < row.opens_on <= today + AHEAD]
    for row in (*holding, *reversed(coming)):
        name = names.get(row.subject, row.subject)
        begins = "открыто с" if row.holds_on(today) else "откроется с"
        end = f" по {row.closes_on:%d.%m.%Y}" if row.closes_on else ""
        words = f"{name}: {begins} {row.opens_on:%d.%m.%Y}{end}, документ № {row.number}{'' if end else ', срок не указан'}."
        yield StateLine(words, "on" if row.holds_on(today) else "near", tuple(opened.get(row.subject, ())))
