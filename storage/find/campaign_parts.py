"""What belongs to campaigns: tasks, messages, materials, partners, and the history of what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import (
    campaign,
    campaign_event,
    campaign_material,
    campaign_message,
    campaign_partner,
    campaign_task,
    staff,
)

OFF = ("cancelled", "evaluated", "finished")
"""States of a campaign in which nobody has to do anything about its tasks and messages."""
EVENTS_SHOWN = 300


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task of a campaign with whose it is; days are the district's, moments aware in UTC."""

    id: int
    campaign_id: int
    what: str
    owner_staff: int | None
    block: str | None
    partner: str
    """A partner who does it, "" when the administration itself does."""
    due_on: date
    state: str
    """open | done | cancelled."""
    result: str
    made_at: datetime
    made_by: int | None
    ended_at: datetime | None
    ended_by: int | None
    reminded_at: datetime | None
    campaign_title: str
    campaign_state: str
    campaign_block: str | None
    owner_name: str | None
    """What the history shows of the owner; None without one."""
    owner_active: bool | None
    """False when the owner left; None without one."""

    @property
    def is_open(self) -> bool:
        """True while it has to be done."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message of a campaign: a text for an audience in a channel on a day."""

    id: int
    campaign_id: int
    audience: str
    channel: str
    """Id of an official source, or the name of another place."""
    text: str
    post_on: date
    state: str
    """draft | waiting | approved | returned | published | withdrawn."""
    url: str
    published_on: date | None
    note: str
    """Why it was returned, withdrawn, or stands over the budget."""
    made_at: datetime
    made_by: int | None
    """Who wrote the text as it stands; None: the machine, from a template."""
    changed_at: datetime
    decided_at: datetime | None
    decided_by: int | None
    version: int
    campaign_title: str
    campaign_state: str
    campaign_block: str | None
    author_name: str | None


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """One version of a material: a text, or where the file lies."""

    id: int
    campaign_id: int
    title: str
    number: int
    """1, 2, 3 …: versions of one title."""
    body: str
    state: str
    """draft | approved | returned | replaced."""
    note: str
    made_at: datetime
    made_by: int | None
    decided_at: datetime | None
    decided_by: int | None
    author_name: str | None


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """Somebody outside who takes part: a school, ЕДДС, a network company, a local medium, a leader who agreed."""

    id: int
    campaign_id: int
    kind: str
    name: str
    does: str
    agreed_on: date | None
    """None: not agreed yet."""
    note: str
    made_at: datetime
    made_by: int | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class CampaignEventRow:
    """One line of a campaign's history."""

    id: int
    campaign_id: int
    at: datetime
    by_staff: int | None
    by_name: str
    what: str
    """Code of casework.campaign_moves.EVENT_LABELS."""
    note: str
    detail: dict[str, Any]


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


_TASK = tuple(campaign_task.c[name] for name in TaskRow.__slots__[:14])
_MESSAGE = tuple(campaign_message.c[name] for name in MessageRow.__slots__[:16])
_OF = (campaign.c.title, campaign.c.state, campaign.c.block)


def _task(r: Any) -> TaskRow:
    own = list(r[:14])
    own[6] = date.fromisoformat(own[6])
    return TaskRow(*own, *r[14:])


def _message(r: Any) -> MessageRow:
    own = list(r[:16])
    own[5], own[8] = date.fromisoformat(own[5]), _day(own[8])
    return MessageRow(*own, *r[16:])


def _tasks() -> sa.Select[Any]:
    return (
        sa.select(*_TASK, *_OF, staff.c.name_shown, staff.c.active)
        .join(campaign, campaign.c.id == campaign_task.c.campaign_id)
        .join(staff, staff.c.id == campaign_task.c.owner_staff, isouter=True)
        .order_by(campaign_task.c.due_on, campaign_task.c.id)
    )


def _messages() -> sa.Select[Any]:
    return (
        sa.select(*_MESSAGE, *_OF, staff.c.name_shown)
        .join(campaign, campaign.c.id == campaign_message.c.campaign_id)
        .join(staff, staff.c.id == campaign_message.c.made_by, isouter=True)
        .order_by(campaign_message.c.post_on, campaign_message.c.id)
    )


def tasks_of(tx: Tx, campaign_id: int) -> tuple[TaskRow, ...]:
    """Return all tasks of a campaign by day, ended ones too."""
    return tuple(_task(r) for r in tx.execute(_tasks().where(campaign_task.c.campaign_id == campaign_id)))


def task_by_id(tx: Tx, task_id: int) -> TaskRow | None:
    """Return one task, or None."""
    found = tx.execute(_tasks().where(campaign_task.c.id == task_id)).one_or_none()
    return None if found is None else _task(found)


def tasks_between(
    tx: Tx,
    first: date | None,
    last: date | None,
    staff_id: int | None = None,
    block: str | None = None,
    open_only: bool = True,
) -> tuple[TaskRow, ...]:
    """Return tasks due from `first` to `last` (both included, None is no bound), of a person or of a block when told.

    A block's are those given to it, and those of its campaigns that are given to no block. With `open_only` the ended
    ones and those of campaigns that are over or cancelled are left out.
    """
    query = _tasks()
    if first is not None:
        query = query.where(campaign_task.c.due_on >= first.isoformat())
    if last is not None:
        query = query.where(campaign_task.c.due_on <= last.isoformat())
    if staff_id is not None:
        query = query.where(campaign_task.c.owner_staff == staff_id)
    if block is not None:
        query = query.where(sa.func.coalesce(campaign_task.c.block, campaign.c.block) == block)
    if open_only:
        query = query.where(campaign_task.c.state == "open", campaign.c.state.not_in(OFF))
    return tuple(_task(r) for r in tx.execute(query))


