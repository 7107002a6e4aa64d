"""The duty roster: who is on duty now and next, who stands in for whom, where nobody is and where there are two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.errors import BadMove, UnknownSubject
from casework.roles import Act, Role, may, require
from casework.sign_in import staff_of
from casework.work import Work
from storage.find.chatting import ShiftRow, reachable_staff, shifts
from storage.find.staff import StaffRow, staff_by_id, staff_list
from storage.keep.chatting import add_shift as write_shift
from storage.keep.chatting import withdraw_shift as strike_out
from storage.keep.journal import add_journal

LONGEST = timedelta(days=31)
AHEAD = timedelta(days=14)
"""How far ahead the page looks for gaps: a roster is usually made for two weeks."""
SHORTEST_GAP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open time [from_at, until_at) with the names of those it concerns."""

    from_at: datetime
    until_at: datetime
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """The roster as the page shows it."""

    now: tuple[ShiftRow, ...]
    """Who is on duty now, substitutes in place of those they stand in for."""
    next: ShiftRow | None
    """Who comes on duty next."""
    lines: tuple[ShiftRow, ...]
    gaps: tuple[Span, ...]
    overlaps: tuple[Span, ...]
    unreachable: frozenset[int]
    """Staff ids of the roster without a contact that works: nobody can tell them anything."""
    names: dict[int, str]


def on_duty(rows: Sequence[ShiftRow], at: datetime) -> tuple[ShiftRow, ...]:
    """Return who is on duty at a moment: a person who is stood in for is not, the one who stands in is."""
    there = [row for row in rows if row.from_at <= at < row.until_at]
    away = {row.instead_of for row in there if row.instead_of is not None}
    return tuple(row for row in there if row.staff_id not in away or row.instead_of is not None)


def gaps_of(rows: Sequence[ShiftRow], since: datetime, until: datetime) -> tuple[Span, ...]:
    """Return when nobody is on duty between two moments; nothing for an empty roster (it is not kept here)."""
    if not rows:
        return ()
    found: list[Span] = []
    for begin, end in _pieces(rows, since, until):
        if on_duty(rows, begin):
            continue
        if found and found[-1].until_at == begin:
            found[-1] = Span(found[-1].from_at, end)
        else:
            found.append(Span(begin, end))
    return tuple(gap for gap in found if gap.until_at - gap.from_at >= SHORTEST_GAP)


def overlaps_of(rows: Sequence[ShiftRow], since: datetime, until: datetime) -> tuple[Span, ...]:
    """Return when two or more different people are on duty at once; who stands in for somebody is not counted twice."""
    found: list[Span] = []
    for begin, end in _pieces(rows, since, until):
        names = tuple(dict.fromkeys(row.name for row in on_duty(rows, begin)))
        if len(names) < 2:
            continue
        if found and found[-1].until_at == begin and found[-1].names == names:
            found[-1] = Span(found[-1].from_at, end, names)
        else:
            found.append(Span(begin, end, names))
    return tuple(found)


def roster(work: Work) -> Roster:
    """Return who is on duty now, who comes next, and what is wrong with the next two weeks."""
    require(work.by, Act.SEE_ALERTS)
    until = work.now + AHEAD
    with work.store.read() as tx:
        rows = shifts(tx, work.now, work.now + LONGEST)
        reachable, people = reachable_staff(tx), staff_list(tx)
    now = on_duty(rows, work.now)
    coming = [row for row in rows if row.from_at > work.now]
    last = min(max((row.until_at for row in rows), default=work.now), until)
    concerned = {row.staff_id for row in rows}
    return Roster(
        now, coming[0] if coming else None, rows, gaps_of(rows, work.now, last), overlaps_of(rows, work.now, last),
        frozenset(concerned - reachable), {row.id: row.name_shown for row in people},
    )  # fmt: skip


def may_be_on_duty(row: StaffRow) -> bool:
    """Tell whether a member of staff can take risks at all."""
    return row.active and may(staff_of(row), Act.TAKE)


