"""The line for the alert chat: number, level and why, topic, place, sources, views, block, deadline; no author data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from district.profile import AlertChat, ChatHours, Profile
from reports.wording import clip, count, cut_to, length, moment, one_line, place_of

# Telegram takes 4,096 UTF-16 units and MAX 4,000 characters; one bound holds for both.
MAX_LENGTH = 4000
CRITICAL = 4
MARKS = ("⚪", "⚪", "🟡", "🟠", "🔴")
KINDS = {
    "new": "новый риск", "risen": "уровень вырос", "reopened": "риск открыт вновь", "repeat": "до сих пор никто не взял",
    "grown": "снова растёт", "now": "обновлено",
}  # fmt: skip
TITLE_LENGTH = 300
SOURCES_SHOWN = 10
REASONS_SHOWN = 5
CARD_PATH = "/risk/{id}"


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What an alert line says (requirement 26), as plain words: it is stored in the outbox and told later unchanged.

    Times are aware, in UTC. Names (topic, territory, block, official, state, veracity, level) are Russian labels,
    not codes, so that a line means the same after the profile has changed.
    """

    risk_id: int
    number: str
    title: str
    level: int
    level_name: str
    kind: str
    """One of KINDS."""
    reasons: tuple[str, ...]
    """Why this level, the most telling first."""
    topic: str | None
    settlement: str | None
    territory: str | None
    first_seen: datetime
    sources: tuple[tuple[str, str], ...]
    """(name of the source, address of its first post), the earliest first."""
    sources_total: int
    posts: int
    views: int | None
    """None is «unknown», never 0."""
    growth: float | None
    """How many times the views grew (2.0 is twice); None is «unknown»."""
    block: str | None
    official: str | None
    due_at: datetime | None
    """By when the first official line is due."""
    state: str
    veracity: str
    emergency: bool = False
    owner: str = ""
    """Who works on it (a post), "" while nobody does."""

    def pack(self) -> dict[str, Any]:
        """Return the facts as plain JSON values (the body of an outbox row)."""
        packed = {f.name: getattr(self, f.name) for f in fields(self)}
        packed["first_seen"] = self.first_seen.isoformat()
        packed["due_at"] = self.due_at.isoformat() if self.due_at else None
        packed["reasons"] = list(self.reasons)
        packed["sources"] = [list(pair) for pair in self.sources]
        return packed

    @staticmethod
    def unpack(packed: Mapping[str, Any]) -> AlertFacts:
        """Return the facts of a body made by `pack`; KeyError or TypeError when it is not one."""
        values = {f.name: packed[f.name] for f in fields(AlertFacts) if f.name in packed}
        values["first_seen"] = datetime.fromisoformat(values["first_seen"])
        values["due_at"] = datetime.fromisoformat(values["due_at"]) if values["due_at"] else None
        values["reasons"] = tuple(values["reasons"])
        values["sources"] = tuple((str(name), str(url)) for name, url in values["sources"])
        return AlertFacts(**values)


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One message ready to leave: the same words as plain text and as Telegram's HTML."""

    numbers: tuple[str, ...]
    level: int
    text: str
    html: str


def chats_for(profile: Profile, level: int) -> tuple[AlertChat, ...]:
    """Return the chats that are told of a risk of this level: by their own threshold or by the level's own list."""
    if level < 1:
        return ()
    named = set(profile.level(level).alert)
    told = (chat for chat in profile.chats if level >= chat.from_level or chat.id in named)
    return tuple(chat for chat in told if chat.hours_of(level) is not ChatHours.OFF)


def send_after(chat: AlertChat, level: int, now: datetime) -> datetime:
    """Return when a line may leave: a critical one at once, others after the chat's time for grouping."""
    return now if level >= CRITICAL else now + max(chat.group_for, timedelta(0))


def alert_line(facts: AlertFacts, zone: ZoneInfo, desk: str = "") -> AlertLine:
    """Return one risk as one message of at most MAX_LENGTH.

    `zone` is the district's time zone, in which moments are shown; `desk` is the address of the staff's pages
    ("" leaves the link to the card out). When too long, sources are dropped from the end first, then the last lines are cut.
    """
    head = _head(facts)
    tail = _tail(facts, zone, desk)
    room = MAX_LENGTH - length("\n".join([head, *tail])) - 1
    lines = [*tail[:_SOURCES_AT], *_sources(facts, room), *tail[_SOURCES_AT:]]
    body = cut_to("\n".join(lines), MAX_LENGTH - length(head) - 1)
    return AlertLine((facts.number,), facts.level, f"{head}\n{body}", f"<b>{_escape(head)}</b>\n{_escape(body)}")


