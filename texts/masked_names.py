"""Names of people: surname with initials, first name with patronymic or surname, whoever follows «гражданин»: a part of texts.mask."""

from __future__ import annotations

import re
from collections import Counter

from texts.masked_links import Rule, replaced
from texts.names import TOWNS, TRADES, is_first_name, is_patronymic, is_surname, names_a_place

PERSON = "[имя]"

_CAP = r"[А-ЯЁ][а-яё]{1,24}(?:-[А-ЯЁ][а-яё]{1,24})?"
# «Г.О. Балашиха» is a city district, «И.О. главы» an acting head.
_ABBREVIATIONS = frozenset({"ГО", "МО", "РФ", "СП", "ГП", "НП", "ИО", "ВО", "ТД"})
# How a surname in the nominative ends; the oblique cases look too much like towns and adjectives.
_TAILS = "ов|ев|ёв|ин|ын|ва|на|ий|ая|ко|ук|юк|ян|зе|ли"
_COUNTRIES = re.compile(
    r"Рос|РФ|СССР|Укра|Бел[ао]рус|Узбек|Таджик|Казах|Азербай|Армен|Грузи|Молд|Кирги|Кыргы|Туркм|Кита|Латв|Литв|Эстон|Герман|Израил"
)


def _run(match: re.Match[str]) -> str | None:
    """A row of capitalised words and initials: a name when a first name, a patronymic or two initials are among them."""
    row = match.group()
    return _initials(match, row) if "." in row else _row(match, row)


def _initials(match: re.Match[str], row: str) -> str | None:
    """«Иванов И.И.», «И.И. Иванов»; the neighbour that is no surname stays («Вчера И.И. Иванов»)."""
    found = _INITIALS.search(row)
    if found is None:
        return None
    left, initials, right = found["left"] or "", found["initials"], found["right"] or ""
    before = match.string[max(0, match.start() - 24) : match.start()] + row[: found.start()]
    if names_a_place(before) or names_a_place(before + left + " "):
        return None
    if re.sub(r"[\s.\xa0]", "", initials) in _ABBREVIATIONS and not (is_surname(left) or is_surname(right)):
        return None
    if not left and not right:
        return None
    keep_left = bool(left) and bool(right) and not is_surname(left)
    keep_right = bool(right) and bool(left) and is_surname(left) and not is_surname(right)
    made = (f"{left} " if keep_left else "") + PERSON + (f" {right}" if keep_right else "")
    return row[: found.start()] + made + row[found.end() :]


def _row(match: re.Match[str], row: str) -> str | None:
    """Two or more capitalised words: a name when a first name or a patronymic is among them."""
    words = row.split()
    span = _person(words)
    if span is None:
        return None
    start, end = span
    before = match.string[max(0, match.start() - 24) : match.start()] + "".join(w + " " for w in words[:start])
    if names_a_place(before):
        return None
    return " ".join([*words[:start], PERSON, *words[end:]])


def _person(words: list[str]) -> tuple[int, int] | None:
    """Return where a person's name stands among capitalised words, or None."""
    pairs = list(zip(words, words[1:], strict=False))
    for i, (first, second) in enumerate(pairs):
        if is_patronymic(second) and (is_first_name(first) or not is_surname(first)):
            return _widen(words, i, i + 2)
    # Before «surname, first name», or «житель Пскова Сергей Смирнов» would lose the town and keep the surname.
    for i, (first, second) in enumerate(pairs):
        if is_first_name(first) and is_surname(second):
            return i, i + 2
    for i, (first, second) in enumerate(pairs):
        if is_surname(first) and is_first_name(second):
            return i, i + 2
    return None


def _widen(words: list[str], start: int, end: int) -> tuple[int, int]:
    """Take a surname along: a capitalised word right after a patronymic is one whatever its ending, before it by its ending."""
    if end < len(words):
        return start, end + 1
    if start > 0 and is_surname(words[start - 1]):
        return start - 1, end
    return start, end


def _citizen(match: re.Match[str]) -> str | None:
    return None if _COUNTRIES.match(match["name"]) else f"{match['before']}{PERSON}"


def _posted(match: re.Match[str]) -> str | None:
    """«врач Иванова»: a surname right after a trade, unless it is a town («глава Ростова») or an adjective («врач Демской»)."""
    name = match["name"]
    if name in TOWNS:
        return None
    before = match.string[max(0, match.start() - 16) : match.start()].rpartition(" ")[2]
    return f" {PERSON}" if before.lower() in TRADES and is_surname(name) else None


_GAP = r"[ \xa0]{1,2}"
_RUN = re.compile(
    r"[А-ЯЁ](?:[а-яё]{1,24}(?:-[А-ЯЁ][а-яё]{1,24})?|\.)(?:[ \xa0]{0,2}[А-ЯЁ](?:[а-яё]{1,24}(?:-[А-ЯЁ][а-яё]{1,24})?|\.)){1,5}"
)
_INITIALS = re.compile(
    rf"(?:(?P<left>{_CAP}){_GAP})?(?<!\w)(?P<initials>[А-ЯЁ]\.[ \xa0]?[А-ЯЁ]\.)(?:[ \xa0]{{0,2}}(?P<right>{_CAP}))?"
)
_CITIZEN = re.compile(
    rf"(?P<before>(?<!\w)(?:[Гг]раждан(?:ин|ина|ину|ином|ка|ки|ке|ку|кой)|[Гг]р\.|[Гг]р-(?:н|на|ну|ка|ки|ке|ку)){_GAP})"
    rf"(?P<name>{_CAP}(?:[ \xa0](?:{_CAP}|[А-ЯЁ]\.)){{0,2}})"
)
# Begins with a plain blank: such a pattern skips over everything else at no cost. The ending is looked at by the pattern itself:
# a call for each sentence's first word would cost more than all the rest.
_AFTER_BLANK = re.compile(rf" (?P<name>(?>{_CAP}(?!\w)))(?<={_TAILS})")


def mask_names(text: str, found: Counter[str]) -> str:
    """Return the text without names of people; adds what was taken out to `found`."""
    text = _apply(_RUN, _run, text, found)
    if "раждан" in text or "р. " in text or "р-" in text:
        text = _apply(_CITIZEN, _citizen, text, found)
    return _apply(_AFTER_BLANK, _posted, text, found)


def _apply(pattern: re.Pattern[str], rule: Rule, text: str, found: Counter[str]) -> str:
    text, hits = replaced(text, pattern, rule)
    if hits:
        found["person"] += hits
    return text
