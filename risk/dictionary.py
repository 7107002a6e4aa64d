"""Dictionary: all phrases of all tables, found in one pass over the words of a text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any, NamedTuple

from risk.phrases import GAP, GAP_ANY_ORDER, LAST_OLD_YEAR, NUMBER, WHOLE, YEAR, plain, split, stem_keys
from texts.stems import MARKS, byte_tokens, fixed, stems, token_text

_MEMO_LIMIT = 150_000
"""Forms of words remembered between texts, about 40 MB (measured: 250 bytes each); then they are learnt anew."""
_BITS = 1024
"""Width of the masks: 4,000 slots share them; at 256 a fifth of the rules is tried in vain, at 4,096 masks are slow."""
_ALL_BITS = (1 << _BITS) - 1
_LITTLE_COST = 100
"""A little word («не», «в») is met as often as a hundred others: it never starts a search when it can be helped."""
_MARKS = frozenset(mark.encode() for mark in MARKS)
_READ_TOKENS = 400
"""A message tells its matter in its first 400 tokens; the rest of an article goes to the search only."""
_ENDS = frozenset((b".", b"?", b"!"))
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
class _Order:
    """One order of a phrase's words."""

    slots: tuple[int, ...]
    """The number of each word's slot: its set of alternatives."""
    gaps: tuple[int, ...]
    """How many tokens may stand before each word."""
    anchor: int = 0
    """Index of the rarest word: the search starts from it."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """One phrase with all the orders that its words may stand in."""

    row: Any
    mask: int
    """Bits of all its slots: when a text lacks one of them, the phrase is not there."""
    orders: tuple[_Order, ...]
    also: tuple[_Rule, ...] = ()
    pair: tuple[int, int, int] | None = None
    """For a phrase of two words: the slot of the other one and how many tokens it may stand to the left and right."""
    later: bool = False
    """True when the phrase is looked for only in texts that the first look found telling."""

    @property
    def is_word(self) -> bool:
        """True for a phrase of a single word."""
        return len(self.orders[0].slots) == 1 and not self.also


class Known(NamedTuple):
    """What is remembered of one form of a word."""

    stem: str
    mask: int
    """Bits of the slots that this form fills."""
    anchored: tuple[tuple[int, _Rule], ...]
    """Phrases to look for when this form stands in a text, each behind its mask."""
    alone: tuple[Any, ...]
    """Rows of which this form is a whole phrase."""
    slots: frozenset[int]
    """Numbers of the slots that this form fills."""
    later: tuple[tuple[int, _Rule], ...]
    """The same as `anchored`, and `later_alone` as `alone`, for the second look."""
    later_alone: tuple[Any, ...]


class Tokens:
    """A text cut into tokens, with what the dictionary knows of each."""

    __slots__ = ("_stops", "hot", "known", "mask", "raw")

    def __init__(self, raw: list[bytes], known: list[Known]) -> None:
        self.raw = raw
        """Tokens of texts.stems.byte_tokens: a look-up needs no decoding."""
        self.known = known
        self.hot = [(i, each) for i, each in enumerate(known[:_READ_TOKENS]) if each[1]]
        """Tokens that some phrase has, with their place; what stands far down a long text is not read."""
        self.mask = 0
        for _, each in self.hot:
            self.mask |= each[1]
        self._stops: list[int] | None = None

    @property
    def stops(self) -> list[int]:
        """Return the tokens that end a sentence."""
        if self._stops is None:
            raw = self.raw
            self._stops = [
                i for i, token in enumerate(raw) if token in _ENDS and not (token == b"." and self._shortens(i))
            ]
        return self._stops

    def _shortens(self, dot: int) -> bool:
        """True when the dot at this token only shortens a word or parts a number."""
        before = self.raw[dot - 1] if dot else b""
        if len(before) == 1 or (before.isdigit() and dot + 1 < len(self.raw)):
            return True
        return len(before) < 5 and token_text(before) in _SHORTENED

    def together(self, a: int, b: int) -> bool:
        """True when no sentence ends between two tokens."""
        return self.sentence(a) == self.sentence(b)

    def sentence(self, at: int) -> int:
        """Return the number of the sentence that a token stands in."""
        return bisect_left(self.stops, at)

    def quoted(self, start: int, end: int) -> str:
        """Return the words from one token to another, in lower case, without marks."""
        return token_text(b" ".join([token for token in self.raw[start : end + 1] if token not in _MARKS]))

    def stem_text(self) -> str:
        """Return the stems joined by spaces."""
        return " ".join([each[0] for each in self.known if each[0]])


class Dictionary:
    """All phrases of all tables, ready to be found in one pass; built once."""

    def __init__(self) -> None:
        self._slots: dict[tuple[str, ...], int] = {}
        self._exact: dict[str, list[int]] = {}
        self._by_stem: dict[str, list[int]] = {}
        self._by_prefix: dict[str, list[tuple[str, int]]] = {}
        self._special: dict[str, list[int]] = {NUMBER: [], YEAR: []}
        self._rules: list[_Rule] = []
        self._anchored: dict[int, list[_Rule]] = {}
        self._memo: dict[bytes, Known] = {}

    def add(self, row: Any, phrases: str, *, later: bool = False) -> None:
        """Add phrases, parted by `;` or a new line, that mean `row`; ValueError for an empty part.

        `later` keeps them out of `find`: only `find_more` looks for them.
        """
        for phrase in split(phrases):
            main, *also = phrase.split("&")
            others = tuple(rule for part in also for rule in self._rules_of(row, part, ()))
            self._rules.extend(replace(rule, later=later) for rule in self._rules_of(row, main, others))

    def ready(self) -> Dictionary:
        """Hang each rule on its rarest word, so that common words start no search; call once after the last `add`."""
        cost = self._costs()
        for rule in self._rules:
            also = tuple(_anchored(other, cost) for other in rule.also)
            self._anchored.setdefault(_rarest(rule, cost), []).append(replace(_anchored(rule, cost), also=also))
        return self

    def _costs(self) -> dict[int, int]:
        """Return how often each word of a phrase is likely met: little words most, then those of many phrases."""
        cost = {
            slot: sum(_LITTLE_COST * (form.lstrip("=") in WHOLE) + 1 for form in key)
            for key, slot in self._slots.items()
        }
        for rule in self._rules:
            for slot in set(rule.orders[0].slots):
                cost[slot] += 1
        return cost

    def tokens(self, text: str) -> Tokens:
        """Return a text as tokens that the dictionary has looked up."""
        raw = byte_tokens(text)
        memo = self._memo
        try:
            return Tokens(raw, [memo[token] for token in raw])
        except KeyError:
            memo = self._memo if len(memo) < _MEMO_LIMIT else {}
            self._learn(memo, {token for token in raw if token not in memo})
            self._memo = memo
            return Tokens(raw, [memo[token] for token in raw])

    def find(self, text: Tokens) -> list[Match]:
        """Return every phrase found, in no particular order."""
        return self._look(text, later=False)

    def find_more(self, text: Tokens) -> list[Match]:
        """Return every phrase found of those added for later."""
        return self._look(text, later=True)

    def _look(self, text: Tokens, *, later: bool) -> list[Match]:
        absent = text.mask ^ _ALL_BITS
        found = [_new(Match, (row, at, at, ())) for at, known in text.hot for row in (known[6] if later else known[3])]
        for at, known in text.hot:
            for mask, rule in known[5] if later else known[2]:
                if not mask & absent:
                    match = _pair(rule, text, at) if rule.pair else _from_anchor(rule, text, at)
                    if match is not None:
                        found.append(match)
        return found

    def _rules_of(self, row: Any, phrase: str, also: tuple[_Rule, ...]) -> list[_Rule]:
        """Turn a phrase into rules: one for each choice among alternatives of several words."""
        return [self._rule(row, plain, also) for plain in plain(phrase)]

    def _rule(self, row: Any, phrase: str, also: tuple[_Rule, ...]) -> _Rule:
        parts = phrase.split("~")
        gap = GAP if len(parts) == 1 else GAP_ANY_ORDER
        orders = tuple(self._order(row, " ".join(order), gap) for order in permutations(parts))
        return _Rule(row, _mask(orders[0].slots), orders, also)

    def _order(self, row: Any, phrase: str, gap: int) -> _Order:
        pairs: list[tuple[int, int]] = []
        near = False
        for part in phrase.split():
            if part == "+":
                near = True
                continue
            pairs.extend(self._words(part, 0 if near else gap))
            near = False
        if not pairs:
            raise ValueError(f"Пустая фраза в таблице «{row}»: уберите лишний знак «;», «~» или «&».")
        slots, gaps = zip(*pairs, strict=True)
        return _Order(slots, gaps)

    def _words(self, part: str, gap: int) -> list[tuple[int, int]]:
        """Return the slot of one word, or of words that stand side by side, each with its gap."""
        return [(self._slot(word), 0 if i else gap) for i, word in enumerate(part.split("_"))]

    def _slot(self, word: str) -> int:
        """Return the number of a set of alternatives, registering its forms the first time."""
        key = tuple(sorted(set(word.split("|"))))
        if key not in self._slots:
            slot = len(self._slots)
            self._slots[key] = slot
            for form in key:
                self._register(form.replace("ё", "е"), slot)
        return self._slots[key]

    def _register(self, form: str, slot: int) -> None:
        if not form.strip("=*"):
            raise ValueError("Пустое слово в таблице фраз: уберите лишний знак «|», «_», «=» или «*».")
        if form in self._special:
            self._special[form].append(slot)
        elif form.endswith("*"):
            self._by_prefix.setdefault(form[:3], []).append((form[:-1], slot))
        elif form.startswith("=") or form in WHOLE:
            form = form.lstrip("=")
            self._exact.setdefault(form, []).append(slot)
        else:
            for key in stem_keys(form, stems([form])[0]):
                self._by_stem.setdefault(key, []).append(slot)

    def _learn(self, memo: dict[bytes, Known], new: set[bytes]) -> None:
        """Look up forms of words never met before and remember them; a full memory is replaced, never emptied."""
        forms = [(token, fixed(token_text(token))) for token in new]
        for (token, word), stem in zip(forms, stems([word for _, word in forms]), strict=True):
            memo[token] = _NOTHING if token in _MARKS else self._known(word, stem)

    def _known(self, word: str, stem: str) -> Known:
        slots = set(self._exact.get(word, ()))
        if word not in WHOLE:
            for key in stem_keys(word, stem):
                slots.update(self._by_stem.get(key, ()))
            slots.update(slot for prefix, slot in self._by_prefix.get(word[:3], ()) if word.startswith(prefix))
        if word.isdecimal():
            slots.update(self._special[NUMBER])
            if len(word) == 4 and 1000 <= int(word) <= LAST_OLD_YEAR:
                slots.update(self._special[YEAR])
        if not slots:
            return Known(stem, 0, (), (), _NO_SLOTS, (), ())
        rules = [rule for slot in slots for rule in self._anchored.get(slot, ())]
        first = [rule for rule in rules if not rule.later]
        later = [rule for rule in rules if rule.later]
        return Known(stem, _mask(slots), *_hung(first), frozenset(slots), *_hung(later))


def _hung(rules: list[_Rule]) -> tuple[tuple[tuple[int, _Rule], ...], tuple[Any, ...]]:
    """Part rules into those of several words, each behind its mask, and the rows of those of a single word."""
    several = tuple((rule.mask, rule) for rule in rules if not rule.is_word)
    return several, tuple(rule.row for rule in rules if rule.is_word)


def _mask(slots: Iterable[int]) -> int:
    """Return the bits of slots; two slots may share one, then a rule is tried in vain and not found."""
    mask = 0
    for slot in slots:
        mask |= 1 << slot % _BITS
    return mask


def _rarest(rule: _Rule, cost: Mapping[int, int]) -> int:
    return min(rule.orders[0].slots, key=lambda slot: cost[slot])


def _anchored(rule: _Rule, cost: Mapping[int, int]) -> _Rule:
    """Return the rule with the search of each order starting from its rarest word."""
    slot = _rarest(rule, cost)
    orders = tuple(replace(order, anchor=order.slots.index(slot)) for order in rule.orders)
    if len(orders[0].slots) != 2 or rule.also or len(set(orders[0].slots)) == 1:
        return replace(rule, orders=orders)
    (other,) = set(orders[0].slots) - {slot}
    left = max((order.gaps[1] + 1 for order in orders if order.anchor == 1), default=0)
    right = max((order.gaps[1] + 1 for order in orders if order.anchor == 0), default=0)
    return replace(rule, orders=orders, pair=(other, left, right))


_NO_SLOTS: frozenset[int] = frozenset()
_NOTHING = Known("", 0, (), (), _NO_SLOTS, (), ())


def _pair(rule: _Rule, text: Tokens, at: int) -> Match | None:
    """Return a phrase of two words whose rarer one stands here; the same as _from_anchor, in a third of its time."""
    assert rule.pair is not None
    known = text.known
    other, left, right = rule.pair
    last = len(known) - 1
    if right:
        right += at < last and not known[at + 1][0]
        for i in range(at + 1, min(last, at + right) + 1):
            if other in known[i][4]:
                if text.together(at, i):
                    return Match(rule.row, at, i)
                break
    if left:
        left += at > 0 and not known[at - 1][0]
        for i in range(at - 1, max(0, at - left) - 1, -1):
            if other in known[i][4]:
                return Match(rule.row, i, at) if text.together(i, at) else None
    return None


def _from_anchor(rule: _Rule, text: Tokens, at: int) -> Match | None:
    """Return the phrase of whose words the rarest stands at this token, or None when the others are not around it."""
    for order in rule.orders:
        start = _leftwards(order, text.known, at)
        end = _rightwards(order, text.known, at) if start is not None else None
        if start is not None and end is not None and (start == end or text.together(start, end)):
            also = tuple(_anywhere(rule.also, text))
            return Match(rule.row, start, end, also) if also or not rule.also else None
    return None


def _leftwards(order: _Order, known: list[Known], start: int) -> int | None:
    """Return the first token of the phrase, going left from its rarest word, or None."""
    for i in range(order.anchor - 1, -1, -1):
        slot = order.slots[i]
        comma = start > 0 and not known[start - 1][0]
        for at in range(start - 1, max(-1, start - order.gaps[i + 1] - 2 - comma), -1):
            if slot in known[at][4]:
                start = at
                break
        else:
            return None
    return start


def _rightwards(order: _Order, known: list[Known], end: int) -> int | None:
    """Return the last token of the phrase, going right from its rarest word, or None."""
    for i in range(order.anchor + 1, len(order.slots)):
        slot = order.slots[i]
        comma = end + 1 < len(known) and not known[end + 1][0]
        for at in range(end + 1, min(len(known), end + order.gaps[i] + 2 + comma)):
            if slot in known[at][4]:
                end = at
                break
        else:
            return None
    return end


def _anywhere(rules: tuple[_Rule, ...], text: Tokens) -> Iterator[tuple[int, int]]:
    """Yield the spans of the rules that hold anywhere in the text."""
    for rule in rules:
        if rule.mask & text.mask == rule.mask:
            first = rule.orders[0].slots[rule.orders[0].anchor]
            for at, known in text.hot:
                match = _from_anchor(rule, text, at) if first in known[4] else None
                if match is not None:
                    yield match.start, match.end
