"""Stores posts with their keys, as casework does, without scores and risks."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from risk.group import Batch, Near, prepare
from risk.post import Post
from storage.engine import Tx
from storage.find.near import candidates
from storage.keep.near import add_keys
from storage.tables import post


def put(tx: Tx, posts: Sequence[Post], first_id: int) -> tuple[Batch, Near]:
    """Look a batch up and store it with ids from `first_id`, each post a group of its own."""
    batch = prepare(posts, {})
    near = candidates(tx, batch)
    ids = range(first_id, first_id + len(posts))
    rows = [
        {
            "id": ids[index], "platform": one.platform, "source_id": one.source_id, "external_id": f"{one.external_id}#{ids[index]}",
            "comment_id": "", "url": one.url, "text": one.text, "text_sha": b"", "norm": batch.norms[index],
            "norm_hash": batch.norm_hashes[index], "words": batch.words[index], "published_at": one.published_at,
            "seen_at": one.seen_at, "attachments": [], "group_id": ids[index], "negative": False,
        }
        for index, one in enumerate(posts)
    ]  # fmt: skip
    tx.execute(sa.insert(post), rows)
    add_keys(tx, ids, batch, near)
    return batch, near
