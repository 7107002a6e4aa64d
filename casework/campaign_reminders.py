"""What prevention tells by itself: whose task is due or late, and for which threat nobody has planned a campaign yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from casework.campaign_chat import LEVEL, told_chats, whose_campaign, whose_task
from casework.campaign_moves import note_event
from casework.campaign_threats import YEAR_ROUND
from casework.chat_hours import opens_at
from casework.telling import tell_text
from casework.threats import register
from casework.work import Work
from casework.year_facts import year_facts
from district.profile import Profile
from district.seasons import Threat
from district.topics import TOPICS
from district.workdays import WorkCalendar
from preventive.dates import NeverFires
from preventive.due import due
from preventive.facts import Basis, Occasion, YearFacts
from reports.campaign import DueTask, DueThreat, due_message, tasks_message
from storage.engine import Tx
from storage.find.accounts import setting_value
from storage.find.campaigns import TaskRow, campaigns_of_threats, tasks_between
from storage.keep.campaigns import mark_tasks_reminded
from storage.keep.journal import put_setting

TASKS, PREPARE = "campaign_tasks", "campaign_due"
TOLD_KEY = "campaigns.told"
"""Setting: threat id → first days of the comings that the chats were told of. Lines of the outbox are forgotten sooner."""
SAME = timedelta(days=60)
"""A coming whose first day moved by less (weather, a document earlier than expected) is the same coming [P]."""
AHEAD = timedelta(days=400)
_DAY = timedelta(days=1)
LATE = timedelta(days=14)
"""A threat that began so long ago is no news any more: whoever works knows of it [P]."""


def remind_tasks(work: Work) -> int:
    """Tell the chats of open tasks: once before their day and once when it has passed; return how many tasks were told.

    «Before» is the last working day before: what is due on Monday is told on Friday. A chat has one message a day, and
    only in the district's working time.
    """
    if not _is_open(work):
        return 0
    today, calendar = work.today, WorkCalendar.of(work.profile)
    chats = [chat.id for chat in told_chats(work.profile)]
    with work.store.read() as tx:
        if not chats or not _to_tell(tx, work, today, calendar):
            return 0
    with work.store.write() as tx:
        told = _to_tell(tx, work, today, calendar)
        lines = [DueTask(t.what, t.due_on, whose_task(work.profile, t), t.campaign_title) for t in told]
        key = f"{TASKS}:{today.isoformat()}"
        text = tasks_message(lines, today) if lines else ""
        if not text or not tell_text(tx, work, key, text, risk_id=None, level=LEVEL, kind=TASKS, chats=chats):
            return 0
        mark_tasks_reminded(tx, [task.id for task in told], work.now)
        for task in told:
            note_event(tx, work, task.campaign_id, "task_reminded", task.what, {"task": task.id})
        return len(told)


def _to_tell(tx: Tx, work: Work, today: date, calendar: WorkCalendar) -> list[TaskRow]:
    soon = calendar.next_working(today + _DAY)
    return [task for task in tasks_between(tx, None, soon) if _is_news(work, task, today)]


def _is_news(work: Work, task: TaskRow, today: date) -> bool:
    """Not told yet; or told before its day had passed, and now it has."""
    if task.reminded_at is None:
        return True
    told_on = task.reminded_at.astimezone(work.profile.timezone).date()
    return told_on <= task.due_on < today


def tell_due(work: Work) -> int:
    """Tell the chats once of every threat whose time to prepare has come and that has no campaign; return how many.

    A cancelled campaign counts: somebody has decided. A threat that lasts all the year has no time to prepare, and one
    that began two weeks ago is no news. Only in the district's working time.
    """
    chats = [chat.id for chat in told_chats(work.profile)]
    if not chats or not _is_open(work):
        return 0
    today = work.today
    facts = year_facts(work, date(today.year - 1, 1, 1), today + AHEAD)
    coming = [found for threat in register(work) for found in _coming(threat, today, facts)]
    with work.store.read() as tx:
        if not _untold(tx, coming):
            return 0
    with work.store.write() as tx:
        fresh = _untold(tx, coming)
        for threat, one in fresh:
            text = due_message(_facts(work.profile, threat, one), today)
            key = f"{PREPARE}:{threat.id}:{one.start.isoformat()}"
            tell_text(tx, work, key, text, risk_id=None, level=LEVEL, kind=PREPARE, chats=chats)
        if fresh:
            put_setting(tx, TOLD_KEY, _noted(_told(tx), fresh, today))
        return len(fresh)


def _coming(threat: Threat, today: date, facts: YearFacts) -> Iterator[tuple[Threat, Occasion]]:
    """Give the threat with its coming when it is time to prepare, or it began within the last two weeks."""
    try:
        found = due(threat, today, facts)
    except NeverFires:
        return  # the register shows what is wrong with the rule; others must not wait for its mending
    one = found.occasion
    if one is None or one.end - one.start >= YEAR_ROUND or today - one.start > LATE:
        return
    yield threat, one


def _untold(tx: Tx, coming: Sequence[tuple[Threat, Occasion]]) -> list[tuple[Threat, Occasion]]:
    told = _told(tx)
    return [
        (threat, one)
        for threat, one in coming
        if not any(abs(one.start - date.fromisoformat(day)) <= SAME for day in told.get(threat.id, ()))
        and not campaigns_of_threats(tx, [threat.id], one.prepare_from, one.end)
    ]


def _told(tx: Tx) -> dict[str, list[str]]:
    return dict(setting_value(tx, TOLD_KEY) or {})


def _noted(
    told: Mapping[str, list[str]], fresh: Sequence[tuple[Threat, Occasion]], today: date
) -> dict[str, list[str]]:
    """Return what was told with what is told now; days older than a year and a half are forgotten."""
    old = (today - timedelta(days=550)).isoformat()
    days = {threat_id: [day for day in days if day >= old] for threat_id, days in told.items()}
    for threat, one in fresh:
        days.setdefault(threat.id, []).append(one.start.isoformat())
    return {threat_id: known for threat_id, known in days.items() if known}


def _facts(profile: Profile, threat: Threat, one: Occasion) -> DueThreat:
    places = {t.id: t.name for t in profile.territories}
    block = next((b.id for topic in threat.topics if (b := profile.block_of(topic)) is not None), None)
    return DueThreat(
        name=threat.name,
        start=one.start,
        end=one.end,
        prepare_from=one.prepare_from,
        why=one.why,
        sure=one.basis is Basis.KNOWN,
        topics=tuple(TOPICS.get(topic, topic) for topic in threat.topics),
        places=tuple(places.get(i, i) for i in one.territories),
        whose=whose_campaign(profile, block),
    )


def _is_open(work: Work) -> bool:
    return opens_at(work, work.now) <= work.now
