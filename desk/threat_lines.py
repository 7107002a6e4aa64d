"""Lines of the register: when each threat comes in a year, from when to prepare, what it is founded on, whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.threats import Origin, Registered
from casework.work import Work
from casework.year_facts import year_facts
from casework.year_parts import is_always
from desk.campaign_words import span_words, until
from district.seasons import RuleKind, Threat
from preventive.dates import EndBeforeStart, NeverFires, occasions, occasions_between
from preventive.due import Due, Stage, due
from preventive.facts import Basis, Occasion, YearFacts

PREVIEW_YEARS = 2
"""So many years before and after the present one are shown under the form."""


@dataclass(frozen=True, slots=True)
class ComingLine:
    """One coming in words."""

    coming: Occasion
    days: str
    prepare: str
    label: str
    """How sure the days are, in a word or two."""
    always: bool = False


@dataclass(frozen=True, slots=True)
class ThreatLine:
    """One threat of the register."""

    entry: Registered
    comings: tuple[ComingLine, ...]
    due: Due
    left: str
    """«через 5 дней» until it begins, or until its last day."""
    trouble: str = ""

    @property
    def threat(self) -> Threat:
        """The threat itself."""
        return self.entry.threat

    @property
    def is_due(self) -> bool:
        """Whether it is prepared or on, and not switched off; what lasts all year is not news."""
        return self.stage is not Stage.NONE and not any(line.always for line in self.comings)

    @property
    def stage(self) -> Stage:
        """The stage today; none for a threat that is switched off."""
        return Stage.NONE if self.entry.origin is Origin.OFF else self.due.stage


@dataclass(frozen=True, slots=True)
class YearLine:
    """What a rule gives in one year."""

    year: int
    comings: tuple[ComingLine, ...]
    trouble: str = ""


def register_lines(work: Work, entries: Sequence[Registered], year: int) -> list[ThreatLine]:
    """Return the register in the order in which threats come in a year; those that do not come stand last."""
    today = day_of(work)
    first, last = date(year, 1, 1), date(year, 12, 31)
    facts = year_facts(work, min(first, today), max(last, today))
    lines = [_line(entry, first, last, today, facts) for entry in entries]
    return sorted(lines, key=_order)


def _order(line: ThreatLine) -> tuple[bool, bool, date, str]:
    starts = [c.coming.start for c in line.comings]
    always = any(c.always for c in line.comings)
    return not starts, always, min(starts, default=date.max), line.threat.name


def _line(entry: Registered, first: date, last: date, today: date, facts: YearFacts) -> ThreatLine:
    try:
        found = occasions_between((entry.threat,), first, last, facts)
        stage = due(entry.threat, today, facts)
    except (NeverFires, EndBeforeStart) as e:
        return ThreatLine(entry, (), Due(Stage.NONE), "", str(e))
    comings = tuple(
        _coming(o, entry.threat.rule.kind, today)
        for o in found
        if o.start <= last and o.end >= _not_over(o, first, today)
    )
    left = ""
    if stage.occasion is not None:
        left = until(stage.occasion.start if stage.stage is Stage.PREPARE else stage.occasion.end, today)
    return ThreatLine(entry, comings, stage, left)


def _not_over(one: Occasion, first: date, today: date) -> date:
    """Return from which day on a coming is told: one of the winter before only while it lasts."""
    return today if one.start < first <= today else first


def preview(work: Work, threat: Threat) -> list[YearLine]:
    """Return what a threat's rule gives in the years around the present one; its trouble in the first line."""
    today = day_of(work)
    years = range(today.year - PREVIEW_YEARS, today.year + PREVIEW_YEARS + 1)
    facts = year_facts(work, date(years[0], 1, 1), date(years[-1], 12, 31))
    try:
        return [
            YearLine(year, tuple(_coming(o, threat.rule.kind, today) for o in occasions(threat, year, facts)))
            for year in years
        ]
    except (NeverFires, EndBeforeStart) as e:
        return [YearLine(today.year, (), str(e))]


def _coming(one: Occasion, kind: RuleKind, today: date) -> ComingLine:
    always = is_always(one)
    days = "весь год" if always else span_words(one.start, one.end, today)
    if one.open_end and not always:
        days = f"с {span_words(one.start, one.start, today)}, пока не закончится"
    return ComingLine(
        one, days, span_words(one.prepare_from, one.prepare_from, today), _label(one, kind, today), always
    )


def _label(one: Occasion, kind: RuleKind, today: date) -> str:
    """«точно», «ожидается»; of what is over and was only expected, whether somebody could have entered more."""
    if one.basis is Basis.KNOWN or one.end >= today:
        return one.basis.label
    return "не уточнено" if kind in (RuleKind.WEATHER, RuleKind.DECREE) else "обычные сроки"


def day_of(work: Work) -> date:
    """Return the day of the district."""
    return work.today
