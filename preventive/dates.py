"""From a rule of dates to the days of a year: when a threat comes, how sure that is, and from when to prepare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

from district.date_rules import faults
from district.seasons import RuleKind, Threat
from preventive import spells
from preventive.facts import Occasion, YearFacts
from preventive.spells import Spell
from preventive.spells_decree import EndBeforeStart, decree
from preventive.spells_weather import weather

__all__ = ["EndBeforeStart", "NeverFires", "occasions", "occasions_between"]


class NeverFires(ValueError):
    """Правило дат никогда не даёт ни одного дня."""

    def __init__(self, threat: Threat) -> None:
        """Name the threat, its rule and how to mend every fault of it."""
        said = "; ".join(f"{fault.reason} — {fault.mend}" for fault in faults(threat.rule))
        super().__init__(f"Угроза «{threat.name}» ({threat.rule.kind.label}) никогда не наступит: {said}.")


_FINDERS: Mapping[RuleKind, Callable[[Threat, int, YearFacts], Iterator[Spell]]] = MappingProxyType(
    {
        RuleKind.FIXED: spells.fixed,
        RuleKind.WINDOW: spells.window,
        RuleKind.NTH_WEEKDAY: spells.nth_weekday,
        RuleKind.SCHOOL: spells.school,
        RuleKind.PRODUCTION: spells.production,
        RuleKind.WEATHER: weather,
        RuleKind.DECREE: decree,
    }
)


def occasions(threat: Threat, year: int, facts: YearFacts) -> tuple[Occasion, ...]:
    """Return every coming of a threat whose first day lies in a year of the district, by first day.

    Usually one, none when it does not come that year (a fifth Saturday, snow that never fell), several for documents and
    days off. Preparing begins exactly `lead_days` before the first day, also in the year before. Raises NeverFires for a
    rule that cannot give a day in any year, EndBeforeStart for a document closed before it was opened.
    """
    if faults(threat.rule):
        raise NeverFires(threat)
    found = {spell for spell in _FINDERS[threat.rule.kind](threat, year, facts) if spell.start.year == year}
    return tuple(_occasion(threat, spell) for spell in sorted(found, key=lambda s: (s.start, s.end, s.territories)))


def occasions_between(threats: Iterable[Threat], first: date, last: date, facts: YearFacts) -> tuple[Occasion, ...]:
    """Return every coming that overlaps a span of days (both included) or whose preparing begins in it, by first day.

    Also those begun in years before; a document that nobody has closed holds to this day, whatever was expected of it.
    Raises EndBeforeStart when `last` is before `first`, and what `occasions` raises.
    """
    if last < first:
        raise EndBeforeStart(f"Конец срока {last:%d.%m.%Y} раньше его начала {first:%d.%m.%Y}. Поменяйте дни местами.")
    found = [o for threat in threats for o in around(threat, first, last, facts)]
    met = [o for o in found if (o.start <= last and o.end >= first) or first <= o.prepare_from <= last]
    return tuple(sorted(met, key=lambda o: (o.start, o.end, o.threat_id)))


def around(threat: Threat, first: date, last: date, facts: YearFacts) -> tuple[Occasion, ...]:
    """Return the comings of the years around a span, of which some may touch it; open documents reach into the span."""
    years = set(range(first.year - 1, last.year + 2))
    is_decree = threat.rule.kind is RuleKind.DECREE
    if is_decree:
        years |= {span.opens.year for span in facts.decrees}
    found = [o for year in sorted(years) for o in occasions(threat, year, facts)]
    return tuple(replace(o, end=last) if is_decree and o.open_end and o.end < first else o for o in found)


def _occasion(threat: Threat, spell: Spell) -> Occasion:
    return Occasion(
        threat_id=threat.id,
        year=spell.start.year,
        start=spell.start,
        end=spell.end,
        prepare_from=spell.start - timedelta(days=threat.lead_days),
        basis=spell.basis,
        why=spell.why,
        territories=spell.territories or threat.territories,
        open_end=spell.open_end,
    )
