"""Builds the whole from settings and profile; the only place that chooses implementations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.clock import now as present
from casework.work import MACHINE, Staff, Work
from district.load import load_profile
from district.profile import Profile
from district.settings import Settings
from risk.reading import Reader
from storage.engine import Store
from storage.upgrade import upgrade


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

    Raises ProfileErrors when the profile has mistakes, NewerDatabase when the database was made by a newer version.
    """
    settings = settings or Settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    profile = load_profile(settings.profile, settings.allow_internal)
    if migrate:
        upgrade(settings.database)
    return House(settings, profile, Store(settings.database), Reader(profile))
