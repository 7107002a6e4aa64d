"""What a signal looks at and what it says: the case, its spread, a finding, a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from district.profile import Profile
from risk.facts import TextFacts


@dataclass(frozen=True, slots=True)
class Spread:
    """How far a group of copies has gone at one moment; None is «unknown» and never the same as 0. Times are aware."""

    posts: int = 1
    sources: int = 1
    """Distinct sources, official pages of the administration not counted."""
    voices: int | None = None
    """Distinct author tokens; None when no post has one."""
    views: int | None = None
    """Sum over the posts whose counter is known."""
    views_before: int | None = None
    """The same sum earlier, `hours_between` ago: the growth of a risk."""
    hours_between: float | None = None
    posts_with_views: int | None = None
    """How many posts the sum of views covers; None means all of them."""
    comments: int | None = None
    negative_comments: int = 0
    media: bool = False
    """True when a source marked `media` in the profile has published it."""
    federal: bool = False
    """True when one of them is federal."""
    official_answer: bool = False
    """True when an official page has published or commented on it."""
    asked_after_answer: bool = False
    """True when people complain again after that answer."""
    first_published: datetime | None = None
    last_published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of the score: which signal, how many points, and why, in a sentence of plain Russian."""

    signal: str
    points: float
    why: str


@dataclass(frozen=True, slots=True)
class Case:
    """All that a signal may look at; `now` is aware."""

    facts: TextFacts
    spread: Spread
    profile: Profile
    now: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What a signal found: how many times its weight counts, and why (Russian)."""

    why: str
    times: float = 1.0


SignalFunction = Callable[[Case], Found | None]


@dataclass(frozen=True, slots=True)
class Signal:
    """One row of the table of signals: its function, the title staff see, the points it adds when found."""

    id: str
    title: str
    weight: float
    function: SignalFunction
    most: float = 1.0
    """The most times its weight counts."""
    forgeable: bool = False
    """True when many copies that nobody sees could raise it: such copies are cut (requirement 16)."""

    @property
    def meaning(self) -> str:
        """Return the first line of the function's docstring: the sentence that staff read."""
        return (self.function.__doc__ or "").strip().splitlines()[0]
