"""Campaigns as they stand: one, those of a span of days, a page of a filtered list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.find.campaign_parts import (
    CampaignEventRow,
    MaterialRow,
    MessageRow,
    PartnerRow,
    TaskRow,
    events_of,
    materials_of,
    messages_between,
    messages_of,
    partners_of,
    tasks_between,
    tasks_of,
)
from storage.tables import campaign, staff

__all__ = [
    "PER_PAGE",
    "CampaignEventRow",
    "CampaignFilter",
    "CampaignPage",
    "CampaignRow",
    "MaterialRow",
    "MessageRow",
    "PartnerRow",
    "TaskRow",
    "campaign_by_id",
    "campaigns_between",
    "campaigns_listed",
    "campaigns_of_threats",
    "events_of",
    "materials_of",
    "messages_between",
    "messages_of",
    "partners_of",
    "tasks_between",
    "tasks_of",
]

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """One campaign; days are the district's (both the first and the last are included), moments aware in UTC."""

    id: int
    title: str
    goal: str
    threat_id: str | None
    template: str
    """Id of preventive.templates it was made from; "" when it was not."""
    copied_from: int | None
    subject: str
    """Whose weekly counts show the effect: a topic, or threat:<id>."""
    topics: tuple[str, ...]
    territories: tuple[str, ...]
    """Empty: the whole district."""
    audiences: tuple[str, ...]
    channels: tuple[str, ...]
    """Ids of official sources and names of other places."""
    inform_only: bool
    state: str
    """Value of preventive.campaign.CampaignState."""
    prepare_from: date
    starts_on: date
    ends_on: date
    owner_staff: int | None
    block: str | None
    lessons: str
    last_lessons: str
    """Lessons of the one it was copied from."""
    reason: str
    """Why it was cancelled."""
    effect: dict[str, Any] | None
    evaluated_at: datetime | None
    told_at: datetime | None
    """When its plan went to the alert chats; None: not yet."""
    made_at: datetime
    made_by: int | None
    changed_at: datetime
    version: int
    owner_name: str | None
    """What the history shows of the owner; None without one."""
    owner_active: bool | None
    """False when the owner left; None without one."""


@dataclass(frozen=True, slots=True)
class CampaignFilter:
    """Which campaigns a list shows; what is None or empty filters nothing."""

    state: str | None = None
    block: str | None = None
    threat_id: str | None = None
    year: int | None = None
    """Campaigns of which any day lies in this year."""
    owner: int | None = None
    blocks: tuple[str, ...] | None = None
    """The only blocks that the reader may see; None for all."""
    words: str = ""
    """Part of the title."""


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """One page of a list."""

    rows: tuple[CampaignRow, ...]
    total: int
    page: int
    pages: int


_OWN = len(CampaignRow.__slots__) - 2
_FIELDS = tuple(campaign.c[name] for name in CampaignRow.__slots__[:_OWN])
_LISTS = tuple(CampaignRow.__slots__.index(name) for name in ("topics", "territories", "audiences", "channels"))
_DAYS = tuple(CampaignRow.__slots__.index(name) for name in ("prepare_from", "starts_on", "ends_on"))


def _row(r: Any) -> CampaignRow:
    own = list(r)
    for at in _LISTS:
        own[at] = tuple(own[at])
    for at in _DAYS:
        own[at] = date.fromisoformat(own[at])
    return CampaignRow(*own)


def _select() -> sa.Select[Any]:
    return sa.select(*_FIELDS, staff.c.name_shown, staff.c.active).join(
        staff, staff.c.id == campaign.c.owner_staff, isouter=True
    )


def campaign_by_id(tx: Tx, campaign_id: int) -> CampaignRow | None:
    """Return one campaign, or None."""
    found = tx.execute(_select().where(campaign.c.id == campaign_id)).one_or_none()
    return None if found is None else _row(found)


def campaigns_between(
    tx: Tx, first: date, last: date, *, blocks: Sequence[str] | None = None, cancelled: bool = False
) -> tuple[CampaignRow, ...]:
    """Return campaigns of which any day, preparing included, lies from `first` to `last`, by first day.

    `blocks` are the only ones that the reader may see, None for all; cancelled campaigns only when asked for.
    """
    query = _select().where(
        campaign.c.ends_on >= first.isoformat(),
        campaign.c.prepare_from <= last.isoformat(),  # never after the first day
    )
    if blocks is not None:
        query = query.where(campaign.c.block.in_(list(blocks)))
    if not cancelled:
        query = query.where(campaign.c.state != "cancelled")
    return tuple(_row(r) for r in tx.execute(query.order_by(campaign.c.starts_on, campaign.c.id)))


def campaigns_of_threats(tx: Tx, threat_ids: Sequence[str], first: date, last: date) -> tuple[CampaignRow, ...]:
    """Return campaigns of these threats whose days touch the span, cancelled ones too, by first day."""
    query = _select().where(
        campaign.c.threat_id.in_(list(threat_ids)),
        campaign.c.ends_on >= first.isoformat(),
        campaign.c.starts_on <= last.isoformat(),
    )
    return tuple(_row(r) for r in tx.execute(query.order_by(campaign.c.starts_on, campaign.c.id)))


def campaigns_listed(tx: Tx, wanted: CampaignFilter, page: int = 1, *, soonest: bool = False) -> CampaignPage:
    """Return one page of campaigns, the latest first or the soonest first; a page past the end is the last one."""
    clauses = _clauses(wanted)
    total = int(tx.execute(sa.select(sa.func.count()).select_from(campaign).where(*clauses)).scalar_one())
    pages = max(1, -(-total // PER_PAGE))
    at = min(max(page, 1), pages)
    order = (campaign.c.starts_on, campaign.c.id)
    query = _select().where(*clauses).order_by(*(order if soonest else [column.desc() for column in order]))
    rows = tx.execute(query.limit(PER_PAGE).offset((at - 1) * PER_PAGE))
    return CampaignPage(tuple(_row(r) for r in rows), total, at, pages)


def _clauses(wanted: CampaignFilter) -> list[sa.ColumnElement[bool]]:
    exact = {
        campaign.c.state: wanted.state, campaign.c.block: wanted.block, campaign.c.threat_id: wanted.threat_id,
        campaign.c.owner_staff: wanted.owner,
    }  # fmt: skip
    found: list[sa.ColumnElement[bool]] = [column == value for column, value in exact.items() if value]
    if wanted.year is not None:
        found += [campaign.c.starts_on <= f"{wanted.year:04}-12-31", campaign.c.ends_on >= f"{wanted.year:04}-01-01"]
    if wanted.blocks is not None:
        found.append(campaign.c.block.in_(list(wanted.blocks)))
    if wanted.words.strip():
        found.append(campaign.c.title.contains(wanted.words.strip(), autoescape=True))
    return found
