"""Pictures of own history as SVG: the months above, one row of weeks of the year, coloured by how loud they are.

Lengths are in units of a week, stretched to the width of the cell; colours are classes of year.css, and the words beside
each row say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup

from preventive.peaks import SLOTS, TIMES, Cell, Peak, first_day

STEPS: tuple[tuple[float, str, str], ...] = (
    (2.0, "hm-4", "вдвое и больше"),
    (1.5, "hm-3", "в полтора раза"),
    (TIMES, "hm-2", "на четверть"),
    (0.0, "hm-1", "обычно или меньше"),
)
"""From how many times the usual a week has which colour, the loudest first; the words are the legend."""
_H = 22
MONTHS = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


def kind_of(times: float | None) -> str:
    """Return the class of a week; "" for an unknown one, which stays empty."""
    return "" if times is None else next(kind for least, kind, _ in STEPS if times >= least)


def months_scale(now: int | None) -> Markup:
    """Return the names of months over the 52 weeks of a row; every other one where the screen is narrow."""
    starts: dict[int, int] = {}
    for week in range(SLOTS, 0, -1):
        starts[first_day(week).month] = week
    names = "".join(
        f'<text class="hm-month{" hm-even" if n % 2 else ""}" x="{_pc(starts[n + 1] - 1)}" y="12">{name}</text>'
        for n, name in enumerate(MONTHS)
    )
    mark = "" if now is None else f'<text class="hm-month hm-this" x="{_pc(now - 0.5)}" y="26">▼</text>'
    return Markup(
        f'<svg class="hm-scale" width="100%" height="28" aria-hidden="true" focusable="false">{names}{mark}</svg>'
    )


def heat_row(times: Sequence[float | None], peaks: Iterable[Peak], now: int | None) -> Markup:
    """Return a row of 52 weeks: how loud, framed where a peak comes again, this week marked."""
    return _row([kind_of(value) for value in times], _frames(peaks), now)


def year_row(cells: Callable[[int], Cell | None], now: int | None) -> Markup:
    """Return one year's weeks of a topic; a loud week has a dot."""
    found = [cells(week) for week in range(1, SLOTS + 1)]
    kinds = [kind_of(None if c is None else c.around / max(c.usual, 0.5)) for c in found]
    dots = "".join(
        f'<rect class="hm-dot" x="{n + 0.25}" y="{_H - 5}" width=".5" height="3"/>'
        for n, c in enumerate(found)
        if c and c.loud
    )
    return _row(kinds, dots, now)


def _row(kinds: Sequence[str], over: str, now: int | None) -> Markup:
    paths = "".join(f'<path class="{kind}" d="{_boxes(kinds, kind)}"/>' for kind in sorted({k for k in kinds if k}))
    mark = "" if now is None else f'<line class="hm-now" x1="{now - 0.5}" x2="{now - 0.5}" y1="0" y2="{_H}"/>'
    return Markup(
        f'<svg class="hm-row" viewBox="0 0 {SLOTS} {_H}" width="100%" height="{_H}" preserveAspectRatio="none" aria-hidden="true" '
        f'focusable="false"><rect class="hm-0" width="{SLOTS}" height="{_H}"/>{paths}{over}{mark}</svg>'
    )


def _boxes(kinds: Sequence[str], kind: str) -> str:
    """Return the runs of one kind as boxes of a path."""
    boxes, start = [], None
    for n, one in enumerate([*kinds, ""]):
        if one == kind and start is None:
            start = n
        elif one != kind and start is not None:
            boxes.append(f"M{start} 0h{n - start}v{_H}h-{n - start}z")
            start = None
    return "".join(boxes)


def _frames(peaks: Iterable[Peak]) -> str:
    return "".join(
        f'<rect class="hm-peak" x="{left}" y="1" width="{wide}" height="{_H - 2}"/>'
        for peak in peaks
        if peak.repeated
        for left, wide in _spans(peak)
    )


def _spans(peak: Peak) -> list[tuple[int, int]]:
    """Return where a peak lies on the row; one over the New Year has two parts."""
    if peak.first <= peak.last:
        return [(peak.first - 1, peak.last - peak.first + 1)]
    return [(peak.first - 1, SLOTS - peak.first + 1), (0, peak.last)]


def _pc(weeks: float) -> str:
    return f"{100 * weeks / SLOTS:.2f}%"
