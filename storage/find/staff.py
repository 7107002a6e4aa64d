"""Staff accounts, their sessions, their saved filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import saved_filter, session, staff


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One staff account."""

    id: int
    login: str
    name_shown: str
    password_hash: str
    roles: tuple[str, ...]
    blocks: tuple[str, ...]
    active: bool
    must_change: bool
    created_at: datetime
    created_by: int | None
    last_shift_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One living session with its member of staff."""

    token_hash: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    staff: StaffRow


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter of the queue that a member of staff saved."""

    id: int
    name: str
    query: str
    """The query string of the queue page."""


def _staff_row(row: Any) -> StaffRow:
    return StaffRow(
        id=row.id, login=row.login, name_shown=row.name_shown, password_hash=row.password_hash,
        roles=tuple(row.roles), blocks=tuple(row.blocks), active=bool(row.active), must_change=bool(row.must_change),
        created_at=row.created_at, created_by=row.created_by, last_shift_at=row.last_shift_at,
    )  # fmt: skip


def staff_list(tx: Tx) -> tuple[StaffRow, ...]:
    """Return all accounts by login, inactive ones too."""
    return tuple(_staff_row(r) for r in tx.execute(sa.select(staff).order_by(staff.c.login)))


def staff_by_login(tx: Tx, login: str) -> StaffRow | None:
    """Return the account with this login, or None."""
    row = tx.execute(sa.select(staff).where(staff.c.login == login)).one_or_none()
    return None if row is None else _staff_row(row)


def staff_by_id(tx: Tx, staff_id: int) -> StaffRow | None:
    """Return the account with this id, or None."""
    row = tx.execute(sa.select(staff).where(staff.c.id == staff_id)).one_or_none()
    return None if row is None else _staff_row(row)


def session_staff(tx: Tx, token_hash: str, now: datetime) -> SessionRow | None:
    """Return the session of a token's hash with its active member of staff; None when unknown or expired."""
    query = (
        sa.select(
            session.c.token_hash, session.c.csrf, session.c.created_at.label("began"), session.c.seen_at,
            session.c.expires_at, *staff.c,
        )
        .join(staff, staff.c.id == session.c.staff_id)
        .where(session.c.token_hash == token_hash, session.c.expires_at > now, staff.c.active)
    )  # fmt: skip
    row = tx.execute(query).one_or_none()
    if row is None:
        return None
    return SessionRow(row.token_hash, row.csrf, row.began, row.seen_at, row.expires_at, _staff_row(row))


def saved_filters(tx: Tx, staff_id: int) -> tuple[SavedFilter, ...]:
    """Return the saved filters of a member of staff by name."""
    query = sa.select(saved_filter).where(saved_filter.c.staff_id == staff_id).order_by(saved_filter.c.name)
    return tuple(SavedFilter(r.id, r.name, r.query) for r in tx.execute(query))
