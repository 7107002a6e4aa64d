"""Past years from a table that staff typed or exported: every row is checked, and nothing is written while one is wrong."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from casework.errors import CaseworkError
from casework.threats import register
from casework.weeks import WEEK, counted_from, keep_counts
from casework.work import Work
from district.topics import TOPICS
from preventive.calendar import monday
from storage.find.weeks import WHOLE, Counted, all_weeks

FIRST_DAY = date(2000, 1, 3)
MOST = 1_000_000
"""Messages of one week; more is a slip of the finger."""
TOLD = 50
"""So many mistakes are told at once."""

# The first name is what a program writes, the second what a person does, the rest are taken too.
_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "subject": ("topic", "тема", "subject", "группа тем"),
        "territory": ("territory", "территория", "территориальный отдел"),
        "week": ("week", "неделя", "date", "day", "дата", "день"),
        "posts": ("posts", "сообщений", "messages", "сообщения", "количество"),
        "voices": ("voices", "голосов", "голоса", "авторов"),
        "risks": ("risks", "рисков", "риски"),
    }
)
_NEEDED = ("subject", "week", "posts")
_ISO_WEEK = re.compile(r"(\d{4})-?[WwНн](\d{1,2})")
_RUSSIAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


class WrongFile(CaseworkError):
    """Таблица прошлых лет записана не так."""

    def __init__(self, problems: Sequence[str]) -> None:
        """`problems` are whole sentences, each naming the row, the value and the mend."""
        self.problems = tuple(problems)
        told = [*problems[:TOLD], *([f"… и ещё ошибок: {len(problems) - TOLD}."] if len(problems) > TOLD else [])]
        super().__init__("\n".join([*told, "Ничего не записано: исправьте файл и повторите."]))


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought."""

    rows: int
    weeks: int
    replaced: int
    """Rows that stood there before with other numbers."""
    first: date
    last: date
    without_whole: tuple[str, ...]
    """Names of subjects told by territories alone: the district as a whole stays unknown for them."""


def read_counts(work: Work, data: bytes) -> list[Counted]:
    """Return the rows of a CSV table (`,`, `;` or tab; UTF-8 or Windows-1251); days of one week are added up.

    Raises WrongFile with every mistake at once. Weeks that the program counts from posts itself are refused.
    """
    rows = _table(data)
    if not rows:
        raise WrongFile(["Файл пуст: нужна строка заголовков и хотя бы одна строка чисел."])
    columns = _columns(rows[0])
    reader = _Reader(work, columns)
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            reader.row(number, cells)
    if not reader.days and not reader.problems:
        reader.problems.append("В файле есть заголовки, но нет ни одной строки чисел.")
    if reader.problems:
        raise WrongFile(reader.problems)
    return list(reader.weeks())


def bring_in(work: Work, data: bytes) -> Imported:
    """Read a table and keep its weeks over what stood there; raises WrongFile and then nothing is written."""
    rows = read_counts(work, data)
    weeks = sorted({row.week for row in rows})
    with work.store.read() as tx:
        before = {row[:3]: row for row in all_weeks(tx, weeks[0], weeks[-1])}
    keep_counts(work, rows)
    told = {row.subject for row in rows if row.territory == WHOLE}
    names = _names(work)
    alone = sorted({names[row.subject] for row in rows} - {names[subject] for subject in told})
    replaced = sum(1 for row in rows if row[:3] in before and before[row[:3]] != row)
    return Imported(len(rows), len(weeks), replaced, weeks[0], weeks[-1], tuple(alone))


def _table(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1251", "replace")
    head = text.split("\n", 1)[0]
    comma = max(";,\t", key=head.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True))
    except csv.Error as e:
        raise WrongFile([f"Файл не читается как таблица CSV ({e}). Сохраните лист как «CSV UTF-8»."]) from e


def _columns(head: Sequence[str]) -> dict[str, int]:
    """Return the place of each known column; an unknown one is left alone, a needed one must be there."""
    names = [" ".join(cell.lower().split()) for cell in head]
    found = {key: n for key, known in _COLUMNS.items() for n, name in enumerate(names) if name in known}
    missing = [_COLUMNS[key] for key in _NEEDED if key not in found]
    if missing:
        told = "; ".join(f"«{known[1]}» ({known[0]})" for known in missing)
        raise WrongFile(
            [f"В строке заголовков нет столбцов: {told}. Есть: {', '.join(c.strip() for c in head) or 'ничего'}."]
        )
    return found


def _names(work: Work) -> dict[str, str]:
    return dict(TOPICS) | {t.subject: t.name for t in register(work) if t.words}


