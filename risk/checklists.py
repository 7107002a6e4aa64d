"""Whom to call and what to ask when a risk is checked: one readable table by topic and by danger."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the checklist."""

    key: str
    whom: str
    ask: str


def checklist(topic: str | None, kind: str, emergency: bool, dangers: Collection[str] = ()) -> tuple[Question, ...]:
    """Return the questions for a risk, danger first."""
    raise NotImplementedError
