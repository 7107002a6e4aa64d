"""Ways to find near copies, fed with the same posts: the key table of a database, the ring in memory, datasketch with rapidfuzz."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from risk.group import Batch, Judged, Link, Near, Placement, place, prepare, sizes_of
from risk.post import Post
from storage.bulk import insert
from storage.engine import Store, Tx
from storage.find.near import KEY_CAP, MOST_CANDIDATES, MOST_SHORT, SHORT_SIZE, SIZE_STEPS, candidates
from storage.keep.near import add_keys, add_pack, keys_of
from storage.moments import to_db
from storage.ring import Ring
from storage.tables import post as post_table
from storage.upgrade import upgrade
from texts.clean import clean, plain
from texts.similar import ratios, window_keys

Numbers = NDArray[np.int64]
ALIKE = 80.0
"""Likeness from which two texts count as twins (issue 2)."""
_COLUMNS = (
    "id", "platform", "source_id", "external_id", "comment_id", "url", "text", "text_sha", "norm", "norm_hash", "words",
    "published_at", "seen_at", "attachments", "group_id", "negative",
)  # fmt: skip


class Contender(Protocol):
    """One way to find near copies."""

    name: str
    page: int

    def fill(self, posts: Sequence[Post]) -> None:
        """Index posts without looking anything up."""

    def take(self, posts: Sequence[Post]) -> int:
        """Look a page of posts up and index it; return how many have a near copy."""


@dataclass
class Timing:
    """Seconds of each page, and what was found."""

    posts: int = 0
    found: int = 0
    pages: list[float] = field(default_factory=list)

    def rate(self) -> float:
        """Posts a second."""
        return self.posts / sum(self.pages)

    def p99_ms(self) -> float:
        """Of 100 pages 99 took no longer."""
        return float(np.quantile(self.pages, 0.99)) * 1000


def run(contender: Contender, posts: Sequence[Post], timing: Timing) -> None:
    """Hand posts over page by page and keep the time."""
    for start in range(0, len(posts), contender.page):
        page = posts[start : start + contender.page]
        began = time.perf_counter()
        found = contender.take(page)
        timing.pages.append(time.perf_counter() - began)
        timing.posts += len(page)
        timing.found += found


class Table:
    """Our own way: prepare, look up in the database, place, store posts and keys; one transaction a page."""

    page = 100

    def __init__(self, url: str) -> None:
        upgrade(url)
        self.store = Store(url)
        self.name = f"таблица ключей, {self.store.dialect}"
        self.links: list[list[Link]] = [[]]
        self.groups: list[int] = [0]
        """By post id, as the links of a post said when it came."""
        self._key_bytes = 0
        self.storing = 0.0
        """Seconds of writing the posts themselves, which is no part of grouping."""

    def fill(self, posts: Sequence[Post]) -> None:
        """Store posts, and all keys at once in their order, as they stand when they have moved."""
        keys: list[NDArray[np.int64]] = []
        for start in range(0, len(posts), 5000):
            batch = prepare(posts[start : start + 5000], {})
            ids = self._next_ids(len(batch.posts))
            self.groups += ids
            self.links += [[] for _ in ids]
            keys.append(np.array(keys_of(ids, batch), np.int64))
            with self.store.write() as tx:
                self._insert(tx, batch, ids, ids)
        rows = np.concatenate(keys)
        packed = rows.T
        rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
        rows = rows[np.searchsorted(rows[:, 0], rows[:, 0], "right") - np.arange(len(rows)) <= KEY_CAP]
        before = self._file_bytes()
        with self.store.write() as tx:
            add_pack(tx, packed)
        for start in range(0, len(rows), 500_000):
            with self.store.write() as tx:
                _insert_keys(tx, rows[start : start + 500_000])
        self._key_bytes = self._file_bytes() - before
        with self.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(
                "VACUUM ANALYZE post_key" if self.store.dialect == "postgresql" else "ANALYZE post_key"
            )

    def _next_ids(self, count: int) -> list[int]:
        return list(range(len(self.groups), len(self.groups) + count))

    def _insert(self, tx: Tx, batch: Batch, ids: Sequence[int], groups: Sequence[int]) -> None:
        rows = [
            (
                ids[n], one.platform, one.source_id, f"{one.external_id}#{ids[n]}", one.comment_id, one.url, one.text, b"",
                batch.norms[n], batch.norm_hashes[n], min(batch.words[n], 32_000), to_db(one.published_at), to_db(one.seen_at),
                "[]", groups[n], False,
            )
            for n, one in enumerate(batch.posts)
        ]  # fmt: skip
        insert(tx, post_table, _COLUMNS, rows)

    def take(self, posts: Sequence[Post]) -> int:
        """Go about one page as casework.take_in does, without scores and risks."""
        batch = prepare(posts, {})
        with self.store.write() as tx:
            near = candidates(tx, batch)
            placements = place(batch, near, Judged())
            began = time.perf_counter()
            ids = self._next_ids(len(posts))
            self._remember(placements, near, ids)
            self._insert(tx, batch, ids, self.groups[ids[0] :])
            self.storing += time.perf_counter() - began
            add_keys(tx, ids, batch, near)
        return sum(bool(one.joins or one.others) for one in placements)

    def _remember(self, placements: Sequence[Placement], near: Near, ids: Sequence[int]) -> None:
        for one in placements:
            links = [link for link in (one.joins, *one.others) if link is not None]
            here = [link if link.other > 0 else _moved(link, ids[-1 - link.other]) for link in links]
            self.links.append(here)
            joined = here[0].other if one.joins is not None else None
            stored = near.posts.get(joined) if joined is not None else None
            self.groups.append(
                stored.group_id if stored else self.groups[joined] if joined is not None else ids[one.index]
            )

    def bytes_a_post(self) -> float:
        """Room of the key tables in the database, by the post."""
        if (
            self.store.dialect == "sqlite"
        ):  # the library is built without dbstat: what the file grew by when the keys came
            return self._key_bytes / (len(self.groups) - 1)
        names = "('post_key', 'post_key_fresh', 'post_key_move', 'post_key_pack')"
        with self.store.read() as tx:
            sql = f"SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relname IN {names}"
            return float(tx.exec_driver_sql(sql).scalar_one()) / (len(self.groups) - 1)

    def _file_bytes(self) -> int:
        if self.store.dialect != "sqlite":
            return 0
        with self.store.read() as tx:
            return int(
                tx.exec_driver_sql(
                    "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
                ).scalar_one()
            )

    def close(self) -> None:
        """Close the store."""
        self.store.close()


def _moved(link: Link, post_id: int) -> Link:
    return Link(post_id, link.verdict, link.method, link.score, link.reason)


def _insert_keys(tx: Tx, rows: NDArray[np.int64]) -> None:
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql("INSERT INTO post_key VALUES (?, ?)", list(map(tuple, rows.tolist())))
    else:
        sql = "INSERT INTO post_key SELECT * FROM unnest(%s::bigint[], %s::bigint[])"
        tx.exec_driver_sql(sql, (rows[:, 0].tolist(), rows[:, 1].tolist()))


class RingSide:
    """The ring alone, with the cleaned texts in memory: keys, look-up and rapidfuzz, as datasketch is used."""

    name = "кольцо в памяти"
    page = 1000
    newest = 8
    _LAST = (1 << 36) - 1

    def __init__(self, posts: int) -> None:
        self.ring = Ring(int(posts * 1.25))
        self.texts: list[bytes] = []
        self.rebuilt = 0.0
        """Posts a second of filling the ring from keys."""

    def fill(self, posts: Sequence[Post]) -> None:
        """Add the keys of posts; only the ring's own work is timed for `rebuilt`."""
        seconds = 0.0
        for start in range(0, len(posts), 20_000):
            plains = _plains(posts[start : start + 20_000])
            owners, keys = _sorted_keys(plains)
            postings = (owners + len(self.texts)) << 8 | sizes_of(plains)[owners]
            began = time.perf_counter()
            self.ring.add(keys, postings)
            seconds += time.perf_counter() - began
            self.texts += plains
        self.rebuilt = len(posts) / seconds if seconds else 0.0

    def take(self, posts: Sequence[Post]) -> int:
        """Clean, key, look up, compare and add a page."""
        plains = _plains(posts)
        owners, keys = _sorted_keys(plains)
        sizes = sizes_of(plains)
        postings = (np.arange(len(plains)) + len(self.texts)) << 8 | sizes
        places, other = self.ring.find(keys, self.newest)
        mine, inside, weight = _within(owners, keys)
        often = np.bincount(places, minlength=len(keys))[places]
        weight = np.concatenate([15 // np.maximum(often, 1), weight])
        mine, other = np.concatenate([owners[places], mine]), np.concatenate([other, postings[inside]])
        alike = np.abs(sizes[mine] - (other & 255)) <= SIZE_STEPS
        ranked = self._best(mine[alike], other[alike] >> 8, weight[alike], sizes < SHORT_SIZE)
        self.texts += plains
        self.ring.add(keys, postings[owners])
        return self._verify(plains, *ranked)

    def _best(
        self, mine: Numbers, other: Numbers, weight: Numbers, short: NDArray[np.bool_]
    ) -> tuple[Numbers, Numbers, Numbers]:
        """Return pairs and their rank: of each post those that share rare keys first, the newest first, as the table does."""
        # One sort of whole numbers: post of the page, the other post (newest first), weight of the key (1..15).
        packed = np.sort(mine << 40 | (self._LAST - other) << 4 | np.maximum(weight, 1))
        pairs = packed >> 4
        starts = np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1])) if len(pairs) else np.zeros(0, np.int64)
        score = np.add.reduceat(packed & 15, starts) if len(starts) else starts
        good = (np.diff(np.append(starts, len(pairs))) > 1) | (score >= 5) | short[pairs[starts] >> 36]
        pairs, score = pairs[starts][good], np.minimum(score[good], 511)
        order = np.argsort(pairs >> 36 << 9 | 511 - score, kind="stable")
        mine = pairs[order] >> 36
        rank = np.arange(len(mine)) - np.searchsorted(mine, mine, "left")
        top = rank < np.where(short[mine], MOST_SHORT, MOST_CANDIDATES)
        return mine[top], self._LAST - (pairs[order][top] & self._LAST), rank[top]

    def _verify(self, plains: list[bytes], mine: Numbers, other: Numbers, rank: Numbers) -> int:
        """Compare the likeliest pairs first, the rest only for posts that have no twin by then."""
        twin = np.zeros(len(plains), np.bool_)
        for some in (rank < 2, rank >= 2):
            left, right = mine[some & ~twin[mine]], other[some & ~twin[mine]]
            alike = ratios([plains[one] for one in left.tolist()], [self.texts[one] for one in right.tolist()], ALIKE)
            twin[left[alike > 0]] = True
        return int(twin.sum())

    def bytes_a_post(self) -> float:
        """Bytes of the ring by the post."""
        return self.ring.nbytes / len(self.texts)


