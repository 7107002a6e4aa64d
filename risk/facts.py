"""TextFacts: all that the rules learn from one text, read once and kept beside the group."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from risk.states import Kind
from texts.compact import compact_json
from texts.places import Place


@dataclass(frozen=True, slots=True)
class Hit:
    """Words of the text that a table of risk/words knows."""

    id: str
    """Row of the table, e.g. "fire"."""
    words: str
    """The words as the text has them, in lower case."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A utility that people say they are without."""

    id: str
    """Row of risk/words/outages.py: heating, water, power, gas …"""
    hours: float | None
    """For how long by the text's own words; None when it does not say."""
    words: str


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What one text says; knows nothing of who wrote it or how far it went."""

    kind: Kind = Kind.QUESTION
    topics: tuple[tuple[str, float], ...] = ()
    """At most three topic groups with their share (0..1), best first."""
    places: tuple[Place, ...] = ()
    dangers: tuple[Hit, ...] = ()
    """Danger words that stand: nothing around them says that it is over, a drill, an advert …"""
    held: tuple[Hit, ...] = ()
    """Danger words held back: id of the guard (negation, past, drill …) and the words."""
    outages: tuple[Outage, ...] = ()
    troubles: tuple[Hit, ...] = ()
    """Words of an ordinary complaint: something is broken, missing, not done."""
    tone: tuple[Hit, ...] = ()
    weight: tuple[Hit, ...] = ()
    """Who is touched: children, the sick, the old, a whole settlement."""
    answer: tuple[Hit, ...] = ()
    """Words about us: asked, promised, refused, again after an answer."""
    flags: tuple[str, ...] = ()
    """advert, drill, politics, official … (risk/words/flags.py): what sort of text it is."""
    points_text: float = 0.0
    """What the text alone would score, spread unknown: lets the caller pick the most telling text of a group."""
    stems: str = ""
    """Stems joined by spaces, for the full-text index; not part of the packed form."""

    @property
    def negative(self) -> bool:
        """True when the text is angry or complains: a negative comment."""
        return bool(self.dangers or self.outages or self.troubles or any(h.id != "thanks" for h in self.tone))

    def pack(self) -> str:
        """Return compact JSON of everything but the stems."""
        told: dict[str, Any] = {"k": self.kind.value}
        if self.topics:
            told["t"] = [[topic, round(share, 3)] for topic, share in self.topics]
        if self.places:
            told["p"] = [[p.settlement, p.territory, p.street, p.house] for p in self.places]
        if self.outages:
            told["o"] = [[o.id, o.hours, o.words] for o in self.outages]
        for key, hits in (
            ("d", self.dangers), ("h", self.held), ("c", self.troubles), ("n", self.tone), ("w", self.weight),
            ("a", self.answer),
        ):  # fmt: skip
            if hits:
                told[key] = _hits(hits)
        if self.flags:
            told["f"] = list(self.flags)
        if self.points_text:
            told["x"] = round(self.points_text, 2)
        return compact_json(told)

    @classmethod
    def unpack(cls, packed: str) -> TextFacts:
        """Return the facts of a packed form; the stems are empty. ValueError or KeyError when it is not one."""
        parts = json.loads(packed)
        return cls(
            kind=Kind(parts["k"]),
            topics=tuple((topic, share) for topic, share in parts.get("t", ())),
            places=tuple(Place(*place) for place in parts.get("p", ())),
            dangers=_unhits(parts.get("d", ())),
            held=_unhits(parts.get("h", ())),
            outages=tuple(Outage(*outage) for outage in parts.get("o", ())),
            troubles=_unhits(parts.get("c", ())),
            tone=_unhits(parts.get("n", ())),
            weight=_unhits(parts.get("w", ())),
            answer=_unhits(parts.get("a", ())),
            flags=tuple(parts.get("f", ())),
            points_text=parts.get("x", 0.0),
        )


def _hits(hits: tuple[Hit, ...]) -> list[list[str]]:
    return [[hit.id, hit.words] for hit in hits]


def _unhits(rows: list[list[str]]) -> tuple[Hit, ...]:
    return tuple(Hit(*row) for row in rows)
