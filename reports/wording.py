"""Russian words around numbers, moments and places, and careful cutting."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo


def length(text: str) -> int:
    """Return the length in UTF-16 units, the way messengers count it: an emoji is 2."""
    return len(text) + sum(ch > "\uffff" for ch in text)


def count(number: int, one: str, few: str, many: str) -> str:
    """Return a number with its noun: 1 риск, 2 риска, 5 рисков; thousands are split by a no-break space."""
    tens, ones = abs(number) % 100, abs(number) % 10
    noun = many if 11 <= tens <= 14 or ones == 0 or ones >= 5 else one if ones == 1 else few
    return f"{number:,}".replace(",", "\u00a0") + f" {noun}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return an aware moment in the district's time as «21.11.2026 14:05»."""
    return at.astimezone(zone).strftime("%d.%m.%Y %H:%M")


def place_of(settlement: str | None, territory: str | None) -> str:
    """Return settlement and territory in one line, or that the place is not known."""
    return ", ".join(part for part in (settlement, territory) if part) or "не определено"


def one_line(text: str) -> str:
    """Return the text on one line without control and direction marks, which could hide or turn words around."""
    kept = (ch if unicodedata.category(ch) not in ("Cc", "Cf", "Cs") or ch == "\u200d" else " " for ch in text)
    return " ".join("".join(kept).split())


def clip(text: str, limit: int) -> str:
    """Return the text on one line, at most `limit` UTF-16 units long, cut between words with «…»."""
    return cut_to(one_line(text), limit)


def cut_to(text: str, limit: int) -> str:
    """Return the text cut to `limit` UTF-16 units, between words where one is near, with «…» at the cut."""
    if length(text) <= limit:
        return text
    if limit < 1:
        return ""
    kept = text[:limit]
    while length(kept) > limit - 1:
        kept = kept[:-1]
    # A half emoji (a joiner or a variation mark without its pair) must not be left hanging.
    kept = kept.rstrip("\u200d\ufe0f")
    space = max(kept.rfind(" "), kept.rfind("\n"))
    if space > len(kept) * 2 // 3:
        kept = kept[:space]
    return kept.rstrip(" ,;:·—\n") + "…"
