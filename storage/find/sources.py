"""Health of the sources: last runs, real volume against the expected, refused items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from typing import Any, Literal

import sqlalchemy as sa

from storage.engine import Tx
from storage.tables import post, quarantine, run, source

Volume = Literal["silence", "flood", "usual", "unknown"]
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source of the living list with its health."""

    id: str
    name: str
    platform: str
    address: str
    state: str
    """active | paused | stopped (by the program: ban, captcha, closed) | removed."""
    state_reason: str
    owner: str
    approver: str
    approved_at: datetime | None
    every_s: float
    expect_low: float | None
    """Posts a day."""
    expect_high: float | None
    account: str | None
    territory: str | None
    official: bool
    media: bool
    comments: bool
    options: dict[str, Any]
    last_run_at: datetime | None
    last_outcome: str | None
    last_reason: str
    last_counts: dict[str, int]
    day_posts: int
    """Posts and comments seen in the last 24 hours."""
    week_posts: int
    volume: Volume
    next_due: datetime
    quarantined: int
    """Items refused in the last week."""


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run of a source."""

    id: int
    source_id: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    """running | ok | partial | failed | stopped | killed."""
    reason: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """One refused item, masked."""

    id: int
    source_id: str
    run_id: int | None
    at: datetime
    reason: str
    item: dict[str, Any]


def source_lines(tx: Tx, now: datetime) -> tuple[SourceLine, ...]:
    """Return all sources but the removed, by name, with their health at the moment `now`."""
    rows = tx.execute(sa.select(source).where(source.c.state != "removed").order_by(source.c.name, source.c.id)).all()
    last = _last_runs(tx)
    first = _first_runs(tx)
    day, week = _seen_since(tx, now - DAY), _seen_since(tx, now - WEEK)
    refused = _refused_since(tx, now - WEEK)
    return tuple(
        _line(
            r, last.get(r.id), _volume(r, day.get(r.id, 0), week.get(r.id, 0), first.get(r.id), now), day.get(r.id, 0),
            week.get(r.id, 0), refused.get(r.id, 0),
        )
        for r in rows
    )  # fmt: skip


def _line(row: Any, last: Any, volume: Volume, day: int, week: int, refused: int) -> SourceLine:
    return SourceLine(
        id=row.id, name=row.name, platform=row.platform, address=row.address, state=row.state,
        state_reason=row.state_reason, owner=row.owner, approver=row.approver, approved_at=row.approved_at,
        every_s=row.every_s, expect_low=row.expect_low, expect_high=row.expect_high, account=row.account,
        territory=row.territory, official=row.official, media=row.media, comments=row.comments, options=row.options,
        last_run_at=last and last.started_at, last_outcome=last and last.outcome, last_reason=last.reason if last else "",
        last_counts=last.counts if last else {}, day_posts=day, week_posts=week, volume=volume,
        next_due=row.next_due, quarantined=refused,
    )  # fmt: skip


def _volume(row: Any, day_posts: int, week_posts: int, first_run: datetime | None, now: datetime) -> Volume:
    """Compare the last 24 hours with the expectation, by the rule of crawlers.health.

    On its first day a source brings its history, which is neither a flood nor a silence. One that gives less than a post
    a day is silent when a week brought less than a week should.
    """
    if row.expect_low is None or row.expect_high is None or first_run is None or now - first_run < DAY:
        return "unknown"
    if day_posts > row.expect_high:
        return "flood"
    if row.expect_low >= 1:
        return "usual" if day_posts >= row.expect_low else "silence"
    if row.expect_low <= 0 or now - first_run < WEEK:
        return "usual"
    return "usual" if week_posts >= max(1, floor(row.expect_low * 7)) else "silence"


def _edge_run(edge: sa.Select[Any]) -> sa.ScalarSelect[Any]:
    return edge.where(run.c.source_id == source.c.id).correlate(source).scalar_subquery()


def _last_runs(tx: Tx) -> dict[str, Any]:
    """The newest run of each source: one step down the index (source_id, id) a source, however many runs there are."""
    newest = sa.select(_edge_run(sa.select(sa.func.max(run.c.id)))).select_from(source)
    return {r.source_id: r for r in tx.execute(sa.select(run).where(run.c.id.in_(newest)))}


def _first_runs(tx: Tx) -> dict[str, datetime]:
    oldest = sa.select(_edge_run(sa.select(sa.func.min(run.c.id)))).select_from(source)
    query = sa.select(run.c.source_id, run.c.started_at).where(run.c.id.in_(oldest))
    return {source_id: at for source_id, at in tx.execute(query)}


def _seen_since(tx: Tx, since: datetime) -> dict[str, int]:
    """Count posts by source through the index (source_id, seen_at), one short range a source."""
    seen = (
        sa.select(sa.func.count())
        .select_from(post)
        .where(post.c.source_id == source.c.id, post.c.seen_at > since)
        .correlate(source)
        .scalar_subquery()
    )
    return {source_id: count for source_id, count in tx.execute(sa.select(source.c.id, seen))}


def _refused_since(tx: Tx, since: datetime) -> dict[str, int]:
    query = sa.select(quarantine.c.source_id, sa.func.count()).where(quarantine.c.at > since)
    return {source_id: count for source_id, count in tx.execute(query.group_by(quarantine.c.source_id))}


def source_runs(tx: Tx, source_id: str, limit: int = 20) -> tuple[RunLine, ...]:
    """Return the last runs of a source, newest first."""
    query = sa.select(run).where(run.c.source_id == source_id).order_by(run.c.id.desc()).limit(limit)
    return tuple(
        RunLine(r.id, r.source_id, r.started_at, r.ended_at, r.outcome, r.reason, r.counts) for r in tx.execute(query)
    )


def quarantine_rows(tx: Tx, source_id: str, limit: int = 50) -> tuple[QuarantineRow, ...]:
    """Return the last refused items of a source, newest first."""
    query = (
        sa.select(quarantine).where(quarantine.c.source_id == source_id).order_by(quarantine.c.id.desc()).limit(limit)
    )
    return tuple(QuarantineRow(r.id, r.source_id, r.run_id, r.at, r.reason, r.item) for r in tx.execute(query))
