"""Why the weeks of a campaign cannot be compared with others, and what one must know to read the comparison."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from casework.threats import register
from casework.work import Work
from district.seasons import RuleKind, Threat
from preventive.comparable import sources_moved
from preventive.effect import WEEK, Span
from storage.engine import Tx
from storage.find.campaigns import CampaignRow, campaigns_between, campaigns_of_threats
from storage.find.effects import complaints_by_source, posts_by_source, source_names
from storage.find.facts import decree_rows

RAN = frozenset({"running", "finished", "evaluated"})
"""States of a campaign that people may have seen."""
YEARS_BACK = 5
"""As many past years as an expectation looks at."""


def obstacles_of(tx: Tx, work: Work, row: CampaignRow, before: Span, during: Span) -> tuple[str, ...]:
    """Return Russian reasons for which the weeks of this campaign cannot be compared; empty when there are none."""
    return (*_other_campaigns(tx, row), *_other_decrees(tx, work, row), *_sources(tx, work, row, before, during))


def notes_of(tx: Tx, work: Work, row: CampaignRow) -> tuple[str, ...]:
    """Return what stands beside the verdict: the threat's own document, campaigns of past years."""
    return (*_own_decree(tx, work, row), *_past_campaigns(tx, row))


def _other_campaigns(tx: Tx, row: CampaignRow) -> list[str]:
    there = campaigns_between(tx, row.starts_on, row.ends_on)
    return [
        f"в эти же недели шла кампания № {other.id} «{other.title[:80]}» о том же"
        for other in there
        if other.id != row.id and other.state in RAN and other.starts_on <= row.ends_on
        and _same_matter(row, other.subject, other.topics) and _same_place(row.territories, other.territories)
    ]  # fmt: skip


def _same_matter(row: CampaignRow, subject: str, topics: Sequence[str]) -> bool:
    """A subject with words of its own meets only itself; a topic meets everything of that topic."""
    return row.subject == subject or row.subject in topics


def _same_place(ours: Sequence[str], others: Sequence[str]) -> bool:
    return not ours or not others or bool(set(ours) & set(others))


def _other_decrees(tx: Tx, work: Work, row: CampaignRow) -> list[str]:
    """Documents of other threats of the same matter that began or ended to hold in these weeks."""
    told = []
    for threat in register(work):
        if threat.id == row.threat_id or not _same_matter(row, threat.subject, threat.topics):
            continue
        told += [
            f"в эти же недели действовал документ {number} ({threat.name.lower()})"
            for number in _numbers(tx, threat, row)
        ]
    return told


def _own_decree(tx: Tx, work: Work, row: CampaignRow) -> list[str]:
    own = next((threat for threat in register(work) if threat.id == row.threat_id), None)
    numbers = _numbers(tx, own, row) if own else []
    if not numbers:
        return []
    return [f"В эти же недели действовал документ {', '.join(numbers)}: порознь его и кампанию счёт не различает."]


def _numbers(tx: Tx, threat: Threat, row: CampaignRow) -> list[str]:
    if threat.rule.kind is not RuleKind.DECREE:
        return []
    return [
        f"№ {decree.number}"
        for decree in decree_rows(tx, threat.rule.subject)
        if decree.opens_on <= row.ends_on and (decree.closes_on is None or decree.closes_on >= row.starts_on)
        and _same_place(row.territories, decree.territories)
    ]  # fmt: skip


def _past_campaigns(tx: Tx, row: CampaignRow) -> list[str]:
    if row.threat_id is None:
        return []
    first = date(max(row.starts_on.year - YEARS_BACK, 1), 1, 1)
    past = campaigns_of_threats(tx, [row.threat_id], first, row.starts_on - timedelta(days=1))
    years = sorted({c.starts_on.year for c in past if c.state in RAN and c.starts_on.year < row.starts_on.year})
    if not years:
        return []
    said = f"в {years[0]} году" if len(years) == 1 else f"в {', '.join(map(str, years))} годах"
    return [f"Кампания шла и {said}: «обычное» — это и с ней."]


def _sources(tx: Tx, work: Work, row: CampaignRow, before: Span, during: Span) -> tuple[str, ...]:
    today = work.today
    earlier, weeks = before.weeks(), [week for week in during.weeks() if week + WEEK <= today]
    if not earlier or not weeks:
        return ()
    zone = work.profile.timezone
    since, from_day, until = (datetime.combine(day, time(), zone) for day in (earlier[0], weeks[0], weeks[-1] + WEEK))
    split = len(earlier)
    gave: dict[str, tuple[list[int], list[int]]] = {}
    begun = (weeks[0] - earlier[0]) // WEEK
    for source_id, week, posts in posts_by_source(tx, since, until):
        past, now = gave.setdefault(source_id, ([0] * split, [0] * len(weeks)))
        if week < split:
            past[week] += posts
        if begun <= week < begun + len(weeks):
            now[week - begun] += posts
    if not gave:
        return ()
    complaints = complaints_by_source(tx, row.topics, from_day, until)
    return sources_moved(
        {s: past for s, (past, _) in gave.items()}, {s: now for s, (_, now) in gave.items()},
        complaints, source_names(tx, gave),
    )  # fmt: skip
