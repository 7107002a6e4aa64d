"""Phrases: how the tables of words are written, and one dictionary that finds all of them in one pass over a text.

A phrase is written in plain words, each in any grammatical form:

- `утечка газа` — in this order, at most two other words between, in one sentence;
- `вода ~ ржавая` — in any order, at most three words between;
- `нет|без|отключили воды` — any of the words;
- `отключ*` — any word that begins so;
- `=нет` — exactly this form;
- `сколько_можно` — nothing between; `вся|весь + деревня|село` — the same between lists;
- `дтп & пострадал*` — both anywhere in the text;
- `#число`, `#год` — any number; a year up to 2019 (longer ago than any present trouble).

Phrases are parted by `;` or by a new line.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import permutations, product
from typing import NamedTuple

from texts.stems import MARKS, byte_tokens, fixed, stems, token_text

GAP = 2
"""Words that may stand between two words of a phrase; with 3 a fifth more hits, most across clauses (measured)."""
GAP_ANY_ORDER = 3
_MEMO_LIMIT = 300_000
"""Forms of words remembered between texts, about 60 MB; a year of one district has fewer than 200,000."""
_NUMBER, _YEAR = "#число", "#год"
_LAST_OLD_YEAR = 2019
_LITTLE_COST = 100
"""A little word («не», «в») is met as often as a hundred others: it never starts a search when it can be helped."""
_WHOLE = frozenset(
    """а без бы в вам вас во все вот где дай для до ее ей ему если еле еще же за и из или их к как ко кто куда ли меня
    мне мы на над надо нам нас не нее ней нет нету ни но о об он она они от по под пока при про раз с со так там то тут
    у уже чем что чуть это я""".split()  # noqa: SIM905
)
"""Little words that stand only for themselves: their stems catch others («не» and «неё»)."""
_SHORT_STEM = 6
_VERB_ENDS = frozenset(
    """ит ят ет ют ут ат ить ать еть ять ыть уть ть ил ила ило или ал ала ало али ел ела ело ели ял яла яло яли ыл ыла
    ыло ыли ул ула ули л ла ло ли ишь ешь ите ете йте ает ают яет яют ует уют ывает ай айте уй уйте аем уем""".split()  # noqa: SIM905
)
_EITHER_ENDS = frozenset(("ем", "им", "ом", "ен", "ена", "ено", "ены", "ей", "ю", "у", "ив", "ав"))
_MARKS = frozenset(mark.encode() for mark in MARKS)
_ENDS = frozenset((b".", b"?", b"!"))
_SHORTENED = frozenset(
    ("ул", "пер", "обл", "тел", "стр", "дер", "пос", "мкр", "руб", "чел", "тыс", "млн", "корп", "наб")
)
"""A dot after these does not end a sentence."""


class Match(NamedTuple):
    """A phrase found: the row it belongs to, first and last token; `also` spans the part after `&`."""

    row: object
    start: int
    end: int
    also: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Order:
    """One order of a phrase's words."""

    slots: tuple[int, ...]
    """One bit for each word."""
    gaps: tuple[int, ...]
    """How many tokens may stand before each word."""
    anchor: int = 0
    """Index of the rarest word: the search starts from it."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """One phrase with all the orders that its words may stand in."""

    row: object
    mask: int
    """All bits of the phrase: when a text lacks one of them, the phrase is not there."""
    orders: tuple[_Order, ...]
    also: tuple[_Rule, ...] = ()

    @property
    def is_word(self) -> bool:
        """True for a phrase of a single word."""
        return len(self.orders[0].slots) == 1 and not self.also


class Known(NamedTuple):
    """What is remembered of one form of a word."""

    stem: str
    mask: int
    """Bits of the words of phrases that this form is."""
    anchored: tuple[_Rule, ...]
    """Phrases to look for when this form stands in a text."""
    alone: tuple[object, ...]
    """Rows of which this form is a whole phrase."""


class Tokens:
    """A text cut into tokens, with what the dictionary knows of each."""

    __slots__ = ("_stops", "hot", "known", "mask", "raw")

    def __init__(self, raw: list[bytes], known: list[Known]) -> None:
        self.raw = raw
        """Tokens of texts.stems.byte_tokens: a look-up needs no decoding."""
        self.known = known
        self.hot = [(i, each) for i, each in enumerate(known) if each[1]]
        """Tokens that some phrase has, with their place."""
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
        return " ".join(token_text(token) for token in self.raw[start : end + 1] if token not in _MARKS)

    def stem_text(self) -> str:
        """Return the stems joined by spaces."""
        return " ".join([each[0] for each in self.known if each[0]])


class Dictionary:
    """All phrases of all tables, ready to be found in one pass; built once."""

    def __init__(self) -> None:
        self._bits: dict[tuple[str, ...], int] = {}
        self._exact: dict[str, int] = {}
        self._by_stem: dict[str, int] = {}
        self._by_prefix: dict[str, list[tuple[str, int]]] = {}
        self._special = {_NUMBER: 0, _YEAR: 0}
        self._rules: list[_Rule] = []
        self._anchored: dict[int, list[_Rule]] = {}
        self._memo: dict[bytes, Known] = {}

    def add(self, row: object, phrases: str) -> None:
        """Add phrases, parted by `;` or a new line, that mean `row`; ValueError for an empty part."""
        for phrase in split(phrases):
            main, *also = phrase.split("&")
            others = tuple(rule for part in also for rule in self._rules_of(row, part, ()))
            self._rules.extend(self._rules_of(row, main, others))

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
            bit: sum(_LITTLE_COST * (form.lstrip("=") in _WHOLE) + 1 for form in key) for key, bit in self._bits.items()
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
            self._learn({token for token in raw if token not in memo})
            return Tokens(raw, [self._memo[token] for token in raw])

    def find(self, text: Tokens) -> list[Match]:
        """Return every phrase found, in no particular order."""
        mask, found = text.mask, []
        for at, known in text.hot:
            for row in known[3]:
                found.append(Match(row, at, at))
            for rule in known[2]:
                if rule.mask & mask == rule.mask:
                    match = _from_anchor(rule, text, at)
                    if match is not None:
                        found.append(match)
        return found

    def _rules_of(self, row: object, phrase: str, also: tuple[_Rule, ...]) -> list[_Rule]:
        """Turn a phrase into rules: one for each choice among alternatives of several words."""
        return [self._rule(row, plain, also) for plain in _plain(phrase)]

    def _rule(self, row: object, phrase: str, also: tuple[_Rule, ...]) -> _Rule:
        parts = phrase.split("~")
        gap = GAP if len(parts) == 1 else GAP_ANY_ORDER
        orders = tuple(self._order(row, " ".join(order), gap) for order in permutations(parts))
        mask = 0
        for slot in orders[0].slots:
            mask |= slot
        return _Rule(row, mask, orders, also)

    def _order(self, row: object, phrase: str, gap: int) -> _Order:
        pairs: list[tuple[int, int]] = []
        near = False
        for part in phrase.split():
            if part == "+":
                near = True
                continue
            pairs.extend(self._slots(part, 0 if near else gap))
            near = False
        if not pairs:
            raise ValueError(f"Пустая фраза в таблице «{row}»: уберите лишний знак «;», «~» или «&».")
        slots, gaps = zip(*pairs, strict=True)
        return _Order(slots, gaps)

    def _slots(self, part: str, gap: int) -> list[tuple[int, int]]:
        """Return the bits of one word, or of words that stand side by side, each with its gap."""
        return [(self._bit(word), 0 if i else gap) for i, word in enumerate(part.split("_"))]

    def _bit(self, word: str) -> int:
        """Return the bit of a set of alternatives, registering its forms the first time."""
        key = tuple(sorted(set(word.split("|"))))
        if key not in self._bits:
            bit = 1 << len(self._bits)
            self._bits[key] = bit
            for form in key:
                self._register(form.replace("ё", "е"), bit)
        return self._bits[key]

    def _register(self, form: str, bit: int) -> None:
        if not form.strip("=*"):
            raise ValueError("Пустое слово в таблице фраз: уберите лишний знак «|», «_», «=» или «*».")
        if form in self._special:
            self._special[form] |= bit
        elif form.endswith("*"):
            self._by_prefix.setdefault(form[:3], []).append((form[:-1], bit))
        elif form.startswith("=") or form in _WHOLE:
            form = form.lstrip("=")
            self._exact[form] = self._exact.get(form, 0) | bit
        else:
            for key in _stem_keys(form, stems([form])[0]):
                self._by_stem[key] = self._by_stem.get(key, 0) | bit

    def _learn(self, new: set[bytes]) -> None:
        """Look up forms of words never met before and remember them."""
        if len(self._memo) > _MEMO_LIMIT:
            self._memo = {}
        forms = [(token, fixed(token_text(token))) for token in new]
        for (token, word), stem in zip(forms, stems([word for _, word in forms]), strict=True):
            self._memo[token] = _NOTHING if token in _MARKS else self._known(word, stem)

    def _known(self, word: str, stem: str) -> Known:
        mask = self._exact.get(word, 0)
        if word in _WHOLE:
            return self._hung(stem, mask)
        for key in _stem_keys(word, stem):
            mask |= self._by_stem.get(key, 0)
        for prefix, bit in self._by_prefix.get(word[:3], ()):
            if word.startswith(prefix):
                mask |= bit
        if word.isdecimal():
            mask |= self._special[_NUMBER]
            if len(word) == 4 and 1000 <= int(word) <= _LAST_OLD_YEAR:
                mask |= self._special[_YEAR]
        return self._hung(stem, mask)

    def _hung(self, stem: str, mask: int) -> Known:
        """Return what is known of a form, with the rules that hang on its bits."""
        rules: list[_Rule] = []
        rest = mask
        while rest:
            bit = rest & -rest
            rules.extend(self._anchored.get(bit, ()))
            rest ^= bit
        alone = tuple(rule.row for rule in rules if rule.is_word)
        return Known(stem, mask, tuple(rule for rule in rules if not rule.is_word), alone)


def _stem_keys(word: str, stem: str) -> tuple[str, ...]:
    """Return the keys of a form among stems; short stems keep verbs and names apart («горит» and «гора»)."""
    if len(stem) > _SHORT_STEM:
        return (stem,)
    ending = word[len(stem) :].removesuffix("ся").removesuffix("сь")
    if ending in _VERB_ENDS:
        return (stem + "+verb",)
    return (stem + "+name",) if ending not in _EITHER_ENDS else (stem + "+verb", stem + "+name")


def _rarest(rule: _Rule, cost: Mapping[int, int]) -> int:
    return min(rule.orders[0].slots, key=lambda slot: cost[slot])


def _anchored(rule: _Rule, cost: Mapping[int, int]) -> _Rule:
    """Return the rule with the search of each order starting from its rarest word."""
    slot = _rarest(rule, cost)
    return replace(rule, orders=tuple(replace(order, anchor=order.slots.index(slot)) for order in rule.orders))


def _plain(phrase: str) -> list[str]:
    """Return the phrase once for each choice among alternatives of several words (`дом|торговый_центр`)."""
    choices = []
    for part in phrase.split():
        words = part.split("|") if part != "+" else [part]
        several = [word for word in words if "_" in word] if len(words) > 1 else []
        single = "|".join(word for word in words if word not in several)
        choices.append([*several, *([single] if single else [])])
    return [" ".join(chosen) for chosen in product(*choices)]


_NOTHING = Known("", 0, (), ())


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
            if known[at][1] & slot:
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
            if known[at][1] & slot:
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
                match = _from_anchor(rule, text, at) if known[1] & first else None
                if match is not None:
                    yield match.start, match.end


def split(phrases: str) -> list[str]:
    """Return the phrases of a table's cell; a line that ends with `|` goes on in the next one."""
    whole = "".join(line.strip() if line.rstrip().endswith("|") else line.strip() + ";" for line in phrases.split("\n"))
    return [phrase.strip() for phrase in whole.split(";") if phrase.strip()]


def longest(matches: Iterable[Match]) -> Match:
    """Return the match that spans most tokens: it makes the best quotation."""
    return max(matches, key=lambda match: match.end - match.start)
