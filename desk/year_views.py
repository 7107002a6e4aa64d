"""What the pages of the year show, ready for their templates: lines of the picture, the list by month, clashes, load."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from casework.year_parts import ThreatYear, YearPlan
from desk.campaign_words import span_words
from desk.pictures_year import STATE_CLASSES, Axis, campaign_bars, load_bars, threat_bars
from desk.year_words import MONTHS, Names, clash_advice, coming_words, span_in_year, year_days
from district.seasons import Threat
from preventive.calendar import Clash, ClashKind, Load
from preventive.campaign import CampaignState
from preventive.facts import Occasion
from storage.find.campaigns import CampaignRow

DAY = timedelta(days=1)
DAYS_SHOWN = 3
"""Comings of one threat told in words; documents and days off may give many."""


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """One campaign of the year."""

    row: CampaignRow
    state: str
    css: str
    days: str
    bars: Markup
    open: bool
    """Whether the reader may open its card."""


@dataclass(frozen=True, slots=True)
class ThreatLine:
    """One threat of the year with its campaigns."""

    threat: Threat
    days: tuple[str, ...]
    more: int
    """Comings that are not told in words."""
    why: str
    """The rule, the document, the weather."""
    bars: Markup
    campaigns: tuple[CampaignLine, ...]
    bare: Occasion | None
    """The next coming of this year or the next that nobody has a campaign against; None when there is none."""
    pressing: bool
    """Preparing for it should have begun."""


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One thing that begins in a month."""

    day: date
    words: str
    name: str
    href: str
    kind: str
    """prepare | threat | campaign."""


@dataclass(frozen=True, slots=True)
class MonthList:
    """What begins in one month."""

    name: str
    href: str
    open: bool
    """Unfolded at once: this month and the next one."""
    lines: tuple[MonthLine, ...]


@dataclass(frozen=True, slots=True)
class ClashLine:
    """One clash in words."""

    kind: str
    who: str
    when: str
    why: str
    advice: str
    campaigns: tuple[CampaignRow, ...]
    unseen: int
    """Campaigns of it that the reader may not see."""


@dataclass(frozen=True, slots=True)
class LoadLine:
    """Tasks of one person or block."""

    who: str
    row: Load
    bars: Markup
    fullest: str
    """The days of the fullest week."""


def threat_href(threat: Threat) -> str:
    """Return where a threat is told of."""
    return f"/threats/{threat.id}"


def threat_lines(plan: YearPlan, axis: Axis, seen: Sequence[str] | None) -> list[ThreatLine]:
    """Return the threats of a year in its order; `seen` are the only blocks whose campaigns may be opened."""
    return [_threat(one, plan, axis, seen) for one in plan.threats]


def campaign_lines(rows: Iterable[CampaignRow], plan: YearPlan, axis: Axis, seen: Sequence[str] | None) -> tuple[CampaignLine, ...]:  # fmt: skip
    """Return campaigns as lines."""
    return tuple(
        CampaignLine(
            row, CampaignState(row.state).label, STATE_CLASSES[CampaignState(row.state)],
            span_in_year(row.starts_on, row.ends_on, plan.year), campaign_bars(row, axis), may_open(row, seen),
        )
        for row in rows
    )  # fmt: skip


def may_open(row: CampaignRow, seen: Sequence[str] | None) -> bool:
    """Return whether the card of a campaign opens for a reader of these blocks."""
    return seen is None or row.block in seen


def _threat(one: ThreatYear, plan: YearPlan, axis: Axis, seen: Sequence[str] | None) -> ThreatLine:
    ahead = [c for c in one.comings if c.end >= plan.day]
    days = year_days(one.comings, plan.year)
    near = [c for c in ahead if c.year <= plan.day.year + 1]
    bare = next((c for c in near if one.campaign_for(c) is None), None)
    return ThreatLine(
        one.threat, days[:DAYS_SHOWN], max(len(days) - DAYS_SHOWN, 0), "; ".join(dict.fromkeys(c.why for c in one.comings)),
        threat_bars(one.comings, axis), campaign_lines(one.campaigns, plan, axis, seen), bare,
        bare is not None and bare.prepare_from <= plan.day and not one.always,
    )  # fmt: skip


def month_lists(plan: YearPlan) -> list[MonthList]:
    """Return month by month what begins: preparing, threats, campaigns; what begins in other years is not there."""
    lines = sorted(_begins(plan), key=lambda line: (line.day, line.kind, line.name))
    by_month: dict[int, list[MonthLine]] = {number: [] for number in range(1, 13)}
    for line in lines:
        if line.day.year == plan.year:
            by_month[line.day.month].append(line)
    here = 12 * plan.day.year + plan.day.month
    return [
        MonthList(MONTHS[n - 1], f"/year/{plan.year}/{n}", 12 * plan.year + n - here in (0, 1), tuple(found))
        for n, found in by_month.items()
    ]


def _begins(plan: YearPlan) -> Iterator[MonthLine]:
    for one in plan.threats:
        if one.always:
            continue
        href = threat_href(one.threat)
        for c in one.comings:
            yield MonthLine(c.start, coming_words(c, plan.day), one.threat.name, href, "threat")
            if c.prepare_from < c.start and one.campaign_for(c) is None:
                yield MonthLine(c.prepare_from, "пора готовить", one.threat.name, href, "prepare")
    for row in plan.campaigns:
        words = f"{span_words(row.starts_on, row.ends_on, plan.day)}, {CampaignState(row.state).label}"
        yield MonthLine(row.starts_on, words, row.title, f"/campaigns/{row.id}", "campaign")


def clash_lines(clashes: Iterable[Clash], plan: YearPlan, names: Names, seen: Sequence[str] | None) -> list[ClashLine]:
    """Return clashes in words; campaigns of other blocks are counted and not named."""
    known = {row.id: row for row in plan.campaigns}
    lines = []
    for clash in clashes:
        rows = tuple(row for one in clash.ids if (row := known.get(one)) and may_open(row, seen))
        lines.append(
            ClashLine(
                clash.kind.label, names.subject(clash.kind, clash.subject), span_words(clash.first, clash.last, plan.day),
                clash.why, clash_advice(clash), rows, len(clash.ids) - len(rows),
            )
        )  # fmt: skip
    return lines


def load_lines(plan: YearPlan, names: Names) -> list[LoadLine]:
    """Return tasks of people and blocks week by week, the fullest first."""
    lines = []
    for row in plan.load:
        week = plan.weeks[row.counts.index(row.most)]
        who = names.subject(row.kind, row.subject)
        shown = who[0].upper() + who[1:] if row.kind is ClashKind.BLOCK else who
        lines.append(LoadLine(shown, row, load_bars(row), span_words(week.first, week.last, plan.day)))
    return lines
