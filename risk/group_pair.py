"""One pair of posts: are they copies, perhaps copies, a quote, or nothing to each other? The answer does not depend on their order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared of a post, whether it is stored already or has just come."""

    norm: bytes
    """Cleaned text (texts.clean) with the capitals of names."""
    plain: bytes
    """The same without capitals."""
    words: int
    published_at: datetime
    source_id: str
    series: str = ""
    """Opening of its source's series (a daily digest, a timetable) that the text begins with; "" if none."""


@dataclass(frozen=True, slots=True)
class Link:
    """A judgement of the machine about a post and another one."""

    other: int
    """Id of a stored post (above 0), or place in the same batch as -1 - index."""
    verdict: str
    """same: one group; suggest: a person decides; quote: one text stands inside the other, another group."""
    method: str
    """exact, near, short, template, series, gap, quote, repost, attachment, apart."""
    score: float
    """Likeness, 0..100."""
    reason: str
    """Said to staff, in Russian."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one pair is to each other; the same whichever post comes first."""

    verdict: str
    method: str
    score: float
    reason: str


JOIN, SUGGEST = 88.0, 78.0
SHORT_WORDS = 8


def _numbers(plain: bytes) -> frozenset[bytes]:
    return frozenset(word for word in plain.split() if word.isdigit())


def judge(left: Side, right: Side, likeness: float) -> Verdict | None:
    """Say what two posts with text are to each other; None when they have nothing in common."""
    if likeness < SUGGEST:
        return None
    if min(left.words, right.words) < SHORT_WORDS:
        return Verdict("suggest", "short", likeness, "Похоже, но текст короче 8 слов: решите сами")
    if left.plain == right.plain:
        return Verdict("same", "exact", 100.0, "Тот же текст")
    if _numbers(left.plain) != _numbers(right.plain):
        return Verdict("suggest", "template", likeness, "Похоже, но различаются числа, даты или время")
    if likeness < JOIN:
        return Verdict("suggest", "near", likeness, f"Похоже на {likeness:.0f} из 100: решите сами")
    return Verdict("same", "near", likeness, f"Почти тот же текст: {likeness:.0f} из 100")
