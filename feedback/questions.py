"""Which questions of the residents a reply passes by: none of a question's own words is in it."""

from __future__ import annotations

from collections.abc import Sequence

from feedback.quality_words import IDLE_QUESTION, STOP_STEMS
from feedback.sentences import sentences
from texts.stems import stems, words

MOST = 3
"""More findings of this kind would hide the rest."""
LEAST_STEMS = 2
"""A question with fewer words of its own («Когда уже?») cannot be told from a cry."""
SHOWN = 120


def unanswered(reply: str, posts: Sequence[str]) -> list[str]:
    """Return the questions (at most three, cut to 120 signs) of which no word of meaning is found in the reply."""
    said = set(stems(words(reply)))
    found: dict[tuple[str, ...], str] = {}
    for post in posts:
        for sentence in sentences(post):
            own = _own_stems(sentence.text) if "?" in sentence.text else ()
            if len(own) >= LEAST_STEMS and not said.intersection(own):
                found.setdefault(
                    own, sentence.text if len(sentence.text) <= SHOWN else sentence.text[: SHOWN - 1] + "…"
                )
            if len(found) == MOST:
                return list(found.values())
    return list(found.values())


def _own_stems(question: str) -> tuple[str, ...]:
    if IDLE_QUESTION.search(question):
        return ()
    longer = (stem for stem in stems(words(question)) if len(stem) > 2 and not stem.isdigit())
    return tuple(dict.fromkeys(stem for stem in longer if stem not in STOP_STEMS))
