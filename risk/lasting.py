"""How long an outage lasts already, by the text's own words."""

from __future__ import annotations

from collections.abc import Iterator

from risk.dictionary import Match, Tokens
from risk.facts import Outage
from risk.vocabulary import Found, Table
from texts.stems import token_text

_AGO = frozenset(word.encode("cp1251") for word in ("назад", "спустя"))
_NOT_YET = frozenset(
    word.encode("cp1251")
    for word in ("через", "до", "раз", "на", "к", "каждые", "каждый", "раза", "за", "прошлой", "этой")
)
_CLOCK = frozenset(word.encode("cp1251") for word in ("до", "в", "к", "с", "со", "около", "по"))
_BESIDE_WORDS = 15
"""Farther away a span belongs to something else more often than not (read on complaints)."""
_LONGEST_NUMBER = 400
"""A larger number before «дней» is not a span of an outage."""


def outages(found: Found, text: Tokens) -> tuple[Outage, ...]:
    """Return the outages of a text that are not said to be over, each with the fewest hours it lasts."""
    if Table.OUTAGE not in found:
        return ()
    rows: dict[str, list[Match]] = {}
    for match in found[Table.OUTAGE]:
        if not _came_back(match, found, text):
            rows.setdefault(match.row.id, []).append(match)
    if not rows:
        return ()
    spans = list(_spans(found, text))
    return tuple(
        Outage(name, _hours(matches, spans, text), _quotation(matches, spans, text)) for name, matches in rows.items()
    )


def _came_back(outage: Match, found: Found, text: Tokens) -> bool:
    """True when the same sentence says later that it is back: «не было воды, дали в обед»."""
    return any(
        back.start > outage.end and text.together(back.start, outage.start) and text.raw[back.start - 1] != _NO
        for back in found.get(Table.BACK, ())
    )


_NO = "не".encode("cp1251")


def _spans(found: Found, text: Tokens) -> Iterator[tuple[float, Match]]:
    """Yield spans of time that may be how long it lasts: hours and place."""
    for match in found.get(Table.LASTING, ()):
        if _lasts(match, text):
            yield match.row.value, match
    for match in found.get(Table.COUNTED, ()):
        number = _number(match, text)
        if number is not None and _lasts(match, text) and not _is_clock(match, text, match.row.value):
            yield match.row.value * number, match
    for match in found.get(Table.ORDINAL, ()):
        number = _number(match, text)
        if number is not None and number > 1 and _lasts(match, text):
            yield 24.0 * (number - 1), match


def _number(match: Match, text: Tokens) -> int | None:
    digits = token_text(text.raw[match.start])
    return int(digits) if digits.isdecimal() and int(digits) <= _LONGEST_NUMBER else None


def _lasts(span: Match, text: Tokens) -> bool:
    """False for «через неделю», «неделю назад», «раз в неделю», «на два дня»."""
    before = text.raw[max(0, span.start - 2) : span.start]
    return _NOT_YET.isdisjoint(before) and _AGO.isdisjoint(text.raw[span.end + 1 : span.end + 3])


def _is_clock(span: Match, text: Tokens, hours: float) -> bool:
    """True for an hour of the clock: «в 10 часов», «до 17 часов»."""
    return hours == 1.0 and span.start > 0 and text.raw[span.start - 1] in _CLOCK


def _hours(matches: list[Match], spans: list[tuple[float, Match]], text: Tokens) -> float | None:
    """Return the longest span in the outage's own sentence or right beside it, else None."""
    own = [h for h, span in spans if any(_beside(span, match, text) for match in matches)]
    return max(own, default=None)


def _beside(span: Match, outage: Match, text: Tokens) -> bool:
    """True for one sentence, or for «Нет воды. Третий день!»."""
    apart = max(span.start - outage.end, outage.start - span.end)
    return apart <= _BESIDE_WORDS and abs(text.sentence(span.start) - text.sentence(outage.start)) <= 1


def _quotation(matches: list[Match], spans: list[tuple[float, Match]], text: Tokens) -> str:
    """Return the words of the outage, together with how long when both stand side by side."""
    match = max(matches, key=lambda m: m.end - m.start)
    for _, span in spans:
        start, end = min(span.start, match.start), max(span.end, match.end)
        if end - start <= 8 and text.together(start, end):
            return text.quoted(start, end)
    return text.quoted(match.start, match.end)
