"""Sentences of a Russian text with their places, careful of «ул.», «д. 7», dates and initials."""

from __future__ import annotations

import re
from dataclasses import dataclass

_END = re.compile(r"[.!?…]+[»\")]*(?=\s|$)|\n+")
_SHORT_TEXT = """
ул д г пос п с стр корп кв им пер т тел руб тыс млн млрд см ст пр просп обл р-н лит наб пл бул ш мкр дер х гр гг вв св
др кг км м ч мин сек н э рис табл гл ч абз пп доб моб факс эт оф каб зд уч в т.д т.п т.е и.о
"""
_SHORT = frozenset(_SHORT_TEXT.split())
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_WORD = re.compile(r"[\w.\-]+$")
WORDS = re.compile(r"\w+(?:-\w+)*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and where it stands in the text."""

    start: int
    end: int
    text: str

    @property
    def words(self) -> int:
        """How many words it has; a number is a word, a date is one."""
        return len(WORDS.findall(_DATE.sub("дата", self.text)))


_DATE = re.compile(r"\d{1,4}(?:[.:/]\d{1,4})+")


def sentences(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of a text in order, without the blanks around them; a new line always begins one."""
    found: list[Sentence] = []
    start = 0
    for end in _END.finditer(text):
        if "\n" not in end.group() and _goes_on(text, start, end):
            continue
        _add(found, text, start, end.end())
        start = end.end()
    _add(found, text, start, len(text))
    return tuple(found)


def _goes_on(text: str, start: int, end: re.Match[str]) -> bool:
    """A full stop after a short form, an initial or before a small letter does not end the sentence."""
    if not end.group().startswith("."):
        return False
    before = _WORD.search(text, start, end.start())
    word = before.group().lower() if before else ""
    if word in _SHORT or _INITIALS.fullmatch(word):
        return True
    rest = text[end.end() :].lstrip()
    return rest[:1].islower()


def _add(found: list[Sentence], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    plain = piece.strip()
    if plain:
        found.append(Sentence(start + left, start + left + len(plain), plain))
