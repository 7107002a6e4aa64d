"""Route: topic and place of a text → sector block, responsible post, territory."""

from __future__ import annotations

from dataclasses import dataclass

from district.profile import Profile
from district.topics import topic_name
from risk.facts import TextFacts
from risk.words.danger import DANGERS

_LEAST_SHARE = 0.34
"""A topic with less than a third of all votes is a guess."""
_LEAST_LEAD = 0.06
"""Nearly level topics: near-identical texts go to different executors in 41 % of pairs, so a person chooses."""
_LIFE = frozenset(danger.id for danger in DANGERS if danger.level == 4)


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
    """False when no block here answers for the topic: «не наша компетенция», to be passed on, not hidden."""
    why: str
    """One Russian sentence."""


def route(facts: TextFacts, profile: Profile) -> Route:
    """Return where a text of these facts goes: block by topic, territory by the first settlement it names."""
    topic, doubt = _sure_topic(facts)
    place = next((p for p in facts.places if p.settlement), None)
    block = profile.block_of(topic) if topic else None
    emergency = any(hit.id in _LIFE for hit in facts.dangers)
    official = profile.emergency_post if emergency else (block.lead if block else None)
    return Route(
        topic=topic,
        topics=facts.topics,
        settlement=place.settlement if place else None,
        territory=place.territory if place else None,
        block=block.id if block else None,
        official=official,
        competence=emergency or topic is None or block is not None,
        why=_why(profile, topic, doubt, emergency),
    )


def _sure_topic(facts: TextFacts) -> tuple[str | None, str]:
    """Return the topic the rules are sure of, or None and the reason of the doubt."""
    if not facts.topics:
        return None, "в тексте нет слов ни одной темы"
    best, share = facts.topics[0]
    lead = share - (facts.topics[1][1] if len(facts.topics) > 1 else 0.0)
    if share < _LEAST_SHARE or lead < _LEAST_LEAD:
        named = ", ".join(f"«{topic_name(topic)}»" for topic, _ in facts.topics)
        return None, f"темы почти равны: {named}"
    return best, ""


def _why(profile: Profile, topic: str | None, doubt: str, emergency: bool) -> str:
    if emergency:
        return f"Опасность для жизни: сразу в «{profile.official(profile.emergency_post).post}»."
    if topic is None:
        return f"Тему выбирает человек: {doubt}."
    block = profile.block_of(topic)
    if block is None:
        return f"Тема «{topic_name(topic)}»: не наша компетенция, передать по принадлежности."
    return f"Тема «{topic_name(topic)}» — блок «{block.name}»."
