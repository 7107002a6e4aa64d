"""The sections [prevention], [[threats]] and [[school_days]] of a profile, over a shipped calendar of the year."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from district.addresses import refusal
from district.errors import choose, shown
from district.load_parts import unique
from district.load_table import Table
from district.load_threats import merge, read_threat, threat_of
from district.profile import Platform
from district.seasons import Prevention, SchoolDay, Threat, WeatherFrom

__all__ = ["Calendar", "prevention", "read_threat", "shipped"]

FOLDER = Path(__file__).parent / "seasons"
POSTS_A_WEEK = 5
"""The budget of attention when a profile is silent [P]."""
_MOST_POSTS = 100
_INSIDE = re.compile(r"(?!/)(?!.*\.\.)[\w.\-/ ]{1,200}")


class Calendar(StrEnum):
    """Shipped calendars of the year (district/seasons/*.toml)."""

    NORTHWEST = "northwest"
    SAKHALIN = "sakhalin"
    NONE = "none"

    @property
    def label(self) -> str:
        """Russian label for messages."""
        return {
            Calendar.NORTHWEST: "Северо-Запад, округа новгородского типа",
            Calendar.SAKHALIN: "Сахалин",
            Calendar.NONE: "без готового календаря",
        }[self]


@cache
def shipped(calendar: Calendar) -> Mapping[str, dict[str, Any]]:
    """Return the keys of the threats of a shipped calendar by id, in the order of the file; {} for «none».

    A calendar may stand over another one (`over`), without what does not happen there (`without`).
    """
    if calendar is Calendar.NONE:
        return {}
    data = tomllib.loads((FOLDER / f"{calendar}.toml").read_text(encoding="utf-8"))
    made = dict(shipped(Calendar(data["over"]))) if "over" in data else {}
    for code in data.get("without", ()):
        del made[code]
    for body in data["threats"]:
        made[body["id"]] = merge(made.get(body["id"], {}), body)
    return made


def prevention(
    root: Table, territories: Mapping[str, str], places: Collection[str] = (), allowed: Collection[str] = ()
) -> Prevention:
    """Read everything of prevention; without [prevention] there is no shipped calendar and the budgets are usual.

    `territories` are known ids, `places` ids of sources and channels that may have a budget of attention, `allowed` the
    internal addresses that the technician has opened (OTKLIK_ALLOW_INTERNAL).
    """
    head = root.table("prevention") or Table({}, "prevention", root.report)
    calendar = head.one_of("calendar", Calendar, default=Calendar.NONE)
    off = head.texts("off", what="кодов угроз")
    posts = head.whole("posts_a_week", low=1, high=_MOST_POSTS, default=POSTS_A_WEEK)
    budgets = _budgets(head, places)
    weather = _weather(head, allowed)
    head.close()
    made = _threats(root, calendar, territories)
    for number, code in enumerate(off, start=1):
        if code not in made:
            advice = choose(code, {t.id: t.name for t in made.values()})
            head.wrong(f"off[{number}]", code, f"угрозы «{code}» нет ни в календаре, ни в профиле", advice)
    threats = tuple(threat for code, threat in made.items() if code not in off)
    return Prevention(threats, posts, budgets, _school_days(root), weather)


def _threats(root: Table, calendar: Calendar, territories: Mapping[str, str]) -> dict[str, Threat]:
    """Read [[threats]]: an id of the shipped calendar changes the keys that are written, another id adds a threat."""
    bodies = shipped(calendar)
    made = {code: _shipped_threat(calendar, code) for code in bodies}
    written = []
    for table in root.tables("threats"):
        own = {name: table.pop(name) for name in table.names()}
        code = own.get("id")
        base = bodies.get(code, {}) if isinstance(code, str) else {}
        if isinstance(code, str) and not base and not {"name", "kind"} & set(own):
            _no_such(table, code, calendar)
            continue
        threat = threat_of(Table(merge(base, own), table.key, root.report), territories)
        written.append((table, threat.id))
        made[threat.id] = threat
    unique(root.report, written)
    return made


def _no_such(table: Table, code: str, calendar: Calendar) -> None:
    """Tell of a table that changes a threat which the calendar does not have: a mistyped id or a forgotten calendar."""
    if calendar is Calendar.NONE:
        mend = 'выберите календарь в [prevention]: calendar = "northwest", или опишите угрозу целиком'
        table.wrong("id", code, f"менять нечего: угрозы «{code}» нет, готовый календарь не выбран", mend)
        return
    names = {known: str(body["name"]) for known, body in shipped(calendar).items()}
    table.wrong("id", code, f"угрозы «{code}» нет в календаре «{calendar}»", choose(code, names))


@cache
def _shipped_threat(calendar: Calendar, code: str) -> Threat:
    threat, problems = read_threat(shipped(calendar)[code], f"{calendar}.toml")
    if threat is None:
        raise ValueError("\n".join(str(problem) for problem in problems))
    return threat


def _budgets(head: Table, places: Collection[str]) -> tuple[tuple[str, int], ...]:
    table = head.table("budgets")
    made = []
    for name in table.names() if table else ():
        assert table is not None
        made.append((name, table.whole(name, low=1, high=_MOST_POSTS)))
        if places and name not in places:
            mend = f"{choose(name, dict.fromkeys(places, ''))}; если страница ведётся вне списка, оставьте как есть"
            table.wrong(name, name, f"источника или канала «{name}» в профиле нет", mend, fatal=False)
    return tuple(made)


class _WeatherKind(StrEnum):
    FILE = "file"
    FEED = "feed"


def _weather(head: Table, allowed: Collection[str]) -> WeatherFrom | None:
    """Read [prevention.weather]: a file inside OTKLIK_HOME or a public address; without it people type the weather in."""
    table = head.table("weather")
    if table is None:
        return None
    kind, address = table.one_of("kind", _WeatherKind), table.text("address", example='"pogoda.csv"', longest=500)
    table.close()
    if address and kind is _WeatherKind.FILE and not _INSIDE.fullmatch(address):
        mend = 'запишите имя внутри неё: "pogoda.csv"'
        table.wrong("address", address, f"файл {shown(address)} лежит не в папке программы (OTKLIK_HOME)", mend)
    refused = refusal(Platform.FEED, address, allowed) if address and kind is _WeatherKind.FEED else None
    if refused:
        # A password must not travel into messages and logs: such an address is not repeated.
        table.wrong("address", "" if "@" in address else address, refused.reason, refused.mend)
    return WeatherFrom(kind.value, address)


def _school_days(root: Table) -> tuple[tuple[SchoolDay, date, date], ...]:
    """Read [[school_days]]: what, first and last day (the first alone when no last is written)."""
    made = []
    for table in root.tables("school_days"):
        what = table.one_of("what", SchoolDay)
        first = table.day("first")
        last = table.day("last", default=first)
        table.close()
        if first is None or last is None:
            continue
        if last < first:
            table.wrong("last", last, f"последний день {last} раньше первого {first}", "поменяйте их местами")
        made.append((what, first, last))
    return tuple(made)
