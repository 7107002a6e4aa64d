"""Where official answers stand: the register of one risk, the platforms it lives on, what is checked before a link is taken."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import grp, post, publication, publication_check, risk_event, source, staff

SENT = "working_out_sent"


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """One address at which an answer is said to stand, and what the last look found there."""

    id: int
    risk_id: int
    answer_id: int
    source_id: str | None
    """The platform of the risk that it covers; None for any other place."""
    place: str
    place_kind: str
    """official | community | regional_media | federal_media."""
    url: str
    state: str
    """waiting | standing | changed | gone | unread | withdrawn."""
    reason: str
    """What the last look says beside the state; why it could not be read."""
    likeness: float | None
    """How much of the answer was found, 0..100; None before the first look."""
    views: int | None
    """None is unknown, never 0."""
    made_at: datetime
    made_by: int
    stood_at: datetime | None
    """When it was first seen standing."""
    checked_at: datetime | None
    next_check: datetime | None
    checks: int
    lease_until: datetime | None


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform on which a risk lives: what residents wrote there and how many saw it."""

    source_id: str
    name: str
    platform: str
    """vk, telegram, site …; "" when the source is on the list no more."""
    address: str
    official: bool
    """A page of the administration: what stands there answers and needs no answer."""
    media: bool
    posts: int
    comments: int
    views: int | None
    """Sum of the known counters; None when none is known."""
    first_url: str
    """Where it was first seen there: under it one answers."""


@dataclass(frozen=True, slots=True)
class SourceKnown:
    """What a link is compared with: a source of the list."""

    id: str
    name: str
    platform: str
    address: str
    official: bool
    sample: str
    """External id of any post of it ("-1_55" on a VK wall); "" when none was read."""


@dataclass(frozen=True, slots=True)
class ToldRow:
    """The last «отработка» of a risk that went to the chats."""

    at: datetime
    by: str
    mark: str
    """Fingerprint of its text."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a publication."""

    at: datetime
    state: str
    likeness: float | None
    views: int | None
    reason: str


_FIELDS = tuple(publication.c[name] for name in PublicationRow.__slots__)


def publications_of(tx: Tx, risk_id: int, *, withdrawn: bool = False) -> tuple[PublicationRow, ...]:
    """Return the register of a risk in the order of recording; those struck out only on demand."""
    query = sa.select(*_FIELDS).where(publication.c.risk_id == risk_id).order_by(publication.c.id)
    if not withdrawn:
        query = query.where(publication.c.state != "withdrawn")
    return tuple(PublicationRow(*row) for row in tx.execute(query))


def publication_by_id(tx: Tx, publication_id: int) -> PublicationRow | None:
    """Return one publication, or None."""
    row = tx.execute(sa.select(*_FIELDS).where(publication.c.id == publication_id)).one_or_none()
    return None if row is None else PublicationRow(*row)


def looks_at(tx: Tx, publication_id: int, limit: int = 20) -> tuple[Look, ...]:
    """Return the last looks at a publication, the newest first."""
    c = publication_check.c
    query = sa.select(c.at, c.state, c.likeness, c.views, c.reason).where(c.publication_id == publication_id)
    return tuple(Look(*row) for row in tx.execute(query.order_by(c.id.desc()).limit(limit)))


def coverage(tx: Tx, risk_id: int) -> tuple[Platform, ...]:
    """Return the platforms on which a risk lives, the most viewed first."""
    is_post = post.c.comment_id == ""
    seen = (
        sa.select(
            post.c.source_id,
            sa.func.sum(sa.case((is_post, 1), else_=0)).label("posts"),
            sa.func.sum(sa.case((is_post, 0), else_=1)).label("comments"),
            sa.func.sum(post.c.views).label("views"),
            sa.func.coalesce(sa.func.min(sa.case((is_post, post.c.id))), sa.func.min(post.c.id)).label("first_id"),
        )
        .join(grp, grp.c.id == post.c.group_id)
        .where(grp.c.risk_id == risk_id)
        .group_by(post.c.source_id)
        .subquery()
    )
    query = (
        sa.select(
            seen, source.c.name, source.c.platform, source.c.address, source.c.official, source.c.media, post.c.url
        )
        .join(post, post.c.id == seen.c.first_id)
        .join(source, source.c.id == seen.c.source_id, isouter=True)
    )
    found = [_platform(row) for row in tx.execute(query)]
    return tuple(sorted(found, key=lambda p: (-(p.views or 0), -p.posts, p.source_id)))


def _platform(row: Any) -> Platform:
    return Platform(
        source_id=row.source_id, name=row.name or row.source_id, platform=row.platform or "", address=row.address or "",
        official=bool(row.official), media=bool(row.media), posts=int(row.posts), comments=int(row.comments),
        views=None if row.views is None else int(row.views), first_url=row.url,
    )  # fmt: skip


def source_known(tx: Tx, source_id: str) -> SourceKnown | None:
    """Return a source of the list with a sample of its posts' ids, or None."""
    sample = (
        sa.select(post.c.external_id).where(post.c.source_id == source_id).order_by(post.c.seen_at.desc()).limit(1)
    ).scalar_subquery()
    query = sa.select(source.c.id, source.c.name, source.c.platform, source.c.address, source.c.official, sample)
    row = tx.execute(query.where(source.c.id == source_id)).one_or_none()
    return None if row is None else SourceKnown(*row[:4], bool(row[4]), row[5] or "")


def complaint_at(tx: Tx, risk_id: int, urls: Collection[str]) -> bool:
    """Tell whether one of the addresses is a post or comment of a resident that belongs to this risk."""
    query = (
        sa.select(sa.func.count())
        .select_from(post)
        .join(grp, grp.c.id == post.c.group_id)
        .join(source, source.c.id == post.c.source_id, isouter=True)
        .where(
            grp.c.risk_id == risk_id, post.c.url.in_(urls), sa.func.coalesce(source.c.official, sa.false()).is_(False)
        )
    )
    return bool(tx.execute(query).scalar())


def failures_in_a_row(tx: Tx, publication_id: int, most: int) -> int:
    """Count the last looks that could not read the page, up to `most`."""
    looks = looks_at(tx, publication_id, most)
    return next((i for i, look in enumerate(looks) if look.state != "unread"), len(looks))


def last_working_out(tx: Tx, risk_id: int) -> ToldRow | None:
    """Return the last «отработка» sent for a risk, or None."""
    query = (
        sa.select(risk_event.c.at, staff.c.name_shown, risk_event.c.after)
        .join(staff, staff.c.id == risk_event.c.by_staff, isouter=True)
        .where(risk_event.c.risk_id == risk_id, risk_event.c.kind == SENT)
        .order_by(risk_event.c.id.desc())
        .limit(1)
    )
    row = tx.execute(query).one_or_none()
    return None if row is None else ToldRow(row.at, row.name_shown or "машина", str(row.after.get("fingerprint", "")))