def group_line(many: Sequence[AlertFacts], zone: ZoneInfo, desk: str = "") -> tuple[AlertLine, int]:
    """Return several risks as one message, a line each with number and level, and how many of them fitted in.

    The caller keeps the rest for the next message: nothing is dropped.
    """
    head = "Сгруппировано, чтобы не засыпать чат"
    body: list[str] = []
    used = length(head) + 40
    for facts in many:
        line = _short(facts, zone, desk)
        if body and used + length(line) + 1 > MAX_LENGTH:
            break
        body.append(line)
        used += length(line) + 1
    fitted = many[: len(body)]
    title = f"{head}: {count(len(body), 'риск', 'риска', 'рисков')}"
    text = "\n".join(body)
    numbers = tuple(facts.number for facts in fitted)
    level = max(facts.level for facts in fitted)
    return AlertLine(numbers, level, f"{title}\n{text}", f"<b>{_escape(title)}</b>\n{_escape(text)}"), len(body)


_SOURCES_AT = 5
"""Where among the lines of `_tail` the sources stand: after title, reasons, topic, place and first seen."""


def _head(facts: AlertFacts) -> str:
    what = KINDS.get(facts.kind, facts.kind)
    emergency = " · ЧРЕЗВЫЧАЙНОЕ, сообщить в ЕДДС" if facts.emergency else ""
    return f"{_mark(facts.level)} {facts.number} · уровень {facts.level}, {facts.level_name} · {what}{emergency}"


def _tail(facts: AlertFacts, zone: ZoneInfo, desk: str) -> list[str]:
    reasons = (
        "; ".join(clip(reason, 160).rstrip(".") for reason in facts.reasons[:REASONS_SHOWN]) or "причины — в карточке"
    )
    lines = [
        clip(facts.title, TITLE_LENGTH),
        f"Почему: {reasons}",
        f"Тема: {facts.topic or 'не определена'}",
        f"Место: {place_of(facts.settlement, facts.territory)}",
        f"Впервые замечен: {moment(facts.first_seen, zone)}",
        f"Охват: {_reach(facts)}",
        f"Кому: {_whom(facts)}",
        f"Первый официальный ответ до: {moment(facts.due_at, zone) if facts.due_at else 'срок не задан'}",
        f"Проверка: {facts.veracity} · состояние: {facts.state}",
    ]
    if facts.owner:
        lines.append(f"В работе: {clip(facts.owner, 120)}")
    if desk:
        lines.append(f"Карточка: {_card(facts, desk)}")
    return lines


def _sources(facts: AlertFacts, room: int) -> list[str]:
    """Return as many source lines as the room allows (UTF-16 units), the earliest first, and how many were left out."""
    total = max(facts.sources_total, len(facts.sources))
    lines = [f"Источники ({total}):"]
    room -= length(lines[0]) + length("… и ещё 1000000 — в карточке") + 2
    for name, url in facts.sources[:SOURCES_SHOWN]:
        line = f"• {clip(name, 80)} — {_link(url)}"
        room -= length(line) + 1
        if room < 0:
            break
        lines.append(line)
    left = total - (len(lines) - 1)
    if left > 0:
        lines.append(f"… и ещё {left} — в карточке")
    return lines


def _link(url: str) -> str:
    """A cut address leads nowhere, so a very long one is not shown at all."""
    return url if length(url) <= 400 and one_line(url) == url else "ссылка в карточке"


def _reach(facts: AlertFacts) -> str:
    views = "просмотры неизвестны" if facts.views is None else count(facts.views, "просмотр", "просмотра", "просмотров")
    growth = "" if facts.growth is None else f", рост в {facts.growth:.1f} раза".replace(".", ",")
    return f"{count(facts.posts, 'публикация', 'публикации', 'публикаций')}, {views}{growth}"


def _whom(facts: AlertFacts) -> str:
    if not facts.block and not facts.official:
        return "блок не определён, решает дежурный"
    block = f"блок «{facts.block}»" if facts.block else "вне блоков"
    return f"{block}, {facts.official}" if facts.official else block


def _short(facts: AlertFacts, zone: ZoneInfo, desk: str) -> str:
    parts = [
        f"{_mark(facts.level)} {facts.number} · уровень {facts.level}, {facts.level_name}",
        clip(facts.title, 90),
        clip(place_of(facts.settlement, facts.territory), 60),
        f"до {moment(facts.due_at, zone)}" if facts.due_at else "",
        _card(facts, desk) if desk else "",
    ]
    return " · ".join(part for part in parts if part)


def _card(facts: AlertFacts, desk: str) -> str:
    return desk.rstrip("/") + CARD_PATH.format(id=facts.risk_id)


def _mark(level: int) -> str:
    return MARKS[min(max(level, 0), CRITICAL)]


def _escape(text: str) -> str:
    return escape(text, quote=False)
