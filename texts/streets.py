"""Streets and houses in a message, without a list of streets: by the word «улица», a house number, a crossing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# One fixed pattern of our own, linear in the text: words, numbers, single marks.
TOKEN = re.compile(r"[^\W\d_]+|\d+[^\W\d_]?(?![^\W_])|\d+|[^\w\s]|\n")
"""A number may carry one letter («5а»): a house."""


_DIGIT = re.compile(r"\d")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


STREET_WORDS = _set(
    """ул улица улице улицы улицу улицей улиц улицам улицах пер переулок переулке переулка переулку просп проспект
    проспекте проспекта проспекту пл площадь площади шоссе наб набережная набережной бульвар бульваре бульвара
    проезд проезде проезда тупик тупике тупика микрорайон микрорайоне микрорайона мкр мкрн аллея аллее аллеи тракт
    тракте тракта пркт"""
)
_SHORT_WORDS = {("пр", "т"), ("пр", "кт"), ("б", "р"), ("р", "он"), ("пр", "д"), ("п", "т"), ("м", "н")}
"""Hyphenated short forms: пр-т, пр-кт, б-р."""
_SHORT_STARTS = frozenset(first for first, _ in _SHORT_WORDS)
_MAY_BE_STREET = STREET_WORDS | _SHORT_STARTS
_HOUSE_WORDS = _set("дом дома доме дому домом домов домами д дд")
_CROSSING = _set("угол углу угла перекресток перекрестке перекрестка пересечение пересечении пересечения между")
_JOINS = _set("и / - – — , до с")
_AT = _set("на по вдоль около возле у от до напротив с")
_BEFORE_NAME = _AT | _CROSSING
_SIGNS = _set("и / - – —")
_PAUSES, _POINTS, _ENDS = frozenset((",", ".")), frozenset((".", "№")), frozenset((".", "!", "?"))
_BUILDING = _set("/ - к корпус корп")
_ADJECTIVE = ("ая", "ой", "ую", "ий", "ый", "ого", "ому", "ом", "ое")
_VERB = ("ли", "ло", "ла", "ают", "ует", "ет", "ит", "ят", "ем", "им", "сь", "ся")
"""Endings of a verb that opens a sentence: «Привезли 5 машин»."""
_LETTERS = "абвгдежзиклмнопрстуфхцчшщэюяabcdefghijklmnopqrstuvwxyz"
_HOUSE_LETTERS = frozenset("абвгде")
_UNIT_AFTER = _set(
    """руб рублей рубля рубль тыс тысяч млн лет год года году г час часа часов мин минут человек чел квартир января
    февраля марта апреля мая июня июля августа сентября октября ноября декабря раз раза км метров метра м
    процентов градусов дней дня суток недель месяцев месяца класс класса этаж этажей подъезд места место этажа
    семей балл мест % : утра вечера ч"""
)
_NO_NAME = _set(
    """в на у по во от до из за под при для что как где когда это мы вы я он она они не но а или если добрый добрая
    доброе здравствуйте уважаемый уважаемая уважаемые почему прошу дом дома доме возле около рядом напротив вся
    весь все там тут здесь вот еще уже сегодня вчера завтра ребята люди жители просьба помогите нет есть адрес
    район подъезд квартира кв угол угла углу между перекресток пересечение пересечении участок дорога двор дворе
    школа школы школе детский сад магазин магазина с со к ко о об про без через после перед январь кто куда тоже
    также ну да маршрут автобус автобуса автобусы маршрута группа цена стоимость тел телефон номер россии россия
    гост сп снип статья напомню напоминаем доброго день вечер утро прошли прошел пункт приказ часть глава больница
    поликлиника площадка и пожалуйста примите фото установите сделайте уберите почините снова опять только город
    села село поселок деревня ворота двора напротив вблизи данный данная пешеходный светофор остановка парк сквер
    рынок центр тц трц жк мегафон билайн вдоль корпус хорошо спасибо"""
)
_SECOND = _set(
    """хана батыра би октября мая марта января декабря победы труда маркса люксембург либкнехта цеткин армии
    комсомола пятилетки интернационала партизан космонавтов героев строителей дивизии невского донского победа
    жукова"""
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
    """A street found in a text: first and last token of its name and of its house (-1: no house)."""

    name: str
    first: int
    last: int
    house: str | None = None
    house_first: int = -1
    house_last: int = -1


class Words:
    """A text as tokens; beyond the text `lower` is "" and `name` False."""

    __slots__ = ("count", "has_numbers", "lower", "name", "names", "raw")

    def __init__(self, text: str) -> None:
        self.raw: list[str] = TOKEN.findall(text)
        self.count = len(self.raw)
        self.has_numbers = _DIGIT.search(text) is not None
        """False when there can be no house."""
        self.lower = _lower(self.raw, "ё" in text or "Ё" in text) + _BEYOND
        self.names = [
            i
            for i, (word, low) in enumerate(zip(self.raw, self.lower, strict=False))
            if word != low and word[0] != low[0] and low not in _NO_NAME
        ]
        """Tokens with a capital first letter that may be part of a name."""
        self.name = [False] * (self.count + len(_BEYOND))
        for i in self.names:
            self.name[i] = True

    def in_name(self, i: int) -> bool:
        """True for a capital word, or a small second word of a name («хана», «Октября»)."""
        return self.name[i] or (self.lower[i] in _SECOND and self.name[i - 1])

    def opens(self, i: int) -> bool:
        """True for the first word of a sentence or line."""
        return i == 0 or self.raw[i - 1] in '.!?…\n«"•'


_BEYOND = [""] * 6


def _lower(tokens: list[str], has_yo: bool) -> list[str]:
    """Return tokens in lower case with ё as е, all at once: no token has a space in it."""
    if not tokens:
        return []
    lower = " ".join(tokens).lower()
    return (lower.replace("ё", "е") if has_yo else lower).split(" ")


def streets(words: Words) -> list[Street]:
    """Return the streets of a text in order, each place once."""
    taken: set[int] = set()
    found: list[Street] = []
    for first, last in (*_by_word(words), *_by_house(words), *_by_crossing(words), *_by_preposition(words)):
        if taken.isdisjoint(range(first, last + 1)):
            taken.update(range(first, last + 1))
            found.append(_street(words, first, last))
    return sorted(found, key=lambda street: street.first)


def _street(words: Words, first: int, last: int) -> Street:
    name = " ".join(words.raw[first : last + 1])
    house = _house_after(words, last + 1) or _house_before(words, first)
    return Street(name, first, last, *house) if house is not None else Street(name, first, last)


def _is_street_word(words: Words, i: int) -> int:
    """Return how many tokens the word «улица» (or «ул», «пр-т») takes here, 0 when there is none."""
    if words.lower[i] in STREET_WORDS:
        return 1
    return 3 if words.lower[i + 1] == "-" and (words.lower[i], words.lower[i + 2]) in _SHORT_WORDS else 0


def _by_word(words: Words) -> Iterator[tuple[int, int]]:
    """Yield names that stand beside the word «улица»: «ул. Ленина», «улица 8 Марта», «Советская улица»."""
    if _MAY_BE_STREET.isdisjoint(words.lower):
        return
    for i in [i for i, word in enumerate(words.lower) if word in _MAY_BE_STREET]:
        width = _is_street_word(words, i)
        if not width:
            continue
        first = i + width + (words.lower[i + width] == ".")
        last = max(_name_end(words, first), _small_name_end(words, first))
        if last >= first:
            yield first, last
        elif i and words.name[i - 1] and words.lower[i - 1].endswith(_ADJECTIVE):
            yield (i - 2, i - 1) if i > 1 and words.name[i - 2] and not words.opens(i - 2) else (i - 1, i - 1)


def _name_end(words: Words, first: int) -> int:
    """Return the last token of a street's name that starts here, or first - 1 when none does."""
    i = first
    if words.lower[i].isdecimal():
        if words.lower[i + 1] == "-":
            i += 3
        elif words.name[i + 1]:
            i += 1
        else:
            return first - 1
    named = i
    while i < min(words.count, named + _MOST_NAME_WORDS) and (
        words.name[i] or (i > named and words.lower[i] in _SECOND)
    ):
        i += 1
    while i > named and len(words.raw[i - 1]) == 1 and words.lower[i] != ".":
        i -= 1
    return i - 1 if i > named else first - 1


