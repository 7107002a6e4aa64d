"""Is an official answer standing in a text found at its address? Most of its words in order, all of its numbers (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from rapidfuzz.distance import LCSseq

from texts.clean import clean, letters, plain

STANDING_FROM, CHANGED_FROM = 80.0, 40.0
"""Words of the answer found in order, of 100. Measured on 23,782 public posts: of two strangers 99 in 100 pairs share under
2; a text with every tenth word replaced keeps over 80 in 99 of 100, with three tenths replaced over 42."""
RUN = 3
"""Words that stand together; fewer are met in any Russian text («в связи с», «по адресу») and prove nothing."""
CUT_FROM = 900
"""Letters of a beginning that a platform may have cut: the shortest limit is Telegram's caption, 1,024 signs."""
CUT_LIKENESS = 95.0
CUT_TAIL_WORDS = 8
"""Words that may follow where a text was cut: «… читать полностью на сайте администрации»."""
LONGEST_WORDS = 200_000
"""A longer page is looked at up to here: 5 MB of text at most reach us (crawlers.settings)."""
_SHORT_INSERT = 3


class Standing(StrEnum):
    """What a look at an address found."""

    STANDING = "standing"
    CHANGED = "changed"
    GONE = "gone"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {"standing": "стоит", "changed": "изменён", "gone": "ответа нет"}[self.value]


@dataclass(frozen=True, slots=True)
class Found:
    """How much of an answer stands in a text."""

    state: Standing
    likeness: float
    """Words of the answer found in order, of 100."""
    reason: str
    """Russian half-sentence for staff."""


@dataclass(frozen=True, slots=True)
class _Word:
    key: str
    """What is compared: a month is its number, a number has no zeros in front."""
    shown: str
    """What staff are shown; "" for an ordinary word."""


_MONTHS = MappingProxyType(
    {
        letters(name).decode("latin-1"): (str(number), name)
        for number, name in enumerate(
            ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября",
             "ноября", "декабря"), start=1,
        )
    }
)  # fmt: skip
_DAYS = MappingProxyType(
    {
        letters(name).decode("latin-1"): name
        for name in ("понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье", "сегодня", "завтра",
                     "понедельника", "вторника", "среды", "четверга", "пятницы", "субботы", "воскресенья")
    }
)  # fmt: skip
_TURNS = MappingProxyType({letters(word).decode("latin-1"): word for word in ("не", "нет", "ни", "без")})
"""Words that turn a sentence round: one of them more or less is another answer."""


def standing(answer: str, found: str) -> Found:
    """Return whether an answer stands in a text: whole, changed, or not at all.

    Not minded: case, ё, quotes, emoji, links, tags, a heading or a signature added, a tail that the platform has cut
    («25.11» and «25 ноября» are one date). Minded: a number, a date, a weekday or a «не» of the answer that is not there,
    a «не» put in. ValueError for an answer without words.
    """
    ours, theirs = _words(answer), _words(found)[:LONGEST_WORDS]
    if not ours:
        raise ValueError("В тексте ответа нет ни одного слова: сравнивать нечего")
    wanted, given = _coded(ours, theirs)
    start, end = _window(wanted, given)
    ops = LCSseq.opcodes(wanted, given[start:end])
    equal = [(o.src_start, o.src_end, start + o.dest_start, start + o.dest_end) for o in ops if o.tag == "equal"]
    runs = [block for block in equal if block[1] - block[0] >= min(RUN, len(ours))]
    likeness = 100.0 * sum(e - s for s, e, _, _ in runs) / len(ours)
    cut = _cut_at(ours, runs, len(theirs))
    if cut:
        likeness = 100.0 * sum(e - s for s, e, _, _ in runs) / cut
    if likeness < CHANGED_FROM:
        return Found(Standing.GONE, likeness, f"текста ответа здесь нет: найдено {likeness:.0f} из 100 его слов")
    differs = _turned(ours[: cut or None], theirs, equal)
    if differs:
        return Found(Standing.CHANGED, likeness, differs)
    if likeness < STANDING_FROM:
        why = f"текст сокращён или переписан: найдено {likeness:.0f} из 100 слов ответа"
        return Found(Standing.CHANGED, likeness, why)
    tail = "; конец обрезан площадкой" if cut else ""
    return Found(Standing.STANDING, likeness, f"найдено {likeness:.0f} из 100 слов ответа{tail}")


def _words(text: str) -> list[_Word]:
    """Return the words of a text; noughts alone are left out, so that «18:00» is «18 часов»."""
    words = []
    for word in plain(clean([text])[0]).decode("latin-1").split():
        if word in _MONTHS:
            words.append(_Word(*_MONTHS[word]))
        elif word.isdigit() and word.isascii():
            if word.strip("0"):
                words.append(_Word(word.lstrip("0"), word))
        else:
            words.append(_Word(word, _DAYS.get(word) or _TURNS.get(word, "")))
    return words


def _coded(ours: Sequence[_Word], theirs: Sequence[_Word]) -> tuple[str, str]:
    """Return both texts as strings of one sign a word; words that the answer has not are all one sign."""
    signs: dict[str, str] = {}
    for word in ours:
        signs.setdefault(word.key, chr(0x10000 + len(signs)))
    wanted = "".join(signs[word.key] for word in ours)
    return wanted, "".join(signs.get(word.key, " ") for word in theirs)


def _window(wanted: str, given: str) -> tuple[int, int]:
    """Return the stretch of a long page in which most of the answer stands in order."""
    width = 2 * len(wanted) + 20
    if len(given) <= width:
        return 0, len(given)
    step = len(wanted) // 2 + 1
    best, most = 0, -1
    for start in range(0, len(given) - width + step, step):
        alike = LCSseq.similarity(wanted, given[start : start + width])
        if alike > most:
            best, most = start, alike
    return best, min(best + width, len(given))


def _cut_at(ours: Sequence[_Word], runs: Sequence[tuple[int, int, int, int]], length: int) -> int:
    """Return after how many words of the answer a platform has cut it off; 0 when it has not."""
    if not runs:
        return 0
    _, last, _, there = runs[-1]
    kept = sum(e - s for s, e, _, _ in runs)
    letters_kept = sum(len(word.key) + 1 for word in ours[:last])
    is_end = length - there <= CUT_TAIL_WORDS
    whole = 100.0 * kept / last >= CUT_LIKENESS
    return last if last < len(ours) and is_end and whole and letters_kept >= CUT_FROM else 0


def _turned(ours: Sequence[_Word], theirs: Sequence[_Word], equal: Sequence[tuple[int, int, int, int]]) -> str:
    """Return what of the answer's meaning differs: a number, a date, a «не»; "" when nothing does."""
    met = {i for s, e, _, _ in equal for i in range(s, e)}
    lost = [word.shown for i, word in enumerate(ours) if word.shown and i not in met]
    if lost:
        return f"в тексте нет или изменено: {', '.join(f'«{word}»' for word in dict.fromkeys(lost[:5]))}"
    for (_, _, _, before), (_, _, after, _) in zip(equal, equal[1:], strict=False):
        put_in = theirs[before:after]
        if 0 < len(put_in) <= _SHORT_INSERT and any(word.key in _TURNS for word in put_in):
            return f"в текст вставлено «{' '.join(_TURNS[w.key] for w in put_in if w.key in _TURNS)}»"
    return ""
