"""What stands in a calendar: threats to prepare for, campaigns, tasks and publications of a person or of a block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from casework.threats import register
from casework.work import Staff, Work
from casework.year_facts import year_facts
from district.seasons import Threat
from preventive.campaign import LIVE, CampaignState
from preventive.dates import EndBeforeStart, NeverFires, occasions_between
from preventive.facts import Basis, Occasion, YearFacts
from reports.ical import Entry
from storage.engine import Tx
from storage.find.campaigns import (
    CampaignRow,
    MessageRow,
    TaskRow,
    campaigns_between,
    messages_between,
    tasks_between,
)

BACK, AHEAD = timedelta(days=92), timedelta(days=400)
"""A quarter back, so that what was is not lost at once; a year and a month ahead, so that next spring stands there."""
_TASK_DAYS, _SAME_DAY = 1, 0


@dataclass(frozen=True, slots=True)
class _Span:
    first: date
    last: date

    def meets(self, first: date, last: date) -> bool:
        return first <= self.last and last >= self.first


def days_of(work: Work, whose: Staff, block: str, desk: str) -> tuple[str, list[Entry]]:
    """Return the name of a calendar and its entries: of a person ("" for `block`) or of a block of the profile.

    A person sees the own tasks, campaigns and their publications, and the threats of the own blocks (all threats when
    the account has no blocks). `desk` begins every link. Nothing in it was written by residents.
    """
    today = work.today
    span = _Span(today - BACK, today + AHEAD)
    blocks = frozenset([block]) if block else frozenset(whose.blocks)
    entries = list(_threat_days(work, span, blocks, desk))
    with work.store.read() as tx:
        campaigns = _campaigns(tx, span, whose, block)
        tasks = _tasks(tx, span, whose, block)
        messages = [m for m in messages_between(tx, span.first, span.last) if m.campaign_id in campaigns]
    for row in campaigns.values():
        entries += _campaign_days(work, row, desk)
    entries += [_task_day(work, row, desk) for row in tasks]
    entries += [_message_day(work, row, desk) for row in messages]
    return _name(work, block), entries


def _name(work: Work, block: str) -> str:
    shown = next((b.name for b in work.profile.blocks if b.id == block), "")
    return f"Отклик: {shown}" if shown else f"Отклик: мой год, {work.profile.name}"


def _campaigns(tx: Tx, span: _Span, whose: Staff, block: str) -> dict[int, CampaignRow]:
    found = campaigns_between(tx, span.first, span.last, cancelled=True)
    return {c.id: c for c in found if (c.block == block if block else c.owner_staff == whose.id)}


def _tasks(tx: Tx, span: _Span, whose: Staff, block: str) -> tuple[TaskRow, ...]:
    if block:
        return tasks_between(tx, span.first, span.last, block=block, open_only=False)
    return tasks_between(tx, span.first, span.last, staff_id=whose.id, open_only=False)


def _threat_days(work: Work, span: _Span, blocks: frozenset[str], desk: str) -> Iterator[Entry]:
    """An occasion and, before it, the day on which preparing begins. Whole years are asked for, so that the second
    coming of a year stays the second, whatever part of the year is shown."""
    threats = [t for t in register(work) if not blocks or _in_blocks(work, t, blocks)]
    first, last = date(span.first.year - 1, 1, 1), date(span.last.year, 12, 31)
    facts = year_facts(work, first, last)
    for threat in threats:
        for number, one in _numbered(_comings(threat, first, last, facts)):
            if span.meets(one.prepare_from, one.end):
                yield from _occasion(work, threat, one, number, desk)


def _comings(threat: Threat, first: date, last: date, facts: YearFacts) -> tuple[Occasion, ...]:
    """A threat whose rule or document is wrong is told on its page; it must not take the whole calendar away."""
    try:
        return occasions_between([threat], first, last, facts)
    except (NeverFires, EndBeforeStart):
        return ()


def _numbered(found: Iterable[Occasion]) -> Iterator[tuple[int, Occasion]]:
    seen: dict[int, int] = {}
    for one in sorted(found, key=lambda o: o.start):
        seen[one.year] = seen.get(one.year, 0) + 1
        yield seen[one.year], one


def _in_blocks(work: Work, threat: Threat, blocks: frozenset[str]) -> bool:
    return any((own := work.profile.block_of(topic)) is not None and own.id in blocks for topic in threat.topics)


def _occasion(work: Work, threat: Threat, one: Occasion, number: int, desk: str) -> Iterator[Entry]:
    known = one.basis is Basis.KNOWN
    where = _places(work, one.territories or threat.territories)
    words = "\n".join(line for line in (one.why, f"Где: {where}" if where else "", _audience(threat)) if line)
    link, mark = f"{desk}/threats/{threat.id}", f"{threat.id}-{one.year}-{number}"
    ahead = "" if known else " (ожидается)"
    made = 1 if known else 0
    yield Entry(_uid(work, "threat", mark), threat.name + ahead, one.start, one.end, words, link, sequence=made)
    if one.prepare_from < one.start:
        told = f"Начало: {_day(one.start)}{ahead}.\n{words}"
        title = f"Начать подготовку: {threat.name}"
        prepare = one.prepare_from
        yield Entry(_uid(work, "prepare", mark), title, prepare, prepare, told, link, _SAME_DAY, sequence=made)


def _campaign_days(work: Work, row: CampaignRow, desk: str) -> Iterator[Entry]:
    state = CampaignState(row.state)
    off, link = state is CampaignState.CANCELLED, _campaign_link(desk, row.id)
    words = "\n".join(line for line in (f"Состояние: {state.label}", row.goal, row.reason if off else "") if line)
    title = f"Кампания: {row.title}"
    yield Entry(
        _uid(work, "campaign", row.id), title, row.starts_on, row.ends_on, words, link, None, off, row.version, row.changed_at,
    )  # fmt: skip
    if row.prepare_from < row.starts_on:
        alarm = _SAME_DAY if state in LIVE else None
        day = row.prepare_from
        yield Entry(
            _uid(work, "campaign-prepare", row.id), f"Готовить кампанию: {row.title}", day, day, words, link, alarm, off,
            row.version, row.changed_at,
        )  # fmt: skip


def _task_day(work: Work, row: TaskRow, desk: str) -> Entry:
    off = CampaignState.CANCELLED in (row.state, row.campaign_state)
    waits = row.is_open and row.campaign_state in LIVE
    title = f"{'Сделано' if row.state == 'done' else 'Задача'}: {row.what}"
    doer = f"Делает: {row.partner}" if row.partner else ""
    words = "\n".join(line for line in (f"Кампания: {row.campaign_title}", doer, row.result) if line)
    return Entry(
        _uid(work, "task", row.id), title, row.due_on, row.due_on, words, _campaign_link(desk, row.campaign_id),
        _TASK_DAYS if waits else None, off, 0 if row.is_open else 1, row.ended_at or row.made_at,
    )  # fmt: skip


def _message_day(work: Work, row: MessageRow, desk: str) -> Entry:
    channel = next((s.name for s in work.profile.sources if s.id == row.channel), row.channel)
    done, waits = row.state == "published", row.state != "published" and row.campaign_state in LIVE
    title = f"{'Вышло' if done else 'Опубликовать'}: {channel}, {row.audience}"
    day = row.published_on if done and row.published_on else row.post_on
    return Entry(
        _uid(work, "message", row.id), title, day, day, f"Кампания: {row.campaign_title}",
        _campaign_link(desk, row.campaign_id), _SAME_DAY if waits else None, False, row.version, row.changed_at,
    )  # fmt: skip


def _campaign_link(desk: str, campaign_id: int) -> str:
    return f"{desk}/campaigns/{campaign_id}"


def _uid(work: Work, what: str, mark: object) -> str:
    return f"{what}-{mark}@{work.profile.id}.otklik"


def _places(work: Work, ids: Sequence[str]) -> str:
    names = {t.id: t.name for t in work.profile.territories}
    return ", ".join(names.get(i, i) for i in ids)


def _audience(threat: Threat) -> str:
    return f"Кому: {', '.join(threat.audience)}" if threat.audience else ""


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
