"""A table of documents: every row is a document or is refused with its number and what to mend (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from casework.decrees import NewDecree
from casework.fact_tables import Row, day_of, read_table
from casework.weather import Refused

HEADS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "subject": ("предмет", "о чем", "вид", "тема"),
        "number": ("номер", "документ", "номер документа"),
        "title": ("название", "наименование", "заголовок"),
        "issued_on": ("дата", "дата документа", "принят", "от", "issued", "date"),
        "opens_on": ("действует с", "начало", "открывает", "opens", "since", "from"),
        "closes_on": ("действует по", "конец", "закрывает", "окончание", "closes", "until", "to"),
        "territories": ("территории", "территория", "territory"),
        "url": ("ссылка", "адрес", "link"),
    }
)
"""Our name of a field → the heads under which files have it."""


def read_decrees(
    text: str, territories: Mapping[str, str] = MappingProxyType({})
) -> tuple[tuple[tuple[int, NewDecree], ...], tuple[Refused, ...]]:
    """Return the documents of a table as (row, document), and the rows that are none; UnreadableTable when it is no table.

    `territories` are names → ids, for files written by people; what is wrong with a document itself is judged when it is
    recorded (casework.decrees.add_many).
    """
    ids = {name.casefold(): one for name, one in territories.items()}
    found: list[tuple[int, NewDecree]] = []
    refused: list[Refused] = []
    for row in read_table(text, HEADS):
        try:
            found.append((row.number, _decree(row, ids)))
        except ValueError as e:
            refused.append(Refused(row.number, str(e)))
    return tuple(found), tuple(refused)


def _decree(row: Row, ids: Mapping[str, str]) -> NewDecree:
    told = row.fields
    issued, opens = _day(told, "issued_on"), _day(told, "opens_on")
    if issued is None and opens is None:
        raise ValueError("нет ни даты документа, ни первого дня действия: нужна хотя бы одна, 20.11.2026")
    named = [one.strip() for one in re.split(r"[,;]", told.get("territories", "")) if one.strip()]
    number, subject = told.get("number", ""), told.get("subject", "")
    if not subject:
        raise ValueError("не указан предмет: о чём документ")
    if not number:
        raise ValueError("не указан номер документа")
    first = opens or issued
    assert first is not None
    return NewDecree(
        subject, number, told.get("title") or subject, issued or first, first, _day(told, "closes_on"),
        tuple(ids.get(one.casefold(), one) for one in named), told.get("url", ""),
    )  # fmt: skip


def _day(told: Mapping[str, str], name: str) -> date | None:
    try:
        return day_of(told.get(name, ""))
    except ValueError as e:
        raise ValueError(f"{HEADS[name][0]}: {e}") from None
