"""Reading: one pass over the words of a text finds everything that the rules need to know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from district.profile import Profile
from risk.dictionary import Match, Tokens
from risk.facts import Hit, Outage, TextFacts
from risk.guards import judge
from risk.lasting import outages
from risk.matching import MARK_COUNT
from risk.score import text_points
from risk.states import Kind
from risk.vocabulary import BESIDE, TELLING, Found, Table, build, by_table
from risk.words.flags import IDLE
from risk.words.votes import VOTES
from texts.places import Places

__all__ = ["Hit", "Kind", "Outage", "Reader", "TextFacts"]

_LEAST_TOPIC_WEIGHT = 2.0
"""A topic that only weak words speak for is not named at all."""
_STRONG_TOPIC_WEIGHT = 4.0
_NO_SERVICE = frozenset(
    (
        "culture",
        "tourism",
        "youth",
        "interethnic",
        "politics",
        "authorities",
        "military",
        "control-centre",
        "sport",
        "farming",
    )
)
"""Topics in which «нужно» and «когда» are talk more often than a complaint (read on walls)."""
_LANDMARK_SHARE = 0.25
_BESIDE_IDS = frozenset(range(MARK_COUNT, MARK_COUNT + len(BESIDE)))
_ASK = "ask"
_IDLE = frozenset(row.id for row in IDLE)
_SHOWN_TOPICS = 3
_IDLE_KEPT = 2
"""So many different complaints in a text outweigh its look of an advert or a notice."""
_STORY_WORDS = 90
"""A complaint has one or more signs of it in every 90 words; a story or an article has fewer (read on real walls)."""


_BATCH = 100
"""Texts cut at once: a page of a crawl fits the processor's own memory."""
_LATELY = 256
"""Texts remembered for their exact copies: on real walls one in nine repeats one of the last hundred."""


class Reader:
    """Reads texts of one district; built once per process, for it turns the tables of words into a dictionary."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._book = build()
        self._places = Places(settlements_of(profile))
        self._lately: dict[str, TextFacts] = {}

    def read(self, text: str) -> TextFacts:
        """Return the facts of one text; the same object for a text read a moment ago."""
        return self.read_many([text])[0]

    def read_many(self, texts: Sequence[str]) -> list[TextFacts]:
        """Return the facts of each text, in order; a page of a crawl at once costs half of its posts one by one."""
        facts = {text: self._lately[text] for text in texts if text in self._lately}
        fresh = [text for text in dict.fromkeys(texts) if text not in facts]
        for start in range(0, len(fresh), _BATCH):
            page = fresh[start : start + _BATCH]
            for text, tokens in zip(page, self._book.tokens_many(page), strict=True):
                facts[text] = self._read(text, tokens)
        if fresh:
            self._lately = {text: facts[text] for text in fresh[-_LATELY:]}
        return [facts[text] for text in texts]

    def _read(self, text: str, tokens: Tokens) -> TextFacts:
        matches = self._book.find(tokens)
        found = by_table(matches)
        if not any(table in found for table in TELLING):
            return _idle_facts(found, tokens)
        facts = _facts(by_table(matches + self._book.find_more(tokens)), tokens)
        return replace(facts, places=self._places.find(text), points_text=text_points(facts, self.profile))


def settlements_of(profile: Profile) -> dict[str, str]:
    """Return territory ids by the settlement's name; "" for a name that stands in several territories."""
    owners: dict[str, str] = {}
    for territory in profile.territories:
        for settlement in territory.settlements:
            owners[settlement] = territory.id if settlement not in owners else ""
    return owners


def _idle_facts(found: Found, text: Tokens) -> TextFacts:
    """Return the facts of a text without danger, outage or trouble: topic and tone, no places, no flags, no points."""
    tone = _hits(found, Table.TONE, text)
    kind = Kind.PRAISE if any(hit.id == "thanks" for hit in tone) else Kind.QUESTION
    return TextFacts(kind=kind, topics=_topics(_votes(found, text, ())), tone=tone, stems=text.stem_text)


def _facts(found: Found, text: Tokens) -> TextFacts:
    dangers, held = judge(found, text) if Table.DANGER_HAPPENS in found or Table.DANGER_NAMED in found else ((), ())
    without = outages(found, text)
    troubles = _hits(found, Table.TROUBLE, text) + _hits(found, Table.HAZARD, text)
    tone = _hits(found, Table.TONE, text)
    answer = _hits(found, Table.ANSWER, text)
    complaints = sum(hit.id != _ASK for hit in troubles) + sum(1 + (o.hours is not None) for o in without)
    complaints += sum(hit.id != "thanks" for hit in tone) + len(answer)
    flags = _flags(found, held, complaints, len(text.raw))
    votes = _votes(found, text, (*(d.id for d in dangers), *(o.id for o in without), *(t.id for t in troubles)))
    if not _is_service(votes) or any(flag in _IDLE for flag in flags):
        troubles = tuple(hit for hit in troubles if hit.id != _ASK)
    return TextFacts(
        kind=_kind(flags, dangers, held, bool(without or troubles), tone),
        topics=_topics(votes),
        dangers=dangers,
        held=held,
        outages=without,
        troubles=troubles,
        tone=tone,
        weight=_hits(found, Table.WEIGHT, text),
        answer=answer,
        flags=flags,
        stems=text.stem_text,
    )


