"""Writes posts, their revisions, their counters as moments, judgements about them, and their words."""

from __future__ import annotations

from collections.abc import Sequence

from storage.bulk import Row, driver, insert, next_id, update, with_ids
from storage.engine import Tx
from storage.tables import judgement, post, reach, revision

POST_COLUMNS = (
    "id", "platform", "source_id", "external_id", "comment_id", "reply_to", "url", "text", "text_sha", "norm",
    "norm_hash", "words", "published_at", "seen_at", "edited_at", "voice", "attachments", "copy_of", "group_id",
    "negative", "views", "likes", "reposts", "comments",
)  # fmt: skip
REACH_COLUMNS = ("post_id", "at", "views", "likes", "reposts", "comments")
JUDGEMENT_COLUMNS = ("left_id", "right_id", "verdict", "method", "score", "reason", "by_staff", "at")
REVISION_COLUMNS = ("post_id", "old_sha", "old_seen_at", "edited_at", "noticed_at")
# Two sights at one moment: the later word about a counter stands, a known one is never replaced by «unknown».
_REACH_AGAIN = " ON CONFLICT (post_id, at) DO UPDATE SET " + ", ".join(
    f"{c} = coalesce(excluded.{c}, reach.{c})" for c in REACH_COLUMNS[2:]
)


def next_post_id(tx: Tx) -> int:
    """Return the first free id of a post; ids ascend with time."""
    return next_id(tx, post)


def add_posts(tx: Tx, rows: Sequence[Row]) -> None:
    """Write new posts, each a tuple in the order of POST_COLUMNS."""
    insert(tx, post, POST_COLUMNS, rows)


def add_reach(tx: Tx, rows: Sequence[Row], first: bool = False) -> None:
    """Write counters as moments, each a tuple in the order of REACH_COLUMNS; `first` says that their posts are new."""
    insert(tx, reach, REACH_COLUMNS, rows, "" if first else _REACH_AGAIN)


def add_judgements(tx: Tx, rows: Sequence[Row]) -> None:
    """Write who judged which pair how; each a tuple in the order of JUDGEMENT_COLUMNS; right_id is the newcomer."""
    insert(tx, judgement, JUDGEMENT_COLUMNS, rows)


def add_revisions(tx: Tx, rows: Sequence[Row]) -> None:
    """Write that posts were edited, each a tuple in the order of REVISION_COLUMNS."""
    insert(tx, revision, REVISION_COLUMNS, rows)


def change_posts(tx: Tx, columns: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Change columns of posts; each row holds the new values and then the id."""
    update(tx, post, columns, rows)


def move_posts(tx: Tx, post_ids: Sequence[int], group_id: int) -> None:
    """Put posts into a group; the counts of both groups must be rebuilt after it (storage.keep.groups)."""
    with_group = f"UPDATE post SET group_id = {int(group_id)} WHERE id IN ({{ids}}) RETURNING id"
    with_ids(tx, with_group, post_ids)


def move_group(tx: Tx, from_group: int, into_group: int) -> None:
    """Put all posts of a group into another."""
    tx.exec_driver_sql(f"UPDATE post SET group_id = {int(into_group)} WHERE group_id = {int(from_group)}")


_LONGEST_WORD = 64
"""PostgreSQL refuses lexemes over 2 KB; nothing a person searches for is longer than this."""


def add_words(tx: Tx, words: Sequence[tuple[int, str]]) -> None:
    """Index stems (joined by spaces) of posts for the full-text search."""
    if not words:
        return
    if tx.dialect.name == "postgresql":
        ids = [post_id for post_id, _ in words]
        stems = [" ".join(w[:_LONGEST_WORD] for w in told.split()) for _, told in words]
        driver(tx).execute(
            "INSERT INTO post_words (post_id, stems) SELECT i, array_to_tsvector(string_to_array(s, ' ')) "
            "FROM unnest(%s::bigint[], %s::text[]) AS given(i, s)",
            (ids, stems),
        )
        return
    driver(tx).executemany("INSERT INTO post_words (rowid, stems) VALUES (?, ?)", words)


def drop_words(tx: Tx, post_ids: Sequence[int]) -> None:
    """Take posts out of the full-text index."""
    column = "post_id" if tx.dialect.name == "postgresql" else "rowid"
    tx.exec_driver_sql(
        f"DELETE FROM post_words WHERE {column} = {'%s' if column == 'post_id' else '?'}", [(i,) for i in post_ids]
    )
