"""Says for each post of a batch which stored posts, and which of its own, it repeats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from risk.group_batch import Batch
from risk.group_pair import SUGGEST, Link, Side, Verdict, judge
from texts.clean import plain
from texts.similar import NO_KEY, ratios

MOST_SUGGESTIONS = 3
"""A template seen 300 times must not ask a person 300 questions about one new post."""
_SAME_KEY = 8
"""Within a batch a post is compared with this many earlier posts of a key at most."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored post that may be a copy."""

    post_id: int
    group_id: int
    norm: bytes
    words: int
    published_at: datetime
    source_id: str


@dataclass(frozen=True, slots=True)
class Near:
    """Stored posts near a batch (storage.find.near)."""

    posts: Mapping[int, Candidate]
    found: tuple[tuple[int, ...], ...]
    """For each post of the batch: ids of stored posts with like text, likeliest first."""
    named: tuple[tuple[int, ...], ...]
    """For each post of the batch: ids of stored posts that the platform itself ties to it."""
    keyed: frozenset[int] = frozenset()
    """Those found by their keys: their text has keys."""
    crowded: tuple[tuple[int, int], ...] = ()
    """(key, posting) rows over the cap, to be dropped by storage.keep.near.add_keys."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What people have said for ever; outweighs the machine."""

    apart: frozenset[tuple[int, int]] = frozenset()
    """Pairs of group ids (lower first) that a person has split."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one post of a batch belongs."""

    index: int
    joins: Link | None
    """The likeliest copy: the post takes its group. None: the post opens a group."""
    others: tuple[Link, ...] = ()
    """Further links, at most one a group: `same` ones tie their group to this one too, the rest is for people to see."""


class _Groups:
    """Groups of the database and posts of the batch, joined step by step; groups split by a person stay apart."""

    def __init__(self, apart: frozenset[tuple[int, int]]) -> None:
        self._parent: dict[int, int] = {}
        self._apart: dict[int, set[int]] = {}
        for low, high in apart:
            self._apart.setdefault(low, set()).add(high)
            self._apart.setdefault(high, set()).add(low)
        self._members: dict[int, set[int]] = {}

    def root(self, node: int) -> int:
        while (parent := self._parent.get(node, node)) != node:
            node = parent
        return node

    def split(self, left: int, right: int) -> bool:
        """True when a person has said that something in one is not the same as something in the other."""
        if not self._apart:
            return False
        left, right = self.root(left), self.root(right)
        others = self._members.get(right, {right})
        return any(self._apart.get(group, set()) & others for group in self._members.get(left, {left}))

    def join(self, left: int, right: int) -> None:
        left, right = self.root(left), self.root(right)
        if left == right:
            return
        # Stored groups come first as roots: a post of the batch takes their number, never they its.
        keep, drop = (left, right) if (left > 0, -abs(left)) >= (right > 0, -abs(right)) else (right, left)
        self._parent[drop] = keep
        self._members.setdefault(keep, {keep}).update(self._members.pop(drop, {drop}))


@dataclass(frozen=True, slots=True)
class _Edge:
    """A judged pair: a post of the batch and what it was compared with."""

    index: int
    other: int
    verdict: Verdict
    days: float

    @property
    def order(self) -> tuple[object, ...]:
        """Best first: same before suggest, then likeness, nearness in time, the older post."""
        return (
            self.verdict.verdict != "same",
            -self.verdict.score,
            self.days,
            self.other < 0,
            abs(self.other),
            self.index,
        )


def _side(batch: Batch, index: int) -> Side:
    post = batch.posts[index]
    return Side(
        batch.norms[index],
        batch.plains[index],
        batch.words[index],
        post.published_at,
        post.source_id,
        batch.series[index],
    )


def _stored_side(candidate: Candidate) -> Side:
    return Side(candidate.norm, plain(candidate.norm), candidate.words, candidate.published_at, candidate.source_id)


