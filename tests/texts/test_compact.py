"""Compact JSON is the same text that the standard library writes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from texts.compact import compact_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_it_writes_what_the_standard_library_writes(value: object) -> None:
    """Any value of JSON becomes the same text as through json.dumps without blanks."""
    assert compact_json(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def test_a_value_without_a_word_in_json_is_refused() -> None:
    """A set is no JSON, and is named in the error."""
    with pytest.raises(TypeError, match="set"):
        compact_json({"a": {1}})
