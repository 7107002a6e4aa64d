"""Upkeep of official pages (8-ФЗ, ст. 10): how often they write against what is owed, since when silent, who got no reply.

Nothing here accuses anybody: a page that nobody reads is «не читается» and never «молчит», and what cannot be told is said
to be unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from district.seasons import OfficialPage

WEEK_DAYS = 7
ENOUGH = 0.75
"""A page that writes at least three quarters of what is owed is in its rhythm: a holiday week is no fault [P]."""


class Comment(NamedTuple):
    """One comment under an official post, without its text and without its author; a tuple, for a page has thousands."""

    post: str
    """Platform's id of the post it stands under."""
    id: str
    reply_to: str
    """Id of the comment it answers; "" for none."""
    at: datetime
    asks: bool
    """It has a question mark or is a complaint."""
    by_page: bool
    """Written in the name of the page itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of the questions of a span of time."""

    questions: int = 0
    answered: int = 0
    """With a reply of the page, however late."""
    in_time: int = 0
    waiting: int = 0
    """Not answered, and there is still time."""

    @property
    def unanswered(self) -> int:
        """Questions whose time is over without any reply."""
        return self.questions - self.answered - self.waiting

    @property
    def share(self) -> float | None:
        """Answered of all whose time is over or that are answered; None when there is nothing to divide."""
        due = self.questions - self.waiting
        return self.answered / due if due else None

    def plus(self, other: Asked) -> Asked:
        """Return both together."""
        return Asked(
            self.questions + other.questions, self.answered + other.answered, self.in_time + other.in_time,
            self.waiting + other.waiting,
        )  # fmt: skip


def judge_comments(comments: Sequence[Comment], answer_in: timedelta, now: datetime, zone: tzinfo) -> dict[str, Asked]:
    """Return what became of the questions, by month "YYYY-MM" of the district's zone; all moments are aware.

    A question is a comment of a resident that asks or complains and is said to the page: it stands directly under the
    post or answers a comment of the page; what residents ask each other is theirs. A reply is a later comment of the page
    in the same thread, or one under the same post that answers nobody in particular. All comments of a post must be given,
    those after the span too: a late reply is still a reply.
    """
    found: dict[str, list[int]] = {}
    for thread in _by_post(comments):
        parents = {one.id: one for one in thread}
        replies = [one for one in thread if one.by_page]
        for one in thread:
            if _is_question(one, parents):
                sums = found.setdefault(f"{one.at.astimezone(zone):%Y-%m}", [0, 0, 0, 0])
                for place, number in enumerate(_became(one, replies, parents, answer_in, now)):
                    sums[place] += number
    return {month: Asked(*sums) for month, sums in found.items()}


def _by_post(comments: Iterable[Comment]) -> Iterable[list[Comment]]:
    posts: defaultdict[str, list[Comment]] = defaultdict(list)
    for one in comments:
        posts[one.post].append(one)
    return (thread for thread in posts.values() if any(one.asks for one in thread))


def _is_question(one: Comment, parents: dict[str, Comment]) -> bool:
    if one.by_page or not one.asks:
        return False
    answered = parents.get(one.reply_to) if one.reply_to else None
    return not one.reply_to or (answered is not None and answered.by_page)


def _became(
    one: Comment, replies: Sequence[Comment], parents: dict[str, Comment], answer_in: timedelta, now: datetime
) -> tuple[int, int, int, int]:
    """What a question adds to the numbers of Asked."""
    later = [r.at for r in replies if r.at >= one.at and (not r.reply_to or _root(r, parents, one.id))]
    if later:
        return 1, 1, int(min(later) <= one.at + answer_in), 0
    return 1, 0, 0, int(now < one.at + answer_in)


def _root(reply: Comment, parents: dict[str, Comment], wanted: str) -> bool:
    """Tell whether the chain of answers from a reply leads to the wanted comment (a broken or circular chain ends)."""
    seen: set[str] = set()
    at = reply.reply_to
    while at and at not in seen:
        if at == wanted:
            return True
        seen.add(at)
        at = parents[at].reply_to if at in parents else ""
    return False


class Reading(StrEnum):
    """How the figures of a page are known."""

    READ = "read"
    TYPED = "typed"
    BEHIND = "behind"
    NOT_READ = "not_read"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            Reading.READ: "читается",
            Reading.TYPED: "внесено вручную",
            Reading.BEHIND: "давно не читалась",
            Reading.NOT_READ: "не читается",
        }[self]


