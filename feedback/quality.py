"""The check of a reply before it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

LONGEST = 4000
"""Signs of an answer."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a reply."""

    code: str
    severity: Literal["must", "should"]
    """must: the reply may not leave like this without a reason; should: it would be better otherwise."""
    start: int
    end: int
    """The place in the text; start == end when something is missing."""
    words: str
    """What is wrong, a Russian sentence."""
    example: str
    """How it is better, a Russian example."""


def check_reply(
    text: str, *, solved: bool, signature: str, kind: str = "answer", questions: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Return what is wrong with a reply, in the order of the text."""
    return ()
