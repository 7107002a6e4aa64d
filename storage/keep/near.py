"""Keeps the keys by which later copies will find the posts of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from risk.group import Batch, Near
from storage.bulk import driver, insert, marks, rows_of
from storage.engine import Tx
from storage.find.fresh import FreshKeys, fresh_keys
from storage.find.near import KEY_CAP
from storage.find.packs import pack, packs_between, unpack
from storage.tables.near import post_key, post_key_move
from texts.similar import NO_KEY, text_hash

Ints = NDArray[np.int64]

SAME_TEXT_DAYS = 7
"""A text that came so lately has its keys already; a later copy renews them, so that they are among the newest again."""
_LEAST_FRESH = 600_000
"""Rows that are too few to be worth moving (60,000 posts, 10 MB in memory): a million posts have as many newcomers at any time, and
to move a post's keys and look them up in the big table costs 30 us, in memory 5."""
_FRESH_SHARE = 16
"""Newcomers begin to move when they are a sixteenth of all posts: then some ten of them share a page of the big table."""
_SLICES = 64
"""So many batches share the work of one move."""
_ALL = (1 << 63) - 1


def add_keys(tx: Tx, ids: Sequence[int], batch: Batch, near: Near | None = None) -> int:
    """Store the keys of a batch whose posts got these ids (in the order of the batch); return the number of keys.

    Give the `near` of the same transaction: it says which crowded keys must lose their oldest postings, so that no key grows
    beyond storage.find.near.KEY_CAP for long, and whose text has its keys already.
    """
    if len(ids) != len(batch.posts):
        raise ValueError(f"Постов в пачке {len(batch.posts)}, а номеров {len(ids)}: передайте номер каждого поста")
    if near is not None and near.crowded:
        sql = f"DELETE FROM post_key WHERE key = {marks(tx)} AND posting < {marks(tx)}"
        tx.exec_driver_sql(sql, list(near.crowded))
    known = _known_texts(batch, near) if near is not None else frozenset()
    pairs = _pairs(ids, batch, known)
    if pairs.shape[1]:
        blob = np.ascontiguousarray(pairs, "<i8").tobytes()
        sql = f"INSERT INTO post_key_fresh (stamp, pairs) VALUES ({marks(tx)}, {marks(tx)})"
        driver(tx).execute(sql, (text_hash(blob), blob))
    _move(tx)
    return int(pairs.shape[1])


def keys_of(ids: Sequence[int], batch: Batch) -> list[tuple[int, int]]:
    """Return the rows (key, posting) that posts with these ids have or had, ascending."""
    return sorted({(key, posting) for key, posting in _pairs(ids, batch, frozenset()).T.tolist()})


def drop_keys(tx: Tx, rows: Sequence[tuple[int, int]]) -> None:
    """Delete rows (key, posting), as `keys_of` tells them, wherever they are by now."""
    _drop_moved(tx, rows)
    _drop_packed(tx, rows)
    fresh = fresh_keys(tx)
    if rows and fresh.has(rows):
        _rewrite(tx, set(rows))
        fresh.forget()


def _drop_moved(tx: Tx, rows: Sequence[tuple[int, int]]) -> None:
    if rows:
        tx.exec_driver_sql(f"DELETE FROM post_key WHERE key = {marks(tx)} AND posting = {marks(tx)}", list(rows))


def _drop_packed(tx: Tx, rows: Sequence[tuple[int, int]]) -> None:
    if not rows:
        return
    gone, owners = set(rows), np.unique(np.array([posting for _, posting in rows], np.int64))
    for pack_id, packed in packs_between(tx, int(owners[0]), int(owners[-1])):
        keys, postings = unpack(packed)
        kept = np.ones(len(keys), np.bool_)
        for at in np.flatnonzero(np.isin(postings, owners)).tolist():
            kept[at] = (int(keys[at]), int(postings[at])) not in gone
        if not kept.all():
            sql = f"UPDATE post_key_pack SET pairs = {marks(tx)} WHERE id = {marks(tx)}"
            driver(tx).execute(sql, (pack(keys[kept], postings[kept]), pack_id))


def _rewrite(tx: Tx, gone: set[tuple[int, int]]) -> None:
    """Write the rows of newcomers anew without some of their keys; a new stamp on the last one tells other processes."""
    rows = [tuple(row) for row in tx.exec_driver_sql("SELECT id, pairs FROM post_key_fresh ORDER BY id")]
    for row_id, pairs in rows:
        old = np.frombuffer(pairs, "<i8").reshape(2, -1)
        kept = old[:, [pair not in gone for pair in zip(*old.tolist(), strict=True)]]
        if kept.shape[1] < old.shape[1] or row_id == rows[-1][0]:
            blob = np.ascontiguousarray(kept, "<i8").tobytes()
            sql = f"UPDATE post_key_fresh SET stamp = {marks(tx)}, pairs = {marks(tx)} WHERE id = {marks(tx)}"
            tx.exec_driver_sql(sql, (text_hash(blob + b"rewritten"), blob, row_id))


