"""Cleans texts in batches for comparing: one byte a letter, without case, links, tags, emoji and look-alike letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

# The code page. Everything fits one byte, so a text of 500 letters is 500 bytes for every later step.
SPACE, END = 32, 10
_CYRILLIC, _LATIN = 64, 97  # а..я -> 64..95, a..z -> 97..122, digits stay 48..57, other alphabets -> 128..159
_CAPITAL = 96  # a word that begins with a capital amid a sentence keeps it: first letter + 96 -> 160..218
_DELETE = 0  # combining marks, zero-width and soft-hyphen characters vanish without leaving a gap
_LAST_OTHER = 32

_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_ENGLISH = "abcdefghijklmnopqrstuvwxyz"
# Latin letters that are drawn like Cyrillic ones in one case or the other; both cases go, or folding case would undo it.
_LOOKALIKE = dict(zip("aeopcxykmthb", "аеорсхукмтнв", strict=True))

# Lengths are bounded everywhere: a hostile text of 100,000 dots or hyphens must not take a minute.
_LINK = re.compile(r"""\(?(?:https?://|www\.)[^\s)\]<>«»"]+\)?""", re.I)
_DOMAIN = re.compile(
    r"""\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.(?:ru|рф|com|cc|me|org|net|su|io|gl|ly|be)/[^\s)\]<>«»"]*""", re.I
)
_DOMAIN_HINT = re.compile(r"\.(?:ru|рф|com|cc|me|org|net|su|io|gl|ly|be)/", re.I)
_AT_NAME = re.compile(r"@\w+")
_MENTION = re.compile(r"\[(?:id|club|public|event)\d+(?::[^|\]]{0,40})?\|")  # VK: [club1|Имя] keeps the name
# Tags that stand apart at either end of a line are labels; a tag amid a sentence is one of its words.
_TAGS = re.compile(r"^(?:[^\w\n#]{0,8}#[\w@]+)+|(?:[^\w\n#]{0,8}#[\w@]+)+[^\w\n]{0,8}$", re.M)


def _base_letter(char: str) -> str:
    """Return the plain lower-case letter under accents and styles; the letter itself when there is none."""
    plain = unicodedata.normalize("NFKD", char)[0].lower()
    return {"ё": "е", "й": "и", "і": "i", "ї": "i"}.get(plain, plain)[:1]


def _code(char: str) -> int:
    """Return the code of one character of the basic plane."""
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return _DELETE
    letter = _base_letter(char)
    letter = _LOOKALIKE.get(letter, letter)
    if letter in _RUSSIAN:
        return _CYRILLIC + _RUSSIAN.index(letter)
    if letter in _ENGLISH:
        return _LATIN + _ENGLISH.index(letter)
    if letter.isdigit() and letter.isascii():
        return ord(letter)
    return 128 + ord(letter) % _LAST_OTHER if letter.isalpha() else SPACE


def _table() -> Bytes:
    """Build the look-up table of 65,536 codes: 0.1 s, once per process."""
    table = np.full(65536, SPACE, np.uint8)
    for point in range(1, 65536):
        if not 0xD800 <= point <= 0xDFFF:
            table[point] = _code(chr(point))
    return table


def _members(chars: str) -> NDArray[np.bool_]:
    """Return a table that is true for these characters."""
    table = np.zeros(65536, np.bool_)
    table[[ord(char) for char in chars]] = True
    return table


_CODES = _table()
_UPPER = np.fromiter((chr(p).isupper() and _CODES[p] >= _CYRILLIC for p in range(65536)), np.bool_, 65536)
_LOWER = np.fromiter((chr(p).islower() and _CODES[p] >= _CYRILLIC for p in range(65536)), np.bool_, 65536)
_GAP = _members(" \u00a0\t")
# After these (and a letter or a digit) a sentence goes on, so a capital letter means a name.
_INSIDE = _members(',;-–—«"“„(#') | _UPPER | _LOWER | ((_CODES >= 48) & (_CODES <= 57))
_PLAIN = bytes(code - _CAPITAL if 160 <= code < 219 else code for code in range(256))


def plain(norm: bytes) -> bytes:
    """Return the cleaned text without the capitals of names: what hashes and likeness are computed on."""
    return norm.translate(_PLAIN)


def is_name(word: bytes) -> bool:
    """Tell whether a word of a cleaned text had a capital amid a sentence."""
    return word[:1] >= b"\xa0"


def letters(text: str) -> bytes:
    """Return a word or phrase of our own tables on the code page, without capitals."""
    return plain(clean([text])[0])


def _strip_labels(text: str) -> str:
    """Take out links, mentions and labels; each costly search behind a cheap test, as most texts have none."""
    if "://" in text or "www." in text:
        text = _LINK.sub(" ", text)
    if "@" in text:
        text = _AT_NAME.sub(" ", text)
    if "/" in text and _DOMAIN_HINT.search(text):
        text = _DOMAIN.sub(" ", text)
    if "#" in text:
        text = _TAGS.sub(" ", text)
    return _MENTION.sub(" ", text) if "|" in text else text


def _name_capitals(raw: NDArray[np.uint16]) -> NDArray[np.intp]:
    """Return positions of capital letters that begin a word amid a sentence and go on in small letters.

    `raw` begins and ends with the sign between texts, so that the first text of a batch has the same edge as the others.
    """
    at = np.flatnonzero(_UPPER[raw])
    before, after = raw[at - 1], raw[at + 1]
    apart = _GAP[before]
    inside = np.where(apart, _INSIDE[raw[at - 2]], _INSIDE[before] & ~_UPPER[before] & ~_LOWER[before])
    return at[inside & _LOWER[after]]


def clean(texts: Sequence[str]) -> list[bytes]:
    """Clean a batch of texts of any length and alphabet; a text of emoji alone becomes b"".

    Lower case (but see `plain`), ё as е, й as и, look-alike Latin letters as Cyrillic; links, @names, labels (#tags at either end
    of a line) and emoji go; everything else that is neither a letter nor a digit becomes one space.
    """
    if not texts:
        return []
    joined = "\0".join(["", *map(_strip_labels, texts), ""])
    if joined.count("\0") != len(texts) + 1:
        joined = "\0".join(["", *(_strip_labels(text.replace("\0", " ")) for text in texts), ""])
    raw = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16)
    codes = _CODES[raw]
    codes[_name_capitals(raw)] += np.uint8(_CAPITAL)
    codes[raw == 0] = END
    codes = codes[codes != _DELETE]
    # A space stays only when a letter stands before it and something other than the end of its text after it.
    space = codes == SPACE
    edge = space | (codes == END)
    keep = ~space
    keep[1:] |= ~edge[:-1]
    codes = codes[keep]
    keep = np.ones(len(codes), np.bool_)
    keep[:-1] = (codes[:-1] != SPACE) | (codes[1:] != END)
    norms: list[bytes] = codes[keep].tobytes().split(b"\n")
    return norms[1:-1]
