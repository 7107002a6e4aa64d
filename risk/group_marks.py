"""What differs between two alike texts: numbers, days and names tell a template filled anew from a copy with a typo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Indel, Levenshtein

from texts.clean import is_name, letters, plain

# Words that say when, and how many. Compared by their first letters, so that every case form is met («в среду», «к среде»).
_STEMS = tuple(
    letters(
        "январ феврал март апрел июн июл август сентябр октябр ноябр декабр понедельник вторник среду четверг пятниц суббот воскресен "
        "сегодня завтра послезавтра вчера позавчера утром утра вечер ночью ночь полдень полночь "
        "первый перва перво второ третий третье третья четверт пятый пято пята шесто седьмо восьмо девят десят одиннадцат двенадцат "
        "двадцат тридцат сорок пятьдес шестьдес семьдес восемьдес девянос двести триста"
    ).split()
)
_WHOLE = frozenset(
    letters(
        "мая маю маем мае май среда среды среде один одна одно два две три четыре пять шесть семь восемь девять сто двое трое"
    ).split()
)
# After these a word is a place, with a capital letter or without.
_PLACE_NOUNS = frozenset(
    letters(
        "улица улице улицы улицу ул переулок переулке пер проспект проспекте пр площадь площади дом доме село селе деревня деревне дер "
        "поселок поселке пос город городе г район районе микрорайон мкр станция станции остановка остановке школа школе"
    ).split()
)
_GRAMMAR = 3
"""A changed word of so few letters is grammar («в», «на», «что»), unless it is a number."""
_PARAGRAPH = 7
"""So many words that only one text has are a part added or cut, not a field of a template filled anew."""
_SIGNATURE = 3
"""Words from which a differing end may be a signature («Подписаться на …»); up to four times as many."""
_LIKE_WORD = 0.72
"""Likeness of two words (Indel, 0..1) from which one is a case form or a misprint of the other: Пудоже/Пудожа .83, январь/января .83."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one text has and the other has not; moved and mistyped words are taken out."""

    conflict: str
    """What stands otherwise in the same place: "числа", "дни", "названия"; "" if nothing telling does."""
    lonely: bool
    """Only one of the texts names a number, a day or a name, outside whole added parts."""
    replaced: int
    """Letters of words that stand in place of other ones (the longer side of each place)."""
    added: int
    """Letters that only one of the texts has, with nothing in their place."""
    ending: int
    """Letters in which the very ends differ, not counted above: two channels sign the same news in two ways."""


_Block = tuple[list[bytes], list[bytes], bytes]
"""Words only the left text has, words only the right one has in their place, the common word before."""


def _blocks(left: list[bytes], right: list[bytes]) -> list[_Block]:
    """Return the places where two texts part, in order."""
    number: dict[bytes, int] = {}
    one = [number.setdefault(plain(word), len(number)) for word in left]
    two = [number.setdefault(plain(word), len(number)) for word in right]
    blocks: list[_Block] = []
    before: tuple[int, int] | None = None
    for code in Levenshtein.opcodes(one, two):
        if code.tag == "equal":
            before = None
            continue
        ours, theirs = left[code.src_start : code.src_end], right[code.dest_start : code.dest_end]
        if before is not None:  # an insertion right after a replacement belongs to it
            blocks[-1][0].extend(ours)
            blocks[-1][1].extend(theirs)
        else:
            blocks.append((ours, theirs, plain(left[code.src_start - 1]) if code.src_start else b""))
        before = (code.src_end, code.dest_end)
    return blocks


def _without_moved(blocks: list[_Block]) -> list[_Block]:
    """Take out the words that both texts have, in other places."""
    ours = Counter(plain(word) for block in blocks for word in block[0])
    theirs = Counter(plain(word) for block in blocks for word in block[1])
    both = {word: count for word, count in (ours & theirs).items() if len(word) > _GRAMMAR or word.isdigit()}
    if not both:
        return blocks

    def left_over(words: list[bytes], budget: dict[bytes, int]) -> list[bytes]:
        kept = []
        for word in words:
            if budget.get(plain(word), 0):
                budget[plain(word)] -= 1
            else:
                kept.append(word)
        return kept

    one, two = dict(both), dict(both)
    return [(left_over(block[0], one), left_over(block[1], two), block[2]) for block in blocks]


def _digits(word: bytes) -> bool:
    return any(48 <= code < 58 for code in word)


