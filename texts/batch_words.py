"""Words of a batch of texts cut at once: where each stands, and a number by which a table of words finds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from texts.stems import MARKS, page_bytes, split_marks

Places = NDArray[np.int64]
Numbers = NDArray[np.uint64]

_APART = b" \x02 "
"""Stands between texts; no text has it, for control characters are gaps on the page."""
_SPACE, _WORD, _MARK = 0, 1, 2


def _kinds() -> NDArray[np.uint8]:
    """Return what each byte of the page is: a gap, a part of a word, a mark."""
    table = np.full(256, _WORD, np.uint8)
    table[[32, 2]] = _SPACE
    table[[ord(mark) for mark in MARKS]] = _MARK
    return table


_KINDS = _kinds()
_BASE = (hash("texts.batch_words") << 1 | 1) % (1 << 64)
"""Salted by Python itself and kept nowhere. Base of the polynomial that numbers words, another one in each process: nobody can make up two words that collide."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_POWERS: Numbers = np.ones(1, np.uint64)
_BACK: Numbers = np.ones(1, np.uint64)


def _powers(length: int) -> tuple[Numbers, Numbers]:
    """Return powers of the base and of its inverse modulo 2**64, at least so many; both are kept."""
    global _POWERS, _BACK
    if len(_POWERS) < length:
        size = max(length, 2 * len(_POWERS), 1 << 16)
        factors = np.full(size, _BASE, np.uint64)
        factors[0] = 1
        backs = np.full(size, pow(_BASE, -1, 1 << 64), np.uint64)
        backs[0] = 1
        _BACK = np.multiply.accumulate(backs)
        _POWERS = np.multiply.accumulate(factors)
    return _POWERS, _BACK


class Cut(NamedTuple):
    """A batch cut into tokens (words and marks), as positions in one buffer."""

    buffer: bytes
    """All texts on the one-byte page, in lower case."""
    starts: Places
    ends: Places
    """Where each token begins, and where it is over."""
    numbers: Numbers
    """The same for the same token, different for different ones (but for one pair in 10**19); never 0."""
    first: list[int]
    """The first token of each text, and the count of all at the end."""

    def token(self, at: int) -> bytes:
        """Return one token, as texts.stems.byte_tokens cuts it."""
        return self.buffer[int(self.starts[at]) : int(self.ends[at])]

    def tokens(self, start: int, end: int) -> list[bytes]:
        """Return tokens in order."""
        if start == end:
            return []
        return split_marks(self.buffer[int(self.starts[start]) : int(self.ends[end - 1])])


def cut_many(texts: Sequence[str]) -> Cut:
    """Return the tokens of texts, the same as texts.stems.byte_tokens finds in each."""
    buffer = _APART.join([b"", *map(page_bytes, texts), b""])
    signs = np.frombuffer(buffer, np.uint8)
    kinds = _KINDS[signs]
    word, mark = kinds == _WORD, kinds == _MARK
    begins, over = word.copy(), word.copy()
    begins[1:] &= ~word[:-1]
    over[:-1] &= ~word[1:]
    starts = np.flatnonzero(begins | mark)
    ends = np.flatnonzero(over | mark) + 1
    apart = np.flatnonzero(signs == _APART[1])
    first: list[int] = np.searchsorted(starts, apart).tolist()
    return Cut(buffer, starts, ends, _number(signs, starts, ends), first)


def _number(signs: NDArray[np.uint8], starts: Places, ends: Places) -> Numbers:
    powers, back = _powers(len(signs))
    sums = np.zeros(len(signs) + 1, np.uint64)
    np.cumsum(signs * powers[: len(signs)], out=sums[1:])
    numbers = (sums[ends] - sums[starts]) * back[starts]
    numbers ^= numbers >> np.uint64(29)
    numbers *= _MIX
    numbers ^= numbers >> np.uint64(32)
    numbers[numbers == 0] = 1
    return numbers


def kept_parts(cut: Cut, keep: NDArray[np.int64]) -> list[bytes]:
    """Return for each text the first `keep` letters of its tokens joined by spaces; tokens of 0 letters are left out."""
    some = keep > 0
    starts = cut.starts[some]
    stops = starts + keep[some]
    signs = np.frombuffer(cut.buffer, np.uint8).copy()
    apart = signs == _APART[1]
    signs[stops] = 32
    edges = np.zeros(len(signs) + 2, np.int8)
    edges[starts] += 1
    edges[stops + 1] -= 1
    inside = np.cumsum(edges[: len(signs)], dtype=np.int8) > 0
    return [part.strip() for part in signs[inside | apart].tobytes().split(_APART[1:2])[1:-1]]
