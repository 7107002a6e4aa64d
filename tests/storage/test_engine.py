"""Transactions: readers see one moment, writers queue, what fails leaves nothing."""

from __future__ import annotations

import threading

import pytest

from storage.engine import SAFE_SQLITE, Store, make_engine
from storage.find.accounts import setting_value
from storage.keep.journal import put_setting


def test_what_fails_leaves_nothing(store: Store) -> None:
    """A write that raises is undone as a whole."""

    def fail() -> None:
        with store.write() as tx:
            put_setting(tx, "a", 1)
            raise KeyError("беда")

    with pytest.raises(KeyError):
        fail()

    with store.read() as tx:
        assert setting_value(tx, "a") is None


def test_a_reader_sees_one_moment(store: Store) -> None:
    """A reader does not see what is written while it reads, nor does it stop the writer."""
    with store.write() as tx:
        put_setting(tx, "a", 1)
    with store.read() as reader:
        assert setting_value(reader, "a") == 1
        with store.write() as writer:
            put_setting(writer, "a", 2)

        assert setting_value(reader, "a") == 1
    with store.read() as tx:
        assert setting_value(tx, "a") == 2


def test_writers_queue(store: Store) -> None:
    """Twenty writers that read and add one end at twenty: none reads what another is about to change."""
    with store.write() as tx:
        put_setting(tx, "n", 0)

    def add() -> None:
        for _ in range(5):
            with store.write() as tx:
                put_setting(tx, "n", setting_value(tx, "n") + 1)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()

    with store.read() as tx:
        assert setting_value(tx, "n") == 20


def test_sqlite_is_a_safe_one(sqlite_store: Store) -> None:
    """The SQLite in use is past the version that could corrupt a WAL database, and works as configured."""
    version = tuple(int(part) for part in (sqlite_store.sqlite_version or "").split("."))
    with sqlite_store.read() as tx:
        mode = tx.exec_driver_sql("PRAGMA journal_mode").scalar()
        keys = tx.exec_driver_sql("PRAGMA foreign_keys").scalar()

    assert version >= SAFE_SQLITE
    assert (mode, keys) == ("wal", 1)


def test_any_spelling_of_postgresql_gets_our_driver() -> None:
    """postgresql:// without a driver means psycopg 3, the one we ship."""
    engine = make_engine("postgresql://u@127.0.0.1:1/x")

    assert engine.dialect.driver == "psycopg"
    engine.dispose()
