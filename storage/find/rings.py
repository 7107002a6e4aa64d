"""Puts the ring of keys in front of the key table for big streams: built from the stored keys, kept up from what all processes add."""

from __future__ import annotations

from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from storage.bulk import marks, rows_of
from storage.engine import Store, Tx
from storage.find.packs import packs_since
from storage.ring import Ring, RingBroken

Ints = NDArray[np.int64]

LEAST_POSTS = 1_000_000
"""Below so many posts the table answers well enough, and a ring is memory for nothing."""
RING_BYTES = 150
"""Memory of a post in the ring, measured on a made-up stream and on real walls (.bytes_per_post of make bench)."""
_AT_ONCE = 200_000
"""Keys added to the ring at a time: their arrays stay in the processor's cache."""
_SPARE = 1.25
"""Rows of a ring for each post of its room: one post of seven has two (texts.similar, overlapping classes)."""


class _KeptRing:
    """A ring and the last row of `post_key_fresh` it has taken in."""

    def __init__(self, posts: int) -> None:
        self.posts = posts
        self.lock = Lock()
        self.ring = Ring(int(posts * _SPARE))
        self.last_id = -1
        self._stamp = 0

    def build(self, tx: Tx) -> None:
        """Fill a new ring from the packed keys and the newcomers; the newest posts win when not all of them fit."""
        self.ring = Ring(int(self.posts * _SPARE))
        self.last_id = -1
        ((newest,),) = rows_of(tx, "SELECT coalesce(max(id), 0) FROM post")
        for keys, postings in packs_since(tx, (newest - self.posts) << 8):
            # Whole posts only: a part ends where the posting changes.
            cuts = np.searchsorted(postings, postings[_AT_ONCE::_AT_ONCE]).tolist()
            for first, last in zip([0, *cuts], [*cuts, len(keys)], strict=True):
                self.ring.add(keys[first:last], postings[first:last])
        self._read_on(tx)

    def follow(self, tx: Tx) -> None:
        """Take in what has come since; build anew when something may have been missed."""
        if not self._read_on(tx):
            first = tx.exec_driver_sql("SELECT min(id) FROM post_key_fresh").scalar()
            if first is None or first > self.last_id:
                self.build(tx)
            else:  # our last row was rolled back: what is there is taken in again, and twice does no harm
                self.last_id = -1
                self._read_on(tx)

    def _read_on(self, tx: Tx) -> bool:
        sql = f"SELECT id, stamp, pairs FROM post_key_fresh WHERE id >= {marks(tx)} ORDER BY id"
        rows = rows_of(tx, sql, (self.last_id,))
        if self.last_id >= 0 and (not rows or rows[0][:2] != (self.last_id, self._stamp)):
            return False
        for row_id, stamp, pairs in rows[1:] if self.last_id >= 0 else rows:
            keys, postings = np.frombuffer(pairs, "<i8").reshape(2, -1)
            order = np.argsort(postings, kind="stable")
            self.ring.add(keys[order], postings[order])
            self.last_id, self._stamp = row_id, stamp
        return True


_rings: WeakKeyDictionary[sa.Engine, _KeptRing] = WeakKeyDictionary()


def open_ring(store: Store, posts: int, least: int | None = None) -> bool:
    """Hold the keys of the newest `posts` posts of this database in memory (some 150 bytes each) and search there.

    Returns False, and changes nothing, while the database holds fewer than `least` posts (LEAST_POSTS unless told).
    """
    least = LEAST_POSTS if least is None else least
    with store.read() as tx:
        if tx.exec_driver_sql("SELECT coalesce(max(id), 0) FROM post").scalar_one() < least:
            return False
        kept = _KeptRing(posts)
        kept.build(tx)
    _rings[store.engine] = kept
    return True


def drop_ring(store: Store) -> None:
    """Go back to the key table; the next `open_ring` builds a new ring."""
    _rings.pop(store.engine, None)


def ring_find(tx: Tx, keys: Ints, newest: int) -> tuple[Ints, Ints] | None:
    """Return (keys, postings) of the posts that have these keys; None when no ring stands in front of this database."""
    kept = _rings.get(tx.engine)
    if kept is None:
        return None
    with kept.lock:
        try:
            kept.follow(tx)
            places, postings = kept.ring.find(keys, newest)
        except RingBroken:
            kept.build(tx)
            places, postings = kept.ring.find(keys, newest)
    return keys[places], postings
