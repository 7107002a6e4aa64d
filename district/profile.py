"""Frozen facts of one municipality; made by district.load from one TOML file, read by everybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from district.seasons import Prevention


class Form(StrEnum):
    """How the municipal control centre is set up; the five founding regulations differ (S0 1.1, S1 1.1, S2 1.1)."""

    PROJECT_OFFICE = "project-office"
    COORDINATING_BODY = "coordinating-body"
    WORKING_GROUP = "working-group"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            Form.PROJECT_OFFICE: "проектный офис",
            Form.COORDINATING_BODY: "координационный орган",
            Form.WORKING_GROUP: "рабочая группа",
        }[self]


class Platform(StrEnum):
    """Where a public source lives; `telegram_preview` is t.me/s without an account, `max` waits for its spider."""

    VK = "vk"
    TELEGRAM = "telegram"
    TELEGRAM_PREVIEW = "telegram_preview"
    FEED = "feed"
    SITE = "site"
    MAX = "max"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            Platform.VK: "ВКонтакте",
            Platform.TELEGRAM: "Telegram",
            Platform.TELEGRAM_PREVIEW: "Telegram (веб-просмотр)",
            Platform.FEED: "RSS/Atom",
            Platform.SITE: "Сайт",
            Platform.MAX: "MAX",
        }[self]


class ChatKind(StrEnum):
    """Where alert lines go."""

    TELEGRAM = "telegram"
    MAX = "max"
    FOLDER = "folder"
    CONSOLE = "console"
    EMAIL = "email"
    WEBHOOK = "webhook"


class ChatHours(StrEnum):
    """When a chat is told of risks of a level."""

    ALWAYS = "always"
    WORKING = "working"
    OFF = "off"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            ChatHours.ALWAYS: "круглосуточно",
            ChatHours.WORKING: "в рабочее время, остальное ждёт утра",
            ChatHours.OFF: "не сообщается",
        }[self]


# Roles of the five regulations (S0 3.1, S2 3.1, S3 8, S4 3.1); what each may do is casework.roles' matter.
ROLES = MappingProxyType(
    {
        "head": "руководитель",
        "curator": "куратор",
        "coordinator": "координатор",
        "officer": "специалист",
        "block_lead": "руководитель блока",
        "executor": "исполнитель",
        "technician": "технический специалист",
        "reader": "читатель",
    }
)


@dataclass(frozen=True, slots=True)
class Territory:
    """A territorial department with the settlements it answers for."""

    id: str
    name: str
    settlements: tuple[str, ...]
    residents: int | None = None


@dataclass(frozen=True, slots=True)
class Official:
    """A post of the administration (never a person: names and contacts live in officials.local.toml)."""

    id: str
    post: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A sector block (отраслевой блок): its topics of the classifier and who leads it."""

    id: str
    name: str
    topics: tuple[str, ...]
    lead: str
    curator: str | None = None
    committees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outside:
    """A topic that is not the district's competence, and the body to which residents are sent (DOMAIN 3)."""

    topic: str
    body: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of feedback the district works with (ПОС, «Инцидент менеджмент», СМ ЛС …)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Selectors:
    """Declared CSS selectors of a site without a feed."""

    item: str
    link: str = "a::attr(href)"
    title: str | None = None
    text: str | None = None
    date: str | None = None
    date_format: str | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """How many posts a day a source usually gives; fewer is silence, more is a flood, both are alarms."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Source:
    """One approved public source (requirement 1: only sources of the approved list are read)."""

    id: str
    name: str
    platform: Platform
    address: str
    every: timedelta
    expected: Expected
    owner: str
    approver: str
    account: str | None = None
    territory: str | None = None
    official: bool = False
    """True when the page belongs to the administration: its posts are answers, not complaints."""
    media: bool = False
    """True for regional or federal media: their interest raises the level (DOMAIN 1)."""
    federal: bool = False
    """True for federal media alone: a criterion of level 4, regional ones are of level 3 (DOMAIN 1)."""
    comments: bool = True
    footers: tuple[str, ...] = ()
    """Signature lines of the channel, stripped before copies are compared."""
    series: tuple[str, ...] = ()
    """Opening words of regular editions (daily digest, schedule): never copies of each other."""
    mode: str = "auto"
    """site only: auto | selectors | article | list | sitemap."""
    selectors: Selectors | None = None


@dataclass(frozen=True, slots=True)
class LevelRule:
    """What one level of criticality means here; defaults are the [P] table of DOMAIN 1."""

    level: int
    name: str
    from_points: int
    first_line: timedelta
    """By when the first official line is due (calendar time; working hours are issue 3's clock)."""
    verify_in: timedelta
    watch_for: timedelta
    """The quiet window: nothing new for so long before the risk may be closed (DOMAIN 1, «Closing [P]»)."""
    alert: tuple[str, ...] = ()
    first_line_working: bool = False
    """True: `first_line` counts working hours of the district, else hours of the clock."""
    holding_in: timedelta = timedelta(hours=4)
    """By when «проверяем» is said while the circumstances are not known (S4 п. 2)."""
    next_update: timedelta | None = None
    """How often people are told more until the final answer; None: only the final answer."""
    final_in: str = "7 working days"
    """By when the final answer is due, as in the deadlines of channels."""
    second_approval: bool = False
    """True: an answer leaves only when a second person has approved it."""
    take_in: timedelta = timedelta(hours=1)
    """Nobody took it for so long: the next person of the chain is told."""
    repeat_every: timedelta | None = None
    """How often the chats are told again of a risk that nobody took; None: once is enough."""


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """By when a message of a channel is answered; amount with unit as in the regulation."""

    channel: str
    reply_in: str
    fast: str | None = None
    fast_topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertChat:
    """A chat that is told of risks from a level up."""

    id: str
    name: str
    kind: ChatKind
    address: str
    from_level: int = 2
    per_minute: int = 10
    """No more lines a minute than this: the rest are grouped into one."""
    group_for: timedelta = timedelta(seconds=2)
    hours: tuple[ChatHours, ...] = (ChatHours.ALWAYS,) * 4
    """By level 1..4; the last is always ALWAYS: danger to life waits for no office hours."""

    def hours_of(self, level: int) -> ChatHours:
        """Return when this chat is told of a level; anything above 4 counts as 4, below 1 as 1."""
        return self.hours[min(max(level, 1), 4) - 1]


@dataclass(frozen=True, slots=True)
class Hours:
    """The office hours of the district, in its time zone; nights, weekends and holidays are what is outside of them."""

    day_start: time = time(9)
    day_end: time = time(18)


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that differs between municipalities."""

    id: str
    name: str
    timezone: ZoneInfo
    residents: int
    form: Form
    regulation: str
    territories: tuple[Territory, ...]
    officials: tuple[Official, ...]
    blocks: tuple[Block, ...]
    channels: tuple[Channel, ...]
    sources: tuple[Source, ...]
    levels: tuple[LevelRule, ...]
    """Exactly four, by level 1..4, thresholds rising."""
    deadlines: tuple[DeadlineRule, ...]
    chats: tuple[AlertChat, ...]
    emergency_post: str
    """Official id of the ЕДДС: danger words are routed there at once (requirement 17)."""
    order_of_work: tuple[str, ...] = ()
    """Steps of the order of work with information risks (S4), shown on the card."""
    extra_off: frozenset[str] = field(default_factory=frozenset)
    extra_working: frozenset[str] = field(default_factory=frozenset)
    is_demo: bool = False
    outside: tuple[Outside, ...] = ()
    """Topics answered by others: said so on the card and forwarded, never hidden."""
    hours: Hours = Hours()
    signature: str = ""
    """The line under an official answer; "" is «Администрация» and the name of the district."""
    respread_days: int = 14
    """A spread within so many days after the closing opens the same risk again (G1 п. 18, DOMAIN 1)."""

    prevention: Prevention = Prevention()
    """Threats of the year, budgets of attention, school days, official pages."""

    def level(self, number: int) -> LevelRule:
        """Return the rule of level 1..4; KeyError for any other number."""
        for rule in self.levels:
            if rule.level == number:
                return rule
        raise KeyError(number)

    def block_of(self, topic: str) -> Block | None:
        """Return the block that answers for a topic, or None when nobody here does (not our competence)."""
        return next((b for b in self.blocks if topic in b.topics), None)

    def body_of(self, topic: str) -> str | None:
        """Return who answers for a topic outside our competence, or None when the profile does not say."""
        return next((o.body for o in self.outside if o.topic == topic), None)

    def official(self, official_id: str) -> Official:
        """Return an official by id; KeyError when unknown."""
        for official in self.officials:
            if official.id == official_id:
                return official
        raise KeyError(official_id)

    def territory(self, territory_id: str) -> Territory:
        """Return a territory by id; KeyError when unknown."""
        for territory in self.territories:
            if territory.id == territory_id:
                return territory
        raise KeyError(territory_id)
