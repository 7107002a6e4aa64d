"""Streets and houses in a message, without any list of streets: by the word «улица», by a house number, by a crossing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from texts.stems import fixed

# One fixed pattern of our own, linear in the text: words, numbers, single marks.
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|\n")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


STREET_WORDS = _set(
    """ул улица улице улицы улицу улицей улиц улицам улицах пер переулок переулке переулка переулку просп проспект проспекте
    проспекта проспекту пл площадь площади шоссе наб набережная набережной бульвар бульваре бульвара проезд проезде проезда
    тупик тупике тупика микрорайон микрорайоне микрорайона мкр мкрн аллея аллее аллеи тракт тракте тракта пркт"""
)
_SHORT_WORDS = {("пр", "т"), ("пр", "кт"), ("б", "р"), ("р", "он"), ("пр", "д"), ("п", "т"), ("м", "н")}
"""Hyphenated short forms: пр-т, пр-кт, б-р."""
_HOUSE_WORDS = _set("дом дома доме дому домом домов домами д дд")
_CROSSING = _set("угол углу угла перекресток перекрестке перекрестка пересечение пересечении пересечения между")
_JOINS = _set("и / - – — , до с")
_AT = _set("на по вдоль около возле у от до напротив с")
_UNIT_AFTER = _set(
    """руб рублей рубля рубль тыс тысяч млн лет год года году г час часа часов мин минут человек чел квартир января февраля
    марта апреля мая июня июля августа сентября октября ноября декабря раз раза км метров метра м процентов градусов дней
    дня суток недель месяцев месяца класс класса этаж этажей подъезд места место этажа семей балл мест % : утра вечера ч"""
)
_NO_NAME = _set(
    """в на у по во от до из за под при для что как где когда это мы вы я он она они не но а или если добрый добрая доброе
    здравствуйте уважаемый уважаемая уважаемые почему прошу дом дома доме возле около рядом напротив вся весь все там тут
    здесь вот еще уже сегодня вчера завтра ребята люди жители просьба помогите нет есть адрес район подъезд квартира кв
    угол угла углу между перекресток пересечение пересечении участок дорога двор дворе школа школы школе детский сад
    магазин магазина с со к ко о об про без через после перед январь кто куда тоже также ну да маршрут автобус автобуса
    автобусы маршрута группа цена стоимость тел телефон номер россии россия гост сп снип статья напомню напоминаем доброго
    день вечер утро прошли прошел пункт приказ часть глава больница поликлиника площадка и пожалуйста примите фото
    установите сделайте уберите почините снова опять только город села село поселок деревня ворота двора напротив вблизи
    данный данная пешеходный светофор остановка парк сквер рынок центр тц трц жк мегафон билайн вдоль корпус хорошо спасибо"""
)
_SECOND = _set(
    """хана батыра би октября мая марта января декабря победы труда маркса люксембург либкнехта цеткин армии комсомола
    пятилетки интернационала партизан космонавтов героев строителей дивизии невского донского победа жукова"""
)
"""Second words of names that people write with a small letter: «8 марта», «Карла маркса», «Толе би»."""
_MOST_NAME_WORDS = 3
_MOST_HOUSE_DIGITS = 3
_GIVEN = (
    "ая",
    "ой",
    "ую",
    "ого",
    "ова",
    "ева",
    "ёва",
    "ина",
    "ына",
    "ский",
    "ской",
    "ского",
    "цкая",
    "а",
    "я",
    "и",
    "ы",
    "о",
    "би",
    "ном",
    "ий",
)
"""Endings of street names in speech: «на Гоголя», «по Советской», «Ленина 5»."""


@dataclass(frozen=True, slots=True)
class Street:
    """A street found in a text, with the places of its name and house there (-1: no house)."""

    name: str
    start: int
    end: int
    house: str | None = None
    house_start: int = -1
    house_end: int = -1


class Words:
    """A text as tokens with their positions; `lower` are mended as the rules read them."""

    __slots__ = ("ends", "lower", "raw", "starts")

    def __init__(self, text: str) -> None:
        found = list(_TOKEN.finditer(text))
        self.raw = [m.group() for m in found]
        self.lower = [fixed(word).replace("ё", "е") for word in self.raw]
        self.starts = [m.start() for m in found]
        self.ends = [m.end() for m in found]

    def __len__(self) -> int:
        return len(self.raw)

    def low(self, i: int) -> str:
        """Return a token in lower case, or "" beyond the text."""
        return self.lower[i] if 0 <= i < len(self.lower) else ""

    def is_name(self, i: int) -> bool:
        """True for a word with a capital first letter that may be part of a name."""
        return 0 <= i < len(self.raw) and self.raw[i][0].isupper() and self.lower[i] not in _NO_NAME

    def in_name(self, i: int) -> bool:
        """True for a capital word, or a small second word of a name («хана», «Октября»)."""
        return self.is_name(i) or (self.low(i) in _SECOND and self.is_name(i - 1))

    def opens(self, i: int) -> bool:
        """True for the first word of a sentence or line."""
        return i == 0 or self.raw[i - 1] in '.!?…\n«"•'


def streets(words: Words) -> list[Street]:
    """Return the streets of a text in order, each place once."""
    taken: set[int] = set()
    found: list[Street] = []
    for first, last in (*_by_word(words), *_by_house(words), *_by_crossing(words), *_by_preposition(words)):
        if taken.isdisjoint(range(first, last + 1)):
            taken.update(range(first, last + 1))
            found.append(_street(words, first, last))
    return sorted(found, key=lambda street: street.start)


def _street(words: Words, first: int, last: int) -> Street:
    name = " ".join(words.raw[first : last + 1])
    house = _house_after(words, last + 1) or _house_before(words, first)
    if house is None:
        return Street(name, words.starts[first], words.ends[last])
    text, start, end = house
    return Street(name, words.starts[first], words.ends[last], text, words.starts[start], words.ends[end])


def _is_street_word(words: Words, i: int) -> int:
    """Return how many tokens the word «улица» (or «ул», «пр-т») takes here, 0 when there is none."""
    if words.low(i) in STREET_WORDS:
        return 1
    return 3 if words.low(i + 1) == "-" and (words.low(i), words.low(i + 2)) in _SHORT_WORDS else 0


def _by_word(words: Words) -> Iterator[tuple[int, int]]:
    """Yield names that stand beside the word «улица»: «ул. Ленина», «улица 8 Марта», «Советская улица»."""
    for i in range(len(words)):
        width = _is_street_word(words, i)
        if not width:
            continue
        first = i + width + (words.low(i + width) == ".")
        last = max(_name_end(words, first), _small_name_end(words, first))
        if last >= first:
            yield first, last
        elif words.is_name(i - 1) and words.low(i - 1).endswith(
            ("ая", "ой", "ую", "ий", "ый", "ого", "ому", "ом", "ое")
        ):
            yield (i - 2, i - 1) if words.is_name(i - 2) and not words.opens(i - 2) else (i - 1, i - 1)


def _name_end(words: Words, first: int) -> int:
    """Return the last token of a street's name that starts here, or first - 1 when none does."""
    i = first
    if words.low(i).isdecimal() and not words.is_name(i + 1) and words.low(i + 1) != "-":
        return first - 1
    while i < len(words) and i < first + _MOST_NAME_WORDS:
        ordinal = words.low(i).isdecimal() and i == first
        if not ordinal and not words.is_name(i) and not (i > first and words.low(i) in _SECOND):
            break
        i += 1
        if ordinal and words.low(i) == "-":
            i += 2
    while i > first and len(words.raw[i - 1]) == 1 and words.raw[i - 1].isalpha() and words.low(i) != ".":
        i -= 1
    return i - 1


