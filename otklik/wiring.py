"""Builds the whole from settings and profile; the only place that chooses implementations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.clock import now as present
from casework.source_sync import sync_profile_sources
from casework.work import MACHINE, Staff, Work
from district.load import load_profile
from district.profile import Profile
from district.settings import Settings
from risk.reading import Reader
from storage.engine import Store
from storage.errors import StorageError
from storage.upgrade import database_revision, newest_revision, upgrade


class DatabaseNotReady(Exception):
    """База данных не открывается, или в ней ещё нет таблиц этой версии."""


@dataclass(frozen=True)
class House:
    """Everything one process needs: where it runs, whom it serves, its memory, its reader of texts."""

    settings: Settings
    profile: Profile
    store: Store
    reader: Reader

    def work(self, by: Staff = MACHINE, now: datetime | None = None) -> Work:
        """Return one person's work at one moment (the present one unless told)."""
        return Work(store=self.store, profile=self.profile, now=now or present(), by=by, reader=self.reader)

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()


def build(settings: Settings | None = None, *, migrate: bool = True) -> House:
    """Open the house: folders, profile, migrated database, reader.

    Raises ProfileErrors when the profile has mistakes, and what `check_database` raises.
    """
    settings = settings or Settings()
    profile = load_profile(settings.profile, settings.allow_internal)
    check_database(settings, migrate=migrate)
    return House(settings, profile, Store(settings.database), Reader(profile))


def check_database(settings: Settings, *, migrate: bool) -> None:
    """Make sure that the database has this version's tables, with `migrate` by making them.

    Raises NewerDatabase when it was made by a newer version, DatabaseNotReady when it cannot be opened or has no tables.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        have = upgrade(settings.database) if migrate else database_revision(settings.database)
    except StorageError:
        raise
    except Exception as e:  # a door: whatever a driver raises is told in one line; its text may hold the password
        where = "OTKLIK_DATABASE_URL" if settings.database_url else f"папку {settings.home}"
        told = f"База данных не открывается ({type(e).__name__}). Проверьте {where}: адрес, права, запущен ли сервер."
        raise DatabaseNotReady(told) from e
    if have != newest_revision():
        raise DatabaseNotReady(
            "В базе данных нет таблиц этой версии. Выполните otklik upgrade или запустите otklik run."
        )


def sync_sources(house: House) -> None:
    """Bring the profile's sources into the living list; those of the demo come with its month, paused: they are made up."""
    if not house.profile.is_demo:
        sync_profile_sources(house.work())
