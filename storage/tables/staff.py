"""Tables of staff: accounts, sessions, sign-in tries, saved filters, settings, keys of voices, the journal."""

from __future__ import annotations

import sqlalchemy as sa

from storage.moments import Moment
from storage.tables.base import Id, meta

staff = sa.Table(
    "staff",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name_shown", sa.Text, nullable=False),  # a post, not necessarily a person's name
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("blocks", sa.JSON, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("created_by", sa.BigInteger),
    sa.Column("last_shift_at", Moment),
)

session = sa.Table(
    "session",
    meta,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("staff_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("csrf", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
)

sign_in_try = sa.Table(
    "sign_in_try",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("login", sa.Text, nullable=False),
    sa.Column("address_hash", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("ok", sa.Boolean, nullable=False),
    sa.Index("ix_sign_in_try_login", "login", "at"),
    sa.Index("ix_sign_in_try_address_hash", "address_hash", "at"),
)

saved_filter = sa.Table(
    "saved_filter",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.UniqueConstraint("staff_id", "name"),
)

setting = sa.Table(
    "setting",
    meta,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
)

voice_key = sa.Table(
    "voice_key",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("sealed", sa.LargeBinary),  # NULL once the key is destroyed: its tokens can never be linked again
    sa.Column("from_at", Moment, nullable=False),
    sa.Column("until_at", Moment),
)

journal = sa.Table(
    "journal",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_staff", sa.BigInteger),  # NULL: the machine
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("after", sa.JSON, nullable=False),
    sa.Index("ix_journal_subject", "subject", "id"),
)
