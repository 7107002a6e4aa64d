"""Looks up stored posts that may be copies of a batch: a handful of queries a batch, never a scan, never a query a post."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk.group import IDENTITY, Batch, Candidate, Near
from storage.bulk import with_ids
from storage.engine import Tx
from storage.find.fresh import fresh_keys
from storage.moments import from_db
from texts.similar import NO_KEY

Ints = NDArray[np.int64]

MOST_CANDIDATES = 12
"""Texts fetched for one post; measured on two real streams: 5 find .992 of the twins, 8 .995, 12 .997."""
KEY_CAP = 24
"""Newest postings of one key that are looked at and kept: adverts and greetings share keys by the thousand."""
_SIZE_STEPS = 11
"""Sizes (risk.group_batch: 16 steps a doubling) of texts that are alike at 76 of 100 differ by no more."""
_TELLING = 0.3
"""A candidate with one key in common is looked at when no more than three posts have that key."""
_NEWEST_EXACT = 2

_POSTS = "SELECT id, group_id, norm, words, published_at, source_id FROM post WHERE id IN ({ids})"
_EXACT_SQLITE = (
    "SELECT p.norm_hash, p.id FROM ({ids}) w CROSS JOIN post p WHERE p.id IN "
    f"(SELECT q.id FROM post q WHERE q.norm_hash = w.value ORDER BY q.id DESC LIMIT {_NEWEST_EXACT})"
)
_EXACT_POSTGRESQL = (
    "SELECT w.unnest, p.id FROM ({ids}) w CROSS JOIN LATERAL "
    f"(SELECT q.id FROM post q WHERE q.norm_hash = w.unnest ORDER BY q.id DESC LIMIT {_NEWEST_EXACT}) p"
)


def candidates(tx: Tx, batch: Batch) -> Near:
    """Return the stored posts that a batch should be compared with: by shared keys, by the whole text, by the platform's word."""
    rows, columns = np.nonzero(batch.keys != NO_KEY)
    wanted = [(key, index) for index, keys in enumerate(batch.wanted) for key in keys]
    keys = np.concatenate([batch.keys[rows, columns], np.array([key for key, _ in wanted], np.int64)])
    owners = np.concatenate([rows, np.array([index for _, index in wanted], np.int64)])
    postings = _postings(tx, np.unique(keys))
    found, named = _rank(batch, keys, owners, postings)
    keyed = frozenset(chain.from_iterable(found))
    _add_exact(tx, batch, found)
    posts = _fetch(tx, sorted({*chain.from_iterable(found), *chain.from_iterable(named)}))
    return Near(posts, _known(found, posts), _known(named, posts), keyed, _crowded(postings))


def _known(ids: list[list[int]], posts: dict[int, Candidate]) -> tuple[tuple[int, ...], ...]:
    """Leave out posts that are gone: keys may outlive them."""
    return tuple(tuple(post_id for post_id in some if post_id in posts) for some in ids)


def _postings(tx: Tx, keys: Ints) -> Ints:
    """Return the rows (key, posting) of these keys in the big table and among the newcomers, sorted, each once."""
    wanted = keys.tolist()
    # SQLite: numbers stand in the statement itself, for a bound list is limited in length and slower to hand over.
    rows: Sequence[Any] = ()
    if wanted and tx.dialect.name == "sqlite":
        rows = _tuples(tx, f"SELECT key, posting FROM post_key WHERE key IN ({','.join(map(str, wanted))})")
    elif wanted:
        rows = _tuples(tx, "SELECT key, posting FROM post_key WHERE key = ANY(%s::bigint[])", (wanted,))
    big = np.fromiter(chain.from_iterable(rows), np.int64, 2 * len(rows)).reshape(-1, 2)
    fresh, theirs = fresh_keys(tx).find(keys, KEY_CAP)
    key, posting = np.concatenate([big[:, 0], fresh]), np.concatenate([big[:, 1], theirs])
    order = np.lexsort((posting, key))
    key, posting = key[order], posting[order]
    once = np.ones(len(key), np.bool_)
    once[1:] = (key[1:] != key[:-1]) | (posting[1:] != posting[:-1])
    return np.stack([key[once], posting[once]])


