"""The form of a threat: typed fields to the keys of [[threats]], and a threat to fields; mistakes in words of the form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from casework.threats import BadThreat
from desk.forms import Fields, FormError
from district.date_rules import KEYS, LONGEST, exists
from district.errors import Problem
from district.load_threats import Weekday
from district.seasons import DaysOff, EvidenceKind, RuleKind, SchoolDay, Threat, Trigger, YearDay

GROUNDS, MOST_GROUNDS = 3, 12
"""Rows for grounds: so many at least, one free always, so many at most."""
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})", re.ASCII)
_WHOLE = ("days", "month", "nth")
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "name": "название",
        "topics": "темы",
        "lead_days": "за сколько дней готовиться",
        "audience": "кому это нужно",
        "territories": "территории",
        "evidence": "основание",
        "words": "слова",
        "template": "шаблон кампании",
        "note": "заметка",
        "kind": "когда бывает",
        "since": "первый день",
        "until": "последний день",
        "days": "сколько дней длится",
        "month": "месяц",
        "weekday": "день недели",
        "nth": "который по счёту",
        "opens": "чем начинается",
        "closes": "чем кончается",
        "subject": "предмет документа",
        "school": "школьный день",
        "off": "выходные",
    }
)
NTH: Mapping[int, str] = MappingProxyType(
    {1: "первый", 2: "второй", 3: "третий", 4: "четвёртый", 5: "пятый", -1: "последний"}
)
CHOICES: Mapping[str, Any] = MappingProxyType(
    {
        "kinds": tuple(RuleKind),
        "triggers": tuple(Trigger),
        "school": tuple(SchoolDay),
        "off": tuple(DaysOff),
        "weekdays": tuple(Weekday),
        "nth": tuple(NTH.items()),
        "evidence": tuple(EvidenceKind),
    }
)
"""What the selects of the form offer."""


def typed_body(fields: Fields, before: Threat | None = None) -> dict[str, Any]:
    """Return the keys of [[threats]] (without id) that a form says; FormError names the field that is missing or strange.

    Ticked boxes have no order of their own: what the threat had before keeps its place.
    """
    kind = RuleKind(fields.one_of("kind", [k.value for k in RuleKind], "когда бывает"))
    body: dict[str, Any] = {
        "name": fields.needed("name", "название угрозы"),
        "topics": _topics(fields, before),
        "lead_days": fields.whole("lead_days", "за сколько дней готовиться"),
        "audience": _lines(fields, "audience"),
        "territories": _in_order(fields.all("territory"), before.territories if before else ()),
        "evidence": _evidence(fields),
        "words": _lines(fields, "words"),
        "inform_only": bool(fields.text("inform_only")),
        "kind": kind.value,
    }
    body |= {key: fields.text(key) for key in ("template", "note") if fields.text(key)}
    return body | _rule(fields, kind)


def _topics(fields: Fields, before: Threat | None) -> list[str]:
    main = fields.needed("main_topic", "главная тема")
    return [main, *(t for t in _in_order(fields.all("topic"), before.topics if before else ()) if t != main)]


def _in_order(ticked: Sequence[str], before: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*(one for one in before if one in ticked), *ticked]))


def _rule(fields: Fields, kind: RuleKind) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for key in KEYS[kind].all:
        name = f"{kind.value}.{key}"
        if not fields.text(name):
            if key in KEYS[kind].needed and key != "subject":  # a document of its own subject needs no code
                raise FormError(f"Укажите: {LABELS[key]}.")
        elif key in ("since", "until"):
            body[key] = day_of_year(fields.text(name), LABELS[key])
        elif key in _WHOLE:
            body[key] = _number(fields, name, LABELS[key])
        else:
            body[key] = fields.text(name)
    return body


def day_of_year(typed: str, what: str) -> str:
    """Return a day typed as «15.04» as a profile writes it: "04-15"; FormError for what is no day of any year."""
    found = _DAY.fullmatch(typed)
    if found is None:
        raise FormError(f"{what.capitalize()}: «{typed[:20]}» не похоже на день года. Запишите число и месяц: 15.04.")
    day = YearDay(int(found[2]), int(found[1]))
    if not exists(day):
        raise FormError(f"{what.capitalize()}: дня {typed} нет ни в одном году. Запишите число и месяц: 15.04.")
    return str(day)


def _number(fields: Fields, name: str, what: str) -> int:
    return -1 if fields.text(name) == "-1" else fields.whole(name, what)


def _lines(fields: Fields, name: str) -> list[str]:
    """Return the lines of a field, each once; commas part them too."""
    return list(dict.fromkeys(line.strip() for line in re.split(r"[\n,;]", fields.text(name)) if line.strip()))


def _evidence(fields: Fields) -> list[dict[str, str]]:
    found = []
    for row in range(MOST_GROUNDS):
        words = fields.text(f"evidence_words{row}")
        if words:
            kind = fields.one_of(f"evidence_kind{row}", [k.value for k in EvidenceKind], "вид основания")
            found.append({"kind": kind, "words": words})
    if not found:
        raise FormError("Укажите хотя бы одно основание: норму, документ, свою историю или опыт.")
    return found


def grounds_shown(fields: Fields) -> int:
    """Return how many rows for grounds the form shows."""
    filled = [row for row in range(MOST_GROUNDS) if fields.text(f"evidence_words{row}")]
    return min(MOST_GROUNDS, max(GROUNDS, *(row + 2 for row in filled)) if filled else GROUNDS)


def typed_of(threat: Threat) -> Fields:
    """Return the form filled with a threat."""
    rule, kind = threat.rule, threat.rule.kind.value
    values: dict[str, tuple[str, ...]] = {
        "name": (threat.name,),
        "main_topic": threat.topics[:1],
        "topic": threat.topics[1:],
        "lead_days": (str(threat.lead_days),),
        "audience": ("\n".join(threat.audience),),
        "territory": threat.territories,
        "words": ("\n".join(threat.words),),
        "inform_only": ("1",) if threat.inform_only else (),
        "template": (threat.template,),
        "note": (threat.note,),
        "kind": (kind,),
    }
    for key in KEYS[rule.kind].all:
        values[f"{kind}.{key}"] = (_typed_key(key, getattr(rule, key)),)
    for row, evidence in enumerate(threat.evidence[:MOST_GROUNDS]):
        values |= {f"evidence_kind{row}": (evidence.kind.value,), f"evidence_words{row}": (evidence.words,)}
    return Fields({key: value for key, value in values.items() if value})


def _typed_key(key: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, YearDay):
        return f"{value.day:02}.{value.month:02}"
    if key == "weekday":
        return str(list(Weekday)[value].value)
    return str(getattr(value, "value", value))


def trouble_words(error: FormError | BadThreat) -> list[str]:
    """Return what is wrong as sentences of the form, not of a file: «Слова: …»."""
    if isinstance(error, BadThreat):
        return [_said(problem) for problem in error.problems]
    return [str(error)]


def _said(problem: Problem) -> str:
    key = str(re.split(r"[.\[]", problem.key, maxsplit=1)[0])
    if key == "lead_days":
        return f"Готовиться можно за 0-{LONGEST} дней, а здесь {problem.value}."
    return f"{LABELS.get(key, key).capitalize()}: {problem.reason}."
