"""Phones, cards, accounts, documents, flats and car plates: rules of texts.mask."""

from __future__ import annotations

import re
from collections.abc import Callable

PHONE, CARD, ACCOUNT, PASSPORT = "[телефон]", "[карта]", "[счёт]", "[паспорт]"
SNILS, INN, FLAT, PLATE = "[СНИЛС]", "[ИНН]", "[квартира]", "[номер машины]"

_SPACE = " \t\xa0\u2000-\u200a\u202f"
_DASH = "\\-\u2010-\u2015\u2212"
# What people put between the digits of a phone, keycap emoji included.
_SEP = rf"[{_SPACE}().,_/~{_DASH}\ufe0f\u20e3*]"

HINT = re.compile(rf"\d(?:{_SEP}{{0,3}}\d){{4}}")
"""Five digits that may belong together: nothing shorter is a phone, a card or a document."""
SHORT_HINT = re.compile(r"[Кк][Вв]|\d{3}|\d[а-яА-Я]?-\d")
"""A flat, a plate or a «house-flat» can be here."""

_MONTHS = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)"
_NOT_A_FLAT = rf"(?![\d{_DASH}]|[.:]\d|\s?(?:{_MONTHS}|час|дн|сут|кв|м\b|км|руб|год|лет|этаж|подъезд|классы?|%))"

_CITIES_OF_MONEY = r"(?!\s?(?:руб|р\b|₽|тыс|млн|%|км|м\b|кв|шт|чел|год|лет))"
_LOCAL = (
    rf"(?:\d{{1,3}}[{_DASH} ]\d{{2}}[{_DASH} ]\d{{2}}|\d{{1,2}}[{_DASH}]\d{{3,5}}|\d{{3}}[{_DASH} ]\d{{3}}|\d{{5,7}})"
    rf"(?!\d|[{_DASH}.:]\d){_CITIES_OF_MONEY}"
)


def _digits(match: re.Match[str]) -> str:
    return "".join(str(int(c)) for c in match.group() if c.isdecimal())


def is_luhn(digits: str) -> bool:
    """Return True when the digits pass the check of bank cards (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_persons_inn(digits: str) -> bool:
    """Return True when 12 digits pass the check of a person's ИНН (order ММВ-7-6/435, annex)."""
    if len(digits) != 12:
        return False
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    numbers = [int(d) for d in digits]
    first = sum(w * n for w, n in zip(weights[1:], numbers, strict=False)) % 11 % 10
    second = sum(w * n for w, n in zip(weights, numbers, strict=False)) % 11 % 10
    return numbers[10] == first and numbers[11] == second


def _phone(match: re.Match[str]) -> str | None:
    """A phone, unless it is a free hot line (8-800 …), which is public."""
    digits = _digits(match)
    return None if digits[-10:-7] == "800" or digits.startswith("800") else PHONE


def _keyed_phone(match: re.Match[str]) -> str | None:
    if _digits(match).startswith(("8800", "7800")):
        return None
    return f"{match['before']}{PHONE}"


def _card(match: re.Match[str]) -> str | None:
    digits = _digits(match)
    grouped = len(match.group()) > len(digits) and re.fullmatch(r"\d{4}(\D)\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?", match.group())
    return CARD if grouped or (16 <= len(digits) <= 19 and is_luhn(digits)) else None


def _inn(match: re.Match[str]) -> str | None:
    return INN if match["word"] or is_persons_inn(_digits(match)) else None


