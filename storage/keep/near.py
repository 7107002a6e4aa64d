"""Keeps the keys by which later copies will find the posts of a batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sqlalchemy as sa

from risk.group import Batch, Near
from storage.bulk import insert
from storage.engine import Tx
from storage.tables.near import post_key
from texts.similar import NO_KEY


def add_keys(tx: Tx, ids: Sequence[int], batch: Batch, near: Near | None = None) -> int:
    """Store the keys of a batch whose posts got these ids (in the order of the batch); return the number of rows.

    Give the `near` of the same transaction: it says which crowded keys must lose their oldest posting, so that no key ever holds
    more than storage.find.near.KEY_CAP of them, and whose text has keys already.
    """
    if len(ids) != len(batch.posts):
        raise ValueError(f"Постов в пачке {len(batch.posts)}, а номеров {len(ids)}: передайте номер каждого поста")
    if near is not None and near.crowded:
        tx.execute(
            sa.delete(post_key).where(post_key.c.key == sa.bindparam("k"), post_key.c.posting == sa.bindparam("p")),
            [{"k": key, "p": posting} for key, posting in near.crowded],
        )
    pairs = keys_of(ids, batch)
    insert(tx, post_key, ("key", "posting"), pairs)
    return len(pairs)


def keys_of(ids: Sequence[int], batch: Batch) -> list[tuple[int, int]]:
    """Return the rows (key, posting) that posts with these ids have or had, ascending."""
    rows, columns = np.nonzero(batch.keys != NO_KEY)
    postings = [post_id << 8 | size for post_id, size in zip(ids, batch.sizes, strict=True)]
    texts = zip(batch.keys[rows, columns].tolist(), rows.tolist(), strict=True)
    pairs = {(key, postings[index]) for key, index in texts}
    pairs |= {(key, postings[index]) for index, keys in enumerate(batch.identities) for key in keys}
    return sorted(pairs)