def _small_name_end(words: Words, first: int) -> int:
    """Return the last token of a name in small letters that a house number follows: «улица абая 52»."""
    for last in (first, first + 1):
        word = words.lower[last]
        if not word.isalpha() or word in _NO_NAME or word in _HOUSE_WORDS:
            break
        if _house_after(words, last + 1) is not None:
            return last
    return first - 1


def _by_house(words: Words) -> Iterator[tuple[int, int]]:
    """Yield names that a house number follows: «Гоголя 151», «Толе би, дом 5»."""
    for i in words.names if words.has_numbers else ():
        if words.name[i - 1] or (words.opens(i) and words.lower[i].endswith(_VERB)):
            continue
        last = _name_end(words, i)
        while last > i and _house_after(words, last + 1) is None:
            last -= 1
        if last >= i and _house_after(words, last + 1) is not None:
            yield i, last


def _by_crossing(words: Words) -> Iterator[tuple[int, int]]:
    """Yield both names of a crossing: «угол Чехова и Пушкина», «Абая/Гоголя», «между Советской и Ленина»."""
    for second in words.names:
        i = second - 1
        if i < 1 or words.lower[i] not in _JOINS or not words.in_name(i - 1):
            continue
        first = i - 1
        while first > 0 and words.in_name(first - 1) and i - first < _MOST_NAME_WORDS:
            first -= 1
        before = set(words.lower[max(0, first - 4) : first])
        last = max(second, _name_end(words, second))
        joined = words.lower[i] in _SIGNS and _looks_like_street(words, i - 1) and _looks_like_street(words, last)
        if joined or before & _CROSSING or before & STREET_WORDS:
            yield first, i - 1
            yield second, last


