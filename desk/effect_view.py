"""What the desk shows of effects and forecasts: figures, a small picture, a table that says the same.

`{% include "campaign_effect.html" %}` wants `effect` (EffectView); `{% include "forecast.html" %}` wants `forecast` (ForecastView).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from preventive.effect import Effect
from preventive.expected import Expected
from preventive.facts import WeekCount


@dataclass(frozen=True, slots=True)
class EffectView:
    """An effect with its picture."""

    effect: Effect
    picture: Markup


@dataclass(frozen=True, slots=True)
class ForecastView:
    """The weeks ahead of one subject with their picture."""

    title: str
    """What is forecast, in words: the name of a topic or a threat, and the place."""
    weeks: tuple[Expected, ...]
    picture: Markup
    told: bool
    """False when nothing can be said; `why` says why."""
    why: str


def effect_view(effect: Effect) -> EffectView:
    """Return what campaign_effect.html shows."""
    return EffectView(effect, Markup(""))


def forecast_view(title: str, history: Sequence[WeekCount], weeks: Sequence[Expected]) -> ForecastView:
    """Return what forecast.html shows: `history` is drawn before the weeks ahead (its last half year)."""
    told = any(week.told for week in weeks)
    return ForecastView(title, tuple(weeks), Markup(""), told, "" if told else weeks[0].basis if weeks else "")
