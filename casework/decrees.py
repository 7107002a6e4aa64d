"""Documents that open and close something in the district: bans, regimes, closures; struck out at worst, never erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from casework.errors import BadMove, CaseworkError, UnknownSubject
from casework.moves import reasoned
from casework.roles import Act, require
from casework.threats import register
from casework.weather import EARLIEST, HAND, Refused
from casework.work import Work
from preventive.facts import DecreeSpan
from storage.engine import Tx
from storage.find.facts import DecreeRow, decree_by_id, decree_rows
from storage.find.names import staff_names
from storage.keep.facts import add_decree, change_decree
from storage.keep.journal import add_journal

LATEST = timedelta(days=3 * 366)
"""A document does not begin or end farther ahead: a later day is a slip of the pen [P]."""
LONGEST_NUMBER, LONGEST_TITLE, LONGEST_URL, LONGEST_SUBJECT = 60, 500, 1000, 120


class StaleDecree(CaseworkError):
    """Документ изменили, пока форма была открыта."""


@dataclass(frozen=True, slots=True)
class NewDecree:
    """What a person or a file tells of a document; days of the district."""

    subject: str
    """Key of the register's rules of dates, or free words."""
    number: str
    title: str
    issued_on: date
    opens_on: date
    closes_on: date | None = None
    """The last day, itself included; None: until another document closes it."""
    territories: tuple[str, ...] = ()
    """Ids of territories; empty: the whole district."""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that was written, and those of its subject that hold at the same time: told, not lost."""

    id: int
    overlaps: tuple[DecreeRow, ...] = ()

    @property
    def warning(self) -> str:
        """One Russian sentence about the overlaps; "" without any."""
        named = ", ".join(f"№ {one.number} ({span_words(one.span)})" for one in self.overlaps)
        return (
            f"В эти же дни по этому предмету действует: {named}. Оба сохранены, проверьте, нет ли повтора."
            if named
            else ""
        )


@dataclass(frozen=True, slots=True)
class ReadDecrees:
    """What became of a file of documents."""

    added: tuple[int, ...]
    known: int
    """Documents that stood already."""
    overlapping: int
    refused: tuple[Refused, ...]


def span_words(span: DecreeSpan) -> str:
    """Return for how long a document holds: «с 20.11.2026 по 14.12.2026», «с 20.11.2026, пока не закрыт»."""
    end = f" по {span.closes:%d.%m.%Y}" if span.closes else ", пока не закрыт"
    return f"с {span.opens:%d.%m.%Y}{end}"


def subjects(work: Work) -> dict[str, str]:
    """Return what documents may open: subject of a rule of dates → names of its threats; the register's order."""
    found: dict[str, str] = {}
    for threat in register(work):
        if key := threat.rule.subject:
            found[key] = f"{found[key]} / {threat.name}" if key in found else threat.name
    return found


def subject_key(work: Work, told: str) -> str:
    """Return the subject as the register writes it, told by its key or by its threat's name; free words as they are.

    Free words that a kept document already has are written as there, whatever the letters' size and blanks.
    """
    plain = " ".join(told.split())
    ways = {way.casefold(): key for key, name in subjects(work).items() for way in (name, key)}
    if plain.casefold() in ways:
        return ways[plain.casefold()]
    with work.store.read() as tx:
        used = [row.subject for row in decree_rows(tx)]
    return next((one for one in used if one.casefold() == plain.casefold()), plain)


def add(work: Work, told: NewDecree, origin: str = HAND) -> Kept:
    """Write a document; return its id and what overlaps with it. BadMove names what is wrong or that it stands already."""
    require(work.by, Act.SET_FACTS)
    values = _checked(work, told)
    with work.store.write() as tx:
        return _add(tx, work, values, origin)


def _add(tx: Tx, work: Work, values: dict[str, Any], origin: str) -> Kept:
    rows = decree_rows(tx, values["subject"])
    if twin := next((row for row in rows if _is_same(row, values)), None):
        raise BadMove(f"Документ № {twin.number} от {twin.issued_on:%d.%m.%Y} уже внесён ({span_words(twin.span)}).")
    made = add_decree(tx, values | {"origin": origin, "by_staff": work.by.id, "at": work.now})
    add_journal(tx, work.now, work.by.id, "decree.added", f"decree:{made}", {}, _written(values))
    return Kept(made, _overlapping(rows, values))


