"""Route: topic and place of a text → sector block, responsible post, territory."""

from __future__ import annotations

from dataclasses import dataclass

from district.profile import Profile
from risk.facts import TextFacts


@dataclass(frozen=True, slots=True)
class Route:
    """Who should deal with it; a person may always choose otherwise."""

    topic: str | None
    """Code of the topic group; None when the rules abstain."""
    topics: tuple[tuple[str, float], ...]
    """Top three with their shares, shown to the person who decides."""
    settlement: str | None
    territory: str | None
    block: str | None
    official: str | None
    """Official id of the post that answers: the block's lead, or the ЕДДС."""
    competence: bool
    """False when no block of this district answers for the topic: «не наша компетенция», to be passed on, not hidden."""
    why: str
    """One Russian sentence."""


def route(facts: TextFacts, profile: Profile) -> Route:
    """Return where a text of these facts goes."""
    topic = facts.topics[0][0] if facts.topics else None
    block = profile.block_of(topic) if topic else None
    place = facts.places[0] if facts.places else None
    return Route(
        topic=topic,
        topics=facts.topics,
        settlement=place.settlement if place else None,
        territory=place.territory if place else None,
        block=block.id if block else None,
        official=block.lead if block else None,
        competence=block is not None or topic is None,
        why="",
    )
