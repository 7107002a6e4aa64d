"""What was written of each topic lately, read through the index of publication moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from storage.bulk import marks, rows_of
from storage.engine import Tx
from storage.moments import to_db
from storage.tables import risk

DAY = timedelta(days=1)
_DAY_US = 86_400_000_000
# Talk that no signal was found in, thanks, and groups made of the administration's own posts are no growth of trouble.
COUNTED = "g.id = p.group_id AND g.topic IS NOT NULL AND g.points > 0 AND g.kind <> 'praise' AND g.posts > g.official"


class Said(NamedTuple):
    """One post of the last day as growth counts it; moments in microseconds. A tuple: a day has 16,000 of them."""

    topic: str
    settlement: str | None
    published_at: int
    is_original: bool
    """The first post of its group of copies (SQLite says 1 and 0)."""
    views: int | None
    voice: str
    """Keyed hash of the author, or the source when no author is known: only ever counted, never shown."""


_LATELY = f"""
SELECT g.topic, g.settlement, p.published_at, p.id = g.first_post_id, p.views, coalesce(p.voice, p.source_id)
FROM post p CROSS JOIN grp g WHERE p.published_at > @ AND p.published_at <= @ AND {COUNTED}
"""


def said_lately(tx: Tx, now: datetime, within: timedelta = DAY) -> list[Said]:
    """Return what was published within a day before `now` and has a topic and at least one sign of trouble."""
    sql = _LATELY.replace("@", marks(tx))
    return [Said._make(row) for row in rows_of(tx, sql, (to_db(now - within), to_db(now)))]


_DAYS = f"""
SELECT g.topic, (@ - p.published_at) / {_DAY_US} AS ago,
  sum(CASE WHEN p.id = g.first_post_id THEN 1 WHEN p.views >= @ THEN 1 ELSE 0 END)
FROM post p CROSS JOIN grp g WHERE p.published_at > @ AND p.published_at <= @ AND {COUNTED} GROUP BY 1, 2
"""


def days_before(tx: Tx, now: datetime, days: int, seen_views: int) -> dict[str, list[int]]:
    """Return for each topic the weighted messages of the days before the last 24 hours, the newest day first.

    Originals count, and copies with at least `seen_views` views (risk.growth.weight).
    """
    values = (to_db(now - DAY), seen_views, to_db(now - (days + 1) * DAY), to_db(now - DAY))
    found: dict[str, list[int]] = {}
    for topic, ago, count in rows_of(tx, _DAYS.replace("@", marks(tx)), values):
        if 0 <= ago < days:
            found.setdefault(topic, [0] * days)[int(ago)] += int(count)
    return found


_KNOWN = "SELECT EXISTS (SELECT 1 FROM post WHERE published_at > @ AND published_at <= @)"


def known_days(tx: Tx, now: datetime, days: int) -> int:
    """Return how many of the days before the last 24 hours have any post at all."""
    sql = _KNOWN.replace("@", marks(tx))
    found = 0
    for n in range(1, days + 1):
        ((some,),) = rows_of(tx, sql, (to_db(now - (n + 1) * DAY), to_db(now - n * DAY)))
        found += bool(some)
    return found


@dataclass(frozen=True, slots=True)
class Example:
    """A post that shows what is said: masked, with its address."""

    post_id: int
    risk_id: int | None
    source_name: str
    url: str
    text: str
    published_at: int
    views: int | None
    settlement: str | None


_EXAMPLES = f"""
SELECT p.id, g.risk_id, coalesce(s.name, p.source_id), p.url, p.text, p.published_at, p.views, g.settlement
FROM post p CROSS JOIN grp g LEFT JOIN source s ON s.id = p.source_id
WHERE p.published_at > @ AND p.published_at <= @ AND {COUNTED} AND g.topic = @ AND p.id = g.first_post_id
ORDER BY p.published_at DESC, p.id DESC LIMIT @
"""


def examples(tx: Tx, now: datetime, topic: str, limit: int) -> list[Example]:
    """Return the newest originals of a topic within the last day."""
    sql = _EXAMPLES.replace("@", marks(tx))
    return [Example(*row) for row in rows_of(tx, sql, (to_db(now - DAY), to_db(now), topic, limit))]


def open_by_topic(tx: Tx) -> dict[str, int]:
    """Return how many open risks each topic has."""
    query = sa.select(risk.c.topic, sa.func.count()).where(
        risk.c.is_open == sa.literal(True), risk.c.topic.is_not(None)
    )
    return {topic: count for topic, count in tx.execute(query.group_by(risk.c.topic))}
