"""Writes where official answers stand: the register of publications, their checks, the leases of checks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import publication, publication_check

WAITING, STANDING, CHANGED, GONE, UNREAD, WITHDRAWN = "waiting", "standing", "changed", "gone", "unread", "withdrawn"
FAR = timedelta(minutes=15)
"""No lease is honestly longer than its own length and this: such a time was written under a broken clock."""


@dataclass(frozen=True, slots=True)
class NewPublication:
    """One address at which an answer is said to stand."""

    risk_id: int
    answer_id: int
    source_id: str | None
    """The platform of the risk that it covers; None for any other place."""
    place: str
    place_kind: str
    url: str
    made_at: datetime
    made_by: int
    next_check: datetime


@dataclass(frozen=True, slots=True)
class NewCheck:
    """What one look at a publication found."""

    publication_id: int
    at: datetime
    state: str
    likeness: float | None
    views: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Due:
    """A publication claimed for a look."""

    id: int
    risk_id: int
    answer_id: int
    source_id: str | None
    url: str
    lease_until: datetime
    """Who notes the look must still hold this lease."""


def add_publication(tx: Tx, new: NewPublication) -> int:
    """Write a publication that waits for its first look and return its id.

    An address withdrawn before, or under which another answer stood, begins anew under its old id: one line an address.
    """
    given = asdict(new) | {"state": WAITING, "reason": "", "likeness": None, "views": None, "stood_at": None}
    given |= {"checked_at": None, "checks": 0, "lease_until": None}
    same = (publication.c.risk_id == new.risk_id, publication.c.url == new.url)
    known = tx.execute(
        sa.update(publication).where(*same).values(given).returning(publication.c.id)
    ).scalar_one_or_none()
    if known is not None:
        return int(known)
    return int(tx.execute(sa.insert(publication).values(given).returning(publication.c.id)).scalar_one())


def change_publication(tx: Tx, publication_id: int, values: dict[str, Any]) -> None:
    """Change columns of a publication."""
    tx.execute(sa.update(publication).where(publication.c.id == publication_id).values(values))


def claim_checks(tx: Tx, limit: int, now: datetime, lease: timedelta) -> tuple[Due, ...]:
    """Claim up to `limit` publications that are due for a look and free, the longest waiting first."""
    free = sa.or_(
        publication.c.lease_until.is_(None),
        publication.c.lease_until <= now,
        publication.c.lease_until > now + lease + FAR,
    )
    pick = (
        sa.select(publication.c.id)
        .where(publication.c.next_check <= now, publication.c.state != WITHDRAWN, free)
        .order_by(publication.c.next_check, publication.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    names = Due.__slots__
    query = (
        sa.update(publication)
        .where(publication.c.id.in_(pick))
        .values(lease_until=now + lease)
        .returning(*(publication.c[name] for name in names))
    )
    return tuple(sorted((Due(*row) for row in tx.execute(query)), key=lambda due: due.id))


def add_check(tx: Tx, new: NewCheck) -> None:
    """Append a look to the history of a publication."""
    tx.execute(sa.insert(publication_check).values(asdict(new)))


def settle_checks(tx: Tx, before: datetime) -> int:
    """Never look again at publications recorded before a moment (a loaded history); return how many there were."""
    old = (publication.c.made_at < before, publication.c.next_check.is_not(None))
    return int(tx.execute(sa.update(publication).where(*old).values(next_check=None)).rowcount)
