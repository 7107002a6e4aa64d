"""Looks up stored posts that may be copies of a batch: a handful of queries a batch, never a scan, never a query a post."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from risk.group import IDENTITY, THING, Batch, Candidate, Near
from storage.bulk import rows_of, with_ids
from storage.engine import Tx
from storage.find.fresh import fresh_keys
from storage.find.rings import ring_find
from storage.moments import from_db
from texts.similar import NO_KEY

Ints = NDArray[np.int64]

MOST_CANDIDATES, MOST_SHORT = 12, 18
"""Texts fetched for one post; short ones have more rivals with the same few keys."""
SHORT_SIZE = 112
"""Size (risk.group_batch) below which a text is short here: 130 letters."""
_LOOKED_AT_ANYWAY = 4
"""So many best candidates of a short text are looked at even if they share but one common key with it."""
KEY_CAP = 16
"""Newest postings of one key that are looked at and kept: adverts and greetings share keys by the thousand. Measured recall of
candidates on two real streams with 8, 16, 24 of them: .992, .995, .996."""
_FULL = 24
"""A key with more postings in the big table loses the oldest down to KEY_CAP, many at once instead of one with each post."""
SIZE_STEPS = 11
"""Sizes (risk.group_batch: 16 steps a doubling) of texts that are alike at 76 of 100 differ by no more."""
_TELLING = 0.3
"""A candidate with one key in common is looked at when no more than three posts have that key."""
_NEWEST_EXACT = 2
MOST_QUOTES = 2
"""Texts of unlike length fetched for one post."""

_BIG_SQLITE = "SELECT key, posting FROM post_key WHERE key IN (SELECT value FROM json_each(?))"
_BIG_POSTGRESQL = "SELECT key, posting FROM post_key WHERE key = ANY(%s::bigint[])"
_POSTS = "SELECT id, group_id, norm, words, published_at, source_id FROM post WHERE id IN ({ids})"
_EXACT_SQLITE = (
    "SELECT p.norm_hash, p.id FROM ({ids}) w CROSS JOIN post p WHERE p.id IN "
    f"(SELECT q.id FROM post q WHERE q.norm_hash = w.value ORDER BY q.id DESC LIMIT {_NEWEST_EXACT})"
)
# "+ 0": without statistics PostgreSQL would rather walk all posts backwards by id than use the index of hashes (3 s a page).
_EXACT_POSTGRESQL = (
    "SELECT w.unnest, p.id FROM ({ids}) w CROSS JOIN LATERAL "
    f"(SELECT q.id FROM post q WHERE q.norm_hash = w.unnest ORDER BY q.id + 0 DESC LIMIT {_NEWEST_EXACT}) p"
)


def candidates(tx: Tx, batch: Batch) -> Near:
    """Return the stored posts that a batch should be compared with: by shared keys, by the whole text, by the platform's word."""
    rows, columns = np.nonzero(batch.keys != NO_KEY)
    wanted = [(key, index) for index, keys in enumerate(batch.identities) for key in keys]
    keys = np.concatenate([batch.keys[rows, columns], np.array([key for key, _ in wanted], np.int64)])
    owners = np.concatenate([rows, np.array([index for _, index in wanted], np.int64)])
    postings, crowded = _postings(tx, np.unique(keys))
    meetings = _meet(keys, owners, postings)
    found, quoted = _by_text(batch, meetings)
    named, pictured = _by_identity(batch, meetings)
    keyed = frozenset(chain.from_iterable(found))
    _add_exact(tx, batch, found)
    posts = _fetch(tx, sorted({one for some in (found, quoted, named, pictured) for one in chain.from_iterable(some)}))
    return Near(
        posts=posts,
        found=_known(found, posts),
        named=_known(named, posts),
        pictured=_known(pictured, posts),
        quoted=_known(quoted, posts),
        keyed=keyed,
        crowded=crowded,
    )


def _known(ids: list[list[int]], posts: dict[int, Candidate]) -> tuple[tuple[int, ...], ...]:
    """Leave out posts that are gone: keys may outlive them."""
    return tuple(tuple(post_id for post_id in some if post_id in posts) for some in ids)


def _postings(tx: Tx, keys: Ints) -> tuple[Ints, tuple[tuple[int, int], ...]]:
    """Return the rows (key, posting) of these keys, sorted, each once, and which keys of the big table are crowded."""
    ring = ring_find(tx, keys, KEY_CAP)
    if ring is not None:
        return _sorted([ring]), ()
    big = _big(tx, keys)
    return _sorted([big, fresh_keys(tx).find(keys, KEY_CAP)]), _crowded(keys, *big)


def _sorted(parts: list[tuple[Ints, Ints]]) -> Ints:
    key, posting = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((posting, key))
    key, posting = key[order], posting[order]
    once = np.ones(len(key), np.bool_)
    once[1:] = (key[1:] != key[:-1]) | (posting[1:] != posting[:-1])
    return np.stack([key[once], posting[once]])


