"""Matching: phrases looked for around the rare words of a text, in tokens that the dictionary has looked up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from risk.phrases import GAP_ANY_ORDER
from texts.stems import MARKS, token_text

_MARKS = frozenset(mark.encode() for mark in MARKS)
MARK_ORDER = (".", "?", "!", ",", '"')
"""Marks are the first forms that are numbered, those that end a sentence before the others."""
MARK_COUNT = len(MARK_ORDER)
_LAST_END = 2
_END_IDS = frozenset(range(_LAST_END + 1))
READ_TOKENS = 400
"""A message tells its matter in its first 400 tokens; the rest of an article goes to the search only."""
NEAR = GAP_ANY_ORDER + 2
"""Tokens to either side in which the next word of a phrase stands, a comma between them counted."""
_REACH_TOKENS = 40
"""So far beyond them the words of a phrase may stand that begins before."""
_NEAR_TOKENS = 12
"""Two words so close are looked at between; farther apart the ends of all sentences are found once."""
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
    def beside(self) -> frozenset[int]:
        """Slots of which one is filled within NEAR tokens of the rarest word wherever the phrase stands."""
        return frozenset(
            order.slots[order.anchor - 1 if order.anchor else min(1, len(order.slots) - 1)] for order in self.orders
        )

    @property
    def rarest(self) -> int:
        """The slot of the rarest word."""
        return self.orders[0].slots[self.orders[0].anchor]


class Look(NamedTuple):
    """What one form of a word starts."""

    alone: tuple[Any, ...]
    """Rows of which it is a whole phrase."""
    rules: tuple[tuple[frozenset[int], Rule], ...]
    """Phrases to try, each behind slots that a neighbour must fill."""
    beside: frozenset[int]
    """All those slots: most often no neighbour fills one of them."""


class Known(NamedTuple):
    """What is remembered of one form of a word that some phrase has."""

    slots: frozenset[int]
    """Numbers of the slots that this form fills."""
    first: Look | None
    """What to look for when this form stands in a text, and `later` for the second look."""
    later: Look | None
    votes: tuple[tuple[str, float], ...]
    """Topics that the form alone speaks for."""


class Source(Protocol):
    """Where the tokens of a text come from."""

    def tokens(self, start: int, end: int) -> list[bytes]:
        """Return tokens of the batch in order."""


class Tokens:
    """A text cut into tokens, with what the dictionary knows of each."""

    __slots__ = (
        "_hot",
        "_known",
        "_raw",
        "_source",
        "_start",
        "_stops",
        "_words",
        "ids",
        "speaks",
        "stem_text",
        "tries",
    )

    def __init__(
        self,
        source: Source,
        start: int,
        ids: list[int],
        words: list[Known | None],
        *,
        speaks: list[int],
        tries: list[int],
        stems: str,
    ) -> None:
        self._source = source
        self._start = start
        self._words = words
        self.ids = ids
        """Number of each token's form (risk.forms); marks come first."""
        self.speaks = speaks
        """Tokens that are a phrase of the first look, or speak for a topic."""
        self.tries = tries
        """Tokens at which a longer phrase of the first look may begin."""
        self.stem_text = stems
        """Stems joined by spaces."""
        self._raw: list[bytes] | None = None
        self._known: list[Known | None] | None = None
        self._hot: list[tuple[int, Known]] | None = None
        self._stops: list[int] | None = None

    @property
    def raw(self) -> list[bytes]:
        """Return the tokens of texts.stems.byte_tokens."""
        if self._raw is None:
            self._raw = self._source.tokens(self._start, self._start + len(self.ids))
        return self._raw

    @property
    def known(self) -> list[Known | None]:
        """Return what is known of each token that is read, None for a form of no phrase."""
        if self._known is None:
            self._known = list(map(self._words.__getitem__, self.ids[: READ_TOKENS + _REACH_TOKENS]))
        return self._known

    @property
    def hot(self) -> list[tuple[int, Known]]:
        """Return the tokens that some phrase has, with their place."""
        if self._hot is None:
            self._hot = [(i, each) for i, each in enumerate(self.known[:READ_TOKENS]) if each]
        return self._hot

    def speaking(self) -> list[tuple[int, Known]]:
        """Return the tokens that speak for themselves, with their place."""
        return self._with_known(self.speaks)

    def trying(self) -> list[tuple[int, Known]]:
        """Return the tokens around which longer phrases of the first look may stand, with their place."""
        return self._with_known(self.tries)

    def _with_known(self, places: list[int]) -> list[tuple[int, Known]]:
        words, ids = self._words, self.ids
        return [(at, known) for at in places if (known := words[ids[at]])]

    @property
    def stops(self) -> list[int]:
        """Return the tokens that end a sentence."""
        if self._stops is None:
            self._stops = [i for i, form in enumerate(self.ids) if form <= _LAST_END and self._ends(i)]
        return self._stops

    def _ends(self, at: int) -> bool:
        """True unless the sign at this token only shortens a word or parts a number."""
        if self.ids[at]:
            return True
        before = self._source.tokens(self._start + at - 1, self._start + at)[0] if at else b""
        if len(before) == 1 or (before.isdigit() and at + 1 < len(self.ids)):
            return False
        return len(before) >= 5 or token_text(before) not in _SHORTENED

    def together(self, a: int, b: int) -> bool:
        """True when no sentence ends between two tokens."""
        if self._stops is None and -_NEAR_TOKENS < a - b < _NEAR_TOKENS:
            first, last = (a, b) if a < b else (b, a)
            if _END_IDS.isdisjoint(self.ids[first:last]):
                return True
            return not any(self.ids[i] <= _LAST_END and self._ends(i) for i in range(first, last))
        return self.sentence(a) == self.sentence(b)

    def sentence(self, at: int) -> int:
        """Return the number of the sentence that a token stands in."""
        return bisect_left(self.stops, at)

    def quoted(self, start: int, end: int) -> str:
        """Return the words from one token to another, in lower case, without marks: those before a comma say enough."""
        words = self.raw[start : end + 1]
        if not _MARKS.isdisjoint(words):
            words = _before_pause(words)
        while len(words) > _ENOUGH_WORDS and words[-1] in _LEADING:
            words.pop()
        return token_text(b" ".join(words))


