"""Says for each post of a batch which stored posts, and which of its own, it repeats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from risk.group_batch import THING, Batch
from risk.group_pair import SUGGEST, Link, Side, Verdict, judge, judge_named, judge_pictured, judge_quote
from texts.clean import plain
from texts.similar import NO_KEY, ratios

MOST_SUGGESTIONS = 3
"""A template seen 300 times must not ask a person 300 questions about one new post."""
MOST_JUDGED = 8
"""Of the alike texts so many are compared word by word, the likeliest first."""
_SAME_KEY = 8
"""Within a batch a post is compared with this many earlier posts of a key at most."""


class Candidate(NamedTuple):
    """A stored post that may be a copy (a tuple: some four are made for each new post)."""

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
    """For each post of the batch: ids of stored posts that the platform itself calls the same, or repeats of the same."""
    pictured: tuple[tuple[int, ...], ...] = ()
    """For each post of the batch: ids of stored posts with the same attachment (asked for short texts only)."""
    quoted: tuple[tuple[int, ...], ...] = ()
    """For each post of the batch: ids of much longer or shorter stored posts that share several keys with it."""
    keyed: frozenset[int] = frozenset()
    """Those found by their keys: their text has keys."""
    crowded: tuple[tuple[int, int], ...] = ()
    """(key, oldest posting to keep) of keys that hold too many; storage.keep.near.add_keys drops the older ones."""


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


class _Sides:
    """What is compared of posts, made once for each: stored ones by id, those of the batch by -1 - index."""

    def __init__(self, batch: Batch, near: Near) -> None:
        self._batch, self._near = batch, near
        self._made: dict[int, Side] = {}

    def __getitem__(self, node: int) -> Side:
        side = self._made.get(node)
        if side is None:
            side = self._made[node] = self._stored(node) if node >= 0 else self._new(-1 - node)
        return side

    def _new(self, index: int) -> Side:
        batch = self._batch
        post = batch.posts[index]
        norm, text, words = batch.norms[index], batch.plains[index], batch.words[index]
        return Side(norm, text, words, post.published_at, post.source_id, batch.openings[index])

    def _stored(self, post_id: int) -> Side:
        one = self._near.posts[post_id]
        return Side(one.norm, plain(one.norm), one.words, one.published_at, one.source_id)


def _edge(sides: _Sides, index: int, other: int, verdict: Verdict | None) -> Iterator[_Edge]:
    if verdict is not None:
        apart = sides[-1 - index].published_at - sides[other].published_at
        yield _Edge(index, other, verdict, abs(apart.total_seconds()) / 86400)


def _within(keys: NDArray[np.int64], rows: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return (later, earlier) posts of the batch that share a key."""
    order = np.lexsort((rows, keys))
    keys, rows = keys[order], rows[order]
    pairs: set[tuple[int, int]] = set()
    for step in range(1, _SAME_KEY + 1):
        meet = np.flatnonzero(keys[step:] == keys[:-step])
        if not len(meet):
            break
        pairs.update(zip(rows[meet + step].tolist(), rows[meet].tolist(), strict=True))
    return sorted(pair for pair in pairs if pair[0] != pair[1])


def _judge_texts(batch: Batch, near: Near, sides: _Sides) -> Iterator[_Edge]:
    """Yield judged pairs of posts with like texts, and quotes among those of unlike length."""
    rows, columns = np.nonzero(batch.keys != NO_KEY)
    inside = [(later, -1 - earlier) for later, earlier in _within(batch.keys[rows, columns], rows)]
    pairs = [(index, post_id) for index, ids in enumerate(near.found) for post_id in ids] + inside
    left = [batch.plains[index] for index, _ in pairs]
    stored = {post_id: plain(one.norm) for post_id, one in near.posts.items()}
    right = [stored[other] if other > 0 else batch.plains[-1 - other] for _, other in pairs]
    likeness = ratios(left, right, SUGGEST)
    judged = [0] * len(batch.posts)
    for at in np.argsort(-likeness, kind="stable").tolist():
        index, other = pairs[at]
        if not likeness[at]:
            break
        judged[index] += 1
        if judged[index] <= MOST_JUDGED:
            yield from _edge(sides, index, other, judge(sides[-1 - index], sides[other], float(likeness[at])))
    unlike = [pairs[at] for at in np.flatnonzero(likeness == 0).tolist() if pairs[at][1] < 0]
    for index, other in chain(_pairs(near.quoted), unlike):
        yield from _edge(sides, index, other, judge_quote(sides[-1 - index], sides[other]))


