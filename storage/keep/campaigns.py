"""Writes campaigns and what belongs to them; changes of what has a version refuse a stale one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.errors import StaleVersion
from storage.tables import (
    campaign,
    campaign_event,
    campaign_material,
    campaign_message,
    campaign_partner,
    campaign_task,
)


@dataclass(frozen=True, slots=True)
class NewCampaignEvent:
    """One line to append to a campaign's history."""

    campaign_id: int
    at: datetime
    by_staff: int | None
    """None for the machine."""
    by_name: str
    what: str
    note: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def add_campaign(tx: Tx, values: Mapping[str, Any]) -> int:
    """Write a new campaign (version 1) and return its id; days may be dates, lists may be tuples."""
    made = sa.insert(campaign).values(_plain(values)).returning(campaign.c.id)
    return int(tx.execute(made).scalar_one())


def change_campaign(tx: Tx, campaign_id: int, version: int, now: datetime, values: Mapping[str, Any]) -> int:
    """Change columns of a campaign and return its new version; StaleVersion when someone changed it meanwhile."""
    query = sa.update(campaign).where(campaign.c.id == campaign_id, campaign.c.version == version)
    changed = _plain(values) | {"version": campaign.c.version + 1, "changed_at": now}
    new = tx.execute(query.values(changed).returning(campaign.c.version)).scalar()
    if new is None:
        found = tx.execute(sa.select(campaign.c.version).where(campaign.c.id == campaign_id)).scalar()
        raise StaleVersion(f"Кампания № {campaign_id}", version, found)
    return int(new)


def add_campaign_events(tx: Tx, events: Sequence[NewCampaignEvent]) -> None:
    """Append lines to the history in the order given."""
    if events:
        rows = [
            {"campaign_id": e.campaign_id, "at": e.at, "by_staff": e.by_staff, "by_name": e.by_name, "what": e.what,
             "note": e.note, "detail": _plain(e.detail)}
            for e in events
        ]  # fmt: skip
        tx.execute(sa.insert(campaign_event), rows)


def add_task(tx: Tx, values: Mapping[str, Any]) -> int:
    """Write a task and return its id; `values` are all columns but id."""
    return _add(tx, campaign_task, values)


def change_task(tx: Tx, task_id: int, values: Mapping[str, Any]) -> bool:
    """Change an open task; return whether it was open until now."""
    query = sa.update(campaign_task).where(campaign_task.c.id == task_id, campaign_task.c.state == "open")
    return tx.execute(query.values(_plain(values)).returning(campaign_task.c.id)).scalar() is not None


def mark_tasks_reminded(tx: Tx, task_ids: Sequence[int], at: datetime) -> None:
    """Note that tasks were reminded of."""
    tx.execute(sa.update(campaign_task).where(campaign_task.c.id.in_(list(task_ids))).values(reminded_at=at))


def add_message(tx: Tx, values: Mapping[str, Any]) -> int:
    """Write a message (version 1) and return its id."""
    return _add(tx, campaign_message, values)


def change_message(tx: Tx, message_id: int, version: int, now: datetime, values: Mapping[str, Any]) -> int:
    """Change columns of a message and return its new version; StaleVersion when someone changed it meanwhile."""
    query = sa.update(campaign_message).where(
        campaign_message.c.id == message_id, campaign_message.c.version == version
    )
    changed = _plain(values) | {"version": campaign_message.c.version + 1, "changed_at": now}
    new = tx.execute(query.values(changed).returning(campaign_message.c.version)).scalar()
    if new is None:
        found = tx.execute(sa.select(campaign_message.c.version).where(campaign_message.c.id == message_id)).scalar()
        raise StaleVersion(f"Текст № {message_id}", version, found)
    return int(new)


def add_material(tx: Tx, values: Mapping[str, Any]) -> int:
    """Write one version of a material and return its id."""
    return _add(tx, campaign_material, values)


def change_material(tx: Tx, material_id: int, was: str, values: Mapping[str, Any]) -> bool:
    """Change a material's version that is in this state; return whether it was until now."""
    query = sa.update(campaign_material).where(campaign_material.c.id == material_id, campaign_material.c.state == was)
    return tx.execute(query.values(_plain(values)).returning(campaign_material.c.id)).scalar() is not None


def replace_materials(tx: Tx, campaign_id: int, title: str, but_id: int) -> None:
    """Mark all other versions of a title as replaced."""
    query = sa.update(campaign_material).where(
        campaign_material.c.campaign_id == campaign_id,
        campaign_material.c.title == title,
        campaign_material.c.id != but_id,
    )
    tx.execute(query.values(state="replaced"))


def add_partner(tx: Tx, values: Mapping[str, Any]) -> int:
    """Write a partner and return its id."""
    return _add(tx, campaign_partner, values)


def change_partner(tx: Tx, partner_id: int, values: Mapping[str, Any]) -> bool:
    """Change a partner who still takes part; return whether they did until now."""
    query = sa.update(campaign_partner).where(
        campaign_partner.c.id == partner_id, campaign_partner.c.ended_at.is_(None)
    )
    return tx.execute(query.values(_plain(values)).returning(campaign_partner.c.id)).scalar() is not None


def _add(tx: Tx, table: sa.Table, values: Mapping[str, Any]) -> int:
    return int(tx.execute(sa.insert(table).values(_plain(values)).returning(table.c.id)).scalar_one())


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
