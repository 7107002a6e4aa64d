"""One month day by day: what begins, goes on and is due, week by week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from casework.year_parts import Due, DueKind, YearPlan
from desk.year_views import may_open, threat_href
from desk.year_words import DUE_ANCHORS, DUE_WORDS, coming_words
from district.profile import Profile
from district.workdays import WorkCalendar
from preventive.calendar import Week, month_of, weeks_between
from preventive.campaign import CampaignState

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a day or of a week."""

    word: str
    """What it is."""
    name: str
    href: str
    """"" when the reader may not open it."""
    kind: str
    note: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the grid."""

    day: date
    inside: bool
    """False for days of the neighbouring months."""
    today: bool
    off: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One ISO week."""

    week: Week
    goes_on: tuple[Entry, ...]
    """What began before and lasts on some day of it."""
    days: tuple[DayCell, ...]


def month_weeks(
    profile: Profile, plan: YearPlan, first: date, due: Sequence[Due], seen: Sequence[str] | None
) -> list[WeekRow]:
    """Return the weeks of a month; `seen` are the only blocks whose campaigns the reader may open."""
    last = month_of(first.year, first.month)[1]
    calendar = WorkCalendar.of(profile)
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for day, entry in (*_begins(plan, seen), *_dues(plan, due, seen)):
        by_day[day].append(entry)

    def cell(day: date) -> DayCell:
        inside = first <= day <= last
        entries = tuple(by_day[day]) if inside else ()
        return DayCell(day, inside, day == plan.day, not calendar.is_working(day), entries)

    return [
        WeekRow(week, tuple(_goes_on(plan, week, seen)), tuple(cell(week.first + n * DAY) for n in range(7)))
        for week in weeks_between(first, last)
    ]


def _begins(plan: YearPlan, seen: Sequence[str] | None) -> Iterator[tuple[date, Entry]]:
    for one in plan.threats:
        if one.always:
            continue
        href = threat_href(one.threat)
        for c in one.comings:
            yield c.start, Entry("начало", one.threat.name, href, "threat", coming_words(c, plan.day))
            if c.end > c.start and not c.open_end:
                yield c.end, Entry("последний день", one.threat.name, href, "threat")
            if c.prepare_from < c.start and one.campaign_for(c) is None:
                yield c.prepare_from, Entry("пора готовить", one.threat.name, href, "prepare")
    for row in plan.campaigns:
        href = f"/campaigns/{row.id}" if may_open(row, seen) else ""
        state = CampaignState(row.state).label
        yield row.starts_on, Entry("начало кампании", row.title, href, "campaign", state)
        if row.ends_on > row.starts_on:
            yield row.ends_on, Entry("последний день кампании", row.title, href, "campaign", state)


def _dues(plan: YearPlan, due: Sequence[Due], seen: Sequence[str] | None) -> Iterator[tuple[date, Entry]]:
    rows: Mapping[int, bool] = {row.id: may_open(row, seen) for row in plan.campaigns}
    for one in due:
        opens = rows.get(one.campaign_id, seen is None)
        href = f"/campaigns/{one.campaign_id}{DUE_ANCHORS[one.kind]}" if opens else ""
        late = one.due < plan.day and not one.done
        who = "сделано" if one.done else one.owner or ""
        if one.kind is DueKind.STEP:
            yield one.due, Entry(one.words, one.campaign, href, "step", who, late)
        else:
            note = " · ".join(part for part in (one.campaign, who) if part)
            yield one.due, Entry(DUE_WORDS[one.kind], one.words, href, one.kind.value, note, late)


def _goes_on(plan: YearPlan, week: Week, seen: Sequence[str] | None) -> Iterator[Entry]:
    for one in plan.threats:
        for c in one.comings:
            if c.start < week.first <= c.end and not one.always:
                yield Entry("", one.threat.name, threat_href(one.threat), "threat", coming_words(c, plan.day))
    for row in plan.campaigns:
        if row.starts_on < week.first <= row.ends_on:
            href = f"/campaigns/{row.id}" if may_open(row, seen) else ""
            yield Entry("", row.title, href, "campaign", CampaignState(row.state).label)
