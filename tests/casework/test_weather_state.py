"""What weather and documents say today is told in whole sentences, with the threats that they open and what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from casework import decrees
from casework.decrees import NewDecree
from casework.errors import NotAllowed
from casework.weather import record_days
from casework.weather_state import FactsState, state
from casework.work import Staff, Work
from district.profile import Profile
from district.seasons import DateRule, Prevention, RuleKind, Threat, Trigger, YearDay
from preventive.facts import WeatherDay
from storage.engine import Store
from tests.casework.risk_build import READER
from tests.casework.staff_build import a_profile, a_work
from tests.preventive.weather_years import NORTHWEST, weather

D = timedelta(days=1)


def of_weather(code: str, name: str, opens: Trigger, since: str, until: str, closes: Trigger | None = None) -> Threat:
    first, last = (YearDay(*map(int, day.split("-"))) for day in (since, until))
    return Threat(code, name, ("housing",), DateRule(RuleKind.WEATHER, first, last, opens=opens, closes=closes), 14)


THREATS = (
    of_weather("heating-start", "Начало отопления", Trigger.COLD_FIVE, "09-15", "10-31"),
    of_weather("snow", "Снег и наледь", Trigger.FIRST_SNOW, "11-01", "03-31"),
    of_weather("roofs", "Сосульки", Trigger.THAW, "12-01", "04-15"),
    of_weather("frost", "Морозы", Trigger.FROST, "12-01", "02-28"),
    of_weather("dry", "Пал травы", Trigger.DRY, "04-01", "06-15", closes=Trigger.HEAT),
    Threat("ice", "Тонкий лёд", ("emergency",), DateRule(RuleKind.DECREE, subject="thin-ice"), 10),
)


def district() -> Profile:
    return a_profile(prevention=Prevention(threats=THREATS))


def on(store: Store, day: date, by: Staff = READER) -> Work:
    return a_work(store, by, now=datetime.combine(day, time(9), tzinfo=UTC), profile=district())


def told(store: Store, day: date, days: tuple[WeatherDay, ...] = ()) -> FactsState:
    machine = replace(on(store, day), by=a_work(store).by)
    record_days(machine, list(enumerate(days, 1)), "file")
    return state(on(store, day))


@pytest.mark.parametrize(
    ("day", "words", "tone", "threat"),
    [
        (date(2026, 9, 25), "Отопительный порог: 1 из 5 холодных дней подряд (средняя ниже +8 °C).", "near", "heating-start"),
        (date(2026, 9, 28), "Отопительный порог: 4 из 5 холодных дней подряд (средняя ниже +8 °C).", "near", "heating-start"),
        (date(2026, 9, 29), "Отопительный порог: 5 из 5 холодных дней подряд (средняя ниже +8 °C).", "near", "heating-start"),
        (date(2026, 9, 24), "Отопительный порог: 0 из 5 холодных дней подряд (средняя ниже +8 °C).", "calm", "heating-start"),
        (date(2026, 10, 9), "Отопительный порог пройден 30.09.2026: пять суток подряд средняя была ниже +8 °C.", "on", "heating-start"),
        (date(2026, 11, 20), "Первый снег выпал 29.10.2026.", "on", "snow"),
        (date(2026, 12, 5), "Сильного мороза ещё не было.", "near", "frost"),
        (date(2026, 4, 7), "Оттепель пришла 06.04.2026.", "on", "roofs"),
        (date(2026, 5, 16), "Сухо с 15.05.2026: пять тёплых дней подряд без осадков. Жара: 0 из 3 дней подряд с +30 °C и выше.", "on", "dry"),
    ],
)  # fmt: skip
def test_sentences_of_a_year(sqlite_store: Store, day: date, words: str, tone: str, threat: str) -> None:
    """On the days of a north-western year each sentence says how near the threshold is, or when it was passed."""
    found = told(sqlite_store, day, weather(NORTHWEST, date(2025, 10, 1), day))
    line = next(one for one in found.weather if threat in {code for code, _ in one.threats})
    assert (line.words, line.tone) == (words, tone)
    assert found.missing == ()


def test_what_closed_a_threat_is_told(sqlite_store: Store) -> None:
    """A threat that another trigger closed is calm and says since when."""
    dry = [WeatherDay(date(2026, 5, 1) + n * D, mean=15.0, high=20.0, rain_mm=0.0) for n in range(6)]
    hot = [WeatherDay(date(2026, 5, 7) + n * D, mean=25.0, high=31.0, rain_mm=0.0) for n in range(4)]
    found = told(sqlite_store, date(2026, 5, 12), (*dry, *hot))
    line = next(one for one in found.weather if one.threats[0][0] == "dry")
    assert (line.words, line.tone) == (
        "Сухо с 06.05.2026: пять тёплых дней подряд без осадков. Кончилось 10.05.2026: жара.",
        "calm",
    )


def test_only_what_may_come_now_is_told(sqlite_store: Store) -> None:
    """In July no threat of the weather is waited for, and nobody is asked for its weather."""
    found = told(sqlite_store, date(2026, 7, 10))
    assert (found.weather, found.waits, found.last) == ((), False, None)


def test_missing_days_are_named(store: Store) -> None:
    """Days behind today without weather are named, today itself and days before the first known one are not."""
    day = date(2026, 9, 28)
    series = [one for one in weather(NORTHWEST, day - 6 * D, day - D) if one.day not in (day - 3 * D, day - D)]
    found = told(store, day, tuple(series))
    assert found.missing == (day - 3 * D, day - D)
    assert found.last == day - 2 * D
    assert found.waits


def test_documents_are_told_first_those_in_force(store: Store) -> None:
    """A document in force, one to come within a fortnight; one farther ahead and one that is over are not there."""
    day = date(2026, 11, 20)
    work = on(store, day, a_work(store).by)
    spans = (("512", 0, None), ("513", 5, 40), ("514", -30, -1), ("515", 15, None))
    for number, first, last in spans:
        end = None if last is None else day + last * D
        decrees.add(work, NewDecree("thin-ice", number, "О запрете", day + first * D, day + first * D, end))
    decrees.add(work, NewDecree("карантин", "9", "О карантине", day, day, day))
    ice = (("ice", "Тонкий лёд"),)
    assert [(one.words, one.tone, one.threats) for one in state(on(store, day)).documents] == [
        ("карантин: открыто с 20.11.2026 по 20.11.2026, документ № 9.", "on", ()),
        ("Тонкий лёд: открыто с 20.11.2026, документ № 512, срок не указан.", "on", ice),
        ("Тонкий лёд: откроется с 25.11.2026 по 30.12.2026, документ № 513.", "near", ice),
    ]


def test_who_may_see(sqlite_store: Store) -> None:
    """A technician keeps the machines and does not see the year."""
    with pytest.raises(NotAllowed):
        state(on(sqlite_store, date(2026, 11, 20), Staff(9, "t", "Техник", frozenset({"technician"}))))
