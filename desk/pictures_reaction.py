"""Pictures of the step «Реакция»: posts and views day by day with a mark where the answer stood, and two shares beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup, escape

from desk.pictures import Moment
from desk.wording import Hours, number, short

_W, _H, _GAP = 420, 178, 5
_SIDE = 6
_TOP_FLOOR, _LOW_FLOOR = 78, 152
_TALL = 40
_WIDEST, _LABELLED = 72.0, 34.0
"""A column is never wider; from so many pixels on there is room for its number, else only the tallest is told."""
MOST_DAYS = 14
"""Days shown: a fortnight before now at most, which is also how long a risk may spread again."""


@dataclass(frozen=True, slots=True)
class Day:
    """What one day of the district brought."""

    day: date
    posts: int
    views: int


def by_days(points: Sequence[Moment], hours: Hours) -> list[Day]:
    """Return posts and views gained per day, days without any among them, the last MOST_DAYS up to now.

    `points` are (moment, posts so far, views so far), ascending.
    """
    if not points:
        return []
    gained: dict[date, tuple[int, int]] = {}
    posts = views = 0
    for at, posts_then, views_then in points:
        day = at.astimezone(hours.zone).date()
        more_posts, more_views = gained.get(day, (0, 0))
        gained[day] = (more_posts + posts_then - posts, more_views + max(views_then - views, 0))
        posts, views = posts_then, views_then
    last = max(hours.now.astimezone(hours.zone).date(), max(gained))
    first = max(min(gained), last - timedelta(days=MOST_DAYS - 1))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [Day(day, *gained.get(day, (0, 0))) for day in days]


def reaction_picture(points: Sequence[Moment], answered_at: datetime, hours: Hours) -> Markup:
    """Return two rows of bars, posts above and views below, with a line where the answer stood; empty without points."""
    days = by_days(points, hours)
    if not days:
        return Markup("")
    wide = min((_W - 2 * _SIDE) / len(days), _WIDEST)
    parts = _row(days, [d.posts for d in days], wide, _TOP_FLOOR, "pic-bar-posts")
    parts += _row(days, [d.views for d in days], wide, _LOW_FLOOR, "pic-bar-views")
    every = 1 if wide >= _LABELLED else 2
    parts += [
        _label(_SIDE + (n + 0.5) * wide, _H - 6, f"{one.day:%d.%m}", "middle", "pic-hour")
        for n, one in enumerate(days)
        if (len(days) - 1 - n) % every == 0
    ]
    parts.append(_mark(days, wide, answered_at, hours))
    said = f"Ответ {hours.full(answered_at)}. " + "; ".join(
        f"{d.day:%d.%m}: записей {number(d.posts)}, просмотров {number(d.views)}" for d in days
    )
    return Markup(
        f'<svg class="pic-reaction" viewBox="0 0 {_W} {_H}" role="img" aria-label="{escape(said)}">'
        f"<title>До и после ответа по дням</title>{''.join(parts)}</svg>"
    )


def share_line(share: float | None, css: str) -> Markup:
    """Return one bar of a share, 0..1; an empty track when there is none. The words beside it say the same."""
    width = 0.0 if share is None else 200 * min(max(share, 0.0), 1.0)
    return Markup(
        '<svg class="pic-half" viewBox="0 0 200 14" width="200" height="14" aria-hidden="true" focusable="false">'
        '<rect class="pic-track" width="200" height="14" rx="3"/><rect class="{}" width="{}" height="14" rx="3"/></svg>'
    ).format(css, f"{width:.1f}")


def _row(days: Sequence[Day], values: Sequence[int], wide: float, floor: float, css: str) -> list[str]:
    most, right = max(values), _SIDE + len(days) * wide
    parts = [f'<line class="pic-grid" x1="{_SIDE}" x2="{right:.1f}" y1="{floor}" y2="{floor}"/>']
    for n, value in enumerate(values):
        if value <= 0:
            continue
        tall, x = max(_TALL * value / most, 2.0), _SIDE + n * wide
        parts.append(
            f'<rect class="{css}" x="{x + _GAP / 2:.1f}" y="{floor - tall:.1f}" width="{wide - _GAP:.1f}" height="{tall:.1f}"/>'
        )
        if wide >= _LABELLED or value == most:
            parts.append(_label(x + wide / 2, floor - tall - 4, short(value), "middle", "pic-hour"))
    return parts


def _mark(days: Sequence[Day], wide: float, answered_at: datetime, hours: Hours) -> str:
    local = answered_at.astimezone(hours.zone)
    since = (local.date() - days[0].day).days
    if not 0 <= since < len(days):
        return ""
    x = _SIDE + wide * (since + (local.hour + local.minute / 60) / 24)
    anchor = "end" if x > _W / 2 else "start"
    label = _label(x - 5 if anchor == "end" else x + 5, 12, "ответ", anchor, "pic-answer-word")
    return f'<line class="pic-answer" x1="{x:.1f}" x2="{x:.1f}" y1="2" y2="{_LOW_FLOOR}"/>{label}'


def _label(x: float, y: float, text: str, anchor: str, css: str) -> str:
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
