"""Rows for tests of the memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from storage.engine import Tx
from storage.keep.risks import add_risks, next_numbers, next_risk_id

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def a_risk(tx: Tx, **given: Any) -> int:
    """Write a risk with sensible columns and return its id."""
    risk_id = next_risk_id(tx)
    row: dict[str, Any] = {
        "id": risk_id, "number": next_numbers(tx, 2026, 1)[0], "title": "Нет воды", "state": "found",
        "veracity": "unconfirmed", "kind": "problem", "level_machine": 2, "level_person": None, "level_then": None,
        "level": 2, "points": 20.0, "reasons": [{"signal": "outage", "points": 20.0, "why": "нет воды"}],
        "rule_set": "2026-11-21", "topic": "housing", "topics": [["housing", 1.0]], "settlement": "Белое",
        "territory": "beloe", "block": "works", "official": "deputy-works", "route_by_person": False,
        "emergency": False, "opened_at": NOW, "first_seen": NOW, "last_seen": NOW, "posts": 1, "sources": 1,
        "voices": None, "views": None, "growth": None, "due_at": NOW + timedelta(hours=9), "taken_by": None,
        "taken_until": None, "owner_staff": None, "merged_into": None, "updated_at": NOW,
    }  # fmt: skip
    add_risks(tx, [row | given])
    return risk_id


def a_source(**given: Any) -> dict[str, Any]:
    """Return columns of an approved active source that is due."""
    row: dict[str, Any] = {
        "id": "vk-residents", "platform": "vk", "address": "club1", "name": "Жители", "every_s": 900.0,
        "expect_low": 3.0, "expect_high": 400.0, "owner": "жители", "approver": "куратор", "approved_at": NOW,
        "account": None, "territory": None, "official": False, "media": False, "comments": True, "options": {},
        "state": "active", "cursor": {}, "next_due": NOW - timedelta(minutes=1),
    }  # fmt: skip
    return row | given