def _big(tx: Tx, keys: Ints) -> tuple[Ints, Ints]:
    """Return the rows of these keys in the big table, as the driver gives them: thousands a page need no wrapping."""
    if not rows_of(tx, "SELECT 1 FROM post_key LIMIT 1"):  # nothing has moved yet
        return keys[:0], keys[:0]
    if tx.dialect.name == "sqlite":
        rows = rows_of(tx, _BIG_SQLITE, (f"[{','.join(map(str, keys.tolist()))}]",))
    else:
        rows = rows_of(tx, _BIG_POSTGRESQL, (keys.tolist(),))
    pairs = np.fromiter(chain.from_iterable(rows), np.int64, 2 * len(rows)).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


@dataclass(frozen=True, slots=True)
class _Meetings:
    """Where a key of a post of the batch meets one of a stored post; arrays of one length."""

    key: Ints
    owner: Ints
    posting: Ints
    weight: NDArray[np.float64]
    """One over the number of stored posts with the key: a rare key says more than a signature that all posts have."""

    def where(self, which: NDArray[np.bool_]) -> _Meetings:
        """Return a part of the meetings."""
        return _Meetings(self.key[which], self.owner[which], self.posting[which], self.weight[which])


def _meet(keys: Ints, owners: Ints, rows: Ints) -> _Meetings:
    first, last = np.searchsorted(rows[0], keys, "left"), np.searchsorted(rows[0], keys, "right")
    first = np.maximum(first, last - KEY_CAP)
    count = last - first
    at = np.repeat(first, count) + np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    weight = np.repeat(1.0 / np.maximum(count, 1), count)
    return _Meetings(np.repeat(keys, count), np.repeat(owners, count), rows[1][at], weight)


def _by_identity(batch: Batch, meetings: _Meetings) -> tuple[list[list[int]], list[list[int]]]:
    """Return the ids of posts that the platform ties to each post of the batch, and of those with its attachments."""
    named: list[list[int]] = [[] for _ in batch.posts]
    pictured: list[list[int]] = [[] for _ in batch.posts]
    some = meetings.where(meetings.key >= IDENTITY)
    for key, index, posting in zip(some.key.tolist(), some.owner.tolist(), some.posting.tolist(), strict=True):
        (pictured if key & THING else named)[index].append(posting >> 8)
    return named, pictured


def _by_text(batch: Batch, meetings: _Meetings) -> tuple[list[list[int]], list[list[int]]]:
    """Return the ids of the likeliest copies of each post, best first, and of texts that may quote it or be quoted by it."""
    texts = meetings.where(meetings.key < IDENTITY)
    sizes = np.array(batch.sizes, np.int64)
    alike = np.abs(sizes[texts.owner] - (texts.posting & 255)) <= SIZE_STEPS
    short = sizes < SHORT_SIZE
    copies = _heaviest(texts.where(alike))
    most = np.where(short, MOST_SHORT, MOST_CANDIDATES)[copies.owner]
    good = (copies.shared > 1) | (copies.score >= _TELLING) | (short[copies.owner] & (copies.rank < _LOOKED_AT_ANYWAY))
    quotes = _heaviest(texts.where(~alike))
    telling = (quotes.shared > 1) & (quotes.score >= _TELLING) & (quotes.rank < MOST_QUOTES)
    return copies.ids(good & (copies.rank < most), len(sizes)), quotes.ids(telling, len(sizes))


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Stored posts that share keys with a post of the batch, of each post the heaviest first; arrays of one length."""

    owner: Ints
    posting: Ints
    shared: Ints
    score: NDArray[np.float64]
    rank: Ints

    def ids(self, which: NDArray[np.bool_], posts: int) -> list[list[int]]:
        """Return the ids of some of them for each post of the batch, in their order."""
        found: list[list[int]] = [[] for _ in range(posts)]
        for index, posting in zip(self.owner[which].tolist(), self.posting[which].tolist(), strict=True):
            found[index].append(posting >> 8)
        return found


def _heaviest(meetings: _Meetings) -> _Ranked:
    order = np.lexsort((meetings.posting, meetings.owner))
    owner, posting = meetings.owner[order], meetings.posting[order]
    new = np.ones(len(owner), np.bool_)
    new[1:] = (owner[1:] != owner[:-1]) | (posting[1:] != posting[:-1])
    starts = np.flatnonzero(new)
    shared = np.diff(np.append(starts, len(owner)))
    score = np.add.reduceat(meetings.weight[order], starts) if len(starts) else np.zeros(0)
    owner, posting = owner[starts], posting[starts]
    order = np.lexsort((-posting, -score, owner))
    owner = owner[order]
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner, "left")
    return _Ranked(owner, posting[order], shared[order], score[order], rank)


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


def _crowded(keys: Ints, found: Ints, postings: Ints) -> tuple[tuple[int, int], ...]:
    """Return (key, oldest posting to keep) of the keys of the big table that hold too many."""
    held = np.bincount(np.searchsorted(keys, found), minlength=len(keys))
    full = keys[held > _FULL].tolist()
    return tuple((key, int(np.sort(postings[found == key])[-KEY_CAP])) for key in full)
