"""Rules of the year's calendar: its weeks, what clashes in them, who is loaded, which step of a campaign is behind its day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations

from preventive.campaign import CampaignState

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
OWNER_LIMIT = 3
"""So many campaigns at once in one person's hands [P]: a centre has 2-8 people, and each campaign is 6-10 tasks."""
BLOCK_LIMIT = 4
"""So many campaigns at once in one block [P]."""
TASKS_LIMIT = 5
"""So many tasks due in one week of one person or block: one for each working day [P]."""
EVALUATE_AFTER = 14
"""Days after its last one by which a campaign should be evaluated: two closed weeks show what came after [P]."""


@dataclass(frozen=True, slots=True)
class Week:
    """One ISO week."""

    first: date
    """Its Monday."""
    number: int
    """1..53, of the year in which its Thursday lies."""

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + 6 * DAY


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - day.weekday() * DAY


def weeks_between(first: date, last: date) -> tuple[Week, ...]:
    """Return the ISO weeks that hold a day from first to last, ascending; none when the last is before the first."""
    if last < first:
        return ()
    start = monday(first)
    many = (last - start).days // 7 + 1
    return tuple(Week(day, day.isocalendar().week) for n in range(many) for day in (start + n * WEEK,))


def weeks_of(year: int) -> tuple[Week, ...]:
    """Return every ISO week that holds a day of a calendar year: 53, or 54 when a leap year begins on a Sunday."""
    return weeks_between(date(year, 1, 1), date(year, 12, 31))


def month_of(year: int, month: int) -> tuple[date, date]:
    """Return the first and the last day of a month; ValueError for a month that is not."""
    first = date(year, month, 1)
    return first, (first + 31 * DAY).replace(day=1) - DAY


class ClashKind(StrEnum):
    """What two or more campaigns stand in each other's way over."""

    OWNER = "owner"
    BLOCK = "block"
    CHANNEL = "channel"
    AUDIENCE = "audience"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            ClashKind.OWNER: "один ответственный",
            ClashKind.BLOCK: "один блок",
            ClashKind.CHANNEL: "бюджет внимания",
            ClashKind.AUDIENCE: "одна аудитория",
        }[self]


@dataclass(frozen=True, slots=True)
class Span:
    """One campaign as clashes see it: from the first day of preparing to its last."""

    id: int
    first: date
    last: date
    starts: date
    """The day on which people begin to hear of it."""
    owner: int | None = None
    block: str | None = None
    audiences: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    """Empty: the whole district."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One message of a campaign that is to be, or was, published."""

    campaign_id: int
    audience: str
    channel: str
    day: date


@dataclass(frozen=True, slots=True)
class Limits:
    """How much at once is still good."""

    owner: int = OWNER_LIMIT
    block: int = BLOCK_LIMIT
    posts_a_week: int = 5
    budgets: Mapping[str, int] = field(default_factory=dict)
    """Channels with a budget of their own."""

    def of_channel(self, channel: str) -> int:
        """Return how many posts of campaigns a week a channel bears."""
        return self.budgets.get(channel, self.posts_a_week)


@dataclass(frozen=True, slots=True)
class Clash:
    """Weeks in a row in which too much comes together."""

    first: date
    """A Monday."""
    last: date
    """A Sunday."""
    ids: tuple[int, ...]
    """Campaigns, ascending."""
    kind: ClashKind
    subject: str
    """Whose or what: the id of a person as text, of a block, of a channel; the words of an audience."""
    most: int
    """The most of one week: campaigns, or posts of a channel."""
    allowed: int
    """How many would be good."""

    @property
    def why(self) -> str:
        """One Russian half-sentence with the figures, without the name of the subject."""
        if self.kind is ClashKind.CHANNEL:
            return f"до {self.most} публикаций кампаний в неделю при бюджете {self.allowed}"
        if self.kind is ClashKind.AUDIENCE:
            return f"кампаний к одной аудитории в одну неделю: {self.most}"
        return f"кампаний одновременно: до {self.most}, посильно {self.allowed}"


_Crowd = Mapping[str, Mapping[date, Sequence[int]]]
"""Subject → Monday → ids of campaigns, one for each thing that counts."""


def clashes(spans: Sequence[Span], planned: Sequence[Planned] = (), limits: Limits | None = None) -> tuple[Clash, ...]:
    """Return what comes together in the same weeks over its limit, the earliest first, weeks in a row joined.

    An owner or a block clashes over its number of campaigns from the first day of preparing to the last one; a channel
    over its budget of posts; an audience when two campaigns of one place speak to it in one week (by their messages, and
    until there are any, in the week in which they start).
    """
    bound = limits or Limits()
    at_once = _by_week(spans)
    found = [
        *_over(_grouped(at_once, lambda s: "" if s.owner is None else str(s.owner)), ClashKind.OWNER, bound.owner),
        *_over(_grouped(at_once, lambda s: s.block or ""), ClashKind.BLOCK, bound.block),
    ]
    for channel, weeks in _channels(planned).items():
        found += _over({channel: weeks}, ClashKind.CHANNEL, bound.of_channel(channel))
    found += _audiences(spans, planned)
    return tuple(sorted(found, key=lambda c: (c.first, list(ClashKind).index(c.kind), c.subject, c.ids)))


def _by_week(spans: Iterable[Span]) -> list[tuple[date, Span]]:
    return [(week.first, span) for span in spans for week in weeks_between(span.first, span.last)]


