"""Writes groups of copies: new, changed, and counted anew from their posts after a merge or a split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from risk.facts import TextFacts
from risk.route import Route
from risk.score import Score
from storage.bulk import Row, insert, next_id, update, with_ids
from storage.engine import Tx
from storage.find.groups import STORED, Group
from storage.keep.jsons import json_text, reasons_json
from storage.tables import grp

SCORED = (
    "rule_set", "reasons", "topic", "topics", "settlement", "territory", "block", "official_post", "kind", "scored_at",
)  # fmt: skip
ALL_COLUMNS = (*STORED, "facts", *SCORED)
_CHANGED = tuple(c for c in ALL_COLUMNS if c != "id")


@dataclass(frozen=True, slots=True)
class Scored:
    """A group with the score and route just given to it; route is None for what is not a risk."""

    group: Group
    score: Score
    route: Route | None


def next_group_id(tx: Tx) -> int:
    """Return the first free id of a group."""
    return next_id(tx, grp)


_NO_ROUTE: Row = (None, None, None, None)
_STORED, _CHANGED_STORED = attrgetter(*STORED), attrgetter(*STORED[1:])


def _score_row(scored: Scored, facts: TextFacts, at: int) -> Row:
    route, score = scored.route, scored.score
    reasons = reasons_json(score.reasons) if score.reasons else "[]"
    topics = facts.topics if route is None else route.topics
    told = json_text(topics) if topics else "[]"
    if route is None:
        return (score.rule_set, reasons, topics[0][0] if topics else None, told, *_NO_ROUTE, facts.kind.value, at)
    routed = (route.topic, told, route.settlement, route.territory, route.block, route.official)
    return (score.rule_set, reasons, *routed, facts.kind.value, at)


def _after(scored: Scored, at: int) -> Row:
    """The columns after those of Group: packed facts and the score."""
    facts = scored.group.told()
    return (scored.group.facts_packed or facts.pack(), *_score_row(scored, facts, at))


def add_groups(tx: Tx, groups: Sequence[Scored], at: int) -> None:
    """Write new groups, scored at a moment (microseconds)."""
    insert(tx, grp, ALL_COLUMNS, [(*_STORED(s.group), *_after(s, at)) for s in groups])


def change_groups(tx: Tx, groups: Sequence[Scored], at: int) -> None:
    """Write known groups over their old rows, scored at a moment (microseconds)."""
    update(tx, grp, _CHANGED, [(*_CHANGED_STORED(s.group), *_after(s, at), s.group.id) for s in groups])


def drop_groups(tx: Tx, group_ids: Sequence[int]) -> None:
    """Delete groups that have no posts left; judgements are about posts and stay."""
    with_ids(tx, "DELETE FROM grp WHERE id IN ({ids}) RETURNING id", group_ids)


def mark_judged(tx: Tx, group_ids: Sequence[int]) -> None:
    """Note that a person has said something about posts of these groups: the machine will look before it joins them."""
    judged = "TRUE" if tx.dialect.name == "postgresql" else "1"
    with_ids(tx, f"UPDATE grp SET judged = {judged} WHERE id IN ({{ids}}) RETURNING id", group_ids)


_COUNTED = """
SELECT p.group_id, min(p.id), count(*),
  count(DISTINCT CASE WHEN coalesce(s.official, FALSE) THEN NULL ELSE p.source_id END),
  sum(CASE WHEN coalesce(s.media, FALSE) THEN 1 ELSE 0 END),
  sum(CASE WHEN coalesce(s.official, FALSE) THEN 1 ELSE 0 END),
  count(DISTINCT p.voice), sum(p.views), count(p.views), min(p.published_at), max(p.published_at),
  min(CASE WHEN coalesce(s.official, FALSE) THEN p.published_at END), min(p.seen_at), max(p.seen_at),
  sum(CASE WHEN coalesce(s.federal, FALSE) THEN 1 ELSE 0 END)
FROM post p LEFT JOIN source s ON s.id = p.source_id
WHERE p.group_id IN ({ids}) GROUP BY p.group_id
"""
_COMMENTED = """
SELECT p.group_id, count(*), sum(CASE WHEN c.negative THEN 1 ELSE 0 END),
  sum(CASE WHEN c.negative AND c.published_at > g.answered_at THEN 1 ELSE 0 END)
FROM post p LEFT JOIN grp g ON g.id = p.group_id
JOIN post c ON c.platform = p.platform AND c.source_id = p.source_id AND c.external_id = p.external_id
WHERE p.group_id IN ({ids}) AND p.comment_id = '' AND c.comment_id <> '' GROUP BY p.group_id
"""
_REPEATED = """
SELECT p.group_id, count(*) FROM post p LEFT JOIN grp g ON g.id = p.group_id LEFT JOIN source s ON s.id = p.source_id
WHERE p.group_id IN ({ids}) AND p.negative AND p.published_at > g.answered_at AND NOT coalesce(s.official, FALSE)
GROUP BY p.group_id
"""


def recount(tx: Tx, groups: dict[int, Group]) -> list[int]:
    """Count groups anew from their stored posts, in place; return the ids of those that have no posts left.

    Facts, score and risk stay: the caller reads the texts and scores again. The memory of earlier views is set anew,
    for sums of other posts say nothing about growth.
    """
    ids = sorted(groups)
    found: set[int] = set()
    for r in with_ids(tx, _COUNTED, ids):
        group = groups[int(r[0])]
        found.add(group.id)
        group.first_post_id, group.posts, group.sources = r[1], r[2], r[3]
        group.media, group.official, group.voices = int(r[4]), int(r[5]), r[6] or None
        group.views, group.with_views = (None if r[7] is None else int(r[7])), r[8]
        group.first_published, group.last_published, group.answered_at = r[9], r[10], r[11]
        group.first_seen, group.last_seen, group.federal = r[12], r[13], int(r[14])
        group.mark_at, group.mark_views, group.before_at, group.before_views = group.last_published, None, None, None
        group.comments = group.negative_comments = group.after_answer = 0
    update(tx, grp, ("answered_at",), [(groups[i].answered_at, i) for i in ids])
    for r in with_ids(tx, _COMMENTED, ids):
        group = groups[int(r[0])]
        group.comments, group.negative_comments, group.after_answer = int(r[1]), int(r[2]), int(r[3])
    for r in with_ids(tx, _REPEATED, ids):
        groups[int(r[0])].after_answer += int(r[1])
    return [i for i in ids if i not in found]