def _small_name_end(words: Words, first: int) -> int:
    """Return the last token of a name in small letters that a house number follows: «улица абая 52»."""
    for last in (first, first + 1):
        if not words.low(last).isalpha() or words.low(last) in _NO_NAME | _HOUSE_WORDS:
            break
        if _house_after(words, last + 1) is not None:
            return last
    return first - 1


def _by_house(words: Words) -> Iterator[tuple[int, int]]:
    """Yield names that a house number follows: «Гоголя 151», «Толе би, дом 5», or stands before: «дом 9, Гоголя»."""
    for i in range(len(words)):
        if not words.is_name(i) or words.is_name(i - 1):
            continue
        last = _name_end(words, i)
        while last > i and _house_after(words, last + 1) is None:
            last -= 1
        if last >= i and _house_after(words, last + 1) is not None:
            yield i, last


def _by_crossing(words: Words) -> Iterator[tuple[int, int]]:
    """Yield both names of a crossing: «угол Чехова и Пушкина», «Абая/Гоголя», «между Советской и Ленина»."""
    for i in range(1, len(words) - 1):
        if words.low(i) not in _JOINS or not words.is_name(i + 1) or not words.in_name(i - 1):
            continue
        first = i - 1
        while first > 0 and words.in_name(first - 1) and i - first < _MOST_NAME_WORDS:
            first -= 1
        before = {words.low(k) for k in range(max(0, first - 4), first)}
        joined = words.low(i) in {"и", "/", "-", "–", "—"} and _looks_like_street(words, i - 1)
        if before & (_CROSSING | STREET_WORDS) or (joined and _looks_like_street(words, _name_end(words, i + 1))):
            yield first, i - 1
            yield i + 1, max(i + 1, _name_end(words, i + 1))