def _hits(found: Found, table: Table, text: Tokens) -> tuple[Hit, ...]:
    """Return one hit for each row of a table, with its longest words."""
    best: dict[str, Match] = {}
    for match in found.get(table, ()):
        name = match.row.id
        if name not in best or match.end - match.start > best[name].end - best[name].start:
            best[name] = match
    return tuple(Hit(name, text.quoted(match.start, match.end)) for name, match in best.items())


def _votes(found: Found, text: Tokens, rows: Iterable[str]) -> dict[str, float]:
    """Return how much the words speak for each topic; a word counts once, with its heaviest phrase."""
    votes: dict[str, float] = {}
    for at, known in text.speaking():
        if known[3]:
            share = _share(text, at)
            for topic, weight in known[3]:
                votes[topic] = votes.get(topic, 0.0) + weight * share
    _vote_phrases(votes, found.get(Table.TOPIC, ()), text)
    for row in rows:
        for topic, weight in VOTES.get(row, ()):
            votes[topic] = votes.get(topic, 0.0) + weight
    return votes


def _vote_phrases(votes: dict[str, float], phrases: Iterable[Match], text: Tokens) -> None:
    """Add what phrases of several words speak for beyond their first word alone."""
    seen: dict[tuple[str, int], float] = {}
    for match in phrases:
        _, topic, _, weight = match[0]
        at = (topic, match[1])
        before = seen[at] if at in seen else _alone(text, *at)
        if weight > before:
            votes[topic] = votes.get(topic, 0.0) + (weight - before) * _share(text, match[1])
            seen[at] = weight


def _alone(text: Tokens, topic: str, at: int) -> float:
    """Return what the word at a place alone weighs for a topic."""
    known = text.known[at]
    return next((weight for told, weight in known.votes if told == topic), 0.0) if known else 0.0


def _share(text: Tokens, at: int) -> float:
    """Return how much a word counts: less when it only says where («у школы», «напротив детского сада»)."""
    before = text.ids[max(0, at - 2) : at]
    return 1.0 if _BESIDE_IDS.isdisjoint(before) else _LANDMARK_SHARE


def _topics(votes: dict[str, float]) -> tuple[tuple[str, float], ...]:
    """Return at most three topics with their share of all votes, best first."""
    whole = sum(votes.values())
    named = sorted((-vote, topic) for topic, vote in votes.items() if vote >= _LEAST_TOPIC_WEIGHT)
    return tuple((topic, -vote / whole) for vote, topic in named[:_SHOWN_TOPICS])


def _is_service(votes: dict[str, float]) -> bool:
    """True when a topic of services to people is named by a strong word."""
    best = max(votes, key=lambda topic: votes[topic], default="")
    return best not in _NO_SERVICE and votes.get(best, 0.0) >= _STRONG_TOPIC_WEIGHT


def _flags(found: Found, held: tuple[Hit, ...], complaints: int, length: int) -> tuple[str, ...]:
    """Return what sort of text it is; an advert or notice in which a real complaint stands is not called one."""
    flags = {match.row.id for match in found.get(Table.FLAG, ())}
    if any(hit.id == "drill" for hit in held):
        flags.add("drill")
    idle = {match.row.id for match in found.get(Table.IDLE, ())}
    if max(1, complaints) * _STORY_WORDS < length or _tells_of_past(found):
        idle.add("story")
    if complaints < _IDLE_KEPT * len(idle):
        flags |= idle
    return tuple(sorted(flags))


def _tells_of_past(found: Found) -> bool:
    """True for words of history: wars, biographies, legends."""
    return any(match.row.id == "history" for match in found.get(Table.GUARD, ()))


def _kind(
    flags: tuple[str, ...], dangers: tuple[Hit, ...], held: tuple[Hit, ...], complains: bool, tone: tuple[Hit, ...]
) -> Kind:
    if "rumour" in flags and (dangers or held or complains):
        return Kind.RUMOUR
    if dangers:
        return Kind.EMERGENCY
    if complains:
        return Kind.PROBLEM
    if any(hit.id == "thanks" for hit in tone):
        return Kind.PRAISE
    return Kind.QUESTION
