"""Brings a database to the tables this program knows; refuses a database of a newer program."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, make_url

from storage.engine import Store
from storage.errors import NewerDatabase

_MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def newest_revision() -> str:
    """Return the id of the last migration this program knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError(f"нет ни одной миграции в {_MIGRATIONS}")
    return head


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def database_revision(url: str) -> str | None:
    """Return the id of the last migration applied to the database; None for an empty one."""
    store = Store(url)
    try:
        with store.read() as tx:
            return _current(tx)
    finally:
        store.close()


def upgrade(url: str) -> str:
    """Apply all missing migrations in one transaction; return the revision reached.

    Raises NewerDatabase when the database was already upgraded by a newer program.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    config = _config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    newest = newest_revision()
    store = Store(url)
    try:
        with store.write() as tx:
            current = _current(tx)
            if current is not None and current not in known:
                raise NewerDatabase(current, newest)
            if current != newest:
                config.attributes["connection"] = tx
                command.upgrade(config, "head")
    finally:
        store.close()
    return newest
