"""Risks as the machine keeps them up to date: the few columns a batch may change, and what their alerts tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage.bulk import with_ids, with_tuples
from storage.engine import Tx
from storage.tables import risk_event


@dataclass(slots=True)
class RiskNow:
    """One stored risk as a batch needs it; moments in microseconds."""

    id: int
    number: str
    title: str
    state: str
    veracity: str
    level_machine: int
    level_person: int | None
    level_then: int | None
    level: int
    topic: str | None
    settlement: str | None
    territory: str | None
    block: str | None
    official: str | None
    route_by_person: bool
    emergency: bool
    first_seen: int
    last_seen: int
    posts: int
    sources: int
    due_at: int
    is_open: bool
    version: int


_BY_ID = """
SELECT id, number, title, state, veracity, level_machine, level_person, level_then, level, topic, settlement, territory,
  block, official, route_by_person, emergency, first_seen, last_seen, posts, sources, due_at, is_open, version
FROM risk WHERE id IN ({ids}) ORDER BY id
"""


def risks_by_id(tx: Tx, risk_ids: Sequence[int]) -> dict[int, RiskNow]:
    """Return risks by id."""
    found = {row[0]: RiskNow(*row) for row in with_ids(tx, _BY_ID, risk_ids)}
    for one in found.values():
        one.route_by_person, one.emergency, one.is_open = (
            bool(one.route_by_person),
            bool(one.emergency),
            bool(one.is_open),
        )
    return found


_SOURCES = """
SELECT g.risk_id, p.source_id, coalesce(s.name, p.source_id), p.url FROM (
  SELECT min(p.id) AS first FROM post p JOIN grp g ON g.id = p.group_id WHERE g.risk_id IN ({ids})
  GROUP BY g.risk_id, p.source_id
) f JOIN post p ON p.id = f.first JOIN grp g ON g.id = p.group_id LEFT JOIN source s ON s.id = p.source_id
ORDER BY p.published_at, p.id
"""


def sources_told(tx: Tx, risk_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Return for each risk (name of the source, address of its first post), the earliest first."""
    told: dict[int, list[tuple[str, str]]] = {risk_id: [] for risk_id in risk_ids}
    for row in with_ids(tx, _SOURCES, risk_ids):
        told[row[0]].append((row[2], row[3]))
    return told


_VOICES = """
SELECT g.risk_id, count(DISTINCT p.voice) FROM grp g JOIN post p ON p.group_id = g.id
WHERE g.risk_id IN ({ids}) AND p.voice IS NOT NULL GROUP BY g.risk_id
"""


def voices_of_risks(tx: Tx, risk_ids: Sequence[int]) -> dict[int, int]:
    """Count the distinct voices of risks; needed only where a risk has several groups."""
    return {row[0]: row[1] for row in with_ids(tx, _VOICES, risk_ids)}


_SOURCE_COUNT = "SELECT risk_id, count(*) FROM risk_source WHERE risk_id IN ({ids}) GROUP BY risk_id"


def source_counts(tx: Tx, risk_ids: Sequence[int]) -> dict[int, int]:
    """Count the distinct sources of risks."""
    return {row[0]: row[1] for row in with_ids(tx, _SOURCE_COUNT, risk_ids)}


_TEXTS = "SELECT id, text FROM post WHERE id IN ({ids})"


def texts_of(tx: Tx, post_ids: Sequence[int]) -> dict[int, str]:
    """Return the masked texts of posts."""
    return {row[0]: row[1] for row in with_ids(tx, _TEXTS, post_ids)}


_GROUP_TEXTS = """
SELECT p.group_id, p.id, p.text FROM {wanted} CROSS JOIN post p
WHERE p.id IN (SELECT q.id FROM post q WHERE q.group_id = CAST(c0 AS BIGINT) ORDER BY q.id LIMIT @most)
ORDER BY p.id
"""


def group_texts(tx: Tx, group_ids: Sequence[int], most: int) -> dict[int, list[tuple[int, str]]]:
    """Return (post id, masked text) of the first `most` posts of each group."""
    told: dict[int, list[tuple[int, str]]] = {}
    # SQLite takes no column in a LIMIT, so the number stands in the statement itself.
    query = _GROUP_TEXTS.replace("@most", str(int(most)))
    for row in with_tuples(tx, query, ("bigint",), [(i,) for i in group_ids]):
        told.setdefault(row[0], []).append((row[1], row[2]))
    return told


def last_event_at(tx: Tx, risk_ids: Sequence[int], kind: str) -> dict[int, int]:
    """Return when an event of a kind last happened to each risk, in microseconds."""
    query = (
        sa.select(risk_event.c.risk_id, sa.func.max(sa.type_coerce(risk_event.c.at, sa.BigInteger)))
        .where(risk_event.c.risk_id.in_(risk_ids), risk_event.c.kind == kind)
        .group_by(risk_event.c.risk_id)
    )
    return {risk_id: at for risk_id, at in tx.execute(query)}


_FOLLOWS = "SELECT follows FROM risk WHERE id IN ({ids})"
_LONGEST_STORY = 50


def one_story(tx: Tx, left: int, right: int) -> bool:
    """Return whether one of two risks follows the other, directly or through others between them."""
    earlier, later = sorted((left, right))
    for _ in range(_LONGEST_STORY):
        followed = next((row[0] for row in with_ids(tx, _FOLLOWS, [later])), None)
        if followed is None or followed <= earlier:
            return bool(followed == earlier)
        later = followed
    return False
