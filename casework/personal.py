"""A proved contact of a member of staff as a chat of one person, so that personal words leave by the same road."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from district.profile import AlertChat, ChatKind
from storage.engine import Tx
from storage.find.chatting import ContactRow, contacts_by_id
from storage.find.outbox import PERSONAL
from storage.keep.chatting import change_contact

PREFIX = PERSONAL
PER_MINUTE = 20


def chat_of(contact: ContactRow) -> AlertChat:
    """Return a contact as a chat; MAX tells persons from chats by «user:»."""
    kind = ChatKind(contact.kind)
    address = f"user:{contact.address}" if kind is ChatKind.MAX else contact.address
    return AlertChat(
        f"{PREFIX}{contact.id}", f"лично: {contact.name_shown}", kind, address, from_level=1, per_minute=PER_MINUTE
    )


def personal_chats(tx: Tx, chat_ids: Iterable[str]) -> dict[str, AlertChat]:
    """Return the chats of contacts among these ids; a contact that was removed, or whose owner left, is not there."""
    numbers = [int(i.removeprefix(PREFIX)) for i in chat_ids if i.startswith(PREFIX)]
    found = contacts_by_id(tx, numbers) if numbers else {}
    return {chat.id: chat for chat in (chat_of(row) for row in found.values() if row.active)}


def note_contact(tx: Tx, chat_id: str, now: datetime, error: str = "") -> None:
    """Note beside a contact that its last message came through, or why it did not."""
    if chat_id.startswith(PREFIX):
        change_contact(tx, int(chat_id.removeprefix(PREFIX)), {"checked_at": now, "error": error[:300]})
