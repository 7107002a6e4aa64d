"""The coming of a threat for which a campaign is planned: which days, from when to prepare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from casework.errors import BadMove
from casework.threats import register
from casework.work import Work
from casework.year_facts import year_facts
from district.seasons import Threat
from preventive.dates import NeverFires, occasions

YEAR_ROUND = timedelta(days=300)
"""A threat that is there so long has no days of its own: a campaign against it is begun when people begin to write."""
ROUND_RUN = timedelta(days=29)
"""How long such a campaign lasts: thirty days, enough weeks to see an effect [P]."""
_YEARS = range(2000, 2101)


@dataclass(frozen=True, slots=True)
class Coming:
    """Days of one campaign: first, last, from when to prepare; where, and why then (Russian)."""

    start: date
    end: date
    prepare_from: date
    territories: tuple[str, ...]
    why: str


def find_threat(work: Work, threat_id: str) -> Threat | None:
    """Return a threat of the district's register that is switched on, or None."""
    return next((t for t in register(work) if t.id == threat_id), None)


def threat_of(work: Work, threat_id: str) -> Threat:
    """Return a threat of the register; BadMove when there is none of this id, or it is switched off."""
    found = find_threat(work, threat_id)
    if found is None:
        raise BadMove(f"Угрозы «{threat_id[:60]}» в реестре нет или она выключена. Выберите из списка угроз.")
    return found


def refuse_year(year: int) -> None:
    """Raise BadMove for a year that is a slip of the pen."""
    if year not in _YEARS:
        raise BadMove(f"Год {year} не годится: укажите четыре цифры, например 2027.")


def coming_of(work: Work, threat: Threat, year: int, start: date | None = None) -> Coming:
    """Return the threat's next coming whose first day lies in a year of the district; BadMove when there is none left.

    `start` asks for the coming that begins nearest to this day, where a threat comes several times a year (days off, documents).
    What has begun already is planned from today; a threat that lasts all the year is planned for thirty days.
    """
    refuse_year(year)
    today = work.today
    try:
        found = occasions(threat, year, year_facts(work, date(year, 1, 1), date(year + 1, 12, 31)))
    except (NeverFires, ValueError) as e:
        raise BadMove(str(e)) from e
    ahead = [one for one in found if one.end >= today]
    if not found:
        raise BadMove(f"В {year} году «{threat.name}» не наступает ({threat.rule.kind.label}). Выберите другой год.")
    if not ahead:
        raise BadMove(
            f"В {year} году «{threat.name}» уже прошло: {found[-1].end:%d.%m.%Y} был последний день. Выберите следующий год."
        )
    one = ahead[0] if start is None else min(ahead, key=lambda o: abs(o.start - start))
    first, end = max(one.start, today), one.end
    if one.end - one.start >= YEAR_ROUND:
        end = min(end, first + ROUND_RUN)
    # What is there already is prepared from today too: a beginning in the past would only stretch the plan.
    prepare_from = one.prepare_from if one.start > today else first
    return Coming(first, end, prepare_from, one.territories, one.why)
