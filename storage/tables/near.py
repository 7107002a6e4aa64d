"""Tables of keys by which near copies find each other: the big sorted one, and the newcomers on their way to it."""

from __future__ import annotations

import sqlalchemy as sa

from storage.tables.base import Id, meta

# One row a key of a post and nothing else: on SQLite the primary key is the table itself, on PostgreSQL its index answers alone.
# No foreign key: a row that outlives its post is dropped by storage.forget and ignored by the look-up meanwhile.
post_key = sa.Table(
    "post_key",
    meta,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("posting", sa.BigInteger, primary_key=True, autoincrement=False),  # post id * 256 + size of its text
    sqlite_with_rowid=False,
)

# Keys fall all over the big table: 1,000 keys of a page of posts would touch 1,000 pages of 4 KiB, and writing those took four
# fifths of the time of grouping at a million posts (170 of 220 us a post). So a batch is one row here, searched in memory
# (storage.find.fresh), and goes to the big table in bulk, sorted, a slice of the keys at a time (storage.keep.near).
post_key_fresh = sa.Table(
    "post_key_fresh",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column(
        "stamp", sa.BigInteger, nullable=False
    ),  # hash of `pairs`: tells a row from another that got its id after a rollback
    sa.Column("pairs", sa.LargeBinary, nullable=False),  # little-endian int64: all keys, then all postings
)

# Keys that have reached the big table, once more and in the order of their posts: one row a move (60,000 posts and more), 90 bytes a
# post, some 2 % of what a post takes. Ten million rows of the big table are fetched one by one in 60 s, these in one.
post_key_pack = sa.Table(
    "post_key_pack",
    meta,
    sa.Column("id", Id, primary_key=True),
    sa.Column("first_posting", sa.BigInteger, nullable=False),
    sa.Column("last_posting", sa.BigInteger, nullable=False),
    sa.Column("pairs", sa.LargeBinary, nullable=False),  # storage.find.packs
)

# At most one row: how far the newcomers up to `upto_id` have moved.
post_key_move = sa.Table(
    "post_key_move",
    meta,
    sa.Column("upto_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("upto_posting", sa.BigInteger, nullable=False),
    sa.Column("below_key", sa.BigInteger, nullable=False),
)
