"""Keys of posts whose text changes after they came: those of an edit are added, those of a forgotten text deleted."""

from __future__ import annotations

from collections.abc import Sequence

from risk.group import Batch
from storage.bulk import insert, marks
from storage.engine import Tx
from storage.tables import post_key
from texts.similar import NO_KEY


def keys_of(post_ids: Sequence[int], batch: Batch) -> list[tuple[int, int]]:
    """Return the rows (key, posting) that posts of a batch have in table post_key under these ids."""
    rows: list[tuple[int, int]] = []
    for index, post_id in enumerate(post_ids):
        posting = post_id << 8 | batch.sizes[index]
        rows += [(int(key), posting) for key in batch.keys[index] if key != NO_KEY]
        rows += [(key, posting) for key in batch.identities[index]]
    return sorted(set(rows))


def add_keys_again(tx: Tx, post_ids: Sequence[int], batch: Batch) -> None:
    """Add the keys of an edited text; those of the old one stay: they only propose, and texts themselves are compared."""
    insert(tx, post_key, ("key", "posting"), keys_of(post_ids, batch), " ON CONFLICT DO NOTHING")


def drop_keys(tx: Tx, post_ids: Sequence[int], batch: Batch) -> None:
    """Delete the keys of posts, made anew from their texts before those go."""
    rows, mark = keys_of(post_ids, batch), marks(tx)
    if rows:
        tx.exec_driver_sql(f"DELETE FROM post_key WHERE key = {mark} AND posting = {mark}", rows)