def _looks_like_street(words: Words, last: int) -> bool:
    return words.low(last).endswith(_GIVEN)


def _by_preposition(words: Words) -> Iterator[tuple[int, int]]:
    """Yield names after «на», «по», «от … до», «угол»: spoken Russian leaves out the word «улица»."""
    for i in range(1, len(words)):
        if words.low(i - 1) in _AT | _CROSSING and words.is_name(i) and _looks_like_street(words, _name_end(words, i)):
            yield i, _name_end(words, i)


def _house_after(words: Words, i: int) -> tuple[str, int, int] | None:
    """Return the house that stands right after a name: its text, first and last token."""
    start = i
    while words.low(i) in {",", "."} and i < start + 2:
        i += 1
    named = i
    if words.low(i) in _HOUSE_WORDS or words.low(i) == "№":
        i += 1
        while words.low(i) in {".", "№"}:
            i += 1
    number = _number(words, i)
    if number is None:
        return None
    text, last = number
    return text, named, last


def _house_before(words: Words, i: int) -> tuple[str, int, int] | None:
    """Return the house that stands shortly before a street: «возле дома 23 на улице Шевченко»."""
    for at in range(i - 1, max(-1, i - 9), -1):
        if words.low(at) in _HOUSE_WORDS:
            number = _number(words, at + 1 + (words.low(at + 1) in {".", "№"}))
            if number is not None:
                return number[0], at, number[1]
        elif words.low(at) in {".", "!", "?"}:
            break
    return None


def _number(words: Words, i: int) -> tuple[str, int] | None:
    """Return a house number that starts here («5», «5а», «12/2», «12 к 2») and its last token."""
    if not words.low(i).isdecimal() or len(words.low(i)) > _MOST_HOUSE_DIGITS or words.low(i) == "0":
        return None
    last = i
    glued = i + 1 < len(words) and words.starts[i + 1] == words.ends[i]
    if glued and len(words.raw[i + 1]) == 1 and words.raw[i + 1].isalpha():
        last = i + 1
    if words.low(last + 1) in {"/", "-", "к", "корпус", "корп"} and words.low(last + 2).isdecimal():
        last += 2
    if words.low(last + 1) in _UNIT_AFTER or words.low(last + 1).startswith(("руб", "лет", "процент", "человек")):
        return None
    return "".join(words.raw[i : last + 1]).replace("корпус", "к").replace("корп", "к"), last
