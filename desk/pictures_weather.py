"""A picture of weather day by day: the span of each day, its mean, the heating threshold, snow on the ground.

No style attributes (the content policy refuses them): sizes are attributes, colours are classes of year.css.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup, escape

from preventive.facts import WeatherDay
from preventive.weather import HEATING_MEAN, mean_of

_W, _H = 720, 190
_LEFT, _RIGHT, _TOP, _FLOOR = 44, 8, 12, 128
_SNOW_FLOOR, _SNOW_TALL = 166, 26
_ROOM = 3.0
"""°C left above the warmest and below the coldest day."""
_STEPS = (2, 5, 10, 20)
_LINES = 5
_LABELS = 7
"""Days named under the picture: about every fifth of a month."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a day and a temperature stand in the picture."""

    first: date
    wide: float
    top: float
    bottom: float
    snow: float
    """The deepest snow of the days, cm."""

    def x(self, day: date) -> float:
        return _LEFT + self.wide * ((day - self.first).days + 0.5)

    def y(self, value: float) -> float:
        return _TOP + (_FLOOR - _TOP) * (self.top - value) / (self.top - self.bottom)


def month_picture(days: Sequence[WeatherDay], first: date, last: date) -> Markup:
    """Return the days first..last as one picture; empty when no temperature is known. A table beside it says the same."""
    known = {told.day: told for told in days if first <= told.day <= last}
    degrees = [v for told in known.values() for v in (told.low, told.high, mean_of(told)) if v is not None]
    if not degrees:
        return Markup("")
    count = (last - first).days + 1
    snow = max((told.snow_cm or 0.0 for told in known.values()), default=0.0)
    scale = _Scale(first, (_W - _LEFT - _RIGHT) / count, max(degrees) + _ROOM, min(degrees) - _ROOM, snow)
    parts = _grid(scale)
    for n in range(count):
        day = first + timedelta(days=n)
        if n % max(1, round(count / _LABELS)) == 0:
            parts.append(_text(scale.x(day), _H - 6, f"{day.day}.{day.month:02}", "middle"))
        parts += _one_day(scale, day, known.get(day))
    if snow:
        parts.append(_text(_LEFT - 8, _SNOW_FLOOR, f"{snow:.0f} см", "end"))
    said = f"Погода с {first:%d.%m.%Y} по {last:%d.%m.%Y}: известно дней {len(known)} из {count}"
    return Markup(
        f'<svg class="wx" viewBox="0 0 {_W} {_H}" role="img" aria-label="{escape(said)}. Те же числа в таблице ниже.">'
        f"<title>{escape(said)}</title>{''.join(parts)}</svg>"
    )


def _one_day(scale: _Scale, day: date, told: WeatherDay | None) -> list[str]:
    x = scale.x(day)
    if told is None:
        return [f'<text class="wx-none" x="{x:.1f}" y="{_FLOOR - 4}" text-anchor="middle">?</text>']
    parts = []
    if told.low is not None and told.high is not None:
        wide, upper, lower = min(scale.wide * 0.5, 10.0), scale.y(told.high), scale.y(told.low)
        parts.append(_rect("wx-span", x, upper, wide, max(lower - upper, 2.0)))
    if told.snow_cm:
        tall = max(2.0, _SNOW_TALL * told.snow_cm / scale.snow)
        parts.append(_rect("wx-snow", x, _SNOW_FLOOR - tall, scale.wide * 0.7, tall))
    mean = mean_of(told)
    if mean is not None:
        parts.append(f'<circle class="wx-mean" cx="{x:.1f}" cy="{scale.y(mean):.1f}" r="3.2"/>')
    return parts


def _grid(scale: _Scale) -> list[str]:
    step = next((s for s in _STEPS if (scale.top - scale.bottom) / s <= _LINES), _STEPS[-1])
    lines = []
    for value in range(-(-int(scale.bottom) // step) * step, int(scale.top) + 1, step):
        at = scale.y(value)
        lines.append(_line("wx-zero" if value == 0 else "pic-grid", at))
        lines.append(_text(_LEFT - 8, at + 4, f"{value:+d}°".replace("-", "−") if value else "0°", "end"))
    if scale.bottom < HEATING_MEAN < scale.top:
        lines.append(_line("wx-heat", scale.y(HEATING_MEAN)))
    return lines


def _line(css: str, y: float) -> str:
    return f'<line class="{css}" x1="{_LEFT}" x2="{_W - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _rect(css: str, middle: float, y: float, wide: float, tall: float) -> str:
    return (
        f'<rect class="{css}" x="{middle - wide / 2:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" rx="2"/>'
    )


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text class="pic-hour" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'
