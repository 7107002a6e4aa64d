"""Tables of risks: the risk with its axes, its sources, its hash-linked events, and the outbox of alert lines."""

from __future__ import annotations

import sqlalchemy as sa

from storage.moments import Moment
from storage.tables.base import Id, meta

_FILTERED = (
    "topic", "territory", "block", "last_seen", "updated_at", "owner_staff", "taken_by", "taken_until", "merged_into",
)  # fmt: skip

_OWNED, _TAKEN = sa.text("owner_staff IS NOT NULL"), sa.text("taken_by IS NOT NULL")

risk = sa.Table(
    "risk",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("veracity", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("level_machine", sa.SmallInteger, nullable=False),
    sa.Column("level_person", sa.SmallInteger),
    sa.Column("level_then", sa.SmallInteger),  # the machine's level when the person set theirs
    sa.Column(
        "level", sa.SmallInteger, nullable=False
    ),  # effective: the person's, until the machine sees more than then
    sa.Column("points", sa.Float, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("rule_set", sa.Text, nullable=False),
    sa.Column("topic", sa.Text),
    sa.Column("topics", sa.JSON, nullable=False),
    sa.Column("settlement", sa.Text),
    sa.Column("territory", sa.Text),
    sa.Column("block", sa.Text),
    sa.Column("official", sa.Text),
    sa.Column("route_by_person", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("emergency", sa.Boolean, nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("first_seen", Moment, nullable=False),
    sa.Column("last_seen", Moment, nullable=False),
    sa.Column("posts", sa.Integer, nullable=False),
    sa.Column("sources", sa.Integer, nullable=False),
    sa.Column("voices", sa.Integer),
    sa.Column("views", sa.BigInteger),
    sa.Column("growth", sa.Float),
    sa.Column("due_at", Moment, nullable=False),  # never NULL: the databases would order it differently
    sa.Column("taken_by", sa.BigInteger),
    sa.Column("taken_until", Moment),
    sa.Column("owner_staff", sa.BigInteger),
    sa.Column("merged_into", sa.BigInteger),
    sa.Column("closed_at", Moment),  # worked off or dismissed; NULL while open
    sa.Column("reopened", sa.Integer, nullable=False, server_default="0"),  # how many times it spread again
    sa.Column("follows", sa.BigInteger),  # an earlier risk of the same posts, closed too long ago to be reopened
    sa.Column("needs_cause", sa.Boolean, nullable=False, server_default=sa.false()),  # after a spread anew (G1 п. 18)
    sa.Column("cause", sa.Text, nullable=False, server_default=""),
    sa.Column("forecast", sa.Text, nullable=False, server_default=""),
    sa.Column("is_open", sa.Boolean, nullable=False),  # derived from state and merged_into
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    # The queue's order, and its counts, each with all that filters ask for: answered from the index alone. At 54,000 open
    # risks a page with counts takes 25 ms; through the rows of the table it took 100-220 ms.
    sa.Index(
        "ix_risk_queue",
        "is_open",
        sa.text("level DESC"),
        sa.text("emergency DESC"),
        "due_at",
        "id",
        "state",
        *_FILTERED,
    ),
    sa.Index("ix_risk_facets", "is_open", "level", "state", *_FILTERED),
    sa.Index("ix_risk_counts", "is_open", "level", "state"),
    sa.Index("ix_risk_updated_at", "updated_at"),
    # The chips «mine» and «since my last shift» are counted on every page: by these in 0.2 ms, by a walk of all in 4 ms.
    sa.Index("ix_risk_last_seen", "is_open", "last_seen", "merged_into"),
    sa.Index("ix_risk_owner_staff", "owner_staff", sqlite_where=_OWNED, postgresql_where=_OWNED),
    sa.Index("ix_risk_taken_by", "taken_by", sqlite_where=_TAKEN, postgresql_where=_TAKEN),
)

risk_source = sa.Table(
    "risk_source",
    meta,
    sa.Column("source_id", sa.Text, primary_key=True),
    sa.Column("risk_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Index("ix_risk_source_risk_id", "risk_id"),
    sqlite_with_rowid=False,
)

risk_event = sa.Table(
    "risk_event",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("risk_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_staff", sa.BigInteger),  # NULL: the machine
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("after", sa.JSON, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("prev_hash", sa.Text, nullable=False),  # "" for the first event of a risk
    sa.Column("hash", sa.Text, nullable=False),
)

outbox = sa.Table(
    "outbox",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),  # "risk:level:chat": the same news is told once
    sa.Column("chat", sa.Text, nullable=False),
    sa.Column("risk_id", sa.BigInteger, index=True),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # new | risen | …
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("sent_at", Moment),
    sa.Column("refused_at", Moment),  # the chat will never take it as it is: told to staff, not tried again by itself
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.Text),
    sa.Column("lease_until", Moment),
    sa.Column("lease_owner", sa.Text),
    sa.Index("ix_outbox_sent", "chat", "sent_at"),  # what a chat was told in the last minute
    sa.Index(
        "ix_outbox_unsent",
        "chat",
        "due_at",
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    ),  # fmt: skip
)

numbering = sa.Table(
    "numbering",
    meta,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("last", sa.Integer, nullable=False),
)
