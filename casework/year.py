"""The year ahead gathered from the register, the documents, the weather and the campaigns; and what of it is for today.

What does not change with the hour is kept per open store and gathered anew only when something was written or the day changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from casework.threats import register
from casework.work import Work
from casework.year_facts import year_facts
from casework.year_parts import Coming, Due, DueKind, Month, ThreatYear, Today, YearPlan, campaign_for, is_always
from district.seasons import Threat
from preventive.attention import budgets_of, same
from preventive.calendar import (
    Clash,
    Duty,
    Limits,
    Planned,
    Span,
    Step,
    clashes,
    load,
    month_of,
    step_due,
    weeks_of,
)
from preventive.campaign import LIVE, CampaignState
from preventive.dates import occasions_between
from preventive.facts import Occasion
from storage.engine import Store
from storage.find.campaign_parts import OFF
from storage.find.campaigns import (
    CampaignRow,
    MessageRow,
    TaskRow,
    campaigns_between,
    messages_between,
    tasks_between,
)
from storage.find.year import duties_between, facts_mark, posts_between, work_mark

DAY = timedelta(days=1)
SOON = timedelta(days=14)
"""So far ahead today's list looks for what must soon be prepared: a planner's fortnight [P]."""
BACK = timedelta(days=366)
"""Nobody is reminded of what was due more than a year ago."""
LEAD_MOST = timedelta(days=366)
"""Today's list looks so far ahead for what must be prepared: no threat may ask for a longer lead (district.load_threats)."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years that a calendar is made for; others are a mistake in the address."""
_KEPT_MOST = 12
"""So many gathered years and months are kept per store: this year with its months is what is looked at."""