def _grouped(at_once: Iterable[tuple[date, Span]], whose: Callable[[Span], str]) -> _Crowd:
    crowd: dict[str, dict[date, list[int]]] = defaultdict(lambda: defaultdict(list))
    for week, span in at_once:
        if subject := whose(span):
            crowd[subject][week].append(span.id)
    return crowd


def _channels(planned: Iterable[Planned]) -> _Crowd:
    crowd: dict[str, dict[date, list[int]]] = defaultdict(lambda: defaultdict(list))
    for one in planned:
        crowd[one.channel][monday(one.day)].append(one.campaign_id)
    return crowd


def _over(crowd: _Crowd, kind: ClashKind, allowed: int) -> Iterator[Clash]:
    for subject, weeks in crowd.items():
        full = {week: ids for week, ids in weeks.items() if len(ids) > allowed}
        for run in _runs(sorted(full)):
            ids = tuple(sorted({one for week in run for one in full[week]}))
            most = max(len(full[week]) for week in run)
            yield Clash(run[0], run[-1] + 6 * DAY, ids, kind, subject, most, allowed)


def _runs(weeks: Sequence[date]) -> Iterator[list[date]]:
    """Yield Mondays that follow each other without a gap; `weeks` ascend."""
    run: list[date] = []
    for week in weeks:
        if run and week - run[-1] != WEEK:
            yield run
            run = []
        run.append(week)
    if run:
        yield run


def _audiences(spans: Sequence[Span], planned: Sequence[Planned]) -> Iterator[Clash]:
    places = {span.id: frozenset(span.territories) for span in spans}
    crowd: dict[str, dict[date, set[int]]] = defaultdict(lambda: defaultdict(set))
    spoken = set()
    for one in planned:
        if one.campaign_id in places and one.audience:
            spoken.add(one.campaign_id)
            crowd[one.audience.casefold()][monday(one.day)].add(one.campaign_id)
    for span in spans:
        if span.id not in spoken:
            for audience in span.audiences:
                crowd[audience.casefold()][monday(span.starts)].add(span.id)
    met = {
        audience: {week: sorted(_meeting(ids, places)) for week, ids in weeks.items()}
        for audience, weeks in crowd.items()
    }
    yield from _over(met, ClashKind.AUDIENCE, 1)


def _meeting(ids: Iterable[int], places: Mapping[int, frozenset[str]]) -> set[int]:
    """Return those that share a place with another one; no place named is the whole district."""
    met: set[int] = set()
    for left, right in combinations(sorted(ids), 2):
        here, there = places[left], places[right]
        if not here or not there or here & there:
            met |= {left, right}
    return met


@dataclass(frozen=True, slots=True)
class Duty:
    """One open task as load sees it."""

    due: date
    owner: int | None = None
    block: str | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """Tasks of one person or block, week by week."""

    kind: ClashKind
    """OWNER or BLOCK."""
    subject: str
    """The id of the person as text, or of the block."""
    counts: tuple[int, ...]
    """As many as there are weeks."""

    @property
    def total(self) -> int:
        """All its tasks in these weeks."""
        return sum(self.counts)

    @property
    def most(self) -> int:
        """The fullest week."""
        return max(self.counts, default=0)

    @property
    def is_heavy(self) -> bool:
        """Whether some week holds more than one person does."""
        return self.most > TASKS_LIMIT


def load(tasks: Iterable[Duty], weeks: Sequence[Week]) -> tuple[Load, ...]:
    """Return who has how many tasks due in each week, the fullest first; tasks outside the weeks are not counted.

    A task with an owner and a block is counted with both: each of the two must find the time.
    """
    place = {week.first: n for n, week in enumerate(weeks)}
    counted: dict[tuple[ClashKind, str], list[int]] = defaultdict(lambda: [0] * len(weeks))
    for task in tasks:
        at = place.get(monday(task.due))
        if at is None:
            continue
        if task.owner is not None:
            counted[ClashKind.OWNER, str(task.owner)][at] += 1
        if task.block:
            counted[ClashKind.BLOCK, task.block][at] += 1
    rows = [Load(kind, subject, tuple(counts)) for (kind, subject), counts in counted.items()]
    return tuple(sorted(rows, key=lambda r: (-r.most, -r.total, r.kind.value, r.subject)))


class Step(StrEnum):
    """What a campaign waits for."""

    PREPARE = "prepare"
    RUN = "run"
    FINISH = "finish"
    EVALUATE = "evaluate"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            Step.PREPARE: "начать готовить",
            Step.RUN: "начать",
            Step.FINISH: "завершить",
            Step.EVALUATE: "оценить итог",
        }[self]


def step_due(state: CampaignState, prepare_from: date, starts: date, ends: date) -> tuple[Step, date] | None:
    """Return the next step of a campaign and the day on which it is due; None when nothing is ahead of it."""
    steps = {
        CampaignState.IDEA: (Step.PREPARE, prepare_from),
        CampaignState.PLANNED: (Step.PREPARE, prepare_from),
        CampaignState.PREPARING: (Step.RUN, starts),
        CampaignState.RUNNING: (Step.FINISH, ends + DAY),
        CampaignState.FINISHED: (Step.EVALUATE, ends + EVALUATE_AFTER * DAY),
    }
    return steps.get(state)