def _telling_number(word: bytes) -> bool:
    return _digits(word) and word.strip(b"0") != b""


def _day(word: bytes) -> bool:
    return word in _WHOLE or word.startswith(_STEMS)


def _alike(one: bytes, two: bytes) -> bool:
    """Tell whether one word is a case form or a misprint of the other; numbers and days have to be the same."""
    if _digits(one) or _digits(two):
        return one.lstrip(b"0") == two.lstrip(b"0")
    if one == two:
        return True
    if _day(one) and _day(two):
        return one[:3] == two[:3]
    return Indel.normalized_similarity(one, two) >= _LIKE_WORD


def _unlike(ours: list[bytes], theirs: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Take out pairs of words that are the same one in another form, and words written apart or together."""
    if b"".join(map(plain, ours)) == b"".join(map(plain, theirs)):
        return [], []
    rest = list(theirs)
    left = []
    for word in ours:
        twin = next((other for other in rest if _alike(plain(word), plain(other))), None)
        if twin is None:
            left.append(word)
        else:
            rest.remove(twin)
    return left, rest


def _telling(words: list[bytes]) -> list[bytes]:
    return [word for word in words if len(word) > _GRAMMAR or _digits(word) or is_name(word)]


def _conflict(ours: list[bytes], theirs: list[bytes], before: bytes) -> str:
    """Say what is filled in otherwise in one place."""
    one, two = [plain(word) for word in ours], [plain(word) for word in theirs]
    if any(map(_telling_number, one)) and any(map(_telling_number, two)):
        return "числа"
    if any(map(_day, one)) and any(map(_day, two)):
        return "дни"
    if any(map(is_name, ours)) and any(map(is_name, theirs)):
        return "названия"
    return "названия" if before in _PLACE_NOUNS and one and two else ""


def _scattered(blocks: list[_Block]) -> Iterator[str]:
    """Say what is told in two different places: a day at the top of one text, another day at the end of the other."""
    ours = [plain(word) for block in blocks for word in block[0] if len(block[0]) < _PARAGRAPH]
    theirs = [plain(word) for block in blocks for word in block[1] if len(block[1]) < _PARAGRAPH]
    if any(map(_telling_number, ours)) and any(map(_telling_number, theirs)):
        yield "числа"
    if any(map(_day, ours)) and any(map(_day, theirs)):
        yield "дни"


def _mark(word: bytes) -> bool:
    return is_name(word) or _telling_number(plain(word)) or _day(plain(word))


def _is_ending(blocks: list[_Block], left: list[bytes], right: list[bytes]) -> bool:
    """Tell whether the last place where the texts part is their very end and looks like a signature."""
    ours, theirs, _ = blocks[-1]
    if not (left[-1:] == ours[-1:] and right[-1:] == theirs[-1:]) and (ours and theirs):
        return False
    reaches = (not ours or left[-len(ours) :] == ours) and (not theirs or right[-len(theirs) :] == theirs)
    long_enough = _SIGNATURE <= max(len(ours), len(theirs)) <= 4 * _SIGNATURE
    return (
        reaches and long_enough and not any(_telling_number(plain(word)) or _day(plain(word)) for word in ours + theirs)
    )


def difference(left: bytes, right: bytes) -> Difference:
    """Compare two unlike cleaned texts (with the capitals of names) word by word; the same whichever comes first."""
    if right < left:  # the alignment of words may depend on the order, the answer must not
        left, right = right, left
    ours, theirs = left.split(), right.split()
    blocks = _blocks(ours, theirs)
    ending = bool(blocks) and _is_ending(blocks, ours, theirs)
    conflicts: list[str] = []
    replaced = added = tail = 0
    lonely = False
    rest: list[_Block] = []
    for place, (one, two, before) in enumerate(_without_moved(blocks)):
        one, two = _unlike(one, two)
        rest.append((one, two, before))
        letters_one, letters_two = sum(map(len, _telling(one))), sum(map(len, _telling(two)))
        if one and two:
            conflicts.append(_conflict(one, two, before))
        if ending and place == len(blocks) - 1:
            tail = max(letters_one, letters_two)
            continue
        if one and two:
            replaced += max(letters_one, letters_two)
        else:
            added += letters_one + letters_two
        lonely = lonely or (len(one) + len(two) < _PARAGRAPH and any(map(_mark, one + two)))
    conflicts += _scattered(rest)
    return Difference(next((one for one in conflicts if one), ""), lonely, replaced, added, tail)
