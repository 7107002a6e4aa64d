"""The worker's loops say that they live; a supervisor and the desk read when each last did."""

from __future__ import annotations

from datetime import datetime

from casework.work import Work
from storage.find.accounts import setting_value
from storage.keep.journal import put_setting

_KEY = "worker.heartbeat"


def beat(work: Work, loop: str) -> None:
    """Note that a loop of the worker finished a round at `work.now`."""
    with work.store.write() as tx:
        beats = setting_value(tx, _KEY) or {}
        put_setting(tx, _KEY, {**beats, loop: work.now.isoformat()})


def last_beats(work: Work) -> dict[str, datetime]:
    """Return when each loop last finished a round (UTC); empty when no worker has run yet."""
    with work.store.read() as tx:
        beats = setting_value(tx, _KEY) or {}
    return {loop: datetime.fromisoformat(at) for loop, at in beats.items()}
