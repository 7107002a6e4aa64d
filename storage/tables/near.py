"""Table of keys by which near copies find each other."""

from __future__ import annotations

import sqlalchemy as sa

from storage.tables.base import meta

# One row a key of a post and nothing else: on SQLite the primary key is the table itself, on PostgreSQL its index answers alone.
# No foreign key: a row that outlives its post is dropped by storage.forget and ignored by the look-up meanwhile.
post_key = sa.Table(
    "post_key",
    meta,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("posting", sa.BigInteger, primary_key=True, autoincrement=False),  # post id * 256 + size of its text
    sqlite_with_rowid=False,
)
