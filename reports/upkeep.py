"""Upkeep of the official pages as a section of the monthly report: words for people, a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from preventive.upkeep import Asked, MonthFigures, PageState, Reading, Rhythm, month_days, month_rhythm, owed
from reports.tables import csv_text
from reports.wording import count, one_line

__all__ = ["HEAD", "MonthLine", "Totals", "lines_of", "month_name", "section", "table", "totals"]

HEAD = (
    "Страница", "Кто ведёт", "Площадка", "Адрес", "Месяц", "Записей", "Положено", "Ритм", "Вопросов и жалоб", "Отвечено",
    "Вовремя", "Без ответа", "Отвечено, %", "Откуда известно",
)  # fmt: skip
_MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
_SAID = {Rhythm.SILENT: "Молчали весь месяц", Rhythm.RARE: "Писали реже положенного", Rhythm.UNKNOWN: "Неизвестно"}


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One page in one month."""

    page: PageState
    figures: MonthFigures
    owed: int
    """Posts owed on the days of the month that have come."""
    rhythm: Rhythm


@dataclass(frozen=True, slots=True)
class Totals:
    """What a month looks like over all pages."""

    pages: int
    by_rhythm: dict[Rhythm, int]
    asked: Asked
    asked_unknown: int
    """Pages whose questions are not known."""


def month_name(month: str) -> str:
    """Return "2026-10" as «октябрь 2026»."""
    return f"{_MONTHS[int(month[5:]) - 1]} {month[:4]}"


def lines_of(pages: Iterable[PageState], month: str, today: date) -> list[MonthLine]:
    """Return the pages in one month; those without the month are unknown in it."""
    first, last = month_days(month, today)
    found = []
    for state in pages:
        figures = next((m for m in state.months if m.month == month), MonthFigures(month, None, None, Reading.NOT_READ))
        rhythm = month_rhythm(state.page, figures.posts, first, last)
        found.append(MonthLine(state, figures, owed(state.page, first, last), rhythm))
    return found


def totals(lines: Sequence[MonthLine]) -> Totals:
    """Return the sums of a month; what is not known is counted apart and never as zero."""
    asked = Asked()
    for line in lines:
        asked = asked.plus(line.figures.asked or Asked())
    by_rhythm = {rhythm: sum(line.rhythm is rhythm for line in lines) for rhythm in Rhythm}
    return Totals(len(lines), by_rhythm, asked, sum(line.figures.asked is None for line in lines))


def section(pages: Iterable[PageState], month: str, today: date) -> str:
    """Return the section as plain text; `today` is the day of the district, for a month that is not over."""
    lines = lines_of(pages, month, today)
    first, last = month_days(month, today)
    whole = (last.month, last.day) == (first.month, (month_days(month, date.max))[1].day)
    told = [f"Официальные страницы (8-ФЗ): {month_name(month)}" + ("" if whole else f", по {last:%d.%m.%Y}")]
    if not lines:
        return "\n".join([*told, "В профиле округа официальных страниц нет: впишите их в раздел [[pages]]."]) + "\n"
    told += _summary(totals(lines))
    for rhythm in (Rhythm.SILENT, Rhythm.RARE, Rhythm.UNKNOWN):
        found = [line for line in lines if line.rhythm is rhythm]
        if found:
            told += ["", f"{_SAID[rhythm]}:", *(f"— {_line(line)}" for line in found)]
    waiting = [line for line in lines if line.figures.asked and line.figures.asked.unanswered]
    if waiting:
        told += ["", "Люди остались без ответа:", *(f"— {_waiting(line)}" for line in waiting)]
    return "\n".join(told) + "\n"


def table(pages: Iterable[PageState], months: Sequence[str], today: date) -> str:
    """Return pages by months as CSV for a spreadsheet; no cell is a formula, what is not known is an empty cell."""
    states = list(pages)
    return csv_text(HEAD, [_row(line) for month in months for line in lines_of(states, month, today)])


def _summary(sums: Totals) -> list[str]:
    parts = [
        f"{word}: {sums.by_rhythm[rhythm]}"
        for rhythm, word in (
            (Rhythm.GOOD, "в ритме"), (Rhythm.RARE, "писали редко"), (Rhythm.SILENT, "молчали"),
            (Rhythm.UNKNOWN, "неизвестно"),
        )
    ]  # fmt: skip
    told = [f"{count(sums.pages, 'страница', 'страницы', 'страниц')} — {', '.join(parts)}."]
    asked = sums.asked
    if asked.questions:
        share = "" if asked.share is None else f" ({_percent(asked.share)} %)"
        late = asked.answered - asked.in_time
        told.append(
            f"Вопросов и жалоб под записями: {asked.questions}; отвечено {asked.answered}{share}, из них с опозданием {late}; "
            f"без ответа {asked.unanswered}; срок ещё не вышел {asked.waiting}."
        )
    else:
        told.append("Вопросов и жалоб под записями не найдено.")
    if sums.asked_unknown:
        told.append(f"О вопросах неизвестно: {count(sums.asked_unknown, 'страница', 'страницы', 'страниц')}.")
    return told


def _line(line: MonthLine) -> str:
    page = line.page.page
    who = f"{one_line(page.name)} ({one_line(page.owner)})"
    if line.figures.posts is None:
        known = line.page.note if line.page.reading in (Reading.BEHIND, Reading.NOT_READ) else ""
        return f"{who}: {known or 'показатели за месяц не внесены.'}"
    wrote = count(line.figures.posts, "запись", "записи", "записей")
    return f"{who}: {wrote}, положено {line.owed}."


def _waiting(line: MonthLine) -> str:
    asked = line.figures.asked or Asked()
    return f"{one_line(line.page.page.name)}: без ответа {asked.unanswered} из {asked.questions}."


def _row(line: MonthLine) -> tuple[object, ...]:
    page, figures, asked = line.page.page, line.figures, line.figures.asked
    told: tuple[object, ...] = ("", "", "", "", "")
    if asked is not None:
        share = "" if asked.share is None else _percent(asked.share)
        told = (asked.questions, asked.answered, asked.in_time, asked.unanswered, share)
    posts = "" if figures.posts is None else figures.posts
    head = (page.name, page.owner, page.platform, page.address, figures.month)
    return (*head, posts, line.owed, line.rhythm.label, *told, figures.reading.label)


def _percent(share: float) -> int:
    """Never rounded up to all: 99.6 % answered is not everybody."""
    return int(share * 100)