def plan(work: Work, year: int) -> YearPlan:
    """Return a whole year; ValueError outside of FIRST_YEAR..LAST_YEAR."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"year is {year}, a calendar is made for {FIRST_YEAR}-{LAST_YEAR}")
    return _kept(work, ("plan", year), lambda: _plan(work, year))


def month(work: Work, year: int, number: int) -> Month:
    """Return one month; ValueError for a month that is not, or a year that has no calendar."""
    first, last = month_of(year, number)
    whole = plan(work, year)
    return _kept(work, ("month", year, number), lambda: _month(work, whole, first, last))


def today(work: Work) -> Today:
    """Return what is to be prepared, runs, is due and is late today."""
    return _kept(work, ("today",), lambda: _today(work))


Gathered = TypeVar("Gathered")
_KEPT: WeakKeyDictionary[Store, dict[tuple[object, ...], tuple[object, object]]] = WeakKeyDictionary()


def _kept(work: Work, what: tuple[object, ...], gather: Callable[[], Gathered], *, facts_only: bool = False) -> Gathered:  # fmt: skip
    with work.store.read() as tx:
        mark = (facts_mark(tx), () if facts_only else work_mark(tx), work.today, id(work.profile))
    kept = _KEPT.setdefault(work.store, {})
    known = kept.get(what)
    if known is None or known[0] != mark:
        kept.pop(what, None)
        while len(kept) >= _KEPT_MOST:
            kept.pop(next(iter(kept)))
        kept[what] = known = (mark, gather())
    return cast(Gathered, known[1])


@dataclass(frozen=True, slots=True)
class _Threats:
    """The register with its comings in a span of days."""

    known: tuple[Threat, ...]
    comings: Mapping[str, tuple[Occasion, ...]]
    troubles: tuple[str, ...]


def _threats(work: Work, first: date, last: date) -> _Threats:
    """Campaigns change many times a day, threats and weather hardly once: their days are kept by themselves."""
    return _kept(work, ("threats", first, last), lambda: _comings(work, first, last), facts_only=True)


def _plan(work: Work, year: int) -> YearPlan:
    day, weeks = work.today, weeks_of(year)
    first, last = weeks[0].first, weeks[-1].last
    told = _threats(work, first, last)
    with work.store.read() as tx:
        campaigns = campaigns_between(tx, first, last)
        duties = duties_between(tx, first, last)
        posts = posts_between(tx, first, last)
    by_threat = _by_threat(campaigns)
    known = {t.id for t in told.known}
    rows = [
        ThreatYear(t, _blocks(work, t), told.comings.get(t.id, ()), tuple(by_threat[t.id]))
        for t in told.known
        if t.id in told.comings or by_threat[t.id]
    ]
    return YearPlan(
        year, day, weeks,
        tuple(sorted(rows, key=lambda r: (r.always, r.first, r.threat.name))),
        tuple(row for row in campaigns if row.threat_id not in known),
        _clashes(work, campaigns, posts, day),
        load((duty for _, duty in duties), weeks),
        _people(campaigns, duties),
        told.troubles,
    )  # fmt: skip


def _comings(work: Work, first: date, last: date) -> _Threats:
    """One rule that gives no day must not take the whole calendar away: it is told, the others are shown."""
    threats, facts = register(work), year_facts(work, first, last)
    found: dict[str, tuple[Occasion, ...]] = {}
    troubles = []
    for threat in threats:
        try:
            comings = occasions_between((threat,), first, last, facts)
        except ValueError as e:
            troubles.append(str(e))
            continue
        if comings:
            found[threat.id] = comings
    return _Threats(threats, found, tuple(troubles))


def _by_threat(campaigns: Iterable[CampaignRow]) -> Mapping[str, list[CampaignRow]]:
    found: dict[str, list[CampaignRow]] = defaultdict(list)
    for row in campaigns:
        found[row.threat_id or ""].append(row)
    return found


def _blocks(work: Work, threat: Threat) -> tuple[str, ...]:
    found = (work.profile.block_of(topic) for topic in threat.topics)
    return tuple(dict.fromkeys(block.id for block in found if block))


def _spans(campaigns: Iterable[CampaignRow]) -> list[Span]:
    return [
        Span(
            row.id, min(row.prepare_from, row.starts_on), row.ends_on, row.starts_on, row.owner_staff, row.block,
            row.audiences, row.territories,
        )
        for row in campaigns
        if CampaignState(row.state) in LIVE
    ]  # fmt: skip


def _clashes(work: Work, campaigns: Iterable[CampaignRow], posts: Iterable[Planned], day: date) -> tuple[Clash, ...]:  # fmt: skip
    """A channel is one however its name is spelled, and is shown as it was spelled first."""
    spans, spelled = _spans(campaigns), dict[str, str]()
    live = {span.id for span in spans}
    planned = [
        replace(one, channel=spelled.setdefault(same(one.channel), one.channel))
        for one in posts
        if one.campaign_id in live
    ]
    budgets = budgets_of(work.profile.prevention)
    limits = Limits(
        posts_a_week=budgets.usual, budgets={spelled.get(name, name): most for name, most in budgets.own.items()}
    )
    return tuple(clash for clash in clashes(spans, planned, limits) if clash.last >= day)


def _people(campaigns: Iterable[CampaignRow], duties: Iterable[tuple[int, Duty]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for campaign_id, staff_id in (
        *((row.id, row.owner_staff) for row in campaigns),
        *((campaign_id, duty.owner) for campaign_id, duty in duties),
    ):
        if staff_id is not None:
            found[campaign_id].add(staff_id)
    return {campaign_id: frozenset(people) for campaign_id, people in found.items()}


def _today(work: Work) -> Today:
    day = work.today
    ahead = day + LEAD_MOST + SOON
    told = _threats(work, day, ahead)
    with work.store.read() as tx:
        campaigns = campaigns_between(tx, day - BACK, ahead)
        tasks = tasks_between(tx, day - BACK, day)
        messages = messages_between(tx, day - BACK, day, due_only=True)
    against = _by_threat(campaigns)
    found = [
        Coming(t, _blocks(work, t), coming, campaign_for(coming, against[t.id]))
        for t in told.known
        for coming in told.comings.get(t.id, ())
    ]
    found.sort(key=lambda c: (c.occasion.start, c.threat.name))
    bare = [c for c in found if c.campaign is None and not is_always(c.occasion)]
    there = [c for c in found if c.occasion.start <= day <= c.occasion.end]
    due = sorted(_dues(work, campaigns, tasks, messages), key=lambda d: (d.due, d.kind.value, d.words))
    return Today(
        day,
        tuple(c for c in bare if c.occasion.prepare_from <= day < c.occasion.start),
        tuple(c for c in bare if day < c.occasion.prepare_from <= day + SOON),
        tuple(c for c in there if not is_always(c.occasion)),
        tuple(c for c in there if is_always(c.occasion)),
        tuple(row for row in campaigns if row.state in (CampaignState.PREPARING, CampaignState.RUNNING)),
        tuple(d for d in due if d.due == day),
        tuple(sorted((d for d in due if d.due < day), key=lambda d: -d.due.toordinal())),
    )


def _month(work: Work, whole: YearPlan, first: date, last: date) -> Month:
    with work.store.read() as tx:
        tasks = tasks_between(tx, first, last)
        messages = messages_between(tx, first, last)
    due = _dues(work, whole.campaigns, tasks, messages)
    return Month(whole, first, last, tuple(sorted((d for d in due if first <= d.due <= last), key=lambda d: d.due)))


def _dues(
    work: Work, campaigns: Sequence[CampaignRow], tasks: Iterable[TaskRow], messages: Iterable[MessageRow]
) -> Iterator[Due]:
    topics = {row.id: row.topics for row in campaigns}
    channels = {source.id: source.name for source in work.profile.sources}
    for row in campaigns:
        step = step_due(CampaignState(row.state), row.prepare_from, row.starts_on, row.ends_on)
        if step:
            yield _step(row, *step)
    for task in tasks:
        about = topics.get(task.campaign_id, ())
        who = task.owner_name or task.partner or None
        yield Due(
            DueKind.TASK, task.due_on, task.what, task.campaign_id, task.campaign_title, about, task.owner_staff, who,
            task.block or task.campaign_block,
        )  # fmt: skip
    for sent in messages:
        about = topics.get(sent.campaign_id, ())
        channel = channels.get(sent.channel, sent.channel)
        words = f"{channel}: {sent.audience}" if sent.audience else channel
        yield Due(
            DueKind.MESSAGE, sent.post_on, words, sent.campaign_id, sent.campaign_title, about, None, None,
            sent.campaign_block, sent.state == "published" or sent.campaign_state in OFF,
        )  # fmt: skip


def _step(row: CampaignRow, step: Step, due: date) -> Due:
    return Due(DueKind.STEP, due, step.label, row.id, row.title, row.topics, row.owner_staff, row.owner_name, row.block)
