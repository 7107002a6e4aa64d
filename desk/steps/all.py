"""All steps of the work in their order; the one place where a new step is added."""

from __future__ import annotations

from desk.forms import Fields
from desk.steps.answer import answer
from desk.steps.checking import checking
from desk.steps.history import history
from desk.steps.parts import parts
from desk.steps.publications import publications
from desk.steps.reaction import reaction
from desk.steps.step import Step, StepOf
from desk.steps.terms import terms
from desk.visit import Visit
from storage.find.card import Card

STEPS: tuple[StepOf, ...] = (
    checking,
    parts,
    answer,
    publications,
    reaction,
    terms,
    history,
)
"""In the order of the work: checking, parts and measures, answer, publications, reaction, terms, history."""


def steps_of(found: Card, visit: Visit, typed: Fields) -> list[Step]:
    """Return the steps that this card shows to this person; `typed` is what a refused form held."""
    return [step for make in STEPS if (step := make(found, visit, typed)) is not None]
