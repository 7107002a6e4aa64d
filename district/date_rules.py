"""Which keys a rule of dates needs, and what keeps one from ever giving a day: one table for profiles, forms and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from district.seasons import DateRule, RuleKind, YearDay


@dataclass(frozen=True, slots=True)
class Keys:
    """What a kind of rule must have and what it may have."""

    needed: tuple[str, ...]
    free: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Both together, the needed first."""
        return (*self.needed, *self.free)


KEYS: Mapping[RuleKind, Keys] = MappingProxyType(
    {
        RuleKind.FIXED: Keys(("since",), ("days",)),
        RuleKind.WINDOW: Keys(("since", "until")),
        RuleKind.NTH_WEEKDAY: Keys(("month", "weekday", "nth"), ("days",)),
        RuleKind.WEATHER: Keys(("opens", "since", "until"), ("closes", "days")),
        RuleKind.DECREE: Keys(("subject",), ("since", "until")),
        RuleKind.SCHOOL: Keys(("school",), ("days",)),
        RuleKind.PRODUCTION: Keys(("off",)),
    }
)
RULE_KEYS = ("since", "until", "days", "month", "weekday", "nth", "opens", "closes", "subject", "school", "off")
LONGEST = 366
"""Days of one coming and of preparing for it: what lasts a year has no season."""
_LONG_MONTH = MappingProxyType({2: 29, 4: 30, 6: 30, 9: 30, 11: 30})


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a rule never gives a day: the key, its value, and Russian half-sentences."""

    key: str
    value: object
    reason: str
    mend: str


def exists(day: YearDay) -> bool:
    """Tell whether a day of the year is there at all: 29 February is, 30 February is not."""
    return 1 <= day.month <= 12 and 1 <= day.day <= _LONG_MONTH.get(day.month, 31)


def faults(rule: DateRule) -> tuple[Fault, ...]:
    """Return everything that keeps a rule from ever giving a day; () for a rule that can."""
    return (*_missing(rule), *_no_such_days(rule), *_no_such_numbers(rule))


def _missing(rule: DateRule) -> list[Fault]:
    found = [
        Fault(key, "", f"у вида «{rule.kind.label}» не указан ключ {key}", _EXAMPLES[key])
        for key in KEYS[rule.kind].needed
        if getattr(rule, key) in (None, "")
    ]
    if rule.kind is RuleKind.DECREE and (rule.since is None) != (rule.until is None):
        key = "since" if rule.since is None else "until"
        found.append(
            Fault(key, "", "обычные сроки записаны наполовину", "укажите оба ключа since и until или уберите оба")
        )
    return found


def _no_such_days(rule: DateRule) -> list[Fault]:
    days = [(key, day) for key, day in (("since", rule.since), ("until", rule.until)) if day is not None]
    mend = 'запишите месяц и число: "04-15"'
    return [Fault(key, str(day), f"дня {day} нет ни в одном году", mend) for key, day in days if not exists(day)]


def _no_such_numbers(rule: DateRule) -> list[Fault]:
    found = []
    if rule.month is not None and not 1 <= rule.month <= 12:
        found.append(Fault("month", rule.month, f"месяца {rule.month} нет", "укажите от 1 до 12"))
    if rule.weekday is not None and not 0 <= rule.weekday <= 6:
        found.append(Fault("weekday", rule.weekday, f"дня недели {rule.weekday} нет", 'например "sunday"'))
    if rule.nth is not None and rule.nth not in (-1, 1, 2, 3, 4, 5):
        reason = f"дня недели с номером {rule.nth} не бывает ни в одном месяце"
        found.append(Fault("nth", rule.nth, reason, "укажите от 1 до 5 или -1 (последний)"))
    if not 1 <= rule.days <= LONGEST:
        found.append(Fault("days", rule.days, f"{rule.days} дней длиться не может", f"укажите от 1 до {LONGEST}"))
    return found


_EXAMPLES = MappingProxyType(
    {
        "since": 'добавьте since = "04-15"',
        "until": 'добавьте until = "05-14"',
        "month": "добавьте month = 9",
        "weekday": 'добавьте weekday = "sunday"',
        "nth": "добавьте nth = 2",
        "opens": 'добавьте opens = "cold-five": без начала срок по погоде не откроется',
        "subject": 'добавьте subject = "thin-ice"',
        "school": 'добавьте school = "year-start"',
        "off": 'добавьте off = "new-year"',
    }
)
