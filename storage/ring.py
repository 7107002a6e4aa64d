"""Keys of the newest posts in flat arrays in memory: the same look-up as the key table, some ten times faster, for big streams.

Nothing of it is stored: it is built from `post_key_pack` and `post_key_fresh` (storage.find.rings) and can be thrown away at any moment.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

ROW = 10
"""Keys in a row of the ring; a post has one row, or two when it has more keys."""
_EMPTY = np.uint32(0xFFFFFFFF)
_NOTHING = np.uint64(_EMPTY)
_HALF = np.uint64(32)
_STEPS = 40
"""Links of a chain that are followed: hot keys end there. Chains of other keys are 2 links long."""
_FINGERPRINT = np.uint64(12)
"""Bits of a key that the fingerprint leaves out; the chain's own number makes up for them."""


def _prints(keys: Ints) -> NDArray[np.uint64]:
    return keys.astype(np.uint64) >> _FINGERPRINT & _NOTHING


class RingBroken(RuntimeError):
    """Кольцо ключей в памяти прервано на середине записи: постройте его заново (storage.find.rings.drop_ring)."""


class Ring:
    """The keys of the newest posts: old rows are overwritten by new ones when the ring is full.

    `_head[chain]` is the newest entry of a chain; `_link[entry]` holds the fingerprint of its key and the next older entry side by
    side, for each look into it is a look into memory that no cache holds. A link always goes to something older, so that a link to
    an overwritten entry shows itself: it leads to something newer.
    """

    def __init__(self, rows: int) -> None:
        """Make room for `rows` rows: 88 bytes each, and 4 bytes for every second key."""
        if not 0 < rows < (1 << 31) // ROW:
            raise ValueError(f"Кольцо ключей на {rows} строк: задайте от 1 до {(1 << 31) // ROW - 1}")
        self.rows = rows
        self._entries = rows * ROW
        self._mask = np.int64((1 << max(4, (self._entries // 2).bit_length())) - 1)
        self._head = np.full(int(self._mask) + 1, _EMPTY, np.uint32)
        self._link = np.full(self._entries, _NOTHING, np.uint64)
        self._posting = np.full(rows, -1, np.int64)
        self._cursor = 0  # the row that is written next
        self._whole = True
        self.written = 0

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return self._head.nbytes + self._link.nbytes + self._posting.nbytes

    def add(self, keys: Ints, postings: Ints) -> None:
        """Add keys with the postings of their posts; keys of one post stand together, the older post first.

        When it is broken off in the middle (an interrupt, no memory), the ring says so from then on and never answers wrongly.
        """
        self._check()
        first = (
            np.flatnonzero(np.append(True, postings[1:] != postings[:-1])) if len(postings) else np.zeros(0, np.int64)
        )
        counts = np.diff(np.append(first, len(postings)))
        rank = np.arange(len(keys)) - np.repeat(first, counts)
        rows_each = -(-counts // ROW)
        row = np.repeat(np.cumsum(rows_each) - rows_each, counts) + rank // ROW
        owners = np.repeat(postings[first], rows_each)
        if len(owners) > self.rows:  # only the newest fit
            skip = len(owners) - self.rows
            keys, rank, row, owners = keys[row >= skip], rank[row >= skip], row[row >= skip] - skip, owners[skip:]
        self._write(keys, (self._cursor + row) % self.rows * ROW + rank % ROW, owners)

    def _write(self, keys: Ints, entries: Ints, owners: Ints) -> None:
        self._whole = False
        at = (self._cursor + np.arange(len(owners))) % self.rows
        self._posting[at] = owners
        # Entries of these rows that the new post does not fill must not be taken for its own.
        self._link.reshape(self.rows, ROW)[at] = _NOTHING
        # Chains in order, the older entry first: a sort of whole numbers that end with their own places.
        bits = np.int64(max(1, len(keys)).bit_length())
        packed = np.sort((keys & self._mask) << bits | np.arange(len(keys)))
        order = packed & ((np.int64(1) << bits) - 1)
        chains, entries = packed >> bits, entries[order].astype(np.uint32)
        same = chains[1:] == chains[:-1]
        older = self._head[chains]
        older[1:][same] = entries[:-1][same]
        self._link[entries] = _prints(keys[order]) << _HALF | older
        newest = np.append(~same, True) if len(chains) else np.zeros(0, np.bool_)
        self._head[chains[newest]] = entries[newest]
        self._cursor = (self._cursor + len(owners)) % self.rows
        self.written += len(owners)
        self._whole = True

    def find(self, keys: Ints, newest: int) -> tuple[Ints, Ints]:
        """Return (places in `keys`, postings) of the posts that have these keys, at most `newest` a key, the newest first."""
        self._check()
        places = np.argsort(keys & self._mask)  # neighbours in memory one after another
        prints = _prints(keys[places])
        entry = self._head[keys[places] & self._mask]
        age = np.full(len(keys), -1, np.int64)
        hits = np.zeros(len(keys), np.int64)
        newest_entry = self._cursor * ROW - 1
        found, postings = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for _ in range(_STEPS):
            here = newest_entry - entry.astype(np.int64)
            here += (here < 0) * self._entries  # how many entries ago it was written
            alive = np.flatnonzero((entry != _EMPTY) & (here > age))
            if not len(alive):
                break
            places, prints, entry, age = places[alive], prints[alive], entry[alive], here[alive]
            link = self._link[entry]
            hit = np.flatnonzero(link >> _HALF == prints)
            found.append(places[hit])
            postings.append(self._posting[entry[hit] // np.uint32(ROW)])
            hits[places[hit]] += 1
            entry = link.astype(np.uint32)  # its lower half
            entry[hits[places] >= newest] = _EMPTY
        return np.concatenate(found), np.concatenate(postings)

    def _check(self) -> None:
        if not self._whole:
            raise RingBroken(RingBroken.__doc__)
