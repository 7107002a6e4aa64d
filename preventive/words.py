"""Russian numbers in the sentences of prevention."""

from __future__ import annotations


def form(number: int, one: str, few: str, many: str) -> str:
    """Return the form of a noun for a number: 1 год, 2 года, 5 лет."""
    tens, ones = abs(number) % 100, abs(number) % 10
    return many if 11 <= tens <= 14 or ones == 0 or ones >= 5 else one if ones == 1 else few


def plural(number: int, one: str, few: str, many: str) -> str:
    """Return a number with its noun; thousands are split by a no-break space."""
    return f"{number:,}".replace(",", "\u00a0") + f" {form(number, one, few, many)}"
