"""Partners of a campaign: who outside the administration takes part, what they do, since when they agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from casework.campaign_moves import enter, load, note_event, refuse_over
from casework.campaign_plan import checked_name
from casework.errors import BadMove, ReasonNeeded, UnknownSubject
from casework.moves import reasoned
from casework.roles import NO_BLOCK, Act, require
from casework.work import Work
from preventive.templates import PARTNER_KINDS
from storage.engine import Tx
from storage.find.campaign_parts import PartnerRow, partner_by_id
from storage.find.campaigns import CampaignRow
from storage.keep import campaigns as keep

KINDS: Mapping[str, str] = MappingProxyType(dict(PARTNER_KINDS))
"""Kind of a partner → Russian words."""
LEADER = "leader"


def add_partner(
    work: Work, campaign_id: int, *, kind: str, name: str, does: str, agreed_on: date | None = None, note: str = ""
) -> int:
    """Write a partner; return the id.

    An opinion leader is a person: without the day of their consent they are not written at all (152-ФЗ, art. 5: no more
    data than the purpose needs). Other partners may be written first and agree later.
    """
    with work.store.write() as tx:
        row = enter(tx, work, campaign_id, Act.PLAN_CAMPAIGN)
        if kind not in KINDS:
            raise BadMove(f"Партнёра вида «{kind[:40]}» не бывает. Выберите: {', '.join(KINDS.values())}.")
        if kind == LEADER and agreed_on is None:
            raise ReasonNeeded("день, когда лидер мнений согласился: без согласия его не записывают")
        values = {
            "kind": kind,
            "name": checked_name(name, "название партнёра"),
            "does": reasoned(does, "что партнёр делает в кампании"),
            "agreed_on": None if agreed_on is None else _past(work, agreed_on),
            "note": note.strip(),
        }
        return write_partner(tx, work, row, values)


def write_partner(tx: Tx, work: Work, row: CampaignRow, values: Mapping[str, Any]) -> int:
    """Write a partner whose values are checked, with the event; return the id."""
    made = {"campaign_id": row.id, "made_at": work.now, "made_by": work.by.id}
    partner_id = keep.add_partner(tx, {"agreed_on": None, "note": ""} | dict(values) | made)
    told = {"partner": partner_id, "kind": values["kind"], "agreed_on": values.get("agreed_on")}
    note_event(tx, work, row.id, "partner_added", str(values["name"]), told)
    return partner_id


def agree(work: Work, partner_id: int, agreed_on: date | None = None, note: str = "") -> None:
    """Record that a partner agreed: on a day not in the future, today when None."""
    with work.store.write() as tx:
        found, row = _open(tx, partner_id)
        require(work.by, Act.WORK_CAMPAIGN, row.block or NO_BLOCK)
        day = _past(work, agreed_on or work.today)
        keep.change_partner(tx, found.id, {"agreed_on": day} | ({"note": note.strip()} if note.strip() else {}))
        note_event(tx, work, row.id, "partner_agreed", found.name, {"partner": found.id, "agreed_on": day})


def end_partner(work: Work, partner_id: int, note: str) -> None:
    """Record that a partner takes part no longer, and why."""
    said = reasoned(note, "почему партнёр больше не участвует")
    with work.store.write() as tx:
        found, row = _open(tx, partner_id)
        require(work.by, Act.PLAN_CAMPAIGN, row.block or NO_BLOCK)
        keep.change_partner(tx, found.id, {"ended_at": work.now, "note": said})
        note_event(tx, work, row.id, "partner_ended", said, {"partner": found.id, "name": found.name})


def _past(work: Work, day: date) -> date:
    if day > work.today:
        raise BadMove(f"День согласия {day:%d.%m.%Y} ещё впереди. Запишите его, когда партнёр согласится.")
    return day


def _open(tx: Tx, partner_id: int) -> tuple[PartnerRow, CampaignRow]:
    found = partner_by_id(tx, partner_id)
    if found is None:
        raise UnknownSubject(f"Партнёра № {partner_id} нет. Обновите страницу кампании.")
    row = load(tx, found.campaign_id)
    refuse_over(row)
    if found.ended_at is not None:
        raise BadMove(f"«{found.name}» в кампании уже не участвует. Запишите партнёра заново, если он вернулся.")
    return found, row
