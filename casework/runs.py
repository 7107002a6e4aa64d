"""Runs of sources: whose turn it is, who reads, how it ended, when an account may ask again."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from casework.work import Work
from storage.engine import Store
from storage.keep import journal, outbox, runs
from storage.keep.runs import Claim, UnknownAccount
from storage.keep.sources import change_source

__all__ = [
    "Claim", "UnknownAccount", "claim_due_sources", "claim_source", "end_run", "owner_name", "quarantine",
    "release_dead", "release_source", "renew_source", "start_run", "stop_account", "stop_source", "take_slot",
]  # fmt: skip

OUTCOMES = frozenset({"ok", "partial", "failed", "stopped", "killed"})
# Longer waits than this are told to staff as a stop of the account instead of being slept through.
LONGEST_PUSH_S = 600.0


def owner_name() -> str:
    """Return how this process signs its leases: "host:pid:birth"; after a reboot another process may have its number."""
    return f"{socket.gethostname()}:{os.getpid()}:{_birth(os.getpid())}"


def _birth(pid: int) -> str:
    """Return when a process of this machine began, in ticks since the machine did; "" where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return status.rpartition(")")[2].split()[19]  # the 22nd field; the name in brackets may hold blanks


def start_run(work: Work, source_id: str) -> int:
    """Note that a run of a source begins and return its id."""
    with work.store.write() as tx:
        return runs.start_run(tx, source_id, work.now, owner_name())


def end_run(work: Work, run_id: int, outcome: str, reason: str, counts: dict[str, int]) -> None:
    """Note how a run ended: ok | partial | failed | stopped | killed, with a Russian reason and what was counted."""
    if outcome not in OUTCOMES:
        raise ValueError(f"Исход обхода «{outcome}» неизвестен; бывает: {', '.join(sorted(OUTCOMES))}")
    with work.store.write() as tx:
        runs.end_run(tx, run_id, work.now, outcome, reason, counts)


def quarantine(work: Work, source_id: str, run_id: int | None, rows: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Keep refused items, each as (Russian reason, masked item): nothing is dropped silently."""
    with work.store.write() as tx:
        journal.add_quarantine(tx, source_id, run_id, work.now, list(rows))


def claim_due_sources(work: Work, limit: int, owner: str, lease_s: float) -> tuple[Claim, ...]:
    """Claim up to `limit` sources whose turn it is; nobody else gets them until they are released or the lease ends."""
    with work.store.write() as tx:
        return tuple(runs.claim_due(tx, limit, owner, timedelta(seconds=lease_s), work.now))


def claim_source(work: Work, source_id: str, owner: str, lease_s: float) -> Claim | None:
    """Claim one source whether it is due or not; None when it is held by another, not approved, or not active."""
    with work.store.write() as tx:
        found = runs.claim_due(tx, 1, owner, timedelta(seconds=lease_s), work.now, only=source_id)
    return found[0] if found else None


def renew_source(work: Work, claim: Claim, lease_s: float) -> bool:
    """Hold a claim longer; False when it is lost: stop reading then, what was taken in stays."""
    with work.store.write() as tx:
        return runs.renew_claim(tx, claim.source_id, claim.token, work.now + timedelta(seconds=lease_s))


def release_source(work: Work, claim: Claim, after_s: float | None = None) -> bool:
    """Give a source back, due again after its own interval (or `after_s` seconds); False when the claim was lost."""
    step = timedelta(seconds=claim.every_s if after_s is None else after_s)
    with work.store.write() as tx:
        return runs.release_claim(tx, claim.source_id, claim.token, work.now + step)


def stop_source(work: Work, source_id: str, reason: str) -> bool:
    """Stop a source that cannot be read any more (ban, captcha, closed page): the desk shows the reason to staff."""
    with work.store.write() as tx:
        stopped = change_source(tx, source_id, {"state": "stopped", "state_reason": reason, "state_by": work.by.id})
        journal.add_journal(
            tx, work.now, work.by.id, "источник остановлен", f"source:{source_id}", {}, {"reason": reason}
        )
        return stopped


def release_dead(work: Work) -> int:
    """End leases and runs of processes of this machine that live no more; call at start; return how many runs ended."""
    with work.store.write() as tx:
        dead = [owner for owner in runs.lease_owners(tx) if _is_dead_here(owner)]
        for owner in dead:
            outbox.release_lines(tx, owner)
        return sum(runs.release_owner(tx, owner, work.now) for owner in dead)


def _is_dead_here(owner: str) -> bool:
    """Tell whether an owner is a process of this machine that is gone; other machines' leases end by themselves."""
    host, pid, birth = ([*owner.split(":"), "", ""])[:3]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _birth(int(pid)) != birth


def take_slot(store: Store, account_id: str, push_s: float = 0.0) -> float:
    """Reserve an account's next request and return the seconds to wait before making it; exact over processes.

    `push_s` keeps the account quiet for that long (FloodWait, Retry-After up to 10 minutes; longer: `stop_account`).
    Raises UnknownAccount.
    """
    with store.write(alone=False) as tx:
        return runs.take_slot(tx, account_id, min(push_s, LONGEST_PUSH_S))


def stop_account(work: Work, account_id: str, reason: str, until: datetime | None = None) -> None:
    """Stop an account with a Russian reason: until a moment (it comes back by itself), or until a person acts.

    Raises UnknownAccount.
    """
    state = "stopped" if until is None else "waiting"
    with work.store.write() as tx:
        if not runs.stop_account(tx, account_id, state, reason, until):
            raise UnknownAccount(account_id)
        told = {"reason": reason, "until": None if until is None else until.isoformat()}
        journal.add_journal(tx, work.now, work.by.id, "учётная запись остановлена", f"account:{account_id}", {}, told)
