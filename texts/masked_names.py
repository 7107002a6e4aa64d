"""Names of people: surname with initials, first name with patronymic or surname, whoever follows «гражданин»: rules of texts.mask."""

from __future__ import annotations

import re
from collections.abc import Callable

from texts.names import is_first_name, is_patronymic, is_surname, names_a_place

PERSON = "[имя]"

_CAP = r"[А-ЯЁ][а-яё]{1,24}(?:-[А-ЯЁ][а-яё]{1,24})?"
# «Г.О. Балашиха» is a city district, «И.О. главы» an acting head.
_ABBREVIATIONS = frozenset({"ГО", "МО", "РФ", "СП", "ГП", "НП", "ИО", "ВО", "ТД"})
_COUNTRIES = re.compile(r"Рос|РФ|СССР|Укра|Бел[ао]рус|Узбек|Таджик|Казах|Азербай|Армен|Грузи|Молд|Кирги|Кыргы|Туркм|Кита|Латв|Литв|Эстон|Герман|Израил")
_CITIES = frozenset(
    "Пскова Ростова Саратова Тамбова Кирова Азова Чехова Пушкина Королёва Королева Щёлкова Серпухова Калинина Львова Киева Харькова "
    "Чернигова Могилёва Гродно Борисова Козлова Светлогорска Дмитрова Кашина Тутаева Мурома Белёва Белева".split()
)


def _initials(match: re.Match[str]) -> str | None:
    """«Иванов И.И.», «И.И. Иванов»; the neighbour that is no surname stays («Вчера И.И. Иванов»)."""
    left, initials, right = match["left"] or "", match["initials"], match["right"] or ""
    if names_a_place(match.string[: match.start()]) or names_a_place(match.string[: match.start("initials")]):
        return None
    if re.sub(r"[\s.]", "", initials) in _ABBREVIATIONS and not (is_surname(left) or is_surname(right)):
        return None
    if not left and not right:
        return None
    keep_left = bool(left) and bool(right) and not is_surname(left)
    keep_right = bool(right) and bool(left) and is_surname(left) and not is_surname(right)
    return (f"{left} " if keep_left else "") + PERSON + (f" {right}" if keep_right else "")


def _row(match: re.Match[str]) -> str | None:
    """Two to four capitalised words: a name when a first name or a patronymic is among them."""
    words = match.group().split()
    span = _person(words)
    if span is None:
        return None
    start, end = span
    before = match.string[: match.start()] + "".join(w + " " for w in words[:start])
    if names_a_place(before):
        return None
    return " ".join([*words[:start], PERSON, *words[end:]])


def _person(words: list[str]) -> tuple[int, int] | None:
    """Return where a person's name stands among capitalised words, or None."""
    for i in range(len(words) - 1):
        first, second = words[i], words[i + 1]
        if is_patronymic(second) and (is_first_name(first) or not is_surname(first)):
            return _widen(words, i, i + 2)
        if is_first_name(first) and is_surname(second):
            return i, i + 2
        if is_surname(first) and is_first_name(second):
            return i, i + 2 + (i + 2 < len(words) and is_patronymic(words[i + 2]))
    return None


def _widen(words: list[str], start: int, end: int) -> tuple[int, int]:
    """Take a surname before or after the name and patronymic along."""
    if end < len(words) and is_surname(words[end]):
        return start, end + 1
    if start > 0 and is_surname(words[start - 1]):
        return start - 1, end
    return start, end


def _citizen(match: re.Match[str]) -> str | None:
    return None if _COUNTRIES.match(match["name"]) else f"{match['before']}{PERSON}"


def _posted(match: re.Match[str]) -> str | None:
    """«врач Иванова»: a surname right after a trade, unless it is a town («врачи Пскова»)."""
    name = match["name"]
    return f"{match['before']}{PERSON}" if is_surname(name) and name not in _CITIES and not name.endswith(("ской", "ского", "цкой", "цкого")) else None


NAMES: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (
        "person",
        re.compile(rf"(?:(?P<left>{_CAP})[ \xa0]{{1,2}})?(?<!\w)(?P<initials>[А-ЯЁ]\.[ \xa0]?[А-ЯЁ]\.)(?:[ \xa0]{{0,2}}(?P<right>{_CAP}))?"),
        _initials,
    ),
    ("person", re.compile(rf"{_CAP}(?:[ \xa0]{{1,2}}{_CAP}){{1,3}}"), _row),
    (
        "person",
        re.compile(
            rf"(?P<before>(?<!\w)(?:[Гг]раждан(?:ин|ина|ину|ином|ка|ки|ке|ку|кой)|[Гг]р\.|[Гг]р-(?:н|на|ну|ка|ки|ке|ку))[ \xa0]{{1,2}})"
            rf"(?P<name>{_CAP}(?:[ \xa0](?:{_CAP}|[А-ЯЁ]\.)){{0,2}})"
        ),
        _citizen,
    ),
    (
        "person",
        re.compile(
            r"(?P<before>(?<!\w)(?:[Вв]рач|[Фф]ельдшер|[Уу]читель(?:ница)?|[Вв]оспитатель(?:ница)?|[Тт]ренер|[Уу]частковый|[Сс]осед(?:ка)?|[Пп]енсионер(?:ка)?"
            r"|[Вв]одитель|[Дд]епутат|[Дд]иректор|[Тт]ерапевт|[Пп]едиатр|[Зз]аведующ(?:ая|ий)|[Сс]тарост[аы]|[Гг]лава|[Мм]эр|[Нн]ачальник|[Пп]редседатель)"
            rf"[ \xa0])(?P<name>{_CAP})(?!\w)"
        ),
        _posted,
    ),
)
