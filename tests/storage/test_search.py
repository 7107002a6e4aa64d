"""Search finds posts by words in any form, newest first, the same on both databases."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.engine import Store
from storage.find.search import post_ids, posts_saying
from storage.keep.posts import add_words, drop_words
from texts.stems import stem_text

TEXTS = {
    1: "Отключили горячую воду на Садовой улице",
    2: "Горячая вода есть, спасибо коммунальщикам",
    3: "Ямы на дороге, улица Садовая, 15",
    4: "ёлку привезли, Ёлка стоит у школы №3",
}


@pytest.fixture
def words(store: Store) -> Store:
    with store.write() as tx:
        add_words(tx, [(i, stem_text(text)) for i, text in TEXTS.items()])
    return store


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("горячей воды", [2, 1]),
        ("САДОВАЯ улица", [3, 1]),
        ("елка", [4]),
        ("школа 3", [4]),
        ("вода ямы", []),
        ("", []),
        ("«»—!?", []),
        ('вода" OR "дорога', []),
        ("'; DROP TABLE post_words; --", []),
        ("вода AND NOT садовая", []),
        ("вод*", [2, 1]),
    ],
)
def test_words_in_any_form_are_found(words: Store, query: str, found: list[int]) -> None:
    """All words of the query must be there in some form; nothing in it is ever taken for a command."""
    with words.read() as tx:
        assert post_ids(tx, query) == found


def test_what_is_dropped_is_found_no_more(words: Store) -> None:
    """A forgotten or edited text leaves the index."""
    with words.write() as tx:
        drop_words(tx, [1])
        add_words(tx, [(1, stem_text("Свет дали"))])

    with words.read() as tx:
        assert post_ids(tx, "вода") == [2]
        assert post_ids(tx, "свет") == [1]


def test_the_newest_come_first_and_no_more_than_asked(words: Store) -> None:
    """A common word gives the newest posts, as many as fit."""
    with words.write() as tx:
        add_words(tx, [(i, "вод") for i in range(10, 40)])

    with words.read() as tx:
        assert post_ids(tx, "вода", limit=3) == [39, 38, 37]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=st.text(max_size=60))
def test_no_query_breaks_the_search(words: Store, query: str) -> None:
    """Whatever is typed, the search answers."""
    with words.read() as tx:
        post_ids(tx, query)


def test_words_of_any_length_are_kept(store: Store) -> None:
    """A word of three thousand letters does not stop a batch on either database."""
    with store.write() as tx:
        add_words(tx, [(1, "а" * 3000 + " вод"), (2, "")])

    with store.read() as tx:
        assert post_ids(tx, "вода") == [1]


@pytest.mark.parametrize(
    ("phrases", "first", "last", "found"),
    [
        (("яма", "ёлка"), 1, 4, {3, 4}),
        (("горячая вода", "ямы"), 1, 4, {1, 2, 3}),
        (("горячая вода", "ямы"), 2, 2, {2}),
        (("вода школа",), 1, 4, set()),
        (("", "«»"), 1, 4, set()),
        ((), 1, 4, set()),
        (('вода" OR "дорога', "'; --"), 1, 4, set()),
    ],
)
def test_any_of_several_phrases_is_found(
    words: Store, phrases: tuple[str, ...], first: int, last: int, found: set[int]
) -> None:
    """A post holds all words of one phrase at least, in any form, and its id lies between the bounds."""
    with words.read() as tx:
        assert posts_saying(tx, phrases, first, last) == found
