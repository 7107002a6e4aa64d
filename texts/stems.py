"""Words of a Russian post and their stems, the same for the rules and for the full-text search of both databases."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import Stemmer

# A one-byte code page makes splitting a matter of two table look-ups per text (8 us for 60 words against 30 us for a
# regular expression over Unicode). What cp1251 does not know (emoji, other scripts) becomes a gap between words.
_PAGE = "cp1251"
_QUESTION = "\x01"
_INVISIBLE = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u0301", "\u0300", "\xad")
"""Zero-width characters, the stress mark, the soft hyphen: they stand inside words and a reader does not see them."""

MARKS = frozenset('.?!,"')
"""Tokens that are not words: end of a sentence (. ? !), a shorter pause (,) and any quotation mark."""

_LOOK_ALIKE = str.maketrans("abcehkmoptxyABCEHKMOPTXY", "авсенкмортхуАВСЕНКМОРТХУ")
_DIGIT_ALIKE = str.maketrans("034", "озч")
_CYRILLIC = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяё")

_REPEATS = re.compile(r"(.)\1\1+")
"""A letter that stands three times or more in a row, written once («нееет»); a fixed pattern, linear in the word."""

_STEMMER = Stemmer.Stemmer("russian", 0)


def _table() -> bytes:
    """Build the look-up table: letters and digits stay, ё becomes е, sentence ends and pauses become marks."""
    marks = {
        ".": ".", "…": ".", "\n": ".", "\r": ".", "!": "!", _QUESTION: "?",
        ",": ",", ";": ",", ":": ",", "(": ",", ")": ",", "—": ",", "–": ",", "/": ",", "•": ",", "|": ",",
        '"': '"', "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "‹": '"', "›": '"',
        "ё": "е", "Ё": "Е", "і": "и", "І": "И",
    }  # fmt: skip
    table = bytearray(b" " * 256)
    for code in range(256):
        char = bytes([code]).decode(_PAGE, "replace")
        if char in marks:
            table[code] = marks[char].encode(_PAGE)[0]
        elif char.isalnum() and char.lower() not in "µ":
            table[code] = code
    return bytes(table)


_TABLE = _table()
_LOWER_TABLE = bytes(bytes([code]).decode(_PAGE, "replace").lower().encode(_PAGE, "replace")[0] for code in _TABLE)


def tokens(text: str) -> list[str]:
    """Return words and marks in order, letter case kept, ё already е; nothing else of the text survives."""
    return [token_text(token) for token in split_marks(_on_page(text, _TABLE))]


def byte_tokens(text: str) -> list[bytes]:
    """Return the same tokens in lower case and in the one-byte page: half the time of `tokens` when only looked up."""
    return split_marks(page_bytes(text))


def token_text(token: bytes) -> str:
    """Return a token of `byte_tokens` as text."""
    return token.decode(_PAGE)


def text_token(word: str) -> bytes:
    """Return a word made of such tokens on their page; UnicodeEncodeError for letters that it does not have."""
    return word.encode(_PAGE)


def page_bytes(text: str) -> bytes:
    """Return a text in lower case on the one-byte page, where anything but letters, digits and marks is a space."""
    return _on_page(text, _LOWER_TABLE)


def split_marks(page: bytes) -> list[bytes]:
    """Return the words and marks of a text on the page."""
    for mark in (b".", b",", b'"', b"!", b"?"):
        page = page.replace(mark, b" " + mark + b" ")
    return page.split()


def _on_page(text: str, table: bytes) -> bytes:
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    for char in _INVISIBLE:
        if char in text:
            text = text.replace(char, "")
    return text.replace("?", _QUESTION).encode(_PAGE, "replace").translate(table)


def fixed(token: str) -> str:
    """Return a token in lower case with look-alike letters, look-alike digits and long repeats («нееет») mended."""
    word = token.lower()
    if word.isascii():
        return word
    if not _CYRILLIC.issuperset(word):
        word = word.translate(_LOOK_ALIKE)
        if word[0].isalpha() and word[-1].isalpha():
            word = word.translate(_DIGIT_ALIKE)
    return _REPEATS.sub(r"\1", word)


def words(text: str) -> list[str]:
    """Return the words of a text in order: lower case, ё as е, look-alikes mended; no marks."""
    return [fixed(token) for token in tokens(text) if token not in MARKS]


def stems(words_of_text: Iterable[str]) -> list[str]:
    """Return the Snowball stems of words already made by `words`, one for each."""
    found: list[str] = _STEMMER.stemWords(list(words_of_text))
    return found


def stem_text(text: str) -> str:
    """Return the stems of a text joined by spaces: what both databases index and what a query is turned into."""
    return " ".join(stems(words(text)))
