"""Keys that have reached the big table, once more and in the order of their posts: what a ring is built from at a stroke."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from storage.bulk import Row, marks, rows_of
from storage.engine import Tx

Ints = NDArray[np.int64]


def pack(keys: Ints, postings: Ints) -> bytes:
    """Return keys with their postings as bytes, in the order of postings: 91 a post where the pairs themselves take 160.

    Little-endian: how many posts, their postings, how many keys each has (two bytes), then all keys; eight bytes each otherwise.
    """
    order = np.argsort(postings, kind="stable")
    postings = postings[order]
    first = np.flatnonzero(np.append(True, postings[1:] != postings[:-1])) if len(postings) else order
    counts = np.diff(np.append(first, len(postings))).astype("<u2")
    head = np.array([len(first)], "<i8")
    return b"".join(part.tobytes() for part in (head, postings[first].astype("<i8"), counts, keys[order].astype("<i8")))


def unpack(packed: bytes) -> tuple[Ints, Ints]:
    """Return (keys, postings) of `pack`, keys of one post together."""
    posts = int(np.frombuffer(packed, "<i8", 1)[0])
    postings = np.frombuffer(packed, "<i8", posts, 8)
    counts = np.frombuffer(packed, "<u2", posts, 8 + 8 * posts)
    keys = np.frombuffer(packed, "<i8", int(counts.sum(dtype=np.int64)), 8 + 10 * posts)
    return keys.astype(np.int64), np.repeat(postings, counts).astype(np.int64)


def packs_since(tx: Tx, posting: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield (keys, postings) of all packs that hold this posting or a later one, as they came; one in memory at a time."""
    wanted = rows_of(tx, f"SELECT id FROM post_key_pack WHERE last_posting >= {marks(tx)} ORDER BY id", (posting,))
    for one in wanted:
        ((packed,),) = rows_of(tx, f"SELECT pairs FROM post_key_pack WHERE id = {marks(tx)}", one)
        yield unpack(packed)


def packs_between(tx: Tx, least: int, most: int) -> list[Row]:
    """Return (id, packed) of the packs that may hold postings between two."""
    sql = f"SELECT id, pairs FROM post_key_pack WHERE last_posting >= {marks(tx)} AND first_posting <= {marks(tx)}"
    return rows_of(tx, sql, (least, most))
