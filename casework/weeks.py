"""Own history by weeks: closed weeks are counted from posts once their Sunday is over, and kept when the texts are gone.

Counted are complaints as storage.find.growth counts them (an original, and a copy that 1 % of the residents saw), the
distinct voices of the week, and the risks opened; by topic and by threat with words of its own (`threat:<id>`: posts of
the threat's topics that hold its words). Weeks before the collection began are never counted from posts: walls show only
the newest of what was written then. A voice that changed its key in the middle of a week counts twice in that week.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any

from casework.errors import CaseworkError
from casework.threats import register
from casework.work import Work
from district.seasons import Threat
from district.topics import TOPICS
from preventive.calendar import monday
from risk.growth import SEEN_SHARE
from storage.engine import Tx
from storage.find import weeks as find
from storage.find.accounts import setting_value
from storage.find.search import posts_saying
from storage.find.weeks import WHOLE, Counted
from storage.keep.journal import put_setting
from storage.keep.weeks import put_weeks, replace_weeks
from storage.moments import from_db, to_db

WEEK = timedelta(days=7)
RECOUNTED = 2
"""So many closed weeks are counted anew every day: comments and posts of small groups come late, later ones are few."""
AT_ONCE = 26
"""Weeks a transaction: writers wait for none longer than some tens of milliseconds."""
_DONE = "weeks_counted"
_FORGOTTEN = "forgotten_until"


class WrongWeek(CaseworkError):
    """Недельный счёт записан не так."""

    def __init__(self, row: Counted) -> None:
        super().__init__(
            f"Неделя {row.week.isoformat()} по «{row.subject}» — не понедельник. Назовите неделю её понедельником: "
            f"{monday(row.week).isoformat()}."
        )


def keep_counts(work: Work, rows: Iterable[Counted]) -> int:
    """Write ready rows over what was there (past years of the demo, of an import); return how many.

    Raises WrongWeek, and writes nothing, when a week is not named by its Monday.
    """
    told = list(rows)
    for row in told:
        if row.week.weekday():
            raise WrongWeek(row)
    with work.store.write() as tx:
        return put_weeks(tx, told, work.now)


def counted_from(work: Work) -> date | None:
    """Return the Monday of the first week that is, or will be, counted from posts; None while nothing is collected."""
    with work.store.read() as tx:
        return _first_week(tx, work, _Done.of(setting_value(tx, _DONE)))


@dataclass(frozen=True, slots=True)
class _Done:
    """How far the counting went: kept as a setting."""

    first: date | None = None
    until: date | None = None
    """The Monday of the last week counted."""
    on: str = ""
    """The day on which the last weeks were counted anew."""
    words: Mapping[str, list[str]] = field(default_factory=dict)
    """Words by which each threat was counted: when they change, it is counted anew."""

    @classmethod
    def of(cls, stored: Any) -> _Done:
        if not stored:
            return cls()
        first, until = (date.fromisoformat(stored[key]) if stored[key] else None for key in ("first", "until"))
        return cls(first, until, stored["on"], stored["words"])

    def stored(self) -> dict[str, Any]:
        return {
            "first": self.first.isoformat() if self.first else "", "until": self.until.isoformat() if self.until else "",
            "on": self.on, "words": dict(self.words),
        }  # fmt: skip


def count_weeks(work: Work) -> int:
    """Count what is not counted yet; return how many weeks were counted or counted anew. Safe at any hour, cheap when done."""
    today = work.today
    last = monday(today) - WEEK
    threats = _worded(work)
    words = {threat.subject: sorted(threat.words) for threat in threats}
    with work.store.read() as tx:
        done = _Done.of(setting_value(tx, _DONE))
        if done.on == today.isoformat() and done.words == words:
            return 0
        first, forgotten = _first_week(tx, work, done), int(setting_value(tx, _FORGOTTEN) or 0)
    if first is None or first > last:
        return 0
    fresh = first if done.until is None else max(first, min(done.until + WEEK, last - (RECOUNTED - 1) * WEEK))
    wanted = _Wanted(threats, from_db(forgotten), done.until)
    counted = 0
    for mondays in _batches(fresh, last):
        counted += _count(work, mondays, wanted)
        _note(work, _Done(first, max(done.until or mondays[-1], mondays[-1]), "", done.words))
    changed = [threat for threat in threats if done.words.get(threat.subject) != words[threat.subject]]
    if changed:
        for mondays in _batches(first, fresh - WEEK):
            counted += _count(work, mondays, _Wanted(changed, from_db(forgotten), last, topics=False))
    _note(work, _Done(first, last, today.isoformat(), words))
    return counted


def _worded(work: Work) -> list[Threat]:
    """Return the threats that are counted by words of their own."""
    return [threat for threat in register(work) if threat.words]


def _first_week(tx: Tx, work: Work, done: _Done) -> date | None:
    if done.first is not None:
        return done.first
    began = find.collected_since(tx)
    if began is None:
        return None
    day = began.astimezone(work.profile.timezone).date()
    # Begun on a Monday: the first crawl reads what was written since midnight too.
    return day if day.weekday() == 0 else monday(day) + WEEK


def _batches(first: date, last: date) -> Iterator[list[date]]:
    """Yield the Mondays from one to another, both included, some at a time."""
    count = (last - first) // WEEK + 1
    for start in range(0, count, AT_ONCE):
        yield [first + n * WEEK for n in range(start, min(start + AT_ONCE, count))]


def _note(work: Work, done: _Done) -> None:
    with work.store.write() as tx:
        put_setting(tx, _DONE, done.stored())


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is counted in a batch of weeks."""

    threats: Sequence[Threat]
    forgotten: datetime
    """Texts and voices seen before this moment are gone."""
    until: date | None
    """The last week that has been counted before."""
    topics: bool = True

    def subjects(self) -> list[str]:
        own = [threat.subject for threat in self.threats]
        return [*TOPICS, *own] if self.topics else own


