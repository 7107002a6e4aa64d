"""Words: tables of phrases that staff can read and correct; how a phrase is written is told in risk/phrases.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: what it is called and the phrases that mean it."""

    id: str
    title: str
    """Russian, shown on the card."""
    phrases: str
