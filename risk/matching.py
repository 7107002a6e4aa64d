"""Matching: phrases looked for around the rare words of a text, in tokens that the dictionary has looked up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from texts.stems import MARKS, token_text

_MARKS = frozenset(mark.encode() for mark in MARKS)
_READ_TOKENS = 400
"""A message tells its matter in its first 400 tokens; the rest of an article goes to the search only."""
_REACH_TOKENS = 40
"""So far beyond them the words of a phrase may stand that begins before."""
_NEAR_TOKENS = 12
"""Two words so close are looked at between; farther apart the ends of all sentences are found once."""
_ENDS = frozenset((b".", b"?", b"!"))
_QUOTE = b'"'
_ENOUGH_WORDS = 2
_LEADING = frozenset(
    word.encode("cp1251") for word in ("в", "во", "на", "по", "из", "с", "со", "у", "и", "к", "от", "под")
)
"""Little words that only lead to the next one: a quotation does not end with them."""
_SHORTENED = frozenset(
    ("ул", "пер", "обл", "тел", "стр", "дер", "пос", "мкр", "руб", "чел", "тыс", "млн", "корп", "наб")
)
"""A dot after these does not end a sentence."""
_new = tuple.__new__
"""A tuple made without the named one's own constructor: half the time, and forty of them a text."""


class Match(NamedTuple):
    """A phrase found: the row it belongs to, first and last token; `also` spans the part after `&`."""

    row: Any
    """Whatever `Dictionary.add` was given."""
    start: int
    end: int
    also: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """One order of a phrase's words."""

    slots: tuple[int, ...]
    """The number of each word's slot: its set of alternatives."""
    gaps: tuple[int, ...]
    """How many tokens may stand before each word."""
    anchor: int = 0
    """Index of the rarest word: the search starts from it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One phrase with all the orders that its words may stand in."""

    row: Any
    orders: tuple[Order, ...]
    also: tuple[Rule, ...] = ()
    pair: tuple[int, int, int] | None = None
    """For a phrase of two words: the slot of the other one and how many tokens it may stand to the left and right."""
    later: bool = False
    """True when the phrase is looked for only in texts that the first look found telling."""
    vote: tuple[str, float] | None = None
    """For a word of a topic: what it speaks for and how strongly."""

    @property
    def is_word(self) -> bool:
        """True for a phrase of a single word."""
        return len(self.orders[0].slots) == 1 and not self.also

    @property
    def reach(self) -> int:
        """How many tokens to either side of its rarest word another one may stand, commas between them counted."""
        return max(sum(order.gaps) + 2 * len(order.gaps) for order in self.orders)


class Look(NamedTuple):
    """What one form of a word starts."""

    alone: tuple[Any, ...]
    """Rows of which it is a whole phrase."""
    rules: tuple[tuple[int, Rule], ...]
    """Phrases to try, each behind another of its slots."""
    others: frozenset[int]
    """All those slots: most often no neighbour fills one of them."""
    reach: int
    """How many tokens to either side those neighbours may stand."""


class Known(NamedTuple):
    """What is remembered of one form of a word that some phrase has."""

    slots: frozenset[int]
    """Numbers of the slots that this form fills."""
    first: Look | None
    """What to look for when this form stands in a text, and `later` for the second look."""
    later: Look | None
    votes: tuple[tuple[str, float], ...]
    """Topics that the form alone speaks for."""


class Tokens:
    """A text cut into tokens, with what the dictionary knows of each."""

    __slots__ = ("_stops", "hot", "known", "raw", "stems")

    def __init__(self, raw: list[bytes], stems: list[bytes], known: list[Known | None]) -> None:
        self.raw = raw
        """Tokens of texts.stems.byte_tokens: a look-up needs no decoding."""
        self.stems = stems
        """Stem of each token on the same page, b"" for a mark."""
        self.known = known
        """What is known of each token that is read, None for a form of no phrase."""
        self.hot = [(i, each) for i, each in enumerate(known) if each]
        """Tokens that some phrase has, with their place; what stands far down a long text is not read."""
        if len(known) > _READ_TOKENS:
            self.hot = [pair for pair in self.hot if pair[0] < _READ_TOKENS]
        self._stops: list[int] | None = None

    @property
    def stops(self) -> list[int]:
        """Return the tokens that end a sentence."""
        if self._stops is None:
            self._stops = [i for i, token in enumerate(self.raw) if token in _ENDS and self._ends(i)]
        return self._stops

    def _ends(self, at: int) -> bool:
        """True unless the sign at this token only shortens a word or parts a number."""
        if self.raw[at] != b".":
            return True
        before = self.raw[at - 1] if at else b""
        if len(before) == 1 or (before.isdigit() and at + 1 < len(self.raw)):
            return False
        return len(before) >= 5 or token_text(before) not in _SHORTENED

    def together(self, a: int, b: int) -> bool:
        """True when no sentence ends between two tokens."""
        if -_NEAR_TOKENS < a - b < _NEAR_TOKENS and _ENDS.isdisjoint(self.raw[a:b] or self.raw[b:a]):
            return True
        return self.sentence(a) == self.sentence(b)

    def sentence(self, at: int) -> int:
        """Return the number of the sentence that a token stands in."""
        return bisect_left(self.stops, at)

    def quoted(self, start: int, end: int) -> str:
        """Return the words from one token to another, in lower case, without marks: those before a comma say enough."""
        words: list[bytes] = []
        for token in self.raw[start : end + 1]:
            if token not in _MARKS:
                words.append(token)
            elif token != _QUOTE and len(words) >= _ENOUGH_WORDS:
                break
        while len(words) > _ENOUGH_WORDS and words[-1] in _LEADING:
            words.pop()
        return token_text(b" ".join(words))

    def stem_text(self) -> str:
        """Return the stems joined by spaces."""
        return token_text(b" ".join(filter(None, self.stems)))