def add_shift(
    work: Work, staff_id: int, from_at: datetime, until_at: datetime, instead_of: int | None = None, note: str = ""
) -> int:
    """Put somebody on duty from one moment until another, or in place of somebody; return the shift's id.

    BadMove names what is wrong: times the wrong way round, somebody who may not take risks, nobody to stand in for.
    """
    require(work.by, Act.SET_DUTY)
    _check_times(work, from_at, until_at)
    if work.by.id is None:
        raise BadMove("График ведёт сотрудник, а не машина.")
    with work.store.write() as tx:
        person = staff_by_id(tx, staff_id)
        if person is None or not may_be_on_duty(person):
            raise BadMove(
                "Дежурить может сотрудник, который берёт риски в работу, и с открытым входом. Выберите из списка."
            )
        rows = shifts(tx, from_at, until_at)
        if instead_of is not None:
            _check_substitution(rows, staff_id, instead_of)
        elif any(r.staff_id == staff_id and r.instead_of is None for r in rows):
            raise BadMove(f"{person.name_shown} уже дежурит в это время. Измените часы или уберите прежнюю смену.")
        made = write_shift(tx, staff_id, from_at, until_at, instead_of, note.strip()[:300], work.by.id, work.now)
        told = {"staff": staff_id, "from": from_at.isoformat(), "until": until_at.isoformat(), "instead_of": instead_of}
        add_journal(tx, work.now, work.by.id, "duty.added", f"staff:{staff_id}", {}, told)
    return made


def withdraw_shift(work: Work, shift_id: int) -> None:
    """Take a shift out of the roster."""
    require(work.by, Act.SET_DUTY)
    with work.store.write() as tx:
        if not strike_out(tx, shift_id, work.now):
            raise UnknownSubject("Такой смены уже нет. Обновите страницу.")
        add_journal(tx, work.now, work.by.id, "duty.withdrawn", f"shift:{shift_id}")


def chain(
    work: Work, rows: Sequence[ShiftRow], people: Sequence[StaffRow]
) -> tuple[tuple[str, tuple[StaffRow, ...]], ...]:
    """Return whom to tell one after another when nobody takes a risk: (who they are in Russian, candidates).

    The officer on duty, then who else is on duty or coordinates, then the head (DOMAIN 1: who is told).
    """
    known = {row.id: row for row in people if row.active}
    duty = [known[row.staff_id] for row in on_duty(rows, work.now) if row.staff_id in known]
    others = [*duty[1:], *(p for p in known.values() if Role.COORDINATOR in p.roles and p not in duty)]
    heads = tuple(p for p in known.values() if Role.HEAD in p.roles)
    return (("дежурный", tuple(duty[:1])), ("замещающий или координатор", tuple(others)), ("руководитель МЦУ", heads))


def _check_times(work: Work, from_at: datetime, until_at: datetime) -> None:
    if until_at <= from_at:
        raise BadMove("Конец дежурства не позже начала. Проверьте даты и часы.")
    if until_at - from_at > LONGEST:
        raise BadMove(f"Одна смена — не длиннее {LONGEST.days} суток. Разбейте её на части.")
    if until_at <= work.now:
        raise BadMove("Это дежурство уже прошло. Укажите будущее время.")


def _check_substitution(rows: Sequence[ShiftRow], staff_id: int, instead_of: int) -> None:
    if staff_id == instead_of:
        raise BadMove("Нельзя заменить самого себя. Выберите другого сотрудника.")
    if not any(row.staff_id == instead_of for row in rows):
        raise BadMove("В это время заменяемый сотрудник не дежурит. Проверьте даты или добавьте обычную смену.")


def _pieces(rows: Sequence[ShiftRow], since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Return the times between two moments within which the roster does not change."""
    inside = {at for row in rows for at in (row.from_at, row.until_at) if since < at < until}
    edges = sorted({since, until, *inside}) if since < until else []
    return list(zip(edges, edges[1:], strict=False))
