"""Groups of copies as they are counted: read for a batch, changed in memory, written back by storage.keep.groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from risk.facts import TextFacts
from storage.bulk import with_ids
from storage.engine import Tx


@dataclass(slots=True)
class Group:
    """One row of table grp; moments in microseconds (storage.moments), None is «unknown» and never 0."""

    id: int
    first_post_id: int
    risk_id: int | None
    facts_post_id: int
    facts_points: float
    posts: int
    sources: int
    media: int
    federal: int
    official: int
    voices: int | None
    views: int | None
    with_views: int
    comments: int
    negative_comments: int
    answered_at: int | None
    after_answer: int
    first_published: int
    last_published: int
    first_seen: int
    last_seen: int
    mark_at: int
    mark_views: int | None
    before_at: int | None
    before_views: int | None
    judged: bool
    points: float
    level: int
    emergency: bool
    facts_packed: str = ""
    facts: TextFacts | None = None
    """Unpacked on first use."""
    is_new: bool = field(default=False)

    def told(self) -> TextFacts:
        """Return the facts of the group's most telling text."""
        if self.facts is None:
            self.facts = TextFacts.unpack(self.facts_packed)
        return self.facts


STORED = tuple(f.name for f in fields(Group) if f.name not in {"facts_packed", "facts", "is_new"})
_COLUMNS = ", ".join((*STORED, "facts"))
_BY_ID = f"SELECT {_COLUMNS} FROM grp WHERE id IN ({{ids}})"
_BY_RISK = f"SELECT {_COLUMNS} FROM grp WHERE risk_id IN ({{ids}}) ORDER BY id"


def _group(row: Any) -> Group:
    made = Group(*row)
    made.judged, made.emergency = bool(made.judged), bool(made.emergency)
    return made


def groups_by_id(tx: Tx, ids: Iterable[int]) -> dict[int, Group]:
    """Return the groups with these ids."""
    return {row[0]: _group(row) for row in with_ids(tx, _BY_ID, sorted(set(ids)))}


def groups_of_risks(tx: Tx, risk_ids: Sequence[int]) -> dict[int, list[Group]]:
    """Return all groups of each risk, oldest first."""
    found: dict[int, list[Group]] = {risk_id: [] for risk_id in risk_ids}
    for row in with_ids(tx, _BY_RISK, risk_ids):
        group = _group(row)
        found[row[2]].append(group)
    return found


_JUDGED = "SELECT id FROM grp WHERE judged AND id IN ({ids})"
# A look into the short index of judged groups for each id; left to itself SQLite fetches each group (3 us a post against 0.5).
_JUDGED_SQLITE = (
    "SELECT g.id FROM ({ids}) w CROSS JOIN grp g INDEXED BY ix_grp_judged WHERE g.judged AND g.id = w.value"
)


def judged_among(tx: Tx, group_ids: Iterable[int]) -> list[int]:
    """Return those of the groups about whose posts a person has said something."""
    sql = _JUDGED_SQLITE if tx.dialect.name == "sqlite" else _JUDGED
    return sorted(row[0] for row in with_ids(tx, sql, sorted(group_ids)))


_APART = """
SELECT l.group_id, r.group_id FROM judgement j JOIN post l ON l.id = j.left_id JOIN post r ON r.id = j.right_id
WHERE j.{side} IN (SELECT p.id FROM post p WHERE p.group_id IN ({{ids}}))
  AND j.by_staff IS NOT NULL AND j.withdrawn_at IS NULL AND j.verdict = 'different'
"""


def groups_kept_apart(tx: Tx, group_ids: Sequence[int]) -> set[frozenset[int]]:
    """Return pairs of groups that a person said are different; ask only for groups that are `judged`."""
    pairs = set()
    for side in ("left_id", "right_id"):
        pairs |= {frozenset(row) for row in with_ids(tx, _APART.format(side=side), group_ids)}
    return {pair for pair in pairs if len(pair) == 2}
