"""Words of any length as messages that both platforms take: cut at line ends, the parts numbered."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from reports.alert import MAX_LENGTH
from reports.wording import length

_HEAD = 16
"""UTF-16 units kept for the number of a part («часть 12/34» with its line end)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message: the same words as plain text and as Telegram's HTML."""

    text: str
    html: str


def text_parts(text: str, limit: int = MAX_LENGTH) -> tuple[Part, ...]:
    """Return plain text as one message, or as several of at most `limit` UTF-16 units, each headed «1/2», «2/2».

    Cut at line ends; a line longer than a message is cut between words, a word longer than that anywhere. Nothing is left
    out. At least one part comes back, «—» for an empty text, because the platforms take no empty message.
    """
    plain = text.strip() or "—"
    if length(plain) <= limit:
        return (Part(plain, escape(plain, quote=False)),)
    bodies = _cut(plain, limit - _HEAD)
    heads = [f"{number}/{len(bodies)}" for number in range(1, len(bodies) + 1)]
    return tuple(
        Part(f"{head}\n{body}", f"<b>{head}</b>\n{escape(body, quote=False)}")
        for head, body in zip(heads, bodies, strict=True)
    )


def _cut(text: str, limit: int) -> list[str]:
    bodies, rest = [], text
    while length(rest) > limit:
        kept = _fits(rest, limit)
        at = _end(kept)
        bodies.append(kept[:at].rstrip())
        rest = rest[at:].lstrip("\n ")
    return [*bodies, rest] if rest else bodies


def _fits(text: str, limit: int) -> str:
    kept = text[:limit]
    while length(kept) > limit:
        kept = kept[:-1]
    return kept


def _end(kept: str) -> int:
    """Return where to cut: the last line end of the second half, else the last space there, else the very end."""
    for sign in ("\n", " "):
        at = kept.rfind(sign, len(kept) // 2)
        if at > 0:
            return at
    return len(kept)
