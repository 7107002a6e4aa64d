"""Upkeep of the official pages: how each keeps its rhythm today, month by month, and the figures that people type in."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from casework.errors import BadMove, UnknownSubject
from casework.moves import person_of
from casework.roles import Act, require
from casework.work import Work
from district.seasons import OfficialPage
from preventive.upkeep import (
    Asked,
    MonthFigures,
    PageState,
    Reading,
    Rhythm,
    judge_comments,
    month_days,
    month_rhythm,
    owed,
    rhythm_of,
    urgent_first,
)
from reports.upkeep import month_name
from storage.engine import Tx
from storage.find.upkeep import FigureRow, PageTalk, SourceRead, figures, last_post, page_talk, sources_read
from storage.keep.journal import add_journal
from storage.keep.upkeep import drop_figures, put_figures

__all__ = ["MONTHS", "Register", "clear_figures", "month_now", "months_back", "owed", "register", "type_in"]

MONTHS = 6
"""Months that the page shows; older ones are in the reports of their time."""
BEHIND_AFTER = timedelta(days=2)
"""A source that was not read well for so long tells nothing of its silence; they are read by the hour."""
_WEEKS = timedelta(days=28)
_THREAD = timedelta(days=14)
"""Threads are looked at so far before the first month: a question may answer what the page said in one of then."""
_MONTH = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])")
MOST = 100_000
_NO_SOURCE = "Источника нет: показатели вносятся вручную."
_NO_COMMENTS = "Комментарии этого источника не читаются: вопросы можно внести вручную."
_FORGOTTEN = "Тексты старых комментариев удалены по сроку хранения: вопросы тех месяцев неизвестны."


@dataclass(frozen=True, slots=True)
class Register:
    """All official pages of the district, those to be worked on first, with the months they are shown for."""

    pages: tuple[PageState, ...]
    months: tuple[str, ...]
    """YYYY-MM, from the oldest to the newest."""


def month_now(work: Work) -> str:
    """Return the month of the district as YYYY-MM."""
    return f"{work.today:%Y-%m}"


def months_back(last: str, count: int) -> tuple[str, ...]:
    """Return so many months that end with `last`, the oldest first."""
    year, month = int(last[:4]), int(last[5:])
    numbers = range(year * 12 + month - count, year * 12 + month)
    return tuple(f"{n // 12:04}-{n % 12 + 1:02}" for n in numbers)


def register(work: Work, last: str | None = None, count: int = MONTHS) -> Register:
    """Return every official page of the profile with its figures of `count` months up to `last` (this month by default).

    Rhythm and silence are always those of today. BadMove when `last` is no month, or one that has not begun.
    """
    shown = months_back(_month(work, last or month_now(work)), count)
    pages = work.profile.prevention.pages
    with work.store.read() as tx:
        typed = figures(tx, min(shown[0], *months_back(month_now(work), 2)), month_now(work))
        read = sources_read(tx, [p.source for p in pages if p.source])
        states = [_state(tx, work, page, read.get(page.source or ""), shown, typed) for page in pages]
    return Register(tuple(urgent_first(states)), shown)


def type_in(
    work: Work, page_id: str, month: str, *, posts: int, questions: int, answered: int, last_post_on: date | None
) -> None:
    """Write down what a person counted on a page in a month; figures that the program counts itself stay over them.

    BadMove for a month that has not begun, more answers than questions, or a last post outside of the month.
    """
    require(work.by, Act.SET_FACTS)
    page, wanted = _page(work, page_id), _month(work, month)
    if not all(0 <= number <= MOST for number in (posts, questions, answered)):
        raise BadMove(f"Числа бывают от 0 до {MOST}: записей {posts}, вопросов {questions}, ответов {answered}.")
    if answered > questions:
        raise BadMove(f"Ответов {answered} больше, чем вопросов {questions}. Проверьте, не поменялись ли они местами.")
    _check_last(work, wanted, posts, last_post_on)
    day = last_post_on.isoformat() if last_post_on else None
    values = {"posts": posts, "questions": questions, "answered": answered, "last_post_on": day}
    with work.store.write() as tx:
        by = person_of(work, "Показатели вносит сотрудник.")
        put_figures(tx, page.id, wanted, values, by, work.now)
        add_journal(tx, work.now, by, "page.figures_typed", f"page:{page.id}", {}, {"month": wanted} | values)


def clear_figures(work: Work, page_id: str, month: str) -> None:
    """Take typed figures back: the month is unknown again; nothing happens when there were none."""
    require(work.by, Act.SET_FACTS)
    page, wanted = _page(work, page_id), _month(work, month)
    with work.store.write() as tx:
        if drop_figures(tx, page.id, wanted):
            add_journal(tx, work.now, work.by.id, "page.figures_typed", f"page:{page.id}", {"month": wanted}, {})


def _check_last(work: Work, month: str, posts: int, last: date | None) -> None:
    if last is None:
        return
    if f"{last:%Y-%m}" != month or last > work.today:
        raise BadMove(f"Последняя запись {last:%d.%m.%Y} не в этом месяце ({month}) или ещё не наступила.")
    if posts == 0:
        raise BadMove("День последней записи указан, а записей 0. Исправьте одно из двух.")


def _page(work: Work, page_id: str) -> OfficialPage:
    found = next((p for p in work.profile.prevention.pages if p.id == page_id), None)
    if found is None:
        raise UnknownSubject("Такой официальной страницы в профиле округа нет. Вернитесь к списку.")
    return found


def _month(work: Work, month: str) -> str:
    if not _MONTH.fullmatch(month):
        raise BadMove(f"Не месяц: «{month[:40]}». Запишите год и месяц так: 2026-10.")
    if month > month_now(work):
        raise BadMove(f"Месяц {month} ещё не начался.")
    return month


@dataclass(frozen=True, slots=True)
class _Seen:
    """From when to when a page's posts are known (aware); `until` None: they are not known at all."""

    since: datetime | None
    until: datetime | None


