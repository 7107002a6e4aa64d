"""Words and stems: the same for the rules and for the search of both databases."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from texts.stems import MARKS, byte_tokens, fixed, stem_text, stems, token_text, tokens, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Третий день НЕТ воды!", ["третий", "день", "нет", "воды"]),
        ("ул. Ленина, д.5а — «яма»", ["ул", "ленина", "д", "5а", "яма"]),
        ("Ёлка у подъезда", ["елка", "у", "подъезда"]),
        ("пoжaр", ["пожар"]),
        ("п0жар на 3 этаже", ["пожар", "на", "3", "этаже"]),
        ("нееееет водыыы", ["нет", "воды"]),
        ("во́ды ве\xadчером не\u200bт", ["воды", "вечером", "нет"]),
        ("вода🔥нет😡света", ["вода", "нет", "света"]),
        ("й и и\u0306", ["й", "и", "й"]),
        ("BBC и COVID-19", ["bbc", "и", "covid", "19"]),
        ("", []),
        ("…!!! ??", []),
        ("\x00вода\u202e", ["вода"]),
    ],
)
def test_words_of_a_post(text: str, found: list[str]) -> None:
    """Case, ё, look-alike letters and digits, long repeats, stress marks and emoji do not change a word."""
    assert words(text) == found


@pytest.mark.parametrize(
    "forms",
    [
        ("отопление", "отопления", "отоплением"),
        ("дорога", "дороги", "дорогу", "дороге"),
        ("фонарь", "фонаря", "фонари", "фонарей"),
        ("утонул", "утонула", "утонули"),
    ],
)
def test_forms_of_a_word_share_a_stem(forms: tuple[str, ...]) -> None:
    """A query in one grammatical case finds the word in another."""
    assert len(set(stems(forms))) == 1


def test_a_query_meets_a_text_in_its_stems() -> None:
    """The text's stems hold all stems of a query written differently."""
    text = set(stem_text("На Советской улице прорвало трубу, нет горячей воды").split())

    assert set(stem_text("горячая вода СОВЕТСКАЯ").split()) <= text


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Что? Да!", ["?", "!"]),
        ("«Яма» (старая)", ['"', '"', ",", ","]),
        ("да—нет: раз/два\nтри", [",", ",", ",", "."]),
    ],
)
def test_marks_are_tokens_of_their_own(text: str, marks: list[str]) -> None:
    """Ends of sentences, pauses and quotation marks stay as single tokens, each of one kind."""
    assert [token for token in tokens(text) if token in MARKS] == marks


@given(st.text(max_size=200))
def test_any_text_gives_clean_words(text: str) -> None:
    """Words are never empty, never hold spaces, marks or capitals, and there are as many stems."""
    found = words(text)

    assert all(word and word == word.lower() and not re.search(r"[\s.,!?\"«»]", word) for word in found)
    assert len(stems(found)) == len(found)


@given(st.text(max_size=200))
def test_byte_tokens_are_the_same_tokens(text: str) -> None:
    """The quick form has the same tokens in the same places, in lower case."""
    assert [token_text(token) for token in byte_tokens(text)] == [token.lower() for token in tokens(text)]


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюя", min_size=1, max_size=20))
def test_mending_a_word_twice_changes_nothing(word: str) -> None:
    """A mended word stays as it is."""
    assert fixed(fixed(word)) == fixed(word)
