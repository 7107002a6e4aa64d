"""Reading: one pass over the words of a text finds everything that the rules need to know."""

from __future__ import annotations

from collections.abc import Sequence

from district.profile import Profile
from risk.facts import Hit, Outage, TextFacts
from risk.states import Kind
from texts.stems import stem_text

__all__ = ["Hit", "Kind", "Outage", "Reader", "TextFacts"]


class Reader:
    """Reads texts of one district; built once per process, for it turns the tables of words into a dictionary."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def read(self, text: str) -> TextFacts:
        """Return the facts of one text."""
        return TextFacts(stems=stem_text(text))

    def read_many(self, texts: Sequence[str]) -> list[TextFacts]:
        """Return the facts of each text, in order."""
        return [self.read(text) for text in texts]
