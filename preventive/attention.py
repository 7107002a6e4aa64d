"""The budget of attention: no more than so many posts of campaigns a week in one channel, or people stop reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from district.seasons import Prevention
from preventive.calendar import WEEK, monday

Planned = tuple[str, date]
"""(channel, the district's day of one post)."""


@dataclass(frozen=True, slots=True)
class Budgets:
    """Posts a week in one channel: the usual number, and channels with a number of their own (`own`, by channel)."""

    usual: int
    own: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, channel: str) -> int:
        """Return how many posts of campaigns a week this channel bears; letters' case does not matter."""
        return self.own.get(same(channel), self.usual)


@dataclass(frozen=True, slots=True)
class Overbooked:
    """A week of a channel with more posts planned than its budget."""

    channel: str
    week: date
    """Its Monday."""
    planned: int
    allowed: int


def budgets_of(prevention: Prevention) -> Budgets:
    """Return the budgets of a district: `posts_a_week` and `[prevention.budgets]` of its profile."""
    return Budgets(
        prevention.posts_a_week, MappingProxyType({same(channel): most for channel, most in prevention.budgets})
    )


def same(channel: str) -> str:
    """Return the channel as it is compared: without case and doubled spaces, ё as е."""
    return " ".join(channel.casefold().replace("ё", "е").split())


def overbooked(planned: Iterable[Planned], budgets: Budgets) -> tuple[Overbooked, ...]:
    """Return every week of every channel that holds more posts than its budget, by week and channel.

    Each pair of `planned` is one post; weeks begin on Monday. A channel is named as it was first spelled.
    """
    names: dict[str, str] = {}
    weeks: Counter[tuple[date, str]] = Counter()
    for channel, day in planned:
        names.setdefault(same(channel), channel)
        weeks[monday(day), same(channel)] += 1
    return tuple(
        Overbooked(names[key], week, many, budgets.of(key))
        for (week, key), many in sorted(weeks.items())
        if many > budgets.of(key)
    )


def free_day(
    channel: str, wanted: date, first: date, last: date, planned: Sequence[Planned], budgets: Budgets
) -> date | None:
    """Return the day nearest to `wanted` from `first` to `last` in whose week the channel bears one more post.

    Weeks before are looked at before equally near weeks after: people should know early. None when every week is full.
    """
    if last < first:
        return None
    used = Counter(monday(day) for place, day in planned if same(place) == same(channel))
    return next(
        (
            day
            for day in _nearest(min(max(wanted, first), last), first, last)
            if used[monday(day)] < budgets.of(channel)
        ),
        None,
    )


def _nearest(wanted: date, first: date, last: date) -> Iterator[date]:
    """Give the wanted day, then the same weekday of the weeks around it, moved inside the bounds."""
    yield wanted
    weeks = (monday(last) - monday(first)) // WEEK
    for away in range(1, weeks + 1):
        for day in (wanted - away * WEEK, wanted + away * WEEK):
            if monday(first) <= monday(day) <= monday(last):
                yield min(max(day, first), last)


def week_words(week: date) -> str:
    """Return a week in Russian words for a refusal: «неделя 19.04-25.04.2027»."""
    return f"неделя {week:%d.%m}–{week + timedelta(days=6):%d.%m.%Y}"
