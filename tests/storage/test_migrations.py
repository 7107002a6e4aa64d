"""What the migrations make is what the tables declare, on both databases."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from storage.engine import Store
from storage.errors import NewerDatabase
from storage.find.packs import packs_since
from storage.tables import meta
from storage.upgrade import database_revision, newest_revision, upgrade


def _plain(sql: str | None) -> str:
    return re.sub(r'[\s"]+', " ", sql or "").lower().replace("( ", "(").replace(" )", ")").strip()


def _sqlite_shape(con: sa.Connection) -> dict[str, Any]:
    """Columns, keys and indexes of every table, and the words of virtual tables."""
    shape: dict[str, Any] = {}
    master = con.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master").all()
    for kind, name, _table, sql in master:
        if name.startswith("alembic_") or "alembic" in name:
            continue
        if kind == "index":
            columns = con.exec_driver_sql(f"SELECT seqno, name, desc, coll FROM pragma_index_xinfo('{name}') WHERE key")
            where = _plain(sql).partition(" where ")[2]
            shape[f"index {name}"] = ([tuple(c) for c in columns], where)
        elif "virtual table" in (sql or "").lower():
            shape[f"virtual {name}"] = _plain(sql)
        else:
            columns = con.exec_driver_sql(
                f"SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo('{name}')"
            )
            shape[f"table {name}"] = (sorted(tuple(c) for c in columns), "without rowid" in _plain(sql))
    return shape


def _postgres_shape(con: sa.Connection) -> dict[str, Any]:
    columns = con.exec_driver_sql(
        "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 2"
    )
    indexes = con.exec_driver_sql(
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
        "AND tablename <> 'alembic_version' ORDER BY 1, 2"
    )
    rules = con.exec_driver_sql(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version' ORDER BY 1, 2"
    )
    return {
        "columns": [tuple(r) for r in columns], "indexes": [tuple(r) for r in indexes], "rules": [tuple(r) for r in rules],
    }  # fmt: skip


def _shape(store: Store) -> dict[str, Any]:
    with store.read() as con:
        return _sqlite_shape(con) if store.dialect == "sqlite" else _postgres_shape(con)


def _declare(store: Store, folder: Path) -> Store:
    """Return an empty database of the same kind with the declared tables: in another SQLite file, or in PostgreSQL's place."""
    if store.dialect == "sqlite":
        store = Store(f"sqlite:///{folder / 'declared.sqlite3'}")
    with store.write() as con:
        if store.dialect == "postgresql":
            con.exec_driver_sql("DROP SCHEMA public CASCADE")
            con.exec_driver_sql("CREATE SCHEMA public")
        meta.create_all(con)
    return store


def test_migrations_make_the_declared_tables(store: Store, tmp_path: Path) -> None:
    """A database brought up by migrations has exactly the tables, indexes and full-text index that are declared."""
    migrated = _shape(store)

    declared = _declare(store, tmp_path)

    assert migrated == _shape(declared)
    assert migrated
    declared.close()


def test_upgrading_twice_changes_nothing(store: Store) -> None:
    """A database that is up to date stays as it is."""
    before = _shape(store)

    assert upgrade(store.url) == newest_revision()

    assert _shape(store) == before
    assert database_revision(store.url) == newest_revision()


def test_a_newer_database_is_refused(store: Store) -> None:
    """A program never touches a database that a newer program has upgraded, and says so in Russian."""
    with store.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(NewerDatabase, match="База данных новее программы: в базе версия «9999»"):
        upgrade(store.url)


def test_keys_stored_before_are_packed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A base with keys in its big table gets them packed, whole posts together, whatever the size of a part."""
    packing = importlib.import_module("storage.migrations.versions.0003_packed_keys")
    monkeypatch.setattr(packing, "_AT_ONCE", 7)
    rows = [(key * 1000 + post, post << 8) for post in range(1, 30) for key in range(1 + post % 5)]
    with store.write() as tx:
        tx.exec_driver_sql("DROP TABLE post_key_pack")
        mark = "%s" if store.dialect == "postgresql" else "?"
        tx.exec_driver_sql(f"INSERT INTO post_key (key, posting) VALUES ({mark}, {mark})", rows)
        with Operations.context(MigrationContext.configure(tx)):
            packing.upgrade()
        packs = [list(zip(*(side.tolist() for side in one), strict=True)) for one in packs_since(tx, 0)]

    assert [pair for one in packs for pair in one] == sorted(rows, key=lambda row: (row[1], row[0]))
    owners = [posting for one in packs for posting in {posting for _, posting in one}]
    assert len(packs) > 5
    assert len(owners) == len(set(owners))