def change(work: Work, decree_id: int, version: int, told: NewDecree) -> Kept:
    """Change all that a document says; StaleDecree when somebody changed it meanwhile, BadMove for what is wrong."""
    require(work.by, Act.SET_FACTS)
    values = _checked(work, told)
    with work.store.write() as tx:
        row = _standing(tx, decree_id)
        rows = [one for one in decree_rows(tx, values["subject"]) if one.id != decree_id]
        if twin := next((one for one in rows if _is_same(one, values)), None):
            raise BadMove(f"Такой документ уже есть: № {twin.number}, {span_words(twin.span)}. Уберите один из них.")
        _change(tx, work, row, version, values, "decree.changed")
    return Kept(decree_id, _overlapping(rows, values))


def close(work: Work, decree_id: int, version: int, closes_on: date, closed_by: str) -> None:
    """End a document by another one: `closes_on` is its last day, `closed_by` the number of the closing document."""
    require(work.by, Act.SET_FACTS)
    number = _number(closed_by, "номер документа, которым закрыто")
    with work.store.write() as tx:
        row = _standing(tx, decree_id)
        _check_end(row.opens_on, closes_on, work.today)
        _change(tx, work, row, version, {"closes_on": closes_on, "closed_by": number}, "decree.closed")


def withdraw(work: Work, decree_id: int, version: int, reason: str) -> None:
    """Strike out a document that was entered by mistake; it stays in the journal and opens nothing any more."""
    require(work.by, Act.SET_FACTS)
    said = reasoned(reason, "почему документ убран")
    with work.store.write() as tx:
        row = _standing(tx, decree_id)
        _change(tx, work, row, version, {"withdrawn_at": work.now}, "decree.withdrawn", {"why": said})


def listed(work: Work, subject: str | None = None) -> tuple[DecreeRow, ...]:
    """Return documents, those in force first, then those to come, then the past ones, the newest first in each."""
    require(work.by, Act.SEE_YEAR)
    today = work.today
    with work.store.read() as tx:
        rows = decree_rows(tx, subject)
    return tuple(sorted(rows, key=lambda row: 0 if row.holds_on(today) else 1 if row.opens_on > today else 2))


def add_many(work: Work, told: Sequence[tuple[int, NewDecree]], origin: str) -> ReadDecrees:
    """Write the documents of a file, given as (row, document); what is wrong with a row is told, the others are kept."""
    require(work.by, Act.SET_FACTS)
    added: list[int] = []
    refused: list[Refused] = []
    same = overlapping = 0
    for row, one in told:
        try:
            values = _checked(work, one)
            with work.store.write() as tx:
                if any(_is_same(old, values) for old in decree_rows(tx, values["subject"])):
                    same += 1
                    continue
                kept = _add(tx, work, values, origin)
        except CaseworkError as e:
            refused.append(Refused(row, str(e)))
            continue
        added.append(kept.id)
        overlapping += bool(kept.overlaps)
    return ReadDecrees(tuple(added), same, overlapping, tuple(refused))


def _checked(work: Work, told: NewDecree) -> dict[str, Any]:
    today = work.today
    subject = _short(reasoned(told.subject, "предмет документа"), LONGEST_SUBJECT, "предмет документа")
    number = _number(told.number, "номер документа")
    title = _short(reasoned(told.title, "название документа"), LONGEST_TITLE, "название документа")
    for day, what in ((told.issued_on, "дата документа"), (told.opens_on, "первый день действия")):
        _check_day(day, today, what)
    if told.closes_on is not None:
        _check_end(told.opens_on, told.closes_on, today)
    strangers = [one for one in told.territories if one not in {t.id for t in work.profile.territories}]
    if strangers:
        raise BadMove(f"Территории «{strangers[0][:60]}» нет в профиле округа. Выберите из списка.")
    return {
        "subject": subject_key(work, subject), "number": number, "title": title, "url": _address(told.url),
        "issued_on": told.issued_on, "opens_on": told.opens_on, "closes_on": told.closes_on,
        "territories": list(dict.fromkeys(told.territories)),
    }  # fmt: skip


