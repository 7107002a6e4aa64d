"""Personal data out of text: phones, e-mails, cards, documents, flats, names, profiles, car plates (DOMAIN, requirement 7).

What stays: emergency and 8-800 numbers, houses and streets, names of places («улица Юрия Гагарина»), links to posts.
Over-masking is the cheaper mistake: a masked bus number costs a look at the original, a stored phone breaks 152-ФЗ.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from texts.masked_links import mask_links
from texts.masked_names import mask_names
from texts.masked_numbers import mask_numbers

_ROUNDS = 5
"""A replacement can bring two neighbours together; each round only removes digits and names, so the end comes soon
(three rounds is the most that was ever seen)."""

# Characters no honest text has: C0/C1 controls, lone surrogates (no database stores them), direction overrides that make
# a text read otherwise than it is, zero-width marks that hide digits (the joiner U+200D stays: emoji need it).
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal data, and how many pieces of each kind were taken out."""

    text: str
    found: Mapping[str, int]
    """By kind: phone, email, card, account, passport, snils, inn, flat, person, profile, plate, unseen."""


def mask(text: str) -> Masked:
    """Return the text with personal data replaced by words in square brackets («[телефон]»); masking twice changes nothing.

    Raises nothing: any string is text.
    """
    found: Counter[str] = Counter()
    if _UNSEEN.search(text):
        text, found["unseen"] = _UNSEEN.subn("", text)
    for _ in range(_ROUNDS):
        after = mask_names(mask_numbers(mask_links(text, found), found), found)
        if after == text:
            break
        text = after
    return Masked(text, found)
