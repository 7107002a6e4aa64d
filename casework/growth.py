"""What grows now: each topic of the last day judged against its own past, with where, since when and by how many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from casework.work import Work
from district.topics import TOPICS
from district.workdays import WorkCalendar
from risk.growth import BASE_DAYS, CRITICAL_TOPICS, HOURS_SHOWN, SEEN_SHARE, Growth, Heard, Verdict, judge, weight
from storage.find.growth import Said, days_before, known_days, open_by_topic, said_lately
from storage.moments import to_db

_DAY = timedelta(days=1)
_HOUR_US = 3_600_000_000
KEPT_FOR, SHOWN_FOR = timedelta(minutes=15), timedelta(minutes=1)
"""A door may keep the past for so long, which changes slowly, and the picture of the last day for so long."""
NOT_KNOWN = "место не определено"


@dataclass(frozen=True, slots=True)
class Past:
    """The seven days before the last, by topic; 400 ms to count in a month of 500,000 posts, so a door may keep it."""

    at: datetime
    days: dict[str, list[int]]
    known: int
    """How many of the seven days have any post at all."""

    def fits(self, now: datetime) -> bool:
        """Whether it is fresh enough at a moment."""
        return timedelta(0) <= now - self.at < KEPT_FOR


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One settlement within a topic."""

    place: str
    messages: int
    voices: int


@dataclass(frozen=True, slots=True)
class TopicLine:
    """One topic as it is now."""

    topic: str
    name: str
    growth: Growth
    heard: Heard
    places: tuple[PlaceLine, ...]
    """Where it is said, most said first."""
    critical: bool
    risks: int
    """Open risks of the topic."""
    since: datetime | None
    """When the growth began; None when nothing grows."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole district now."""

    at: datetime
    growth: Growth
    """All topics together."""
    topics: tuple[TopicLine, ...]
    """Growing first, by how much; then by messages; critical ones always among them."""
    known_days: int

    def fits(self, now: datetime) -> bool:
        """Whether it may still be shown at a moment."""
        return timedelta(0) <= now - self.at < SHOWN_FOR

    def growing(self) -> tuple[TopicLine, ...]:
        """Return the topics that grow."""
        return tuple(t for t in self.topics if t.growth.verdict is Verdict.TENSE)


def past_of(work: Work) -> Past:
    """Count the seven days before the last, by topic."""
    with work.store.read() as tx:
        days = days_before(tx, work.now, BASE_DAYS, ceil(work.profile.residents * SEEN_SHARE))
        return Past(work.now, days, known_days(tx, work.now, BASE_DAYS))


def picture_of(work: Work, past: Past) -> Picture:
    """Judge every topic that was spoken of within the last day, that has a past, or that is critical."""
    with work.store.read() as tx:
        said, risks = said_lately(tx, work.now), open_by_topic(tx)
    alike = _alike(work)
    by_topic: dict[str, list[Said]] = {}
    for one in said:
        by_topic.setdefault(one.topic, []).append(one)
    wanted = {t for t in TOPICS if t in by_topic or any(past.days.get(t, ())) or t in CRITICAL_TOPICS}
    lines = [_line(work, topic, by_topic.get(topic, []), past, alike, risks.get(topic, 0)) for topic in sorted(wanted)]
    lines.sort(key=lambda t: (t.growth.verdict is not Verdict.TENSE, -t.growth.excess, -t.growth.day, t.name))
    whole = _heard(work, said, [sum(d) for d in zip(*past.days.values(), strict=True)] or [0] * BASE_DAYS)
    return Picture(work.now, judge(whole, alike, past.known), tuple(lines), past.known)


def _line(work: Work, topic: str, said: Sequence[Said], past: Past, alike: Sequence[bool], risks: int) -> TopicLine:
    heard = _heard(work, said, past.days.get(topic, [0] * BASE_DAYS))
    growth = judge(heard, alike, past.known)
    since = None if growth.since is None else work.now - timedelta(hours=growth.since + 1)
    return TopicLine(
        topic, TOPICS[topic], growth, heard, _places(work, said), topic in CRITICAL_TOPICS, risks, since
    )  # fmt: skip


def _heard(work: Work, said: Iterable[Said], days: Sequence[int]) -> Heard:
    now, hours, posts = to_db(work.now), [0.0] * HOURS_SHOWN, 0
    voices: set[str] = set()
    lately: set[str] = set()
    for one in said:
        ago = min((now - one.published_at) // _HOUR_US, HOURS_SHOWN - 1)
        hours[ago] += weight(one.is_original, one.views, work.profile.residents)
        posts += 1
        voices.add(one.voice)
        if ago == 0:
            lately.add(one.voice)
    return Heard(tuple(hours), tuple(float(d) for d in days), len(voices), len(lately), posts)


def _places(work: Work, said: Iterable[Said]) -> tuple[PlaceLine, ...]:
    counted: dict[str | None, int] = {}
    voices: dict[str | None, set[str]] = {}
    for one in said:
        heard = weight(one.is_original, one.views, work.profile.residents)
        counted[one.settlement] = counted.get(one.settlement, 0) + heard
        voices.setdefault(one.settlement, set()).add(one.voice)
    lines = [PlaceLine(place or NOT_KNOWN, n, len(voices[place])) for place, n in counted.items() if n]
    return tuple(sorted(lines, key=lambda p: (p.place == NOT_KNOWN, -p.messages, p.place)))


def _alike(work: Work) -> list[bool]:
    """Tell which of the seven days before are of today's kind: worked or not, in the district's calendar."""
    calendar = WorkCalendar.of(work.profile)
    today = work.now.astimezone(calendar.zone).date()
    return [calendar.is_working(today - n * _DAY) is calendar.is_working(today) for n in range(1, BASE_DAYS + 1)]
