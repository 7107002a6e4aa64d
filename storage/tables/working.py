"""Tables of the second half of the work on a risk: facts, parts, measures, answers, where they stand, the watch, the clocks."""

from __future__ import annotations

import sqlalchemy as sa

from storage.moments import Moment
from storage.tables.base import Id, meta

fact = sa.Table(
    "fact",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("risk_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),  # a key of the checklist, or the officer's own words
    sa.Column("whom", sa.Text, nullable=False),  # who or what says so
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("heard_at", Moment, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_staff", sa.BigInteger, nullable=False),
    sa.Column("withdrawn_at", Moment),  # a mistake is struck out, never erased
)

assignment = sa.Table(
    "assignment",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("risk_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("part", sa.Text, nullable=False),  # what of the problem; "" is all of it
    sa.Column("block", sa.Text),
    sa.Column("official", sa.Text),
    sa.Column("staff_id", sa.BigInteger, index=True),
    sa.Column("outside", sa.Text),  # a body outside the district: handed over and followed
    sa.Column("is_owner", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # open | done | returned | withdrawn
    sa.Column("due_at", Moment),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", sa.BigInteger, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("ended_by", sa.BigInteger),
    sa.Column("result", sa.Text, nullable=False, server_default=""),
)

measure = sa.Table(
    "measure",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("risk_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("answer_id", sa.BigInteger),  # the answer that promised it
    sa.Column("kind", sa.Text, nullable=False),  # taken | planned
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),  # who does it
    sa.Column("due_on", sa.Text),  # YYYY-MM-DD of the district; a promised date is a control item
    sa.Column("state", sa.Text, nullable=False),  # open | done | cancelled
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", sa.BigInteger, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("ended_by", sa.BigInteger),
    sa.Column("result", sa.Text, nullable=False, server_default=""),
    sa.Column("reminded_at", Moment),
    sa.Index("ix_measure_control", "state", "due_on"),
)

answer = sa.Table(
    "answer",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("risk_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),  # holding («проверяем») | answer | update
    sa.Column("template", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("platforms", sa.JSON, nullable=False),  # ids of sources and names of other places where it must stand
    sa.Column("state", sa.Text, nullable=False),  # draft | waiting | approved | returned | withdrawn
    sa.Column("findings", sa.JSON, nullable=False),  # what the check of the reply said when it was approved
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", sa.BigInteger, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("decided_at", Moment),
    sa.Column("decided_by", sa.BigInteger),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Index("ix_answer_state", "state", "risk_id"),
)

publication = sa.Table(
    "publication",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("risk_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("answer_id", sa.BigInteger, nullable=False),
    sa.Column("source_id", sa.Text),  # the platform of the risk that it covers
    sa.Column("place", sa.Text, nullable=False),  # its name in words
    sa.Column("place_kind", sa.Text, nullable=False),  # official | community | regional_media | federal_media
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # waiting | standing | changed | gone | unread | withdrawn
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("likeness", sa.Float),  # 0..100, how much of the answer was found there
    sa.Column("views", sa.BigInteger),  # NULL: unknown
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", sa.BigInteger, nullable=False),
    sa.Column("stood_at", Moment),  # first seen standing
    sa.Column("checked_at", Moment),
    sa.Column("next_check", Moment),  # NULL: never again
    sa.Column("checks", sa.Integer, nullable=False, server_default="0"),
    sa.Column("lease_until", Moment),
    sa.Index("ix_publication_next_check", "next_check"),
    sa.UniqueConstraint("risk_id", "url"),
)

publication_check = sa.Table(
    "publication_check",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("publication_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("likeness", sa.Float),
    sa.Column("views", sa.BigInteger),
    sa.Column("reason", sa.Text, nullable=False),
)

watch = sa.Table(
    "watch",
    meta,
    sa.Column("risk_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("quiet_since", Moment, nullable=False),  # the last moment at which something was not quiet
    sa.Column(
        "base", sa.JSON, nullable=False
    ),  # figures at the start: posts, sources, voices, views, negative, comments
    sa.Column("proposal", sa.Text, nullable=False),  # not_yet | worked_off | worse
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("figures", sa.JSON, nullable=False),
    sa.Column("looked_at", Moment, nullable=False),
    sa.Column("next_look", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Index("ix_watch_next_look", "ended_at", "next_look"),
)

deadline = sa.Table(
    "deadline",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("risk_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),  # verify | holding | first_line | next_update | final
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # running | paused | met | missed | cancelled
    sa.Column("warned_at", Moment),
    sa.Column("missed_at", Moment),
    sa.Column("ended_at", Moment),
    sa.Column("paused_at", Moment),
    sa.Column("pauses", sa.JSON, nullable=False),  # [{from, to, reason, by}]
    sa.Index("ix_deadline_running", "state", "due_at"),
)
