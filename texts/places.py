"""Settlements of the district in any grammatical case, and streets with houses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from texts.stems import stems
from texts.streets import STREET_WORDS, Street, Words, streets

_MOST = 5
"""More places than this are a list of addresses, not a message about a place."""
_SETTLEMENT_WORDS = frozenset(
    """поселок поселке поселка поселку пос деревня деревне деревни деревню дер село селе села селу хутор хуторе хутора
    станция станции станцию город городе города городу пгт рп д с п г""".split()  # noqa: SIM905 (a list of words is read as words)
)
_NEAR = frozenset(
    ("в", "во", "из", "до", "от", "под", "около", "у", "за", "на", "по", "возле", "к", "ко", "между", "через", "для")
)
_START = 3
"""Letters by which words that cannot be a settlement are passed over without stemming."""
_ADJECTIVE = ("ое", "ая", "ый", "ий", "ые", "ие", "ой")


@dataclass(frozen=True, slots=True)
class Place:
    """A place named in a text; every part that the text does not name is None."""

    settlement: str | None = None
    """Name as in the profile, whatever case the text used."""
    territory: str | None = None
    """Territory id of that settlement; None when the name belongs to several territories."""
    street: str | None = None
    """Street as written in the text, without the word «улица»."""
    house: str | None = None


@dataclass(frozen=True, slots=True)
class _Name:
    settlement: str
    territory: str | None
    parts: tuple[str, ...]
    """Stems of the name's words."""
    common: bool
    """True when the name alone is an everyday adjective: «Белое», «Мостовая»."""


class Places:
    """Finds the district's settlements, and streets in general."""

    def __init__(self, settlements: Mapping[str, str]) -> None:
        """Take territory ids by the settlement's name; "" where the name stands in several territories."""
        self._by_first: dict[str, list[_Name]] = {}
        for settlement, territory in settlements.items():
            parts = tuple(_stem(word) for word in Words(settlement).lower if word.isalnum())
            common = len(parts) == 1 and settlement.lower().endswith(_ADJECTIVE)
            self._by_first.setdefault(parts[0], []).append(_Name(settlement, territory or None, parts, common))
        for names in self._by_first.values():
            names.sort(key=lambda name: -len(name.parts))
        self._starts = frozenset(first[:_START] for first in self._by_first)

    def find(self, text: str) -> tuple[Place, ...]:
        """Return the places of a text, at most five; a street stands with the settlement named nearest before it."""
        words = Words(text)
        settlements = list(self._settlements(words))
        found = [_with_settlement(street, settlements) for street in streets(words) if not _inside(street, settlements)]
        named = {place.settlement for place in found}
        for _, _, name in settlements:
            if name.settlement not in named:
                found.append(Place(name.settlement, name.territory))
                named.add(name.settlement)
        return tuple(dict.fromkeys(found))[:_MOST]

    def _settlements(self, words: Words) -> Iterator[tuple[int, int, _Name]]:
        """Yield the settlements with the first and last token of each."""
        skip_to, starts = 0, self._starts
        for i in [i for i, word in enumerate(words.lower) if word[:_START] in starts]:
            if i < skip_to:
                continue
            for name in self._by_first.get(_stem(words.lower[i]), ()):
                last = _last_token(words, i, name)
                if last is not None and _is_meant(words, i, last, name):
                    yield i, last, name
                    skip_to = last + 1
                    break


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return stems([word])[0]


def _last_token(words: Words, i: int, name: _Name) -> int | None:
    """Return the token where the name that starts here ends, or None when the next words are others."""
    for part in name.parts[1:]:
        i += 2 if words.lower[i + 1] == "-" else 1
        if not words.lower[i] or _stem(words.lower[i]) != part:
            return None
    return i


def _is_meant(words: Words, i: int, last: int, name: _Name) -> bool:
    """True when the words name the settlement and are not everyday words or a street."""
    before = words.lower[i - 1] if words.lower[i - 1] != "." else words.lower[i - 2]
    if before in STREET_WORDS or words.lower[last + 1] in STREET_WORDS:
        return False
    if before in _SETTLEMENT_WORDS:
        return True
    capital = words.raw[i][0].isupper() and not _shouted(words)
    if len(name.parts) > 1:
        return capital or before in _NEAR
    if capital and not words.opens(i):
        return True
    if name.common:
        return (capital or _shouted(words)) and (before in _NEAR or _is_subject(words, i))
    as_written = words.lower[i] == name.settlement.lower().replace("ё", "е")
    return capital or (words.opens(i) and as_written) or (before in _NEAR and len(name.settlement) > 4)


def _shouted(words: Words) -> bool:
    """True for a text in capitals, where they tell nothing."""
    letters = [word for word in words.raw if word.isalpha() and len(word) > 2]
    return len(letters) > 3 and sum(word.isupper() for word in letters) * 2 > len(letters)


def _is_subject(words: Words, i: int) -> bool:
    """True when a verb or a mark follows: «Белое сидит без воды», and not a noun: «Белое платье»."""
    after = words.lower[i + 1]
    verbal = ("ет", "ит", "ят", "ют", "ут", "ось", "лось", "ло", "ли", "ется", "ится")
    return (
        not after
        or not after.isalpha()
        or after in {"без", "не", "опять", "снова", "тоже", "уже"}
        or after.endswith(verbal)
    )


def _inside(street: Street, settlements: list[tuple[int, int, _Name]]) -> bool:
    """True when the street's words are a settlement's name."""
    return any(first <= street.last and street.first <= last for first, last, _ in settlements)


def _with_settlement(street: Street, settlements: list[tuple[int, int, _Name]]) -> Place:
    before = [name for first, _, name in settlements if first < street.first]
    name = before[-1] if before else (settlements[0][2] if settlements else None)
    return Place(name.settlement if name else None, name.territory if name else None, street.name, street.house)
