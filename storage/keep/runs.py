"""Writes runs of sources, claims with leases and fencing, and the slots of accounts; exact over threads, processes, hosts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.errors import StorageError
from storage.moments import from_db
from storage.tables import account, outbox, run, source

FAR = timedelta(minutes=15)
"""Nothing here is honestly further ahead than its own step and this: such a time was written under a broken clock."""


class UnknownAccount(StorageError):
    """Такой учётной записи площадки нет."""

    def __init__(self, account_id: str) -> None:
        super().__init__(
            f"Учётной записи «{account_id}» нет: добавьте её командой otklik account add или исправьте источник."
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """A source that this process alone may read until the lease ends."""

    source_id: str
    token: int
    """Grows with each claim: what an older holder writes afterwards is refused."""
    lease_until: datetime
    platform: str
    address: str
    name: str
    every_s: float
    account: str | None
    comments: bool
    options: dict[str, Any]
    cursor: dict[str, Any]


def claim_due(tx: Tx, limit: int, owner: str, lease: timedelta, now: datetime, only: str | None = None) -> list[Claim]:
    """Claim approved active sources that are due and free, the longest waiting first; `only` claims that one, due or not."""
    step = sa.cast(source.c.every_s * 1_000_000, sa.BigInteger)
    due = sa.or_(source.c.next_due <= now, sa.type_coerce(source.c.next_due, sa.BigInteger) > _micro(now + FAR) + step)
    free = sa.or_(source.c.lease_until.is_(None), source.c.lease_until <= now, source.c.lease_until > now + lease + FAR)
    wanted = source.c.id == only if only is not None else due
    pick = (
        sa.select(source.c.id)
        .where(source.c.state == "active", source.c.approved_at.is_not(None), wanted, free)
        .order_by(source.c.next_due, source.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    query = (
        sa.update(source)
        .where(source.c.id.in_(pick))
        .values(lease_until=now + lease, lease_owner=owner, lease_token=source.c.lease_token + 1)
        .returning(source)
    )
    rows = sorted(tx.execute(query), key=lambda r: (r.next_due, r.id))
    return [
        Claim(
            r.id, r.lease_token, r.lease_until, r.platform, r.address, r.name, r.every_s, r.account, bool(r.comments),
            r.options, r.cursor,
        )
        for r in rows
    ]  # fmt: skip


def _micro(moment: datetime) -> int:
    return (moment - from_db(0)) // timedelta(microseconds=1)


def _mine(source_id: str, token: int) -> list[sa.ColumnElement[bool]]:
    return [source.c.id == source_id, source.c.lease_token == token, source.c.lease_owner.is_not(None)]


def renew_claim(tx: Tx, source_id: str, token: int, until: datetime) -> bool:
    """Hold a claim longer; False when somebody else has the source by now."""
    return tx.execute(sa.update(source).where(*_mine(source_id, token)).values(lease_until=until)).rowcount == 1


def release_claim(tx: Tx, source_id: str, token: int, next_due: datetime) -> bool:
    """Give a source back until it is due again; False when somebody else has it by now."""
    given = {"lease_until": None, "lease_owner": None, "next_due": next_due}
    return tx.execute(sa.update(source).where(*_mine(source_id, token)).values(given)).rowcount == 1


def put_cursor(tx: Tx, source_id: str, cursor: dict[str, Any]) -> None:
    """Note up to where a source was read, in the transaction of what was read."""
    tx.execute(sa.update(source).where(source.c.id == source_id).values(cursor=cursor))


def lease_owners(tx: Tx) -> set[str]:
    """Return the owners of all leases (sources, alert lines) and of running runs."""
    leases = tx.execute(sa.select(source.c.lease_owner).where(source.c.lease_owner.is_not(None)).distinct()).scalars()
    runs = tx.execute(sa.select(run.c.owner).where(run.c.outcome == "running").distinct()).scalars()
    lines = tx.execute(sa.select(outbox.c.lease_owner).where(outbox.c.lease_owner.is_not(None)).distinct()).scalars()
    return {owner for owner in (*leases, *runs, *lines) if owner}


_KILLED = {"outcome": "killed", "reason": "процесс обхода прерван"}


def release_owner(tx: Tx, owner: str, now: datetime) -> int:
    """End what a dead process held: its sources are due at once, its runs are marked killed; return how many runs."""
    held = sa.update(source).where(source.c.lease_owner == owner)
    tx.execute(held.values(lease_until=None, lease_owner=None, next_due=now))
    query = sa.update(run).where(run.c.owner == owner, run.c.outcome == "running")
    return tx.execute(query.values(**_KILLED, ended_at=now)).rowcount


def start_run(tx: Tx, source_id: str, now: datetime, owner: str) -> int:
    """Note that a run of a source began; return its id. Whoever claimed the source is alone: older runs of it are dead."""
    dead = sa.update(run).where(run.c.source_id == source_id, run.c.outcome == "running")
    tx.execute(dead.values(**_KILLED, ended_at=now))
    row = {"source_id": source_id, "started_at": now, "outcome": "running", "counts": {}, "owner": owner}
    return int(tx.execute(sa.insert(run).values(row).returning(run.c.id)).scalar_one())


def add_progress(tx: Tx, run_id: int, counts: dict[str, int]) -> None:
    """Add to what a run has counted so far; `end_run` writes the whole over it."""
    so_far: dict[str, int] = tx.execute(sa.select(run.c.counts).where(run.c.id == run_id)).scalar() or {}
    added = so_far | {name: so_far.get(name, 0) + count for name, count in counts.items()}
    tx.execute(sa.update(run).where(run.c.id == run_id).values(counts=added))


def end_run(tx: Tx, run_id: int, now: datetime, outcome: str, reason: str, counts: dict[str, int]) -> None:
    """Note how a run ended."""
    ended = {"ended_at": now, "outcome": outcome, "reason": reason, "counts": counts}
    tx.execute(sa.update(run).where(run.c.id == run_id).values(ended))


_CLOCK = {
    "postgresql": "SELECT extract(epoch FROM clock_timestamp())",
    "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400.0",
}


def clock(tx: Tx) -> float:
    """Return seconds since 1970 by the database's clock: the one clock that all processes and hosts share."""
    return float(tx.exec_driver_sql(_CLOCK[tx.dialect.name]).scalar_one())


