"""What the desk shows of effects and forecasts: figures, a small picture, a table that says the same.

`{% include "campaign_effect.html" %}` wants `effect` (EffectView); `{% include "forecast.html" %}` wants `forecast` (ForecastView).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from markupsafe import Markup

from desk.pictures_effect import WeekBar, weeks_picture
from desk.wording import number
from preventive.effect import Effect, Part, Verdict, between
from preventive.expected import Expected
from preventive.facts import WeekCount
from reports.wording import count

TONES: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.LESS: "ok",
        Verdict.MORE: "late",
        Verdict.NO_EFFECT: "plain",
        Verdict.CANNOT_TELL: "quiet",
        Verdict.REACHED: "plain",
    }
)
PAST_WEEKS = 26
"""Half a year before the weeks ahead shows where they come from."""
_DAYS_TO_SUNDAY = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class WeekLine:
    """One week in words."""

    days: str
    posts: str
    usual: str
    how: str
    """less | more | "": against what is usual."""


@dataclass(frozen=True, slots=True)
class PartLine:
    """Weeks before, during or after a campaign in words."""

    name: str
    days: str
    posts: str
    usual: str
    risks: str
    how: str
    weeks: tuple[WeekLine, ...]


@dataclass(frozen=True, slots=True)
class EffectView:
    """An effect with its picture."""

    effect: Effect
    head: str
    """The sentence with a capital letter and a stop."""
    tone: str
    lines: tuple[PartLine, ...]
    picture: Markup


@dataclass(frozen=True, slots=True)
class ForecastView:
    """The weeks ahead of one subject with their picture."""

    title: str
    """What is forecast, in words: the name of a topic or a threat, and the place."""
    weeks: tuple[WeekLine, ...]
    picture: Markup
    told: bool
    """False when nothing can be said; `why` says why."""
    why: str
    head: str
    """One sentence: the fullest of the weeks ahead."""


def effect_view(effect: Effect) -> EffectView:
    """Return what campaign_effect.html shows."""
    parts = [part for part in effect.parts if part.weeks]
    head = effect.sentence[:1].upper() + effect.sentence[1:] + "."
    lines = tuple(map(_part, parts))
    if effect.verdict is Verdict.CANNOT_TELL:  # then no part of it can be told either
        lines = tuple(replace(line, how="") for line in lines)
    return EffectView(effect, head, TONES[effect.verdict], lines, _effect_picture(effect, parts))


def _effect_picture(effect: Effect, parts: Sequence[Part]) -> Markup:
    if not any(part.known for part in parts):
        return Markup("")
    bars = [WeekBar(week.week, week.posts, week.low, week.high) for part in parts for week in part.by_week]
    begun = sum(part.weeks for part in parts if part.name in ("before", "preparing"))
    inside = sum(part.weeks for part in parts if part.name == "during")
    marked = (begun, begun + inside - 1) if inside else None
    return weeks_picture("Сообщения по неделям", effect.sentence, bars, marked, "кампания")


def _part(part: Part) -> PartLine:
    posts = number(part.seen) if part.known else "не посчитано"
    if 0 < part.known < part.weeks:
        posts += f" за {count(part.known, 'неделю', 'недели', 'недель')} из {part.weeks}"
    return PartLine(
        part.label, days_words(part.first, part.last), posts, _usual(part.low, part.high),
        number(part.risks) if part.known else "не посчитано", _how(part.seen if part.known else None, part.low, part.high),
        tuple(
            WeekLine(days_words(w.week, w.week + _DAYS_TO_SUNDAY), _posts(w.posts), _usual(w.low, w.high), _how(w.posts, w.low, w.high))
            for w in part.by_week
        ),
    )  # fmt: skip


def forecast_view(title: str, history: Sequence[WeekCount], weeks: Sequence[Expected]) -> ForecastView:
    """Return what forecast.html shows: `history` is drawn before the weeks ahead (its last half year)."""
    told = any(week.told for week in weeks)
    lines = tuple(
        WeekLine(days_words(w.week, w.week + _DAYS_TO_SUNDAY), _mean(w.mean), _usual(w.low, w.high), "") for w in weeks
    )
    why = "" if told else weeks[0].basis if weeks else "Недель впереди нет."
    return ForecastView(title, lines, _forecast_picture(title, history, weeks), told, why, _fullest(weeks))


def _forecast_picture(title: str, history: Sequence[WeekCount], weeks: Sequence[Expected]) -> Markup:
    if not any(week.told for week in weeks):
        return Markup("")
    begins, by_week = weeks[0].week, {row.week: row.posts for row in history}
    past = [begins - timedelta(weeks=n) for n in range(PAST_WEEKS, 0, -1)]
    bars = [WeekBar(week, by_week.get(week)) for week in past]
    bars += [WeekBar(w.week, None, w.low, w.high, w.mean) for w in weeks]
    marked = (PAST_WEEKS, PAST_WEEKS + len(weeks) - 1)
    return weeks_picture(f"{title}: прогноз", _fullest(weeks), bars, marked, "впереди")


def _fullest(weeks: Sequence[Expected]) -> str:
    """Return the fullest of the weeks ahead in one sentence; "" when nothing is told."""
    told = [week for week in weeks if week.mean is not None and week.low is not None and week.high is not None]
    if not told:
        return ""
    most = max(told, key=lambda week: week.mean or 0.0)
    days = days_words(most.week, most.week + _DAYS_TO_SUNDAY)
    if not most.high:
        return "В ближайшие недели сообщений почти не ждём."
    return f"Больше всего ждём {days}: {between(most.low or 0, most.high)} за неделю."


def days_words(first: date, last: date) -> str:
    """Return days as «14–20 апреля», «27 апреля – 3 мая», with the year when it is not one year of both."""
    if first.year != last.year:
        return f"{_day(first)} {first.year} – {_day(last)} {last.year}"
    if first.month == last.month:
        return f"{first.day}–{_day(last)}"
    return f"{_day(first)} – {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"
)  # fmt: skip


def _posts(posts: int | None) -> str:
    return "не посчитано" if posts is None else number(posts)


def _mean(mean: float | None) -> str:
    return "сказать нельзя" if mean is None else number(round(mean, 1) if mean < 10 else round(mean))


def _usual(low: int | None, high: int | None) -> str:
    return "сказать нельзя" if low is None or high is None else between(low, high)


def _how(seen: int | None, low: int | None, high: int | None) -> str:
    if seen is None or low is None or high is None:
        return ""
    return "less" if seen < low else "more" if seen > high else ""
