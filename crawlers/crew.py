"""Crew: what the reading of sources needs of the house — district, database, reader of texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from casework.clock import now as present
from casework.work import MACHINE, Work
from district.load import load_profile
from district.profile import Profile
from district.settings import Settings
from risk.reading import Reader
from storage.engine import Store


@dataclass
class Crew:
    """What reading needs: district, database, reader of texts; opened once per process."""

    settings: Settings
    profile: Profile
    store: Store
    reader: Reader
    clock: Callable[[], datetime] = present

    def work(self) -> Work:
        """Return the machine's work at the present moment."""
        return Work(self.store, self.profile, self.clock(), MACHINE, self.reader)

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()


def open_crew(settings: Settings, clock: Callable[[], datetime] = present) -> Crew:
    """Open the district and its database; ProfileErrors when the profile has mistakes. The database must be migrated."""
    profile = load_profile(settings.profile, settings.allow_internal)
    return Crew(settings, profile, Store(settings.database), Reader(profile), clock)
