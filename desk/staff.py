"""Staff accounts: the technician makes them, gives roles and blocks, switches them off, resets passwords shown once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import accounts
from casework.accounts import OneTime
from casework.errors import BadMove, UnknownSubject
from casework.journal_words import journal_label
from casework.roles import BOUND_TO_BLOCK, ROLES, Act, Role
from desk.forms import Fields
from desk.visit import Needs, Visit
from storage.find.accounts import journal_lines
from storage.find.staff import StaffRow, staff_by_id, staff_list

router = APIRouter()
Managing = Annotated[Visit, Depends(Needs(Act.MANAGE_STAFF))]


@router.get("/staff")
def show(visit: Managing) -> Response:
    """List the accounts."""
    return _list(visit)


@router.post("/staff/add")
def add(visit: Managing) -> Response:
    """Make an account and show its one-time password, this once."""
    fields = visit.fields
    try:
        made = accounts.add_staff(
            visit.work, fields.text("login"), fields.text("name_shown"), fields.all("role"), fields.all("block")
        )
    except BadMove as e:
        return _list(visit, str(e), fields)
    return _once(visit, made, "Учётная запись создана")


@router.get("/staff/{staff_id}")
def one(staff_id: int, visit: Managing) -> Response:
    """Show one account."""
    return _one(visit, staff_id)


@router.post("/staff/{staff_id}/change")
def change(staff_id: int, visit: Managing) -> Response:
    """Change the shown name, roles and blocks."""
    fields = visit.fields

    def do() -> None:
        accounts.change_staff(visit.work, staff_id, fields.text("name_shown"), fields.all("role"), fields.all("block"))

    return _do(visit, staff_id, do, "Изменено. Действует со следующей страницы сотрудника.")


@router.post("/staff/{staff_id}/off")
def switch_off(staff_id: int, visit: Managing) -> Response:
    """Switch an account off."""
    return _do(
        visit, staff_id, lambda: accounts.switch_off(visit.work, staff_id), "Выключена: вход закрыт, история цела."
    )


@router.post("/staff/{staff_id}/on")
def switch_on(staff_id: int, visit: Managing) -> Response:
    """Switch an account on again."""
    return _password(visit, staff_id, lambda: accounts.switch_on(visit.work, staff_id), "Учётная запись включена")


@router.post("/staff/{staff_id}/reset")
def reset(staff_id: int, visit: Managing) -> Response:
    """Give a new one-time password."""
    return _password(visit, staff_id, lambda: accounts.reset_password(visit.work, staff_id), "Пароль сброшен")


def _do(visit: Visit, staff_id: int, do: Callable[[], object], told: str) -> Response:
    try:
        do()
    except BadMove as e:
        return _one(visit, staff_id, str(e))
    return visit.go(f"/staff/{staff_id}", told)


def _password(visit: Visit, staff_id: int, do: Callable[[], OneTime], heading: str) -> Response:
    try:
        made = do()
    except BadMove as e:
        return _one(visit, staff_id, str(e))
    return _once(visit, made, heading)


def _once(visit: Visit, made: OneTime, heading: str) -> Response:
    return visit.page("once.html", made=made, heading=heading)


def _list(visit: Visit, trouble: str = "", typed: Fields | None = None) -> Response:
    with visit.desk.store.read() as tx:
        rows = staff_list(tx)
    return visit.page(
        "staff.html", 422 if trouble else 200, rows=rows, trouble=trouble, typed=typed or Fields(), **_choices(visit)
    )


def _one(visit: Visit, staff_id: int, trouble: str = "") -> Response:
    with visit.desk.store.read() as tx:
        row = staff_by_id(tx, staff_id) if 0 < staff_id < 2**63 else None
        lines = journal_lines(tx, f"staff:{staff_id}", limit=30)
    if row is None:
        raise UnknownSubject(f"Учётной записи № {staff_id} нет. Обновите список сотрудников.")
    return visit.page(
        "staff_one.html", 422 if trouble else 200, row=row, trouble=trouble, lines=lines, journal=journal_label,
        typed=visit.fields if trouble else _as_typed(row), myself=row.id == visit.me.id, **_choices(visit),
    )  # fmt: skip


def _as_typed(row: StaffRow) -> Fields:
    return Fields({"name_shown": (row.name_shown,), "role": row.roles, "block": row.blocks})


def _choices(visit: Visit) -> dict[str, object]:
    return {
        "roles": [(role.value, role.label, role.duty, role in BOUND_TO_BLOCK) for role in Role],
        "role_names": ROLES,
        "blocks": [(b.id, b.name) for b in visit.desk.profile.blocks],
    }
