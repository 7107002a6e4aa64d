"""The plan of a campaign as one picture: preparing, running, today, its tasks and publications on one line of days.

Places are percents and sizes are pixels, so that the picture stays readable on a phone; the lists below say the same in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from desk.campaign_words import MONTHS, day_words
from reports.wording import count

HEIGHT = 136
_BAND, _TASKS, _POSTS, _AXIS = 8, 66, 104, 130
"""Middle or top of each row, in pixels."""
_STEP = 12
MOST_ON_A_DAY = 3
"""Marks drawn above each other: a fourth on one day would leave its row, and the list names it anyway."""
MOST_MONTHS = 8
"""More names of months than this would touch each other on a phone."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One task or publication of the picture."""

    day: date
    look: str
    """open | done | late: a class of year.css."""


@dataclass(frozen=True, slots=True)
class _Axis:
    first: date
    days: int

    def at(self, day: date) -> float:
        """Return the place of a day in percents, kept 1.5 off the edges."""
        share = (day - self.first).days / self.days
        return round(1.5 + 97 * min(max(share, 0.0), 1.0), 2)


def plan_picture(
    span: tuple[date, date, date], today: date, tasks: Sequence[Mark] = (), posts: Sequence[Mark] = ()
) -> Markup:
    """Return the picture; `span` is when preparing begins, the first day, the last day of the campaign."""
    prepare_from, starts_on, ends_on = span
    days = [prepare_from, ends_on, *(mark.day for mark in (*tasks, *posts))]
    first, last = min(days), max(days) + timedelta(days=1)
    axis = _Axis(first, max((last - first).days, 1))
    parts = [
        _band(axis, prepare_from, starts_on, "plan-prepare"),
        _band(axis, starts_on, ends_on + timedelta(days=1), "plan-run"),
        *_months(axis, first, last),
        *_marks(axis, tasks, _TASKS, square=False),
        *_marks(axis, posts, _POSTS, square=True),
        _now(axis, today, first, last),
    ]
    said = escape(_said(span, today, tasks, posts))
    return Markup(
        f'<svg class="plan-picture" width="100%" height="{HEIGHT}" role="img" aria-label="{said}">'
        f"<title>{said}</title>{''.join(parts)}</svg>"
    )


def _said(span: tuple[date, date, date], today: date, tasks: Sequence[Mark], posts: Sequence[Mark]) -> str:
    prepare_from, starts_on, ends_on = (day_words(day, today) for day in span)
    late = sum(mark.look == "late" for mark in (*tasks, *posts))
    return (
        f"План: подготовка с {prepare_from}, начало {starts_on}, конец {ends_on}; "
        f"{count(len(tasks), 'задача', 'задачи', 'задач')}, {count(len(posts), 'публикация', 'публикации', 'публикаций')}"
        + (f", просрочено {late}" if late else "")
    )


def _band(axis: _Axis, first: date, last: date, css: str) -> str:
    left = axis.at(first)
    wide = max(axis.at(last) - left, 0.6)
    return f'<rect class="{css}" x="{left}%" y="{_BAND}" width="{wide:.2f}%" height="18" rx="4"/>'


def _months(axis: _Axis, first: date, last: date) -> Iterable[str]:
    heads = []
    day = first.replace(day=1)
    while day <= last:
        if day >= first:
            heads.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    every = -(-len(heads) // MOST_MONTHS) or 1
    for number, head in enumerate(heads):
        x = axis.at(head)
        yield f'<line class="pic-grid" x1="{x}%" x2="{x}%" y1="{_BAND}" y2="{_AXIS - 12}"/>'
        # The last name would stick out to the right.
        if number % every == 0 and x < 94:
            yield f'<text class="pic-hour" x="{x}%" y="{_AXIS}">{MONTHS[head.month - 1].replace("мая", "май")}</text>'


def _marks(axis: _Axis, marks: Sequence[Mark], row: int, *, square: bool) -> Iterable[str]:
    stacked: dict[date, int] = {}
    for mark in sorted(marks, key=lambda m: (m.day, m.look != "late")):
        above = stacked.get(mark.day, 0)
        if above >= MOST_ON_A_DAY:
            continue
        stacked[mark.day] = above + 1
        x, y = axis.at(mark.day), row - above * _STEP
        if square:
            yield f'<svg x="{x}%" y="{y - 5}" overflow="visible"><rect class="plan-mark {mark.look}" x="-5" width="10" height="10"/></svg>'
        else:
            yield f'<circle class="plan-mark {mark.look}" cx="{x}%" cy="{y}" r="5"/>'


def _now(axis: _Axis, today: date, first: date, last: date) -> str:
    if not first <= today <= last:
        return ""
    x = axis.at(today)
    return f'<line class="plan-now" x1="{x}%" x2="{x}%" y1="0" y2="{_AXIS - 12}"/>'
