"""TOML file → Profile: every key is taken out, leftovers are refused, all mistakes are told at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from district import load_chats, load_pages, load_seasons
from district import load_parts as parts
from district.errors import Problem, ProfileErrors, Report, choose
from district.load_sources import sources
from district.load_table import Table
from district.profile import Form, Profile

__all__ = ["Contact", "Problem", "ProfileErrors", "check_profile", "load_contacts", "load_profile", "read_profile"]

CONTACTS = "officials.local.toml"
# The order in which sections stand in a profile: problems are told from the top of the file down.
_SECTIONS = (
    "district", "calendar", "hours", "territories", "officials", "blocks", "outside", "channels", "deadlines", "chats", "levels", "sources",
    "prevention", "school_days", "threats", "pages",
)  # fmt: skip
_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)$")
# What tomllib says, in Russian; the first that fits is told.
_SAYS = (
    ("Cannot overwrite", "ключ записан дважды", "оставьте одну строку"),
    ("Duplicate inline table key", "ключ записан дважды", "оставьте один"),
    ("Cannot declare", "раздел записан дважды", "соедините разделы или запишите [[…]]"),
    ("Cannot mutate immutable", "раздел уже записан иначе", "соедините записи в одну"),
    ("Cannot redefine namespace", "раздел уже записан иначе", "соедините записи в одну"),
    ("Expected '=' after a key", "после имени ключа нет знака =", 'запишите так: ключ = "значение"'),
    ("Expected newline or end of document", "после значения есть лишнее", "проверьте кавычки и запятые в строке"),
    ("Unclosed array", "список не закрыт", "поставьте ] и запятые между значениями"),
    ("Unterminated string", "строка не закрыта", "поставьте закрывающую кавычку"),
    ("Illegal character", "строка не закрыта или в ней недопустимый знак", "проверьте кавычки"),
    ("Unescaped '\\'", "в строке одиночная косая черта \\", "запишите \\\\ или возьмите строку в одинарные кавычки"),
    ("Invalid initial character for a key", "имя ключа начинается с недопустимого знака", "имена — латинскими буквами"),
    ("Invalid statement", "строка не похожа на ключ или раздел", 'запишите так: ключ = "значение"'),
    ("Invalid value", "непонятное значение", "строки — в кавычках, дни — 2026-05-08, да и нет — true и false"),
)


@dataclass(frozen=True, slots=True)
class Contact:
    """Who holds a post now; lives only in officials.local.toml, outside git, and is never logged."""

    name: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""


def load_profile(path: Path, allow_internal: Collection[str] = ()) -> Profile:
    """Read a district's TOML file.

    `allow_internal` is Settings.allow_internal: internal addresses the technician has opened for sources.
    Raises ProfileErrors with every mistake of the file (also when the file is missing or is no TOML at all).
    """
    profile, problems = _read(path, allow_internal)
    if profile is None:
        raise ProfileErrors(problems)
    return profile


def check_profile(path: Path, allow_internal: Collection[str] = ()) -> list[Problem]:
    """Return all mistakes and remarks of a district's TOML file; empty when there is nothing to say."""
    return _read(path, allow_internal)[1]


def load_contacts(path: Path, officials: Collection[str] = ()) -> dict[str, Contact]:
    """Read officials.local.toml that lies next to the profile `path`; no such file means no contacts.

    `officials` are the known ids (empty: any id is taken). Raises ProfileErrors, whose text repeats no value of the
    file, because all of them are personal.
    """
    file = path.with_name(CONTACTS)
    if not file.exists():
        return {}
    report = Report(str(file))
    data = _parse(file, report)
    root = Table(data or {}, "", report)
    found = {}
    for code in root.names():
        if officials:
            parts.refer(root, code, code, dict.fromkeys(officials, ""), "должности")
        if table := root.table(code):
            keys = ("name", "phone", "email", "note")
            found[code] = Contact(**{key: table.text(key, default="") for key in keys})
            table.close()
    if report.fatal:
        raise ProfileErrors([Problem(p.file, p.key, "", _hidden(p), p.mend) for p in report.problems])
    return found


def _hidden(problem: Problem) -> str:
    return problem.reason.replace(problem.value, "…") if problem.value else problem.reason


