"""Signals of how far and how fast it goes: sources, views per resident, growth, comments, media."""

from __future__ import annotations

from risk.signals.case import Case, Found, Spread

# Shares and counts of DOMAIN 1: two sources, 5 % of residents, ten negative comments; three sources, twice in 3 h.
_REACH = ((0.5, 5 / 3), (0.2, 4 / 3), (0.05, 1.0))
"""Share of residents that saw it, and how many times the weight counts."""
_NEGATIVE_COMMENTS = 10
_MANY_COMMENTS = 50
_GROWTH = 2.0
_GROWTH_HOURS = 3.0
_LEAST_REACH_OF_GROWTH = 0.01
"""Below 1 % of residents (level 1 of DOMAIN 1) twice as many views are a handful of people."""
_THIN_VIEWS = 20.0
"""Lipetsk: 480 posts of channels with 50-150 subscribers had at most 5 views each; a village chat has 30 and more."""
_THIN_FROM_POSTS = 3


def is_thin(spread: Spread) -> bool:
    """Return whether many posts have hardly any views: volume made by hand (requirement 16); unknown is not few."""
    counted = spread.posts if spread.posts_with_views is None else spread.posts_with_views
    if spread.views is None or counted < _THIN_FROM_POSTS:
        return False
    return spread.views / counted < _THIN_VIEWS


def growth(spread: Spread) -> float | None:
    """Return how many times the views grow in three hours, or None when it is not known."""
    if not spread.views or not spread.views_before or not spread.hours_between or spread.hours_between <= 0:
        return None
    times = spread.views / spread.views_before
    if spread.hours_between <= _GROWTH_HOURS:
        return times
    return float(times ** (_GROWTH_HOURS / spread.hours_between))


def sources(case: Case) -> Found | None:
    """Об этом пишут не меньше двух разных источников."""
    count = case.spread.sources
    return Found(f"Разных источников: {count}.") if count >= 2 else None


def many_sources(case: Case) -> Found | None:
    """Источников три и больше."""
    count = case.spread.sources
    return Found(f"Источников уже {count}.", count - 2) if count >= 3 else None


def reach(case: Case) -> Found | None:
    """Публикации увидела заметная доля жителей: от 5 процентов."""
    views, residents = case.spread.views, case.profile.residents
    if views is None or residents <= 0:
        return None
    share = views / residents
    times = next((times for at_least, times in _REACH if share >= at_least), None)
    return Found(f"Просмотров {views} — это {share:.0%} от числа жителей.", times) if times else None


def fast_growth(case: Case) -> Found | None:
    """Просмотры выросли вдвое и больше за три часа."""
    times, views = growth(case.spread), case.spread.views
    if times is None or views is None or times < _GROWTH or views < _LEAST_REACH_OF_GROWTH * case.profile.residents:
        return None
    return Found(f"Просмотры растут в {times:.1f} раза за 3 ч (было {case.spread.views_before}, стало {views}).")


def negative_comments(case: Case) -> Found | None:
    """Не меньше десяти недовольных комментариев."""
    count = case.spread.negative_comments
    if count < _NEGATIVE_COMMENTS:
        return None
    return Found(f"Недовольных комментариев: {count}.", 1.0 if count < _MANY_COMMENTS else 1.5)


def media(case: Case) -> Found | None:
    """Об этом написало областное или федеральное издание."""
    if case.spread.federal:
        return Found("Написало федеральное издание.")
    return Found("Написало областное или федеральное издание.") if case.spread.media else None