class _Reader:
    """Checks rows one after another and remembers what was wrong."""

    def __init__(self, work: Work, columns: Mapping[str, int]) -> None:
        today = work.today
        self.until, self.own = monday(today), counted_from(work)
        self.columns, self.problems = columns, list[str]()
        self.days: dict[tuple[str, str, date], tuple[int, int, int]] = {}
        self._lines: dict[tuple[str, str, date], int] = {}
        self._subjects = {name.lower(): code for code, name in TOPICS.items()}
        self._subjects |= {subject.lower(): subject for subject in _names(work)}
        self._places = {t.name.lower(): t.id for t in work.profile.territories} | {"": WHOLE, "весь округ": WHOLE}
        self._places |= {t.id.lower(): t.id for t in work.profile.territories}

    def row(self, number: int, cells: Sequence[str]) -> None:
        """Check one row; what is wrong with it is written down with its number."""
        before = len(self.problems)
        subject, place, day = self._subject(number, cells), self._place(number, cells), self._day(number, cells)
        posts = self._whole(number, cells, "posts", needed=True)
        voices = self._whole(number, cells, "voices")
        risks = self._whole(number, cells, "risks")
        if voices > posts:
            self._wrong(number, f"голосов {voices}, а сообщений {posts}", "голосов не бывает больше, чем сообщений")
        if len(self.problems) > before or day is None:
            return
        key = (subject, place, day)
        if key in self.days:
            self._wrong(number, f"повторяет строку {self._lines[key]}", "оставьте одну из двух или сложите числа")
            return
        self.days[key], self._lines[key] = (posts, voices, risks), number

    def weeks(self) -> Iterator[Counted]:
        """Yield the weeks: days are added up, voices are at least those of the loudest day."""
        found: dict[tuple[str, str, date], tuple[int, int, int]] = {}
        for (subject, place, day), (posts, voices, risks) in self.days.items():
            key = (subject, place, monday(day))
            p, v, r = found.get(key, (0, 0, 0))
            found[key] = (p + posts, max(v, voices), r + risks)
        for (subject, place, week), (posts, voices, risks) in sorted(found.items()):
            yield Counted(subject, place, week, posts, voices, risks)

    def _wrong(self, number: int, what: str, mend: str) -> None:
        self.problems.append(f"Строка {number}: {what}. {mend[0].upper()}{mend[1:]}.")

    def _cell(self, cells: Sequence[str], key: str) -> str:
        at = self.columns.get(key)
        return "" if at is None or at >= len(cells) else " ".join(cells[at].split())

    def _subject(self, number: int, cells: Sequence[str]) -> str:
        said = self._cell(cells, "subject")
        found = self._subjects.get(said.lower())
        if found is None:
            self._wrong(
                number,
                f"темы «{said[:60]}» нет",
                "напишите группу тем классификатора или её код, например «Дороги» или roads",
            )
        return found or ""

    def _place(self, number: int, cells: Sequence[str]) -> str:
        said = self._cell(cells, "territory")
        found = self._places.get(said.lower())
        if found is None:
            known = ", ".join(sorted(p for p in self._places.values() if p))
            self._wrong(
                number,
                f"территории «{said[:60]}» нет в профиле",
                f"оставьте пусто для всего округа или напишите одну из: {known}",
            )
        return found or ""

    def _day(self, number: int, cells: Sequence[str]) -> date | None:
        said = self._cell(cells, "week")
        day = _read_day(said)
        if day is None:
            self._wrong(
                number, f"недели или дня «{said[:40]}» не бывает", "напишите 2024-10-07, 07.10.2024 или 2024-W41"
            )
        elif day < FIRST_DAY or monday(day) >= self.until:
            last = self.until - timedelta(days=1)
            self._wrong(
                number,
                f"неделя «{said}» ещё не кончилась или слишком давняя",
                f"годятся недели с {FIRST_DAY:%d.%m.%Y} по {last:%d.%m.%Y}",
            )
            return None
        elif self.own is not None and monday(day) >= self.own:
            last = self.own - WEEK + timedelta(days=6)
            self._wrong(
                number, f"неделю «{said}» программа считает сама по записям", f"загружайте только по {last:%d.%m.%Y}"
            )
            return None
        return day

    def _whole(self, number: int, cells: Sequence[str], key: str, *, needed: bool = False) -> int:
        said = self._cell(cells, key).replace(" ", "").replace("\u00a0", "")
        if not said and not needed:
            return 0
        if not (said.isascii() and said.isdigit()) or int(said[:12]) > MOST:
            name = _COLUMNS[key][1]
            self._wrong(number, f"«{name}» — «{said[:20]}»", f"нужно целое число от 0 до {MOST}")
            return 0
        return int(said)


def _read_day(said: str) -> date | None:
    """Return the day of «2024-10-07», «07.10.2024» or «2024-W41» (its Monday); None for anything else."""
    try:
        if week := _ISO_WEEK.fullmatch(said):
            return date.fromisocalendar(int(week[1]), int(week[2]), 1)
        if parts := _RUSSIAN.fullmatch(said):
            return date(int(parts[3]), int(parts[2]), int(parts[1]))
        return date.fromisoformat(said) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said) else None
    except ValueError:
        return None
