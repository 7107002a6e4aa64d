"""Gives each new post of a batch its group: the rules say which posts are copies, this room keeps the groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from casework.arrivals import Arrival
from casework.counting import new_group
from risk.group import Batch, Judged, Link, Near, Placement, SourceStyle, place, prepare
from storage.engine import Tx
from storage.find import groups as find_groups
from storage.find.groups import Group
from storage.find.near import candidates
from storage.find.risks import one_story
from storage.keep import groups as keep_groups

SAME, SUGGEST = "same", "suggest"
TWO_RISKS = "Похоже сразу на публикации двух рисков: объединить их или нет, решает человек"


@dataclass(slots=True)
class Placed:
    """New posts with their groups, and what was said of pairs."""

    batch: Batch
    near: Near
    links: list[tuple[int, Link]] = field(default_factory=list)
    """(index of the new post, link) in the order of the batch."""
    groups: dict[int, Group] = field(default_factory=dict)
    """All groups touched so far, by id."""
    merged: dict[int, int] = field(default_factory=dict)
    """Groups that a new post showed to be one: dropped id → kept id."""
    joined: int = 0
    suggested: int = 0


class _Union:
    """Stored groups (above 0) and posts of the batch (-1 - index), joined step by step; the oldest stands for all."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def root(self, node: int) -> int:
        while (parent := self._parent.get(node, node)) != node:
            node = parent
        return node

    def join(self, left: int, right: int) -> tuple[int, int] | None:
        """Join two; return (kept, dropped) roots, or None when they were one already."""
        left, right = self.root(left), self.root(right)
        if left == right:
            return None
        keep, drop = sorted((left, right), key=lambda node: (node < 0, abs(node)))
        self._parent[drop] = keep
        return keep, drop


def judged(tx: Tx, near: Near) -> Judged:
    """Return which groups of the candidates a person has split; two short queries, one when nobody has."""
    spoken = find_groups.judged_among(tx, {one.group_id for one in near.posts.values()})
    if not spoken:
        return Judged()
    pairs = find_groups.groups_kept_apart(tx, spoken)
    return Judged(frozenset((min(pair), max(pair)) for pair in pairs))


def place_new(tx: Tx, new: Sequence[Arrival], styles: dict[str, SourceStyle], now: int) -> Placed:
    """Place new posts: each arrival gets its id and its group; nothing is written but merges of whole groups."""
    batch = prepare([a.post for a in new], styles)
    near = candidates(tx, batch)
    placements = place(batch, near, judged(tx, near))
    placed = Placed(batch, near)
    placed.groups = find_groups.groups_by_id(tx, _stored_groups(placements, near))
    union = _join_all(tx, placements, near, placed)
    _give_groups(tx, new, union, placed, now)
    for dropped, kept in placed.merged.items():
        placed.merged[dropped] = union.root(kept)
    return placed


def _stored_groups(placements: Iterable[Placement], near: Near) -> set[int]:
    """Ids of the stored groups that some new post joins."""
    return {
        near.posts[link.other].group_id
        for p in placements
        for link in (p.joins, *p.others)
        if link is not None and link.other > 0 and link.verdict == SAME
    }


def _join_all(tx: Tx, placements: Sequence[Placement], near: Near, placed: Placed) -> _Union:
    """Walk through all links: «same» ones join, the others are only told to people."""
    union = _Union()
    for p in placements:
        for link in (p.joins, *p.others):
            if link is None:
                continue
            if link.verdict == SAME:
                other = near.posts[link.other].group_id if link.other > 0 else link.other
                link = _join(tx, union, -1 - p.index, other, link, placed)
            placed.suggested += link.verdict == SUGGEST
            placed.links.append((p.index, link))
    return union


def _join(tx: Tx, union: _Union, node: int, other: int, link: Link, placed: Placed) -> Link:
    """Join a new post to what the link names; two groups that are risks of their own stay two, and a person is asked.

    Not of a risk and the one that follows it: they are known to be one story told twice (casework.respread).
    """
    left, right = union.root(node), union.root(other)
    if left > 0 and right > 0 and left != right:
        kept, dropped = placed.groups[min(left, right)], placed.groups[max(left, right)]
        if kept.risk_id is not None and dropped.risk_id is not None and kept.risk_id != dropped.risk_id:
            if one_story(tx, kept.risk_id, dropped.risk_id):
                return link
            return Link(link.other, SUGGEST, "two-risks", link.score, TWO_RISKS)
        kept.risk_id = kept.risk_id if kept.risk_id is not None else dropped.risk_id
        placed.merged[dropped.id] = kept.id
    union.join(node, other)
    return link


def _give_groups(tx: Tx, new: Sequence[Arrival], union: _Union, placed: Placed, now: int) -> None:
    fresh: dict[int, Group] = {}
    next_id = keep_groups.next_group_id(tx)
    for index, arrival in enumerate(new):
        root = union.root(-1 - index)
        if root > 0:
            arrival.group = placed.groups[root]
            placed.joined += 1
        elif root in fresh:
            arrival.group = fresh[root]
            placed.joined += 1
        else:
            arrival.group = fresh[root] = new_group(next_id, arrival, now)
            placed.groups[next_id] = fresh[root]
            next_id += 1