class Rhythm(StrEnum):
    """How a page keeps its rhythm."""

    SILENT = "silent"
    RARE = "rare"
    GOOD = "good"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            Rhythm.SILENT: "молчит",
            Rhythm.RARE: "пишет редко",
            Rhythm.GOOD: "в ритме",
            Rhythm.UNKNOWN: "неизвестно",
        }[self]


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """What is known of one page in one month; None is unknown and never zero."""

    month: str
    """YYYY-MM."""
    posts: int | None
    asked: Asked | None
    reading: Reading


@dataclass(frozen=True, slots=True)
class PageState:
    """One page today, with its months from the oldest to the newest."""

    page: OfficialPage
    reading: Reading
    rhythm: Rhythm
    last_post: date | None
    silent_days: int | None
    """Full days since the last post; None when none is known."""
    week_posts: float | None
    """Posts a week over the last four weeks."""
    months: tuple[MonthFigures, ...]
    note: str = ""
    """Why something is not known, one Russian sentence."""


def rhythm_of(
    page: OfficialPage, reading: Reading, last_post: date | None, week_posts: float | None, today: date
) -> Rhythm:
    """Return how a page keeps its rhythm today.

    Silence is told only of a page that is read: silent when nothing came for more than `silent_after_days` full days, or
    never; rare when it writes less than ENOUGH of what is owed over the last four weeks.
    """
    if reading is not Reading.READ:
        return Rhythm.UNKNOWN
    if last_post is None or (today - last_post).days > page.silent_after_days:
        return Rhythm.SILENT
    if week_posts is not None and week_posts < page.posts_a_week * ENOUGH:
        return Rhythm.RARE
    return Rhythm.GOOD


def owed(page: OfficialPage, first: date, last: date) -> int:
    """Return how many posts are owed from `first` to `last` (both included), rounded down: nobody owes a part of a post."""
    days = (last - first).days + 1
    return int(page.posts_a_week * max(0, days) / WEEK_DAYS)


def month_rhythm(page: OfficialPage, posts: int | None, first: date, last: date) -> Rhythm:
    """Return how a page kept its rhythm on the days first..last (a month, or what is over of it); unknown posts are unknown."""
    if posts is None:
        return Rhythm.UNKNOWN
    due = owed(page, first, last)
    if posts == 0:
        return Rhythm.SILENT if due else Rhythm.GOOD
    return Rhythm.RARE if posts < due * ENOUGH else Rhythm.GOOD


def month_days(month: str, today: date) -> tuple[date, date]:
    """Return the first and the last day of a month "YYYY-MM"; of the present month only what has come."""
    first = date(int(month[:4]), int(month[5:]), 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first, max(first, min(last, today))


_LOUDNESS = {Rhythm.SILENT: 0, Rhythm.RARE: 1, Rhythm.UNKNOWN: 3, Rhythm.GOOD: 4}
_UNANSWERED = 2


def urgent_first(pages: Iterable[PageState]) -> list[PageState]:
    """Return the pages as they are to be worked on.

    Silent ones, the longest silent first; rare ones; those where people got no reply this month; unknown; good.
    """
    return sorted(
        pages,
        key=lambda p: (_loudness(p), -(p.silent_days if p.silent_days is not None else 10**6), p.page.name),
    )


def _loudness(state: PageState) -> int:
    return _UNANSWERED if state.rhythm is Rhythm.GOOD and _unanswered(state) else _LOUDNESS[state.rhythm]


def _unanswered(state: PageState) -> int:
    asked = state.months[-1].asked if state.months else None
    return asked.unanswered if asked else 0


def to_do(state: PageState) -> str:
    """Return what the duty officer does next about a page: one Russian sentence, "" when nothing."""
    if state.reading is Reading.NOT_READ:
        return "Внесите показатели за месяц или подключите источник."
    if state.reading is Reading.BEHIND:
        return "Проверьте источник: пока он не читается, о странице ничего не известно."
    if state.rhythm is Rhythm.SILENT:
        return f"Напишите ответственному: {state.page.owner}. Странице положено {_rate(state.page.posts_a_week)}."
    if _unanswered(state):
        return "Попросите ответить людям под записями: срок ответа вышел."
    return "Напомните о ритме." if state.rhythm is Rhythm.RARE else ""


def _rate(a_week: float) -> str:
    shown = f"{a_week:g}".replace(".", ",")
    return f"{shown} в неделю"
