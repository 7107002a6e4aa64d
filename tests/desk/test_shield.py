"""Foreign forms are refused, tokens change their guise, addresses stay ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from desk.shield import is_foreign, mask_token, token_fits
from desk.visit import local

HOST = {"host": "10.0.0.5:8000"}


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({"origin": "http://10.0.0.5:8000"}, False),
        ({"origin": "https://10.0.0.5:8000"}, False),
        ({"origin": "http://evil.example"}, True),
        ({"origin": "http://10.0.0.5:9000"}, True),
        ({"origin": "null"}, True),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, False),
        ({"origin": "http://10.0.0.5:8000", "sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({}, False),
    ],
)
def test_who_sent_a_form(headers: dict[str, str], foreign: bool) -> None:
    """A form is foreign when the browser names another site; a client that names none still needs the token."""
    assert is_foreign(Headers(HOST | headers)) is foreign


@given(st.text(alphabet=st.characters(max_codepoint=127), min_size=1, max_size=60))
def test_a_masked_token_is_still_the_token(token: str) -> None:
    """Each guise fits its token and no other."""
    first, second = mask_token(token), mask_token(token)

    assert token_fits(first, token)
    assert token_fits(second, token)
    assert not token_fits(first, token + "x")
    assert not token_fits(first, "")


@given(st.text())
def test_any_field_may_be_checked(masked: str) -> None:
    """Nonsense in place of a token is simply not the token."""
    assert not token_fits(masked, "a" * 43)


def test_the_guise_changes() -> None:
    """Two pages never carry the same bytes, so compression tells nothing (BREACH)."""
    assert mask_token("a" * 43) != mask_token("a" * 43)


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/a\nb"])
def test_nobody_is_led_away(address: str) -> None:
    """An address that is not a page of ours becomes the queue."""
    assert local(address) == "/"


def test_our_pages_are_kept() -> None:
    """A page of ours with a query and a place in it stays as it is."""
    assert local("/?level=4#r12") == "/?level=4#r12"
