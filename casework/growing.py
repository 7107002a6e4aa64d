"""Keeps risks up to date with their groups: counts, score, level; tells when the level rose or a closed risk goes on.

The machine's level and the person's stand side by side. The person's holds until the machine sees more than it saw
when the person decided; then the higher of the two holds. Counters change no version: an officer's open form must not
grow stale because somebody looked at a post; a change of level does change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casework.scoring import growth_of
from casework.terms import Relevel, relevel
from casework.work import Work
from storage.bulk import Row
from storage.engine import Tx
from storage.find import risks as find
from storage.find.groups import Group, groups_of_risks
from storage.find.risks import RiskNow
from storage.keep import risks as keep
from storage.keep.events import NewEvent, add_events
from storage.keep.groups import Scored
from storage.keep.jsons import json_text, reasons_json
from storage.moments import to_db

RISEN, EASED, GREW_AFTER_CLOSING = "risen", "eased", "grew_after_closing"
HOUR = 3_600_000_000
"""A closed risk that goes on is written down at most once an hour (microseconds)."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A risk whose level rose."""

    risk_id: int
    level: int


@dataclass(frozen=True, slots=True)
class ClosedGrowth:
    """A closed risk that goes on: as it was stored, and what is counted of it now."""

    risk: RiskNow
    machine: int
    level: int
    posts: int


@dataclass(frozen=True, slots=True)
class Growth:
    """What became of the risks of a batch."""

    risen: list[Grown]
    closed: list[ClosedGrowth]
    """Not yet told anywhere: `note_growth` writes it down, casework.respread may open them again."""


def effective_level(machine: int, person: int | None, then: int | None) -> int:
    """Return the level that counts (1..4): the person's, until the machine sees more than `then`, what it saw at that time."""
    if person is None:
        return max(1, machine)
    return max(1, person if machine <= (machine if then is None else then) else max(person, machine))


def grow_risks(
    tx: Tx, work: Work, scored: Sequence[Scored], sources: Mapping[int, set[str]], skip: frozenset[int] = frozenset()
) -> Growth:
    """Bring the risks of scored groups up to date; return those whose level rose, and the closed ones that go on.

    `sources` are the sources of this batch's new posts by risk; `skip` are risks just opened.
    """
    risks = {s.group.risk_id for s in scored if s.group.risk_id is not None}
    ids = sorted(risks - skip)
    if not ids:
        return Growth([], [])
    keep.add_sources(tx, [(source, i) for i in ids for source in sorted(sources.get(i, ()))])
    stored = find.risks_by_id(tx, ids)
    groups = groups_of_risks(tx, ids)
    counts = find.source_counts(tx, ids)
    voices = find.voices_of_risks(tx, [i for i in ids if len(groups[i]) > 1])
    by_group = {s.group.id: s for s in scored}
    change = _Change(tx, work, by_group)
    for i in ids:
        told = voices.get(i) if len(groups[i]) > 1 else groups[i][0].voices if groups[i] else None
        change.add(stored[i], groups[i], counts.get(i, 1), told)
    return change.write()


class _Change:
    """The changes of one batch to stored risks."""

    def __init__(self, tx: Tx, work: Work, scored: Mapping[int, Scored]) -> None:
        self._tx, self._work, self._scored = tx, work, scored
        self._now = to_db(work.now)
        self._counts: list[Row] = []
        self._scores: list[Row] = []
        self._routes: list[Row] = []
        self._events: list[NewEvent] = []
        self._closed: list[ClosedGrowth] = []
        self._grown: list[Grown] = []
        self._relevelled: list[Relevel] = []

    def add(self, risk: RiskNow, groups: Sequence[Group], sources: int, voices: int | None) -> None:
        """Note what changes for one risk."""
        if not groups:
            return
        machine = max(g.level for g in groups)
        level = effective_level(machine, risk.level_person, risk.level_then)
        posts = sum(g.posts for g in groups)
        known = [g.views for g in groups if g.views is not None]
        if level != risk.level and risk.is_open:
            self._relevelled.append(Relevel(risk.id, risk.level, level))
        self._counts.append((
            machine, level, any(g.emergency for g in groups), min(risk.first_seen, *(g.first_seen for g in groups)),
            max(risk.last_seen, *(g.last_seen for g in groups)), posts, sources, voices, sum(known) if known else None,
            growth_of(groups), risk.due_at, risk.version + (level != risk.level), self._now, risk.id,
        ))  # fmt: skip
        self._tell(risk, groups, machine, level, posts)
        top = max(groups, key=lambda g: (g.level, g.points))
        if top.id in self._scored:
            self._score(risk, self._scored[top.id])

    def _score(self, risk: RiskNow, top: Scored) -> None:
        reasons = reasons_json(top.score.reasons)
        self._scores.append((top.score.points, reasons, top.score.rule_set, top.group.told().kind.value, risk.id))
        route = top.route
        if route is not None and not risk.route_by_person:
            routed = (route.topic, json_text(route.topics), route.settlement, route.territory)
            self._routes.append((*routed, route.block, route.official, risk.id))

    def _tell(self, risk: RiskNow, groups: Sequence[Group], machine: int, level: int, posts: int) -> None:
        before, after = {"level": risk.level, "posts": risk.posts}, {"level": level, "posts": posts}
        if not risk.is_open:
            if posts > risk.posts or machine > risk.level_machine or level != risk.level:
                self._closed.append(ClosedGrowth(risk, machine, level, posts))
        elif level != risk.level:
            kind = RISEN if level > risk.level else EASED
            top = self._scored.get(max(groups, key=lambda g: (g.level, g.points)).id)
            why = "; ".join(r.why for r in top.score.reasons[:3]) if top else ""
            self._events.append(NewEvent(risk.id, self._work.now, self._work.by.id, kind, before, after, why))
        if level > risk.level:
            self._grown.append(Grown(risk.id, level))

    def write(self) -> Growth:
        """Write all changes; return what became of the risks."""
        keep.change_counts(self._tx, self._counts)
        keep.change_scores(self._tx, self._scores)
        keep.change_routes(self._tx, self._routes)
        self._move_terms()
        add_events(self._tx, self._events)
        return Growth(self._grown, self._closed)

    def _move_terms(self) -> None:
        """The event that tells of a level shows also which terms it moved."""
        moved = relevel(self._tx, self._work, self._relevelled)
        for event in self._events:
            if event.risk_id in moved and event.kind in (RISEN, EASED):
                event.before.update(moved[event.risk_id].before)
                event.after.update(moved[event.risk_id].after)


def note_growth(tx: Tx, work: Work, closed: Sequence[ClosedGrowth]) -> None:
    """A closed risk does not swallow what comes later: it is written down, hourly, or at once when the level changed."""
    told = find.last_event_at(tx, [one.risk.id for one in closed], GREW_AFTER_CLOSING)
    events = []
    for one in closed:
        risk, hourly = one.risk, to_db(work.now) - told.get(one.risk.id, -HOUR) >= HOUR
        if hourly or one.machine > risk.level_machine or one.level != risk.level:
            before = {"posts": risk.posts, "level": risk.level, "level_machine": risk.level_machine}
            after = {"posts": one.posts, "level": one.level, "level_machine": one.machine}
            events.append(NewEvent(risk.id, work.now, work.by.id, GREW_AFTER_CLOSING, before, after))
    add_events(tx, events)