def _before_pause(tokens: list[bytes]) -> list[bytes]:
    """Return the words of tokens up to the first mark that has enough of them before it."""
    words: list[bytes] = []
    for token in tokens:
        if token not in _MARKS:
            words.append(token)
        elif token != _QUOTE and len(words) >= _ENOUGH_WORDS:
            break
    return words


def look(text: Tokens) -> list[Match]:
    """Return every phrase of the first look, in no particular order."""
    found: list[Match] = []
    for at, known in text.speaking():
        if known[1] is not None:
            for row in known[1][0]:
                found.append(_new(Match, (row, at, at, ())))
    for at, known in text.trying():
        if known[1] is not None:
            _try(text, at, known[1], found)
    return found


def look_again(text: Tokens) -> list[Match]:
    """Return every phrase of the second look, in no particular order."""
    starting = [(at, known[2]) for at, known in text.hot if known[2] is not None]
    found = [_new(Match, (row, at, at, ())) for at, starts in starting for row in starts[0]]
    for at, starts in starting:
        if starts[1]:
            _try(text, at, starts, found)
    return found


def _try(text: Tokens, at: int, starts: Look, found: list[Match]) -> None:
    """Add the phrases of several words around a token; most are left out because no neighbour is a word of theirs."""
    _, rules, beside = starts
    around = [
        each[0]
        for each in text.known[(at - NEAR if at > NEAR else 0) : at + NEAR + 1]
        if each and not beside.isdisjoint(each[0])
    ]
    if not around:
        return
    for slots_beside, rule in rules:
        for slots in around:
            if not slots_beside.isdisjoint(slots):
                match = _pair(rule, text, at) if rule.pair else _from_anchor(rule, text, at)
                if match is not None:
                    found.append(match)
                break


def _pair(rule: Rule, text: Tokens, at: int) -> Match | None:
    """Return a phrase of two words whose rarer one stands here; the same as _from_anchor, in a third of its time."""
    assert rule.pair is not None
    known, ids = text.known, text.ids
    other, left, right = rule.pair
    last = len(known) - 1
    if right:
        right += at < last and ids[at + 1] < MARK_COUNT
        for i in range(at + 1, min(last, at + right) + 1):
            each = known[i]
            if each and other in each[0]:
                if text.together(at, i):
                    return _new(Match, (rule.row, at, i, ()))
                break
    if left:
        left += at > 0 and ids[at - 1] < MARK_COUNT
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
    known, ids = text.known, text.ids
    for i in range(order.anchor - 1, -1, -1):
        slot = order.slots[i]
        comma = start > 0 and ids[start - 1] < MARK_COUNT
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
    known, ids = text.known, text.ids
    for i in range(order.anchor + 1, len(order.slots)):
        slot = order.slots[i]
        comma = end + 1 < len(known) and ids[end + 1] < MARK_COUNT
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
    rarest = frozenset(rule.rarest for rule in rules)
    for at, known in text.hot if rules else ():
        if not rarest.isdisjoint(known[0]):
            for rule in rules:
                match = _from_anchor(rule, text, at) if rule.rarest in known[0] else None
                if match is not None:
                    yield match.start, match.end
