"""Peaks of own history: in which weeks of the year a topic is written of more than usual, year after year.

Plain counting that can be told in a sentence. A week is taken with its two neighbours (seasons come some days sooner or
later), the usual of a year is the median of such weeks. A week is loud when it is above the usual by a quarter and by
three messages in its three weeks, and three people wrote in one of them. A peak is a run of weeks that are loud in most of
the years (two at least), more often than such weeks would fall together by luck. What was loud in one year only is told as
one year and never as a peak: an accident does not come every autumn. Measured on real walls: docs/forecast.md, «Пики».
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import comb
from statistics import fmean, median

from district.seasons import YearDay
from preventive.facts import SeasonalCounts, WeekCount

SLOTS = 52
"""Weeks of the year (ISO 8601); the 53rd, which every fifth or sixth year has, is told with the 52nd."""
TIMES, MORE = 1.25, 1.0
"""A loud week is above the usual by a quarter and by a message a week, three in its three weeks: the rule of a topic that
differs from its mean ([R SOL], requirement 20)."""
LEAST_VOICES = 3
"""One who writes ten times is one who writes ten times [P] (risk.growth)."""
PER_VOICE = 3
"""Messages of one person that a week counts at most [P]: a stubborn author makes no season."""
LEAST_YEARS = 2
"""With fewer years nothing can be told to come again."""
SHARE = 0.6
"""A peak is loud in so many of the known years at least [P]: in 2 of 2 or 3, in 3 of 4 or 5."""
LUCK, AWAY = 0.002, 6
"""… which may come about by luck once in five hundred times at most, for a series that is loud so often at other times of
the year, more than AWAY weeks off [P]. On even noise of 2-10 years this leaves one false peak for ten topics (measured)."""
LEAST_WEEKS = 26
"""A year with fewer known weeks has no usual of its own: half a year may be one season."""
ONCE_TIMES = 2.0
"""What was loud in one year only is told when it was twice the usual [P]: lesser things are forgotten rightly."""


@dataclass(frozen=True, slots=True)
class Peak:
    """A run of weeks of the year in which a subject is loud, with what stands behind it."""

    subject: str
    territory: str
    """"" is the whole district."""
    first: int
    """Its first week of the year, 1..52; greater than `last` when it goes over the New Year."""
    last: int
    years: tuple[int, ...]
    """The years in which it was loud; of a run over the New Year the year that it began in."""
    of_years: tuple[int, ...]
    """The years in which these weeks are known."""
    mean: float
    """Messages a week in these weeks of the loud years."""
    usual: float
    """Messages in a usual week of the same years."""
    voices: tuple[int, int] | None
    """Distinct voices of the loudest week, in the quietest and in the loudest of the years; None when nobody knows."""

    @property
    def times(self) -> float:
        """How many times the usual; what is nearly silent is measured against a message in two weeks."""
        return self.mean / max(self.usual, 0.5)

    @property
    def repeated(self) -> bool:
        """Whether it came in most of the years; False is «one year», which is told and never proposed."""
        return len(self.years) >= LEAST_YEARS

    @property
    def weeks(self) -> tuple[int, ...]:
        """Its weeks of the year in their order."""
        return _run(self.first, (self.last - self.first) % SLOTS + 1)

    def days(self) -> tuple[YearDay, YearDay]:
        """Return its first and last day in a common year; the weeks of a real year lie up to three days off."""
        return first_day(self.first), last_day(self.last)


def first_day(week: int) -> YearDay:
    """Return the day on which a week of the year begins, within three days."""
    day = date(2025, 1, 1) + timedelta(days=7 * (week - 1))
    return YearDay(day.month, day.day)


def last_day(week: int) -> YearDay:
    """Return the day on which a week of the year ends, within three days."""
    day = date(2025, 1, 7) + timedelta(days=7 * (week - 1))
    return YearDay(day.month, day.day)


def slot_of(monday: date) -> tuple[int, int]:
    """Return the year and the week of the year (1..52) of a week."""
    year, week, _ = monday.isocalendar()
    return year, min(week, SLOTS)


@dataclass(frozen=True, slots=True)
class Cell:
    """One week of one year against the usual of that year."""

    heard: float
    """Messages, of one person no more than PER_VOICE."""
    around: float
    """The mean of it and of its known neighbours."""
    usual: float
    """The median of `around` in its year."""
    voices: int
    """The most distinct voices of these weeks; 0 when nobody knows."""
    loud: bool


@dataclass(frozen=True, slots=True)
class Year:
    """All known weeks of all years of one series: cells by (year, week of the year)."""

    subject: str
    territory: str
    cells: Mapping[tuple[int, int], Cell]
    years: tuple[int, ...]
    """Years with LEAST_WEEKS known weeks at least."""


def year_of(series: SeasonalCounts) -> Year:
    """Return the series laid out by year and week of the year; years with too few weeks are left out."""
    weeks = _by_slot(series.weeks)
    near = {key: _around(weeks, key) for key in weeks}
    sizes: dict[int, list[float]] = {}
    for (year, _), (around, _) in near.items():
        sizes.setdefault(year, []).append(around)
    usual = {year: median(around) for year, around in sizes.items() if len(around) >= LEAST_WEEKS}
    cells = {
        key: Cell(weeks[key][0], around, usual[key[0]], max(voices, 0), _loud(around, usual[key[0]], voices))
        for key, (around, voices) in near.items()
        if key[0] in usual
    }
    return Year(series.subject, series.territory, cells, tuple(sorted(usual)))


_Weeks = dict[tuple[int, int], tuple[float, int]]


def _by_slot(weeks: Iterable[WeekCount]) -> _Weeks:
    """Return (messages, voices) by (year, week of the year); the 53rd week and the 52nd are one, their mean."""
    found: _Weeks = {}
    for week in weeks:
        key = slot_of(week.week)
        heard, voices = float(min(week.posts, week.voices * PER_VOICE) if week.voices else week.posts), week.voices
        if key in found:
            heard, voices = (found[key][0] + heard) / 2, max(found[key][1], voices)
        found[key] = (heard, voices)
    return found


_NOBODY_KNOWS = -1


def _around(weeks: _Weeks, key: tuple[int, int]) -> tuple[float, int]:
    """Return the mean of a week and its known neighbours, and the most voices of one of them (-1: nobody knows)."""
    near = [weeks[k] for k in (_step(key, -1), key, _step(key, 1)) if k in weeks]
    voices = max(v for _, v in near)
    unknown = not voices and any(heard for heard, _ in near)
    return fmean(heard for heard, _ in near), _NOBODY_KNOWS if unknown else voices


def _loud(around: float, usual: float, voices: int) -> bool:
    told = voices >= LEAST_VOICES or voices == _NOBODY_KNOWS
    return told and around >= usual * TIMES and around - usual >= MORE


def _step(key: tuple[int, int], by: int) -> tuple[int, int]:
    """Return the week so many weeks on; after the last week of a year comes the first of the next."""
    year, week = divmod(key[0] * SLOTS + key[1] - 1 + by, SLOTS)
    return year, week + 1


def peaks(counts: Sequence[SeasonalCounts]) -> tuple[Peak, ...]:
    """Return the peaks of all series: those that came in most years, and the loud runs of one year, told as such.

    Ordered by subject, territory, first week. A series with fewer than LEAST_YEARS known years has none.
    """
    return tuple(peak for series in counts for peak in peaks_of(year_of(series)))


def peaks_of(year: Year) -> tuple[Peak, ...]:
    """Return the peaks of one series, by first week."""
    if len(year.years) < LEAST_YEARS:
        return ()
    loud: dict[int, set[int]] = {week: set() for week in range(1, SLOTS + 1)}
    known: dict[int, set[int]] = {week: set() for week in range(1, SLOTS + 1)}
    for (number, week), cell in year.cells.items():
        known[week].add(number)
        if cell.loud:
            loud[week].add(number)
    often = {week for week in loud if _most(len(loud[week]), len(known[week]))}
    again = {
        week for week in often if _luck(len(loud[week]), len(known[week]), _elsewhere(loud, known, week, often)) <= LUCK
    }
    found = [peak for peak in (_peak(year, *_trimmed(year, *run)) for run in _runs(again)) if peak.repeated]
    found += _once(year, again)
    return tuple(sorted(found, key=lambda p: (p.first, p.years)))


def _most(loud: int, known: int) -> bool:
    """Whether so many loud years are most of the known ones."""
    return loud >= max(LEAST_YEARS, SHARE * known)


def _elsewhere(loud: Mapping[int, set[int]], known: Mapping[int, set[int]], week: int, often: set[int]) -> float:
    """Return how often the series is loud at other times of the year than around this week, its other seasons left out."""
    away = {(week - 1 + n) % SLOTS + 1 for n in range(AWAY + 1, SLOTS - AWAY)} - often
    return sum(len(loud[w]) for w in away) / max(1, sum(len(known[w]) for w in away))


def _luck(loud: int, known: int, often: float) -> float:
    """Return how probable so many loud years of the known ones are by luck alone (binomial tail)."""
    return sum(comb(known, n) * often**n * (1 - often) ** (known - n) for n in range(loud, known + 1))


def _once(year: Year, again: set[int]) -> Iterator[Peak]:
    """Yield the runs in which one year was twice the usual and no other year was."""
    for number in year.years:
        weeks = {week for (n, week), cell in year.cells.items() if n == number and cell.loud and week not in again}
        for first, length in _runs(weeks):
            peak = _peak(year, first, length, number)
            others = (_peak(year, first, length, other) for other in peak.of_years if other != number)
            if len(peak.of_years) >= LEAST_YEARS and _twice(peak) and not any(_twice(other) for other in others):
                yield peak


def _twice(peak: Peak) -> bool:
    return peak.mean >= ONCE_TIMES * max(peak.usual, 1.0)


def _runs(weeks: set[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, length) of the runs of weeks without a gap; December goes on in January."""
    for week in sorted(weeks):
        if (week - 2) % SLOTS + 1 in weeks and len(weeks) < SLOTS:
            continue
        length = 1
        while length < len(weeks) and (week - 1 + length) % SLOTS + 1 in weeks:
            length += 1
        yield week, length
        if len(weeks) == SLOTS:
            return


