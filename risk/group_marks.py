"""What differs between two alike texts: numbers, days and names tell a template filled anew from a copy with a typo."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

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
_WHERE = frozenset(letters("в во на из под возле около у от до").split())
_GRAMMAR = 3
"""A changed word of so few letters is grammar («в», «на», «что»), unless it is a number."""
_PARAGRAPH = 7
"""So many words that only one text has are a part added or cut, not a field of a template filled anew."""
_SIGNATURE = 3
"""Words from which a differing end may be a signature («Подписаться на …»); four times as many at most, and where both texts
have one («Прислать новость») the shorter has a word more at most: otherwise it is another saying of the day under one heading."""
_LONG_PLACE = 14
"""Words from which a differing place is compared as a whole: other words, not other forms of the same ones."""
_LIKE_WORD = 0.72
"""Likeness of two words (Indel, 0..1) from which one is a case form or a misprint of the other: Пудоже/Пудожа .83, январь/января .83."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one text has and the other has not; moved and mistyped words are taken out."""

    conflict: str
    """What stands otherwise in the same place: "числа", "дни", "названия", "места"; "" if nothing telling does."""
    lonely: bool
    """Only one of the texts names a number, a day or a name, outside whole added parts."""
    replaced: int
    """Letters of words that stand in place of other ones (the longer side of each place)."""
    added: int
    """Letters that only one of the texts has, with nothing in their place."""
    ending: int
    """Letters in which the very ends differ, not counted above: two channels sign the same news in two ways."""


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a text and what it may tell."""

    plain: bytes
    kind: int


_NUMBER, _DAY, _NAME, _PLAIN, _SMALL = 1, 2, 4, 8, 0
_TELLING = _NUMBER | _DAY | _NAME | _PLAIN


@lru_cache(maxsize=1 << 16)
def _word(cased: bytes) -> _Word:
    """Say what a word of a cleaned text tells: a number, a day or count, a name, something, or is mere grammar."""
    text = plain(cased)
    kind = _PLAIN if len(text) > _GRAMMAR else _SMALL
    if not text.isalpha() and any(48 <= code < 58 for code in text):
        kind |= _NUMBER if text.strip(b"0") else _SMALL
    elif text in _WHOLE or text.startswith(_STEMS):
        kind |= _DAY
    return _Word(text, kind | (_NAME if is_name(cased) else 0))


@dataclass(slots=True)
class _Place:
    """A place where two texts part: words that only one of them has there, and the common word before."""

    left: list[_Word]
    right: list[_Word]
    before: bytes


def _places(left: list[bytes], right: list[bytes], one: list[bytes], two: list[bytes]) -> list[_Place]:
    """Return the places where two texts part, in order; `one` and `two` are the words without capitals."""
    places: list[_Place] = []
    joined = -1, -1
    for code in Levenshtein.opcodes(one, two):
        if code.tag == "equal":
            continue
        ours = [_word(word) for word in left[code.src_start : code.src_end]]
        theirs = [_word(word) for word in right[code.dest_start : code.dest_end]]
        if joined == (code.src_start, code.dest_start):  # an insertion right after a replacement belongs to it
            places[-1].left += ours
            places[-1].right += theirs
        else:
            places.append(_Place(ours, theirs, one[code.src_start - 1] if code.src_start else b""))
        joined = code.src_end, code.dest_end
    return places


def _drop_moved(places: list[_Place]) -> None:
    """Take out the words that both texts have, in other places."""
    ours = Counter(word.plain for place in places for word in place.left if word.kind)
    theirs = Counter(word.plain for place in places for word in place.right if word.kind)
    both = ours & theirs
    if both:
        one, two = dict(both), dict(both)
        for place in places:
            place.left = _left_over(place.left, one)
            place.right = _left_over(place.right, two)


def _left_over(words: list[_Word], moved: dict[bytes, int]) -> list[_Word]:
    kept = []
    for word in words:
        if moved.get(word.plain, 0):
            moved[word.plain] -= 1
        else:
            kept.append(word)
    return kept


def _alike(one: _Word, two: _Word) -> bool:
    """Tell whether one word is a case form or a misprint of the other; numbers and days have to be the same."""
    if (one.kind | two.kind) & _NUMBER:
        return one.plain.lstrip(b"0") == two.plain.lstrip(b"0")
    if one.kind & two.kind & _DAY:
        return one.plain[:3] == two.plain[:3]
    return one.plain == two.plain or Indel.normalized_similarity(one.plain, two.plain, score_cutoff=_LIKE_WORD) > 0


def _drop_forms(place: _Place) -> None:
    """Take out pairs of words that are the same one in another form, and words written apart or together."""
    if not place.left or not place.right or max(len(place.left), len(place.right)) > _LONG_PLACE:
        return
    if b"".join([word.plain for word in place.left]) == b"".join([word.plain for word in place.right]):
        place.left, place.right = [], []
        return
    rest = place.right.copy()
    left = []
    for word in place.left:
        twin = next((other for other in rest if _alike(word, other)), None)
        if twin is None:
            left.append(word)
        else:
            rest.remove(twin)
    place.left, place.right = left, rest


def _letters(words: list[_Word]) -> int:
    return sum(len(word.plain) for word in words if word.kind)


def _kinds(words: list[_Word]) -> int:
    kinds = 0
    for word in words:
        kinds |= word.kind
    return kinds


def _conflict(place: _Place) -> str:
    """Say what is filled in otherwise in one place."""
    both = _kinds(place.left) & _kinds(place.right)
    if both & _NUMBER:
        return "числа"
    if both & _DAY:
        return "дни"
    if both & _NAME or (both & _TELLING and place.before in _PLACE_NOUNS):
        return "названия"
    # «в белом» and «в сосново»: people write places in small letters too.
    single = both & _PLAIN and len(place.left) == len(place.right) == 1
    return "места" if single and place.before in _WHERE else ""


def _scattered(places: list[_Place]) -> str:
    """Say what is told in two different places: a day at the top of one text, another day at the end of the other."""
    ours = _kinds([word for place in places if len(place.left) < _PARAGRAPH for word in place.left])
    theirs = _kinds([word for place in places if len(place.right) < _PARAGRAPH for word in place.right])
    if ours & theirs & _NUMBER:
        return "числа"
    return "дни" if ours & theirs & _DAY else ""


def _is_signature(place: _Place, left: list[bytes], right: list[bytes]) -> bool:
    """Tell whether the last place where two texts part is their very end and may be a signature."""
    ours, theirs = [word.plain for word in place.left], [word.plain for word in place.right]
    reaches = left[len(left) - len(ours) :] == ours and right[len(right) - len(theirs) :] == theirs
    longer, shorter = max(len(ours), len(theirs)), min(len(ours), len(theirs))
    fits = _SIGNATURE <= longer <= 4 * _SIGNATURE and shorter <= _SIGNATURE + 1
    return reaches and fits and not (_kinds(place.left) | _kinds(place.right)) & (_NUMBER | _DAY)


def difference(left: bytes, right: bytes) -> Difference:
    """Compare two unlike cleaned texts (with the capitals of names) word by word; the same whichever comes first."""
    if right < left:  # the alignment of words may depend on the order, the answer must not
        left, right = right, left
    one, two = plain(left).split(), plain(right).split()
    places = _places(left.split(), right.split(), one, two)
    ending = places.pop() if places and _is_signature(places[-1], one, two) else None
    everywhere = [*places, ending] if ending else places
    _drop_moved(everywhere)
    conflict = ""
    for place in everywhere:
        _drop_forms(place)
        conflict = conflict or _conflict(place)
    replaced = [max(_letters(place.left), _letters(place.right)) for place in places if place.left and place.right]
    added = [_letters(place.left + place.right) for place in places if not (place.left and place.right)]
    return Difference(
        conflict=conflict or _scattered(everywhere),
        lonely=any(_lonely(place) for place in places),
        replaced=sum(replaced),
        added=sum(added),
        ending=max(_letters(ending.left), _letters(ending.right)) if ending else 0,
    )


def _lonely(place: _Place) -> bool:
    """Tell whether a place outside added parts has a number, a day or a name on one side."""
    few = len(place.left) + len(place.right) < _PARAGRAPH
    return few and bool((_kinds(place.left) | _kinds(place.right)) & (_NUMBER | _DAY | _NAME))
