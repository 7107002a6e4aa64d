"""Personal data out of text: phones, e-mails, cards, documents, flats, names, profiles, car plates (DOMAIN, requirement 7).

What stays: emergency and 8-800 numbers, houses and streets, names of places («улица Юрия Гагарина»), links to posts.
Over-masking is the cheaper mistake: a masked bus number costs a look at the original, a stored phone breaks 152-ФЗ.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from texts import masked_names, masked_numbers
from texts.masked_links import LINKS

# A step: the kind counted in `found`, a cheap look whether it can be there at all, the rule itself.
Rule = Callable[["re.Match[str]"], str | None]
_ROUNDS = 4
"""Each round only removes digits and names, so a fixed point comes; three rounds is the most that was ever seen."""

# Characters no honest text has: C0/C1 controls, lone surrogates (no database stores them), direction overrides that make
# a text read otherwise than it is, zero-width marks that hide digits (the joiner U+200D stays: emoji need it).
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]")
_AT = re.compile("[@＠|]|://|[a-z]/[a-z@+]")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal data, and how many pieces of each kind were taken out."""

    text: str
    found: Mapping[str, int]
    """By kind: phone, email, card, account, passport, snils, inn, flat, person, profile, plate, unseen."""


def mask(text: str) -> Masked:
    """Return the text with personal data replaced by words in square brackets («[телефон]»); masking twice changes nothing.

    Raises nothing: any string is text. Cost: about 10 us for an ordinary post (measured, tests/texts/test_mask.py).
    """
    found: Counter[str] = Counter()
    if _UNSEEN.search(text):
        text, found["unseen"] = _UNSEEN.subn("", text)
    for _ in range(_ROUNDS):
        after = _round(text, found)
        if after == text:
            break
        text = after
    return Masked(text, found)


def _round(text: str, found: Counter[str]) -> str:
    if _AT.search(text):
        text = _apply(LINKS, text, found)
    if masked_numbers.HINT.search(text):
        text = _apply(masked_numbers.LONG, text, found)
    if masked_numbers.SHORT_HINT.search(text):
        text = _apply(masked_numbers.SHORT, text, found)
    return _apply(masked_names.NAMES, text, found)


def _apply(rules: tuple[tuple[str, re.Pattern[str], Rule], ...], text: str, found: Counter[str]) -> str:
    for kind, pattern, rule in rules:
        hits = 0

        def replace(match: re.Match[str], rule: Rule = rule) -> str:
            nonlocal hits
            made = rule(match)
            if made is None:
                return match.group()
            hits += 1
            return made

        text = pattern.sub(replace, text)
        if hits:
            found[kind] += hits
    return text
