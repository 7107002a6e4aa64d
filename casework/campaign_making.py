"""Campaigns made in two clicks: from the template of a threat, or from last year's with its lessons."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from casework.campaign_materials import write_version
from casework.campaign_messages import planned_posts, write_message
from casework.campaign_moves import enter, load
from casework.campaign_partners import write_partner
from casework.campaign_plan import USUAL_LEAD, checked_owner, write_plan
from casework.campaign_tasks import write_task
from casework.campaign_threats import Coming, coming_of, find_threat, refuse_year, threat_of
from casework.errors import BadMove
from casework.roles import Act
from casework.work import Work
from district.profile import Platform, Profile
from district.seasons import Threat, YearDay
from district.workdays import WorkCalendar
from preventive.attention import Planned, budgets_of, free_day
from preventive.channels import ChannelKind
from preventive.template_list import plan_of
from preventive.templates import CampaignTemplate, TemplateTask, day_of, day_words, fill, variables
from reports.replies import signature_of
from storage.engine import Tx
from storage.find.campaigns import CampaignRow, materials_of, messages_of, partners_of, tasks_of

_PAGES = (Platform.VK, Platform.MAX, Platform.TELEGRAM, Platform.TELEGRAM_PREVIEW, Platform.SITE, Platform.FEED)
"""Which official page carries campaigns when there are several: where people read, the site last."""
FULL = "Сверх бюджета внимания: в дни кампании нет недели, где эта площадка свободна. Перенесите или снимите."
_LONGEST_BACK = 10


def from_template(work: Work, threat_id: str, year: int, start: date | None = None) -> int:
    """Make the whole plan against a threat's next coming of a year of the district; return the campaign's id.

    `start` is the first day of the coming that is meant, where a threat comes several times a year; else the next one.
    Texts are drafts for each audience and channel, tasks are counted back from the first day and fall on working days,
    partners are still to be asked, the owner is who pressed. A coming that has begun already is planned from today.
    Raises BadMove when the threat does not come that year any more, AlreadyPlanned when its campaign is there.
    """
    threat = threat_of(work, threat_id)
    plan = plan_of(threat)
    coming = coming_of(work, threat, year, start)
    with work.store.write() as tx:
        values = {
            "title": f"{plan.title}, {coming.start.year}", "goal": plan.goal, "audiences": plan.audiences,
            "channels": tuple(channel_of(work.profile, kind) for kind in plan.channels), "starts_on": coming.start,
            "ends_on": coming.end, "prepare_from": coming.prepare_from, "owner_staff": work.by.id,
            "territories": coming.territories, "template": plan.id,
        }  # fmt: skip
        campaign_id = write_plan(tx, work, threat, values, coming.why)
        row = load(tx, campaign_id)
        _write_texts(tx, work, row, plan, threat)
        for task in plan.tasks:
            write_task(tx, work, row, _task(work, row, plan, task))
        for partner in plan.partners:
            write_partner(tx, work, row, {"kind": partner.kind, "name": partner.name, "does": partner.does})
        return campaign_id


def _write_texts(tx: Tx, work: Work, row: CampaignRow, plan: CampaignTemplate, threat: Threat) -> None:
    values = variables(work.profile.name, signature_of(work.profile), threat.name, row.starts_on, row.ends_on)
    posts = list(planned_posts(tx, row.prepare_from, row.ends_on))
    for one in plan.messages:
        channel = channel_of(work.profile, one.channel)
        day, note = _post_day(work, row, channel, day_of(one.days, plan.lead, row.starts_on, work.today), posts)
        posts.append((channel, day))
        made = {
            "audience": one.audience,
            "channel": channel,
            "text": fill(one.text, values),
            "post_on": day,
            "note": note,
        }
        write_message(tx, work, row, made, work.by.id)


def _post_day(work: Work, row: CampaignRow, channel: str, wanted: date, posts: Sequence[Planned]) -> tuple[date, str]:
    first = min(max(row.prepare_from, work.today), row.ends_on)
    near = min(max(wanted, first), row.ends_on)
    found = free_day(channel, near, first, row.ends_on, posts, budgets_of(work.profile.prevention))
    return (found, "") if found is not None else (near, FULL)


def _task(work: Work, row: CampaignRow, plan: CampaignTemplate, task: TemplateTask) -> dict[str, Any]:
    due_on = _task_day(work, row, day_of(task.days, plan.lead, row.starts_on, work.today))
    if task.whose == "owner":
        return {"what": task.what, "due_on": due_on, "owner_staff": row.owner_staff}
    names = {partner.kind: partner.name for partner in plan.partners}
    return {"what": task.what, "due_on": due_on, "block": row.block, "partner": names.get(task.whose, "")}


def _task_day(work: Work, row: CampaignRow, wanted: date) -> date:
    """Return the wanted day or the working day before it, never before today nor after the campaign."""
    today = min(work.today, row.ends_on)
    day = min(max(wanted, today), row.ends_on)
    calendar = WorkCalendar.of(work.profile)
    back = (day - timedelta(days=n) for n in range(_LONGEST_BACK))
    return next((one for one in back if one >= today and calendar.is_working(one)), day)


def channel_of(profile: Profile, kind: ChannelKind) -> str:
    """Return the district's own place of a kind: its first official page by `_PAGES`, else the name of the kind."""
    if kind is ChannelKind.OFFICIAL:
        pages = [source for source in profile.sources if source.official and source.platform in _PAGES]
        pages.sort(key=lambda source: _PAGES.index(source.platform))
        if pages:
            return pages[0].id
    if kind is ChannelKind.PAPER:
        papers = [s.name for s in profile.sources if s.media and not s.federal and "газет" in s.name.lower()]
        return papers[0] if papers else kind.label
    return kind.label


