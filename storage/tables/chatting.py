"""Tables of the alert chats for people: contacts, duty, silences, sent messages, pressed buttons, escalations."""

from __future__ import annotations

import sqlalchemy as sa

from storage.moments import Moment
from storage.tables.base import Id, meta

contact = sa.Table(
    "contact",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("staff_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),  # telegram | max | email
    sa.Column("address", sa.Text, nullable=False),  # the bot's id of this member of staff, or the e-mail
    sa.Column("code", sa.Text),  # sent back by the person to prove the contact; NULL when it is proved
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("confirmed_at", Moment),
    sa.Column("checked_at", Moment),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("kind", "address"),
)

duty = sa.Table(
    "duty",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("from_at", Moment, nullable=False),
    sa.Column("until_at", Moment, nullable=False),
    sa.Column("instead_of", sa.BigInteger),  # whom this member of staff stands in for
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", sa.BigInteger, nullable=False),
    sa.Column("withdrawn_at", Moment),
    sa.Index("ix_duty_until_at", "until_at"),
)

silence = sa.Table(
    "silence",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("risk_id", sa.BigInteger, index=True),  # exactly one of risk_id and topic
    sa.Column("topic", sa.Text),
    sa.Column("chat", sa.Text),  # NULL: all chats
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", sa.BigInteger, nullable=False),
    sa.Column("until_at", Moment),  # NULL only together with until_grows
    sa.Column("until_grows", sa.Boolean, nullable=False),
    sa.Column("base", sa.JSON, nullable=False),  # level, posts, views when it began
    sa.Column("ended_at", Moment),
    sa.Column("ended_by", sa.BigInteger),
    sa.Column("ended_why", sa.Text, nullable=False, server_default=""),
    sa.Index("ix_silence_ended_at", "ended_at"),
)

chat_message = sa.Table(
    "chat_message",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("chat", sa.Text, nullable=False),
    sa.Column("risk_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("remote_id", sa.Text, nullable=False),  # the platform's id of the message
    sa.Column("sent_at", Moment, nullable=False),
    sa.Column("shown", sa.Text, nullable=False),  # hash of what it says now
    sa.Column("edit_due", Moment),
    sa.Column("edited_at", Moment),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.Column("lease_until", Moment),
    sa.Index("ix_chat_message_edit_due", "edit_due"),
    sa.UniqueConstraint("chat", "remote_id"),
)

press = sa.Table(
    "press",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),  # the platform's id of the press: each is obeyed once
    sa.Column("chat", sa.Text, nullable=False),
    sa.Column("risk_id", sa.BigInteger, index=True),
    sa.Column("staff_id", sa.BigInteger),  # NULL: nobody of ours, refused
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),  # done | refused
    sa.Column("said", sa.Text, nullable=False),
)

escalation = sa.Table(
    "escalation",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("risk_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("step", sa.SmallInteger, nullable=False),
    sa.Column("staff_id", sa.BigInteger),
    sa.Column("at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),  # nobody took it by then: the next step
    sa.Column("ended_at", Moment),
    sa.Column("why", sa.Text, nullable=False, server_default=""),
    sa.Index("ix_escalation_open", "ended_at", "due_at"),
)
