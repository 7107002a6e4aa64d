"""Who does which part of a risk: entrusted to a block, a post and a person, split with one owner, or handed over outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from casework.entrusted import is_theirs, require_here
from casework.errors import BadMove, UnknownSubject
from casework.measures import FURTHEST_DAYS, add_promises, end_measure, move_measure, record_measure
from casework.moves import LONGEST_NOTE, begin, finish, load, ready, reasoned
from casework.reminding import remind_measures
from casework.roles import NO_BLOCK, Act, Role, may
from casework.work import Work
from storage.engine import Tx
from storage.find.moves import RiskRow
from storage.find.working import AssignmentRow, Hand, assignment_by_id, assignments_of, hands
from storage.keep.working import add_assignment, close_assignment, set_owner

__all__ = [
    "ENDINGS", "HANDS", "add_promises", "assign", "end_assignment", "end_measure", "move_measure", "record_measure",
    "remind_measures",
]  # fmt: skip

ASSIGNED, ASSIGNMENT_ENDED, HANDED_OVER = "assigned", "assignment_ended", "handed_over"
ENDINGS: Mapping[str, str] = MappingProxyType(
    {"done": "выполнено", "returned": "возвращено без исполнения", "withdrawn": "поручение снято"}
)
"""How a part ends: code → words."""
HANDS = frozenset({Role.HEAD, Role.CURATOR, Role.COORDINATOR, Role.OFFICER, Role.BLOCK_LEAD, Role.EXECUTOR})
"""Work is entrusted to these roles; a technician keeps accounts and a reader only reads."""
MOST_PARTS = 30
"""A problem in more hands at once is in nobody's."""


def assign(
    work: Work,
    risk_id: int,
    version: int,
    *,
    part: str = "",
    block: str | None = None,
    official: str | None = None,
    staff_id: int | None = None,
    outside: str | None = None,
    due_at: datetime | None = None,
    is_owner: bool = False,
) -> int:
    """Entrust a risk or a part of it; return the new version of the risk.

    Inside the district it goes to a block and a post of the profile, a member of staff, or several of these at once; the
    post is the block's lead when neither post nor person is named. `outside` names a body that is not ours: it takes the part over, and
    `due_at` (aware) is when we ask again. Of the open parts inside exactly one is the owner's: the first, until another is
    entrusted with `is_owner`. Raises BadMove for what does not fit together or is not in the profile.
    """
    what, body = part.strip(), (outside or "").strip()
    if len(what) > LONGEST_NOTE or len(body) > LONGEST_NOTE:
        raise BadMove(f"Слишком длинно: часть и орган — не больше {LONGEST_NOTE} знаков каждый.")
    _refuse_mixed(work, bool(block or official or staff_id is not None), body, due_at, is_owner)
    post = _post(work, block or None, official or None, named=staff_id is not None)
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.ASSIGN)
        if not row.is_open:
            raise BadMove(f"Риск {row.number} закрыт. Откройте его повторно, чтобы поручать.")
        hand = None if staff_id is None else _hand(tx, staff_id)
        standing = [a for a in assignments_of(tx, row.id) if a.state == "open"]
        _refuse_again(standing, what, block or None, post, staff_id, body)
        owner = not body and (is_owner or not any(a.is_owner for a in standing))
        made = add_assignment(
            tx, row.id, part=what, block=block or None, official=post, staff_id=staff_id, outside=body or None,
            is_owner=False, due_at=due_at, at=work.now, by_staff=work.by.id or 0,
        )  # fmt: skip
        if owner:
            set_owner(tx, row.id, made)
        told = _told(what, block, post, hand, body, due_at) | ({"is_owner": True} if owner else {})
        values = _led_by(row, work, staff_id if owner else None)
        return finish(tx, work, row, HANDED_OVER if body else ASSIGNED, values, "", told)


def end_assignment(work: Work, risk_id: int, version: int, assignment_id: int, state: str, result: str) -> int:
    """End a part as one of ENDINGS with its result in words; return the new version of the risk.

    Who has the part may do it or return it; withdrawing needs the right to assign. When the owner's part ends, the
    earliest other open part inside the district becomes the owner's. Raises UnknownSubject for a part that this risk does
    not have, BadMove for one that has ended.
    """
    if state not in ENDINGS:
        raise BadMove(f"Поручение так не завершают: «{state}». Выберите: {', '.join(ENDINGS.values())}.")
    said = reasoned(result, "чем кончилось поручение")
    with work.store.write() as tx:
        row = load(tx, risk_id)
        found = assignment_by_id(tx, assignment_id)
        if found is None or found.risk_id != row.id:
            raise UnknownSubject(f"Поручения № {assignment_id} у риска {row.number} нет. Обновите карточку.")
        if state == "withdrawn" or not is_theirs(work.by, found):
            require_here(tx, work, row, Act.ASSIGN)
        ready(tx, work, row, version)
        if not close_assignment(tx, assignment_id, state, said, work.now, work.by.id or 0):
            raise BadMove("Это поручение уже завершено. Обновите карточку.")
        told: dict[str, Any] = {"ending": ENDINGS[state], "part": found.part} | _hands_told(found)
        if found.is_owner:
            told |= _pass_on(tx, row)
        return finish(tx, work, row, ASSIGNMENT_ENDED, {}, said, told)


