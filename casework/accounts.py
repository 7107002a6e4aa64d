"""Staff accounts: who works here, in which roles and blocks; the first account with a one-time password."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from casework.errors import BadMove, UnknownSubject
from casework.passwords import hash_password, one_time_password
from casework.roles import BOUND_TO_BLOCK, ROLES, Act, Role, require
from casework.sign_in import Session, SignedIn, change_password, plain_login, session_of, sign_in, sign_out, staff_of
from casework.work import MACHINE, Staff, Work
from storage.engine import Tx
from storage.find.staff import StaffRow, staff_by_id, staff_by_login, staff_list
from storage.keep.journal import add_journal
from storage.keep.staff import add_staff as write_staff
from storage.keep.staff import change_staff as write_change
from storage.keep.staff import end_sessions

__all__ = [
    "OneTime", "Session", "SignedIn", "add_staff", "change_password", "change_staff", "first_account", "note_shift",
    "reset_password", "session_of", "sign_in", "sign_out", "switch_off", "switch_on",
]  # fmt: skip

FIRST_LOGIN = "admin"
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,31}")


@dataclass(frozen=True, slots=True)
class OneTime:
    """A password that was just made: shown once, stored nowhere, changed at the first sign-in."""

    staff: Staff
    password: str

    @property
    def staff_id(self) -> int:
        """Id of the account."""
        return self.staff.id or 0

    @property
    def login(self) -> str:
        """Login of the account."""
        return self.staff.login


def first_account(
    work: Work, login: str = FIRST_LOGIN, roles: Iterable[str] = (Role.HEAD, Role.TECHNICIAN)
) -> OneTime | None:
    """Make the first account when there is none at all and return its one-time password; None when accounts exist."""
    password = one_time_password()
    hashed = hash_password(password)
    with work.store.write() as tx:
        if staff_list(tx):
            return None
        made = _write(tx, work, MACHINE.id, login, "Первая учётная запись", tuple(roles), (), hashed)
    return OneTime(made, password)


def add_staff(work: Work, login: str, name_shown: str, roles: Iterable[str], blocks: Iterable[str] = ()) -> OneTime:
    """Make an account and return its one-time password; BadMove names what is wrong with login, roles or blocks."""
    require(work.by, Act.MANAGE_STAFF)
    name = plain_login(login)
    wanted, own = _checked_roles(work, roles, blocks)
    if not _LOGIN.fullmatch(name):
        raise BadMove(
            f"Логин «{login.strip()[:64]}» не годится: 3-32 знака, латинские буквы, цифры, точка, дефис, подчёркивание."
        )
    shown = _checked_name(name_shown)
    password = one_time_password()
    hashed = hash_password(password)
    with work.store.write() as tx:
        if staff_by_login(tx, name) is not None:
            raise BadMove(f"Логин «{name}» уже занят. Возьмите другой или измените существующую учётную запись.")
        made = _write(tx, work, work.by.id, name, shown, wanted, own, hashed)
    return OneTime(made, password)


def change_staff(work: Work, staff_id: int, name_shown: str, roles: Iterable[str], blocks: Iterable[str] = ()) -> None:
    """Change name, roles and blocks of an account; they hold from the next request of its sessions."""
    require(work.by, Act.MANAGE_STAFF)
    wanted, own = _checked_roles(work, roles, blocks)
    shown = _checked_name(name_shown)
    with work.store.write() as tx:
        row = _row(tx, staff_id)
        if Role.TECHNICIAN not in wanted:
            _keep_a_technician(tx, row)
        write_change(tx, staff_id, {"name_shown": shown, "roles": list(wanted), "blocks": list(own)})
        before = {"name_shown": row.name_shown, "roles": list(row.roles), "blocks": list(row.blocks)}
        after = {"name_shown": shown, "roles": list(wanted), "blocks": list(own)}
        add_journal(tx, work.now, work.by.id, "staff.changed", f"staff:{staff_id}", before, after)


def switch_off(work: Work, staff_id: int) -> None:
    """Switch an account off: it is out at once, its history stays."""
    require(work.by, Act.MANAGE_STAFF)
    with work.store.write() as tx:
        row = _row(tx, staff_id)
        _keep_a_technician(tx, row)
        write_change(tx, staff_id, {"active": False})
        ended = end_sessions(tx, staff_id)
        add_journal(tx, work.now, work.by.id, "staff.switched_off", f"staff:{staff_id}", {"active": row.active}, {"active": False, "sessions_ended": ended})  # fmt: skip


def switch_on(work: Work, staff_id: int) -> OneTime:
    """Switch an account on again, with a new one-time password."""
    return _new_password(work, staff_id, "staff.switched_on")


def reset_password(work: Work, staff_id: int) -> OneTime:
    """Give an account a new one-time password and end its sessions."""
    return _new_password(work, staff_id, "staff.password_reset")


def note_shift(work: Work) -> datetime | None:
    """Note that `work.by` begins a shift now; return when the last one began, for «since my last shift»."""
    if work.by.id is None:
        return None
    with work.store.write() as tx:
        row = _row(tx, work.by.id)
        write_change(tx, row.id, {"last_shift_at": work.now})
    return row.last_shift_at


def _new_password(work: Work, staff_id: int, what: str) -> OneTime:
    require(work.by, Act.MANAGE_STAFF)
    password = one_time_password()
    hashed = hash_password(password)
    with work.store.write() as tx:
        row = _row(tx, staff_id)
        if what == "staff.password_reset" and not row.active:
            raise BadMove(f"Учётная запись «{row.login}» выключена. Сначала включите её: пароль появится вместе с ней.")
        write_change(tx, staff_id, {"password_hash": hashed, "must_change": True, "active": True})
        end_sessions(tx, staff_id)
        add_journal(tx, work.now, work.by.id, what, f"staff:{staff_id}", {"active": row.active}, {"active": True})
    return OneTime(staff_of(row), password)


def _write(
    tx: Tx,
    work: Work,
    by: int | None,
    login: str,
    shown: str,
    roles: tuple[str, ...],
    blocks: tuple[str, ...],
    hashed: str,
) -> Staff:
    told = {"login": login, "name_shown": shown, "roles": [str(role) for role in roles], "blocks": list(blocks)}
    secret = {"password_hash": hashed, "active": True, "must_change": True, "created_at": work.now, "created_by": by}
    staff_id = write_staff(tx, told | secret)
    add_journal(tx, work.now, by, "staff.added", f"staff:{staff_id}", None, told)
    return Staff(staff_id, login, shown, frozenset(str(role) for role in roles), blocks)


def _row(tx: Tx, staff_id: int) -> StaffRow:
    row = staff_by_id(tx, staff_id)
    if row is None:
        raise UnknownSubject(f"Учётной записи № {staff_id} нет. Обновите список сотрудников.")
    return row


def _checked_name(name_shown: str) -> str:
    shown = " ".join(name_shown.split())
    if not 2 <= len(shown) <= 120:
        raise BadMove("Укажите, как показывать сотрудника в истории: должность или имя, от 2 до 120 знаков.")
    return shown


def _checked_roles(work: Work, roles: Iterable[str], blocks: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return roles and blocks in the order of the table and the profile; BadMove names every stranger."""
    asked, own = {str(role) for role in roles}, set(blocks)
    known = {block.id: block.name for block in work.profile.blocks}
    strangers = sorted(asked - set(ROLES)) + sorted(own - set(known))
    if strangers:
        raise BadMove(
            f"Неизвестно: {', '.join(strangers)}. Роли: {', '.join(ROLES)}; блоки: {', '.join(known) or 'нет'}."
        )
    if not asked:
        raise BadMove("Выберите хотя бы одну роль: без роли учётная запись ничего не может.")
    if asked & BOUND_TO_BLOCK and not own:
        raise BadMove("Руководителю блока и исполнителю нужен хотя бы один отраслевой блок.")
    return tuple(role for role in ROLES if role in asked), tuple(block for block in known if block in own)


def _keep_a_technician(tx: Tx, leaving: StaffRow) -> None:
    """Without a technician nobody could ever make an account again."""
    others = [row for row in staff_list(tx) if row.active and row.id != leaving.id and Role.TECHNICIAN in row.roles]
    if Role.TECHNICIAN in leaving.roles and leaving.active and not others:
        raise BadMove(
            f"«{leaving.login}» — последний технический специалист. Сначала дайте эту роль другому сотруднику."
        )
