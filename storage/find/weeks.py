"""Weekly counts of own history: what was kept of each week, and what posts say of weeks that are counted anew.

A week is named by its Monday and lasts from midnight to midnight of the district. The whole district ("") has a row for
every subject of every counted week, zeros too; territories have rows only where something came, so that ten years stay
small: what is missing there is zero, and what is missing in the whole district is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa

from preventive.facts import SeasonalCounts, WeekCount
from storage.bulk import Row, marks, rows_of
from storage.engine import Tx
from storage.find.growth import COUNTED
from storage.moments import from_db, to_db
from storage.tables import post, week_count

WHOLE = ""
"""The territory that is the whole district, places unknown among it."""


class Counted(NamedTuple):
    """One row: how much was written of a subject in a territory in the week of a Monday."""

    subject: str
    territory: str
    week: date
    posts: int
    voices: int
    """Distinct voices inside the week; 0 when no author is known."""
    risks: int = 0


def week_counts(
    tx: Tx, subject: str, territory: str = WHOLE, since: date | None = None, until: date | None = None
) -> tuple[WeekCount, ...]:
    """Return the weeks of one subject in one territory, ascending; a week without any count is not there.

    `since` and `until` are days: weeks whose Monday lies between them, both included.
    """
    asked = [week_count.c.subject == subject, week_count.c.territory.in_({territory, WHOLE}), *_between(since, until)]
    found = series_of(_read(tx, asked))
    return next((s.weeks for s in found if s.territory == territory), _zeros(found) if territory else ())


def _zeros(found: Sequence[SeasonalCounts]) -> tuple[WeekCount, ...]:
    """Return the known weeks with nothing in them: a territory of which nobody ever wrote."""
    return tuple(WeekCount(w.week, 0, 0, 0) for s in found for w in s.weeks)


def all_weeks(tx: Tx, since: date | None = None, until: date | None = None) -> list[Counted]:
    """Return every kept row whose Monday lies between the days, both included: by subject, territory, week."""
    return _read(tx, _between(since, until))


def series_of(rows: Sequence[Counted]) -> tuple[SeasonalCounts, ...]:
    """Return rows (ordered as `all_weeks` gives them) as one series for each subject and territory.

    A week that the whole district knows and a territory has no row of is a week of zero there.
    """
    parts: dict[str, dict[str, dict[date, WeekCount]]] = {}
    for subject, territory, week, posts, voices, risks in rows:
        parts.setdefault(subject, {}).setdefault(territory, {})[week] = WeekCount(week, posts, voices, risks)
    found: list[SeasonalCounts] = []
    for subject, by_territory in parts.items():
        known = by_territory.get(WHOLE, {})
        for territory, weeks in by_territory.items():
            whole = {week: WeekCount(week, 0, 0, 0) for week in known} | weeks if territory else weeks
            found.append(SeasonalCounts(subject, territory, tuple(whole[week] for week in sorted(whole))))
    return tuple(found)


_COLUMNS = ("subject", "territory", "week", "posts", "voices", "risks")


def _read(tx: Tx, asked: Sequence[sa.ColumnElement[bool]]) -> list[Counted]:
    columns = [week_count.c[name] for name in _COLUMNS]
    query = sa.select(*columns).where(*asked).order_by(*columns[:3])
    days: dict[str, date] = {}  # a few hundred Mondays stand in tens of thousands of rows
    return [
        Counted(s, t, days.get(w) or days.setdefault(w, date.fromisoformat(w)), p, v, r)
        for s, t, w, p, v, r in tx.execute(query)
    ]


def _between(since: date | None, until: date | None) -> list[sa.ColumnElement[bool]]:
    first = [] if since is None else [week_count.c.week >= since.isoformat()]
    return first + ([] if until is None else [week_count.c.week <= until.isoformat()])


def newest_count(tx: Tx) -> tuple[int, datetime | None]:
    """Return how many rows are kept and when the newest was written: changes whenever any of them does."""
    count, at = tx.execute(sa.select(sa.func.count(), sa.func.max(week_count.c.counted_at))).one()
    return int(count), at


def collected_since(tx: Tx) -> datetime | None:
    """Return when the first post was taken in (ids ascend with time); None for an empty house."""
    return tx.execute(sa.select(post.c.seen_at).order_by(post.c.id).limit(1)).scalar()


# Copies count only when enough people saw them (risk.growth.weight): copies without readers make no peak (Lipetsk).
_TOLD = f"""
SELECT p.id, p.published_at, g.topic, coalesce(g.territory, ''), coalesce(p.voice, p.source_id), g.risk_id
FROM post p CROSS JOIN grp g WHERE p.published_at >= @ AND p.published_at < @ AND {COUNTED}
  AND (p.id = g.first_post_id OR p.views >= @)
"""


def told_between(tx: Tx, since: datetime, until: datetime, seen_views: int) -> list[Row]:
    """Return (post id, moment in microseconds, topic, territory or "", voice, risk id) of what counts of the posts published
    from a moment up to another. The voice is the keyed hash of the author, or the source when no author is known: only ever
    counted. Complaints as storage.find.growth counts them; a copy only with at least `seen_views` views.
    """
    return rows_of(tx, _TOLD.replace("@", marks(tx)), (to_db(since), to_db(until), seen_views))


_ANY = "SELECT EXISTS (SELECT 1 FROM post WHERE published_at >= @ AND published_at < @)"


def any_posts(tx: Tx, since: datetime, until: datetime) -> bool:
    """Tell whether anything at all was published from a moment up to another, complaint or not."""
    ((found,),) = rows_of(tx, _ANY.replace("@", marks(tx)), (to_db(since), to_db(until)))
    return bool(found)


_IDS = "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM post WHERE published_at >= @ AND published_at < @"


def ids_between(tx: Tx, since: datetime, until: datetime) -> tuple[int, int]:
    """Return the smallest and the greatest id of the posts published from a moment up to another; (0, 0) for none."""
    ((first, last),) = rows_of(tx, _IDS.replace("@", marks(tx)), (to_db(since), to_db(until)))
    return int(first), int(last)


_OPENED = """
SELECT id, opened_at, topic, coalesce(territory, '') FROM risk
WHERE opened_at >= @ AND opened_at < @ AND topic IS NOT NULL AND merged_into IS NULL
"""


def risks_opened(tx: Tx, since: datetime, until: datetime) -> Mapping[int, tuple[datetime, str, str]]:
    """Return (moment, topic, territory or "") by id of the risks opened from a moment up to another."""
    rows = rows_of(tx, _OPENED.replace("@", marks(tx)), (to_db(since), to_db(until)))
    return {row[0]: (from_db(row[1]), row[2], row[3]) for row in rows}
