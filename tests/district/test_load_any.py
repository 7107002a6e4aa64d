"""Whatever is done to a profile, it loads or is refused with the key: there is no third way."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from district.load import ProfileErrors, check_profile, load_profile, read_profile
from tests.district.build import parsed

# Everything a TOML file can hold.
SCALARS = (
    st.text(max_size=30)
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.sampled_from(
        ["", "15m", "https://vk.com/id1", "http://[::1", "Europe", "a" * 600, "\x00", 10**400, -(10**400)]
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KeyPath = tuple[str | int, ...]


def _paths(value: Any, at: KeyPath = ()) -> list[KeyPath]:
    """Return the path of every key of every table, at any depth."""
    found: list[KeyPath] = []
    if isinstance(value, dict):
        for name, inner in value.items():
            found += [(*at, name), *_paths(inner, (*at, name))]
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            if isinstance(inner, dict):
                found += _paths(inner, (*at, number))
    return found


def _written(path: KeyPath) -> str:
    """Return a path as messages write it: sources[2].address, numbered from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _table(data: Any, path: KeyPath) -> Any:
    for part in path[:-1]:
        data = data[part]
    return data


PATHS = sorted(_paths(parsed()), key=str)
# Names of budgets are codes of channels, which the desk may add later: a strange one is a remark.
CLOSED = [path for path in PATHS if path[:-1] != ("prevention", "budgets")]
RENAMED = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@given(st.sampled_from(PATHS))
@settings(deadline=None)
def test_a_dropped_key_loads_or_is_named(path: KeyPath) -> None:
    """Without any one key the profile loads, or the key itself or what hung on it is named."""
    data = parsed()
    del _table(data, path)[path[-1]]

    _loads_or_names(data, path)


@given(st.sampled_from(CLOSED), RENAMED)
@settings(deadline=None)
def test_a_renamed_key_is_named_by_its_new_name(path: KeyPath, name: str) -> None:
    """A key under a name that no key has is refused by that name."""
    data = parsed()
    table = _table(data, path)
    table[f"ж{name}"] = table.pop(path[-1])

    profile, problems = read_profile(data, "x.toml")

    assert profile is None
    assert _written((*path[:-1], f"ж{name}")) in {p.key for p in problems if p.fatal}


@given(st.sampled_from(PATHS), VALUES)
@settings(deadline=None, max_examples=400)
def test_a_retyped_key_loads_or_is_named(path: KeyPath, value: Any) -> None:
    """Any value TOML can hold in any place loads or is refused at that place; nothing else is ever raised."""
    data = parsed()
    _table(data, path)[path[-1]] = copy.deepcopy(value)

    _loads_or_names(data, path)


def _loads_or_names(data: dict[str, Any], path: KeyPath) -> None:
    profile, problems = read_profile(data, "x.toml")

    assert (profile is None) == any(p.fatal for p in problems)
    if profile is None:
        # What refers to a changed id complains at the reference: then the section that was referred to is named by value.
        told = [p for p in problems if p.fatal]
        own = [p for p in told if p.key.startswith(_written(path)) or _written(path).startswith(p.key)]
        referred = path[-1] == "id" or path[-1] in (
            "mode",
            "platform",
            "selectors",
            "kind",
            "topics",
            "date",
            "name",
            "outside",
            "prevention",
            "calendar",
        )
        whole = path[-1] in ("territories", "officials", "blocks", "channels", "chats")
        levels = "levels" in path
        assert own or referred or whole or levels, [str(p) for p in told]
        for p in told:
            assert p.reason
            assert p.mend
            assert str(p).startswith("x.toml: ")


@given(st.dictionaries(st.text(max_size=12), VALUES, max_size=5))
@settings(deadline=None)
def test_any_tables_at_all_are_read_without_an_exception(data: dict[str, Any]) -> None:
    """Tables that have nothing to do with a profile are refused, not stumbled over."""
    profile, problems = read_profile(data, "x.toml")

    assert profile is None
    assert problems


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "surrogatepass")))
@settings(deadline=None)
def test_any_bytes_at_all_are_read_without_an_exception(tmp_path_factory: Any, raw: bytes) -> None:
    """A file of any bytes is refused with at least one problem."""
    path: Path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(raw)

    assert any(p.fatal for p in check_profile(path))
    with pytest.raises(ProfileErrors, match="any.toml"):
        load_profile(path)
