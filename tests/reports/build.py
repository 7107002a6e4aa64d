"""Alerts for tests: one full set of facts, changed where a test needs it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from district.profile import AlertChat, ChatKind
from reports.alert import AlertFacts, alert_line
from reports.message import Message

SEEN = datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Moscow")


def some_facts(**changes: object) -> AlertFacts:
    values: dict[str, object] = {
        "risk_id": 7, "number": "2026-000007", "title": "Нет воды на Лесной вторые сутки", "level": 3,
        "level_name": "высокий", "kind": "new", "reasons": ("отключение воды дольше нормы (+30)", "3 источника (+12)"),
        "topic": "ЖКХ", "settlement": "Белое", "territory": "Беловский отдел", "first_seen": SEEN,
        "sources": (("Подслушано в Белом", "https://vk.com/wall-1_5"), ("Чат Белое", "https://t.me/beloe/17")),
        "sources_total": 2, "posts": 5, "views": 12400, "growth": 2.34, "block": "Дороги и ЖКХ",
        "official": "Заместитель Главы", "due_at": SEEN + timedelta(hours=4), "state": "найден", "veracity": "не проверено",
    }  # fmt: skip
    return AlertFacts(**(values | changes))  # type: ignore[arg-type]


def a_message(facts: AlertFacts | None = None) -> Message:
    told = facts or some_facts()
    return Message(f"{told.number}-1", alert_line(told, ZONE), (told.pack(),))


def a_chat(kind: ChatKind, address: str = "-100500", chat_id: str = "duty") -> AlertChat:
    return AlertChat(chat_id, "Тревоги МЦУ", kind, address)
