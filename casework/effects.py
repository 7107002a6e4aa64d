"""The effect of a campaign told from its weekly counts, and its evaluation with the lessons for next year."""

from __future__ import annotations

from casework.work import Work
from preventive.effect import Effect, Verdict


def effect_of(work: Work, campaign_id: int) -> Effect:
    """Return what can be said now of a campaign; CaseworkError family when there is none."""
    return Effect(Verdict.CANNOT_TELL, "сказать нельзя: счёт недель ещё не готов")
