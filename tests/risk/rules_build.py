"""A small district with the default thresholds and a reader of it, for tests of the rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from district.profile import Block, Form, LevelRule, Official, Profile, Territory
from risk.reading import Reader
from risk.score import Score, Spread, score

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RESIDENTS = 20_000

_WORKS = (
    "roads",
    "transport",
    "housing",
    "energy",
    "landscaping",
    "waste",
    "construction",
    "property",
    "telecom",
    "ecology",
)
_PEOPLE = ("education", "welfare", "culture", "sport", "youth", "labour")
_CORE = ("safety", "authorities", "politics", "control-centre")


@lru_cache(maxsize=1)
def a_district() -> Profile:
    """Return a district of 20,000 residents with thresholds 10 / 30 / 55 / 80; nobody there answers for health."""
    hours = ((1, "низкий", 10, 24), (2, "средний", 30, 9), (3, "высокий", 55, 4), (4, "критический", 80, 1))
    return Profile(
        id="beloe",
        name="Беловский округ",
        timezone=ZoneInfo("Europe/Moscow"),
        residents=RESIDENTS,
        form=Form.PROJECT_OFFICE,
        regulation="Положение о МЦУ",
        territories=(
            Territory("beloe", "Беловский отдел", ("Белое", "Сосново")),
            Territory("bor", "Каменноборский отдел", ("Каменный Бор", "Малые Луга", "Заозёрье")),
        ),
        officials=(
            Official("works", "Заместитель главы по хозяйству"),
            Official("people", "Заместитель главы по социальным вопросам"),
            Official("core", "Управляющий делами"),
            Official("edds", "Начальник ЕДДС"),
        ),
        blocks=(
            Block("works", "Дороги и ЖКХ", _WORKS, "works"),
            Block("people", "Социальный блок", _PEOPLE, "people"),
            Block("core", "Аппарат", _CORE, "core"),
        ),
        channels=(),
        sources=(),
        levels=tuple(
            LevelRule(level, name, points, timedelta(hours=first), timedelta(hours=1), timedelta(hours=24))
            for level, name, points, first in hours
        ),
        deadlines=(),
        chats=(),
        emergency_post="edds",
    )


@lru_cache(maxsize=1)
def a_reader() -> Reader:
    """Return one reader for all tests: building the dictionary takes a tenth of a second."""
    return Reader(a_district())


def scored(text: str, **spread: object) -> Score:
    """Return the score of a text with a given spread."""
    return score(a_reader().read(text), Spread(**spread), a_district(), NOW)  # type: ignore[arg-type]
