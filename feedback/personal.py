"""Where a reply gives away personal data: what texts.mask would take out, except phones and mailboxes of offices."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from feedback.quality_words import PHONE_OF_OFFICE
from texts.mask import mask
from texts.masked_numbers import digits_of

_TOKEN = re.compile(r"\s+|[^\s]+")
_LABEL = re.compile(r"\[(телефон|почта|карта|счёт|паспорт|СНИЛС|ИНН|квартира|номер машины|имя|профиль)\]")
_WORDS = {
    "телефон": "телефон человека", "почта": "адрес почты", "карта": "номер карты", "счёт": "номер счёта",
    "паспорт": "номер паспорта", "СНИЛС": "СНИЛС", "ИНН": "ИНН", "квартира": "номер квартиры",
    "номер машины": "номер машины", "имя": "имя человека", "профиль": "ссылка на страницу человека",
}  # fmt: skip
_NEAR_MOBILE = 30
"""Signs before a mobile phone in which its office must be named; a city phone's may stand anywhere before it in the line."""


Place = tuple[int, int, str, bool]
"""(start, end, what it is in Russian, whether it is certain: the mask takes a street without «улица» for a name)."""


def personal_places(text: str) -> list[Place]:
    """Return the pieces of personal data of a text, in order.

    A phone or a mailbox that follows the name of an office («телефон ЕДДС: …») is no personal data, nor is a public page.
    """
    if not _LABEL.search(mask(text).text):
        return []
    found: list[Place] = []
    start = 0
    for line in text.split("\n"):
        found += [(start + a, start + b, what, sure) for a, b, what, sure in _in_line(line)]
        start += len(line) + 1
    return found


def _in_line(line: str) -> list[Place]:
    masked = mask(line).text
    if masked == line:
        return []
    before, after = _TOKEN.findall(line), _TOKEN.findall(masked)
    found: list[Place] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        labels = _LABEL.findall("".join(after[j1:j2]))
        if kind == "equal" or not labels:
            continue
        start = sum(map(len, before[:i1]))
        end = start + len("".join(before[i1:i2]))
        told = [label for label in dict.fromkeys(labels) if not _harmless(line, start, end, label)]
        if told:
            sure = any(label in _CERTAIN or _is_mobile(line[start:end], label) for label in told)
            found.append((start, max(start, end), ", ".join(_WORDS[label] for label in told), sure))
    return found


def _harmless(line: str, start: int, end: int, label: str) -> bool:
    """An office's phone or mailbox; a range of houses («д. 59-61») that the mask, careful as it is, takes for a flat."""
    if label == "квартира":
        return "кв" not in line[max(0, start - 8) : end].lower()
    if label == "профиль":
        return _OF_PERSON.search(line[start:end]) is None
    if label not in ("телефон", "почта"):
        return False
    near = _NEAR_MOBILE if _is_mobile(line[start:end], label) else len(line)
    return PHONE_OF_OFFICE.search(line[max(0, start - near) : start]) is not None


def _is_mobile(piece: str, label: str) -> bool:
    return label == "телефон" and _MOBILE.match(digits_of(piece)) is not None


_CERTAIN = frozenset({"карта", "счёт", "паспорт", "СНИЛС", "ИНН", "квартира"})
_OF_PERSON = re.compile(r"/id\d|\[id\d|profile|@id\d", re.IGNORECASE)
_MOBILE = re.compile(r"[78]?9\d{9}")