_Key = tuple[int, str, str]


class _Tally:
    """Voices of posts, and opened risks, by (week of the batch, subject, territory); "" is an unknown place until counted."""

    def __init__(self) -> None:
        self.said: dict[_Key, list[str]] = {}
        """One voice for each post: its length is the count, as a set it is the distinct voices."""
        self._risks: dict[_Key, int] = {}

    def risk(self, week: int, subject: str, territory: str) -> None:
        """Count an opened risk in its territory and in the district."""
        for key in {(week, subject, territory), (week, subject, WHOLE)}:
            self._risks[key] = self._risks.get(key, 0) + 1

    def rows(self, mondays: Sequence[date], known: Sequence[tuple[int, bool]], wanted: _Wanted) -> Iterator[Counted]:
        """Yield the rows of the known weeks (number, words are still there): zeros for the district, else what came."""
        kept, said = dict(known), self._with_whole()
        keys = {(week, s, WHOLE) for week in kept for s in wanted.subjects()} | said.keys() | self._risks.keys()
        for week, subject, territory in sorted(keys):
            whole = kept.get(week)
            if whole is None or (subject not in TOPICS and not whole):
                continue
            key = (week, subject, territory)
            voices = said.get(key, [])
            distinct = len(set(voices)) if whole else 0
            yield Counted(subject, territory, mondays[week], len(voices), distinct, self._risks.get(key, 0))

    def _with_whole(self) -> dict[_Key, list[str]]:
        """Return the territories, and under "" the whole district: all of them with the unknown places."""
        found = {key: voices for key, voices in self.said.items() if key[2]}
        for (week, subject, _), voices in self.said.items():
            found.setdefault((week, subject, WHOLE), []).extend(voices)
        return found


def _count(work: Work, mondays: Sequence[date], wanted: _Wanted) -> int:
    """Count some weeks in a row and write them; return how many of them are known."""
    bounds = [_midnight(work, first) for first in [*mondays, mondays[-1] + WEEK]]
    with work.store.read() as tx:
        known = list(_known(tx, bounds, mondays, wanted))
        rows = list(_tally(tx, work, bounds, wanted).rows(mondays, known, wanted)) if known else []
    with work.store.write() as tx:
        replace_weeks(tx, wanted.subjects(), [mondays[week] for week, _ in known], rows, work.now)
    return len(known)


def _midnight(work: Work, day: date) -> datetime:
    return datetime.combine(day, time(), work.profile.timezone)


def _known(tx: Tx, bounds: Sequence[datetime], mondays: Sequence[date], wanted: _Wanted) -> Iterator[tuple[int, bool]]:
    """Yield (number, words and voices are still there) of the weeks to be written.

    A week in which nothing at all was published is unknown, not calm: nobody was reading. One whose texts are gone is
    counted only if it never was.
    """
    for week, first in enumerate(mondays):
        whole = bounds[week] >= wanted.forgotten
        counted = wanted.until is not None and first <= wanted.until
        if (whole or not counted) and find.any_posts(tx, bounds[week], bounds[week + 1]):
            yield week, whole


def _tally(tx: Tx, work: Work, bounds: Sequence[datetime], wanted: _Wanted) -> _Tally:
    """Count posts week by week, so that only the posts of one week are held at once."""
    tally, edges = _Tally(), [to_db(moment) for moment in bounds]
    risks = find.risks_opened(tx, bounds[0], bounds[-1])
    weeks = {risk_id: bisect_right(edges, to_db(at)) - 1 for risk_id, (at, _, _) in risks.items()}
    if wanted.topics:
        for risk_id, (_, topic, territory) in risks.items():
            tally.risk(weeks[risk_id], topic, territory)
    first, last = find.ids_between(tx, bounds[0], bounds[-1])
    saying = [(threat, posts_saying(tx, threat.words, first, last)) for threat in wanted.threats]
    saying = [(threat, ids) for threat, ids in saying if ids]
    seen_views = ceil(work.profile.residents * SEEN_SHARE)
    for week in range(len(bounds) - 1):
        told = find.told_between(tx, bounds[week], bounds[week + 1], seen_views)
        if wanted.topics:
            for _, _, topic, territory, voice, _ in told:
                tally.said.setdefault((week, topic, territory), []).append(voice)
        _tally_threats(tally, week, told, weeks, saying)
    return tally


def _tally_threats(
    tally: _Tally,
    week: int,
    told: Sequence[Any],
    weeks: Mapping[int, int],
    saying: Sequence[tuple[Threat, set[int]]],
) -> None:
    """Count for each threat the posts of its topics that hold its words, and their risks opened in the same week."""
    by_id = {row[0]: row for row in told} if saying else {}
    for threat, ids in saying:
        opened: set[int] = set()
        for post_id in ids & by_id.keys():
            _, _, topic, territory, voice, risk_id = by_id[post_id]
            if topic not in threat.topics:
                continue
            tally.said.setdefault((week, threat.subject, territory), []).append(voice)
            if risk_id not in opened and weeks.get(risk_id) == week:
                opened.add(risk_id)
                tally.risk(week, threat.subject, territory)
