"""Tables from files and feeds as rows of words: CSV and JSON, in UTF-8 or CP1251, with Russian or English heads (pure)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

MOST_BYTES = 5 * 1024 * 1024
"""A file of daily values of a century is one megabyte."""
MOST_ROWS = 20_000
"""Rows of one file: half a century of days."""
_LONGEST_FIELD = 2_000
_EMPTY = frozenset({"", "-", "–", "—", "null", "none", "nan", "na", "n/a", "нет", "нет данных", "н/д", "нд", "..."})
_NUMBER = re.compile(r"[+-]?\d{1,6}(?:\.\d{1,6})?", re.ASCII)
_SEPARATORS = ";\t,|"
_UNITS = frozenset({"c", "с", "mm", "мм", "cm", "см", "град", "градусов"})


class UnreadableTable(Exception):
    """Таблица не читается."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row by head: the number of its line (or its place in a JSON list, from 1) and its fields as text."""

    number: int
    fields: Mapping[str, str]


def text_of(body: bytes) -> str:
    """Return the text of a file: by its mark, else UTF-8, else CP1251. UnreadableTable for one that is too big."""
    if len(body) > MOST_BYTES:
        raise UnreadableTable(f"файл больше {MOST_BYTES // 1024 // 1024} МБ: разбейте его на части")
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if body.startswith(mark):
            return body.decode(codec, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1251", "replace")


def read_table(text: str, heads: Mapping[str, Sequence[str]]) -> tuple[Row, ...]:
    """Return the rows of a CSV or JSON text under the names of `heads` (our name → the ways it is written, small letters).

    Fields that no head names are left out, so are empty rows. UnreadableTable when it is no table, has no known head, not
    the first of the heads, no row or too many.
    """
    text = text.replace("\0", "").replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    plain = text.strip()
    if plain[:1] == "<":
        raise UnreadableTable(
            "это страница сайта или XML, а не таблица: нужен CSV или JSON с погодой или документами по строкам"
        )
    if not plain:
        raise UnreadableTable("пусто: в нём нет ни одной строки")
    names = {_head(written): name for name, all_ways in heads.items() for written in (name, *all_ways)}
    rows = _json_rows(plain, names) if plain[:1] in "[{" else _csv_rows(text, names)
    first = next(iter(heads))
    if rows and not any(first in row.fields for row in rows):
        raise UnreadableTable(f"нет столбца «{heads[first][0]}» ({first}): без него строки ничего не значат")
    if not rows:
        raise UnreadableTable("есть заголовок, но нет ни одной строки со значениями")
    return rows


def _head(written: str) -> str:
    """Heads are compared by letters alone, without signs and units: «Т ср., °C» and «т ср» are one."""
    words = re.findall(r"\w+", written.casefold().replace("ё", "е").replace("_", " "))
    while len(words) > 1 and words[-1] in _UNITS:
        words.pop()
    return " ".join(words)


def _csv_rows(text: str, names: Mapping[str, str]) -> tuple[Row, ...]:
    lines = text.split("\n")
    first = next(n for n, line in enumerate(lines) if line.strip())
    mark = max(_SEPARATORS, key=lambda one: _known(lines[first].split(one), names))
    reader = csv.reader(io.StringIO("\n".join(lines[first:])), delimiter=mark)
    try:
        head = [names.get(_head(cell), "") for cell in next(reader)]
        _check_heads(head, names, lines[first])
        rows = []
        for cells in reader:
            fields = {name: cell.strip() for name, cell in zip(head, cells, strict=False) if name}
            if any(fields.values()):
                rows.append(Row(first + reader.line_num, fields))
                _check_size(len(rows))
    except csv.Error as e:
        raise UnreadableTable(f"строка {first + reader.line_num} не разобрана: {e}") from e
    return tuple(rows)


def _known(cells: Sequence[str], names: Mapping[str, str]) -> tuple[int, int]:
    return sum(_head(cell) in names for cell in cells), len(cells)


def _check_heads(head: Sequence[str], names: Mapping[str, str], shown: str) -> None:
    if not any(head):
        known = ", ".join(dict.fromkeys(names.values()))
        raise UnreadableTable(f"в первой строке нет известных заголовков ({known}), там: «{shown.strip()[:80]}»")


def _json_rows(text: str, names: Mapping[str, str]) -> tuple[Row, ...]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as e:
        raise UnreadableTable("это не JSON и не CSV: не разобрано с начала") from e
    if isinstance(told, dict):
        told = _inside(told, names)
    if not isinstance(told, list):
        raise UnreadableTable("в JSON нет списка дней: нужен список объектов или столбцы со списками")
    _check_size(len(told))
    rows = []
    for number, one in enumerate(told, 1):
        fields = _named(one, names) if isinstance(one, dict) else {}
        rows.append(Row(number, fields))
    if not any(row.fields for row in rows):
        raise UnreadableTable(f"в JSON нет известных названий ({', '.join(dict.fromkeys(names.values()))})")
    return tuple(rows)


def _inside(told: dict[str, Any], names: Mapping[str, str]) -> Any:
    """Return the list of rows in an object: under some name, or made of columns that are lists of one length."""
    columns = {key: value for key, value in told.items() if isinstance(value, list) and _head(key) in names}
    if columns:
        longest = max(len(value) for value in columns.values())
        _check_size(longest)
        return [{key: value[n] for key, value in columns.items() if n < len(value)} for n in range(longest)]
    for value in told.values():
        if isinstance(value, list) and any(isinstance(one, dict) for one in value):
            return value
        if isinstance(value, dict) and isinstance(found := _inside(value, names), list):
            return found
    return None


def _named(one: dict[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for key, value in one.items():
        name = names.get(_head(str(key)))
        if name is None or value is None or isinstance(value, dict):
            continue
        written = ", ".join(str(v) for v in value) if isinstance(value, list) else str(value)
        found[name] = written.strip()[:_LONGEST_FIELD]
    return found


def _check_size(rows: int) -> None:
    if rows > MOST_ROWS:
        raise UnreadableTable(f"больше {MOST_ROWS} строк: разбейте файл на части")


def number_of(text: str) -> float | None:
    """Return the number in a field, with a point or a comma and any minus; None when it is empty. ValueError in Russian."""
    plain = text.strip().casefold()
    if plain in _EMPTY:
        return None
    plain = plain.replace("\u2212", "-").replace("\u2013", "-").replace(",", ".").replace("\xa0", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        raise ValueError(f"«{text[:40]}» — не число: нужно, например, −3,2")
    return float(plain)


_DAYS = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", re.ASCII),
    re.compile(r"(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4})", re.ASCII),
    re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{2})", re.ASCII),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", re.ASCII),
)
"""How files write a day: 2026-11-20, 20.11.2026, 20.11.26, 20261120; a two-digit year is of this century."""


def day_of(text: str) -> date | None:
    """Return the day in a field, with or without an hour after it; None when it is empty. ValueError in Russian."""
    plain = text.strip()
    if plain.casefold() in _EMPTY:
        return None
    day = re.split(r"[T\s]", plain, maxsplit=1)[0].rstrip(".")
    for shape in _DAYS:
        if found := shape.fullmatch(day):
            century = 2000 if len(found["y"]) == 2 else 0
            try:
                return date(century + int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                break
    raise ValueError(f"«{plain[:40]}» — не день: нужно 20.11.2026 или 2026-11-20")
