"""The full-text index over stems: FTS5 on SQLite, tsvector on PostgreSQL; the same words on both."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from storage.tables.base import meta

# Stems stand apart by spaces and hold no ASCII mark, so the plainest tokenizer splits them alike (and 8 us a post cheaper
# than unicode61); only equal words are asked for, so positions are not kept (detail).
# contentless: the text stands in `post` already; contentless_delete came with SQLite 3.43.
_SQLITE = "CREATE VIRTUAL TABLE post_words USING fts5(stems{options}, detail='none', tokenize='ascii')"
_POSTGRESQL = (
    "CREATE TABLE post_words (post_id BIGINT PRIMARY KEY, stems TSVECTOR NOT NULL)",
    "CREATE INDEX ix_post_words_stems ON post_words USING gin (stems)",
)


def words_ddl(connection: Any) -> tuple[str, ...]:
    """Return the statements that make the full-text index on this connection's database."""
    if connection.dialect.name == "postgresql":
        return _POSTGRESQL
    options = ", content='', contentless_delete=1" if connection.dialect.dbapi.sqlite_version_info >= (3, 43) else ""
    return (_SQLITE.format(options=options),)


@event.listens_for(meta, "after_create")
def _make_words(_target: sa.MetaData, connection: Any, **_kw: Any) -> None:
    """`meta.create_all` makes the index too, as the migration does."""
    for statement in words_ddl(connection):
        connection.exec_driver_sql(statement)
