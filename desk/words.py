"""Russian words for what the history, the outbox and the sources call by codes; an unknown code is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desk.wording import Hours, number
from district.profile import Profile
from district.topics import TOPICS
from risk.duty import Clock
from risk.reaction import Proposal
from risk.states import Kind, State, Veracity

FIELDS: Mapping[str, str] = {
    "state": "состояние",
    "veracity": "проверка",
    "level": "уровень",
    "level_machine": "уровень по машине",
    "active": "работает",
    "sessions_ended": "закрыто входов",
    "lines": "строк",
    "secrets": "ключей",
    "destroyed": "уничтожено ключей",
    "events": "записей истории",
    "terms": "сроки",
    "due_verify": "срок проверки",
    "due_holding": "срок «проверяем»",
    "due_first_line": "срок первой строки",
    "due_next_update": "срок следующего сообщения",
    "due_final": "срок окончательного ответа",
    "level_person": "уровень по решению человека",
    "points": "баллы",
    "rule_set": "набор правил",
    "kind": "вид",
    "topic": "тема",
    "settlement": "место",
    "territory": "территория",
    "block": "блок",
    "official": "ответственный",
    "source_of_fact": "откуда известно",
    "taken_until": "до",
    "due_at": "срок",
    "posts": "записей",
    "sources": "источников",
    "views": "просмотров",
    "reason": "причина",
    "merged": "присоединены",
    "merged_into": "объединён с",
    "owner_staff": "ведёт",
    "name": "название",
    "name_shown": "имя",
    "owner": "кто ведёт",
    "approver": "утвердил",
    "state_reason": "причина",
    "address": "адрес",
    "platform": "площадка",
    "every_s": "как часто, секунд",
    "expect_low": "обычно от",
    "expect_high": "обычно до",
    "account": "учётная запись",
    "media": "СМИ",
    "comments": "с комментариями",
    "into": "вошёл в риск",
    "numbers": "вошли риски",
    "number": "риск",
    "from": "из риска",
    "proposal": "вывод",
    "reaction": "реакция",
    "times": "повторно, раз",
    "risk": "номер записи",
    "follows": "продолжает риск",
    "cause": "причина",
    "forecast": "прогноз",
    "answers": "передано ответов",
    "button": "кнопка",
    "chat": "чат",
    "why": "причина",
    "until": "до",
    "until_grows": "или пока не вырастет",
    "step": "вызов по счёту",
    "to": "кого вызвали",
    "publications": "передано публикаций",
    "answer_id": "ответ №",
    "answer_kind": "вид ответа",
    "fingerprint": "отпечаток текста",
    "platforms": "площадки",
    "question": "вопрос",
    "whom": "кто сказал",
    "answer": "ответ",
    "place": "площадка",
    "url": "ссылка",
    "likeness": "найдено слов ответа из 100",
    "chats": "чаты",
    "what": "что",
    "heard_at": "когда",
    "fact": "факт №",
    "part": "часть",
    "person": "сотрудник",
    "outside": "орган вне округа",
    "is_owner": "ответственный",
    "owner_block": "ответственный теперь",
    "ending": "итог",
    "measure": "мера",
    "measure_kind": "мера",
    "body": "кто исполняет",
    "due_on": "к дню",
    "was_due_on": "было к дню",
}

MACHINE_SUFFIX = "_machine"
"""What the machine said of a value that a person has set stands beside it under this name."""

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "running": ("идёт", "plain"),
    "ok": ("успешно", "ok"),
    "partial": ("частично", "soon"),
    "failed": ("не удалось", "late"),
    "stopped": ("остановлен", "late"),
    "killed": ("прерван", "late"),
}
SOURCE_STATES: Mapping[str, tuple[str, str]] = {
    "active": ("читается", "ok"),
    "paused": ("приостановлен", "soon"),
    "stopped": ("остановлен программой", "late"),
    "proposed": ("ждёт утверждения", "soon"),
    "removed": ("убран", "soon"),
}
VOLUMES: Mapping[str, tuple[str, str]] = {
    "silence": ("тишина: записей меньше обычного", "late"),
    "flood": ("поток: записей больше обычного", "late"),
    "usual": ("как обычно", "ok"),
    "unknown": ("ещё не с чем сравнить", "plain"),
}
COUNTS: Mapping[str, str] = {
    "items": "получено",
    "new": "новых",
    "edited": "изменено",
    "same": "уже были",
    "joined": "копий",
    "suggested": "похожих",
    "opened": "открыто рисков",
    "refused": "отклонено",
    "gone": "исчезло",
    "masked": "закрыто личных данных",
    "pages": "страниц",
}
ALERTS: Mapping[str, str] = {
    "new": "новый риск",
    "risen": "уровень вырос",
    "reopened": "открыт повторно",
    "repeat": "напоминание: никто не взял",
    "grown": "снова растёт",
    "personal": "личный вызов: никто не взял",
    "silence": "тишина кончилась",
    "worse": "становится хуже",
    "deadline_warned": "скоро срок",
    "deadline_missed": "срок пропущен",
    "answer_waiting": "ответ ждёт утверждения",
    "answer_gone": "ответ исчез",
    "answer_changed": "ответ изменён",
    "answer_unread": "ответ не проверить",
    "working_out": "«отработка»",
}
METHODS: Mapping[str, str] = {
    "exact": "тот же текст",
    "near": "почти тот же текст",
    "short": "короткий текст",
    "template": "тот же шаблон",
    "series": "выпуски одной рубрики",
    "gap": "тот же текст в другое время",
    "quote": "цитата внутри записи",
    "repost": "репост",
    "attachment": "то же вложение",
    "person": "решил человек",
}


_VALUES: Mapping[str, Mapping[str, str]] = {
    "state": {s.value: s.label for s in State} | {state: words for state, (words, _) in SOURCE_STATES.items()},
    "veracity": {v.value: v.label for v in Veracity},
    "kind": {k.value: k.label for k in Kind},
    "proposal": {p.value: p.label for p in Proposal},
    "topic": TOPICS,
    "is_owner": {"True": "да", "False": "нет"},
    "answer_kind": {"holding": "«проверяем»", "answer": "ответ", "update": "обновление"},
    "terms": {c.value: c.label for c in Clock},
}


def _names(name: str, profile: Profile) -> Mapping[str, str] | None:
    """Return the words of a value's codes, or None when it has none; a card of 300 events asks a thousand times."""
    if name in _VALUES:
        return _VALUES[name]
    if name == "territory":
        return {t.id: t.name for t in profile.territories}
    if name in ("block", "owner_block"):
        return {b.id: b.name for b in profile.blocks}
    if name == "official":
        return {o.id: o.post for o in profile.officials}
    return {s.id: s.name for s in profile.sources} if name == "platforms" else None


