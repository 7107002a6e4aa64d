"""Four past years of the demo district by weeks: how much was written of each topic and threat, made by rule."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import exp
from types import MappingProxyType

from district.profile import Profile
from district.seasons import Threat
from preventive.facts import Occasion
from storage.find.weeks import WHOLE, Counted

YEARS = 4
_SEED = 20221121
_WEEK = timedelta(days=7)
# Posts a week in the whole district, as its month gives them; all other topics are next to silent.
_USUAL: Mapping[str, float] = MappingProxyType(
    {
        "housing": 8, "landscaping": 5, "roads": 5, "education": 3.5, "waste": 3, "transport": 2.5, "energy": 2, "welfare": 2,
        "safety": 1.5, "telecom": 1, "ecology": 1, "property": 0.5, "construction": 0.5, "authorities": 0.5,
    }
)  # fmt: skip
# How many times the usual is written in each month: thaw, heating, waste of the holidays, the school year (DOMAIN 3).
_MONTHS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "roads": (1.1, 1.0, 1.4, 2.6, 1.8, 1.0, 0.9, 0.9, 0.9, 1.0, 1.1, 1.3),
        "housing": (1.4, 1.2, 1.0, 1.0, 1.5, 1.1, 0.8, 0.8, 1.6, 2.1, 1.4, 1.3),
        "landscaping": (0.9, 0.8, 1.0, 1.3, 1.6, 1.8, 1.7, 1.5, 1.0, 0.9, 0.9, 1.0),
        "education": (0.8, 0.8, 0.8, 0.9, 1.4, 1.2, 1.2, 1.8, 2.2, 1.0, 0.9, 0.8),
        "waste": (1.9, 0.9, 1.0, 1.6, 1.5, 1.1, 1.1, 1.0, 0.9, 0.9, 0.8, 0.9),
        "safety": (0.8, 0.8, 1.5, 2.2, 1.8, 1.2, 1.2, 1.0, 0.8, 0.8, 1.3, 1.2),
        "energy": (1.1, 1.0, 0.9, 0.8, 0.8, 1.2, 1.3, 1.2, 0.9, 1.1, 1.4, 1.3),
    }
)
_EVEN = (1.0,) * 12
_IN_SEASON, _OFF_SEASON = 8.0, 0.5
"""Posts a week of a threat that has words of its own: while it is there, and the rest of the year."""
_EFFECT = 0.5
"""So much of the usual was written while a campaign ran: what the demo has to show."""
_SPREAD = 30.0
"""Shape of the gamma by which weeks differ beyond chance."""


def past_weeks(
    profile: Profile, first: date, until: date, seasons: Sequence[Occasion], campaigns: Sequence[tuple[str, date, date]]
) -> Iterator[Counted]:
    """Yield a row per subject, territory and week, from Monday `first` up to Monday `until` (not included).

    `seasons` are the comings of threats over these years; `campaigns` are (subject, first day, last day): in their weeks
    less was written. The same profile and days give the same counts.
    """
    chance = random.Random(_SEED)
    shares = _shares(profile)
    for subject, means in _subjects(profile, first, until, seasons):
        for number, mean in enumerate(means):
            week = first + number * _WEEK
            ran = any(subject == s and week <= b and a <= week + _WEEK for s, a, b in campaigns)
            posts = {t: _drawn(chance, mean * share * (_EFFECT if ran else 1.0)) for t, share in shares.items()}
            total = sum(posts.values())
            for territory, count in [(WHOLE, total), *posts.items()]:
                if territory == WHOLE or count:
                    yield Counted(subject, territory, week, count, round(count * 0.85), round(count * 0.4))


def _shares(profile: Profile) -> dict[str, float]:
    """Return which part of all that is written comes from each territory: by its residents."""
    people = {t.id: t.residents or profile.residents // len(profile.territories) for t in profile.territories}
    return {code: number / sum(people.values()) for code, number in people.items()}


def _subjects(
    profile: Profile, first: date, until: date, seasons: Sequence[Occasion]
) -> Iterator[tuple[str, list[float]]]:
    weeks = [first + n * _WEEK for n in range((until - first).days // 7)]
    for topic in sorted({t for block in profile.blocks for t in block.topics}):
        usual, months = _USUAL.get(topic, 0.1), _MONTHS.get(topic, _EVEN)
        yield topic, [usual * months[(week + timedelta(days=3)).month - 1] for week in weeks]
    for threat in profile.prevention.threats:
        if threat.words:
            yield threat.subject, [_of_threat(threat, week, seasons) for week in weeks]


def _of_threat(threat: Threat, week: date, seasons: Sequence[Occasion]) -> float:
    there = any(o.threat_id == threat.id and o.start + _WEEK <= week + _WEEK and week <= o.end for o in seasons)
    return _IN_SEASON if there else _OFF_SEASON


def _drawn(chance: random.Random, mean: float) -> int:
    """Draw a count of Poisson, its mean itself a little uncertain (Knuth's way: the means here are small)."""
    if mean <= 0:
        return 0
    bound, left, count = exp(-mean * chance.gammavariate(_SPREAD, 1 / _SPREAD)), chance.random(), 0
    while left > bound:
        left *= chance.random()
        count += 1
    return count
