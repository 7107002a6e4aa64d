"""Counts tries to sign in: each is written as failed before the password is looked at, so that no flood slips through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import sign_in_try


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed tries in a window: how many, and when the first of them was."""

    count: int
    first: datetime | None


def begin_try(tx: Tx, login: str, address_hash: str, at: datetime) -> int:
    """Write a try as failed and return its id."""
    values = {"login": login, "address_hash": address_hash, "at": at, "ok": False}
    return int(tx.execute(sa.insert(sign_in_try).values(values).returning(sign_in_try.c.id)).scalar_one())


def mark_try_good(tx: Tx, try_id: int) -> None:
    """Write that the password of a try was right."""
    tx.execute(sa.update(sign_in_try).where(sign_in_try.c.id == try_id).values(ok=True))


def failures_of_login(tx: Tx, login: str, since: datetime) -> Failures:
    """Return the failed tries for a login after a moment, counted from its last good sign-in."""
    last_good = sa.select(sa.func.max(sign_in_try.c.id)).where(sign_in_try.c.login == login, sign_in_try.c.ok)
    return _failures(
        tx, since, sign_in_try.c.login == login, sign_in_try.c.id > sa.func.coalesce(last_good.scalar_subquery(), 0)
    )


def failures_of_address(tx: Tx, address_hash: str, since: datetime) -> Failures:
    """Return the failed tries from an address after a moment; a good sign-in between them does not wash the others."""
    return _failures(tx, since, sign_in_try.c.address_hash == address_hash)


def _failures(tx: Tx, since: datetime, *which: Any) -> Failures:
    query = sa.select(sa.func.count(), sa.func.min(sign_in_try.c.at)).where(
        *which, sign_in_try.c.at > since, sa.not_(sign_in_try.c.ok)
    )
    count, first = tx.execute(query).one()
    return Failures(int(count), first)