def _pairs(ids: tuple[tuple[int, ...], ...]) -> Iterator[tuple[int, int]]:
    return ((index, post_id) for index, some in enumerate(ids) for post_id in some)


def _judge_named(batch: Batch, near: Near, sides: _Sides) -> Iterator[_Edge]:
    """Yield judged pairs that the platform's own words, or the same attachment, tie together."""
    named, pictured = list(_pairs(near.named)), list(_pairs(near.pictured))
    flat = [(key, index) for index, keys in enumerate(batch.identities) for key in keys]
    for is_thing, into in ((False, named), (True, pictured)):
        some = [(key, index) for key, index in flat if bool(key & THING) == is_thing]
        keys, rows = np.array([key for key, _ in some], np.int64), np.array([index for _, index in some], np.int64)
        into += [(later, -1 - earlier) for later, earlier in _within(keys, rows)]
    for index, other in named:
        yield from _edge(sides, index, other, judge_named(sides[-1 - index], sides[other]))
    for index, other in pictured:
        yield from _edge(sides, index, other, judge_pictured(sides[-1 - index], sides[other]))


def place(batch: Batch, near: Near, judged: Judged) -> list[Placement]:
    """Place each post of the batch; `joins` and `others` with the verdict «same» may all be joined safely.

    Groups are the connected components of «same» judgements, so they do not depend on the order of posts as long as every copy
    meets one of its group among its candidates.
    """
    sides = _Sides(batch, near)
    found = chain(_judge_texts(batch, near, sides), _judge_named(batch, near, sides))
    edges = sorted(found, key=lambda edge: edge.order)
    groups = _Groups(judged.apart)
    links: list[list[Link]] = [[] for _ in batch.posts]
    refused = _join(edges, groups, near)
    for at, edge in enumerate(edges):
        _tell(edge, at in refused, groups, near, links[edge.index])
    return [_placement(index, some) for index, some in enumerate(links)]


def _node(near: Near, other: int) -> int:
    """Return the group of a stored post, or the post of the batch itself."""
    return near.posts[other].group_id if other > 0 else other


def _join(edges: list[_Edge], groups: _Groups, near: Near) -> set[int]:
    """Join what is the same, the likeliest first; return the places of those that a person's split forbids."""
    refused = set()
    for at, edge in enumerate(edges):
        if edge.verdict.verdict == "same":
            own, other = -1 - edge.index, _node(near, edge.other)
            if groups.split(own, other):
                refused.add(at)
            else:
                groups.join(own, other)
    return refused


def _tell(edge: _Edge, refused: bool, groups: _Groups, near: Near, links: list[Link]) -> None:
    """Add the link of a judged pair unless it would tell nothing new; edges come best first."""
    node = _node(near, edge.other)
    same = edge.verdict.verdict == "same" and not refused
    if not same:
        own, target = groups.root(-1 - edge.index), groups.root(node)
        asked = sum(link.verdict != "same" for link in links)
        # A person has answered this question already, or it is about the post's own group.
        if target == own or asked >= MOST_SUGGESTIONS or (groups.split(own, target) and not refused):
            return
    told = {groups.root(_node(near, link.other)) if not same else _node(near, link.other) for link in links}
    if (node if same else groups.root(node)) not in told:
        links.append(_link(edge, refused))


def _link(edge: _Edge, refused: bool) -> Link:
    verdict = edge.verdict
    if refused:
        reason = "Похожие сообщения разделил человек: решите, к каким относится это"
        return Link(edge.other, "suggest", "apart", verdict.score, reason)
    return Link(edge.other, verdict.verdict, verdict.method, verdict.score, verdict.reason)


def _placement(index: int, links: list[Link]) -> Placement:
    joins = next((link for link in links if link.verdict == "same"), None)
    return Placement(index, joins, tuple(link for link in links if link is not joins))