def _state(
    tx: Tx, work: Work, page: OfficialPage, read: SourceRead | None, months: tuple[str, ...],
    typed: dict[tuple[str, str], FigureRow],
) -> PageState:  # fmt: skip
    if page.source is None or read is None:
        return _typed_only(work, page, months, typed)
    rows = [typed.get((page.id, month)) for month in months]
    talk = page_talk(tx, read.id, _start(work, months[0]) - _THREAD)
    newest = max(talk.posts, default=None) or last_post(tx, read.id)
    reading, seen = _reading(work, read, talk, newest)
    counted = _counted(work, page, read, talk, months, seen, rows)
    last = newest.astimezone(work.profile.timezone).date() if newest else None
    week = _a_week(work, read, talk) if reading is Reading.READ else None
    today = work.today
    return PageState(
        page, reading, rhythm_of(page, reading, last, week, today), last, (today - last).days if last else None, week,
        counted, _note(work, reading, read, talk),
    )  # fmt: skip


def _typed_only(
    work: Work, page: OfficialPage, months: tuple[str, ...], typed: dict[tuple[str, str], FigureRow]
) -> PageState:
    """A page is judged by what was typed for this month or the one before; what is older tells nothing of today."""
    own = {month: row for (page_id, month), row in typed.items() if page_id == page.id}
    shown = tuple(_month_typed(month, own.get(month)) for month in months)
    last = max((date.fromisoformat(row.last_post_on) for row in own.values() if row.last_post_on), default=None)
    today = work.today
    silent = (today - last).days if last else None
    fresh = next((own[month] for month in reversed(months_back(month_now(work), 2)) if month in own), None)
    if fresh is None:
        return PageState(page, Reading.NOT_READ, Rhythm.UNKNOWN, last, silent, None, shown, _NO_SOURCE)
    rhythm = month_rhythm(page, fresh.posts, *month_days(fresh.month, today))
    note = f"По внесённому за {month_name(fresh.month)} ({fresh.by_name})."
    return PageState(page, Reading.TYPED, rhythm, last, silent, None, shown, note)


def _month_typed(month: str, row: FigureRow | None) -> MonthFigures:
    if row is None:
        return MonthFigures(month, None, None, Reading.NOT_READ)
    return MonthFigures(month, row.posts, _asked(row), Reading.TYPED)


