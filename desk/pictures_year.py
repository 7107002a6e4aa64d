"""Pictures of the year as SVG: the scale of weeks, the bars of one threat or campaign, tasks by week, the printed page.

Lengths are shares of the width in per cent, so that one picture fits every screen; colours are classes of year.css.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from casework.year_parts import is_always
from desk.year_words import MONTHS
from preventive.calendar import TASKS_LIMIT, Load, Week
from preventive.campaign import CampaignState
from preventive.facts import Basis, Occasion
from storage.find.campaigns import CampaignRow

DAY = timedelta(days=1)
_THREAT_H, _CAMPAIGN_H, _LOAD_H = 20, 14, 24
_LOAD_TOP = 2 * TASKS_LIMIT
"""A week with so many tasks fills the height of its row; more are drawn no higher."""

STATE_CLASSES = {
    CampaignState.IDEA: "y-idea",
    CampaignState.PLANNED: "y-idea",
    CampaignState.PREPARING: "y-ready",
    CampaignState.RUNNING: "y-run",
    CampaignState.FINISHED: "y-done",
    CampaignState.EVALUATED: "y-done",
    CampaignState.CANCELLED: "y-done",
}


@dataclass(frozen=True, slots=True)
class Axis:
    """Days from left to right, whole weeks, both ends included."""

    first: date
    last: date

    @classmethod
    def of(cls, weeks: Sequence[Week]) -> Axis:
        """Return the axis of weeks in a row."""
        return cls(weeks[0].first, weeks[-1].last)

    @property
    def days(self) -> int:
        """How many days it is long."""
        return (self.last - self.first).days + 1

    def at(self, day: date) -> float:
        """Return where a day begins, as a share of the width from 0 to 1; days outside are at the edge."""
        return min(max((day - self.first).days / self.days, 0.0), 1.0)

    def bar(self, first: date, last: date) -> tuple[float, float] | None:
        """Return where a span begins and how long it is, as shares; None when no day of it is on the axis."""
        left, right = self.at(first), self.at(last + DAY)
        return (left, right - left) if right > left else None


def months_on(axis: Axis) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each month that begins on the axis or holds its first day, cut to the axis."""
    day = axis.first
    while day <= axis.last:
        after = (day.replace(day=1) + 32 * DAY).replace(day=1)
        yield day, min(after - DAY, axis.last)
        day = after


def grid(axis: Axis, today: date) -> Markup:
    """Return the lines that every row uses: months, and today's when it is on the axis; nothing of it is seen by itself."""
    lines = "".join(
        f'<line class="pic-grid" x1="{_pc(axis.at(first))}" x2="{_pc(axis.at(first))}" y1="0" y2="100%"/>'
        for first, _ in months_on(axis)
    )
    if axis.first <= today <= axis.last:
        middle = _pc(axis.at(today) + 0.5 / axis.days)
        lines += f'<line class="y-now" x1="{middle}" x2="{middle}" y1="0" y2="100%"/>'
    return Markup(
        '<svg class="y-defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
        f'<symbol id="y-grid" width="100%" height="100%" overflow="visible">{lines}</symbol></defs></svg>'
    )


def scale(axis: Axis, weeks: Sequence[Week], today: date, year: int) -> Markup:
    """Return the head of the year: months, and the numbers of weeks, today's marked."""
    parts = []
    for first, last in months_on(axis):
        # Days of the neighbouring years at the edges are too few to be named.
        if first.year == year and (bar := axis.bar(first, last)):
            name = MONTHS[first.month - 1]
            parts.append(f'<text class="y-month" x="{_pc(bar[0] + bar[1] / 2)}" y="12">{name}</text>')
    for week in weeks:
        middle = _pc(axis.at(week.first) + 3.5 / axis.days)
        now = week.first <= today <= week.last
        kind = "y-week y-this" if now else "y-week"
        parts.append(f'<text class="{kind}" x="{middle}" y="28">{week.number}</text>')
    return _row("".join(parts), 32, "y-scale")


def threat_bars(comings: Sequence[Occasion], axis: Axis) -> Markup:
    """Return one row: preparing as a pale bar up to the first day, then the days, whole when known, dashed when expected."""
    parts = []
    for one in comings:
        if (lead := axis.bar(one.prepare_from, one.start - DAY)) is not None:
            parts.append(_rect("y-lead", lead, 7, 6))
        if (bar := axis.bar(one.start, one.end)) is not None:
            kind, share = coming_look(one)
            parts.append(_rect(kind, bar, 10 - 9 * share, 18 * share))
    return _row("".join(parts), _THREAT_H)


def coming_look(one: Occasion) -> tuple[str, float]:
    """Return the class of a coming's bar and how much of the row's height it takes; what lasts all year is pale and thin."""
    if is_always(one):
        return "y-lead", 0.3
    return ("y-known" if one.basis is Basis.KNOWN else "y-expected"), 0.7


def campaign_bars(row: CampaignRow, axis: Axis) -> Markup:
    """Return one row: preparing as a thin line, then the days of the campaign in the colour of its state."""
    kind = STATE_CLASSES[CampaignState(row.state)]
    parts = []
    if (lead := axis.bar(row.prepare_from, row.starts_on - DAY)) is not None:
        parts.append(_rect(f"{kind} y-thin", lead, 6, 2))
    if (bar := axis.bar(row.starts_on, row.ends_on)) is not None:
        parts.append(_rect(kind, bar, 3, 8))
    return _row("".join(parts), _CAMPAIGN_H)


def load_bars(row: Load) -> Markup:
    """Return tasks week by week; a week over the limit is marked, and a table or the words beside it say the same."""
    wide = 1 / max(len(row.counts), 1)
    parts = []
    for n, many in enumerate(row.counts):
        if many:
            tall = (_LOAD_H - 2) * min(many, _LOAD_TOP) / _LOAD_TOP
            kind = "y-heavy" if many > TASKS_LIMIT else "y-load"
            parts.append(_rect(kind, (n * wide + 0.1 * wide, 0.8 * wide), _LOAD_H - tall, tall))
    return _row("".join(parts), _LOAD_H)


def _row(inner: str, height: int, kind: str = "y-row") -> Markup:
    return Markup(
        f'<svg class="{kind}" width="100%" height="{height}" aria-hidden="true" focusable="false">'
        f'<use href="#y-grid"/>{inner}</svg>'
    )


def _rect(kind: str, bar: tuple[float, float], y: float, height: float) -> str:
    return (
        f'<rect class="{kind}" x="{_pc(bar[0])}" width="{_pc(bar[1])}" y="{_short(y)}" height="{_short(height)}"'
        f"{_ROUND if height > 4 else ''}/>"
    )


_ROUND = ' rx="3"'


def _pc(share: float) -> str:
    return f"{_short(100 * share)}%"


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