def _read(path: Path, allow_internal: Collection[str]) -> tuple[Profile | None, list[Problem]]:
    report = Report(str(path))
    data = _parse(path, report)
    if data is None:
        return None, report.problems
    return read_profile(data, str(path), allow_internal)


def _parse(path: Path, report: Report) -> dict[str, object] | None:
    try:
        text = path.read_bytes().decode("utf-8-sig")  # Notepad puts a mark before the text
        return tomllib.loads(text)
    except OSError as error:
        report.add(
            "", str(path), f"файл не читается ({error.strerror or error})", "проверьте имя файла и права на него"
        )
    except UnicodeDecodeError as error:
        report.add("", "", f"байт {error.start + 1} не в кодировке UTF-8", "сохраните файл в кодировке UTF-8")
    except RecursionError:
        report.add("", "", "слишком глубокая вложенность скобок", "проверьте лишние открывающие скобки")
    except ValueError as error:  # TOMLDecodeError is one; a number of 5000 digits gives a plain ValueError
        _tell_syntax(str(error), report)
    return None


def _tell_syntax(said: str, report: Report) -> None:
    place = _PLACE.search(said)
    what = said[: place.start()].strip() if place else said
    reason, mend = next(
        ((r, m) for start, r, m in _SAYS if what.startswith(start)), (f"ошибка записи ({what})", "проверьте строку")
    )
    where = (
        "конец файла"
        if place and place[1] is None
        else f"строка {place[1]}, столбец {place[2]}"
        if place
        else "запись TOML"
    )
    report.add(where, "", reason, mend)


def read_profile(
    data: Mapping[str, object], file: str, allow_internal: Collection[str] = ()
) -> tuple[Profile | None, list[Problem]]:
    """Make a profile of a parsed file; returns None when there are fatal problems, and all problems and remarks."""
    report = Report(file)
    root = Table(data, "", report)
    head = root.table("district", required=True) or Table({}, "district", Report(file))
    territory_list, territory_ids = parts.territories(root)
    official_list, posts = parts.officials(root)
    block_list, served = parts.blocks(root, posts)
    channel_list, channel_names = parts.channels(root)
    chat_list, chat_names = load_chats.chats(root)
    extra_off, extra_working = parts.calendar(root)
    source_list = sources(root, territory_ids, allow_internal)
    places = [*(s.id for s in source_list), *channel_names]
    profile = Profile(
        id=head.slug(),
        name=head.text("name"),
        timezone=_timezone(head),
        residents=head.whole("residents", low=1, high=20_000_000),
        form=head.one_of("form", Form),
        regulation=head.text("regulation"),
        territories=territory_list,
        officials=official_list,
        blocks=block_list,
        channels=channel_list,
        sources=source_list,
        levels=parts.levels(root, chat_names),
        deadlines=parts.deadlines(root, channel_names),
        chats=chat_list,
        emergency_post=head.text("emergency_post", example='"edds"'),
        order_of_work=head.texts("order_of_work", what="шагов"),
        extra_off=extra_off,
        extra_working=extra_working,
        is_demo=head.flag("is_demo", default=False),
        outside=parts.outside(root, served),
        hours=parts.hours(root),
        signature=head.text("signature", default=""),
        respread_days=head.whole("respread_days", low=1, high=365, default=14),
        prevention=replace(
            load_seasons.prevention(root, territory_ids, places, allow_internal),
            pages=load_pages.pages(root, source_list),
        ),
    )
    parts.refer(head, "emergency_post", profile.emergency_post, posts, "должности")
    head.close()
    root.close()
    return (None if report.fatal else profile), sorted(report.problems, key=_place)


def _place(problem: Problem) -> int:
    section = re.split(r"[.\[]", problem.key, maxsplit=1)[0]
    return _SECTIONS.index(section) if section in _SECTIONS else len(_SECTIONS)


def _timezone(head: Table) -> ZoneInfo:
    name = head.text("timezone", example='"Europe/Moscow"')
    if name in _zones():
        return ZoneInfo(name)
    if name:
        advice = choose(name, dict.fromkeys(sorted(_zones()), ""))
        mend = advice if advice.startswith("возможно") else 'например "Europe/Moscow" или "Asia/Sakhalin"'
        head.wrong("timezone", name, f"часового пояса «{name}» нет", mend)
    return ZoneInfo("UTC")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
