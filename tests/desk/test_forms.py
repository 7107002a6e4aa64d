"""Forms are read without guessing: the mistake is named, what was typed is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from desk.forms import LONGEST, MOST_IDS, Fields, FormError


def a_form(**values: str | list[str]) -> Fields:
    pairs = [(k, v) for k, given in values.items() for v in ([given] if isinstance(given, str) else given)]
    return Fields.of(FormData(pairs))


def test_text_is_trimmed_and_bounded() -> None:
    """A field loses its spaces, its NULs and what is beyond four thousand signs."""
    assert a_form(note="  да\0\r\nнет ").text("note") == "да\nнет"
    assert len(a_form(note="а" * 9999).text("note")) == LONGEST
    assert a_form().text("note") == ""


def test_a_password_keeps_its_spaces() -> None:
    """The raw value is what was typed."""
    assert a_form(password=" а б ").raw("password") == " а б "


@pytest.mark.parametrize("value", ["", "5x", "-1", "1e3", "٣", "9" * 19])
def test_a_number_is_a_number(value: str) -> None:
    """Anything but up to eighteen digits is refused with what was wanted."""
    with pytest.raises(FormError, match="версия карточки"):
        a_form(version=value).whole("version", "версия карточки")


def test_a_choice_is_one_of_the_choices() -> None:
    """A value that is not offered is refused, and so is none."""
    assert a_form(level="3").one_of("level", ("1", "2", "3", "4"), "уровень") == "3"
    with pytest.raises(FormError, match="«9» здесь нет"):
        a_form(level="9").one_of("level", ("1", "2"), "уровень")
    with pytest.raises(FormError, match="Выберите: уровень"):
        a_form().one_of("level", ("1", "2"), "уровень")


def test_ticked_lines_come_once_and_in_order() -> None:
    """A line ticked twice is one line; a tick without a number and too many ticks are refused."""
    assert a_form(risk=["3", "1", "3"]).ids("risk") == (3, 1)
    with pytest.raises(FormError, match="без номера"):
        a_form(risk=["1", "drop table"]).ids("risk")
    with pytest.raises(FormError, match=f"больше {MOST_IDS}"):
        a_form(risk=[str(i) for i in range(MOST_IDS + 1)]).ids("risk")


@given(st.text())
def test_any_text_may_be_typed(text: str) -> None:
    """Whatever is typed comes back as text without NULs."""
    assert "\0" not in a_form(note=text).text("note")
