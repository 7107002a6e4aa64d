"""The queue of risks: order, filters, counts per level and state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from risk.states import State
from storage.bulk import ids_in, with_ids
from storage.engine import Tx
from storage.find.search import post_ids
from storage.tables import risk, risk_source

SEARCHED = 2_000
"""A search looks at so many of the newest posts with all its words: «вода» stands in a tenth of a million, and nobody reads so far."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the officer wants to see; empty fields do not narrow."""

    levels: tuple[int, ...] = ()
    states: tuple[str, ...] = ()
    topic: str | None = None
    territory: str | None = None
    block: str | None = None
    source: str | None = None
    mine: int | None = None
    """Staff id: risks this member of staff owns or holds now."""
    since: datetime | None = None
    """Only risks seen again after this moment (the last shift)."""
    search: str = ""
    open_only: bool = True
    only_blocks: tuple[str, ...] | None = None
    """The only blocks that the asking person may see (casework.roles.seen_blocks); None for all."""
    changed_after: datetime | None = None
    """Only risks changed after this moment: what a browser's list does not show yet."""
    page: int = 1
    per_page: int = 50


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue."""

    id: int
    number: str
    title: str
    level: int
    level_by_person: bool
    state: str
    veracity: str
    kind: str
    topic: str | None
    settlement: str | None
    territory: str | None
    block: str | None
    posts: int
    sources: int
    voices: int | None
    views: int | None
    growth: float | None
    first_seen: datetime
    last_seen: datetime
    due_at: datetime | None
    taken_by: int | None
    taken_until: datetime | None
    top_reason: str
    emergency: bool
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue with the counts around it."""

    rows: tuple[QueueRow, ...]
    total: int
    by_level: dict[int, int]
    """Counts under all filters except the level's own."""
    by_state: dict[str, int]
    """Counts under all filters except the state's own."""
    newest: datetime | None
    """Moment of the newest change in the whole queue, for live updates."""
    searched: int | None = None
    """How many of the newest posts with the words were looked at, when there may be more of them; None: all were."""


_COLUMNS = (
    risk.c.id, risk.c.number, risk.c.title, risk.c.level, risk.c.level_person, risk.c.state, risk.c.veracity,
    risk.c.kind, risk.c.topic, risk.c.settlement, risk.c.territory, risk.c.block, risk.c.posts, risk.c.sources,
    risk.c.voices, risk.c.views, risk.c.growth, risk.c.first_seen, risk.c.last_seen, risk.c.due_at, risk.c.taken_by,
    risk.c.taken_until, risk.c.reasons, risk.c.emergency, risk.c.version, risk.c.updated_at,
)  # fmt: skip


def queue_row(row: Any) -> QueueRow:
    """Return the frozen line of a row with the columns of a risk."""
    reasons = row.reasons or []
    return QueueRow(
        id=row.id, number=row.number, title=row.title, level=row.level, level_by_person=row.level_person is not None,
        state=row.state, veracity=row.veracity, kind=row.kind, topic=row.topic, settlement=row.settlement,
        territory=row.territory, block=row.block, posts=row.posts, sources=row.sources, voices=row.voices,
        views=row.views, growth=row.growth, first_seen=row.first_seen, last_seen=row.last_seen, due_at=row.due_at,
        taken_by=row.taken_by, taken_until=row.taken_until, top_reason=str(reasons[0]["why"]) if reasons else "",
        emergency=bool(row.emergency), version=row.version, updated_at=row.updated_at,
    )  # fmt: skip


def _base(tx: Tx, f: QueueFilter, now: datetime, found: _Found | None) -> list[Any]:
    """Conditions of every filter but level and state; whether a risk is open is asked apart."""
    # Whatever is open is not merged (storage.keep.risks.is_open): asked again it would cost a third of a walk.
    wanted: list[Any] = [] if f.open_only else [risk.c.merged_into.is_(None)]
    wanted += [
        risk.c[name] == getattr(f, name) for name in ("topic", "territory", "block") if getattr(f, name) is not None
    ]
    wanted += _of_person(f, now)
    if f.source is not None:
        wanted.append(risk.c.id.in_(sa.select(risk_source.c.risk_id).where(risk_source.c.source_id == f.source)))
    if f.since is not None:
        wanted.append(risk.c.last_seen > f.since)
    if f.changed_after is not None:
        wanted.append(risk.c.updated_at > f.changed_after)
    if found is not None:
        wanted.append(risk.c.id.in_(ids_in(tx, found.ids)))
    return wanted


