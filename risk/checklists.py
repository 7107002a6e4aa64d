"""Whom to call and what to ask when a risk is checked: questions by topic and by danger, danger first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from risk.checklist_dangers import ANY_DANGER, DANGER_OF, DANGERS
from risk.checklist_topics import ANY_TOPIC, TOPICS_ASKED
from risk.states import Kind

SHARED = frozenset({"called", "since", "cause", "norm", "weak", "linked"})
"""Matters that a danger and a topic ask about alike: once is enough."""
MOST_SETS = 2
"""Of several dangers in one text the first two are asked about: a list of twenty questions is read by nobody."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the checklist."""

    key: str
    """Stable code, "fire.people": facts are kept under it."""
    whom: str
    """Whom to call: a service or a post, never a person."""
    ask: str
    """What to ask, one plain sentence."""

    @property
    def matter(self) -> str:
        """What the question is about, whatever the set it stands in: "people" of "fire.people"."""
        return self.key.rpartition(".")[2]


def checklist(topic: str | None, kind: str, emergency: bool, dangers: Collection[str] = ()) -> tuple[Question, ...]:
    """Return the questions for a risk: of its dangers, then of its topic, then of a rumour; each once.

    `topic` is a code of district.topics or None, `kind` of risk.states.Kind. `dangers` are rows of risk/words/danger.py
    and risk/words/outages.py that stand in the text, the worst first; unknown ones are passed over. An emergency whose
    danger is not known begins with the questions of any danger: the ЕДДС is called first in every case (requirement 17).
    """
    sets = list(dict.fromkeys(DANGER_OF[d] for d in dangers if d in DANGER_OF))[:MOST_SETS]
    found = [question for name in sets for question in _DANGER[name]]
    if emergency and not found:
        found = list(_DANGER[ANY_DANGER])
    asked = {question.matter for question in found} & SHARED
    found += [q for q in _TOPIC.get(topic or ANY_TOPIC, _TOPIC[ANY_TOPIC]) if q.matter not in asked]
    if kind == Kind.RUMOUR:
        found += _RUMOUR
    return tuple(found)


def in_words(key: str) -> str:
    """Return the question of a key; the officer's own question comes back as it is."""
    known = _BY_KEY.get(key)
    return key if known is None else known.ask


def _read(tables: Mapping[str, str]) -> dict[str, tuple[Question, ...]]:
    """Return the questions of a table whose lines are «key | whom | what to ask»."""
    read = {}
    for name, text in tables.items():
        rows = [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]
        read[name] = tuple(Question(f"{name}.{key}", whom, ask) for key, whom, ask in rows)
    return read


_TOPIC = _read(TOPICS_ASKED)
_DANGER = _read(DANGERS)
_RUMOUR = _read(
    {
        "rumour": """
        truth | тот, кто отвечает за предмет слуха | Что в этом сообщении правда, что нет и чем это подтверждается?
        since | ЕДДС | Что происходило на самом деле в этом месте в эти дни?
        """
    }
)["rumour"]
"""A rumour is answered with what is true: «неправда» alone convinces nobody (S4 п. 2)."""

_BY_KEY: Mapping[str, Question] = MappingProxyType(
    {question.key: question for rows in (*_TOPIC.values(), *_DANGER.values(), _RUMOUR) for question in rows}
)
