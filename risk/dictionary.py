"""Dictionary: all phrases of all tables, found in one pass over the words of a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

from risk.forms import Forms, looked_up
from risk.matching import Known, Look, Match, Order, Rule, Tokens, look, look_again
from risk.phrases import GAP, GAP_ANY_ORDER, LAST_OLD_YEAR, NUMBER, WHOLE, YEAR, plain, split, stem_keys
from texts.stems import stems

__all__ = ["Dictionary", "Match", "Tokens"]

_KEPT = 2
"""Memories of forms kept between batches: threads that read at once borrow one each, most often there is one."""
_LITTLE_COST = 100
"""A little word («не», «в») is met as often as a hundred others: it never starts a search when it can be helped."""


class Dictionary:
    """All phrases of all tables, ready to be found in one pass; built once."""

    def __init__(self, numbered: Sequence[str] = ()) -> None:
        """Take words whose forms are numbered first, so that `Tokens.ids` can be asked for them (see number_of)."""
        self._numbered = numbered
        self._free: list[Forms] = []
        self._slots: dict[tuple[str, ...], int] = {}
        self._exact: dict[str, list[int]] = {}
        self._by_stem: dict[str, list[int]] = {}
        self._by_prefix: dict[str, list[tuple[str, int]]] = {}
        self._special: dict[str, list[int]] = {NUMBER: [], YEAR: []}
        self._rules: list[Rule] = []
        self._anchored: dict[int, list[Rule]] = {}

    def add(self, row: Any, phrases: str, *, later: bool = False, vote: tuple[str, float] | None = None) -> None:
        """Add phrases, parted by `;` or a new line, that mean `row`; ValueError for an empty part.

        `later` keeps them out of `find`: only `find_more` looks for them. With a `vote` (topic, weight) a phrase of a
        single word is told by Known.votes and not by `find`: topics have the most words and need no place.
        """
        for phrase in split(phrases):
            main, *also = phrase.split("&")
            others = tuple(rule for part in also for rule in self._rules_of(row, part, ()))
            self._rules.extend(replace(rule, later=later, vote=vote) for rule in self._rules_of(row, main, others))

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
        return self.tokens_many([text])[0]

    def tokens_many(self, texts: Sequence[str]) -> list[Tokens]:
        """Return texts as tokens that the dictionary has looked up, in order: a page of a crawl at once costs half."""
        try:
            forms = self._free.pop()
        except IndexError:
            forms = Forms(self._known, self._numbered)
        told = looked_up(forms, texts)
        if not forms.is_full and len(self._free) < _KEPT:
            self._free.append(forms)
        return told

    def find(self, text: Tokens) -> list[Match]:
        """Return every phrase found, in no particular order."""
        return look(text)

    def find_more(self, text: Tokens) -> list[Match]:
        """Return every phrase found of those added for later."""
        return look_again(text)

    def _rules_of(self, row: Any, phrase: str, also: tuple[Rule, ...]) -> list[Rule]:
        """Turn a phrase into rules: one for each choice among alternatives of several words."""
        return [self._rule(row, plain, also) for plain in plain(phrase)]

    def _rule(self, row: Any, phrase: str, also: tuple[Rule, ...]) -> Rule:
        parts = phrase.split("~")
        gap = GAP if len(parts) == 1 else GAP_ANY_ORDER
        orders = tuple(self._order(row, " ".join(order), gap) for order in permutations(parts))
        return Rule(row, orders, also)

    def _order(self, row: Any, phrase: str, gap: int) -> Order:
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
        return Order(slots, gaps)

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

    def _known(self, word: str, stem: str) -> Known | None:
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
            return None
        rules = [rule for slot in slots for rule in self._anchored.get(slot, ())]
        first = [rule for rule in rules if not rule.later]
        later = [rule for rule in rules if rule.later]
        return Known(frozenset(slots), _look(first), _look(later), _votes(first))


def _look(rules: list[Rule]) -> Look | None:
    """Return what a form starts: rows of which it is a whole phrase, rules of several words behind their neighbours."""
    several = tuple((rule.beside, rule) for rule in rules if not rule.is_word)
    alone = tuple(rule.row for rule in rules if rule.is_word and rule.vote is None)
    if not alone and not several:
        return None
    return Look(alone, several, frozenset(slot for beside, _ in several for slot in beside))


def _votes(rules: list[Rule]) -> tuple[tuple[str, float], ...]:
    """Return the topics that a form alone speaks for, each with its heaviest phrase."""
    best: dict[str, float] = {}
    for rule in rules:
        if rule.is_word and rule.vote is not None:
            topic, weight = rule.vote
            best[topic] = max(weight, best.get(topic, 0.0))
    return tuple(best.items())


def _rarest(rule: Rule, cost: Mapping[int, int]) -> int:
    return min(rule.orders[0].slots, key=lambda slot: cost[slot])


def _anchored(rule: Rule, cost: Mapping[int, int]) -> Rule:
    """Return the rule with the search of each order starting from its rarest word."""
    slot = _rarest(rule, cost)
    orders = tuple(replace(order, anchor=order.slots.index(slot)) for order in rule.orders)
    if len(orders[0].slots) != 2 or rule.also or len(set(orders[0].slots)) == 1:
        return replace(rule, orders=orders)
    (other,) = set(orders[0].slots) - {slot}
    left = max((order.gaps[1] + 1 for order in orders if order.anchor == 1), default=0)
    right = max((order.gaps[1] + 1 for order in orders if order.anchor == 0), default=0)
    return replace(rule, orders=orders, pair=(other, left, right))