def _of_person(f: QueueFilter, now: datetime) -> list[Any]:
    """Conditions of who asks: what is theirs, what they may see."""
    wanted: list[Any] = []
    if f.mine is not None:
        # Two short looks into two indexes; as an OR it was a walk through all open risks.
        other = risk.alias("other")
        owned = sa.select(other.c.id).where(other.c.owner_staff == f.mine)
        held = sa.select(other.c.id).where(other.c.taken_by == f.mine, other.c.taken_until > now)
        wanted.append(risk.c.id.in_(sa.union_all(owned, held)))
    if f.only_blocks is not None:
        wanted.append(risk.c.block.in_(f.only_blocks))
    return wanted


@dataclass(frozen=True, slots=True)
class _Found:
    """Risks that a search has found."""

    ids: list[int]
    cut: bool = False
    """There may be more posts with the words than were looked at."""


_RISKS_OF = "SELECT DISTINCT g.risk_id FROM post p JOIN grp g ON g.id = p.group_id WHERE g.risk_id IS NOT NULL AND p.id IN ({ids})"


def _search(tx: Tx, search: str) -> _Found | None:
    """Risks by number, or with one of the newest SEARCHED posts that hold all the words; None when nothing is searched for."""
    if not search.strip():
        return None
    named = tx.execute(sa.select(risk.c.id).where(risk.c.number == search.strip())).scalars().all()
    if named:
        return _Found(list(named))
    ids = post_ids(tx, search, limit=SEARCHED)
    return _Found(sorted(row[0] for row in with_ids(tx, _RISKS_OF, ids)), cut=len(ids) == SEARCHED)


def _is_open(f: QueueFilter) -> tuple[bool, ...]:
    return (True,) if f.open_only else (True, False)


def _count_of(level: int, state: State) -> sa.Select[Any]:
    where = risk.c.is_open == sa.literal(True), risk.c.level == level, risk.c.state == state.value
    count = sa.select(sa.func.count()).select_from(risk).where(*where).scalar_subquery()
    return sa.select(sa.literal(level), sa.literal(state.value), count)


# The plain queue is asked for most: counted by 24 short ranges of ix_risk_counts in 1.6 ms, by one grouping in 4.4 ms (54,000 risks).
_ALL_OPEN = sa.union_all(*(_count_of(level, state) for level in (1, 2, 3, 4) for state in State if state.is_open))


def _counts(tx: Tx, f: QueueFilter, wanted: list[Any]) -> dict[tuple[int, str], int]:
    """Count risks by (level, state), walking ix_risk_facets in its own order."""
    counts: dict[tuple[int, str], int] = {}
    if f.open_only and not wanted:
        return {(level, state): count for level, state, count in tx.execute(_ALL_OPEN) if count}
    for is_open in _is_open(f):
        query = (
            sa.select(risk.c.level, risk.c.state, sa.func.count())
            .where(risk.c.is_open == sa.literal(is_open), *wanted)
            .group_by(risk.c.level, risk.c.state)
        )
        for level, state, count in tx.execute(query):
            counts[level, state] = counts.get((level, state), 0) + count
    return counts


def _summed(counts: dict[tuple[int, str], int], side: int, chosen: tuple[Any, ...]) -> dict[Any, int]:
    """Sum counts by one side of (level, state) over what is chosen of the other (nothing chosen is all)."""
    found: dict[Any, int] = {}
    for pair, count in counts.items():
        if not chosen or pair[1 - side] in chosen:
            found[pair[side]] = found.get(pair[side], 0) + count
    return found


def _page_ids(tx: Tx, f: QueueFilter, wanted: list[Any]) -> list[int]:
    """Return the ids of a page: walked in order through ix_risk_queue, the rows themselves fetched only for the page."""
    last = max(f.page, 1) * f.per_page
    found: list[tuple[int, bool, datetime, int]] = []
    for is_open in _is_open(f):
        query = in_order(wanted, is_open).limit(last)
        found += [(-r.level, not r.emergency, r.due_at, r.id) for r in tx.execute(query)]
    return [one[-1] for one in sorted(found)[last - f.per_page : last]]


