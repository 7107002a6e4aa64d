"""Tables of sources: the living list, platform accounts, runs of crawlers, refused items."""

from __future__ import annotations

import sqlalchemy as sa

from storage.moments import Moment
from storage.tables.base import Id, meta

source = sa.Table(
    "source",
    meta,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("every_s", sa.Float, nullable=False),
    sa.Column("expect_low", sa.Float),  # posts a day
    sa.Column("expect_high", sa.Float),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("approver", sa.Text, nullable=False),
    sa.Column("approved_at", Moment),
    sa.Column("account", sa.Text),
    sa.Column("territory", sa.Text),
    sa.Column("official", sa.Boolean, nullable=False),
    sa.Column("media", sa.Boolean, nullable=False),
    sa.Column("federal", sa.Boolean, nullable=False, server_default=sa.false()),  # a federal one of the media
    sa.Column("comments", sa.Boolean, nullable=False),
    sa.Column("options", sa.JSON, nullable=False),  # footers, series, mode, selectors
    sa.Column("state", sa.Text, nullable=False),  # active | paused | stopped | removed
    sa.Column("state_reason", sa.Text, nullable=False, server_default=""),
    sa.Column("state_by", sa.BigInteger),
    sa.Column("cursor", sa.JSON, nullable=False),
    sa.Column("next_due", Moment, nullable=False),
    sa.Column("lease_until", Moment),
    sa.Column("lease_owner", sa.Text),
    sa.Column("lease_token", sa.BigInteger, nullable=False, server_default="0"),  # grows with each claim: fencing
)

account = sa.Table(
    "account",
    meta,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the encrypted token or session
    sa.Column("can", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("next_slot", sa.Float, nullable=False, server_default="0"),  # seconds since 1970 by the database's clock
    sa.Column("gap", sa.Float, nullable=False),  # seconds between two requests
    sa.Column("stopped_until", Moment),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("checked_at", Moment),
)

run = sa.Table(
    "run",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source_id", sa.Text, nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("outcome", sa.Text, nullable=False),  # running | ok | partial | failed | stopped | killed
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("counts", sa.JSON, nullable=False),
    sa.Column(
        "owner", sa.Text, nullable=False, server_default=""
    ),  # host:pid, so that dead local runs are told from living
    sa.Index("ix_run_source_id", "source_id", "id"),
    sa.Index(
        "ix_run_running",
        "outcome",
        sqlite_where=sa.text("outcome = 'running'"),
        postgresql_where=sa.text("outcome = 'running'"),
    ),  # fmt: skip
)

quarantine = sa.Table(
    "quarantine",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source_id", sa.Text, nullable=False),
    sa.Column("run_id", sa.BigInteger),
    sa.Column("at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("item", sa.JSON, nullable=False),  # masked
    sa.Index("ix_quarantine_source_id", "source_id", "id"),
)
