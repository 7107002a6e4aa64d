"""Frozen facts of prevention: threats of the year with their rules of dates, school days, official pages, where weather comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class RuleKind(StrEnum):
    """How the days of a threat are found (requirement 40)."""

    FIXED = "fixed"
    WINDOW = "window"
    NTH_WEEKDAY = "nth_weekday"
    WEATHER = "weather"
    DECREE = "decree"
    SCHOOL = "school"
    PRODUCTION = "production"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            RuleKind.FIXED: "каждый год в один день",
            RuleKind.WINDOW: "каждый год в одни сроки",
            RuleKind.NTH_WEEKDAY: "день недели месяца",
            RuleKind.WEATHER: "по погоде",
            RuleKind.DECREE: "по документу",
            RuleKind.SCHOOL: "школьный календарь",
            RuleKind.PRODUCTION: "производственный календарь",
        }[self]


class Trigger(StrEnum):
    """What of the weather opens or closes a threat."""

    COLD_FIVE = "cold-five"
    WARM_FIVE = "warm-five"
    FIRST_SNOW = "first-snow"
    STEADY_SNOW = "steady-snow"
    THAW = "thaw"
    FROST = "frost"
    HEAT = "heat"
    DRY = "dry"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            Trigger.COLD_FIVE: "пять суток подряд среднесуточная ниже +8 °C",
            Trigger.WARM_FIVE: "пять суток подряд среднесуточная выше +8 °C",
            Trigger.FIRST_SNOW: "первый снег",
            Trigger.STEADY_SNOW: "устойчивый снежный покров",
            Trigger.THAW: "оттепель",
            Trigger.FROST: "сильный мороз",
            Trigger.HEAT: "жара",
            Trigger.DRY: "сухая тёплая погода без осадков",
        }[self]


class SchoolDay(StrEnum):
    """Moments of the school year; usual days are a table of preventive.school, a profile may write its own."""

    YEAR_START = "year-start"
    LAST_BELL = "last-bell"
    EXAMS = "exams"
    GRADUATION = "graduation"
    ENROLMENT = "enrolment"
    AUTUMN_BREAK = "autumn-break"
    WINTER_BREAK = "winter-break"
    SPRING_BREAK = "spring-break"
    SUMMER_BREAK = "summer-break"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            SchoolDay.YEAR_START: "1 сентября",
            SchoolDay.LAST_BELL: "последний звонок",
            SchoolDay.EXAMS: "экзамены",
            SchoolDay.GRADUATION: "выпускные",
            SchoolDay.ENROLMENT: "зачисление",
            SchoolDay.AUTUMN_BREAK: "осенние каникулы",
            SchoolDay.WINTER_BREAK: "зимние каникулы",
            SchoolDay.SPRING_BREAK: "весенние каникулы",
            SchoolDay.SUMMER_BREAK: "летние каникулы",
        }[self]


class DaysOff(StrEnum):
    """Long runs of days off in the production calendar."""

    NEW_YEAR = "new-year"
    MAY = "may"
    LONG_WEEKEND = "long-weekend"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            DaysOff.NEW_YEAR: "новогодние выходные",
            DaysOff.MAY: "майские выходные",
            DaysOff.LONG_WEEKEND: "выходные от трёх дней",
        }[self]


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day that comes every year; 29 February is the 28th in common years."""

    month: int
    day: int

    def on(self, year: int) -> date:
        """Return the day in a year; 29 February of a common year is the 28th."""
        if (self.month, self.day) == (2, 29):
            leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
            return date(year, 2, 29 if leap else 28)
        return date(year, self.month, self.day)

    def __str__(self) -> str:
        """Return the day as a profile writes it: "04-15"."""
        return f"{self.month:02}-{self.day:02}"


@dataclass(frozen=True, slots=True)
class DateRule:
    """When a threat is there. Which fields count depends on `kind`; what is not of the kind is None or empty.

    fixed: `since` and `days`. window: `since` and `until` (an until before since ends in the next year).
    nth_weekday: `month`, `weekday` (0 is Monday), `nth` (1..5, -1 the last), `days`. weather: `opens` and `closes` within
    the usual window `since`..`until`, which is also what is expected before the weather is known. decree: `subject` of
    the documents, the usual window is expected until one is entered. school: `school` and `days`. production: `off`.
    """

    kind: RuleKind
    since: YearDay | None = None
    until: YearDay | None = None
    days: int = 1
    """How long it lasts, the first day included."""
    month: int | None = None
    weekday: int | None = None
    nth: int | None = None
    opens: Trigger | None = None
    closes: Trigger | None = None
    subject: str = ""
    school: SchoolDay | None = None
    off: DaysOff | None = None


class EvidenceKind(StrEnum):
    """What a threat is founded on."""

    LAW = "law"
    DECREE = "decree"
    HISTORY = "history"
    PRACTICE = "practice"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            EvidenceKind.LAW: "норма",
            EvidenceKind.DECREE: "документ",
            EvidenceKind.HISTORY: "своя история",
            EvidenceKind.PRACTICE: "опыт, предложение",
        }[self]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One ground of a threat, in words that staff can check."""

    kind: EvidenceKind
    words: str


@dataclass(frozen=True, slots=True)
class Threat:
    """A potential threat of seasonal or yearly nature (S4, «Порядок», п. 3) with its rule of dates."""

    id: str
    name: str
    topics: tuple[str, ...]
    """Codes of district.topics; never empty."""
    rule: DateRule
    lead_days: int
    """So many days before its first day the campaign must begin to be prepared."""
    audience: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    """Ids of territories; empty: the whole district."""
    evidence: tuple[Evidence, ...] = ()
    words: tuple[str, ...] = ()
    """Words by which posts of this threat are told from others of its topics; empty: the topics alone."""
    inform_only: bool = False
    """True for elections: information, never agitation (DOMAIN 3)."""
    template: str = ""
    """Id of the campaign template (preventive.templates); "" is the general one."""
    note: str = ""

    @property
    def subject(self) -> str:
        """Return the key under which weekly counts of this threat are kept: its own when it has words, else its topic."""
        return f"threat:{self.id}" if self.words else self.topics[0]


@dataclass(frozen=True, slots=True)
class WeatherFrom:
    """Where daily weather is read from; without it people type it in."""

    kind: str
    """file | feed."""
    address: str
    """A path inside OTKLIK_HOME, or a public https address."""


@dataclass(frozen=True, slots=True)
class OfficialPage:
    """One page or group that the administration or its institution keeps by 8-ФЗ."""

    id: str
    name: str
    owner: str
    """The body that keeps it: the administration, a school, a house of culture."""
    platform: str
    address: str
    source: str | None = None
    """Id of the approved source that reads it; None: it is not read, its figures are typed in or unknown."""
    posts_a_week: float = 3.0
    """How often it should write; fewer is told in the report [P]."""
    silent_after_days: int = 7
    answer_hours: int = 24
    """By when a comment should be answered (DOMAIN 2: «от восьми часов до суток»)."""


@dataclass(frozen=True, slots=True)
class Prevention:
    """Everything of a profile that prevention needs."""

    threats: tuple[Threat, ...] = ()
    posts_a_week: int = 5
    """Budget of attention: no more posts of campaigns a week in one channel [P]."""
    budgets: tuple[tuple[str, int], ...] = ()
    """Channels with a budget of their own: (id of a source or channel, posts a week)."""
    school: tuple[tuple[SchoolDay, date, date], ...] = ()
    """Days of the district's own school calendar: what, first and last day."""
    weather: WeatherFrom | None = None
    pages: tuple[OfficialPage, ...] = ()
