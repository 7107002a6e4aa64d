"""Platforms on which an answer must stand: where the risk was seen, most viewed first, and the official pages of the district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk.wording import short
from district.profile import Profile
from reports.wording import count
from storage.find.card import Card

COVERED = 0.9
"""Platforms are ticked, the most viewed first, until they hold this share of all views: a page with a handful of views would
spread the story further than it is (proportionality, DOMAIN 1)."""
OFFICIAL_FROM = 2
"""Level from which the first official page is ticked too."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One platform that may be ticked."""

    value: str
    name: str
    hint: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """One platform of a ready text; `url` is "" for a place without an address."""

    name: str
    url: str
    hint: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a card knows of one platform of the risk."""

    source_id: str
    name: str
    posts: int
    views: int | None
    url: str
    """Its most viewed post."""


def seen_places(found: Card) -> list[Seen]:
    """Return the platforms where the risk was seen, the most viewed first."""
    places: dict[str, Seen] = {}
    most: dict[str, int] = {}
    for post in found.posts:
        old = places.get(post.source_id, Seen(post.source_id, post.source_name, 0, None, post.url))
        views = old.views if post.views is None else (old.views or 0) + post.views
        url = old.url
        if not post.is_comment and (post.views or 0) > most.get(post.source_id, -1):
            most[post.source_id], url = post.views or 0, post.url
        places[post.source_id] = Seen(old.source_id, old.name, old.posts + 1, views, url)
    return sorted(places.values(), key=lambda p: -(p.views or 0))


def choices(found: Card, profile: Profile, ticked: Sequence[str] | None) -> list[Choice]:
    """Return the platforms to tick; `ticked` is what was chosen before, None for a new answer (ticked by views)."""
    seen = seen_places(found)
    official = [s for s in profile.sources if s.official and s.id not in {p.source_id for p in seen}]
    chosen = tuple(ticked) if ticked is not None else _usual(seen, [s.id for s in official], found.row.level)
    own = {p.source_id for p in seen} | {s.id for s in official}
    names = {s.id: s.name for s in profile.sources}
    return [
        *(Choice(p.source_id, p.name, _hint(p), p.source_id in chosen) for p in seen),
        *(Choice(s.id, s.name, "официальная страница", s.id in chosen) for s in official),
        *(Choice(value, names.get(value, value), "", True) for value in chosen if value.strip() and value not in own),
    ]


def links(found: Card, profile: Profile, platforms: Sequence[str]) -> list[PlaceLink]:
    """Return where a ready text goes: the risk's most viewed post there, else the page itself."""
    seen = {p.source_id: p for p in seen_places(found)}
    sources = {s.id: s for s in profile.sources}
    made = []
    for place in platforms:
        source, post = sources.get(place), seen.get(place)
        url = post.url if post else source.address if source else ""
        name = post.name if post else source.name if source else place
        hint = "к записи" if post else "официальная страница" if source and source.official else ""
        made.append(PlaceLink(name, url if url.startswith(("https://", "http://")) else "", hint))
    return made


def _usual(seen: Sequence[Seen], official: Sequence[str], level: int) -> tuple[str, ...]:
    whole = sum(p.views or 0 for p in seen)
    chosen, covered = [], 0
    for place in seen:
        # Unknown views may be many: such a platform is ticked, and the person decides.
        if place.views is None or covered < COVERED * whole or not whole:
            chosen.append(place.source_id)
            covered += place.views or 0
    return (*chosen, *(official[:1] if level >= OFFICIAL_FROM else ()))


def _hint(place: Seen) -> str:
    views = "просмотры неизвестны" if place.views is None else f"просмотров {short(place.views)}"
    return f"{count(place.posts, 'запись', 'записи', 'записей')}, {views}"
