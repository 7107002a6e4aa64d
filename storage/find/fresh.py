"""Keys that have not reached the big table yet, held in memory beside the connection and checked against the database each time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from storage.bulk import marks, rows_of
from storage.engine import Tx

Ints = NDArray[np.int64]
_SLOT = "otklik.fresh_keys"


class FreshKeys:
    """The rows of `post_key_fresh` as sorted arrays; one for each connection to the database.

    Arrays of like size are merged as they come (a log-structured tree), so that a search visits few of them.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Hold nothing: the next refresh reads everything anew."""
        self.first_id = self.last_id = -1
        self._stamp = 0
        self.tiers: list[tuple[Ints, Ints]] = []

    def __len__(self) -> int:
        return sum(len(keys) for keys, _ in self.tiers)

    def refresh(self, tx: Tx) -> None:
        """Bring the arrays to what this transaction sees; reads only what is new, unless rows we know are gone or replaced."""
        ((first,),) = rows_of(tx, "SELECT coalesce(min(id), -1) FROM post_key_fresh")
        if first != self.first_id or not self._read_on(tx):
            self.forget()
            self.first_id = first
            self._read_on(tx)

    def _read_on(self, tx: Tx) -> bool:
        """Read from the last known row on; False when that row is not what it was (rolled back, moved)."""
        sql = f"SELECT id, stamp, pairs FROM post_key_fresh WHERE id >= {marks(tx)} ORDER BY id"
        rows = rows_of(tx, sql, (self.last_id,))
        if self.last_id >= 0 and (not rows or rows[0][:2] != (self.last_id, self._stamp)):
            return False
        new = rows[1:] if self.last_id >= 0 else rows
        if new:
            self._add([np.frombuffer(pairs, "<i8").reshape(2, -1) for _, _, pairs in new])
            self.last_id, self._stamp = new[-1][:2]
        return True

    def _add(self, blocks: list[Ints]) -> None:
        keys, postings = np.concatenate(blocks, axis=1)
        order = np.argsort(keys, kind="stable")
        self.tiers.append((keys[order], postings[order]))
        while len(self.tiers) > 1 and 3 * len(self.tiers[-1][0]) > len(self.tiers[-2][0]):
            two, one = self.tiers.pop(), self.tiers.pop()
            keys, postings = np.concatenate([one[0], two[0]]), np.concatenate([one[1], two[1]])
            order = np.argsort(keys, kind="stable")
            self.tiers.append((keys[order], postings[order]))

    def has(self, rows: Sequence[tuple[int, int]]) -> bool:
        """Tell whether any of these rows (key, posting) is here."""
        found, postings = self.find(np.unique(np.array([key for key, _ in rows], np.int64)), len(self))
        return not set(rows).isdisjoint(zip(found.tolist(), postings.tolist(), strict=True))

    def find(self, keys: Ints, newest: int) -> tuple[Ints, Ints]:
        """Return (keys, postings) of the rows with these keys (ascending, distinct); of each key the `newest` of an array at most."""
        found = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
        for tier, postings in self.tiers:
            last = np.searchsorted(tier, keys, "right")
            count = np.minimum(last - np.searchsorted(tier, keys, "left"), newest)
            hit = np.flatnonzero(count)
            count = count[hit]
            at = (
                np.repeat(last[hit], count)
                - 1
                - (np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count))
            )
            found.append((tier[at], postings[at]))
        return np.concatenate([one for one, _ in found]), np.concatenate([two for _, two in found])


def fresh_keys(tx: Tx) -> FreshKeys:
    """Return the fresh keys as this transaction sees them."""
    fresh: FreshKeys = tx.info.setdefault(_SLOT, FreshKeys())
    fresh.refresh(tx)
    return fresh
