"""Past years come from a table whole or not at all; every mistake is told with its row, its value and the mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.take_in import take_in
from casework.work import Work
from casework.year_import import WrongFile, bring_in, read_counts
from district.profile import Profile
from district.seasons import DateRule, Prevention, RuleKind, Threat, YearDay
from storage.engine import Store
from storage.find.weeks import Counted, all_weeks
from storage.tables import meta
from tests.casework.posts_build import HOLE, a_post, a_work

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
HEAD = "тема;территория;неделя;сообщений;голосов\n"
TICKS = Threat(
    "ticks", "Клещи", ("health",), DateRule(RuleKind.WINDOW, YearDay(4, 1), YearDay(6, 1)), 14, words=("клещ",)
)


@pytest.fixture
def work(sqlite_store: Store, demo_profile: Profile) -> Work:
    """A district that has collected nothing yet."""
    return a_work(sqlite_store, replace(demo_profile, prevention=Prevention((TICKS,))), NOW)


def _kept(work: Work) -> list[Counted]:
    with work.store.read() as tx:
        return all_weeks(tx)


def test_a_table_of_weeks_is_kept(store: Store, demo_profile: Profile) -> None:
    """Topics by name or code, territories by name or id, weeks in any of three spellings come in on both databases."""
    work = a_work(store, demo_profile, NOW)
    place = demo_profile.territories[0]
    told = HEAD + f"Дороги;;2024-10-07;12;9\nroads;{place.name};07.10.2024;5;4\nЖКХ;{place.id};2024-W41;3;\n\n"

    done = bring_in(work, told.encode())

    assert _kept(work) == [
        Counted("housing", place.id, date(2024, 10, 7), 3, 0),
        Counted("roads", "", date(2024, 10, 7), 12, 9),
        Counted("roads", place.id, date(2024, 10, 7), 5, 4),
    ]
    assert (done.rows, done.weeks, done.replaced, done.without_whole) == (3, 1, 0, ("ЖКХ",))


def test_days_of_a_week_are_added_up(work: Work) -> None:
    """A table by days gives weeks: messages are added, voices are at least those of the loudest day."""
    told = "topic,date,posts,voices,risks\nroads,2024-10-08,4,3,1\nroads,2024-10-13,6,5,0\nroads,2024-10-14,1,1,0\n"

    assert read_counts(work, told.encode()) == [
        Counted("roads", "", date(2024, 10, 7), 10, 5, 1),
        Counted("roads", "", date(2024, 10, 14), 1, 1, 0),
    ]


@pytest.mark.parametrize("data", [
    (HEAD + "Клещи;;2024-05-06;1;1\n").replace("Клещи", "threat:ticks").encode("utf-8-sig"),
    (HEAD + "threat:ticks;весь округ;2024-05-06;1;1\n").encode("cp1251"),
    (HEAD + "threat:ticks;;2024-05-06;1;1\n").replace(";", "\t").encode(),
    (HEAD + "threat:ticks;;2024-05-06;1;1\n").replace("\n", "\r\n").encode(),
], ids=["utf-8 with a mark", "windows-1251", "tabs", "windows lines"])  # fmt: skip
def test_tables_as_offices_save_them(work: Work, data: bytes) -> None:
    """Whatever Excel or LibreOffice writes is read alike, threats with words of their own too."""
    assert read_counts(work, data) == [Counted("threat:ticks", "", date(2024, 5, 6), 1, 1)]


ROWS = (
    ("дорги;;2024-10-07;1;1", "Строка 2: темы «дорги» нет. Напишите группу тем"),
    ("roads;Луна;2024-10-07;1;1", "Строка 2: территории «Луна» нет в профиле. Оставьте пусто для всего округа"),
    ("roads;;2024-13-07;1;1", "Строка 2: недели или дня «2024-13-07» не бывает. Напишите 2024-10-07, 07.10.2024 или 2024-W41"),
    ("roads;;30.02.2024;1;1", "Строка 2: недели или дня «30.02.2024» не бывает"),
    ("roads;;2024-W60;1;1", "Строка 2: недели или дня «2024-W60» не бывает"),
    ("roads;;2026-11-16;1;1", "Строка 2: неделя «2026-11-16» ещё не кончилась или слишком давняя. Годятся недели с 03.01.2000 по 15.11.2026"),
    ("roads;;1999-11-15;1;1", "Строка 2: неделя «1999-11-15» ещё не кончилась или слишком давняя"),
    ("roads;;2024-10-07;много;1", "Строка 2: «сообщений» — «много». Нужно целое число от 0 до 1000000"),
    ("roads;;2024-10-07;-5;", "Строка 2: «сообщений» — «-5»"),
    ("roads;;2024-10-07;;", "Строка 2: «сообщений» — «»"),
    ("roads;;2024-10-07;99999999999999999999;", "Строка 2: «сообщений» — «99999999999999999999»"),
    ("roads;;2024-10-07;3;4", "Строка 2: голосов 4, а сообщений 3. Голосов не бывает больше, чем сообщений"),
    ("roads;;2024-10-07;3;1\nДороги;;07.10.2024;4;1", "Строка 3: повторяет строку 2. Оставьте одну из двух или сложите числа"),
)  # fmt: skip


@pytest.mark.parametrize(("rows", "words"), ROWS)
def test_a_wrong_row_is_named(work: Work, rows: str, words: str) -> None:
    """The row, the value and the mend are told, and nothing of the file is written."""
    with pytest.raises(WrongFile) as refused:
        bring_in(work, (HEAD + rows + "\nwaste;;2024-10-07;1;1\n").encode())

    assert words in str(refused.value)
    assert "Ничего не записано" in str(refused.value)
    assert _kept(work) == []


def test_all_mistakes_are_told_at_once(work: Work) -> None:
    """Three wrong rows are three sentences; of very many the first fifty are told and the rest counted."""
    with pytest.raises(WrongFile) as refused:
        read_counts(work, (HEAD + "x;y;z;a;b\n" * 30).encode())

    told = str(refused.value).splitlines()
    assert len(told) == 52
    assert told[-2] == f"… и ещё ошибок: {30 * 5 - 50}."


@pytest.mark.parametrize(("data", "words"), [
    (b"", "Файл пуст"),
    (HEAD.encode(), "нет ни одной строки чисел"),
    ("тема;сообщений\nroads;3\n".encode(), "В строке заголовков нет столбцов: «неделя» (week)"),
    (b'topic,week,posts\n"roads,2024-10-07,3\n', "Файл не читается как таблица CSV"),
    (b"\x00\x01\x02", "В строке заголовков нет столбцов"),
])  # fmt: skip
def test_a_file_that_is_no_table_is_refused(work: Work, data: bytes, words: str) -> None:
    """An empty file, a file without its columns, a broken one: each is told in words."""
    with pytest.raises(WrongFile, match="Ничего не записано") as refused:
        bring_in(work, data)

    assert words in str(refused.value)


def test_weeks_that_are_counted_from_posts_are_left_alone(work: Work) -> None:
    """From the week in which the collection began the program counts by itself: such rows are refused by name."""
    at = NOW - timedelta(weeks=6)
    take_in(work.at(at), [a_post(1, HOLE, published_at=at, seen_at=at)])

    with pytest.raises(
        WrongFile,
        match="Строка 2: неделю «2026-10-19» программа считает сама по записям. Загружайте только по 11.10.2026",
    ):
        bring_in(work, (HEAD + "roads;;2026-10-19;3;3\n").encode())

    assert bring_in(work, (HEAD + "roads;;2026-10-05;3;3\n").encode()).rows == 1


def test_a_second_import_replaces_and_says_so(work: Work) -> None:
    """The same file changes nothing; another number of the same week takes the place of the old one."""
    bring_in(work, (HEAD + "roads;;2024-10-07;3;3\n").encode())

    assert bring_in(work, (HEAD + "roads;;2024-10-07;3;3\n").encode()).replaced == 0
    assert bring_in(work, (HEAD + "roads;;2024-10-07;4;3\n").encode()).replaced == 1
    assert _kept(work) == [Counted("roads", "", date(2024, 10, 7), 4, 3)]


@pytest.fixture(scope="module")
def blank(demo_profile: Profile) -> Iterator[Work]:
    """A district with empty tables in memory, for many files in a row."""
    store = Store("sqlite://")
    meta.create_all(store.engine)
    yield a_work(store, demo_profile, NOW)
    store.close()


@given(
    data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: (HEAD + t).encode("utf-8", "replace")))
)
def test_no_file_breaks_the_reader(blank: Work, data: bytes) -> None:
    """Whatever bytes are given, the answer is rows or a refusal in words, never a fault."""
    rows: list[Counted] = []
    problems: tuple[str, ...] = ()
    try:
        rows = read_counts(blank, data)
    except WrongFile as refused:
        problems = refused.problems

    assert bool(rows) != bool(problems)
    assert all(row.week.weekday() == 0 for row in rows)
