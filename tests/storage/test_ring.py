"""The ring of keys answers as a plain dictionary of the newest posts would, over its end and after a break."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.group import Judged, place, prepare
from risk.post import Post
from storage.engine import Store
from storage.find import rings
from storage.find.near import candidates
from storage.find.rings import drop_ring, open_ring, ring_find
from storage.keep import near as keep_near
from storage.ring import ROW, Ring, RingBroken
from tests.bench.stream import stream
from tests.storage.near_posts import put
from texts.clean import clean, plain
from texts.similar import window_keys


def posts_of(dice: random.Random, count: int, first: int, keys: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Keys and postings of some posts with 1 to 20 keys of a small set each."""
    all_keys, postings = [], []
    for post in range(first, first + count):
        own = dice.sample(range(1, keys), dice.randrange(1, 21))
        all_keys += [(key * 0x9E3779B97F4A7C15) % (1 << 44) for key in own]
        postings += [post] * len(own)
    return np.array(all_keys, np.int64), np.array(postings, np.int64)


def answer(ring: Ring, key: int, newest: int = 100) -> list[int]:
    """Postings of one key, as the ring gives them."""
    places, postings = ring.find(np.array([key], np.int64), newest)
    assert not places.any()
    return postings.tolist()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), rows=st.integers(3, 40), sizes=st.lists(st.integers(1, 30), min_size=1, max_size=12))
def test_the_ring_answers_like_a_dictionary(seed: int, rows: int, sizes: list[int]) -> None:
    """Whatever the room and the batches, each key gives the posts whose rows still fit, newest first, many times round the ring."""
    dice = random.Random(seed)
    ring = Ring(rows)
    written: list[tuple[int, list[int]]] = []
    number = 1
    for size in sizes:
        keys, postings = posts_of(dice, size, number)
        ring.add(keys, postings)
        for post in range(number, number + size):
            own = keys[postings == post].tolist()
            written += [(post, own[at : at + ROW]) for at in range(0, len(own), ROW)]
        number += size
        alive = written[-rows:]
        there = sorted({key for _, some in alive for key in some})
        for key in dice.sample(there, min(5, len(there))):
            expected = [post for post, some in reversed(alive) if key in some]
            assert answer(ring, key) == expected[: len(answer(ring, key))] == expected[:40]


def test_a_hot_key_gives_the_newest() -> None:
    """Of a key that all posts have, only so many are given as asked for."""
    ring = Ring(100)
    ring.add(np.full(90, 77, np.int64), np.arange(90))

    assert answer(ring, 77, newest=5) == [89, 88, 87, 86, 85]


def test_an_interrupted_ring_says_so() -> None:
    """A ring broken off in the middle of writing refuses to answer, in Russian, with the mend."""
    ring = Ring(10)
    ring.add(np.array([5], np.int64), np.array([1], np.int64))
    ring._head = np.zeros(0, np.uint32)  # what is written next fails half way
    with pytest.raises(IndexError):
        ring.add(np.array([6], np.int64), np.array([2], np.int64))

    with pytest.raises(RingBroken, match="постройте его заново"):
        ring.find(np.array([5], np.int64), 5)
    with pytest.raises(RingBroken):
        ring.add(np.array([6], np.int64), np.array([2], np.int64))


def test_the_ring_stands_in_front_of_the_table(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a ring the same posts are found as without, also those that other processes add and move; below its least it stays off."""
    monkeypatch.setattr(keep_near, "_LEAST_FRESH", 300)
    monkeypatch.setattr(keep_near, "_SLICES", 2)
    made = [one.post for one in stream(300, seed=8, copies=0)]
    with store.write() as tx:
        put(tx, made[:100], 1)
        put(tx, made[100:120], 101)
    other = Store(store.url)
    try:
        assert not open_ring(store, 1000)
        assert open_ring(store, 1000, least=100)
        for start in range(120, 300, 20):
            with (store if start % 40 else other).write() as tx:
                put(tx, made[start : start + 20], 1 + start)
            with store.read() as tx, other.read() as plain_tx:
                batch = prepare(made[: start + 20], {})
                ring, table = candidates(tx, batch), candidates(plain_tx, batch)
            assert all(n + 1 in ids for n, ids in enumerate(ring.found))
            assert [set(ids) for ids in ring.found] == [set(ids) for ids in table.found]
        rings._rings[store.engine].ring._whole = False  # built anew from what is stored
        with store.read() as tx:
            again = candidates(tx, prepare(made, {}))
        assert [set(ids) for ids in again.found] == [set(ids) for ids in table.found]
        drop_ring(store)
        assert ring_of(store) is None
    finally:
        other.close()


def test_a_roll_back_does_not_confuse_the_ring(store: Store) -> None:
    """Posts of a failed transaction that the ring has seen do no harm, and those that come after are found."""
    made = [one.post for one in stream(40, seed=8, copies=0)]
    with store.write() as tx:
        put(tx, made[:10], 1)
    assert open_ring(store, 1000, least=1)
    with pytest.raises(ZeroDivisionError):
        fail_after_looking_twice(store, made[10:20])
    with store.write() as tx:
        put(tx, made[20:30], 11)
    with store.read() as tx:
        batch = prepare(made[:30], {})
        placements = place(batch, candidates(tx, batch), Judged())
    drop_ring(store)

    assert [one.joins is not None for one in placements] == [True] * 10 + [False] * 10 + [True] * 10


def fail_after_looking_twice(store: Store, posts: list[Post]) -> None:
    """Store posts, let the ring see them, and fail."""
    with store.write() as tx:
        put(tx, posts, 11)
        candidates(tx, prepare(posts, {}))
        _ = 1 / 0


def ring_of(store: Store) -> object:
    """What the ring finds for a key; None without a ring."""
    with store.read() as tx:
        return ring_find(tx, np.array([1], np.int64), 5)


def test_an_empty_ring_and_an_empty_question() -> None:
    """Nothing is found in nothing."""
    ring = Ring(10)
    ring.add(np.zeros(0, np.int64), np.zeros(0, np.int64))

    assert answer(ring, 5) == []
    assert [len(some) for some in ring.find(np.zeros(0, np.int64), 5)] == [0, 0]
    with pytest.raises(ValueError, match="задайте от 1"):
        Ring(0)


def test_real_looking_posts_are_found_and_take_little_room() -> None:
    """Every post of a stream is found by its own keys, and the ring takes at most 165 bytes a post."""
    posts = [made.post.text for made in stream(3000, seed=2)]
    owners, keys = window_keys([plain(norm) for norm in clean(posts)])
    order = np.argsort(owners, kind="stable")
    owners, keys = owners[order], keys[order]
    rows = int(sum(-(-np.bincount(owners) // ROW)))
    ring = Ring(rows)
    for start in range(0, 3000, 100):
        batch = (owners >= start) & (owners < start + 100)
        ring.add(keys[batch], owners[batch])

    places, postings = ring.find(keys, 40)
    assert set(owners[places][owners[places] == postings].tolist()) == set(range(3000))
    assert ring.nbytes / 3000 <= 165
