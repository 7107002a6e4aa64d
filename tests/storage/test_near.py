"""Stored posts are found again by their keys, on both databases, whatever happened between."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from risk.group import Near, prepare
from risk.post import Post
from storage.engine import Store, Tx
from storage.find.fresh import fresh_keys
from storage.find.near import _FULL, KEY_CAP, MOST_CANDIDATES, candidates
from storage.find.packs import pack, packs_since, unpack
from storage.keep import near as keep_near
from storage.keep.near import add_keys, drop_keys, keys_of
from storage.moments import to_db
from storage.tables import post
from storage.tables.near import post_key, post_key_fresh
from tests.bench.stream import CHANGES, base_text, change, stream
from tests.risk.copies import WORDS, a_post
from tests.storage.near_posts import put


def rows(tx: Tx, table: sa.Table) -> int:
    """Number of rows of a table."""
    return int(tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


@pytest.fixture
def quick_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make newcomers move to the big table after a few hundred rows."""
    monkeypatch.setattr(keep_near, "_LEAST_FRESH", 300)
    monkeypatch.setattr(keep_near, "_SLICES", 3)


def test_copies_are_found(store: Store) -> None:
    """A changed copy finds its original among strangers, exact copies first."""
    dice = random.Random(3)
    texts = [base_text(dice) for _ in range(60)]
    with store.write() as tx:
        put(tx, [a_post(text, number=f"a_{n}") for n, text in enumerate(texts)], 1)
    for kind in CHANGES:
        with store.read() as tx:
            batch = prepare([a_post(change(dice, text, kind)) for text in texts], {})
            near = candidates(tx, batch)
        assert sum(n + 1 in ids for n, ids in enumerate(near.found)) >= 59, kind

    assert [ids[0] for ids in candidates_of(store, texts).found] == list(range(1, 61))


def candidates_of(store: Store, texts: Sequence[str]) -> Near:
    """Candidates of new posts with these texts."""
    with store.read() as tx:
        return candidates(tx, prepare([a_post(text) for text in texts], {}))


def test_a_candidate_carries_what_is_compared(store: Store) -> None:
    """A candidate comes back with its group, text, moment and source."""
    one = a_post(WORDS, source="club7", hours=-3)
    with store.write() as tx:
        put(tx, [one], 41)

    near = candidates_of(store, [WORDS])
    found = near.posts[41]

    assert near.found == ((41,),)
    assert (found.post_id, found.group_id, found.source_id) == (41, 41, "club7")
    assert to_db(found.published_at) == to_db(one.published_at)
    assert found.norm == prepare([one], {}).norms[0]


def test_reposts_and_attachments_are_found(store: Store) -> None:
    """Posts without text are found by what the platform names."""
    with store.write() as tx:
        put(tx, [a_post("", number="-1_5"), a_post("", number="-1_6", attachments=("photo:-1_9",))], 1)
    with store.read() as tx:
        asked = [a_post("", number="-2_1", copy_of="vk:-1_5"), a_post("", number="-2_2", attachments=("photo:-1_9",))]
        near = candidates(tx, prepare(asked, {}))

    assert (near.named, near.pictured) == (((1,), ()), ((), (2,)))


def test_a_quote_is_found(store: Store) -> None:
    """A text that stands inside a twice longer one is looked at although their lengths differ."""
    long = ". ".join(
        [WORDS, "Вечером в клубе покажут кино про рыбаков и море", "Фельдшер примет в понедельник с утра всех желающих"]
        * 1
    )
    with store.write() as tx:
        put(tx, [a_post(long)], 1)

    assert candidates_of(store, [WORDS]).quoted == ((1,),)


def test_crowded_keys_keep_the_newest(store: Store, quick_moves: None) -> None:
    """A hundred different posts with one signature: its keys keep the newest postings only, in both tables together."""
    sign = "Подписывайтесь на наш канал, присылайте новости в личные сообщения и приглашайте соседей читать нас каждый день"
    dice = random.Random(5)
    with store.write() as tx:
        for batch in range(40):
            put(tx, [a_post(f"{base_text(dice)} {sign}", number=f"c_{batch}_{n}") for n in range(5)], 1 + 5 * batch)
        counts = tx.execute(sa.select(sa.func.count()).select_from(post_key).group_by(post_key.c.key)).scalars().all()
        near = candidates(tx, prepare([a_post(f"Совсем другое дело. {sign}")], {}))

    assert max(counts) <= _FULL + KEY_CAP
    assert len(near.found[0]) <= MOST_CANDIDATES
    assert all(post_id > 100 for post_id in near.found[0])


def test_exact_copies_take_no_keys(store: Store) -> None:
    """Four hundred copies of one text within a week have the keys of one; a week later a copy renews them."""
    with store.write() as tx:
        put(tx, [a_post(WORDS, source=f"club{n}") for n in range(3)], 1)
        before = len(fresh_keys(tx))
        put(tx, [a_post(WORDS, source=f"club{n}") for n in range(3, 9)], 4)
        assert len(fresh_keys(tx)) == before
        put(tx, [a_post(WORDS, source="club10", hours=24 * 8)], 10)
        assert len(fresh_keys(tx)) == 2 * before
        near = candidates(tx, prepare([a_post(WORDS)], {}))

    assert near.found[0][0] == 10


