"""Tokens of authors: equal for one voice, unlinkable under another key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from texts.pseudonym import voice

KEY, OTHER = b"a" * 32, b"b" * 32


@given(st.text(min_size=1), st.sampled_from(["vk", "telegram", "site"]))
def test_one_author_is_one_voice(author: str, platform: str) -> None:
    """The same author on the same platform under one key always gives the same sixteen hex digits."""
    token = voice(author, platform, KEY)

    assert token == voice(author, platform, KEY)
    assert len(token) == 16
    assert set(token) <= set("0123456789abcdef")


@given(st.text(min_size=1))
def test_a_rotated_key_cuts_old_tokens_loose(author: str) -> None:
    """Under another key, or on another platform, the token is another one."""
    token = voice(author, "vk", KEY)

    assert token != voice(author, "vk", OTHER)
    assert token != voice(author, "telegram", KEY)


@given(st.lists(st.text(min_size=1), unique=True, min_size=2, max_size=30))
def test_different_authors_are_different_voices(authors: list[str]) -> None:
    """Distinct authors are counted as distinct."""
    assert len({voice(a, "vk", KEY) for a in authors}) == len(authors)


def test_platform_and_author_do_not_run_together() -> None:
    """("vk", "1x") and ("vk1", "x") are two voices."""
    assert voice("1x", "vk", KEY) != voice("x", "vk1", KEY)


@pytest.mark.parametrize("secret", [b"", b"short", b"x" * 65])
def test_a_guessable_key_is_refused(secret: bytes) -> None:
    """A key shorter than 16 bytes would make tokens reversible by trying all ids."""
    with pytest.raises(ValueError, match="от 16 до 64"):
        voice("1", "vk", secret)


def test_an_unpaired_surrogate_is_a_voice_too() -> None:
    """Whatever a platform calls an id is turned into a token."""
    assert len(voice("\ud800", "vk", KEY)) == 16
