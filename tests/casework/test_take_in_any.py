"""Whatever comes, in whatever order: nothing twice, nothing lost, the same groups, counts that add up."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.take_in import take_in
from casework.work import Work
from district.profile import Profile
from risk.post import Post, Reach
from storage.engine import Store
from storage.find.groups import STORED, groups_by_id
from storage.keep.groups import recount
from storage.tables import grp, post, risk
from storage.upgrade import upgrade
from tests.casework.posts_build import CALM, FIRE, HOLE, NOW, WATER, a_post, a_work, dump, rows

TEXTS = (WATER, FIRE, HOLE, CALM)
TAILS = ("", " #новости", " 😡😡", " https://vk.com/wall-5_77", "!!!", "\n\n@podslushano")
SOURCES = ("vk-podslushano", "vk-typical", "tg-novosti", "tg-chat")


@contextmanager
def _memory(profile: Profile) -> Iterator[Work]:
    """A new memory for one example."""
    with tempfile.TemporaryDirectory(prefix="otklik-any-") as folder:
        url = f"sqlite:///{folder}/any.sqlite3"
        upgrade(url)
        store = Store(url)
        yield a_work(store, profile)
        store.close()


@st.composite
def _posts(draw: st.DrawFn) -> list[tuple[int, Post]]:
    """Clear copies: (which text, post) with tails, sources, counters and voices of all kinds."""
    made = []
    for number in range(draw(st.integers(1, 12))):
        text, tail = draw(st.integers(0, 3)), draw(st.sampled_from(TAILS))
        reach = Reach(views=draw(st.none() | st.integers(0, 50_000)), likes=draw(st.none() | st.integers(0, 9)))
        given_voice = draw(st.none() | st.sampled_from(["a" * 16, "b" * 16]))
        made.append(
            (
                text,
                a_post(
                    number, TEXTS[text] + tail, source_id=draw(st.sampled_from(SOURCES)), reach=reach, voice=given_voice
                ),
            )
        )
    return made


def _cut(page: list[Post], cuts: list[int]) -> list[list[Post]]:
    edges = sorted({0, len(page), *(c % (len(page) + 1) for c in cuts)})
    return [page[a:b] for a, b in zip(edges, edges[1:], strict=False)]


@settings(max_examples=15, deadline=None)
@given(made=_posts(), again=st.lists(st.integers(0, 11), max_size=12), order=st.randoms(use_true_random=False))
def test_posts_seen_again_change_nothing(made: list[tuple[int, Post]], again: list[int], order: object) -> None:
    """However often and in whatever order the same posts are read again, the memory stays as it was."""
    with _memory(_profile()) as work:
        page = [p for _, p in made]
        take_in(work, page)
        before = dump(work.store)

        taken = take_in(work.at(NOW + timedelta(days=1)), [page[i % len(page)] for i in again])

        assert (taken.new, taken.edited) == (0, 0)
        assert dump(work.store) == before


@settings(max_examples=25, deadline=None)
@given(made=_posts(), cuts=st.lists(st.integers(0, 12), max_size=4), order=st.randoms(use_true_random=False))
def test_pages_and_order_do_not_change_groups(made: list[tuple[int, Post]], cuts: list[int], order: object) -> None:
    """Clear copies are one group and one risk each, however the stream is cut into pages and whichever comes first."""
    shuffled = list(made)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    with _memory(_profile()) as work:
        for page in _cut([p for _, p in shuffled], cuts):
            take_in(work, page)

        text_of = {p.key: text for text, p in shuffled}
        stored = rows(work.store, post)
        by_group: dict[int, set[int]] = {}
        for p in stored:
            by_group.setdefault(p.group_id, set()).add(text_of[p.platform, p.source_id, p.external_id, p.comment_id])
        assert len(stored) == len(made)
        assert sorted(next(iter(t)) for t in by_group.values()) == sorted({text for text, _ in made})
        risks = {text for text, _ in made} - {TEXTS.index(CALM)}
        assert len(rows(work.store, risk)) == len(risks)


@settings(max_examples=15, deadline=None)
@given(made=_posts(), cuts=st.lists(st.integers(0, 12), max_size=4), views=st.lists(st.integers(0, 99), max_size=5))
def test_counts_kept_one_by_one_add_up(made: list[tuple[int, Post]], cuts: list[int], views: list[int]) -> None:
    """What a group counted as posts came and counters changed is what counting all its posts anew gives."""
    page = [p for _, p in made]
    with _memory(_profile()) as work:
        for part in _cut(page, cuts):
            take_in(work, part)
        for number, seen in enumerate(views):
            first = page[number % len(page)]
            later = NOW + timedelta(minutes=number + 1)
            changed = Post(**{f: getattr(first, f) for f in Post.__slots__} | {"reach": Reach(seen), "seen_at": later})  # type: ignore[attr-defined]
            take_in(work.at(later), [changed])
        with work.store.write() as tx:
            kept = groups_by_id(tx, [g.id for g in tx.execute(grp.select())])
            anew = groups_by_id(tx, kept)
            assert recount(tx, anew) == []

        told = [c for c in STORED if not c.startswith(("mark_", "before_", "last_seen"))]
        for i, group in kept.items():
            assert [getattr(group, c) for c in told] == [getattr(anew[i], c) for c in told]
        assert sum(g.posts for g in kept.values()) == len(page)
        assert Counter(p.group_id for p in rows(work.store, post)) == {i: g.posts for i, g in kept.items()}


_LOADED: list[Profile] = []


def _profile() -> Profile:
    return _LOADED[0]


@pytest.fixture(autouse=True)
def _load(demo_profile: Profile) -> None:
    """Examples of hypothesis cannot take fixtures of one test; the profile is the same for all."""
    _LOADED[:] = [demo_profile]
