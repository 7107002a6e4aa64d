"""Contacts of staff, shifts of duty, sent messages and presses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import chat_message, contact, duty, press, risk, staff


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One contact of a member of staff."""

    id: int
    staff_id: int
    kind: str
    address: str
    """The bot's id of the person or the e-mail; for a messenger not yet proved only a stand-in."""
    code: str | None
    made_at: datetime
    confirmed_at: datetime | None
    checked_at: datetime | None
    error: str
    login: str
    name_shown: str
    active: bool


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One shift of duty; `until_at` itself is not in it."""

    id: int
    staff_id: int
    name: str
    from_at: datetime
    until_at: datetime
    instead_of: int | None
    note: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A sent message that tells of one risk."""

    id: int
    chat: str
    risk_id: int
    remote_id: str
    sent_at: datetime
    shown: str
    edited_at: datetime | None
    edit_due: datetime | None


@dataclass(frozen=True, slots=True)
class PressRow:
    """A press of a button and what came of it."""

    key: str
    risk_id: int | None
    staff_id: int | None
    act: str
    outcome: str
    said: str


_CONTACT = (*(contact.c[n] for n in ContactRow.__slots__[:9]), staff.c.login, staff.c.name_shown, staff.c.active)
_CONTACTS = sa.select(*_CONTACT).join(staff, staff.c.id == contact.c.staff_id).order_by(contact.c.id)


def contacts_of(tx: Tx, staff_ids: Sequence[int]) -> tuple[ContactRow, ...]:
    """Return the contacts of members of staff, proved or not, the oldest first."""
    return tuple(ContactRow(*row) for row in tx.execute(_CONTACTS.where(contact.c.staff_id.in_(staff_ids))))


def contacts_by_id(tx: Tx, contact_ids: Sequence[int]) -> dict[int, ContactRow]:
    """Return contacts by id."""
    rows = tx.execute(_CONTACTS.where(contact.c.id.in_(contact_ids)))
    return {row.id: ContactRow(*row) for row in rows}


def contact_at(tx: Tx, kind: str, address: str) -> ContactRow | None:
    """Return the contact with an address, proved or not."""
    row = tx.execute(_CONTACTS.where(contact.c.kind == kind, contact.c.address == address)).one_or_none()
    return None if row is None else ContactRow(*row)


def contact_of_code(tx: Tx, kind: str, code: str) -> ContactRow | None:
    """Return the contact that waits for a code, or None."""
    row = tx.execute(_CONTACTS.where(contact.c.kind == kind, contact.c.code == code)).first()
    return None if row is None else ContactRow(*row)


def reachable_staff(tx: Tx) -> frozenset[int]:
    """Return who has at least one proved contact that did not fail the last time."""
    query = sa.select(contact.c.staff_id).where(contact.c.confirmed_at.is_not(None), contact.c.error == "")
    return frozenset(tx.execute(query).scalars())


def shifts(tx: Tx, since: datetime, until: datetime) -> tuple[ShiftRow, ...]:
    """Return the standing shifts that touch a time, by their beginning."""
    query = (
        sa.select(
            duty.c.id, duty.c.staff_id, staff.c.name_shown, duty.c.from_at, duty.c.until_at, duty.c.instead_of, duty.c.note
        )
        .join(staff, staff.c.id == duty.c.staff_id)
        .where(duty.c.until_at > since, duty.c.from_at < until, duty.c.withdrawn_at.is_(None), staff.c.active)
        .order_by(duty.c.from_at, duty.c.id)
    )  # fmt: skip
    return tuple(ShiftRow(*row) for row in tx.execute(query))


_MESSAGE = tuple(chat_message.c[name] for name in MessageRow.__slots__)


def messages_to_look(tx: Tx, since: datetime, limit: int = 500) -> tuple[MessageRow, ...]:
    """Return the newest message of each risk and chat, sent after a moment, whose risk has changed since it was told."""
    newer = chat_message.alias()
    told = sa.func.coalesce(chat_message.c.edited_at, chat_message.c.sent_at)
    query = (
        sa.select(*_MESSAGE)
        .join(risk, risk.c.id == chat_message.c.risk_id)
        .where(
            chat_message.c.sent_at > since,
            chat_message.c.edit_due.is_(None),
            chat_message.c.error == "",
            risk.c.updated_at > told,
            ~sa.exists().where(
                newer.c.risk_id == chat_message.c.risk_id, newer.c.chat == chat_message.c.chat, newer.c.id > chat_message.c.id
            ),
        )
        .order_by(risk.c.updated_at.desc(), chat_message.c.id)
        .limit(limit)
    )  # fmt: skip
    return tuple(MessageRow(*row) for row in tx.execute(query))


def messages_by_id(tx: Tx, message_ids: Sequence[int]) -> tuple[MessageRow, ...]:
    """Return sent messages."""
    rows = tx.execute(sa.select(*_MESSAGE).where(chat_message.c.id.in_(message_ids)).order_by(chat_message.c.id))
    return tuple(MessageRow(*row) for row in rows)


def edits_waiting(tx: Tx, now: datetime) -> bool:
    """Tell whether the edit of any message is due."""
    query = sa.select(chat_message.c.id).where(chat_message.c.edit_due <= now).limit(1)
    return tx.execute(query).first() is not None


def press_of(tx: Tx, key: str) -> PressRow | None:
    """Return a press by the platform's id, or None when it was not seen yet."""
    row = tx.execute(sa.select(*(press.c[n] for n in PressRow.__slots__)).where(press.c.key == key)).one_or_none()
    return None if row is None else PressRow(*row)
