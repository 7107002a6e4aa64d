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
from storage.find.rings import drop_ring, open_ring

RING_AFTER = 2_000
"""Posts after which a run counts as a big stream: twenty pages, while an ordinary visit brings one."""


@dataclass
class Crew:
    """What reading needs: district, database, reader of texts; opened once per process."""

    settings: Settings
    profile: Profile
    store: Store
    reader: Reader
    clock: Callable[[], datetime] = present
    _taken: int = 0
    """Posts taken in by this process; -1 once it has been decided about the ring."""

    def took(self, posts: int) -> None:
        """Note how many posts this process has taken in: in a big stream the ring of keys (OTKLIK_RING_POSTS) pays for itself.

        To build it takes some 1.5 s a million posts, and saves some 70 us a post: a visit of a page or two goes without.
        """
        if self.settings.ring_posts and self._taken >= 0:
            self._taken += posts
            if self._taken >= RING_AFTER:
                open_ring(self.store, self.settings.ring_posts)
                self._taken = -1

    def work(self) -> Work:
        """Return the machine's work at the present moment."""
        return Work(self.store, self.profile, self.clock(), MACHINE, self.reader)

    def close(self) -> None:
        """Let go of the database."""
        drop_ring(self.store)
        self.store.close()


def open_crew(settings: Settings, clock: Callable[[], datetime] = present) -> Crew:
    """Open the district and its database; ProfileErrors when the profile has mistakes. The database must be migrated."""
    profile = load_profile(settings.profile, settings.allow_internal)
    return Crew(settings, profile, Store(settings.database), Reader(profile), clock)