LONG: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    ("account", re.compile(rf"(?<!\d)\d(?:[{_SPACE}]?\d){{19,24}}(?!\d)"), lambda m: ACCOUNT),
    ("card", re.compile(rf"(?<!\d)\d{{4}}(?P<gap>[{_SPACE}{_DASH}]?)\d{{4}}(?P=gap)\d{{4}}(?P=gap)\d{{4}}(?:(?P=gap)\d{{1,3}})?(?!\d)"), _card),
    ("card", re.compile(rf"(?<!\d)\d(?:[{_SPACE}{_DASH}]?\d){{15,18}}(?!\d)"), _card),
    (
        "snils",
        re.compile(rf"(?<!\d)\d{{3}}[{_DASH} ]\d{{3}}[{_DASH} ]\d{{3}}[{_DASH} ]\d{{2}}(?!\d)|(?i:снилс)\D{{0,12}}\d{{11}}(?!\d)"),
        lambda m: SNILS,
    ),
    (
        "passport",
        re.compile(
            rf"(?i:паспорт\w{{0,3}}|сери[яию])[^\d\n\[\]]{{0,25}}\d{{2}}[{_SPACE}{_DASH}]?\d{{2}}[^\d\n\[\]]{{0,15}}\d{{6}}(?!\d)"
            rf"|(?<!\d)(?!(?:19|20)\d\d)\d{{2}}[ ]?\d{{2}}[ ]?(?:№|N)?[ ](?:№|N)?[ ]?\d{{6}}(?!\d)"
        ),
        lambda m: PASSPORT,
    ),
    ("inn", re.compile(r"(?P<word>(?i:инн)[\s:№-]{0,4})?(?<!\d)\d{12}(?!\d)"), _inn),
    ("phone", re.compile(rf"\+[{_SPACE}]?\d{{1,3}}(?:{_SEP}{{0,3}}\d){{8,11}}(?!\d)"), _phone),
    ("phone", re.compile(rf"(?<!\d)[78](?:{_SEP}{{0,3}}\d){{10}}(?!\d)"), _phone),
    ("phone", re.compile(rf"(?<![\d+])\(?9\d{{2}}(?:{_SEP}{{0,3}}\d){{7}}(?!\d)"), _phone),
    ("phone", re.compile(rf"\((?!800)\d{{3,5}}\){_SEP}{{0,2}}\d(?:{_SEP}?\d){{4,6}}(?!\d)"), lambda m: PHONE),
    (
        "phone",
        re.compile(
            rf"(?P<before>(?<![\w\[])(?:тел(?:еф)?\.?|телефон\w{{0,3}}|моб\w{{0,6}}\.?|сот\.|факс\w?\.?|(?:по|до|пере)?звон\w{{1,7}}"
            rf"|в[оа]т?[сц]ап\w{{0,2}}|whats\s?app|viber|в[ао]йбер\w{{0,2}})[^\d\n\[\]]{{0,30}}?)"
            rf"{_LOCAL}(?:(?:\s?[,;/]\s?|\s(?:и|или)\s|\s){_LOCAL}){{0,4}}",
            re.IGNORECASE,
        ),
        _keyed_phone,
    ),
    ("phone", re.compile(rf"(?P<before>(?<!\w)т\.\s?)\d{{1,3}}[{_DASH}]\d{{2}}[{_DASH}]\d{{2}}(?!\d)"), _keyed_phone),
    ("phone", re.compile(rf"(?<![\d{_DASH}])\d{{3}}[{_DASH}]\d{{2}}[{_DASH}]\d{{2}}(?![\d{_DASH}])"), lambda m: PHONE),
)

_LETTER = "АВЕКМНОРСТУХABEKMHOPCTYX"
_HOUSE = r"\d{1,3}[а-яА-Я]?(?:/\d{1,3})?"
SHORT: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (
        "flat",
        # «кВ 10» is a voltage, «3 кв. 2026» a quarter of a year, «кв. м» an area.
        re.compile(
            r"(?<!\w)(?:[Кк]в|КВ|[Кк]вар|[Кк]варт|[Кк]в-р[аеуы]|[Кк]вартир[аыеу]|[Кк]вартирой|КВАРТИР[АЫЕУ])[.,]?\s{0,2}(?:№|N|номер)?\s{0,2}"
            r"(?!(?:19|20)\d\d(?!\d))\d{1,4}(?!\d)(?:-?[а-яА-Я](?!\w))?(?:\s?,\s?\d{1,4}(?=\s?[,.;)\n]|$))*"
        ),
        lambda m: FLAT,
    ),
    ("flat", re.compile(r"(?<!\d)\d{1,4}-?(?:я|й|ю|ой|ая|ую)\s{1,2}квартир\w{1,2}", re.IGNORECASE), lambda m: FLAT),
    ("flat", re.compile(r"(?<!\w)(?:(?P<before>[Вв]|[Ии]з)\s)\d{1,4}\s{1,2}квартир[еыу](?!\w)"), lambda m: f"{m['before']} {FLAT}"),
    (
        "flat",
        re.compile(rf"(?P<house>(?<!\w)[Дд](?:\.|ом\.?|оме|ому)?\s{{0,2}}(?:№\s?)?{_HOUSE})-\d{{1,3}}{_NOT_A_FLAT}"),
        lambda m: f"{m['house']}-{FLAT}",
    ),
    (
        "flat",
        re.compile(
            r"(?P<house>(?<!\w)(?:[Уу]л\.?|[Уу]лиц[аеуы]|[Пп]ер\.|[Пп]ереул\w{2,4}|[Пп]р-т|[Пп]росп\w{0,6}\.?|[Нн]аб\.|[Мм]кр\.?)\s{0,2}"
            rf"(?:[А-ЯЁ\d][\w.]{{0,30}}(?:-[\w.]{{1,30}})?\s){{0,3}}?[А-ЯЁ\d][\w.]{{0,30}},?\s{{1,2}}(?:д\.?\s?)?{_HOUSE})-\d{{1,3}}{_NOT_A_FLAT}"
        ),
        lambda m: f"{m['house']}-{FLAT}",
    ),
    (
        "plate",
        re.compile(
            rf"(?<!\w)(?:[{_LETTER}]\s?\d{{3}}\s?[{_LETTER}]{{2}}\s?\d{{2,3}}|[{_LETTER}]\d{{3}}[{_LETTER}]{{2}}"
            rf"|[{_LETTER.lower()}]\d{{3}}[{_LETTER.lower()}]{{2}}\s?\d{{2,3}})(?!\w)"
        ),
        lambda m: PLATE,
    ),
)
