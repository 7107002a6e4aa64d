"""One table of [[threats]] → Threat, and back; the same checks for profiles, shipped calendars and the desk's forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from district.date_rules import KEYS, LONGEST, RULE_KEYS, exists, faults
from district.errors import Problem, Report, shown
from district.load_parts import refer
from district.load_table import Table
from district.seasons import DateRule, DaysOff, Evidence, EvidenceKind, RuleKind, SchoolDay, Threat, Trigger, YearDay
from district.topics import TOPICS

_DAY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
_MONTH_AND_DAY = 'запишите месяц и число: "04-15"'


class Weekday(StrEnum):
    """Days of the week as a profile writes them, in order."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")[
            list(Weekday).index(self)
        ]


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a threat with others written over them.

    A written `kind` is a new rule: nothing of the old one is left. None (JSON has it, TOML has not) takes a key away.
    """
    kept = {key: value for key, value in base.items() if "kind" not in over or key not in ("kind", *RULE_KEYS)}
    return {key: value for key, value in (kept | dict(over)).items() if value is not None}


def read_threat(
    body: Mapping[str, Any], file: str, territories: Mapping[str, str] | None = None
) -> tuple[Threat | None, list[Problem]]:
    """Return the threat that the keys of one [[threats]] describe, or None, and everything that is wrong with them.

    `file` is named in the problems; `territories` are known ids (with names or ""), None lets any id pass.
    """
    report = Report(file)
    threat = threat_of(Table(body, "", report), territories)
    return (None if report.fatal else threat), report.problems


def threat_of(table: Table, territories: Mapping[str, str] | None) -> Threat:
    """Read one table to its end; mistakes are noted in its report and give harmless stand-ins."""
    threat = Threat(
        id=table.slug(),
        name=table.text("name"),
        topics=table.texts("topics", required=True, what="тем"),
        rule=_rule(table),
        lead_days=table.whole("lead_days", low=0, high=LONGEST),
        audience=table.texts("audience", what="групп жителей"),
        territories=table.texts("territories", what="территорий"),
        evidence=_evidence(table),
        words=table.texts("words", what="слов"),
        inform_only=table.flag("inform_only", default=False),
        template=table.slug("template") if table.has("template") else "",
        note=table.text("note", default="", longest=1000),
    )
    table.close()
    for number, topic in enumerate(threat.topics, start=1):
        refer(table, f"topics[{number}]", topic, TOPICS, "темы")
    for number, place in enumerate(threat.territories, start=1):
        if territories is not None:
            refer(table, f"territories[{number}]", place, territories, "территории")
    return threat


def _evidence(table: Table) -> tuple[Evidence, ...]:
    asked = table.has("evidence")
    tables = table.tables("evidence")
    if not asked:
        table.wrong("evidence", "", "не указано ни одного основания", _EVIDENCE)
    elif not tables:
        table.wrong("evidence", "", "оснований нет", _EVIDENCE)
    made = []
    for inner in tables:
        made.append(Evidence(inner.one_of("kind", EvidenceKind), inner.text("words", longest=500)))
        inner.close()
    return tuple(made)


_EVIDENCE = 'добавьте evidence = [{ kind = "practice", words = "…" }]'


def _rule(table: Table) -> DateRule:
    """Read the rule's keys; what another kind of rule needs is refused by name."""
    written = table.has("kind")
    kind = table.one_of("kind", RuleKind)
    if not written:
        for key in RULE_KEYS:
            table.pop(key)
        return DateRule(kind)
    rule = _keys(table, kind)
    for key in RULE_KEYS:
        if key not in KEYS[kind].all and table.has(key):
            allowed = ", ".join(KEYS[kind].all)
            table.wrong(key, table.pop(key), f"у вида «{kind.label}» ключа {key} не бывает", f"здесь бывают: {allowed}")
    return rule


def _keys(table: Table, kind: RuleKind) -> DateRule:
    allowed = KEYS[kind].all
    wrong_before = len(table.report.problems)

    def has(key: str) -> bool:
        return key in allowed and table.has(key)

    rule = DateRule(
        kind=kind,
        since=_year_day(table, "since") if has("since") else None,
        until=_year_day(table, "until") if has("until") else None,
        days=table.whole("days", low=1, high=LONGEST) if has("days") else 1,
        month=table.whole("month", low=1, high=12) if has("month") else None,
        weekday=list(Weekday).index(table.one_of("weekday", Weekday)) if has("weekday") else None,
        nth=_nth(table) if has("nth") else None,
        opens=table.one_of("opens", Trigger) if has("opens") else None,
        closes=table.one_of("closes", Trigger) if has("closes") else None,
        subject=table.slug("subject") if has("subject") else "",
        school=table.one_of("school", SchoolDay) if has("school") else None,
        off=table.one_of("off", DaysOff) if has("off") else None,
    )
    if len(table.report.problems) == wrong_before:
        for fault in faults(rule):
            table.wrong(fault.key, fault.value, fault.reason, fault.mend)
    return rule


def _nth(table: Table) -> int:
    nth = table.whole("nth", low=-1, high=5)
    if nth == 0:
        table.wrong("nth", nth, "нулевого дня недели не бывает", "укажите от 1 до 5 или -1 (последний)")
    return nth or 1


def _year_day(table: Table, name: str) -> YearDay | None:
    value = table.pop(name)
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        table.wrong(name, value, f"не день года: {shown(value)}", _MONTH_AND_DAY)
        return None
    day = YearDay(int(found[1]), int(found[2]))
    if not exists(day):
        table.wrong(name, value, f"дня {shown(value)} нет ни в одном году", _MONTH_AND_DAY)
        return None
    return day


def body_of(threat: Threat) -> dict[str, Any]:
    """Return the keys of [[threats]] that read as this threat; what is usual or empty is left out."""
    body: dict[str, Any] = {
        "id": threat.id,
        "name": threat.name,
        "topics": list(threat.topics),
        "lead_days": threat.lead_days,
        "audience": list(threat.audience),
        "territories": list(threat.territories),
        "evidence": [{"kind": e.kind.value, "words": e.words} for e in threat.evidence],
        "words": list(threat.words),
        "inform_only": threat.inform_only,
        "template": threat.template,
        "note": threat.note,
    }
    # Not `in ("", [], False)`: a lead of 0 days equals False and must stay.
    return {
        key: value
        for key, value in (body | rule_body(threat.rule)).items()
        if value is not False and value not in ("", [])
    }


def rule_body(rule: DateRule) -> dict[str, Any]:
    """Return the rule's keys as a profile writes them."""
    body: dict[str, Any] = {"kind": rule.kind.value}
    for key in KEYS[rule.kind].all:
        value = getattr(rule, key)
        if value in (None, "") or (key == "days" and value == 1):
            continue
        if key in ("since", "until"):
            body[key] = str(value)
        elif key == "weekday":
            body[key] = list(Weekday)[value].value
        else:
            body[key] = getattr(value, "value", value)
    return body