def value_in_words(name: str, value: Any, profile: Profile, hours: Hours) -> str:
    """Return one value of the history in words; a code that no table knows is shown as it is."""
    if value is None or value == "":
        return "нет"
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, list | tuple):
        return ", ".join(value_in_words(name, v, profile, hours) for v in value)
    if (known := _names(name, profile)) is not None:
        return known.get(str(value), str(value))
    if name in ("taken_until", "until") or name.startswith("due_"):
        return _moment(value, hours)
    return number(value) if isinstance(value, int | float) else str(value)


def changes(before: Mapping[str, Any], after: Mapping[str, Any], profile: Profile, hours: Hours) -> list[str]:
    """Return what an event changed, a line each: «уровень: 2 → 4»."""
    lines = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old == new and name in before and name in after:
            continue
        if name.endswith(MACHINE_SUFFIX) and name.removesuffix(MACHINE_SUFFIX) in after:
            continue
        told = value_in_words(name, new, profile, hours)
        if name in before and name in after:
            told = f"{value_in_words(name, old, profile, hours)} → {told}"
        elif name in before:
            told = f"было: {value_in_words(name, old, profile, hours)}"
        lines.append(f"{FIELDS.get(name, name)}: {told}{_beside_machine(name, after, profile, hours)}")
    return lines


def _beside_machine(name: str, after: Mapping[str, Any], profile: Profile, hours: Hours) -> str:
    """A person's word never hides the machine's: « (машина: 3, человек: 4)»."""
    if name not in after or name + MACHINE_SUFFIX not in after:
        return ""
    machine, person = (value_in_words(name, after[n], profile, hours) for n in (name + MACHINE_SUFFIX, name))
    return f" (машина: {machine}, человек: {person})"


def _moment(value: Any, hours: Hours) -> str:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return hours.at(moment) if moment.tzinfo else str(value)
