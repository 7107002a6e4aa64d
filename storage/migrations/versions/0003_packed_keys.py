"""Keys of near copies once more in the order of their posts, packed: the ring in memory is built from them in seconds."""

from __future__ import annotations

from typing import Any

import numpy as np
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT_ONCE = 600_000


def upgrade() -> None:
    op.create_table(
        "post_key_pack",
        sa.Column("id", ID, nullable=False),
        sa.Column("first_posting", sa.BigInteger(), nullable=False),
        sa.Column("last_posting", sa.BigInteger(), nullable=False),
        sa.Column("pairs", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_key_pack")),
    )
    # What has moved to the big table before; some ten seconds a million posts.
    rows = op.get_bind().exec_driver_sql("SELECT key, posting FROM post_key ORDER BY posting, key")
    insert = sa.text("INSERT INTO post_key_pack (first_posting, last_posting, pairs) VALUES (:first, :last, :pairs)")
    rest: list[Any] = []
    while some := rows.fetchmany(_AT_ONCE):
        held = [*rest, *some]
        # Keys of one post stay together: the last post of a part waits for the next part.
        end = next((at for at in range(len(held), 0, -1) if held[at - 1][1] != held[-1][1]), 0)
        rest = held[end:]
        if end:
            op.get_bind().execute(insert, _packed(held[:end]))
    if rest:
        op.get_bind().execute(insert, _packed(rest))


def _packed(rows: list[Any]) -> dict[str, Any]:
    """As storage.find.packs.pack writes it; copied, for a migration must not change with the code."""
    keys, postings = np.array([tuple(row) for row in rows], "<i8").T
    first = np.flatnonzero(np.append(True, postings[1:] != postings[:-1]))
    counts = np.diff(np.append(first, len(postings))).astype("<u2")
    parts = (np.array([len(first)], "<i8"), postings[first], counts, np.ascontiguousarray(keys))
    told = b"".join(part.tobytes() for part in parts)
    return {"first": int(postings[0]), "last": int(postings[-1]), "pairs": told}