def _trimmed(year: Year, first: int, length: int) -> tuple[int, int]:
    """Return the run without edges that are loud by their neighbours alone: the first day must be the first loud one."""
    weeks = list(_run(first, length))
    while len(weeks) > 1 and not _stands_out(year, weeks[0]):
        weeks.pop(0)
    while len(weeks) > 1 and not _stands_out(year, weeks[-1]):
        weeks.pop()
    return weeks[0], len(weeks)


def _stands_out(year: Year, week: int) -> bool:
    cells = [year.cells[number, week] for number in year.years if (number, week) in year.cells]
    return sum(cell.heard for cell in cells) >= TIMES * sum(cell.usual for cell in cells)


def _run(first: int, length: int) -> tuple[int, ...]:
    return tuple((first - 1 + n) % SLOTS + 1 for n in range(length))


def _peak(year: Year, first: int, length: int, only: int | None = None) -> Peak:
    """Return the peak of a run of weeks: in which years it was loud (or in the only one), how much, by how many."""
    seasons: dict[int, list[Cell]] = {}
    for week in _run(first, length):
        for number in (*year.years, *(y - 1 for y in year.years[:1])):
            # Of a run over the New Year the weeks of January belong to the year before.
            cell = year.cells.get((number + (week < first), week))
            if cell is not None:
                seasons.setdefault(number, []).append(cell)
    # Where a year begins or ends in the midst of the run, too little of it is known to speak of that year.
    seasons = {number: cells for number, cells in seasons.items() if 2 * len(cells) >= length}
    told = seasons if only is None else {only: seasons.get(only, [])}
    loud = {number: cells for number, cells in told.items() if only is not None or any(cell.loud for cell in cells)}
    heard = [cell.heard for cells in loud.values() for cell in cells]
    usual = [cell.usual for cells in loud.values() for cell in cells]
    voices = [max(cell.voices for cell in cells) for cells in loud.values() if cells]
    said = (min(voices), max(voices)) if voices and all(voices) else None
    return Peak(
        year.subject, year.territory, first, (first + length - 2) % SLOTS + 1, tuple(sorted(loud)), tuple(sorted(seasons)),
        fmean(heard or [0.0]), fmean(usual or [0.0]), said,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heat:
    """One row of the picture of the year: how loud each week of the year is, all known years together."""

    subject: str
    territory: str
    times: tuple[float | None, ...]
    """Of the weeks 1..52: the mean with neighbours against the usual of the same years; None is unknown."""
    usual: float
    """Messages in a usual week, the mean of the years."""
    messages: float
    """Of all known weeks, one person's no more than PER_VOICE a week."""
    years: tuple[int, ...]


def heat_of(year: Year) -> Heat:
    """Return the row of one series; a series without a known year has only unknown weeks."""
    around, usual = [0.0] * SLOTS, [0.0] * SLOTS
    known: set[int] = set()
    for (_, week), cell in year.cells.items():
        around[week - 1] += cell.around
        usual[week - 1] += max(cell.usual, 0.5)
        known.add(week)
    times = tuple(around[n] / usual[n] if n + 1 in known else None for n in range(SLOTS))
    usuals = {number: cell.usual for (number, _), cell in year.cells.items()}
    heard = sum(cell.heard for cell in year.cells.values())
    return Heat(year.subject, year.territory, times, fmean(usuals.values() or [0.0]), heard, year.years)