def test_newcomers_move_to_the_big_table(store: Store, quick_moves: None) -> None:
    """Keys move in slices while posts keep coming; at any moment every post is found, and nothing is left behind."""
    made = [one.post for one in stream(600, seed=9, copies=0)]
    for start in range(0, 600, 20):
        with store.write() as tx:
            put(tx, made[start : start + 20], 1 + start)
        with store.read() as tx:
            near = candidates(tx, prepare(made[: start + 20], {}))
            assert [n + 1 in ids for n, ids in enumerate(near.found)] == [True] * (start + 20)
    with store.read() as tx:
        moved, waiting = rows(tx, post_key), len(fresh_keys(tx))
        every = {tuple(row) for row in tx.execute(sa.select(post_key.c.key, post_key.c.posting))}

        kept = [np.concatenate(part).tolist() for part in zip(*packs_since(tx, 0), strict=True)]
        wait = {pair for tier in fresh_keys(tx).tiers for pair in zip(*(side.tolist() for side in tier), strict=True)}

    true = set(keys_of(range(1, 601), prepare(made, {})))
    assert moved > 3000
    assert waiting < 3000
    assert every <= true
    assert set(zip(*kept, strict=True)) | wait == true
    assert len(kept[0]) == len(set(zip(*kept, strict=True)))


@given(st.lists(st.tuples(st.integers(0, 1 << 62), st.integers(0, 40)), max_size=400))
def test_packed_keys_come_back(rows: list[tuple[int, int]]) -> None:
    """Whatever keys are packed, the same pairs come back, keys of one post together and the older post first."""
    keys, postings = (np.array([row[side] for row in rows], np.int64) for side in (0, 1))
    told = unpack(pack(keys, postings))

    assert list(zip(*(side.tolist() for side in told), strict=True)) == sorted(rows, key=lambda row: row[1])


def fail_after_putting(store: Store, one: Post) -> None:
    """Store a post in a transaction that then fails."""
    with store.write() as tx:
        put(tx, [one], 2)
        assert len(fresh_keys(tx)) > 10
        _ = 1 / 0


def test_a_rolled_back_batch_leaves_nothing(store: Store) -> None:
    """Keys of a transaction that failed are not found later, not even when its row's number is used again."""
    with store.write() as tx:
        put(tx, [a_post(WORDS)], 1)
    with pytest.raises(ZeroDivisionError):
        fail_after_putting(
            store, a_post("Совсем другой текст о ремонте моста через речку за старой мельницей у деревни")
        )
    with store.write() as tx:
        put(tx, [a_post("Третий текст: в библиотеке собирают книги для детского дома до конца этого месяца")], 2)
        found = candidates(
            tx, prepare([a_post("Совсем другой текст о ремонте моста через речку за старой мельницей у деревни")], {})
        )
        third = candidates(
            tx, prepare([a_post("Третий текст: в библиотеке собирают книги для детского дома до конца месяца")], {})
        )

    assert found.found == ((),)
    assert third.found == ((2,),)


def test_another_process_sees_the_keys(store: Store, quick_moves: None) -> None:
    """A process that has looked before sees what another one added, moved and removed since."""
    other = Store(store.url)
    made = [one.post for one in stream(400, seed=4, copies=0)]
    try:
        for start in range(0, 400, 40):
            with (store if start % 80 else other).write() as tx:
                put(tx, made[start : start + 40], 1 + start)
            for one in (store, other):
                with one.read() as tx:
                    near = candidates(tx, prepare(made[: start + 40], {}))
                    assert all(n + 1 in ids for n, ids in enumerate(near.found))
    finally:
        other.close()


def test_keys_of_a_forgotten_post_are_dropped(store: Store, quick_moves: None) -> None:
    """The keys of a post can be told from its text and dropped, whether they have moved or not."""
    made = [one.post for one in stream(100, seed=6, copies=0)]
    with store.write() as tx:
        for start in range(0, 100, 10):
            put(tx, made[start : start + 10], 1 + start)
        drop_keys(tx, keys_of([1, 100], prepare([made[0], made[-1]], {})))
        left = {posting >> 8 for posting in tx.execute(sa.select(post_key.c.posting)).scalars()}
        waiting = {int(one) >> 8 for _, postings in fresh_keys(tx).tiers for one in postings}

        packed = {int(one) >> 8 for _, postings in packs_since(tx, 0) for one in postings}

    assert not {1, 100} & (left | waiting | packed)
    assert {2, 99} <= left | waiting
    assert 2 in packed


def test_a_key_may_outlive_its_post(store: Store) -> None:
    """Keys of a post that is gone are ignored."""
    with store.write() as tx:
        put(tx, [a_post(WORDS)], 1)
        tx.execute(sa.delete(post))
        near = candidates(tx, prepare([a_post(WORDS)], {}))

    assert near.found == ((),)


def test_ids_must_match_the_batch(store: Store) -> None:
    """A wrong number of ids is refused with the mend."""
    with store.write() as tx, pytest.raises(ValueError, match="передайте номер каждого поста"):
        add_keys(tx, [1, 2], prepare([a_post(WORDS)], {}))


def test_an_empty_batch_is_fine(store: Store) -> None:
    """Nothing in, nothing stored."""
    with store.write() as tx:
        batch = prepare([], {})
        near = candidates(tx, batch)

        assert add_keys(tx, [], batch, near) == 0
        assert rows(tx, post_key_fresh) == 0
