"""The history of a campaign in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casework.campaign_moves import EVENT_LABELS
from preventive.campaign import CampaignState
from preventive.effect import Verdict
from storage.find.campaigns import CampaignEventRow

_NAMES = {
    "state": "состояние", "from": "было", "to": "теперь", "title": "название", "goal": "цель", "prepare_from": "готовить с",
    "starts_on": "начало", "ends_on": "конец", "due_on": "к дню", "post_on": "день", "what": "что", "audience": "кому",
    "channel": "где", "url": "ссылка", "published_on": "вышел", "number": "версия", "name": "имя", "tasks": "задач",
    "messages": "текстов", "partners": "партнёров", "template": "шаблон", "copied_from": "копия кампании №", "chats": "чатов",
    "reason": "причина", "result": "итог", "was": "было", "owner": "ответственный", "verdict": "вывод",
}  # fmt: skip
"""Details that people understand; codes and numbers of rows are left out."""
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the history."""

    at: datetime
    by: str
    what: str
    detail: str
    note: str


def past_of(events: Sequence[CampaignEventRow], places: Mapping[str, str], since: datetime | None = None) -> list[Past]:
    """Return the history in words, the newest first; only what came after `since` when it is told.

    `places` are the names of sources by id: a channel is told by its name.
    """
    return [
        Past(e.at, e.by_name, EVENT_LABELS.get(e.what, e.what), _told(e.detail, places), e.note)
        for e in events
        if since is None or e.at > since
    ]


def _told(detail: Mapping[str, Any], places: Mapping[str, str]) -> str:
    told = (
        f"{_NAMES[name]}: {places.get(str(value)) or _value(name, value)}"
        for name, value in detail.items()
        if name in _NAMES and value
    )
    return "; ".join(told)


def _value(name: str, value: Any) -> str:
    if name in ("state", "from", "to", "was"):
        known = {s.value: s.label for s in CampaignState}
        return known.get(str(value), str(value))[:LONGEST]
    if name == "verdict":
        return next((v.label for v in Verdict if v.value == value), str(value))[:LONGEST]
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)[:LONGEST]
    text = str(value)
    try:
        return f"{date.fromisoformat(text):%d.%m.%Y}"
    except ValueError:
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