def _known_texts(batch: Batch, near: Near) -> frozenset[int]:
    """Return the places of posts whose very text has keys already, from a post of late or from an earlier one of the batch."""
    lately = timedelta(days=SAME_TEXT_DAYS)
    known = set()
    first: dict[bytes, int] = {}
    for index, norm in enumerate(batch.norms):
        moment = batch.posts[index].published_at
        earlier = first.setdefault(norm, index)
        if earlier < index and abs(batch.posts[earlier].published_at - moment) < lately:
            known.add(index)
        for post_id in near.found[index]:
            other = near.posts[post_id]
            if post_id in near.keyed and other.norm == norm and abs(other.published_at - moment) < lately:
                known.add(index)
    return frozenset(known)


def _pairs(ids: Sequence[int], batch: Batch, known: frozenset[int]) -> Ints:
    """Return keys and postings of a batch as two rows of one array."""
    postings = np.array([post_id << 8 | size for post_id, size in zip(ids, batch.sizes, strict=True)], np.int64)
    wanted = batch.keys != NO_KEY
    wanted[sorted(known)] = False
    rows, columns = np.nonzero(wanted)
    named = [(key, index) for index, keys in enumerate(batch.identities) for key in set(keys)]
    keys = np.concatenate([batch.keys[rows, columns], np.array([key for key, _ in named], np.int64)])
    return np.stack([keys, postings[np.concatenate([rows, np.array([index for _, index in named], np.int64)])]])


def _move(tx: Tx) -> None:
    """Move a slice of the newcomers to the big table, when there are enough of them or a move is under way."""
    fresh = fresh_keys(tx)
    moves = rows_of(tx, "SELECT upto_id, upto_posting, below_key FROM post_key_move")
    if not moves:
        newest = max((int(postings.max()) for _, postings in fresh.tiers if len(postings)), default=0)
        if len(fresh) < max(_LEAST_FRESH, (newest >> 8) * 10 // _FRESH_SHARE):
            return
        moves = [(fresh.last_id, newest, -1)]
        insert(tx, post_key_move, ("upto_id", "upto_posting", "below_key"), moves)
    upto_id, upto_posting, below = moves[0]
    until = _slice_end(fresh, below)
    rows = _slice(fresh, below, until, upto_posting)
    _insert_rows(tx, rows)
    if until < _ALL:
        tx.exec_driver_sql(f"UPDATE post_key_move SET below_key = {marks(tx)}", (until,))
        return
    tx.exec_driver_sql("DELETE FROM post_key_move")
    # The last row stays though it has moved: numbers of rows must go on ascending (storage.find.rings counts on it).
    gone = f"FROM post_key_fresh WHERE id <= {marks(tx)} AND id < (SELECT max(id) FROM post_key_fresh)"
    blobs = [np.frombuffer(pairs, "<i8").reshape(2, -1) for (pairs,) in rows_of(tx, f"SELECT pairs {gone}", (upto_id,))]
    if blobs:
        add_pack(tx, np.concatenate(blobs, axis=1))
    driver(tx).execute(f"DELETE {gone}", (upto_id,))


def add_pack(tx: Tx, pairs: Ints) -> None:
    """Keep keys (first row) and postings (second row) packed, as they leave `post_key_fresh`."""
    keys, postings = pairs
    if len(keys):
        row = (int(postings.min()), int(postings.max()), pack(keys, postings))
        driver(tx).executemany(_INSERT_PACK.format(mark=marks(tx)), [row])


_INSERT_PACK = "INSERT INTO post_key_pack (first_posting, last_posting, pairs) VALUES ({mark}, {mark}, {mark})"


def _slice_end(fresh: FreshKeys, below: int) -> int:
    """Return the first key after this slice: as many rows of the largest array as its share asks."""
    keys = max((keys for keys, _ in fresh.tiers), key=len)
    at = int(np.searchsorted(keys, below, "left")) + len(keys) // _SLICES + 1
    return int(keys[at]) + 1 if at < len(keys) else _ALL


def _slice(fresh: FreshKeys, below: int, until: int, upto_posting: int) -> Ints:
    """Return the rows with below <= key < until of posts up to a posting, sorted, of each key the newest KEY_CAP."""
    parts = [np.zeros((2, 0), np.int64)]
    for keys, postings in fresh.tiers:
        first, last = np.searchsorted(keys, [below, until], "left")
        old = postings[first:last] <= upto_posting
        parts.append(np.stack([keys[first:last][old], postings[first:last][old]]))
    rows = np.concatenate(parts, axis=1)
    rows = rows[:, np.lexsort((rows[1], rows[0]))]
    after = np.searchsorted(rows[0], rows[0], "right") - np.arange(rows.shape[1])
    return rows[:, after <= KEY_CAP]


def _insert_rows(tx: Tx, rows: Ints) -> None:
    if tx.dialect.name == "postgresql":
        sql = "INSERT INTO post_key SELECT * FROM unnest(%s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING"
        tx.exec_driver_sql(sql, (rows[0].tolist(), rows[1].tolist()))
    else:
        insert(tx, post_key, ("key", "posting"), list(zip(*rows.tolist(), strict=True)), " ON CONFLICT DO NOTHING")
