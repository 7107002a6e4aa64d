"""One engine, one transaction per use case; SQLite by default, PostgreSQL by address."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, make_url

Tx = Connection
"""A transaction; only storage/ may do more with it than hand it on."""

# SQLite before 3.51.3 can corrupt a WAL database when a checkpoint meets a reset (measured choice, DESIGN 8).
SAFE_SQLITE = (3, 51, 3)
# 'откл' in ASCII: the one advisory lock under which PostgreSQL writers queue, as SQLite's do by themselves.
_WRITERS_LOCK = 0x6F746B6C


class OldSQLite(UserWarning):
    """Используется старая библиотека SQLite."""


def sqlite_module() -> ModuleType:
    """Return pysqlite3 (bundles a safe SQLite); the standard library's module, with a loud warning, where it is missing."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3

        if sqlite3.sqlite_version_info < SAFE_SQLITE:
            warnings.warn(
                f"Нет пакета pysqlite3: работаем на SQLite {sqlite3.sqlite_version}, где возможна порча базы (исправлено в 3.51.3). "
                "Установите зависимости из requirements.lock.",
                OldSQLite,
                stacklevel=2,
            )
        return sqlite3
    return dbapi2  # type: ignore[no-any-return]


def _address(url: str) -> URL:
    """Return the address with the driver we ship: psycopg 3 for any spelling of PostgreSQL."""
    address = make_url(url)
    if address.drivername in {"postgresql", "postgres"}:
        return address.set(drivername="postgresql+psycopg")
    return address


def make_engine(url: str, cache_mb: int = 16) -> sa.Engine:
    """Return an engine whose transactions begin as we need: readers deferred, writers (option `writes`) at once."""
    address = _address(url)
    if address.get_backend_name() != "sqlite":
        return sa.create_engine(address, pool_pre_ping=True)
    engine = sa.create_engine(address, module=sqlite_module())

    @event.listens_for(engine, "connect")
    def _pragmas(raw: Any, _record: Any) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves: the driver's own guess takes no lock for DDL and RETURNING
        for pragma in (
            "journal_mode=WAL", "busy_timeout=10000", "synchronous=NORMAL", "foreign_keys=ON",
            f"cache_size=-{cache_mb * 1024}", "temp_store=MEMORY", "wal_autocheckpoint=4000",
        ):  # fmt: skip
            raw.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that begins IMMEDIATE would lock the base; a writer that begins deferred dies of SQLITE_BUSY midway.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


class Store:
    """An open database."""

    def __init__(self, url: str, cache_mb: int = 16) -> None:
        self.url = url
        self.engine = make_engine(url, cache_mb)
        self.dialect = self.engine.dialect.name

    @property
    def sqlite_version(self) -> str | None:
        """Version of the SQLite library in use; None on PostgreSQL."""
        return str(self.engine.dialect.dbapi.sqlite_version) if self.dialect == "sqlite" else None  # type: ignore[union-attr]

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Give one consistent view of the database; nothing done in it is kept."""
        with self.engine.connect() as connection:
            if self.dialect == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection

    @contextmanager
    def write(self, alone: bool = True) -> Iterator[Tx]:
        """Give a transaction that is kept when the block ends well and undone when it does not.

        Writers queue: by SQLite's own lock, and on PostgreSQL by an advisory lock, so that groups and numbers never race.
        `alone=False` skips that lock for single statements that are exact by themselves (slots, leases).
        """
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            if alone and self.dialect == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})").close()
            yield connection

    def joined(self, tx: Tx) -> Store:
        """Return a store whose transactions are all this open one: what several moves write is kept together or not at all."""
        return _Joined(self, tx)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


class _Joined(Store):
    """Another store's open transaction in the shape of a store."""

    def __init__(self, whole: Store, tx: Tx) -> None:
        self.url, self.engine, self.dialect = whole.url, whole.engine, whole.dialect
        self._tx = tx

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Give the open transaction, with all that it wrote so far."""
        yield self._tx

    @contextmanager
    def write(self, alone: bool = True) -> Iterator[Tx]:
        """Give the open transaction; who began it keeps it or undoes it."""
        yield self._tx
