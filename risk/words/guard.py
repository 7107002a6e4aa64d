"""What a guard is: words around a danger that hold it back, and where they must stand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """Where the words of a guard must stand to hold a danger back."""

    TOUCHING = "touching"
    """Right before the danger or inside it."""
    BEFORE = "before"
    """At most three words before, no comma between, in the same sentence."""
    AFTER = "after"
    """At most three words after, in the same sentence."""
    LATER = "later"
    """In the same sentence or within thirty words after."""
    SENTENCE = "sentence"
    TEXT = "text"
    OVER = "over"
    """On the danger's own words: a set phrase that contains them."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard; `all_forms` False holds back only words that name a danger, not those that say it goes on."""

    id: str
    title: str
    where: Where
    phrases: str
    all_forms: bool = True
    dangers: tuple[str, ...] = ()
    """Ids of dangers it concerns; empty for all."""
