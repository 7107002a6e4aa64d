"""A memory of posts in a dictionary, as storage.find.near keeps them in a database, and builders of posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from risk.group import THING, Batch, Candidate, Judged, Near, Placement, SourceStyle, place, prepare
from risk.post import Post
from texts.similar import NO_KEY

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def a_post(text: str = "", *, source: str = "club1", number: str = "1", hours: float = 0.0, **given: object) -> Post:
    """Return a post of a source, published some hours after NOW."""
    at = NOW + timedelta(hours=hours)
    known: dict[str, object] = {"platform": "vk", "url": f"https://vk.com/{source}", "comment_id": ""}
    return Post(source_id=source, external_id=number, text=text, published_at=at, seen_at=at, **{**known, **given})  # type: ignore[arg-type]


class Memory:
    """Every post ever placed, found again by its keys; groups are joined as the placements say."""

    def __init__(self, styles: dict[str, SourceStyle] | None = None, judged: Judged | None = None) -> None:
        self.styles, self.judged = styles or {}, judged or Judged()
        self.posts: dict[int, Candidate] = {}
        self._keys: dict[int, list[int]] = {}

    def near(self, batch: Batch) -> Near:
        """Return all stored posts that share a key with each post of the batch."""
        found, named, pictured = [], [], []
        for index in range(len(batch.posts)):
            keys = [key for key in batch.keys[index].tolist() if key != NO_KEY]
            found.append(self._meet(keys))
            named.append(self._meet(key for key in batch.identities[index] if not key & THING))
            pictured.append(self._meet(key for key in batch.identities[index] if key & THING))
        sizes = [np.array([len(self.posts[one].norm) for one in some]) for some in found]
        quoted = tuple(tuple(np.array(some)[size > 0].tolist()) for some, size in zip(found, sizes, strict=True))
        return Near(self.posts, tuple(found), tuple(named), tuple(pictured), quoted)

    def _meet(self, keys: Iterable[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(post_id for key in keys for post_id in self._keys.get(key, ())))

    def take(self, posts: Sequence[Post]) -> list[Placement]:
        """Place a batch and remember it."""
        batch = prepare(posts, self.styles)
        placements = place(batch, self.near(batch), self.judged)
        ids = [len(self.posts) + 1 + index for index in range(len(posts))]
        for index, post in enumerate(posts):
            one = Candidate(
                ids[index], ids[index], batch.norms[index], batch.words[index], post.published_at, post.source_id
            )
            self.posts[ids[index]] = one
            for key in {*batch.keys[index].tolist(), *batch.identities[index]} - {NO_KEY}:
                self._keys.setdefault(key, []).append(ids[index])
        for placement in placements:
            for link in (placement.joins, *placement.others):
                if link is not None and link.verdict == "same":
                    self._join(ids[placement.index], link.other if link.other > 0 else ids[-1 - link.other])
        return placements

    def _join(self, one: int, two: int) -> None:
        keep, drop = sorted((self.posts[one].group_id, self.posts[two].group_id))
        for post_id, post in self.posts.items():
            if post.group_id == drop:
                self.posts[post_id] = Candidate(post_id, keep, post.norm, post.words, post.published_at, post.source_id)

    def groups(self) -> set[frozenset[int]]:
        """Return the ids of each group."""
        found: dict[int, set[int]] = {}
        for post_id, post in self.posts.items():
            found.setdefault(post.group_id, set()).add(post_id)
        return {frozenset(ids) for ids in found.values()}


def relation(one: Post, two: Post, styles: dict[str, SourceStyle] | None = None) -> str:
    """Return "verdict method" of two posts placed one after the other; "" when nothing ties them."""
    memory = Memory(styles)
    memory.take([one])
    (placement,) = memory.take([two])
    links = [link for link in (placement.joins, *placement.others) if link is not None]
    return f"{links[0].verdict} {links[0].method}" if links else ""


WORDS = "Завтра в селе Белое отключат холодную воду из-за ремонта, запаситесь водой заранее и предупредите соседей"
"""A message long enough to be joined."""