def _plains(posts: Sequence[Post]) -> list[bytes]:
    return [plain(norm) for norm in clean([one.text for one in posts])]


def _within(owners: Numbers, keys: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return (later post, earlier post, weight) of the page's own posts that share a key."""
    order = np.argsort(keys, kind="stable")
    owners, keys = owners[order], keys[order]
    later, earlier = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for step in range(1, 9):
        meet = np.flatnonzero(keys[step:] == keys[:-step])
        if not len(meet):
            break
        later.append(owners[meet + step])
        earlier.append(owners[meet])
    found = np.concatenate(later), np.concatenate(earlier)
    return *found, np.full(len(found[0]), 5)


def _sorted_keys(plains: list[bytes]) -> tuple[Numbers, Numbers]:
    owners, keys = window_keys(plains)
    order = np.argsort(owners, kind="stable")
    return owners[order], keys[order]


class Datasketch:
    """The usual stack: MinHashLSH of 128 permutations over shingles of three words, verified by rapidfuzz."""

    name = "datasketch MinHashLSH 128 + rapidfuzz"
    page = 100

    def __init__(self) -> None:
        from datasketch import MinHash, MinHashLSH

        self._sketch: Any = MinHash
        self._index: Any = MinHashLSH(threshold=0.5, num_perm=128)
        self.texts: list[str] = []

    def fill(self, posts: Sequence[Post]) -> None:
        """Index posts."""
        for text in self._texts(posts):
            self._add(text, self._minhash(text))

    def take(self, posts: Sequence[Post]) -> int:
        """Look each post up, compare until the first twin, and index it."""
        found = 0
        for text in self._texts(posts):
            sketch = self._minhash(text)
            found += any(fuzz.ratio(text, self.texts[one], score_cutoff=ALIKE) for one in self._index.query(sketch))
            self._add(text, sketch)
        return found

    def _add(self, text: str, sketch: Any) -> None:
        self._index.insert(len(self.texts), sketch)
        self.texts.append(text)

    def _minhash(self, text: str) -> Any:
        words = text.split()
        shingles = {" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))}
        sketch = self._sketch(num_perm=128)
        sketch.update_batch([shingle.encode("latin-1") for shingle in shingles])
        return sketch

    def _texts(self, posts: Sequence[Post]) -> list[str]:
        """Clean with our own cleaner, the quickest there is, so that the comparison is about finding."""
        return [text.decode("latin-1") for text in _plains(posts)]