def _looks_like_street(words: Words, last: int) -> bool:
    return words.lower[last].endswith(_GIVEN)


def _by_preposition(words: Words) -> Iterator[tuple[int, int]]:
    """Yield names after «на», «по», «от … до», «угол»: spoken Russian leaves out the word «улица»."""
    for i in words.names:
        if i and words.lower[i - 1] in _BEFORE_NAME:
            last = _name_end(words, i)
            if _looks_like_street(words, last):
                yield i, last


def _house_after(words: Words, i: int) -> tuple[str, int, int] | None:
    """Return the house that stands right after a name: its text, first and last token."""
    lower = words.lower
    i += lower[i] in _PAUSES
    i += lower[i] in _PAUSES
    named = i
    if lower[i] in _HOUSE_WORDS or lower[i] == "№":
        i += 1
        i += lower[i] in _POINTS
    number = _number(words, i)
    return (number[0], named, number[1]) if number is not None else None


def _house_before(words: Words, i: int) -> tuple[str, int, int] | None:
    """Return the house that stands shortly before a street: «возле дома 23 на улице Шевченко»."""
    for at in range(i - 1, max(-1, i - 9), -1):
        if words.lower[at] in _HOUSE_WORDS:
            number = _number(words, at + 1 + (words.lower[at + 1] in _POINTS))
            if number is not None:
                return number[0], at, number[1]
        elif words.lower[at] in _ENDS:
            break
    return None


def _number(words: Words, i: int) -> tuple[str, int] | None:
    """Return a house number that starts here («5», «5а», «12/2», «12 к 2») and its last token."""
    lower = words.lower
    digits = lower[i].rstrip(_LETTERS)
    if not digits.isdecimal() or len(digits) > _MOST_HOUSE_DIGITS or digits == "0":
        return None
    last = i
    if lower[i + 1] in _BUILDING and lower[i + 2].rstrip(_LETTERS).isdecimal():
        last = i + 2
    elif (
        digits == lower[i] and len(lower[i + 1]) == 1 and lower[i + 1] in _HOUSE_LETTERS and lower[i + 2] not in _POINTS
    ):
        last = i + 1
    if lower[last + 1] in _UNIT_AFTER or lower[last + 1].startswith(("руб", "лет", "процент", "человек")):
        return None
    return "".join(words.raw[i : last + 1]).replace("корпус", "к").replace("корп", "к"), last
