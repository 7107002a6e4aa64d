"""The step «Поручения и меры»: in whose hands each part is, what was handed over, what was done and what is promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from casework.entrusted import is_theirs, may_here
from casework.measures import in_whose_hands
from casework.parts import ENDINGS, HANDS
from casework.roles import NO_BLOCK, Act
from desk.forms import Fields
from desk.steps.step import Progress, Step
from desk.visit import Visit
from desk.wording import Term
from reports.wording import count
from risk.states import State
from storage.find.card import Card
from storage.find.working import AssignmentRow, Hand, MeasureRow, assignments_of, hands, measures_of

ENDED_SHOWN = 50
"""Ended parts and ended measures shown behind a line: the history has them all."""


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part as the card shows it."""

    id: int
    whose: str
    block: str
    part: str
    outside: bool
    owner: bool
    open: bool
    ending: str
    result: str
    due_at: datetime | None
    late: bool
    no_contact: bool
    """The person is ours and nothing can reach them: tell them yourself."""
    may_end: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure as the card shows it."""

    id: int
    what: str
    body: str
    day: str
    term: Term
    open: bool
    ending: str
    result: str
    promised: bool
    """It came from the words of an answer."""


def parts(found: Card, visit: Visit, typed: Fields) -> Step:
    """Return the step: open parts and promised days first, then what has ended."""
    row, state = found.row, State(found.row.state)
    with visit.desk.store.read() as tx:
        entrusted, measures, people = assignments_of(tx, row.id), measures_of(tx, row.id), hands(tx)
        may_measure = may_here(tx, visit.me, row.id, row.block, Act.ASSIGN)
    may = visit.may(Act.ASSIGN, row.block or NO_BLOCK)
    today = visit.work.today
    known = {hand.id: hand for hand in people}
    part_lines = [_part(a, visit, known, may) for a in sorted(entrusted, key=lambda a: (a.state != "open", a.id))]
    measure_lines = [measure_line(m, today) for m in sorted(measures, key=_measure_order)]
    past_parts, past_measures = [p for p in part_lines if not p.open], [m for m in measure_lines if not m.open]
    profile = visit.desk.profile
    return Step(
        "parts", "Поручения и меры", _progress(part_lines, measure_lines), _summary(part_lines, measure_lines),
        "step_parts.html",
        {
            "parts": [p for p in part_lines if p.open], "measures": [m for m in measure_lines if m.open],
            "past_parts": past_parts[:ENDED_SHOWN], "past_measures": past_measures[:ENDED_SHOWN],
            "ended": len(past_parts) + len(past_measures), "may": may and state.is_open, "may_measure": may_measure, "may_record": may_measure and state.is_open,
            "people": [(h.id, _name(h)) for h in people if HANDS & set(h.roles)],
            "posts": [(o.id, o.post) for o in profile.officials],
            "block": typed.text("part-block") or row.block or "",
            "body": typed.text("outside-body") or _usual_body(found, visit),
            "bodies": sorted({o.body for o in profile.outside}),
            "doers": sorted({line.whose for line in part_lines if line.open and line.whose}),
            "today": today.isoformat(), "opened": _opened(typed), "first": not entrusted,
            "asked_for": state is State.PREPARING and not entrusted,
        },
    )  # fmt: skip


def _part(row: AssignmentRow, visit: Visit, known: dict[int, Hand], may: bool) -> PartLine:
    hand = known.get(row.staff_id or 0)
    standing = row.state == "open"
    person = hand.name if hand else (f"сотрудник № {row.staff_id}" if row.staff_id else None)
    return PartLine(
        id=row.id, whose=in_whose_hands(visit.desk.profile, row, person), part=row.part, block=_block(row, visit), outside=row.outside is not None,
        owner=row.is_owner and standing, open=standing, ending=ENDINGS.get(row.state, ""), result=row.result,
        due_at=row.due_at, late=standing and row.due_at is not None and row.due_at < visit.work.now,
        no_contact=standing and row.staff_id is not None and not (hand and hand.reachable),
        may_end=standing and (may or is_theirs(visit.me, row)), may_withdraw=standing and may,
    )  # fmt: skip


def _block(row: AssignmentRow, visit: Visit) -> str:
    """Return the block's name where whose hands it is in does not say it."""
    name = next((b.name for b in visit.desk.profile.blocks if b.id == row.block), "")
    return name if row.official or row.staff_id else ""


def measure_line(row: MeasureRow, today: date) -> MeasureLine:
    """Return a measure in words; `today` is the district's."""
    standing = row.state == "open"
    ending = {"open": "", "done": "выполнена" if row.kind == "planned" else "принята", "cancelled": "отменена"}
    return MeasureLine(
        row.id, row.what, row.body, f"{row.due_on:%d.%m.%Y}" if row.due_on else "без срока",
        day_term(row.due_on, today), standing, ending[row.state], row.result, row.answer_id is not None,
    )  # fmt: skip


def day_term(day: date | None, today: date) -> Term:
    """Return a promised day as «сегодня», «завтра», «через 4 дня», «просрочено на 2 дня»."""
    if day is None:
        return Term("без срока", "calm")
    left = (day - today).days
    if left < 0:
        return Term(f"просрочено на {count(-left, 'день', 'дня', 'дней')}", "late")
    if left <= 1:
        return Term("завтра" if left else "сегодня", "soon")
    return Term(f"через {count(left, 'день', 'дня', 'дней')}", "calm")


def _progress(entrusted: list[PartLine], measures: list[MeasureLine]) -> Progress:
    if any(p.late for p in entrusted) or any(m.open and m.term.tone == "late" for m in measures):
        return Progress.TROUBLE
    if any(p.open for p in entrusted) or any(m.open for m in measures):
        return Progress.NOW
    return Progress.DONE if entrusted or measures else Progress.LATER


def _summary(entrusted: list[PartLine], measures: list[MeasureLine]) -> str:
    late = sum(p.late for p in entrusted) + sum(m.open and m.term.tone == "late" for m in measures)
    if late:
        return f"просрочено: {late}"
    in_hands, promised = sum(p.open for p in entrusted), sum(m.open for m in measures)
    told = [f"в работе: {in_hands}"] if in_hands else []
    told += [f"обещано: {promised}"] if promised else []
    return ", ".join(told) or ("всё выполнено" if entrusted or measures else "никому не поручено")


def _measure_order(row: MeasureRow) -> tuple[bool, date, int]:
    return (row.state != "open", row.due_on or date.max, row.id)


def _name(hand: Hand) -> str:
    return hand.name if hand.reachable else f"{hand.name} (нет контакта)"


def _usual_body(found: Card, visit: Visit) -> str:
    return (visit.desk.profile.body_of(found.row.topic) if found.row.topic else None) or ""


def _opened(typed: Fields) -> str:
    """Return which form was refused: it is shown open with what was typed."""
    return next((name for name in ("part", "outside", "measure") if f"{name}-form" in typed.values), "")
