"""One table of a TOML file: every key is popped with its type, what is left over is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from district.errors import Report, alike, choose, shown

Value = object
E = TypeVar("E", bound=StrEnum)
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SPAN = re.compile(r"(\d{1,6})\s*(s|m|h|d)")
_UNIT = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_MINUTE, _WEEK = timedelta(minutes=1), timedelta(days=7)
# Words that people write where no person may be: the advice then names the local file.
_PERSONAL = ("fio", "person", "phone", "email", "mail", "contact", "contacts", "tel", "surname")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class Table:
    """Reads keys out of one table and notes every mistake in the report; never raises.

    A mistake gives a harmless stand-in value, so that the reading goes on and all mistakes are told at once.
    """

    def __init__(self, data: Mapping[str, Value], key: str, report: Report) -> None:
        self._left = dict(data)
        self._asked: list[str] = []
        self.key = key
        self.report = report

    def path(self, name: str) -> str:
        """Return the full name of a key of this table, as `sources[2].address`."""
        return f"{self.key}.{name}" if self.key else name

    def has(self, name: str) -> bool:
        """Tell whether the key is written (and not yet read)."""
        return name in self._left

    def wrong(self, name: str, value: Value, reason: str, mend: str, *, fatal: bool = True) -> None:
        """Note a mistake of one key."""
        self.report.add(self.path(name), value, reason, mend, fatal=fatal)

    def pop(self, name: str) -> Value:
        """Take a key out; None when it is not written (TOML has no null)."""
        self._asked.append(name)
        return self._left.pop(name, None)

    def _missing(self, name: str, example: str) -> None:
        self.wrong(name, "", "ключ не указан", f"добавьте {name} = {example}")

    def text(self, name: str, *, default: str | None = None, example: str = '"…"', longest: int = 300) -> str:
        """Return a non-empty string without control characters; required unless a default is given."""
        value = self.pop(name)
        if value is None:
            if default is None:
                self._missing(name, example)
            return default or ""
        if not isinstance(value, str):
            self.wrong(
                name, value, f"нужна строка, а указано {shown(value)}", f"запишите в кавычках: {name} = {example}"
            )
            return default or ""
        return self._clean(name, value, longest)

    def _clean(self, name: str, value: str, longest: int) -> str:
        if not value.strip():
            self.wrong(name, value, "строка пуста", f"впишите значение или уберите ключ {name}")
        elif _CONTROL.search(value):
            self.wrong(name, "", "в строке есть невидимые управляющие знаки", "наберите строку заново")
        elif len(value) > longest:
            self.wrong(name, value, f"строка длиннее {longest} знаков", "сократите её")
        return value.strip()

    def slug(self, name: str = "id") -> str:
        """Return an id of small Latin letters, digits and hyphens."""
        value = self.text(name, example='"small-latin-1"')
        if value and not _ID.fullmatch(value):
            self.wrong(
                name,
                value,
                f"недопустимый код {shown(value)}",
                "только строчные латинские буквы, цифры и дефис между ними",
            )
        return value

    def texts(self, name: str, *, required: bool = False, what: str = "строк") -> tuple[str, ...]:
        """Return a list of different non-empty strings; a single string is not taken for a list."""
        value = self.pop(name)
        if value is None:
            if required:
                self._missing(name, '["…"]')
            return ()
        if not isinstance(value, list):
            self.wrong(
                name, value, f"нужен список {what}, а указано {shown(value)}", f'запишите так: {name} = ["…", "…"]'
            )
            return ()
        if required and not value:
            self.wrong(name, value, "список пуст", f'впишите хотя бы одно значение: {name} = ["…"]')
        return self._items(name, value)

    def _items(self, name: str, values: list[Value]) -> tuple[str, ...]:
        kept: list[str] = []
        for number, item in enumerate(values, start=1):
            place = f"{name}[{number}]"
            if not isinstance(item, str):
                self.wrong(place, item, f"нужна строка, а указано {shown(item)}", "запишите в кавычках")
            elif item.strip() in kept:
                self.wrong(place, item, f"{shown(item)} повторяется в списке", "уберите повтор")
            else:
                kept.append(self._clean(place, item, 500))
        return tuple(k for k in kept if k)

    def whole(self, name: str, *, low: int, high: int, default: int | None = None) -> int:
        """Return a whole number between two bounds, both included."""
        value = self.pop(name)
        if value is None:
            if default is None:
                self._missing(name, str(low))
            return low if default is None else default
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(
                name, value, f"нужно целое число, а указано {shown(value)}", f"запишите без кавычек: {name} = {low}"
            )
        elif not low <= value <= high:
            self.wrong(name, value, f"число {shown(value)} вне пределов", f"укажите от {low} до {high}")
        else:
            return value
        return low if default is None else default

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.pop(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(
                name, value, f"нужно true или false, а указано {shown(value)}", f"запишите {name} = true или false"
            )
            return default
        return value

    def span(
        self, name: str, *, default: timedelta | None = None, low: timedelta = _MINUTE, high: timedelta = _WEEK
    ) -> timedelta:
        """Return a length of time written as "15m", "1h", "7d" between two bounds, both included."""
        value = self.pop(name)
        stand_in = low if default is None else default
        if value is None:
            if default is None:
                self._missing(name, '"15m"')
            return stand_in
        found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
        if found is None:
            self.wrong(
                name,
                value,
                f"непонятный промежуток {shown(value)}",
                'запишите число и единицу: "15m", "1h", "24h", "7d"',
            )
            return stand_in
        span = int(found[1]) * _UNIT[found[2]]
        if not low <= span <= high:
            self.wrong(
                name, value, f"промежуток {shown(value)} вне пределов", f"укажите от {as_span(low)} до {as_span(high)}"
            )
            return stand_in
        return span

    def one_of(self, name: str, kinds: type[E], *, default: E | None = None) -> E:
        """Return a member of an enum by its written value."""
        value = self.pop(name)
        members = list(kinds)
        if value is None:
            if default is None:
                self._missing(name, f'"{members[0]}"')
            return members[0] if default is None else default
        if isinstance(value, str) and value in [m.value for m in members]:
            return kinds(value)
        known = {m.value: str(getattr(m, "label", "")) for m in members}
        self.wrong(
            name, value, f"неизвестное значение {shown(value)}", choose(value if isinstance(value, str) else "", known)
        )
        return members[0] if default is None else default

    def days(self, name: str) -> frozenset[str]:
        """Return a set of days as "YYYY-MM-DD"; TOML dates and strings are both taken."""
        value = self.pop(name)
        if value is None:
            return frozenset()
        if not isinstance(value, list):
            self.wrong(
                name, value, f"нужен список дней, а указано {shown(value)}", f"запишите так: {name} = [2026-05-08]"
            )
            return frozenset()
        found = set()
        for number, item in enumerate(value, start=1):
            day = _day(item)
            if day is None:
                self.wrong(
                    f"{name}[{number}]",
                    item,
                    f"не день календаря: {shown(item)}",
                    "запишите год-месяц-число: 2026-05-08",
                )
            else:
                found.add(day.isoformat())
        return frozenset(found)

    def day(self, name: str, *, default: date | None = None) -> date | None:
        """Return one day, a TOML date or a string; required unless a default is given; None when it is wrong."""
        value = self.pop(name)
        if value is None:
            if default is None:
                self._missing(name, "2026-05-08")
            return default
        day = _day(value)
        if day is None:
            self.wrong(name, value, f"не день календаря: {shown(value)}", "запишите год-месяц-число: 2026-05-08")
        return day

    def pair(self, name: str, *, example: str) -> tuple[float, float]:
        """Return two finite numbers [low, high] with 0 <= low < high."""
        value = self.pop(name)
        mend = f"запишите два числа по возрастанию: {name} = {example}"
        if value is None:
            self._missing(name, example)
        elif not isinstance(value, list) or len(value) != 2 or not all(_number(v) for v in value):
            self.wrong(name, value, f"нужны два числа, а указано {shown(value)}", mend)
        elif not 0 <= value[0] < value[1]:
            self.wrong(
                name, value, f"нижний предел {value[0]} и верхний {value[1]} не идут по возрастанию от нуля", mend
            )
        else:
            return float(value[0]), float(value[1])
        return 0.0, 1.0

    def table(self, name: str, *, required: bool = False) -> Table | None:
        """Return a table inside this one, or None when it is not written."""
        value = self.pop(name)
        if isinstance(value, dict):
            return Table(value, self.path(name), self.report)
        if value is not None:
            self.wrong(name, value, f"нужна таблица, а указано {shown(value)}", f"запишите раздел [{self.path(name)}]")
        elif required:
            self.wrong(name, "", "раздел не указан", f"добавьте раздел [{self.path(name)}]")
        return None

    def tables(self, name: str) -> list[Table]:
        """Return the tables of a list [[name]], numbered from 1."""
        value = self.pop(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(
                name, value, f"нужен список разделов, а указано {shown(value)}", f"запишите [[{self.path(name)}]]"
            )
            return []
        found = []
        for number, item in enumerate(value, start=1):
            key = f"{self.path(name)}[{number}]"
            if isinstance(item, dict):
                found.append(Table(item, key, self.report))
            else:
                self.report.add(key, item, f"нужен раздел, а указано {shown(item)}", f"запишите [[{self.path(name)}]]")
        return found

    def names(self) -> list[str]:
        """Return the keys that are still unread, for tables whose keys are codes."""
        return list(self._left)

    def close(self) -> list[str]:
        """Refuse what was not asked for; returns the keys that this table may have."""
        for name, value in self._left.items():
            meant = alike(name, self._asked)
            if meant:
                mend = f"возможно, имелось в виду «{meant}»"
            elif any(word in name.lower() for word in _PERSONAL):
                mend, value = "имена и контакты людей — только в officials.local.toml, не в профиле", ""
            else:
                mend = f"уберите его; здесь бывают: {', '.join(sorted(set(self._asked)))}"
            self.wrong(name, value, "неизвестный ключ", mend)
        self._left.clear()
        return self._asked


def as_span(span: timedelta) -> str:
    """Return a length of time as it is written in a profile."""
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _day(item: Value) -> date | None:
    if isinstance(item, datetime):
        return None
    if isinstance(item, date):
        return item
    try:
        return date.fromisoformat(item) if isinstance(item, str) and len(item) == 10 else None
    except ValueError:
        return None


def _number(value: Value) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) and abs(value) < 1e9