def _check_day(day: date, today: date, what: str) -> None:
    if not EARLIEST <= day <= today + LATEST:
        raise BadMove(
            f"Проверьте год: {what} — {day:%d.%m.%Y}, а бывает от {EARLIEST:%d.%m.%Y} до {today + LATEST:%d.%m.%Y}."
        )


def _check_end(opens: date, closes: date, today: date) -> None:
    if closes < opens:
        raise BadMove(
            f"Последний день действия {closes:%d.%m.%Y} раньше первого {opens:%d.%m.%Y}. Проверьте даты, возможно, их поменяли местами."
        )
    _check_day(closes, today, "последний день действия")


def _number(text: str, what: str) -> str:
    """A number is kept without its «№»: pages write it themselves."""
    return _short(reasoned(text.strip().removeprefix("№"), what), LONGEST_NUMBER, what)


def _short(text: str, most: int, what: str) -> str:
    plain = " ".join(text.split())
    if len(plain) > most:
        raise BadMove(f"Слишком длинно: {what} — не больше {most} знаков, а здесь {len(plain)}.")
    return plain


def _address(url: str) -> str:
    """A link is shown to staff: only a web page, and none with a script in it."""
    plain = url.strip()
    if not plain:
        return ""
    try:
        parts = urlsplit(plain)
    except ValueError:
        parts = urlsplit("")
    good = parts.scheme in ("http", "https") and parts.hostname and not any(ch.isspace() for ch in plain)
    if not good or len(plain) > LONGEST_URL or parts.username is not None:
        raise BadMove(f"Ссылка «{plain[:80]}» не годится: нужен адрес страницы, https://…")
    return plain


def _is_same(row: DecreeRow, values: dict[str, Any]) -> bool:
    """One document opens one thing at one time once; it may open it again at another."""
    told = (row.number.casefold(), row.issued_on, row.opens_on)
    mine = (values["number"].casefold(), values["issued_on"], values["opens_on"])
    return told == mine and set(row.territories) == set(values["territories"])


def _overlapping(rows: Sequence[DecreeRow], values: dict[str, Any]) -> tuple[DecreeRow, ...]:
    first, last = values["opens_on"], values["closes_on"] or date.max
    mine = set(values["territories"])
    return tuple(
        row for row in rows
        if row.opens_on <= last and first <= (row.closes_on or date.max)
        and (not mine or not row.territories or mine & set(row.territories))
    )  # fmt: skip


def _standing(tx: Tx, decree_id: int) -> DecreeRow:
    row = decree_by_id(tx, decree_id)
    if row is None:
        raise UnknownSubject(f"Документа с номером записи {decree_id} нет. Обновите страницу.")
    if row.withdrawn_at is not None:
        raise UnknownSubject(f"Документ № {row.number} уже убран как внесённый по ошибке. Обновите страницу.")
    return row


def _change(
    tx: Tx,
    work: Work,
    row: DecreeRow,
    version: int,
    values: dict[str, Any],
    what: str,
    more: dict[str, Any] | None = None,
) -> None:
    if not change_decree(tx, row.id, version, values | {"by_staff": work.by.id, "at": work.now}):
        who = staff_names(tx).get(row.by_staff or 0, "машина")
        raise StaleDecree(
            f"Документ № {row.number} уже изменил {who}: сейчас он {span_words(row.span)}. Ваше действие не выполнено и "
            "ничего не затёрто: посмотрите свежую запись и повторите."
        )
    before = {name: getattr(row, name) for name in values if name != "withdrawn_at"}
    add_journal(tx, work.now, work.by.id, what, f"decree:{row.id}", _written(before), _written(values) | (more or {}))


def _written(values: dict[str, Any]) -> dict[str, Any]:
    """Values as the journal keeps them: days as text."""
    return {
        name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
    }
