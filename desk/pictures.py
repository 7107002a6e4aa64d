"""Pictures drawn on the server as SVG: the spread of a risk, the share of a signal, the volume of a source.

No style attributes (the content policy refuses them): sizes are attributes, colours are classes of desk.css.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup, escape

from desk.wording import Hours, number, short

_W, _H = 640, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 56, 14, 30
_TICKS = 4

Moment = tuple[datetime, int, int]


def spread_picture(points: Sequence[Moment], hours: Hours) -> Markup:
    """Return posts (steps, left axis) and views (area, right axis) over time; empty when there is nothing to draw.

    `points` are (moment, posts so far, views so far), ascending; the line is drawn on to the present moment.
    """
    if not points:
        return Markup("")
    start, end = points[0][0], max(hours.now, points[-1][0])
    wide = max((end - start).total_seconds(), 60.0)
    top_posts, top_views = _round_up(points[-1][1]), _round_up(points[-1][2])

    def x(moment: datetime) -> float:
        return _LEFT + (_W - _LEFT - _RIGHT) * (moment - start).total_seconds() / wide

    posts = _steps([(x(at), _y(n, top_posts)) for at, n, _ in points], x(end))
    views = _steps([(x(at), _y(n, top_views)) for at, _, n in points], x(end))
    floor = _H - _BOTTOM
    parts = [
        *_grid(top_posts, top_views),
        f'<path class="pic-area" d="{views} L{x(end):.1f} {floor} L{x(start):.1f} {floor} Z"/>' if top_views else "",
        f'<path class="pic-line" d="{posts}"/>',
        *_hours_axis(start, end, hours),
    ]
    said = (
        f"С {hours.full(start)} по {hours.full(end)}: записей {number(points[-1][1])}, "
        f"просмотров {number(points[-1][2])}."
    )
    return _svg("Распространение во времени", said, _W, _H, "".join(parts), "pic-spread")


def share_bar(points: float, most: float) -> Markup:
    """Return one bar: the points of a signal against the heaviest one; negative points are drawn in another colour."""
    width = 120 * min(1.0, abs(points) / most) if most else 0.0
    kind = "pic-minus" if points < 0 else "pic-plus"
    return Markup(
        '<svg class="pic-share" viewBox="0 0 120 10" width="120" height="10" aria-hidden="true" focusable="false">'
        '<rect class="pic-track" width="120" height="10" rx="3"/>'
        '<rect class="{}" width="{}" height="10" rx="3"/></svg>'
    ).format(kind, f"{max(width, 2):.1f}")


def sparkline(hours: Sequence[float]) -> Markup:
    """Return messages hour by hour, the newest on the right; `hours` has the newest first, and a table says the same."""
    most = max([*hours, 1.0])
    step = 120 / len(hours)
    bars = "".join(
        f'<rect x="{120 - (ago + 1) * step:.1f}" y="{28 - 26 * value / most:.1f}" width="{step - 1:.1f}" height="{26 * value / most:.1f}"/>'
        for ago, value in enumerate(hours)
        if value
    )
    said = f"Сообщений за {len(hours)} ч: {number(sum(hours))}, больше всего за час {number(max(hours))}"
    return Markup(
        f'<svg class="pic-hours" viewBox="0 0 120 30" width="120" height="30" role="img" aria-label="{escape(said)}">'
        f'<line class="pic-grid" x1="0" x2="120" y1="28.5" y2="28.5"/>{bars}</svg>'
    )


def term_bar(gone: float, tone: str) -> Markup:
    """Return how much of a term is gone (0 nothing, 1 and more all of it); the words beside it say the same."""
    return Markup(
        '<svg class="pic-term {}" viewBox="0 0 160 8" width="160" height="8" aria-hidden="true" focusable="false">'
        '<rect class="pic-track" width="160" height="8" rx="4"/>'
        '<rect class="pic-gone" width="{}" height="8" rx="4"/></svg>'
    ).format(tone, f"{160 * min(max(gone, 0.02), 1.0):.1f}")


def volume_bar(real: int, low: float | None, high: float | None) -> Markup:
    """Return posts of the last day against the expected band; the words beside it say the same."""
    if low is None or high is None:
        return Markup("")
    most = max(high * 1.5, float(real), 1.0)
    left, right, at = (160 * v / most for v in (low, high, float(real)))
    return Markup(
        '<svg class="pic-volume" viewBox="0 0 160 16" width="160" height="16" aria-hidden="true" focusable="false">'
        '<rect class="pic-track" y="5" width="160" height="6" rx="3"/>'
        '<rect class="pic-band" x="{}" y="5" width="{}" height="6" rx="3"/>'
        '<rect class="pic-mark" x="{}" y="0" width="4" height="16" rx="2"/></svg>'
    ).format(f"{left:.1f}", f"{max(right - left, 2):.1f}", f"{min(max(at - 2, 0), 156):.1f}")


def _svg(title: str, description: str, width: int, height: int, inner: str, css: str) -> Markup:
    return Markup(
        f'<svg class="{css}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}. '
        f'{escape(description)}"><title>{escape(title)}</title>{inner}</svg>'
    )


def _y(value: int, top: int) -> float:
    return _H - _BOTTOM - (_H - _TOP - _BOTTOM) * (value / top if top else 0)


def _steps(dots: list[tuple[float, float]], end: float) -> str:
    """A counter stays where it is until the next reading: steps, not slopes that nobody measured."""
    path = [f"M{dots[0][0]:.1f} {dots[0][1]:.1f}"]
    for across, up in dots[1:]:
        path.append(f"H{across:.1f} V{up:.1f}")
    path.append(f"H{end:.1f}")
    return " ".join(path)


def _grid(top_posts: int, top_views: int) -> list[str]:
    lines = []
    for i in range(_TICKS + 1):
        y = _H - _BOTTOM - (_H - _TOP - _BOTTOM) * i / _TICKS
        lines.append(f'<line class="pic-grid" x1="{_LEFT}" x2="{_W - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        if top_posts * i % _TICKS == 0:
            lines.append(_label(_LEFT - 8, y + 4, short(top_posts * i // _TICKS), "end", "pic-posts"))
        if top_views and top_views * i % _TICKS == 0:
            lines.append(_label(_W - _RIGHT + 8, y + 4, short(top_views * i // _TICKS), "start", "pic-views"))
    return lines


def _hours_axis(start: datetime, end: datetime, hours: Hours) -> list[str]:
    labels = []
    for i, anchor in ((0, "start"), (1, "middle"), (2, "end")):
        moment = start + (end - start) * i / 2
        across = _LEFT + (_W - _LEFT - _RIGHT) * i / 2
        labels.append(_label(across, _H - 10, hours.at(moment), anchor, "pic-hour"))
    return labels


def _label(x: float, y: float, text: str, anchor: str, css: str) -> str:
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _round_up(value: int) -> int:
    """Return the nearest comfortable top of an axis: 1, 2, 4, 8, 10, 20, 40 …; 0 stays 0."""
    if value <= 0:
        return 0
    size = 1
    while True:
        for step in (1, 2, 4, 8):
            if step * size >= value:
                return step * size
        size *= 10
