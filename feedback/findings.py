"""One finding of the check of a reply: where, what, and how it is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["must", "should"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a reply."""

    code: str
    severity: Severity
    """must: the reply may not leave like this without a reason; should: it would be better otherwise."""
    start: int
    end: int
    """The place in the text, in signs; start == end when something is missing."""
    words: str
    """What is wrong, a Russian sentence."""
    example: str
    """How it is better, a Russian example."""
