"""The card of one campaign: what it is, what is next and what stands in the way, its tasks, texts, materials, partners, past."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from starlette.responses import Response

from casework import campaign_chat, effects
from casework.campaign_errors import UnknownCampaign
from casework.campaign_texts import channel_name
from casework.roles import NO_BLOCK, Act, require
from casework.threats import all_threats
from desk.campaign_budget import budget_of
from desk.campaign_choices import choices_of
from desk.campaign_next import next_of
from desk.campaign_parts import Parts, parts_of, picture_of
from desk.campaign_past import past_of
from desk.campaign_words import STAGES, TASK_STATES, campaign_term, day_words, span_words, until
from desk.effect_view import effect_view
from desk.forms import Fields
from desk.visit import Visit
from district.topics import TOPICS
from preventive.campaign import LIVE, CampaignState
from storage.find.campaigns import (
    CampaignRow,
    campaign_by_id,
    events_of,
    materials_of,
    messages_of,
    partners_of,
    tasks_of,
)

PAST_SHOWN = 100
"""Lines of the history on the card: nobody scrolls through three hundred, as on the card of a risk."""


@dataclass(frozen=True, slots=True)
class CampaignTrouble:
    """A form that did not go through: told beside it, with what was typed kept."""

    form: str
    """Name of the form: plan, move, chat, task, task-5, message-7 …"""
    text: str
    status: int = 422
    typed: Fields = field(default_factory=Fields)
    since: datetime | None = None
    """Set when somebody else was quicker: what happened after this moment is shown."""
    over_budget: bool = False
    """True when the form must also say why a channel bears one publication more."""

    @property
    def anchor(self) -> str:
        """Return the part of the card in which the form stands."""
        kind, _, number = self.form.partition("-")
        if not number:
            return f"{kind}-new" if kind in ("task", "message", "material", "partner") else kind
        return f"{_PARTS.get(kind, kind)}-{number}"


_PARTS = {"end": "task", "decide": "message", "published": "message", "withdraw": "message"}
"""Forms of a task or a text that have names of their own."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a field shows: what was typed into the refused form, else what stands in the memory."""

    trouble: CampaignTrouble | None

    def text(self, form: str, name: str, stands: object = "") -> str:
        """Return the typed value of the refused form, or what stands."""
        if self.trouble and self.trouble.form == form and name in self.trouble.typed.values:
            return self.trouble.typed.text(name)
        return "" if stands is None else str(stands)

    def chosen(self, form: str, name: str, stands: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the ticked values of a repeated field of the refused form, or what stands."""
        if self.trouble and self.trouble.form == form:
            return self.trouble.typed.all(name)
        return stands

    def bad(self, form: str) -> bool:
        """Return whether this form was refused: it is shown open."""
        return self.trouble is not None and self.trouble.form == form


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the way of a campaign."""

    label: str
    look: str
    """done | now | ahead."""


def find_campaign(visit: Visit, campaign_id: int) -> tuple[CampaignRow, Parts]:
    """Return a campaign with its parts; UnknownCampaign when there is none, NotAllowed when it is not this person's.

    A block lead and an executor see campaigns of their blocks, and those in which they have a task.
    """
    if not 0 < campaign_id < 2**63:
        raise UnknownCampaign(campaign_id)
    with visit.desk.store.read() as tx:
        row = campaign_by_id(tx, campaign_id)
        if row is None:
            raise UnknownCampaign(campaign_id)
        parts = Parts(
            tasks_of(tx, row.id), messages_of(tx, row.id), materials_of(tx, row.id), partners_of(tx, row.id),
            events_of(tx, row.id),
        )  # fmt: skip
    mine = any(t.owner_staff == visit.me.id or (t.block and t.block in visit.me.blocks) for t in parts.tasks)
    if not mine:
        require(visit.me, Act.SEE_YEAR, row.block or NO_BLOCK)
    return row, parts


def campaign_page(visit: Visit, campaign_id: int, trouble: CampaignTrouble | None = None) -> Response:
    """Return the card, with a form that did not go through shown again."""
    row, parts = find_campaign(visit, campaign_id)
    today = visit.work.today
    state, block = CampaignState(row.state), row.block or NO_BLOCK
    may_plan = visit.may(Act.PLAN_CAMPAIGN, block)
    kept = Kept(trouble)
    places = {source.id: source.name for source in visit.desk.profile.sources}
    return visit.page(
        "campaign.html", trouble.status if trouble else 200, row=row, state=state, trouble=trouble, kept=kept,
        edit=trouble.form if trouble else visit.request.query_params.get("edit", "")[:40],
        stages=stages_of(state), term=campaign_term(state, row.prepare_from, row.starts_on, row.ends_on, today),
        head=_head(row, visit, today), is_live=state in LIVE, may_plan=may_plan,
        may_work=visit.may(Act.WORK_CAMPAIGN, block), may_approve=visit.may(Act.APPROVE_MATERIAL, block),
        next=next_of(visit, row, parts, today, may_plan=may_plan), picture=picture_of(row, parts, today),
        today=today, past=past_of(parts.events[:PAST_SHOWN], places), past_cut=len(parts.events) > PAST_SHOWN, over_budget=bool(trouble and trouble.over_budget),
        stale=past_of(parts.events, places, trouble.since) if trouble and trouble.since else [], task_states=TASK_STATES,
        budget=budget_of(visit, parts.messages, today), choices=choices_of(visit, row), **_outcome(visit, row, state),
        **parts_of(visit, row, parts, today),
    )  # fmt: skip


def _outcome(visit: Visit, row: CampaignRow, state: CampaignState) -> dict[str, Any]:
    """Return how the plan reads in the chat while something is ahead, and what came of it afterwards."""
    over = state in (CampaignState.FINISHED, CampaignState.EVALUATED)
    return {
        "chat_text": campaign_chat.plan_text(visit.work, row) if state in LIVE else "",
        "effect": effect_view(effects.effect_of(visit.work, row.id)) if over else None,
    }


def stages_of(state: CampaignState) -> list[Stage]:
    """Return the way of a campaign with the present state on it; a cancelled one stands on none of it."""
    at = STAGES.index(state) if state in STAGES else -1
    return [
        Stage(stage.label, "now" if number == at else "done" if number < at else "ahead")
        for number, stage in enumerate(STAGES)
    ]


def _head(row: CampaignRow, visit: Visit, today: date) -> dict[str, Any]:
    profile = visit.desk.profile
    threat = next((t for t in all_threats(visit.work) if t.threat.id == row.threat_id), None) if row.threat_id else None
    territories = {t.id: t.name for t in profile.territories}
    return {
        "days": span_words(row.starts_on, row.ends_on, today), "prepare": day_words(row.prepare_from, today),
        "prepare_until": until(row.prepare_from, today), "start": day_words(row.starts_on, today),
        "end": day_words(row.ends_on, today),
        "owner": row.owner_name or "", "owner_left": row.owner_active is False,
        "block": next((b.name for b in profile.blocks if b.id == row.block), ""),
        "topics": [TOPICS.get(code, code) for code in row.topics],
        "territories": [territories.get(code, code) for code in row.territories],
        "threat": threat.threat.name if threat else row.threat_id or "",
        "channels": [channel_name(profile, channel) for channel in row.channels],
    }  # fmt: skip
