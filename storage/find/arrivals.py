"""What a batch of arriving posts must know of the stored ones; one query a question, whatever the batch's size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storage.bulk import json_value, with_ids, with_tuples
from storage.engine import Tx

Key = tuple[str, str, str, str]
"""(platform, source_id, external_id, comment_id)."""


@dataclass(frozen=True, slots=True)
class Known:
    """A stored post as far as a second sight of it needs; moments in microseconds (storage.moments)."""

    id: int
    group_id: int
    text_sha: bytes
    seen_at: int
    edited_at: int | None
    gone_at: int | None
    negative: bool
    forgotten: bool
    views: int | None
    likes: int | None
    reposts: int | None
    comments: int | None


_KNOWN = """
SELECT c0, c1, c2, c3, p.id, p.group_id, p.text_sha, p.seen_at, p.edited_at, p.gone_at, p.negative,
  p.forgotten_at IS NOT NULL, p.views, p.likes, p.reposts, p.comments
FROM {wanted} CROSS JOIN post p
WHERE p.platform = c0 AND p.source_id = c1 AND p.external_id = c2 AND p.comment_id = c3
"""


def known_posts(tx: Tx, keys: Sequence[Key]) -> dict[Key, Known]:
    """Return the stored posts among these keys."""
    rows = with_tuples(tx, _KNOWN, ("text", "text", "text", "text"), keys)
    return {
        (r[0], r[1], r[2], r[3]): Known(r[4], r[5], bytes(r[6]), r[7], r[8], r[9], bool(r[10]), bool(r[11]), *r[12:16])
        for r in rows
    }


_EARLY_COMMENTS = """
SELECT c0, c1, c2, count(*), sum(CASE WHEN p.negative THEN 1 ELSE 0 END)
FROM {wanted} CROSS JOIN post p
WHERE p.platform = c0 AND p.source_id = c1 AND p.external_id = c2 AND p.comment_id <> ''
GROUP BY c0, c1, c2
"""


def early_comments(tx: Tx, posts: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Return (comments, negative ones) already stored under posts (platform, source_id, external_id) that come later."""
    rows = with_tuples(tx, _EARLY_COMMENTS, ("text", "text", "text"), posts)
    return {(r[0], r[1], r[2]): (int(r[3]), int(r[4])) for r in rows}


_VOICES = """
SELECT DISTINCT p.group_id, p.voice FROM {wanted} CROSS JOIN post p
WHERE p.group_id = CAST(c0 AS BIGINT) AND p.voice = c1
"""
_SOURCES = """
SELECT DISTINCT p.group_id, p.source_id FROM {wanted} CROSS JOIN post p
WHERE p.group_id = CAST(c0 AS BIGINT) AND p.source_id = c1
"""


def voices_in(tx: Tx, pairs: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return which of the (group, voice) pairs are stored already."""
    return {(int(r[0]), r[1]) for r in with_tuples(tx, _VOICES, ("bigint", "text"), pairs)}


def sources_in(tx: Tx, pairs: Sequence[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return which of the (group, source) pairs are stored already."""
    return {(int(r[0]), r[1]) for r in with_tuples(tx, _SOURCES, ("bigint", "text"), pairs)}


_NORMS = "SELECT id, norm FROM post WHERE id IN ({ids})"


def norms(tx: Tx, post_ids: Sequence[int]) -> dict[int, bytes]:
    """Return the cleaned texts by which posts are compared; b"" for a forgotten one."""
    return {int(r[0]): bytes(r[1]) for r in with_ids(tx, _NORMS, post_ids)}


_SOURCE_FACTS = (
    "SELECT s.id, s.name, s.official, s.media, s.federal, s.options FROM {wanted} JOIN source s ON s.id = c0"
)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What the intake asks of a source of the living list."""

    name: str
    official: bool
    media: bool
    federal: bool
    options: dict[str, Any]


def source_rows(tx: Tx, source_ids: Sequence[str]) -> dict[str, SourceRow]:
    """Return the sources with these ids; unknown ones are left out."""
    rows = with_tuples(tx, _SOURCE_FACTS, ("text",), [(i,) for i in source_ids])
    return {r[0]: SourceRow(r[1], bool(r[2]), bool(r[3]), bool(r[4]), json_value(r[5])) for r in rows}
