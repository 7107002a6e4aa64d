"""Batches of words: the same tokens as one text after another, and one number for one word."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from texts.batch_words import cut_many
from texts.stems import byte_tokens

_TEXTS = st.lists(st.text(max_size=80) | st.text("аб ёЁ.,!?«\x00\x02\n1Z😡", max_size=40), max_size=6)


@settings(max_examples=300, deadline=None)
@given(_TEXTS)
def test_a_batch_has_the_tokens_of_its_texts(texts: list[str]) -> None:
    """Each text of a batch is cut as it would be alone, whatever signs it or its neighbours hold."""
    cut = cut_many(texts)

    assert [cut.tokens(a, b) for a, b in zip(cut.first, cut.first[1:], strict=False)] == [
        byte_tokens(text) for text in texts
    ]


@settings(max_examples=200, deadline=None)
@given(_TEXTS)
def test_one_word_has_one_number(texts: list[str]) -> None:
    """The same token has the same number wherever it stands, and different tokens have different ones."""
    cut = cut_many(texts)
    told = [(cut.token(at), int(number)) for at, number in enumerate(cut.numbers)]

    assert len({token for token, _ in told}) == len(set(told)) == len({number for _, number in told})
    assert all(number for _, number in told)


def test_an_empty_batch_has_no_tokens() -> None:
    """Nothing given, nothing found."""
    assert list(cut_many([]).numbers) == []
    assert cut_many([""]).first == [0, 0]
