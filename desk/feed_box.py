"""What calendar programs are answered from: ready calendars, and a bound on how often one address may ask.

Programs ask by themselves, and a broken one asks a million times. An address that asks too often is refused before the
database is touched; within the bound it gets the calendar made up to a few minutes ago.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Lock

from reports.ical import tag_of

KEPT = timedelta(minutes=5)
"""How old a calendar may be when it is given out; programs come every quarter of an hour at most."""
WINDOW = timedelta(minutes=1)
PER_WINDOW = 30
"""Questions of one address a minute: a dozen devices of one person that wake at once ask less."""
MAKERS = 2
"""So many calendars are made at the same time."""
MOST = 512
"""Calendars and counters held; the oldest go first (a calendar of 300 entries is 150 KB)."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A calendar as it is sent."""

    content: bytes
    tag: str
    made_at: datetime


class FeedBox:
    """The ready calendars and the counters of one process; safe for threads."""

    def __init__(self) -> None:
        self._ready: OrderedDict[int, Ready] = OrderedDict()
        self._asked: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock, self._makers = Lock(), BoundedSemaphore(MAKERS)

    def wait(self, mark: str, now: datetime) -> int:
        """Count a question of an address; return 0, or in how many seconds it may ask again."""
        with self._lock:
            since, count = self._asked.get(mark, (now, 0))
            if not timedelta(0) <= now - since < WINDOW:
                since, count = now, 0
            self._asked[mark] = (since, count + 1)
            self._asked.move_to_end(mark)
            while len(self._asked) > MOST:
                self._asked.popitem(last=False)
        return 0 if count < PER_WINDOW else max(1, int((since + WINDOW - now).total_seconds()) + 1)

    def get(self, key_id: int, now: datetime, make: Callable[[], bytes]) -> Ready | None:
        """Return the calendar of a key, made anew when the ready one is older than KEPT (or from another time).

        While MAKERS others are being made the old one is given, or None when there is none yet: making takes the
        processor (0.6 s for a thousand entries), and the people's pages must go on.
        """
        with self._lock:
            found = self._ready.get(key_id)
        if found is not None and timedelta(0) <= now - found.made_at < KEPT:
            return found
        if not self._makers.acquire(blocking=False):
            return found
        try:
            made = self._made(make, now)
        finally:
            self._makers.release()
        with self._lock:
            self._ready[key_id] = made
            self._ready.move_to_end(key_id)
            while len(self._ready) > MOST:
                self._ready.popitem(last=False)
        return made

    @staticmethod
    def _made(make: Callable[[], bytes], now: datetime) -> Ready:
        content = make()
        return Ready(content, tag_of(content), now)

    def drop(self, key_id: int) -> None:
        """Forget a revoked key's calendar."""
        with self._lock:
            self._ready.pop(key_id, None)
