"""Keys by which similar texts find each other: the smallest hashes of short windows of a cleaned text."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from texts.clean import Cleaned

Ints = NDArray[np.int64]
_Words = NDArray[np.uint64]

NO_KEY = -1
"""Fills the row of a text that has fewer windows than keys."""
KEY_BITS = 44
"""Keys are 0 .. 2**44-1: the post's number fits above them while sorting, and a false meeting stays rare (1e-5 at a million posts)."""

_U = np.uint64
# Odd multipliers of splitmix64 and xxHash64; changing them makes every stored key useless.
_MULTIPLY_1, _MULTIPLY_2 = _U(0x9E3779B97F4A7C15), _U(0xC2B2AE3D27D4EB4F)
_DROP = _U(64 - KEY_BITS)
_KEY_MASK = _U((1 << KEY_BITS) - 1)


def text_hash(text: bytes) -> int:
    """Return the signed 64-bit hash of a cleaned text; the same in every process, version and machine."""
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little", signed=True)


def _window_hashes(flat: NDArray[np.uint8], width: int) -> _Words:
    """Return a 64-bit hash of the `width` (8..16) codes that begin at each position."""
    padded = np.concatenate([flat, np.zeros(16, np.uint8)])
    eight = np.ndarray((len(flat) + 8,), "<u8", buffer=padded.data, strides=(1,))
    hashes = eight[: len(flat)] * _MULTIPLY_1
    if width > 8:
        hashes = (hashes ^ (hashes >> _U(29))) + eight[width - 8 : width - 8 + len(flat)] * _MULTIPLY_2
    hashes ^= hashes >> _U(32)
    hashes *= _MULTIPLY_2
    hashes ^= hashes >> _U(29)
    return hashes


def bottom_keys(cleaned: Cleaned, width: int, count: int) -> Ints:
    """Return the `count` smallest distinct window hashes of each text, ascending, padded by NO_KEY: shape (texts, count).

    A text shorter than the window has one key made of all of it; an empty text has none.
    """
    texts = len(cleaned.starts)
    if not texts:
        return np.zeros((0, count), np.int64)
    lengths = cleaned.ends - cleaned.starts
    hashes = _window_hashes(cleaned.flat, width) >> _DROP
    owner = np.repeat(np.arange(texts), lengths + 1)
    good = np.arange(len(cleaned.flat)) + width <= cleaned.ends[owner]
    packed = np.unique(hashes[good] | (owner[good].astype(_U) << _U(KEY_BITS)))
    found = np.bincount((packed >> _U(KEY_BITS)).astype(np.int64), minlength=texts)
    first = np.cumsum(found) - found
    column = np.arange(count)
    keys = np.full((texts, count), NO_KEY, np.int64)
    rows, columns = np.nonzero(column[None, :] < found[:, None])
    keys[rows, columns] = (packed[first[rows] + columns] & _KEY_MASK).astype(np.int64)
    for short in np.flatnonzero((lengths > 0) & (lengths < width)):
        text = cleaned.flat[cleaned.starts[short] : cleaned.ends[short]].tobytes()
        keys[short, 0] = text_hash(text) & ((1 << KEY_BITS) - 1)
    return keys


def ratios(left: Sequence[bytes], right: Sequence[bytes], least: float) -> NDArray[np.float32]:
    """Return the likeness of each pair of cleaned texts, 0..100 (share of characters kept in order); 0 where below `least`."""
    if not left:
        return np.zeros(0, np.float32)
    return process.cpdist(left, right, scorer=fuzz.ratio, score_cutoff=least, dtype=np.float32)