def read_part(raw: list[bytes]) -> list[bytes]:
    """Return the tokens that are looked up in the phrases."""
    return raw if len(raw) <= _READ_TOKENS else raw[: _READ_TOKENS + _REACH_TOKENS]


def look(text: Tokens, *, later: bool) -> list[Match]:
    """Return every phrase of the first or of the second look, in no particular order."""
    found: list[Match] = []
    tries: list[tuple[int, Look]] = []
    for at, known in text.hot:
        starts = known[2] if later else known[1]
        if starts is not None:
            for row in starts[0]:
                found.append(_new(Match, (row, at, at, ())))
            if starts[1]:
                tries.append((at, starts))
    for at, starts in tries:
        _try(text, at, starts, found)
    return found


def _try(text: Tokens, at: int, starts: Look, found: list[Match]) -> None:
    """Add the phrases of several words around a token; most are left out because no neighbour is a word of theirs."""
    _, rules, others, reach = starts
    around = [
        each[0]
        for each in text.known[(at - reach if at > reach else 0) : at + reach + 1]
        if each and not others.isdisjoint(each[0])
    ]
    if not around:
        return
    for other, rule in rules:
        for slots in around:
            if other in slots:
                match = _pair(rule, text, at) if rule.pair else _from_anchor(rule, text, at)
                if match is not None:
                    found.append(match)
                break


def _pair(rule: Rule, text: Tokens, at: int) -> Match | None:
    """Return a phrase of two words whose rarer one stands here; the same as _from_anchor, in a third of its time."""
    assert rule.pair is not None
    known, stems = text.known, text.stems
    other, left, right = rule.pair
    last = len(known) - 1
    if right:
        right += at < last and not stems[at + 1]
        for i in range(at + 1, min(last, at + right) + 1):
            each = known[i]
            if each and other in each[0]:
                if text.together(at, i):
                    return _new(Match, (rule.row, at, i, ()))
                break
    if left:
        left += at > 0 and not stems[at - 1]
        for i in range(at - 1, max(0, at - left) - 1, -1):
            each = known[i]
            if each and other in each[0]:
                return _new(Match, (rule.row, i, at, ())) if text.together(i, at) else None
    return None


def _from_anchor(rule: Rule, text: Tokens, at: int) -> Match | None:
    """Return the phrase of whose words the rarest stands at this token, or None when the others are not around it."""
    for order in rule.orders:
        start = _leftwards(order, text, at)
        end = _rightwards(order, text, at) if start is not None else None
        if start is not None and end is not None and (start == end or text.together(start, end)):
            also = tuple(_anywhere(rule.also, text))
            return Match(rule.row, start, end, also) if also or not rule.also else None
    return None


def _leftwards(order: Order, text: Tokens, start: int) -> int | None:
    """Return the first token of the phrase, going left from its rarest word, or None."""
    known, stems = text.known, text.stems
    for i in range(order.anchor - 1, -1, -1):
        slot = order.slots[i]
        comma = start > 0 and not stems[start - 1]
        for at in range(start - 1, max(-1, start - order.gaps[i + 1] - 2 - comma), -1):
            each = known[at]
            if each and slot in each[0]:
                start = at
                break
        else:
            return None
    return start


def _rightwards(order: Order, text: Tokens, end: int) -> int | None:
    """Return the last token of the phrase, going right from its rarest word, or None."""
    known, stems = text.known, text.stems
    for i in range(order.anchor + 1, len(order.slots)):
        slot = order.slots[i]
        comma = end + 1 < len(known) and not stems[end + 1]
        for at in range(end + 1, min(len(known), end + order.gaps[i] + 2 + comma)):
            each = known[at]
            if each and slot in each[0]:
                end = at
                break
        else:
            return None
    return end


def _anywhere(rules: tuple[Rule, ...], text: Tokens) -> Iterator[tuple[int, int]]:
    """Yield the spans of the rules that hold anywhere in the text."""
    for rule in rules:
        first = rule.orders[0].slots[rule.orders[0].anchor]
        for at, known in text.hot:
            match = _from_anchor(rule, text, at) if first in known[0] else None
            if match is not None:
                yield match.start, match.end