def copy(work: Work, campaign_id: int, year: int) -> int:
    """Make last year's campaign anew for the coming of another year; return the new id.

    The plan, its open and done tasks, the texts that were not withdrawn, approved materials and partners come along; all
    days move with the first one, the days named in texts too. Nothing is approved, done or agreed yet. Its lessons stand
    in `last_lessons`. Raises as `from_template`, and BadMove for a copy on the days of the old one.
    """
    with work.store.read() as tx:
        old = enter(tx, work, campaign_id, Act.PLAN_CAMPAIGN, live=False)
    threat = find_threat(work, old.threat_id) if old.threat_id else None
    refuse_year(year)
    near = YearDay(old.starts_on.month, old.starts_on.day).on(year)
    coming = coming_of(work, threat, year, near) if threat else _same_days(work, old, near)
    if old.starts_on <= coming.start <= old.ends_on:
        raise BadMove(f"Кампания «{old.title[:80]}» и так стоит на эти дни. Копию делают на другой год.")
    with work.store.write() as tx:
        new_id = write_plan(tx, work, threat, _plan_again(tx, work, old, coming), f"копия кампании № {old.id}")
        _parts_again(tx, work, old, load(tx, new_id))
        return new_id


def _same_days(work: Work, old: CampaignRow, start: date) -> Coming:
    """A campaign without a threat comes on the same day of the year and lasts as long."""
    if start < work.today:
        raise BadMove(f"День {start:%d.%m.%Y} уже прошёл. Выберите следующий год.")
    lead = old.starts_on - old.prepare_from
    return Coming(start, start + (old.ends_on - old.starts_on), start - lead, old.territories, "те же дни года")


def _plan_again(tx: Tx, work: Work, old: CampaignRow, coming: Coming) -> dict[str, Any]:
    owner = old.owner_staff if old.owner_active else work.by.id
    lead = coming.start - coming.prepare_from or USUAL_LEAD
    return {
        "title": re.sub(rf"\b{old.starts_on.year}\b", str(coming.start.year), old.title), "goal": old.goal,
        "topics": old.topics, "territories": coming.territories or old.territories, "audiences": old.audiences,
        "channels": old.channels, "starts_on": coming.start, "ends_on": coming.end,
        "prepare_from": coming.start - lead, "owner_staff": checked_owner(tx, owner), "block": old.block,
        "subject": old.subject, "template": old.template, "copied_from": old.id, "last_lessons": old.lessons,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Days:
    """How days and the words for them move."""

    by: timedelta
    words: Mapping[str, str]

    def text(self, text: str) -> str:
        """Return a text with the old first and last day named anew."""
        if not self.words:
            return text
        found = re.compile(r"(?<!\d)(?:" + "|".join(map(re.escape, self.words)) + r")(?!\w)")
        return found.sub(lambda hit: self.words[hit.group()], text)


def _parts_again(tx: Tx, work: Work, old: CampaignRow, new: CampaignRow) -> None:
    words = {day_words(old.ends_on): day_words(new.ends_on), day_words(old.starts_on): day_words(new.starts_on)}
    days = _Days(new.starts_on - old.starts_on, words)
    for task in tasks_of(tx, old.id):
        if task.state != "cancelled":
            owner = task.owner_staff if task.owner_active else None
            values = {"what": task.what, "due_on": _task_day(work, new, task.due_on + days.by), "owner_staff": owner}
            write_task(tx, work, new, values | {"block": task.block or new.block, "partner": task.partner})
    _texts_again(tx, work, old, new, days)
    for material in materials_of(tx, old.id):
        if material.state == "approved":
            write_version(tx, work, new, material.title, days.text(material.body))
    for partner in partners_of(tx, old.id):
        if partner.ended_at is None and partner.kind != "leader":
            write_partner(tx, work, new, {"kind": partner.kind, "name": partner.name, "does": partner.does})


def _texts_again(tx: Tx, work: Work, old: CampaignRow, new: CampaignRow, days: _Days) -> None:
    posts = list(planned_posts(tx, new.prepare_from, new.ends_on))
    for one in messages_of(tx, old.id):
        if one.state == "withdrawn":
            continue
        day, note = _post_day(work, new, one.channel, one.post_on + days.by, posts)
        posts.append((one.channel, day))
        made = {
            "audience": one.audience,
            "channel": one.channel,
            "text": days.text(one.text),
            "post_on": day,
            "note": note,
        }
        write_message(tx, work, new, made, work.by.id)