def messages_of(tx: Tx, campaign_id: int) -> tuple[MessageRow, ...]:
    """Return all messages of a campaign by day, withdrawn ones too."""
    return tuple(_message(r) for r in tx.execute(_messages().where(campaign_message.c.campaign_id == campaign_id)))


def message_by_id(tx: Tx, message_id: int) -> MessageRow | None:
    """Return one message, or None."""
    found = tx.execute(_messages().where(campaign_message.c.id == message_id)).one_or_none()
    return None if found is None else _message(found)


def messages_between(
    tx: Tx, first: date, last: date, *, channels: Sequence[str] | None = None, due_only: bool = False
) -> tuple[MessageRow, ...]:
    """Return messages planned from `first` to `last` (both included) of campaigns that are not cancelled.

    Withdrawn ones are left out. With `due_only` so are the published ones and those of campaigns that are over: what
    remains has still to be posted.
    """
    query = _messages().where(
        campaign_message.c.post_on >= first.isoformat(),
        campaign_message.c.post_on <= last.isoformat(),
        campaign_message.c.state != "withdrawn",
        campaign.c.state != "cancelled",
    )
    if channels is not None:
        query = query.where(campaign_message.c.channel.in_(list(channels)))
    if due_only:
        query = query.where(campaign_message.c.state != "published", campaign.c.state.not_in(OFF))
    return tuple(_message(r) for r in tx.execute(query))


def messages_waiting(tx: Tx, staff_id: int | None, blocks: Sequence[str] | None) -> tuple[MessageRow, ...]:
    """Return the messages that wait for the approval of this person: not their own texts, by day.

    `blocks` are the only blocks whose campaigns they may approve, None for all.
    """
    query = _messages().where(campaign_message.c.state == "waiting", campaign.c.state.not_in(OFF))
    if staff_id is not None:
        query = query.where(sa.or_(campaign_message.c.made_by.is_(None), campaign_message.c.made_by != staff_id))
    if blocks is not None:
        query = query.where(campaign.c.block.in_(list(blocks)))
    return tuple(_message(r) for r in tx.execute(query))


def materials_of(tx: Tx, campaign_id: int) -> tuple[MaterialRow, ...]:
    """Return all versions of a campaign's materials: by title, the newest version first."""
    query = _materials().where(campaign_material.c.campaign_id == campaign_id)
    ordered = query.order_by(campaign_material.c.title, campaign_material.c.number.desc())
    return tuple(MaterialRow(*r) for r in tx.execute(ordered))


def material_by_id(tx: Tx, material_id: int) -> MaterialRow | None:
    """Return one version of a material, or None."""
    found = tx.execute(_materials().where(campaign_material.c.id == material_id)).one_or_none()
    return None if found is None else MaterialRow(*found)


def _materials() -> sa.Select[Any]:
    fields = (campaign_material.c[name] for name in MaterialRow.__slots__[:11])
    return sa.select(*fields, staff.c.name_shown).join(staff, staff.c.id == campaign_material.c.made_by, isouter=True)


def partners_of(tx: Tx, campaign_id: int) -> tuple[PartnerRow, ...]:
    """Return the partners of a campaign in the order of writing, those who left too."""
    query = _partners().where(campaign_partner.c.campaign_id == campaign_id).order_by(campaign_partner.c.id)
    return tuple(_partner(r) for r in tx.execute(query))


def partner_by_id(tx: Tx, partner_id: int) -> PartnerRow | None:
    """Return one partner, or None."""
    found = tx.execute(_partners().where(campaign_partner.c.id == partner_id)).one_or_none()
    return None if found is None else _partner(found)


def _partners() -> sa.Select[Any]:
    return sa.select(*(campaign_partner.c[name] for name in PartnerRow.__slots__))


def _partner(r: Any) -> PartnerRow:
    own = list(r)
    own[5] = _day(own[5])
    return PartnerRow(*own)


def events_of(tx: Tx, campaign_id: int) -> tuple[CampaignEventRow, ...]:
    """Return the history of a campaign, the newest first (at most EVENTS_SHOWN lines)."""
    fields = (campaign_event.c[name] for name in CampaignEventRow.__slots__)
    query = sa.select(*fields).where(campaign_event.c.campaign_id == campaign_id)
    return tuple(
        CampaignEventRow(*r) for r in tx.execute(query.order_by(campaign_event.c.id.desc()).limit(EVENTS_SHOWN))
    )


def last_event_of(tx: Tx, campaign_id: int, kinds: Sequence[str]) -> CampaignEventRow | None:
    """Return the newest event of one of these kinds, or None."""
    fields = (campaign_event.c[name] for name in CampaignEventRow.__slots__)
    query = sa.select(*fields).where(
        campaign_event.c.campaign_id == campaign_id, campaign_event.c.what.in_(list(kinds))
    )
    found = tx.execute(query.order_by(campaign_event.c.id.desc()).limit(1)).one_or_none()
    return None if found is None else CampaignEventRow(*found)
