"""Full-text search over stems: FTS5 on SQLite, tsvector on PostgreSQL, the same words on both."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import sqlalchemy as sa

from storage.engine import Tx
from texts.stems import stem_text

_NEWER = 2**62
"""An id that no post has: nothing is left out."""
_SQLITE = sa.text(
    "SELECT rowid FROM post_words WHERE post_words MATCH :words AND rowid < :before ORDER BY rowid DESC LIMIT :limit"
)
_POSTGRESQL = sa.text(
    "SELECT post_id FROM post_words WHERE stems @@ CAST(:words AS tsquery) AND post_id < :before ORDER BY post_id DESC LIMIT :limit"
)
_SAYING_SQLITE = sa.text(
    "SELECT rowid FROM post_words WHERE post_words MATCH :words AND rowid BETWEEN :first AND :last"
)
_SAYING_POSTGRESQL = sa.text(
    "SELECT post_id FROM post_words WHERE stems @@ CAST(:words AS tsquery) AND post_id BETWEEN :first AND :last"
)
_COUNT_SQLITE = "SELECT {n}, count(*) FROM (SELECT rowid FROM post_words WHERE post_words MATCH :w{n} LIMIT :most)"
_COUNT_POSTGRESQL = (
    "SELECT {n}, count(*) FROM (SELECT 1 FROM post_words WHERE stems @@ CAST(:w{n} AS tsquery) LIMIT :most) AS s{n}"
)


def post_ids(tx: Tx, query: str, limit: int = 50) -> list[int]:
    """Return ids of the newest posts that hold all words of the query in any form; [] for a query without words.

    Ids ascend with time, so the newest come first without a look at dates (by date through a join: 7 s, measured).
    """
    wanted = list(dict.fromkeys(stem_text(query).split()))[:20]
    return _newest(tx, _all_of(tx, wanted), limit) if wanted else []


def times_said(tx: Tx, stems: Sequence[str], most: int) -> dict[str, int]:
    """Return in how many posts each stem (of texts.stems) stands, counted up to `most`: beyond it costs and tells nothing."""
    one = _COUNT_POSTGRESQL if tx.dialect.name == "postgresql" else _COUNT_SQLITE
    if not stems:
        return {}
    query = " UNION ALL ".join(one.format(n=n) for n in range(len(stems)))
    found = tx.execute(sa.text(query), {f"w{n}": _word(tx, stem) for n, stem in enumerate(stems)} | {"most": most})
    return {stems[n]: int(count) for n, count in found}


def posts_with_two(tx: Tx, stems: Sequence[str], limit: int, before: int = _NEWER) -> list[int]:
    """Return ids of the newest posts under the id `before` that hold at least two of the stems (the one, if there is one)."""
    if not stems:
        return []
    either = " | " if tx.dialect.name == "postgresql" else " OR "
    pairs = either.join(f"({_all_of(tx, pair)})" for pair in combinations(stems, 2)) or _word(tx, stems[0])
    return _newest(tx, pairs, limit, before)


def posts_saying(tx: Tx, phrases: Sequence[str], first: int, last: int) -> set[int]:
    """Return ids from `first` to `last` of the posts that hold all words of at least one phrase, in any form."""
    wanted = [list(dict.fromkeys(stem_text(phrase).split()))[:20] for phrase in phrases]
    either = (" | " if tx.dialect.name == "postgresql" else " OR ").join(f"({_all_of(tx, w)})" for w in wanted if w)
    if not either:
        return set()
    query = _SAYING_POSTGRESQL if tx.dialect.name == "postgresql" else _SAYING_SQLITE
    return {int(row[0]) for row in tx.execute(query, {"words": either, "first": first, "last": last})}


def _newest(tx: Tx, wanted: str, limit: int, before: int = _NEWER) -> list[int]:
    query = _POSTGRESQL if tx.dialect.name == "postgresql" else _SQLITE
    return [int(row[0]) for row in tx.execute(query, {"words": wanted, "limit": limit, "before": before})]


def _all_of(tx: Tx, stems: Sequence[str]) -> str:
    return (" & " if tx.dialect.name == "postgresql" else " AND ").join(_word(tx, stem) for stem in stems)


def _word(tx: Tx, stem: str) -> str:
    return _quoted(stem, "'" if tx.dialect.name == "postgresql" else '"')


def _quoted(word: str, mark: str) -> str:
    """Return a word that is nothing but a word for the query language."""
    return mark + word.replace("\\", "").replace(mark, mark * 2) + mark
