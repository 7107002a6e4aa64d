"""Russian words of the year: months, days of a coming, what clashes, whose load it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from casework.year_parts import DueKind, is_always
from desk.campaign_words import day_words, span_words
from district.profile import Profile
from preventive.calendar import Clash, ClashKind
from preventive.facts import Basis, Occasion

MONTHS = (
    "Январь", "Февраль", "Март", "Апрель", "Май", "Июнь", "Июль", "Август", "Сентябрь", "Октябрь", "Ноябрь", "Декабрь",
)  # fmt: skip
_OF = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
DUE_WORDS: Mapping[DueKind, str] = {DueKind.STEP: "кампания", DueKind.TASK: "задача", DueKind.MESSAGE: "публикация"}
DUE_ANCHORS: Mapping[DueKind, str] = {DueKind.STEP: "", DueKind.TASK: "#tasks", DueKind.MESSAGE: "#messages"}
"""Which part of the campaign's card a thing that is due is done in."""


def long_day(day: date) -> str:
    """Return a day as «суббота, 21 ноября»."""
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {_OF[day.month - 1]}"


def coming_words(one: Occasion, today: date) -> str:
    """Return the days of one coming; what is only expected is told to be."""
    days = span_words(one.start, one.end, today)
    if one.open_end:
        return f"с {span_words(one.start, one.start, today)}, пока не отменят"
    return days if one.basis is Basis.KNOWN else f"≈ {days}"


def year_days(comings: Iterable[Occasion], year: int) -> tuple[str, ...]:
    """Return the days of the comings that touch a year, without the year: «≈ по 31 мар», «1–30 апр», «с 15 дек»."""
    return tuple(_in_year(c, year) for c in comings if c.start.year <= year <= c.end.year)


def _in_year(one: Occasion, year: int) -> str:
    if is_always(one):
        return "весь год"
    about = "" if one.basis is Basis.KNOWN else "≈ "
    if one.open_end and one.start.year == year:
        return f"{about}с {day_words(one.start, one.start)}"
    return about + span_in_year(one.start, one.end, year)


def span_in_year(first: date, last: date, year: int) -> str:
    """Return a span as it is seen from one of its years: «по 31 мар», «1–30 апр», «с 15 дек»; another year is named."""
    if first.year < year == last.year:
        return f"по {day_words(last, last)}"
    if first.year == year < last.year:
        return f"с {day_words(first, first)}"
    return span_words(first, last, date(year, 1, 1))


@dataclass(frozen=True, slots=True)
class Names:
    """How people, blocks and channels are called."""

    staff: Mapping[int, str]
    blocks: Mapping[str, str]
    channels: Mapping[str, str]

    @classmethod
    def of(cls, profile: Profile, staff: Mapping[int, str]) -> Names:
        """Return the names of a district."""
        return cls(staff, {b.id: b.name for b in profile.blocks}, {s.id: s.name for s in profile.sources})

    def subject(self, kind: ClashKind, subject: str) -> str:
        """Return whose a clash or a load is."""
        if kind is ClashKind.OWNER:
            return self.staff.get(int(subject), f"сотрудник {subject}")
        if kind is ClashKind.BLOCK:
            return f"блок «{self.blocks.get(subject, subject)}»"
        if kind is ClashKind.CHANNEL:
            return f"канал «{self.channels.get(subject, subject)}»"
        return f"аудитория «{subject}»"


def clash_advice(clash: Clash) -> str:
    """Return what to do about a clash."""
    return {
        ClashKind.OWNER: "передайте часть другому или сдвиньте подготовку",
        ClashKind.BLOCK: "сдвиньте начало одной из кампаний или дайте блоку помощь",
        ClashKind.CHANNEL: "перенесите часть публикаций на другую неделю или в другой канал",
        ClashKind.AUDIENCE: "объедините сообщения или разведите их по неделям",
    }[clash.kind]