def take_slot(tx: Tx, account_id: str, push_s: float = 0.0) -> float:
    """Reserve the account's next request and return in how many seconds it may be made.

    `push_s` (a FloodWait, a Retry-After) keeps all requests off for so long. One UPDATE decides, so two processes never
    get one slot: with gaps of 0.36-0.40 s "3 a second" holds (measured; 1/3 s let a fourth through).
    """
    now = clock(tx)
    start = sa.case(
        (account.c.next_slot.between(now + push_s, now + max(push_s, 0.0) + FAR.total_seconds()), account.c.next_slot),
        else_=now + push_s,
    )
    query = sa.update(account).where(account.c.id == account_id).values(next_slot=start + account.c.gap)
    row = tx.execute(query.returning(account.c.next_slot, account.c.gap, account.c.stopped_until)).one_or_none()
    if row is None:
        raise UnknownAccount(account_id)
    stopped = 0.0 if row.stopped_until is None else (row.stopped_until - from_db(0)).total_seconds() - now
    return max(0.0, float(row.next_slot - row.gap - now), stopped)


def stop_account(tx: Tx, account_id: str, state: str, reason: str, until: datetime | None) -> bool:
    """Stop an account (state "waiting" until a moment, or "stopped" until a person acts); False when unknown."""
    stopped = {"state": state, "reason": reason, "stopped_until": until}
    return tx.execute(sa.update(account).where(account.c.id == account_id).values(stopped)).rowcount == 1
