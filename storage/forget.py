"""Retention: what is stripped of posts, groups, risks, alert lines and refused items once its time is over.

Numbers stay (posts, views, sources, levels, dates, topics): they say nothing about anybody. What goes is every word a
person wrote and every token or identity that could lead back to one (152-ФЗ, art. 5: no longer than the purpose needs).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storage.bulk import json_value, marks, with_ids
from storage.engine import Tx
from storage.keep.posts import drop_words

NO_TITLE = "Текст удалён по сроку хранения"


@dataclass(frozen=True, slots=True)
class OldPost:
    """A post whose text is to be forgotten, as far as its keys must be found again."""

    id: int
    platform: str
    source_id: str
    external_id: str
    comment_id: str
    url: str
    text: str
    published_at: int
    seen_at: int
    attachments: tuple[str, ...]
    copy_of: str


def old_posts(tx: Tx, since: int, before: int, limit: int) -> tuple[OldPost, ...]:
    """Return posts with a text, seen at or after `since` and before `before` (microseconds), source by source."""
    mark = marks(tx)
    found: list[Any] = []
    for (source_id,) in tx.exec_driver_sql("SELECT DISTINCT source_id FROM post").all():
        if len(found) >= limit:
            break
        found += tx.exec_driver_sql(
            "SELECT id, platform, source_id, external_id, comment_id, url, text, published_at, seen_at, attachments, copy_of "
            f"FROM post WHERE source_id = {mark} AND seen_at >= {mark} AND seen_at < {mark} AND forgotten_at IS NULL "
            f"ORDER BY seen_at LIMIT {limit - len(found)}",
            (source_id, since, before),
        ).all()
    return tuple(
        OldPost(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], tuple(json_value(r[9])), r[10]) for r in found
    )


def forget_posts(tx: Tx, post_ids: Sequence[int], at: int) -> None:
    """Strip posts of text, author token, identities and search words; the post itself stays counted."""
    drop_words(tx, post_ids)
    with_ids(
        tx,
        "UPDATE post SET text = '', norm = CAST('' AS {blob}), norm_hash = 0, voice = NULL, attachments = '[]', "
        f"copy_of = '', forgotten_at = {int(at)} WHERE id IN ({{ids}}) RETURNING id".replace("{blob}", _blob(tx)),
        post_ids,
    )


def _blob(tx: Tx) -> str:
    return "BYTEA" if tx.dialect.name == "postgresql" else "BLOB"


def old_groups(tx: Tx, before: int) -> list[tuple[int, str]]:
    """Return (id, packed facts) of groups last seen before a moment whose facts still quote words."""
    mark = marks(tx)
    rows = tx.exec_driver_sql(f"SELECT id, facts FROM grp WHERE last_seen < {mark} AND facts_points >= 0", (before,))
    return [(r[0], r[1]) for r in rows]


def forget_facts(tx: Tx, rows: Sequence[tuple[str, int]]) -> None:
    """Write facts without words over those of groups: (packed facts, id)."""
    mark = marks(tx)
    if rows:
        tx.exec_driver_sql(f"UPDATE grp SET facts = {mark}, facts_points = -1 WHERE id = {mark}", list(rows))


def forget_titles(tx: Tx, before: int) -> int:
    """Take the words out of the titles of risks last seen before a moment; return how many."""
    mark = marks(tx)
    done = tx.exec_driver_sql(
        f"UPDATE risk SET title = {mark} WHERE last_seen < {mark} AND title <> {mark}", (NO_TITLE, before, NO_TITLE)
    )
    return int(done.rowcount)


def forget_lines(tx: Tx, before: int) -> tuple[int, int]:
    """Delete alert lines told and items refused before a moment; return how many of each."""
    mark = marks(tx)
    lines = tx.exec_driver_sql(f"DELETE FROM outbox WHERE sent_at < {mark}", (before,)).rowcount
    items = tx.exec_driver_sql(f"DELETE FROM quarantine WHERE at < {mark}", (before,)).rowcount
    return int(lines), int(items)