def in_order(wanted: Sequence[Any], is_open: bool) -> sa.Select[Any]:
    """Return the query of open (or closed) risks in the order of the queue; ix_risk_queue holds them so."""
    columns = (risk.c.level, risk.c.emergency, risk.c.due_at, risk.c.id)
    query = sa.select(*columns).where(risk.c.is_open == sa.literal(is_open), *wanted)
    return query.order_by(risk.c.level.desc(), risk.c.emergency.desc(), risk.c.due_at, risk.c.id)


def queue(tx: Tx, f: QueueFilter, now: datetime) -> QueuePage:
    """Return a page of risks with counts for the filter bar: the highest level first, within it threats to life, then by due time."""
    found = _search(tx, f.search)
    base = _base(tx, f, now, found)
    counts = _counts(tx, f, base)
    levels, states = _summed(counts, 0, f.states), _summed(counts, 1, f.levels)
    total = sum(n for level, n in levels.items() if not f.levels or level in f.levels)
    ids = _page_ids(tx, f, base + _chosen(f))
    rows = {row.id: queue_row(row) for row in tx.execute(sa.select(*_COLUMNS).where(risk.c.id.in_(ids)))}
    shown = tuple(rows[i] for i in ids)
    searched = SEARCHED if found is not None and found.cut else None
    return QueuePage(shown, total, by_level=levels, by_state=states, newest=newest_change(tx), searched=searched)


def _chosen(f: QueueFilter) -> list[Any]:
    by_level = [risk.c.level.in_(f.levels)] if f.levels else []
    return by_level + ([risk.c.state.in_(f.states)] if f.states else [])


def queue_totals(tx: Tx, filters: Sequence[QueueFilter], now: datetime) -> list[int]:
    """Return how many risks each filter finds, for chips that only show numbers.

    What an index of its own answers is asked alone; the rest in one walk of all open risks, however many filters there are.
    """
    found = [0] * len(filters)
    for open_only in (True, False):
        alike = [n for n, f in enumerate(filters) if f.open_only is open_only and not _has_index(f)]
        if alike:
            fits = [
                sa.case((sa.and_(sa.true(), *_base(tx, filters[n], now, None), *_chosen(filters[n])), 1), else_=0)
                for n in alike
            ]
            walk = sa.select(*(sa.func.sum(fit) for fit in fits)).where(risk.c.is_open.in_(_is_open(filters[alike[0]])))
            for n, count in zip(alike, tx.execute(walk).one(), strict=True):
                found[n] = int(count or 0)
    for n, f in enumerate(filters):
        if _has_index(f):
            found[n] = _total(tx, f, now)
    return found


def _has_index(f: QueueFilter) -> bool:
    """Whether a filter is answered without a walk of all risks: by words, by source, by person, by a recent moment."""
    return bool(f.search.strip() or f.source or f.mine is not None or f.since is not None)


def _total(tx: Tx, f: QueueFilter, now: datetime) -> int:
    # «Not closed» in place of «open»: SQLite cannot walk an index by it, and looks at the few risks of the person instead.
    fits = (
        risk.c.is_open != sa.literal(False) if f.mine is not None and f.open_only else risk.c.is_open.in_(_is_open(f))
    )
    wanted = [fits, *_base(tx, f, now, _search(tx, f.search)), *_chosen(f)]
    return int(tx.execute(sa.select(sa.func.count()).select_from(risk).where(*wanted)).scalar_one())


def newest_risk_id(tx: Tx) -> int:
    """Return the greatest id of a risk, 0 when there is none; ids ascend with time, so a greater one is newer."""
    return int(tx.execute(sa.select(sa.func.max(risk.c.id))).scalar() or 0)


def newest_change(tx: Tx) -> datetime | None:
    """Return when any risk last changed; None when there is none. One step down an index."""
    return tx.execute(sa.select(sa.func.max(risk.c.updated_at))).scalar()
