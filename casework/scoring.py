"""Scores groups: spread counted, rules asked, route found for what is a risk."""

from __future__ import annotations

from collections.abc import Sequence

from casework.counting import spread_at
from casework.work import Work
from risk.route import route
from risk.score import Score, score
from storage.find.groups import Group
from storage.keep.groups import Scored

OFFICIAL_REACTION = 10
"""Negative comments under the administration's own post that make a risk of it (DOMAIN 1, level 2: «≥10 negative comments»)."""


def is_risk(group: Group) -> bool:
    """Return whether a scored group deserves a risk: its level, unless only official pages have said it and people are calm."""
    only_official = group.official >= group.posts
    return group.level >= 1 and (not only_official or group.negative_comments >= OFFICIAL_REACTION)


def score_groups(work: Work, groups: Sequence[Group], now: int) -> list[Scored]:
    """Score groups at a moment (microseconds), writing points, level and emergency into them."""
    return [
        _scored(work, group, score(group.told(), spread_at(group, now), work.profile, work.now)) for group in groups
    ]


def _scored(work: Work, group: Group, found: Score) -> Scored:
    group.points, group.level, group.emergency = found.points, int(found.level), found.emergency
    return Scored(group, found, route(group.told(), work.profile) if found.level else None)


def growth_of(groups: Sequence[Group]) -> float | None:
    """Return how many times the views of groups grew since a moment at least an hour back; None when nothing is known of it."""
    pairs = [(g.views, g.before_views) for g in groups if g.views is not None and g.before_views]
    return sum(now for now, _ in pairs) / sum(before for _, before in pairs) if pairs else None
