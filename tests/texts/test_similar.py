"""Alike texts share keys, keys are stable for ever, and likeness is what people call it."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.bench.stream import CHANGES, base_text, change
from texts.clean import clean, plain
from texts.similar import MOST_KEYS, ratios, text_hash, window_keys


def keys_of(*texts: str) -> list[set[int]]:
    """Keys of each text as a set."""
    plains = [plain(norm) for norm in clean(list(texts))]
    owners, keys = window_keys(plains)
    return [set(keys[owners == place].tolist()) for place in range(len(texts))]


def test_keys_and_hashes_never_change() -> None:
    """Stored keys and hashes of an older version meet those of this one: these numbers are for ever."""
    (keys,) = keys_of("Завтра в селе Белое отключат воду с 9 до 18 часов, запаситесь водой заранее")

    assert text_hash(plain(clean(["Воды нет"])[0])) == -8181135044041481136
    assert sorted(keys)[:3] == [349268711904, 749072814280, 992823630952]


@pytest.mark.parametrize("kind", sorted(CHANGES))
def test_a_changed_copy_shares_keys(kind: str) -> None:
    """Whatever the usual ways of copying do to a text, it keeps a key of the original in 99 of 100 cases."""
    dice = random.Random(5)
    meet = 0
    for _ in range(200):
        text = base_text(dice)
        one, two = keys_of(text, change(dice, text, kind))
        meet += bool(one & two)

    assert meet >= 198


def test_number_of_keys_is_bounded() -> None:
    """A text has 10 to 26 keys by its length, one if it is tiny and none if it is empty."""
    words = [f"слово{n}" for n in range(200)]
    sizes = [len(keys) for keys in keys_of("", "да", *(" ".join(words[:count]) for count in (3, 4, 10, 16, 30, 200)))]

    assert sizes == [0, 1, 12, 26, 14, 24, 10, 10]
    assert max(sizes) == MOST_KEYS


def test_keys_do_not_depend_on_the_batch() -> None:
    """A text has the same keys alone and among others."""
    dice = random.Random(7)
    texts = [base_text(dice) for _ in range(30)]

    assert keys_of(*texts) == [keys_of(text)[0] for text in texts]


def test_likeness_is_the_share_of_kept_letters() -> None:
    """Likeness is 100 for the same, and 0 below what was asked for."""
    found = ratios([b"abcdefghij", b"abcdefghij", b"abcdefghij"], [b"abcdefghij", b"abcdefghix", b"zzzzz"], 80)

    assert found.tolist() == [100.0, 90.0, 0.0]
    assert ratios([], [], 80).dtype == np.float32
