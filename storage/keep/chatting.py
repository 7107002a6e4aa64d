"""Writes what people and chats say to each other: contacts, shifts, silences, sent messages, presses, escalations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import chat_message, contact, duty, escalation, press, silence


def add_contact(tx: Tx, staff_id: int, kind: str, address: str, code: str, now: datetime) -> int:
    """Write a contact that waits for its code; return its id."""
    row = {"staff_id": staff_id, "kind": kind, "address": address, "code": code, "made_at": now}
    return int(tx.execute(sa.insert(contact).values(row).returning(contact.c.id)).scalar_one())


def change_contact(tx: Tx, contact_id: int, values: dict[str, Any]) -> None:
    """Change columns of a contact."""
    tx.execute(sa.update(contact).where(contact.c.id == contact_id).values(values))


def drop_contact(tx: Tx, contact_id: int) -> None:
    """Forget a contact wholly: the address is the person's own."""
    tx.execute(sa.delete(contact).where(contact.c.id == contact_id))


def add_shift(
    tx: Tx, staff_id: int, from_at: datetime, until_at: datetime, instead_of: int | None, note: str, by: int, now: datetime
) -> int:  # fmt: skip
    """Write a shift of duty; return its id."""
    row = {"staff_id": staff_id, "from_at": from_at, "until_at": until_at, "instead_of": instead_of, "note": note}
    query = sa.insert(duty).values(row | {"made_at": now, "made_by": by}).returning(duty.c.id)
    return int(tx.execute(query).scalar_one())


def withdraw_shift(tx: Tx, shift_id: int, now: datetime) -> bool:
    """Strike out a shift; False when there is none or it was struck out already."""
    query = sa.update(duty).where(duty.c.id == shift_id, duty.c.withdrawn_at.is_(None)).values(withdrawn_at=now)
    return bool(tx.execute(query).rowcount)


def add_silence(tx: Tx, values: dict[str, Any]) -> int:
    """Write a silence (columns of its table); return its id."""
    return int(tx.execute(sa.insert(silence).values(values).returning(silence.c.id)).scalar_one())


def end_silence(tx: Tx, silence_id: int, by: int | None, why: str, now: datetime) -> bool:
    """End a silence; False when it has ended already."""
    query = sa.update(silence).where(silence.c.id == silence_id, silence.c.ended_at.is_(None))
    return bool(tx.execute(query.values(ended_at=now, ended_by=by, ended_why=why)).rowcount)


def add_message(tx: Tx, chat: str, risk_id: int, remote_id: str, shown: str, now: datetime) -> None:
    """Remember the platform's id of a message that tells of one risk; a known one stays as it is."""
    known = sa.select(chat_message.c.id).where(chat_message.c.chat == chat, chat_message.c.remote_id == remote_id)
    if tx.execute(known).first() is None:
        row = {"chat": chat, "risk_id": risk_id, "remote_id": remote_id, "sent_at": now, "shown": shown}
        tx.execute(sa.insert(chat_message).values(row))


def want_edits(tx: Tx, message_ids: Sequence[int], at: datetime) -> None:
    """Note when messages are to be brought up to date."""
    tx.execute(sa.update(chat_message).where(chat_message.c.id.in_(message_ids)).values(edit_due=at))


def claim_edits(tx: Tx, now: datetime, lease: timedelta, limit: int) -> list[int]:
    """Lease messages whose edit is due; return their ids."""
    free = sa.or_(chat_message.c.lease_until.is_(None), chat_message.c.lease_until <= now)
    pick = sa.select(chat_message.c.id).where(chat_message.c.edit_due <= now, free).order_by(chat_message.c.edit_due)
    query = sa.update(chat_message).where(chat_message.c.id.in_(pick.limit(limit))).values(lease_until=now + lease)
    return sorted(tx.execute(query.returning(chat_message.c.id)).scalars())


def note_edit(tx: Tx, message_id: int, shown: str, now: datetime) -> None:
    """Note what a message says now."""
    done = {"shown": shown, "edited_at": now, "edit_due": None, "lease_until": None, "error": ""}
    tx.execute(sa.update(chat_message).where(chat_message.c.id == message_id).values(done))


def put_off_edit(tx: Tx, message_id: int, error: str, again: datetime | None) -> None:
    """Note why a message could not be changed, and when to try again (None: never)."""
    values = {"error": error[:500], "edit_due": again, "lease_until": None}
    tx.execute(sa.update(chat_message).where(chat_message.c.id == message_id).values(values))


def add_press(
    tx: Tx, key: str, chat: str, risk_id: int | None, staff_id: int | None, act: str, outcome: str, said: str, at: datetime
) -> None:  # fmt: skip
    """Write down a press with what came of it; IntegrityError when its key stands already."""
    row = {"key": key, "chat": chat, "risk_id": risk_id, "staff_id": staff_id, "act": act, "at": at}
    tx.execute(sa.insert(press).values(row | {"outcome": outcome, "said": said}))


def add_step(
    tx: Tx, risk_id: int, level: int, step: int, staff_id: int | None, now: datetime, due_at: datetime, why: str
) -> None:
    """Write a step of an escalation."""
    row = {"risk_id": risk_id, "level": level, "step": step, "staff_id": staff_id, "at": now}
    tx.execute(sa.insert(escalation).values(row | {"due_at": due_at, "why": why}))


def end_steps(tx: Tx, risk_ids: Sequence[int], why: str, now: datetime) -> int:
    """End the open steps of risks; return how many."""
    query = sa.update(escalation).where(escalation.c.risk_id.in_(risk_ids), escalation.c.ended_at.is_(None))
    return int(tx.execute(query.values(ended_at=now, why=why)).rowcount)