def _asked(row: FigureRow) -> Asked:
    return Asked(row.questions, row.answered, row.answered, 0)


def _reading(work: Work, read: SourceRead, talk: PageTalk, newest: datetime | None) -> tuple[Reading, _Seen]:
    """Return whether the page is read today, and for which time its posts are known.

    A loaded history has no readings, and the made-up sources of the demo stand still on purpose: what they brought is
    known from its first post on.
    """
    since = read.first_read or min(talk.posts, default=newest)
    standing = read.state == "active" or work.profile.is_demo
    loaded = read.last_good is None and newest is not None and standing
    fresh = read.state == "active" and read.last_good is not None and work.now - read.last_good < BEHIND_AFTER
    if loaded or fresh:
        return Reading.READ, _Seen(since, work.now)
    return Reading.BEHIND, _Seen(since, read.last_good or newest)


def _counted(
    work: Work, page: OfficialPage, read: SourceRead, talk: PageTalk, months: tuple[str, ...], seen: _Seen,
    rows: list[FigureRow | None],
) -> tuple[MonthFigures, ...]:  # fmt: skip
    zone = work.profile.timezone
    posts = Counter(f"{at.astimezone(zone):%Y-%m}" for at in talk.posts)
    lost = {f"{at.astimezone(zone):%Y-%m}" for at in talk.forgotten}
    asked = judge_comments(talk.comments, timedelta(hours=page.answer_hours), work.now, zone) if read.comments else {}
    found = []
    for month, row in zip(months, rows, strict=True):
        known = posts[month] > 0 or _is_known(work, month, seen)
        told = asked.get(month, Asked()) if known and read.comments and month not in lost else None
        if told is None and row is not None:
            told = _asked(row)
        whole = seen.until is not None and seen.until >= min(work.now, _end(work, month))
        figure = posts[month] if known else row.posts if row else None
        found.append(MonthFigures(month, figure, told, _how(known, whole, row)))
    return tuple(found)


def _how(known: bool, whole: bool, row: FigureRow | None) -> Reading:
    if known:
        return Reading.READ if whole else Reading.BEHIND
    return Reading.TYPED if row else Reading.NOT_READ


def _is_known(work: Work, month: str, seen: _Seen) -> bool:
    """A month of which no day was read is unknown, and not a month of silence."""
    if seen.until is None or seen.until < _start(work, month):
        return False
    return seen.since is None or seen.since < _end(work, month)


def _a_week(work: Work, read: SourceRead, talk: PageTalk) -> float | None:
    """Posts a week over the last four weeks, or over what is known of them; None for less than a week."""
    begun = min((at for at in (read.first_read, *talk.posts) if at is not None), default=work.now)
    since = max(work.now - _WEEKS, begun)
    weeks = (work.now - since) / timedelta(days=7)
    return sum(since <= at <= work.now for at in talk.posts) / weeks if weeks >= 1 else None


def _note(work: Work, reading: Reading, read: SourceRead, talk: PageTalk) -> str:
    if reading is Reading.BEHIND:
        return _why_behind(work, read)
    if not read.comments:
        return _NO_COMMENTS
    return _FORGOTTEN if talk.forgotten else ""


def _why_behind(work: Work, read: SourceRead) -> str:
    tail = "молчит ли страница, неизвестно."
    if read.state != "active":
        return f"Чтение источника остановлено: {tail}"
    if read.last_good is None:
        return f"Источник ещё ни разу не прочитан: {tail}"
    return f"Источник не читается с {read.last_good.astimezone(work.profile.timezone):%d.%m.%Y}: {tail}"


def _start(work: Work, month: str) -> datetime:
    """The first moment of a month of the district, in UTC."""
    first = datetime(int(month[:4]), int(month[5:]), 1, tzinfo=work.profile.timezone)
    return first.astimezone(UTC)


def _end(work: Work, month: str) -> datetime:
    year, number = int(month[:4]), int(month[5:])
    return _start(work, f"{year + number // 12:04}-{number % 12 + 1:02}")
