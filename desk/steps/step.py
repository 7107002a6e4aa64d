"""One step of the work as a card shows it: how far it is, and what its section needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from desk.forms import Fields
from desk.visit import Visit
from storage.find.card import Card


class Progress(StrEnum):
    """How far a step is."""

    DONE = "done"
    NOW = "now"
    LATER = "later"
    TROUBLE = "trouble"

    @property
    def label(self) -> str:
        """Russian label for who cannot see the colour."""
        return {"done": "сделано", "now": "сейчас", "later": "потом", "trouble": "внимание"}[self.value]


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the card shows it: a place in the strip at the top and a section of its own."""

    id: str
    """Anchor of the section, and the form name of a Trouble that belongs to it."""
    title: str
    """Two or three words, Russian."""
    progress: Progress
    summary: str
    """A short Russian sentence for the strip: «подтверждено ЕДДС», «2 из 3 площадок»."""
    template: str
    """Template of the section; it is given `step`, and `step.facts` as `s`."""
    facts: Mapping[str, Any] = field(default_factory=dict)


StepOf = Callable[[Card, Visit, Fields], Step | None]
"""Returns the step of this card for this person (Fields: what was typed in a refused form), or None to show nothing."""