def _tuples(tx: Tx, sql: str, values: tuple[Any, ...] | None = None) -> list[Any]:
    """Run a query and return the driver's own tuples: tens of thousands of rows a second need no wrapping."""
    result = tx.exec_driver_sql(sql, values) if values else tx.exec_driver_sql(sql)
    rows = list(result.cursor.fetchall())
    result.close()
    return rows


def _rank(batch: Batch, keys: Ints, owners: Ints, rows: Ints) -> tuple[list[list[int]], list[list[int]]]:
    """Return for each post the ids of its best candidates by text, and of those that the platform ties to it."""
    first, last = np.searchsorted(rows[0], keys, "left"), np.searchsorted(rows[0], keys, "right")
    first = np.maximum(first, last - KEY_CAP)
    count = last - first
    at = np.repeat(first, count) + np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    owner, posting = np.repeat(owners, count), rows[1][at]
    # A key that few posts have says more than a signature that all posts of a channel have.
    weight = np.repeat(1.0 / np.maximum(count, 1), count)
    named: list[list[int]] = [[] for _ in batch.posts]
    identity = np.repeat(keys >= IDENTITY, count)
    for index, one in zip(owner[identity].tolist(), posting[identity].tolist(), strict=True):
        named[index].append(one >> 8)
    alike = ~identity
    alike &= np.abs(np.array(batch.sizes, np.int64)[owner] - (posting & 255)) <= _SIZE_STEPS
    return _best(owner[alike], posting[alike], weight[alike], len(batch.posts)), named


def _best(owner: Ints, posting: Ints, weight: NDArray[np.float64], posts: int) -> list[list[int]]:
    """Return the ids of the MOST_CANDIDATES heaviest postings of each post, heaviest first."""
    found: list[list[int]] = [[] for _ in range(posts)]
    if not len(owner):
        return found
    order = np.lexsort((posting, owner))
    owner, posting, weight = owner[order], posting[order], weight[order]
    starts = np.flatnonzero(np.append(True, (owner[1:] != owner[:-1]) | (posting[1:] != posting[:-1])))
    shared = np.diff(np.append(starts, len(owner)))
    score = np.add.reduceat(weight, starts)
    good = (shared > 1) | (score >= _TELLING)
    owner, posting, score = owner[starts][good], posting[starts][good], score[good]
    order = np.lexsort((-posting, -score, owner))
    owner, posting = owner[order], posting[order]
    rank = np.arange(len(owner)) - np.searchsorted(owner, np.arange(posts))[owner]
    top = rank < MOST_CANDIDATES
    for index, one in zip(owner[top].tolist(), posting[top].tolist(), strict=True):
        found[index].append(one >> 8)
    return found


def _add_exact(tx: Tx, batch: Batch, found: list[list[int]]) -> None:
    """Put the newest posts with the very same text in front."""
    hashes = sorted({value for value in batch.norm_hashes if value})
    by_hash: dict[int, list[int]] = {}
    for value, post_id in with_ids(tx, _EXACT_SQLITE if tx.dialect.name == "sqlite" else _EXACT_POSTGRESQL, hashes):
        by_hash.setdefault(value, []).append(post_id)
    for index, value in enumerate(batch.norm_hashes):
        if value in by_hash:
            found[index][:] = dict.fromkeys([*sorted(by_hash[value], reverse=True), *found[index]])


def _fetch(tx: Tx, ids: list[int]) -> dict[int, Candidate]:
    return {
        row[0]: Candidate(row[0], row[1], bytes(row[2]), row[3], from_db(row[4]), row[5])
        for row in with_ids(tx, _POSTS, ids)
    }


def _crowded(rows: Ints) -> tuple[tuple[int, int], ...]:
    """Return the oldest rows of keys that are full already, so that adding to them keeps the cap."""
    keys = rows[0]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, np.int64)
    over = np.diff(np.append(starts, len(keys))) + 1 - KEY_CAP
    crowded: list[tuple[int, int]] = []
    for start, count in zip(starts[over > 0].tolist(), over[over > 0].tolist(), strict=True):
        crowded += zip(*rows[:, start : start + count].tolist(), strict=True)
    return tuple(crowded)
