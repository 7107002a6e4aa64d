"""Official pages with their posts, comments and readings written straight into the tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from casework.work import MACHINE, Staff, Work
from district.profile import Platform
from district.seasons import OfficialPage, Prevention
from storage.engine import Store
from storage.tables import post, run, source
from tests.casework import staff_build

NOW = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
PAGE = OfficialPage(
    "vk", "Страница администрации", "Администрация", "vk", "https://vk.com/club1", "official", 3.0, 7, 24
)
SCHOOL = OfficialPage("school", "Школа № 1", "МБОУ «Школа»", "ok", "", None, 2.0, 7, 24)


def a_work(store: Store, by: Staff = MACHINE, now: datetime = NOW, *pages: OfficialPage, **changes: object) -> Work:
    """Return work in a district with one official source and these pages (the administration's and a school's)."""
    official = staff_build.a_source("official", name="Администрация", official=True, address="https://vk.com/club1")
    values = {"sources": (official,), "prevention": Prevention(pages=pages or (PAGE, SCHOOL))}
    return staff_build.a_work(store, by, now, staff_build.a_profile(**(values | changes)))


def a_listed_source(store: Store, source_id: str = "official", **changes: Any) -> None:
    """Write a source into the living list."""
    values = {
        "id": source_id, "platform": Platform.VK.value, "address": "https://vk.com/club1", "name": "Администрация",
        "every_s": 900.0, "owner": "Администрация", "approver": "МЦУ", "official": True, "media": False, "comments": True,
        "options": {}, "state": "active", "cursor": {}, "next_due": NOW,
    }  # fmt: skip
    with store.write() as tx:
        tx.execute(sa.insert(source).values(values | changes))


def a_run(store: Store, began: datetime, ended: datetime | None = None, outcome: str = "ok") -> None:
    """Write a reading of the official source."""
    values = {
        "source_id": "official", "started_at": began, "ended_at": ended or began + timedelta(minutes=1), "outcome": outcome,
        "counts": {},
    }  # fmt: skip
    with store.write() as tx:
        tx.execute(sa.insert(run).values(values))


def a_row(number: int, at: datetime, **changes: Any) -> dict[str, Any]:
    """Return a row of a post of the page (voice "page"); with `comment` a comment under it."""
    comment = str(changes.pop("comment", ""))
    return {
        "platform": "vk", "source_id": "official", "external_id": f"-1_{number}", "comment_id": comment, "reply_to": "",
        "url": f"https://vk.com/wall-1_{number}" + (f"?reply={comment}" if comment else ""), "text": "Текст",
        "text_sha": b"x", "norm": b"x", "norm_hash": 1, "words": 1, "published_at": at, "seen_at": at + timedelta(minutes=5),
        "voice": "page" if not comment else "resident", "attachments": [], "group_id": 1, "negative": False,
        "forgotten_at": None, "gone_at": None,
    } | changes  # fmt: skip


def write(store: Store, *rows: dict[str, Any]) -> None:
    """Write posts and comments."""
    with store.write() as tx:
        tx.execute(sa.insert(post), list(rows))
