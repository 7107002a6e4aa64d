"""The section of the monthly report about official pages: what it says, and that its table computes nothing."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest

from district.seasons import OfficialPage
from preventive.upkeep import Asked, MonthFigures, PageState, Reading, Rhythm
from reports.upkeep import HEAD, lines_of, month_name, section, table, totals

TODAY = date(2026, 11, 21)
VK = OfficialPage("vk", "Администрация ВК", "Администрация", "vk", "https://vk.com/okrug", "vk", 3.0, 7, 24)


def a_state(
    name: str, posts: int | None, asked: Asked | None = None, reading: Reading = Reading.READ, note: str = ""
) -> PageState:
    months = (MonthFigures("2026-10", posts, asked, reading),)
    return PageState(replace(VK, id=name, name=name), reading, Rhythm.GOOD, None, None, None, months, note)


PAGES = (
    a_state("Администрация", 40, Asked(10, 7, 5, 1)),
    a_state("Школа", 0, Asked()),
    a_state("Дом культуры", 4, Asked(2, 2, 2, 0)),
    a_state("Библиотека", None, None, Reading.NOT_READ, "Источника нет: показатели вносятся вручную."),
)


def test_the_section_tells_the_month() -> None:
    """Who was silent, who wrote rarely, of whom nothing is known, and where people got no reply."""
    assert section(PAGES, "2026-10", TODAY) == (
        "Официальные страницы (8-ФЗ): октябрь 2026\n"
        "4 страницы — в ритме: 1, писали редко: 1, молчали: 1, неизвестно: 1.\n"
        "Вопросов и жалоб под записями: 12; отвечено 9 (81 %), из них с опозданием 2; без ответа 2; срок ещё не вышел 1.\n"
        "О вопросах неизвестно: 1 страница.\n"
        "\nМолчали весь месяц:\n— Школа (Администрация): 0 записей, положено 13.\n"
        "\nПисали реже положенного:\n— Дом культуры (Администрация): 4 записи, положено 13.\n"
        "\nНеизвестно:\n— Библиотека (Администрация): Источника нет: показатели вносятся вручную.\n"
        "\nЛюди остались без ответа:\n— Администрация: без ответа 2 из 10.\n"
    )


def test_a_month_that_is_not_over_says_until_when() -> None:
    """The present month is counted to today, with what is owed by today."""
    state = a_state("Школа", 0)
    told = section([replace(state, months=(MonthFigures("2026-11", 0, Asked(), Reading.READ),))], "2026-11", TODAY)

    assert told.startswith("Официальные страницы (8-ФЗ): ноябрь 2026, по 21.11.2026\n")
    assert "положено 9" in told
    assert "не найдено" in told


def test_a_district_without_pages_is_told_where_to_write_them() -> None:
    """No pages in the profile is a sentence, not an empty report."""
    assert "[[pages]]" in section((), "2026-10", TODAY)


def test_shares_are_never_rounded_up_to_all() -> None:
    """999 of 1000 answered is 99 %, not everybody."""
    assert "(99 %)" in section([a_state("x", 40, Asked(1000, 999, 999, 0))], "2026-10", TODAY)


def test_sums_leave_the_unknown_apart() -> None:
    """Totals add what is known, and count the pages of which nothing is."""
    sums = totals(lines_of(PAGES, "2026-10", TODAY))

    assert (sums.pages, sums.asked, sums.asked_unknown) == (4, Asked(12, 9, 7, 1), 1)
    assert sums.by_rhythm == {Rhythm.GOOD: 1, Rhythm.RARE: 1, Rhythm.SILENT: 1, Rhythm.UNKNOWN: 1}
    assert totals(lines_of(PAGES, "2026-09", TODAY)).by_rhythm[Rhythm.UNKNOWN] == 4


@pytest.mark.parametrize("name", ['=HYPERLINK("http://evil.example")', "+7900", "-1+1", "@SUM(A1)", "\t=1", "＝1"])
def test_no_cell_is_a_formula(name: str) -> None:
    """A page's name that a spreadsheet would compute begins with an apostrophe."""
    text = table([replace(a_state("x", 1), page=replace(VK, name=name, owner=name))], ["2026-10"], TODAY)

    head, row = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")

    assert tuple(head) == HEAD
    assert row[0] == row[1] == f"'{name}"


def test_the_table_leaves_the_unknown_empty() -> None:
    """Each page and month is a row; what is not known is an empty cell and never a zero."""
    text = table(PAGES, ["2026-09", "2026-10"], TODAY).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))

    assert len(rows) == 8
    last = rows[-1]
    assert (last["Страница"], last["Записей"], last["Вопросов и жалоб"], last["Отвечено, %"]) == (
        "Библиотека",
        "",
        "",
        "",
    )
    first = rows[4]
    assert (first["Записей"], first["Положено"], first["Ритм"], first["Отвечено, %"]) == ("40", "13", "в ритме", "77")


@pytest.mark.parametrize(("month", "told"), [("2026-01", "январь 2026"), ("2027-12", "декабрь 2027")])
def test_months_have_names(month: str, told: str) -> None:
    """A month is told in words."""
    assert month_name(month) == told