def _within(batch: Batch) -> Iterator[tuple[int, int]]:
    """Yield (later, earlier) posts of the batch that share a key or a whole text."""
    rows, columns = np.nonzero(batch.keys != NO_KEY)
    keys = batch.keys[rows, columns]
    order = np.lexsort((rows, keys))
    keys, rows = keys[order], rows[order]
    pairs: set[tuple[int, int]] = set()
    for step in range(1, _SAME_KEY + 1):
        meet = np.flatnonzero(keys[step:] == keys[:-step])
        if not len(meet):
            break
        pairs.update(zip(rows[meet + step].tolist(), rows[meet].tolist(), strict=True))
    yield from sorted(pairs)


def _judge_texts(batch: Batch, near: Near) -> Iterator[_Edge]:
    """Yield judged pairs of posts with text."""
    sides: dict[int, Side] = {}
    pairs = [(index, post_id) for index, ids in enumerate(near.found) for post_id in ids]
    pairs += [(later, -1 - earlier) for later, earlier in _within(batch)]

    def side(node: int) -> Side:
        if node not in sides:
            sides[node] = _side(batch, -1 - node) if node < 0 else _stored_side(near.posts[node])
        return sides[node]

    left = [side(-1 - index) for index, _ in pairs]
    right = [side(other) for _, other in pairs]
    likeness = ratios([one.plain for one in left], [one.plain for one in right], SUGGEST)
    for at in np.flatnonzero(likeness).tolist():
        verdict = judge(left[at], right[at], float(likeness[at]))
        if verdict is not None:
            days = abs((left[at].published_at - right[at].published_at).total_seconds()) / 86400
            yield _Edge(pairs[at][0], pairs[at][1], verdict, days)


def _judge_named(batch: Batch, near: Near) -> Iterator[_Edge]:
    """Yield pairs that the platform itself ties together."""
    earlier: dict[int, int] = {}
    for index, wanted in enumerate(batch.wanted):
        verdict = Verdict("same", "repost", 100.0, "Площадка говорит, что это повтор той же публикации")
        for post_id in near.named[index]:
            yield _Edge(index, post_id, verdict, 0.0)
        for key in wanted:
            if key in earlier:
                yield _Edge(index, -1 - earlier[key], verdict, 0.0)
        for key in batch.identities[index]:
            earlier.setdefault(key, index)


def place(batch: Batch, near: Near, judged: Judged) -> list[Placement]:
    """Place each post of the batch; `joins` and `others` with the verdict «same» may all be joined safely.

    Groups are the connected components of «same» judgements, so they do not depend on the order of posts as long as every copy
    meets one of its group among its candidates.
    """
    edges = sorted([*_judge_texts(batch, near), *_judge_named(batch, near)], key=lambda edge: edge.order)
    groups = _Groups(judged.apart)

    def node(other: int) -> int:
        return near.posts[other].group_id if other > 0 else other

    refused: set[int] = set()
    for at, edge in enumerate(edges):
        if edge.verdict.verdict == "same":
            if groups.split(-1 - edge.index, node(edge.other)):
                refused.add(at)
            else:
                groups.join(-1 - edge.index, node(edge.other))
    links: list[list[Link]] = [[] for _ in batch.posts]
    told: list[set[int]] = [set() for _ in batch.posts]
    for at, edge in enumerate(edges):
        target, own = groups.root(node(edge.other)), groups.root(-1 - edge.index)
        same = edge.verdict.verdict == "same" and at not in refused
        key = node(edge.other) if same else target
        if key in told[edge.index] or (not same and (target == own or len(links[edge.index]) > MOST_SUGGESTIONS)):
            continue
        told[edge.index].add(key)
        links[edge.index].append(_link(edge, refused=at in refused))
    return [_placement(index, found) for index, found in enumerate(links)]


def _link(edge: _Edge, refused: bool) -> Link:
    verdict = edge.verdict
    if refused:
        reason = "Похожие сообщения разделил человек: решите, к каким относится это"
        return Link(edge.other, "suggest", "apart", verdict.score, reason)
    return Link(edge.other, verdict.verdict, verdict.method, verdict.score, verdict.reason)


def _placement(index: int, links: list[Link]) -> Placement:
    joins = next((link for link in links if link.verdict == "same"), None)
    return Placement(index, joins, tuple(link for link in links if link is not joins))
