"""Looks up stored posts that may be copies of a batch: three queries a batch, never a scan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk.group import IDENTITY, Batch, Candidate, Near
from storage.engine import Tx
from storage.moments import from_db
from texts.similar import NO_KEY

MOST_CANDIDATES = 6
"""Texts fetched for one post."""
KEY_CAP = 24
"""Newest postings kept of one key: adverts and greetings share keys by the thousand (storage.keep.near drops the older ones)."""
_SIZE_STEPS = 11
"""Texts whose sizes (risk.group_batch: 16 steps a doubling) differ more cannot be alike at 76 of 100, only quote one another."""

_POST_COLUMNS = "id, group_id, norm, words, published_at, source_id"


def _read(tx: Tx, sqlite: str, postgresql: str, values: list[int]) -> Sequence[Any]:
    """Run the statement of this database for a list of whole numbers."""
    if not values:
        return []
    if tx.dialect.name == "sqlite":
        # Numbers stand in the statement itself: a bound list is limited in length and slower to hand over.
        return tx.exec_driver_sql(sqlite.format(",".join(map(str, values)))).fetchall()
    return tx.exec_driver_sql(postgresql, (values,)).fetchall()


def candidates(tx: Tx, batch: Batch) -> Near:
    """Return the stored posts that a batch should be compared with: by shared keys, by the whole text, by the platform's word."""
    rows, columns = np.nonzero(batch.keys != NO_KEY)
    wanted = [(key, index) for index, keys in enumerate(batch.wanted) for key in keys]
    keys = np.concatenate([batch.keys[rows, columns], np.array([key for key, _ in wanted], np.int64)])
    owners = np.concatenate([rows, np.array([index for _, index in wanted], np.int64)])
    postings = np.array(
        _read(
            tx,
            "SELECT key, posting FROM post_key WHERE key IN ({})",
            "SELECT key, posting FROM post_key WHERE key = ANY(%s::bigint[])",
            np.unique(keys).tolist(),
        ),
        np.int64,
    ).reshape(-1, 2)
    postings = postings[np.lexsort((postings[:, 1], postings[:, 0]))]
    found, named = _rank(batch, keys, owners, postings)
    _add_exact(tx, batch, found)
    ids = sorted({post_id for posts in (*found, *named) for post_id in posts})
    posts = _fetch(tx, ids)
    return Near(
        posts,
        tuple(tuple(i for i in ids if i in posts) for ids in found),
        tuple(tuple(i for i in ids if i in posts) for ids in named),
        _crowded(postings),
    )


def _rank(
    batch: Batch, keys: NDArray[np.int64], owners: NDArray[np.int64], postings: NDArray[np.int64]
) -> tuple[list[list[int]], list[list[int]]]:
    """Return for each post the ids of its best candidates by text, and of those that the platform ties to it."""
    first = np.searchsorted(postings[:, 0], keys, "left")
    count = np.searchsorted(postings[:, 0], keys, "right") - first
    total = int(count.sum())
    at = np.repeat(first, count) + np.arange(total) - np.repeat(np.cumsum(count) - count, count)
    owner, posting = np.repeat(owners, count), postings[at, 1]
    # A key that few posts have says more than a signature that all posts of a channel have.
    weight = np.repeat(1.0 / np.maximum(count, 1), count)
    identity = np.repeat(keys >= IDENTITY, count)
    named: list[list[int]] = [[] for _ in batch.posts]
    for index, post_id in zip(owner[identity].tolist(), (posting[identity] >> 8).tolist(), strict=True):
        named[index].append(post_id)
    sizes = np.array(batch.sizes, np.int64)
    alike = ~identity & (np.abs(sizes[owner] - (posting & 255)) <= _SIZE_STEPS)
    pair, inverse = np.unique(np.stack([owner[alike], posting[alike]]), axis=1, return_inverse=True)
    score = np.bincount(inverse.ravel(), weights=weight[alike], minlength=pair.shape[1])
    best = np.lexsort((-pair[1], -score, pair[0]))
    found: list[list[int]] = [[] for _ in batch.posts]
    for index, post_id in zip(pair[0][best].tolist(), (pair[1][best] >> 8).tolist(), strict=True):
        if len(found[index]) < MOST_CANDIDATES:
            found[index].append(post_id)
    return found, named


def _add_exact(tx: Tx, batch: Batch, found: list[list[int]]) -> None:
    """Put the newest posts with the very same text in front."""
    hashes = {value for value in batch.norm_hashes if value}
    newest = _read(
        tx,
        "WITH wanted(h) AS (SELECT value FROM json_each('[{}]')) SELECT p.norm_hash, p.id FROM wanted JOIN post p ON p.id IN "
        "(SELECT q.id FROM post q WHERE q.norm_hash = wanted.h ORDER BY q.id DESC LIMIT 2)",
        "SELECT w.h, p.id FROM unnest(%s::bigint[]) AS w(h), LATERAL "
        "(SELECT q.id FROM post q WHERE q.norm_hash = w.h ORDER BY q.id DESC LIMIT 2) p",
        sorted(hashes),
    )
    by_hash: dict[int, list[int]] = {}
    for value, post_id in newest:
        by_hash.setdefault(value, []).append(int(post_id))
    for index, value in enumerate(batch.norm_hashes):
        if value in by_hash:
            found[index][:] = dict.fromkeys([*sorted(by_hash[value], reverse=True), *found[index]])


def _fetch(tx: Tx, ids: list[int]) -> dict[int, Candidate]:
    rows = _read(
        tx,
        f"SELECT {_POST_COLUMNS} FROM post WHERE id IN ({{}})",
        f"SELECT {_POST_COLUMNS} FROM post WHERE id = ANY(%s::bigint[])",
        ids,
    )
    return {row[0]: Candidate(row[0], row[1], bytes(row[2]), row[3], from_db(row[4]), row[5]) for row in rows}


def _crowded(postings: NDArray[np.int64]) -> tuple[tuple[int, int], ...]:
    """Return the oldest rows of keys that are full already, so that adding to them keeps the cap."""
    if not len(postings):
        return ()
    starts = np.flatnonzero(np.append(True, postings[1:, 0] != postings[:-1, 0]))
    counts = np.diff(np.append(starts, len(postings)))
    rows: list[tuple[int, int]] = []
    for start, count in zip(starts.tolist(), counts.tolist(), strict=True):
        rows += [(int(key), int(posting)) for key, posting in postings[start : start + max(0, count + 1 - KEY_CAP)]]
    return tuple(rows)
