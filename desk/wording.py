"""Russian words for moments, terms and numbers, as a tired person reads them: short, relative, without riddles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from reports.wording import count

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SOON = timedelta(hours=1)
"""A term nearer than this is shown as pressing: a level 4 line is due in one hour (DOMAIN 1)."""
NBSP = "\u00a0"
_MONTHS = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")

Tone = Literal["late", "soon", "calm"]


@dataclass(frozen=True, slots=True)
class Term:
    """A deadline in words, and how loudly to show it."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Hours:
    """The present moment in the district's time zone; all moments that come in are aware."""

    now: datetime
    zone: ZoneInfo

    def at(self, moment: datetime) -> str:
        """Return a moment as «07:04» today, «вчера 18:20», «19 ноя 18:20», with the year when it is another one."""
        local, today = moment.astimezone(self.zone), self.now.astimezone(self.zone)
        clock = local.strftime("%H:%M")
        days = (today.date() - local.date()).days
        if days == 0:
            return clock
        if days in (1, -1):
            return f"{'вчера' if days == 1 else 'завтра'}{NBSP}{clock}"
        year = "" if local.year == today.year else f"{NBSP}{local.year}"
        return f"{local.day}{NBSP}{_MONTHS[local.month - 1]}{year}{NBSP}{clock}"

    def full(self, moment: datetime) -> str:
        """Return a moment as «21.11.2026 07:04» in the district's time, for tooltips and tables."""
        return moment.astimezone(self.zone).strftime("%d.%m.%Y %H:%M")

    def iso(self, moment: datetime) -> str:
        """Return a moment for the datetime attribute of <time>."""
        return moment.astimezone(self.zone).isoformat(timespec="seconds")

    def ago(self, moment: datetime) -> str:
        """Return how long ago a moment was: «только что», «12 мин назад», «3 ч назад», «2 дня назад»."""
        passed = self.now - moment
        return "только что" if passed < MINUTE else f"{span(passed)} назад"

    def left(self, due: datetime) -> Term:
        """Return a deadline as «осталось 34 мин» or «просрочено на 2 ч»."""
        left = due - self.now
        if left < timedelta(0):
            late = -left
            return Term(
                "срок вышел только что" if late < MINUTE else f"просрочено на {span(late, coarse=True)}", "late"
            )
        text = "осталось меньше минуты" if left < MINUTE else f"осталось {span(left)}"
        return Term(text, "soon" if left <= SOON else "calm")

    def in_future(self, moment: datetime | None) -> bool:
        """Return whether a moment is still ahead; None is not."""
        return moment is not None and moment > self.now


def span(length: timedelta, coarse: bool = False) -> str:
    """Return a positive length as its telling units: «34 мин», «2 ч 10 мин» (coarse: «2 ч»), «9 ч», «3 дня»."""
    if length < HOUR:
        return f"{max(1, length // MINUTE)}{NBSP}мин"
    if length < 6 * HOUR and not coarse:
        hours, minutes = length // HOUR, (length % HOUR) // MINUTE
        return f"{hours}{NBSP}ч" + (f" {minutes}{NBSP}мин" if minutes else "")
    if length < 2 * DAY:
        return f"{length // HOUR}{NBSP}ч"
    return count(length // DAY, "день", "дня", "дней").replace(" ", NBSP)


def number(value: float) -> str:
    """Return a number with thousands split: «12 400»; a fraction keeps one digit after a comma."""
    if float(value).is_integer():
        return f"{int(value):,}".replace(",", NBSP)
    return f"{value:,.1f}".replace(",", NBSP).replace(".", ",")


def short(value: int) -> str:
    """Return a counter short enough for a line: «940», «12,4 тыс.», «3,1 млн»."""
    for size, word in ((1_000_000, "млн"), (10_000, "тыс.")):
        if value >= size:
            scaled = value / (1_000_000 if size == 1_000_000 else 1_000)
            digits = f"{scaled:.1f}".replace(".", ",").removesuffix(",0") if scaled < 100 else f"{scaled:.0f}"
            return f"{digits}{NBSP}{word}"
    return number(value)


def times(ratio: float) -> str:
    """Return growth as «×2,4»; a whole ratio without the fraction."""
    return f"×{ratio:.1f}".replace(".", ",").removesuffix(",0")


def every(seconds: float) -> str:
    """Return an interval as «каждые 5 мин»."""
    return f"каждые {span(timedelta(seconds=seconds))}"
