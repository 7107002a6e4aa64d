"""Spells of documents: from the one that opens to the one that closes; overlapping ones are joined, none is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from district.seasons import DateRule, Threat
from preventive.facts import Basis, DecreeSpan, YearFacts
from preventive.spells import DAY, Spell, between, usual_window

OPEN_DAYS = 30
"""So long a document without an end is expected to hold when its threat has no usual window [P]."""
NEAR = 90 * DAY
"""A document opened so long before the usual window still belongs to it [P]."""


class EndBeforeStart(ValueError):
    """Конец срока раньше его начала."""


def decree(threat: Threat, year: int, facts: YearFacts) -> Iterator[Spell]:
    """Give what documents opened, and the usual window of a year in which no document holds for the whole threat."""
    spans = [d for d in facts.decrees if d.subject == threat.rule.subject and _meets(threat, d)]
    for span in spans:
        check_order(span)
    yield from _joined(threat, spans)
    if threat.rule.since is None:
        return
    for anchor in (year - 1, year):
        since, until = usual_window(threat.rule, anchor)
        if not any(_covers(threat, d) and d.opens <= until and (d.closes or date.max) >= since for d in spans):
            yield Spell(since, until, Basis.EXPECTED, f"обычно {between(since, until)}; документ ещё не внесён")


def check_order(span: DecreeSpan) -> None:
    """Raise EndBeforeStart for a document that closes before it opens."""
    if span.closes is not None and span.closes < span.opens:
        raise EndBeforeStart(
            f"Документ № {span.number}: закрыт {span.closes:%d.%m.%Y}, а открыт {span.opens:%d.%m.%Y}, позже. "
            "Исправьте дни на странице «Погода и документы»."
        )


def _meets(threat: Threat, span: DecreeSpan) -> bool:
    return not threat.territories or not span.territories or bool(set(threat.territories) & set(span.territories))


def _covers(threat: Threat, span: DecreeSpan) -> bool:
    """True when the document holds wherever the threat is."""
    return not span.territories or (bool(threat.territories) and set(threat.territories) <= set(span.territories))


def _where(threat: Threat, span: DecreeSpan) -> tuple[str, ...]:
    if not span.territories:
        return threat.territories
    return tuple(t for t in span.territories if not threat.territories or t in threat.territories)


def _joined(threat: Threat, spans: Sequence[DecreeSpan]) -> Iterator[Spell]:
    """Join what overlaps or follows at once in the same territories; the sentence names every document."""
    places: dict[tuple[str, ...], list[DecreeSpan]] = {}
    for span in sorted(spans, key=lambda d: (d.opens, d.id)):
        places.setdefault(tuple(sorted(_where(threat, span))), []).append(span)
    for where, there in places.items():
        group: list[DecreeSpan] = []
        for span in there:
            if group and span.opens > _last(group) and span.opens - _last(group) > DAY:
                yield _spell(threat.rule, group, where)
                group = []
            group.append(span)
        yield _spell(threat.rule, group, where)


def _last(group: Sequence[DecreeSpan]) -> date:
    return max(d.closes or date.max for d in group)


def _spell(rule: DateRule, group: Sequence[DecreeSpan], where: tuple[str, ...]) -> Spell:
    start, end = group[0].opens, _last(group)
    is_open = end == date.max
    if is_open:
        end = max(_usual_end(rule, start), *(d.closes or d.opens for d in group), start)
    named = ", ".join(
        f"№ {d.number} с {d.opens:%d.%m.%Y}" + (f" по {d.closes:%d.%m.%Y}" if d.closes else "") for d in group
    )
    words = f"{'документ' if len(group) == 1 else 'документы'} {named}" + (
        ", закрывающего документа ещё нет" if is_open else ""
    )
    return Spell(start, end, Basis.KNOWN, words, where, is_open)


def _usual_end(rule: DateRule, start: date) -> date:
    """When a document without an end will probably be closed: with its usual window, else after the window's length."""
    if rule.since is None or rule.until is None:
        return start + (OPEN_DAYS - 1) * DAY
    windows = [usual_window(rule, year) for year in (start.year - 1, start.year, start.year + 1)]
    near = [until for since, until in windows if since - NEAR <= start <= until]
    return near[0] if near else start + (windows[0][1] - windows[0][0])
