"""Keys by which similar texts find each other: the smallest hashes of short windows of a cleaned text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

Ints = NDArray[np.int64]
_Words = NDArray[np.uint64]

KEY_BITS = 44
"""Keys are 0 .. 2**44-1: the post's number fits above them while sorting, and a false meeting stays rare (1e-6 at a million posts)."""
NO_KEY = -1
"""Fills a row of keys where a text has fewer."""

_U = np.uint64
# Odd multipliers of splitmix64 and xxHash64; changing them makes every stored key useless.
_MULTIPLY_1, _MULTIPLY_2 = _U(0x9E3779B97F4A7C15), _U(0xC2B2AE3D27D4EB4F)
_KEY_MASK = (1 << KEY_BITS) - 1


@dataclass(frozen=True, slots=True)
class _Class:
    """Texts of `least` .. `below` letters have `keys` keys made of windows of `width` letters."""

    least: int
    below: int
    width: int
    keys: int


# Short texts need short windows (one changed word spoils all long ones); long texts need long windows (short ones are common
# phrases that a million posts share). Neighbours overlap by half: alike texts differ in length by a third at most, so each pair
# has a class in common.
# Numbers of keys by measured recall on two real streams: docs/decisions/0005-near-copies.md.
_CLASSES = (_Class(1, 36, 5, 12), _Class(24, 150, 8, 14), _Class(100, 1 << 40, 14, 10))
MOST_KEYS = 26
"""Keys a text may have: it belongs to two neighbouring classes at most."""


def text_hash(text: bytes) -> int:
    """Return the signed 64-bit hash of a cleaned text; the same in every process, version and machine."""
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little", signed=True)


def _window_hashes(flat: NDArray[np.uint8], width: int) -> _Words:
    """Return a 64-bit hash of the `width` (2..16) codes that begin at each position."""
    padded = np.concatenate([flat, np.zeros(16, np.uint8)])
    eight: _Words = np.ndarray((len(flat) + 8,), "<u8", buffer=padded.data, strides=(1,))
    head = eight[: len(flat)]
    hashes = (head if width >= 8 else head & _U((1 << (8 * width)) - 1)) * _MULTIPLY_1
    if width > 8:
        hashes ^= hashes >> _U(29)
        hashes += eight[width - 8 : width - 8 + len(flat)] * _MULTIPLY_2
    hashes ^= hashes >> _U(32)
    hashes *= _MULTIPLY_2
    hashes ^= hashes >> _U(29)
    return hashes


def _class_keys(texts: list[bytes], width: int, most: int) -> tuple[Ints, Ints]:
    """Return (places in `texts`, keys): the `most` smallest distinct window hashes of each text, ascending by place and key."""
    flat = np.frombuffer(b"\n".join(texts) + b"\n", np.uint8)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(lengths + 1) - 1
    # Only hashes low enough to be among the smallest are sorted: about 4 * most + 16 of each text.
    share = np.minimum(1.0, (4.0 * most + 16.0) / np.maximum(lengths, 1))
    limit = np.repeat((share * float(1 << KEY_BITS)).astype(_U), lengths + 1)
    # A window must not reach over the end of its text.
    limit[np.maximum(ends[:, None] - np.arange(width)[None, :], 0)] = 0
    hashes = _window_hashes(flat, width) >> _U(64 - KEY_BITS)
    low = np.flatnonzero(hashes < limit)
    packed = hashes[low] | (np.searchsorted(ends, low).astype(_U) << _U(KEY_BITS))
    packed.sort()
    fresh = np.ones(len(packed), np.bool_)
    fresh[1:] = packed[1:] != packed[:-1]
    packed = packed[fresh]
    owner = (packed >> _U(KEY_BITS)).astype(np.int64)
    rank = np.arange(len(packed)) - np.searchsorted(owner, np.arange(len(texts)))[owner]
    first = rank < most
    return owner[first], (packed[first] & _U(_KEY_MASK)).astype(np.int64)


def window_keys(plains: Sequence[bytes]) -> tuple[Ints, Ints]:
    """Return (owners, keys) of cleaned texts without capitals: which text of the batch has which key; no order is promised.

    Alike texts share keys whatever was added, cut or mistyped; a text shorter than its window has one key made of all of it, an
    empty text none. Keys are 0 .. 2**44-1 and stable for ever.
    """
    owners, keys = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for kind in _CLASSES:
        members = [place for place, text in enumerate(plains) if kind.least <= len(text) < kind.below]
        if members:
            owner, key = _class_keys([plains[place] for place in members], kind.width, kind.keys)
            owners.append(np.array(members, np.int64)[owner])
            keys.append(key)
    tiny = [place for place, text in enumerate(plains) if 0 < len(text) < _CLASSES[0].width]
    owners.append(np.array(tiny, np.int64))
    keys.append(np.array([text_hash(plains[place]) & _KEY_MASK for place in tiny], np.int64))
    return np.concatenate(owners), np.concatenate(keys)


def ratios(left: Sequence[bytes], right: Sequence[bytes], least: float) -> NDArray[np.float32]:
    """Return the likeness of each pair of cleaned texts, 0..100 (share of characters kept in order); 0 where below `least`."""
    if not left:
        return np.zeros(0, np.float32)
    return process.cpdist(left, right, scorer=fuzz.ratio, score_cutoff=least, dtype=np.float32)
