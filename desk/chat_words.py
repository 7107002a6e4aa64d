"""How a chat is told, in plain words: when, how grouped, how often repeated, who is called when nobody takes a risk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from desk.wording import span
from district.profile import AlertChat, ChatHours, ChatKind, Profile
from reports.alert import CRITICAL, chats_for
from reports.wording import count

KINDS = {
    ChatKind.TELEGRAM: "чат Telegram", ChatKind.MAX: "чат MAX", ChatKind.FOLDER: "папка на сервере",
    ChatKind.CONSOLE: "экран процесса", ChatKind.EMAIL: "почта", ChatKind.WEBHOOK: "другая система (webhook)",
}  # fmt: skip
LEVELS = (4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Row:
    """What a chat is told of one level."""

    level: int
    told: bool
    when: str
    how: str
    again: str


def rows_of(profile: Profile, chat: AlertChat) -> tuple[Row, ...]:
    """Return for each level, the highest first, when and how this chat is told of it."""
    return tuple(_row(profile, chat, level) for level in LEVELS)


def _row(profile: Profile, chat: AlertChat, level: int) -> Row:
    rule = profile.level(level)
    if chat not in chats_for(profile, level):
        return Row(level, False, "не сообщается", "", "")
    again = f"{_every(rule.repeat_every)}, пока не возьмут" if rule.repeat_every is not None else "нет"
    if level >= CRITICAL:
        return Row(level, True, "сразу, круглосуточно", "всегда отдельным сообщением", again)
    wait = f"через {int(chat.group_for.total_seconds())} с" if chat.group_for else "сразу"
    hours = {
        ChatHours.ALWAYS: f"{wait}, круглосуточно",
        ChatHours.WORKING: f"{wait} в рабочее время; ночью, в выходные и праздники ждёт его начала",
        ChatHours.OFF: "не сообщается",
    }[chat.hours_of(level)]
    return Row(level, True, hours, "отдельным сообщением, если в чате не тесно", again)


def measure(chat: AlertChat) -> str:
    """Say in one sentence what happens when there is much to tell."""
    most = count(chat.per_minute, "сообщения", "сообщений", "сообщений")
    return f"Не больше {most} в минуту: что не поместилось, уходит одним общим сообщением, ничего не теряется."


def _every(length: timedelta) -> str:
    return f"каждые {span(length)}"