def may_end(work: Work, row_block: str | None, part: AssignmentRow) -> bool:
    """Return whether this person may end a part: it is in their hands, or they assign in this block."""
    return is_theirs(work.by, part) or may(work.by, Act.ASSIGN, row_block or NO_BLOCK)


def _refuse_mixed(work: Work, inside: bool, outside: str, due_at: datetime | None, is_owner: bool) -> None:
    if inside == bool(outside):
        raise BadMove("Выберите, кому: блоку, должности или сотруднику округа — либо органу вне округа, но не обоим.")
    if due_at is not None and due_at <= work.now:
        raise BadMove("Срок уже прошёл. Укажите день и час, которые ещё впереди.")
    if due_at is not None and due_at > work.now + timedelta(days=FURTHEST_DAYS):
        raise BadMove("Срок слишком далеко. Проверьте год.")
    if outside and due_at is None:
        raise BadMove("Укажите, когда спросить снова: переданное вне округа остаётся на контроле.")
    if outside and is_owner:
        raise BadMove("Ответственным остаётся округ: орган вне округа ведёт часть, а не весь риск.")


def _post(work: Work, block: str | None, official: str | None, *, named: bool) -> str | None:
    """Return the post: the one chosen; else the lead of the block, unless a person is named."""
    found = next((b for b in work.profile.blocks if b.id == block), None)
    if block is not None and found is None:
        raise BadMove(f"Блока «{block}» нет в профиле округа. Выберите из списка.")
    if official is not None and all(o.id != official for o in work.profile.officials):
        raise BadMove(f"Должности «{official}» нет в профиле округа. Выберите из списка.")
    return official or (found.lead if found and not named else None)


def _hand(tx: Tx, staff_id: int) -> Hand:
    found = next((h for h in hands(tx) if h.id == staff_id), None)
    if found is None:
        raise BadMove("Такого действующего сотрудника нет. Выберите из списка.")
    if not HANDS & set(found.roles):
        raise BadMove(f"{found.name}: эта роль не работает с рисками. Поручите другому или измените роль.")
    return found


def _refuse_again(
    standing: list[AssignmentRow], part: str, block: str | None, post: str | None, staff_id: int | None, outside: str
) -> None:
    if len(standing) >= MOST_PARTS:
        raise BadMove(f"Открытых поручений уже {MOST_PARTS}. Завершите лишние.")
    same = (part, block, post, staff_id, outside or None)
    if any((a.part, a.block, a.official, a.staff_id, a.outside) == same for a in standing):
        raise BadMove("Это уже поручено тем же. Завершите прежнее поручение или назовите другую часть.")


def _led_by(row: RiskRow, work: Work, staff_id: int | None) -> dict[str, Any]:
    """Return who leads the risk from now on: the owner's person; else who entrusted it, when nobody led it before."""
    led = staff_id or row.owner_staff or work.by.id
    return {} if led == row.owner_staff else {"owner_staff": led}


def _told(
    part: str, block: str | None, post: str | None, hand: Hand | None, outside: str, due_at: datetime | None
) -> dict[str, Any]:
    """Return what the history says of an entrusted part; what is not said is left out."""
    told = {
        "part": part, "block": block, "official": post, "person": hand and hand.name, "outside": outside,
        "due_at": due_at,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}


def _hands_told(part: AssignmentRow) -> dict[str, Any]:
    told = {"block": part.block, "official": part.official, "outside": part.outside}
    return {name: value for name, value in told.items() if value}


def _pass_on(tx: Tx, row: RiskRow) -> dict[str, Any]:
    """Make the earliest open part inside the owner's, and say whose it is."""
    left = [a for a in assignments_of(tx, row.id) if a.state == "open" and a.outside is None]
    set_owner(tx, row.id, left[0].id if left else None)
    return {"owner_block": left[0].block} if left and left[0].block else {}
