"""What a year and a day of it look like to a planner: threats with their comings and campaigns, what is due, what is late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from casework.campaign_threats import YEAR_ROUND
from district.seasons import Threat
from preventive.calendar import Clash, Load, Week
from preventive.campaign import CampaignState
from preventive.facts import Occasion
from storage.find.campaigns import CampaignRow


def is_always(coming: Occasion) -> bool:
    """Return whether a coming is no season but the whole year: nothing begins with it, nobody is called to prepare."""
    return coming.end - coming.start >= YEAR_ROUND


@dataclass(frozen=True, slots=True)
class ThreatYear:
    """One threat with its comings of a year and the campaigns against it, both by first day."""

    threat: Threat
    blocks: tuple[str, ...]
    """Blocks that answer for its topics."""
    comings: tuple[Occasion, ...]
    campaigns: tuple[CampaignRow, ...]

    @property
    def first(self) -> date:
        """The day on which its first coming of the year begins; after all others when there is none."""
        return min((c.start for c in self.comings), default=date.max)

    @property
    def always(self) -> bool:
        """Whether it is there all the year round."""
        return any(is_always(c) for c in self.comings)

    def campaign_for(self, coming: Occasion) -> CampaignRow | None:
        """Return the campaign against one coming; None when there is none."""
        return campaign_for(coming, self.campaigns)


@dataclass(frozen=True, slots=True)
class YearPlan:
    """A year as a planner sees it; days are the district's."""

    year: int
    day: date
    """Today."""
    weeks: tuple[Week, ...]
    threats: tuple[ThreatYear, ...]
    """By the day on which each comes first; those of all the year round are the last."""
    others: tuple[CampaignRow, ...]
    """Campaigns against no threat of the register."""
    clashes: tuple[Clash, ...]
    """Of living campaigns, from this week on."""
    load: tuple[Load, ...]
    """Open tasks."""
    people: Mapping[int, frozenset[int]]
    """Campaign → who owns it or a task of it."""
    troubles: tuple[str, ...] = ()
    """Rules of dates that give no day, in words."""

    @property
    def campaigns(self) -> tuple[CampaignRow, ...]:
        """All campaigns of the year."""
        return (*(row for one in self.threats for row in one.campaigns), *self.others)


@dataclass(frozen=True, slots=True)
class Coming:
    """One threat that comes or is there, with the campaign against it."""

    threat: Threat
    blocks: tuple[str, ...]
    occasion: Occasion
    campaign: CampaignRow | None


class DueKind(StrEnum):
    """What is due."""

    STEP = "step"
    TASK = "task"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that somebody must do by a day."""

    kind: DueKind
    due: date
    words: str
    campaign_id: int
    campaign: str
    topics: tuple[str, ...]
    owner_staff: int | None
    owner: str | None
    """How the person is shown; None when only a block or a partner answers, or nobody."""
    block: str | None
    done: bool = False
    """True for what was published, and for what nobody waits for any more: its campaign is over."""


@dataclass(frozen=True, slots=True)
class Today:
    """What a planner must know in the morning."""

    day: date
    start_now: tuple[Coming, ...]
    """Preparing should have begun, and there is no campaign yet; the nearest first."""
    soon: tuple[Coming, ...]
    """Preparing begins within SOON, and there is no campaign yet."""
    running: tuple[Coming, ...]
    """Threats of a season that are there today."""
    always: tuple[Coming, ...]
    """Threats that are there all the year round."""
    campaigns: tuple[CampaignRow, ...]
    """Campaigns that are being prepared or run."""
    due: tuple[Due, ...]
    """Today's steps, tasks and publications."""
    late: tuple[Due, ...]
    """What should have been done before today; the latest first: it can most likely still be done."""

    @property
    def tasks_due(self) -> tuple[Due, ...]:
        """Return today's tasks."""
        return tuple(one for one in self.due if one.kind is DueKind.TASK)

    @property
    def messages_due(self) -> tuple[Due, ...]:
        """Return today's publications."""
        return tuple(one for one in self.due if one.kind is DueKind.MESSAGE)


@dataclass(frozen=True, slots=True)
class Month:
    """One month: the plan of its year, its open tasks and its publications."""

    plan: YearPlan
    first: date
    last: date
    due: tuple[Due, ...]


def campaign_for(coming: Occasion, campaigns: Iterable[CampaignRow]) -> CampaignRow | None:
    """Return the first campaign against a threat whose days, preparing included, touch a coming of it."""
    for row in campaigns:
        touches = row.prepare_from <= coming.end and row.ends_on >= coming.prepare_from
        if row.threat_id == coming.threat_id and row.state != CampaignState.CANCELLED and touches:
            return row
    return None
