"""What the card of a campaign shows of its parts: tasks, texts by audience, budget of attention, materials, partners."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from markupsafe import Markup

from casework.campaign_partners import KINDS
from casework.campaign_texts import channel_name, check_text
from casework.roles import NO_BLOCK, Act
from desk.campaign_picture import Mark, plan_picture
from desk.campaign_words import (
    MATERIAL_STATES,
    MESSAGE_STATES,
    day_words,
    task_term,
    until,
)
from desk.visit import Visit
from desk.wording import Term
from feedback.findings import Finding
from preventive.campaign import LIVE, CampaignState
from storage.find.campaigns import (
    CampaignEventRow,
    CampaignRow,
    MaterialRow,
    MessageRow,
    PartnerRow,
    TaskRow,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that belongs to one campaign, as it stands in the memory."""

    tasks: tuple[TaskRow, ...]
    messages: tuple[MessageRow, ...]
    materials: tuple[MaterialRow, ...]
    partners: tuple[PartnerRow, ...]
    events: tuple[CampaignEventRow, ...]


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task in words."""

    row: TaskRow
    whose: str
    day: str
    term: Term
    may_end: bool


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One text in words, with what may be done with it now."""

    row: MessageRow
    place: str
    day: str
    state: tuple[str, str]
    when: Term
    may_edit: bool
    may_decide: bool
    may_record: bool
    may_withdraw: bool
    findings: tuple[Finding, ...]
    """What the check says of a text that somebody is to approve."""
    opened: bool
    """True for what waits for this person: shown unfolded."""

    @property
    def lines(self) -> int:
        """How many lines its field needs."""
        return min(max(self.row.text.count("\n") + 2 + len(self.row.text) // 80, 4), 14)


@dataclass(frozen=True, slots=True)
class Audience:
    """The texts for one group of people."""

    name: str
    lines: tuple[MessageLine, ...]


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One material: its newest version and those before it."""

    row: MaterialRow
    state: tuple[str, str]
    link: bool
    """True when the body is an address."""
    may_decide: bool
    older: tuple[MaterialRow, ...]


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """One partner in words."""

    row: PartnerRow
    kind: str
    agreed: str
    stands: bool


def parts_of(visit: Visit, row: CampaignRow, parts: Parts, today: date) -> dict[str, Any]:
    """Return what the sections of the card show; `today` is the district's."""
    tasks = [_task(visit, row, t, today) for t in parts.tasks]
    return {
        "tasks": [t for t in tasks if t.row.is_open], "ended_tasks": [t for t in tasks if not t.row.is_open],
        "tasks_done": sum(t.state == "done" for t in parts.tasks), "tasks_all": sum(t.state != "cancelled" for t in parts.tasks),
        "audiences": _audiences(visit, row, parts.messages, today),
        "withdrawn": [m for m in parts.messages if m.state == "withdrawn"],
        "messages_ready": sum(m.state in ("approved", "published") for m in parts.messages),
        "messages_all": sum(m.state != "withdrawn" for m in parts.messages),
        "materials": _materials(visit, row, parts.materials),
        "partners": [_partner(p, today) for p in parts.partners if p.ended_at is None],
        "past_partners": [_partner(p, today) for p in parts.partners if p.ended_at is not None],
    }  # fmt: skip


def picture_of(row: CampaignRow, parts: Parts, today: date) -> Markup:
    """Return the plan as a picture: withdrawn texts and cancelled tasks are not on it."""
    tasks = [Mark(t.due_on, _look(t.state == "done", t.due_on, today)) for t in parts.tasks if t.state != "cancelled"]
    posts = [
        Mark(m.published_on or m.post_on, _look(m.state == "published", m.post_on, today))
        for m in parts.messages
        if m.state != "withdrawn"
    ]
    return plan_picture((row.prepare_from, row.starts_on, row.ends_on), today, tasks, posts)


def _look(done: bool, day: date, today: date) -> str:
    return "done" if done else "late" if day < today else "open"


def _task(visit: Visit, row: CampaignRow, task: TaskRow, today: date) -> TaskLine:
    blocks = {b.id: b.name for b in visit.desk.profile.blocks}
    block = blocks.get(task.block or "", "")
    whose = task.partner or task.owner_name or block
    if task.partner and task.owner_name:
        whose = f"{task.partner}, следит {task.owner_name}"
    ours = visit.may(Act.WORK_CAMPAIGN, row.block or NO_BLOCK) or visit.may(Act.WORK_CAMPAIGN, task.block or NO_BLOCK)
    may = task.is_open and CampaignState(row.state) in LIVE and (ours or task.owner_staff == visit.me.id)
    return TaskLine(task, whose, day_words(task.due_on, today), task_term(task.due_on, today), may)


def _audiences(visit: Visit, row: CampaignRow, messages: Sequence[MessageRow], today: date) -> list[Audience]:
    """Return the texts by audience in the order of the campaign's own list, then by day."""
    order = {name: number for number, name in enumerate(row.audiences)}
    standing = [m for m in messages if m.state != "withdrawn"]
    standing.sort(key=lambda m: (order.get(m.audience, len(order)), m.audience, m.post_on, m.channel, m.id))
    return [
        Audience(name, tuple(_message(visit, row, m, today) for m in group))
        for name, group in groupby(standing, key=lambda m: m.audience)
    ]


def _message(visit: Visit, row: CampaignRow, message: MessageRow, today: date) -> MessageLine:
    block, state = row.block or NO_BLOCK, message.state
    live = CampaignState(row.state) in LIVE
    works = live and visit.may(Act.WORK_CAMPAIGN, block)
    approves = live and visit.may(Act.APPROVE_MATERIAL, block) and message.made_by != visit.me.id
    decides, records = approves and state == "waiting", works and state == "approved"
    return MessageLine(
        message, channel_name(visit.desk.profile, message.channel), day_words(message.post_on, today), MESSAGE_STATES[state],
        post_term(message, today), works and state in ("draft", "returned", "waiting", "approved"), decides, records,
        works and state not in ("published", "withdrawn"), _findings(visit, row, message) if decides else (),
        decides or (records and message.post_on <= today) or (works and state == "returned"),
    )  # fmt: skip


def _findings(visit: Visit, row: CampaignRow, message: MessageRow) -> tuple[Finding, ...]:
    return check_text(message.text, row, channel_name(visit.desk.profile, message.channel))


def post_term(message: MessageRow, today: date) -> Term:
    """Return how far the day of a publication is; what is published presses on nobody."""
    if message.state == "published":
        return Term(f"вышел {day_words(message.published_on or message.post_on, today)}", "calm")
    left = (message.post_on - today).days
    if left < 0:
        return Term(f"должен был выйти {until(message.post_on, today)}", "late")
    return Term(until(message.post_on, today), "soon" if left <= 1 else "calm")


def _materials(visit: Visit, row: CampaignRow, rows: Iterable[MaterialRow]) -> list[MaterialLine]:
    """Return each material by its newest version; versions come newest first."""
    block, live = row.block or NO_BLOCK, CampaignState(row.state) in LIVE
    approves = live and visit.may(Act.APPROVE_MATERIAL, block)
    found = []
    for _, group in groupby(rows, key=lambda m: m.title):
        newest, *older = group
        decides = approves and newest.state == "draft" and newest.made_by != visit.me.id
        link = newest.body.startswith(("https://", "http://")) and " " not in newest.body and "\n" not in newest.body
        found.append(MaterialLine(newest, MATERIAL_STATES[newest.state], link, decides, tuple(older)))
    return found


def _partner(row: PartnerRow, today: date) -> PartnerLine:
    agreed = f"согласие {day_words(row.agreed_on, today)}" if row.agreed_on else "согласия ещё нет"
    return PartnerLine(row, KINDS.get(row.kind, row.kind), agreed, row.ended_at is None)
