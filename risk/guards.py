"""Which danger words stand, and which are held back by the words around them."""

from __future__ import annotations

from risk.dictionary import Match, Tokens
from risk.facts import Hit
from risk.vocabulary import Found, Key, Table
from risk.words.danger import DANGERS
from risk.words.guards import GUARDS, Guard, Where

_COMMA = b","
_NOT = frozenset(word.encode("cp1251") for word in ("не", "какие", "никакие"))
_BEFORE_WORDS = 3
_AFTER_WORDS = 3
_LATER_WORDS = 30
"""A news post tells that the fire is out within its next two sentences (read on city channels)."""

_LEAD_WORDS = 60
"""A message tells its danger in its first sentences; deeper in a long text it must be said to happen now."""
_NOW, _DEEP, _FEAR = "now", "deep", "hypothetical"

GuardMatch = tuple[Guard, Match]


def judge(found: Found, text: Tokens) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
    """Return the dangers that stand and those held back, one for each id, the longest quotation first."""
    told = sorted(found.get(Table.GUARD, ()), key=lambda match: match.row.at)
    guards = [(GUARDS[match.row.at], match) for match in told if not _denied(match, text)]
    stand: dict[str, Match] = {}
    held: dict[str, Match] = {}
    for match in (*found.get(Table.DANGER_HAPPENS, ()), *found.get(Table.DANGER_NAMED, ())):
        key: Key = match.row
        guard = _guard_of(key, match, guards, text)
        name, into = (key.id, stand) if guard is None else (guard, held)
        if name not in into or match.end - match.start > into[name].end - into[name].start:
            into[name] = match
    return _hits(stand, text), _hits(held, text)


def _hits(matches: dict[str, Match], text: Tokens) -> tuple[Hit, ...]:
    return tuple(Hit(name, text.quoted(match.start, match.end)) for name, match in matches.items())


def _denied(guard: Match, text: Tokens) -> bool:
    """True when the guard's own words are denied: «не потушили», «это не учения»."""
    return guard.start > 0 and text.raw[guard.start - 1] in _NOT and text.raw[guard.start] not in _NOT


def _guard_of(key: Key, danger: Match, guards: list[GuardMatch], text: Tokens) -> str | None:
    """Return the id of a guard that holds this danger back, or None."""
    named = key.table is Table.DANGER_NAMED
    if named and _in_quotes(danger, text):
        return "quote"
    if danger.also and all(_free(span, guards, text) for span in danger.also):
        return "negation"
    if danger.start > _LEAD_WORDS and not any(
        guard.id == _NOW and _holds(guard.where, match, danger, text) for guard, match in guards
    ):
        return _DEEP
    for guard, match in guards:
        if guard.id != _NOW and (named or guard.all_forms) and (not guard.dangers or key.id in guard.dangers):
            own_not = guard.where is Where.TOUCHING and DANGERS[key.at].own_not
            anywhere = named and guard.where is Where.LATER
            if not own_not and (anywhere or _holds(guard.where, match, danger, text, guard.id == _FEAR)):
                return guard.id
    return None


def _free(span: tuple[int, int], guards: list[GuardMatch], text: Tokens) -> bool:
    """True when the second half of a danger is denied: «никто не пострадал», «пострадавших нет»."""
    part = Match(None, *span)
    return any(guard.id == "negation" and _holds(guard.where, match, part, text) for guard, match in guards) or _nobody(
        span, text
    )


_NOBODY = frozenset(word.encode("cp1251") for word in ("нет", "без", "никто", "нету", "обошлось"))


def _nobody(span: tuple[int, int], text: Tokens) -> bool:
    """True when «нет», «без», «никто» stand within two words of the victims."""
    return not _NOBODY.isdisjoint(text.raw[max(0, span[0] - 2) : span[1] + 3])


def _in_quotes(danger: Match, text: Tokens) -> bool:
    """True when the words stand between quotation marks: most often a title."""
    before = text.raw[: danger.start].count(b'"')
    return before % 2 == 1 and b'"' in text.raw[danger.end : danger.end + 6]


def _holds(where: Where, guard: Match, danger: Match, text: Tokens, fears: bool = False) -> bool:
    if where is Where.TEXT:
        return True
    if where is Where.SENTENCE:
        return text.together(guard.start, danger.start)
    if where is Where.OVER:
        return guard.start <= danger.end + 1 and danger.start <= guard.end + 1
    if where is Where.LATER:
        return text.together(guard.start, danger.start) or 0 < guard.start - danger.end <= _LATER_WORDS
    return _near(where, guard, danger, text, fears)


def _near(where: Where, guard: Match, danger: Match, text: Tokens, fears: bool) -> bool:
    """True when the guard stands close to the danger, on the side that its row asks for; fears reach over commas."""
    if where is Where.TOUCHING:
        return danger.start - 1 <= guard.start <= danger.end
    if where is Where.BEFORE:
        between = text.raw[guard.end + 1 : danger.start]
        near = guard.start < danger.start and len(between) <= _BEFORE_WORDS and (_COMMA not in between or fears)
    else:
        near = 0 < guard.start - danger.end <= _AFTER_WORDS + 1
    return near and text.together(guard.start, danger.start)
