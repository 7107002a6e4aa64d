"""Settlements of the district in any grammatical case, and streets with houses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place named in a text; every part that the text does not name is None."""

    settlement: str | None = None
    """Name as in the profile, whatever case the text used."""
    territory: str | None = None
    """Territory id of that settlement; None when the name belongs to several territories."""
    street: str | None = None
    """Street as written in the text, without the word «улица»."""
    house: str | None = None
