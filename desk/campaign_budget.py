"""The budget of attention of a campaign: what all campaigns plan in its channels in the weeks of its own publications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from casework.campaign_texts import channel_name
from desk.campaign_words import span_words
from desk.visit import Visit
from preventive.attention import Budgets, budgets_of, same
from preventive.calendar import monday
from storage.find.campaigns import MessageRow, messages_between


@dataclass(frozen=True, slots=True)
class BudgetCell:
    """One channel in one week."""

    planned: int
    """Publications of all campaigns; 0 when this campaign has none there."""
    others: int
    """Of them, those of other campaigns."""
    allowed: int

    @property
    def over(self) -> bool:
        """True when more is planned than people read."""
        return self.planned > self.allowed


@dataclass(frozen=True, slots=True)
class BudgetWeek:
    """One column."""

    first: date
    name: str


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One channel."""

    name: str
    cells: tuple[BudgetCell, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """The whole table."""

    weeks: tuple[BudgetWeek, ...]
    channels: tuple[BudgetRow, ...]


def budget_of(visit: Visit, messages: Sequence[MessageRow], today: date) -> Budget | None:
    """Return the budget of the weeks and channels in which a campaign publishes; None when it does not."""
    own = [m for m in messages if m.state != "withdrawn"]
    if not own:
        return None
    weeks = sorted({monday(m.post_on) for m in own})
    names: dict[str, str] = {}
    for m in own:
        names.setdefault(same(m.channel), m.channel)
    with visit.desk.store.read() as tx:
        everything = messages_between(tx, weeks[0], weeks[-1] + timedelta(days=6))
    planned = _counted(everything)
    mine = _counted(own)
    profile = visit.desk.profile
    budgets = budgets_of(profile.prevention)
    rows = [
        BudgetRow(channel_name(profile, names[key]), tuple(_cell(key, week, planned, mine, budgets) for week in weeks))
        for key in sorted(names, key=lambda k: channel_name(profile, names[k]))
    ]
    heads = tuple(BudgetWeek(week, span_words(week, week + timedelta(days=6), today)) for week in weeks)
    return Budget(heads, tuple(rows))


_Counts = Counter[tuple[str, date]]


def _counted(messages: Sequence[MessageRow]) -> _Counts:
    return Counter((same(m.channel), monday(m.post_on)) for m in messages)


def _cell(key: str, week: date, planned: _Counts, mine: _Counts, budgets: Budgets) -> BudgetCell:
    if not mine[key, week]:
        return BudgetCell(0, 0, budgets.of(key))
    # A cancelled campaign's own texts are not among what all campaigns plan.
    every = max(planned[key, week], mine[key, week])
    return BudgetCell(every, every - mine[key, week], budgets.of(key))
