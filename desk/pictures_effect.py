"""Pictures of weeks: what was written as bars, what is usual as a band behind them; the table beside says the same.

No style attributes (the content policy refuses them): sizes are attributes, colours are classes of year.css.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from desk.wording import number

_W, _H = 640, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 26, 30
_TICKS = 4
_MONTHS = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_ROOM = 60
"""A month's name needs so many units beside the next one."""


@dataclass(frozen=True, slots=True)
class WeekBar:
    """One week of a picture; None is not known, or not told."""

    week: date
    posts: int | None
    low: int | None = None
    high: int | None = None
    mean: float | None = None


def weeks_picture(
    title: str, said: str, bars: Sequence[WeekBar], marked: tuple[int, int] | None = None, word: str = ""
) -> Markup:
    """Return the weeks in a row; `marked` are the first and the last week that stand out under `word`.

    Empty when there is no week. `said` is what the picture says, for who does not see it.
    """
    if not bars:
        return Markup("")
    top = _round_up(max(value for bar in bars for value in (bar.posts or 0, bar.high or 0, 1)))
    step = (_W - _LEFT - _RIGHT) / len(bars)
    parts = [*_marked(marked, step, word), *_grid(top), *_months(bars, step)]
    for at, bar in enumerate(bars):
        parts.append(_week(bar, _LEFT + at * step, step, top))
    return Markup(
        f'<svg class="pic-weeks" viewBox="0 0 {_W} {_H}" role="img" aria-label="{escape(title)}. {escape(said)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _week(bar: WeekBar, left: float, step: float, top: int) -> str:
    drawn = ""
    if bar.low is not None and bar.high is not None:
        y, floor = _y(bar.high, top), _y(bar.low, top)
        drawn += _box("pic-usual", left, y, step, max(floor - y, 2.0))
    if bar.posts is not None:
        y = _y(bar.posts, top)
        drawn += _box(
            _bar_class(bar), left + step * 0.22, min(y, _y(0, top) - 1), step * 0.56, max(_y(0, top) - y, 1.0)
        )
    elif bar.mean is not None:
        y = _y(bar.mean, top)
        drawn += f'<line class="pic-mean" x1="{left:.1f}" x2="{left + step:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
    else:
        drawn += _text("pic-hour", left + step / 2, _y(0, top) - 4, "?", "middle")
    return drawn


def _bar_class(bar: WeekBar) -> str:
    if bar.posts is None or bar.low is None or bar.high is None:
        return "pic-came"
    return "pic-came fewer" if bar.posts < bar.low else "pic-came more" if bar.posts > bar.high else "pic-came"


def _marked(marked: tuple[int, int] | None, step: float, word: str) -> list[str]:
    if marked is None:
        return []
    left, wide = _LEFT + marked[0] * step, (marked[1] - marked[0] + 1) * step
    middle = min(max(left + wide / 2, _LEFT + 50), _W - _RIGHT - 50)
    return [_box("pic-time", left, _TOP, wide, _H - _TOP - _BOTTOM), _text("pic-word", middle, 18, word, "middle")]


def _grid(top: int) -> list[str]:
    lines = []
    for n in range(_TICKS + 1):
        y = _y(top * n / _TICKS, top)
        lines.append(f'<line class="pic-grid" x1="{_LEFT}" x2="{_W - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        if top * n % _TICKS == 0:
            lines.append(_text("pic-hour", _LEFT - 6, y + 4, number(top * n // _TICKS), "end"))
    return lines


def _months(bars: Sequence[WeekBar], step: float) -> list[str]:
    """Name each month where its first Monday stands; one that would touch the last name is left out."""
    found: list[str] = []
    free, month = float(_LEFT), 0
    for at, bar in enumerate(bars):
        x = _LEFT + at * step
        if bar.week.month != month and free <= x <= _W - _ROOM:
            year = f" {bar.week.year}" if bar.week.month == 1 or not found else ""
            found.append(_text("pic-hour", x, _H - 8, _MONTHS[bar.week.month - 1] + year, "start"))
            free = x + _ROOM * (2 if year else 1)
        month = bar.week.month
    return found


def _box(css: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _text(css: str, x: float, y: float, text: str, anchor: str) -> str:
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _y(value: float, top: int) -> float:
    return _H - _BOTTOM - (_H - _TOP - _BOTTOM) * value / top


def _round_up(value: int) -> int:
    """Return the nearest comfortable top of an axis, one that four lines divide: 4, 8, 12, 20, 40 and so on."""
    size = 1
    while True:
        for step in (4, 8, 12, 20):
            if step * size >= value:
                return step * size
        size *= 10
