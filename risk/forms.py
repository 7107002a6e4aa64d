"""Forms: what is remembered of the forms of words that texts have shown, found for a whole batch at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from risk.matching import MARK_ORDER, NEAR, READ_TOKENS, Known, Tokens
from texts.batch_words import Cut, Numbers, cut_many, kept_parts
from texts.stems import MARKS, fixed, stems, text_token, token_text

Ids = NDArray[np.int64]

_PLACES = 1 << 19
"""Room of the table: with `_LIMIT` forms in it a look-up needs 1.2 steps."""
_LIMIT = 150_000
"""Forms of words remembered between texts, about 20 MB; then all are learnt anew."""
_OTHERWISE = -1
"""Length kept of a form whose stem is not its beginning (look-alike letters, long repeats)."""
_SPEAKS, _TRIES = 1, 2
_BITS = 256
"""Width of the filter: slots share its bits, so some phrases are tried in vain; with 64 most are."""


class Forms:
    """The memory of one dictionary, for one thread at a time (Dictionary lends it). Every form has a number: marks first, then the given words, then as they come."""

    def __init__(self, known: Callable[[str, str], Known | None], words: Iterable[str] = ()) -> None:
        """Take what tells a form and its stem apart, and words that must have a number from the start."""
        self._tell = known
        self._numbers = np.zeros(_PLACES, np.uint64)
        self._ids = np.zeros(_PLACES, np.int32)
        size = _LIMIT + 1
        self.keep = np.zeros(size, np.int64)
        """How many first letters of a form are its stem; 0 for a mark."""
        self.starts = np.zeros(size, np.uint8)
        """_SPEAKS for a form that is a phrase of the first look or speaks for a topic, _TRIES where a longer one begins."""
        self.fills = np.zeros((size, _BITS // 64), np.uint64)
        """Bits of the slots that a form fills, and in `wants` of those that its longer phrases wait for beside it."""
        self.wants = np.zeros((size, _BITS // 64), np.uint64)
        self.known: list[Known | None] = []
        self._stems: dict[int, bytes] = {}
        for word in (*MARK_ORDER, *words):
            self._learn(cut_many([word]), np.zeros(1, np.int64))

    @property
    def is_full(self) -> bool:
        """True when a batch of new forms may not find room."""
        return len(self.known) >= _LIMIT

    def look_up(self, cut: Cut) -> Ids:
        """Return the number of each token's form; forms never met before are learnt."""
        found = self._find(cut.numbers)
        new = np.flatnonzero(found < 0)
        if new.size:
            self._learn(cut, new)
            found = self._find(cut.numbers)
        return found

    def stem(self, at: int, token: bytes) -> bytes:
        """Return the stem of a form whose stem is not its beginning."""
        return self._stems.get(at, token)

    def _find(self, numbers: Numbers) -> Ids:
        at = (numbers & np.uint64(_PLACES - 1)).astype(np.int64)
        there = self._numbers[at]
        found = np.where(there == numbers, self._ids[at], -1).astype(np.int64)
        left = np.flatnonzero((there != numbers) & (there != 0))
        while left.size:
            at[left] = (at[left] + 1) % _PLACES
            there = self._numbers[at[left]]
            same = there == numbers[left]
            found[left[same]] = self._ids[at[left[same]]]
            left = left[~same & (there != 0)]
        return found

    def _learn(self, cut: Cut, new: Ids) -> None:
        """Remember the forms of these tokens."""
        numbers, places = np.unique(cut.numbers[new], return_index=True)
        tokens = [cut.token(int(new[place])) for place in places]
        words = [fixed(token_text(token)) for token in tokens]
        for number, token, word, stem in zip(numbers.tolist(), tokens, words, stems(words), strict=True):
            self._remember(number, token, word, stem)

    def _remember(self, number: int, token: bytes, word: str, stem: str) -> None:
        at = len(self.known)
        if at >= len(self.keep):
            self._grow()
        mark = token_text(token) in MARKS
        told = None if mark else self._tell(word, stem)
        root = b"" if mark else text_token(stem)
        self.keep[at] = len(root) if token.startswith(root) else _OTHERWISE
        if self.keep[at] == _OTHERWISE:
            self._stems[at] = root
        if told is not None:
            self._describe(at, told)
        self.known.append(told)
        place = number % _PLACES
        while self._numbers[place]:
            place = (place + 1) % _PLACES
        self._ids[place] = at
        self._numbers[place] = number

    def _describe(self, at: int, told: Known) -> None:
        """Write down for the filter what a form fills and waits for."""
        self.fills[at] = _bits(told.slots)
        first = told.first
        speaks = bool(told.votes) or (first is not None and bool(first.alone))
        self.starts[at] = _SPEAKS * speaks + _TRIES * (first is not None and bool(first.rules))
        if first is not None and first.rules:
            self.wants[at] = _bits(first.beside)

    def _grow(self) -> None:
        """Make room for the forms of one last batch beyond the limit."""
        for name in ("keep", "starts", "fills", "wants"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.zeros_like(old[: len(old) // 2])]))


def _bits(slots: Iterable[int]) -> list[int]:
    mask = 0
    for slot in slots:
        mask |= 1 << slot % _BITS
    return [mask >> shift & (1 << 64) - 1 for shift in range(0, _BITS, 64)]


def looked_up(forms: Forms, texts: Sequence[str]) -> list[Tokens]:
    """Return texts as tokens, each with the number of its form."""
    cut = cut_many(texts)
    ids = forms.look_up(cut)
    starts = forms.starts[ids]
    speaks = _by_text(np.flatnonzero(starts & _SPEAKS), cut.first)
    tries = _by_text(_promising(forms, ids, np.flatnonzero(starts & _TRIES)), cut.first)
    stem_texts = _stem_texts(forms, cut, ids, forms.keep[ids])
    numbers: list[int] = ids.tolist()
    edges = zip(cut.first, cut.first[1:], speaks, tries, stem_texts, strict=False)
    return [
        Tokens(cut, start, numbers[start:end], forms.known, speaks=own, tries=tried, stems=told)
        for start, end, own, tried, told in edges
    ]


def _promising(forms: Forms, ids: Ids, begins: Ids) -> Ids:
    """Return those of the tokens beside which some word stands that one of their phrases waits for."""
    if not begins.size:
        return begins
    padded = np.zeros((len(ids) + 2 * NEAR, _BITS // 64), np.uint64)
    padded[NEAR : len(ids) + NEAR] = forms.fills[ids]
    near = padded.copy()
    for shift in (1, 2, 4, 2 * NEAR + 1 - 8):  # together a window of 2 * NEAR + 1 tokens
        near[:-shift] |= near[shift:].copy()
    return begins[(near[begins] & forms.wants[ids[begins]]).any(axis=1)]


def _by_text(places: Ids, first: list[int]) -> list[list[int]]:
    """Return places among all tokens as places in each text, those that are read."""
    edges: list[int] = np.searchsorted(places, first).tolist()
    at: list[int] = places.tolist()
    found = []
    for i, start in enumerate(first[:-1]):
        own = at[edges[i] : edges[i + 1]]
        found.append([place - start for place in own if place - start < READ_TOKENS])
    return found


def _stem_texts(forms: Forms, cut: Cut, ids: Ids, keep: Ids) -> list[str]:
    """Return the stems of each text joined by spaces; where all stems are beginnings, all texts are made at once."""
    told = [token_text(part) for part in kept_parts(cut, np.maximum(keep, 0))]
    for text in set(np.searchsorted(cut.first, np.flatnonzero(keep < 0), side="right").tolist()):
        start, end = cut.first[text - 1], cut.first[text]
        odd = zip(ids[start:end].tolist(), keep[start:end].tolist(), cut.tokens(start, end), strict=True)
        told[text - 1] = token_text(
            b" ".join([forms.stem(i, token) if k < 0 else token[:k] for i, k, token in odd if k])
        )
    return told
