"""Campaign templates: what a campaign against a threat says to whom, where, who does what how long before; data, no rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from preventive.channels import ChannelKind

PARTNER_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "school": "школы и детские сады",
        "edds": "ЕДДС",
        "gims": "ГИМС и спасатели",
        "network": "сетевые и ресурсные организации",
        "media": "местные СМИ",
        "leader": "лидер мнений",
        "other": "другие",
    }
)
"""Kind of a partner → Russian words."""

GENERAL = "general"
"""Id of the template for a threat that names none."""


@dataclass(frozen=True, slots=True)
class TemplateMessage:
    """One text for one audience in one kind of place, so many days from the campaign's first day (negative: before)."""

    audience: str
    channel: ChannelKind
    days: int
    text: str
    """Plain Russian; variables of `fill` in braces."""


@dataclass(frozen=True, slots=True)
class TemplateTask:
    """One task: by which day from the first one, and whose it is."""

    what: str
    days: int
    whose: str = "block"
    """block (the campaign's), owner (who answers for the campaign), or a code of PARTNER_KINDS."""


@dataclass(frozen=True, slots=True)
class TemplatePartner:
    """Somebody outside who is to be asked to take part."""

    kind: str
    name: str
    does: str


@dataclass(frozen=True, slots=True)
class CampaignTemplate:
    """A whole plan."""

    id: str
    title: str
    """Without the year."""
    goal: str
    messages: tuple[TemplateMessage, ...]
    tasks: tuple[TemplateTask, ...]
    partners: tuple[TemplatePartner, ...] = ()

    @property
    def audiences(self) -> tuple[str, ...]:
        """Groups of people in the order of the texts."""
        return tuple(dict.fromkeys(one.audience for one in self.messages))

    @property
    def channels(self) -> tuple[ChannelKind, ...]:
        """Kinds of places in the order of the texts."""
        return tuple(dict.fromkeys(one.channel for one in self.messages))

    @property
    def lead(self) -> int:
        """How many days before the first day the plan begins."""
        return max(0, *(-one.days for one in self.messages), *(-one.days for one in self.tasks))


CATCH_UP = 7
"""Days in which a campaign that is planned late does what should have been done before its first day [P]."""


def day_of(offset: int, lead: int, start: date, today: date) -> date:
    """Return the day of a task or a text that a plan puts `offset` days from the first day (negative: before it).

    `lead` is how many days before the first day the plan begins. With time enough it is simply that day. Planned later,
    the days before the first one are drawn together in their order between today and the first day; when that is today
    or past, within CATCH_UP days from today, and all that comes after moves as much. Never before today.
    """
    left = (start - today).days
    if left >= lead or lead <= 0:
        return start + timedelta(days=offset)
    first, length = (today, left) if left > 0 else (max(start, today), min(lead, CATCH_UP))
    if offset >= 0:
        return first + timedelta(days=length + offset)
    return first + timedelta(days=(offset + lead) * length // lead)


_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip


def day_words(day: date) -> str:
    """Return a day as people say it: «15 апреля»."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def variables(district: str, signature: str, title: str, start: date, end: date) -> dict[str, str]:
    """Return the values of a text's variables: {округ} {подпись} {тема} {начало} {конец} {год}."""
    plain = title if title[1:2].isupper() else title[:1].lower() + title[1:]
    return {
        "округ": district, "подпись": signature, "тема": plain, "начало": day_words(start),
        "конец": day_words(end), "год": str(start.year),
    }  # fmt: skip


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its variables; KeyError for a variable that nobody knows."""
    return text.format_map(dict(values))
