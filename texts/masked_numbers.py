"""Phones, cards, accounts, documents, flats and car plates: a part of texts.mask."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial

from texts.masked_links import replaced

PHONE, CARD, ACCOUNT, PASSPORT = "[телефон]", "[карта]", "[счёт]", "[паспорт]"
SNILS, INN, FLAT, PLATE = "[СНИЛС]", "[ИНН]", "[квартира]", "[номер машины]"

_SPACE = " \t\xa0\u2000-\u200a\u202f"
_DASH = "\\-\u2010-\u2015\u2212"
# What people put between the digits of a phone, keycap emoji included.
_SEP = rf"[{_SPACE}()._/~*{_DASH}\ufe0f\u20e3]"

_ZONE = re.compile(rf"\d(?:{_SEP}{{0,3}}\d){{4,}}[\ufe0f\u20e3]*")
"""Five digits or more that may belong together: nothing shorter is a phone, a card or a document.

It begins with a digit, so that letters are skipped at no cost; a «+» or «(» before it is taken along by hand.
"""
_LEAD = re.compile(rf"(?:\+[{_SPACE}]?)?\(?$")

_DIGIT = re.compile(r"\d")
_NO_DIGITS = bytes(code for code in range(256) if not chr(code).isdigit() or code > 127)
_NOT_MONEY = r"(?!\s?(?:руб|р\b|₽|тыс|млн|%|км|м\b|кв|шт|чел|год|лет|кг|га\b))"
_LOCAL = re.compile(
    rf"(?<![\d.{_DASH}])(?:\d{{1,3}}[{_DASH} ]\d{{2}}[{_DASH} ]\d{{2}}|\d{{1,2}}[{_DASH}]\d{{3,5}}|\d{{3}}[{_DASH} ]\d{{2,3}}|\d{{5,7}})"
    rf"(?!\d|[{_DASH}.:]\d){_NOT_MONEY}"
)
_LISTED = rf"(?:[\d{_DASH} ]{{5,12}}(?:\s?[,;/]|\sи|\sили)?\s?){{0,3}}"
_CALL = re.compile(
    r"(?<![\w\[])(?:тел(?:еф)?\.?|телефон\w{0,3}|моб\w{0,6}\.?|сот\.|факс\w?\.?|(?:по|до|пере)?звон\w{1,7}"
    rf"|в[оа]т?[сц]ап\w{{0,2}}|whats\s?app|viber|в[ао]йбер\w{{0,2}})[^\d\n\[\]]{{0,30}}{_LISTED}$",
    re.IGNORECASE,
)
_CALL_MARKS = ("тел", "звон", "т.", "моб", "сот.", "факс", "цап", "сап", "whats", "viber", "йбер")
_CALL_SHORT = re.compile(r"(?<!\w)т\.\s?$")
_PASSPORT = re.compile(r"(?<!\w)(?:паспорт\w{0,3}|сери[яию])[^\d\n\[\]]{0,25}$", re.IGNORECASE)
_PASSPORT_SERIES = re.compile(
    r"(?<!\w)(?:паспорт\w{0,3}|сери[яию])[^\d\n\[\]]{0,25}\d{2}[ \xa0-]?\d{2}[^\d\n\[\]]{0,15}$", re.IGNORECASE
)
_PASSPORT_NUMBER = re.compile(
    r"(?<!\w)(?P<word>паспорт\w{0,3}|сери[яию])[^\d\n\[\]]{0,25}\d{2}[ \xa0-]?\d{2}[^\d\n\[\]]{0,15}\d{6}(?!\d)",
    re.IGNORECASE,
)
_ODD_DIGITS = re.compile("[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19\U0001d7ce-\U0001d7ff]")
"""Digits of other scripts, full-width and «mathematical» ones: people hide numbers from filters in them."""
_HOT_LINE = re.compile(rf"((?<!\d)(?:\+?7|8)?{_SEP}{{0,3}}8{_SEP}?0{_SEP}?0(?:{_SEP}{{0,3}}\d){{7}}(?!\d))")
_SNILS_WORD = re.compile(r"снилс[^\d\n\[\]]{0,12}$", re.IGNORECASE)
_INN_WORD = re.compile(r"(?<!\w)инн[\s:№-]{0,4}$", re.IGNORECASE)
_BEFORE = 60


def digits_of(text: str) -> str:
    """Return the decimal digits of a text as ASCII: people also paste Arabic and full-width ones."""
    if text.isascii():
        return text.encode().translate(None, _NO_DIGITS).decode()
    return "".join(str(int(c)) for c in text if c.isdecimal())


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


def _card(match: re.Match[str]) -> str | None:
    digits = digits_of(match.group())
    grouped = len(match.group()) > len(digits) and _CARD_GROUPS.fullmatch(match.group())
    return CARD if grouped or (16 <= len(digits) <= 19 and is_luhn(digits)) else None


def _inn(match: re.Match[str], named: bool) -> str | None:
    return INN if named or is_persons_inn(digits_of(match.group())) else None


_CARD_GROUPS = re.compile(r"\d{4}(\D)\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?")
_INN = re.compile(r"(?<!\d)\d{12}(?!\d)")
_SNILS_BARE = re.compile(r"(?<!\d)\d{11}(?!\d)")
_SERIES_NUMBER = re.compile(rf"(?<!\d)\d{{2}}[{_SPACE}{_DASH}]?\d{{2}}[{_SPACE}{_DASH}]?\d{{6}}(?!\d)")
_SIX = re.compile(r"(?<!\d)\d{6}(?!\d)")

# (kind, how many digits it has at least, pattern, rule)
_ZONE_RULES: tuple[tuple[str, int, re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    ("phone", 11, re.compile(r"(?<!\d)[78][3-9]\d{9}(?!\d)"), lambda m: PHONE),
    ("account", 20, re.compile(rf"(?<!\d)\d(?:[{_SPACE}]?\d){{19,24}}(?!\d)"), lambda m: ACCOUNT),
    (
        "card",
        16,
        re.compile(rf"(?<!\d)\d{{4}}([{_SPACE}{_DASH}]?)\d{{4}}\1\d{{4}}\1\d{{4}}(?:\1\d{{1,3}})?(?!\d)"),
        _card,
    ),
    ("card", 16, re.compile(rf"(?<!\d)\d{{4}}([{_SPACE}{_DASH}])\d{{4}}\1\d{{4}}\1\d{{4}}(?!\d)"), _card),
    ("card", 16, re.compile(rf"(?<!\d)\d(?:[{_SPACE}{_DASH}]?\d){{15,18}}(?!\d)"), _card),
    (
        "snils",
        11,
        re.compile(rf"(?<!\d)\d{{3}}[{_DASH} ]\d{{3}}[{_DASH} ]\d{{3}}[{_DASH} ]\d{{2}}(?!\d)"),
        lambda m: SNILS,
    ),
    ("passport", 10, re.compile(r"(?<!\d)(?!(?:19|20)\d\d)\d{2} ?\d{2} \d{6}(?!\d)"), lambda m: PASSPORT),
    ("phone", 9, re.compile(rf"\+[{_SPACE}]?\d{{1,3}}(?:{_SEP}{{0,3}}\d){{8,11}}(?!\d)"), lambda m: PHONE),
    ("phone", 11, re.compile(rf"(?<!\d)[78](?:{_SEP}{{0,3}}\d){{10}}(?!\d)"), lambda m: PHONE),
    ("phone", 10, re.compile(rf"(?<![\d+])\(?9\d{{2}}(?:{_SEP}{{0,3}}\d){{7}}(?!\d)"), lambda m: PHONE),
    ("phone", 8, re.compile(rf"\(\d{{3,5}}\){_SEP}{{0,2}}\d(?:{_SEP}?\d){{4,6}}(?!\d)"), lambda m: PHONE),
    (
        "phone",
        7,
        re.compile(rf"(?<![\d{_DASH}])\d{{3}}[{_DASH}]\d{{2}}[{_DASH}]\d{{2}}(?![\d{_DASH}])"),
        lambda m: PHONE,
    ),
)


def _zones(text: str, found: Counter[str]) -> str:
    """Mask every run of digits of a text."""
    parts: list[str] = []
    done = 0
    for match in _ZONE.finditer(text):
        start = match.start()
        lead = _LEAD.search(text[max(done, start - 3) : start])
        start -= len(lead.group()) if lead else 0
        before = text[max(0, start - _BEFORE) : start]
        after = text[match.end() : match.end() + 8]
        parts += (text[done:start], *_around_hot_lines(text[start : match.end()], before, after, found))
        done = match.end()
    return "".join([*parts, text[done:]]) if parts else text


def _around_hot_lines(zone: str, before: str, after: str, found: Counter[str]) -> list[str]:
    """Mask one run of digits but for the free hot lines (8-800 …) in it, which are public."""
    if "8" not in zone and zone.isascii() or "80" not in digits_of(zone):
        return [_zone(zone, before, after, found)]
    pieces = _HOT_LINE.split(zone)
    return [piece if i % 2 else _zone(piece, before, after, found) for i, piece in enumerate(pieces)]


def _zone(zone: str, before: str, after: str, found: Counter[str]) -> str:
    """Mask one run of digits, looking at the words around it where they decide."""
    zone = _named(zone, before, found)
    digits = len(digits_of(zone))
    for kind, least, pattern, rule in _ZONE_RULES:
        if digits >= least:
            zone, hits = replaced(zone, pattern, rule)
            if hits:
                found[kind] += hits
    if digits >= 12:
        zone, hits = replaced(zone, _INN, partial(_inn, named=_INN_WORD.search(before) is not None))
        if hits:
            found["inn"] += hits
    if _is_called(before):
        zone = _local(zone, after, found)
    return zone.rstrip("\ufe0f\u20e3") if zone.endswith("\u20e3") and "[" in zone else zone


def _is_called(before: str) -> bool:
    """Return True when a word of calling stands before a number; a look at its letters first, the pattern is slow."""
    low = before.lower()
    return any(mark in low for mark in _CALL_MARKS) and (_CALL.search(before) or _CALL_SHORT.search(before)) is not None


def _named(zone: str, before: str, found: Counter[str]) -> str:
    """Mask a document whose name stands before its digits."""
    low = before.lower()
    if "снилс" in low and _SNILS_WORD.search(before):
        zone, hits = _SNILS_BARE.subn(SNILS, zone)
        found["snils"] += hits
    if ("паспорт" in low or "сери" in low) and _PASSPORT.search(before):
        zone, hits = _SERIES_NUMBER.subn(PASSPORT, zone)
        found["passport"] += hits
    elif ("паспорт" in low or "сери" in low) and _PASSPORT_SERIES.search(before):
        zone, hits = _SIX.subn(PASSPORT, zone)
        found["passport"] += hits
    return zone


def _local(zone: str, after: str, found: Counter[str]) -> str:
    """Mask local numbers after «тел.»; what follows the zone tells a sum of money from a phone."""
    masked, hits = _LOCAL.subn(PHONE, zone + after)
    if not hits or not masked.endswith(after):
        return zone
    found["phone"] += hits
    return masked[: len(masked) - len(after)] if after else masked


_MONTHS = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)"
_NOT_A_FLAT = rf"(?![\d{_DASH}]|[.:]\d|\s?(?:{_MONTHS}|час|дн|сут|кв|м\b|км|руб|год|лет|этаж|подъезд|класс|%))"
_LETTER = "АВЕКМНОРСТУХABEKMHOPCTYX"
_HOUSE = r"\d\d{0,2}[а-яА-Я]?(?:/\d{1,3})?"
_PLATE_HINT = re.compile(rf"\d\d\d\s?[{_LETTER}{_LETTER.lower()}]{{2}}(?:\s?\d|\b)")
_FLAT_WORDS = re.compile(r"[Кк][Вв](?:[.,№\s\d]|ар|-р|АР)")

_FLATS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
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
    (
        "flat",
        re.compile(r"(?<!\w)(?P<before>[Вв]|[Ии]з)\s\d{1,4}\s{1,2}квартир[еыу](?!\w)"),
        lambda m: f"{m['before']} {FLAT}",
    ),
)
_HOUSE_AND_FLAT = re.compile(rf"({_HOUSE})-\d{{1,3}}{_NOT_A_FLAT}")
_ADDRESS = re.compile(
    r"(?<!\w)(?:[Дд](?:\.|ом\.?|оме|ому)?\s{0,2}(?:№\s?)?"
    r"|(?:[Уу]л\.?|[Уу]лиц[аеуы]|[Пп]ер\.|[Пп]ереул\w{2,4}|[Пп]р-т|[Пп]росп\w{0,6}\.?|[Нн]аб\.|[Мм]кр\.?)\s{0,2}"
    r"(?:[А-ЯЁ\d][\w.]{0,30}(?:-[\w.]{1,30})?[ ,]{1,2}){1,4}(?:д\.?\s?)?)$"
)
_PLATE = re.compile(
    rf"(?<!\w)(?:[{_LETTER}]\s?\d{{3}}\s?[{_LETTER}]{{2}}\s?\d{{2,3}}|[{_LETTER}]\d{{3}}[{_LETTER}]{{2}}"
    rf"|[{_LETTER.lower()}]\d{{3}}[{_LETTER.lower()}]{{2}}\s?\d{{2,3}})(?!\w)"
)


def _house_and_flat(match: re.Match[str]) -> str | None:
    """«д. 3-15»: the house stays, the flat goes; without «д.» or a street before it «3-15» is a range."""
    # Looked at here and not by the pattern, which must begin with a digit to be fast.
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    if before[-1:].isdigit():
        return None
    return f"{match[1]}-{FLAT}" if _ADDRESS.search(before) else None


_HOUSES = (("flat", _HOUSE_AND_FLAT, _house_and_flat),)
_LEAST_DIGITS = 5
"""Of a run (_ZONE); a passport with its series has ten."""
_ODD_BYTES = (b"\xd9", b"\xdb", b"\xef\xbc", b"\xf0\x9d")
"""How _ODD_DIGITS begin in UTF-8."""


def mask_numbers(text: str, found: Counter[str]) -> str:
    """Return the text without personal numbers; adds what was taken out to `found`."""
    if not _DIGIT.search(text):
        return text
    raw = text.encode("utf-8", "surrogatepass")
    if any(map(raw.__contains__, _ODD_BYTES)) and _ODD_DIGITS.search(text):
        text = _ODD_DIGITS.sub(lambda m: digits_of(m.group()), text)
        raw = text.encode("utf-8", "surrogatepass")
    digits = len(raw.translate(None, _NO_DIGITS))
    # Counting the digits is ten times cheaper than the patterns, and most texts have but a house or a date.
    if digits >= _LEAST_DIGITS:
        text = _zones(_documents(text, found), found)
    if ("кв" in text or "Кв" in text or "КВ" in text) and _FLAT_WORDS.search(text):
        text = _apply(_FLATS, text, found)
    if "-" in text:
        text = _apply(_HOUSES, text, found)
    if digits > 2 and _PLATE_HINT.search(text):
        text = _apply((("plate", _PLATE, lambda m: PLATE),), text, found)
    return text


def _documents(text: str, found: Counter[str]) -> str:
    """Mask a passport written as «серия 49 15 номер 123456»: its two numbers are two runs of digits."""
    low = text.lower() if "ери" in text or "аспорт" in text or "ЕРИ" in text or "АСПОРТ" in text else ""
    if "паспорт" in low or "серия" in low or "серии" in low or "серию" in low:
        text, hits = _PASSPORT_NUMBER.subn(rf"\g<word> {PASSPORT}", text)
        found["passport"] += hits
    return text


def _apply(
    rules: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str | None]], ...],
    text: str,
    found: Counter[str],
) -> str:
    for kind, pattern, rule in rules:
        text, hits = replaced(text, pattern, rule)
        if hits:
            found[kind] += hits
    return text
