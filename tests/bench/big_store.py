"""A big memory made quickly for measuring: posts, groups, risks and search words written straight into the tables.

It is not a crawl: texts are words drawn at random, levels and states are drawn as a busy year might leave them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from risk.facts import TextFacts
from storage.bulk import Row, insert
from storage.engine import Store
from storage.find.groups import STORED
from storage.keep import posts as keep
from storage.keep import risks as keep_risks
from storage.keep.events import NewEvent, add_events
from storage.keep.groups import ALL_COLUMNS
from storage.moments import to_db
from storage.tables import grp

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
STEP = 10_000
SOURCES = tuple(f"source-{n}" for n in range(60))
TOPICS = ("housing", "roads", "waste", "energy", "health", "education", "landscaping", "transport")
TERRITORIES = ("north", "south", "east", "west")
BLOCKS = ("works", "social", "economy", "core")
STATES = ("found", "found", "found", "verifying", "preparing", "answered", "watched", "worked_off", "dismissed")
WORDS = 30_000
"""Stems in use; drawn by 1/rank, as words of a language are."""


def fill(store: Store, posts: int, risks: int, days: int = 365, end: datetime = NOW, *, searched: bool = True) -> None:
    """Write so many posts (each a group of its own) and risks, spread evenly over days, the newest a minute before the end.

    Without `searched` the words of the posts are left out of the search: half of the time, for who does not search.
    """
    luck = random.Random(20261121)
    every = max(1, posts // max(risks, 1))
    for start in range(1, posts + 1, STEP):
        ids = range(start, min(start + STEP, posts + 1))
        with store.write() as tx:
            told = [_text(luck) for _ in ids]
            keep.add_posts(
                tx, [_post(i, text, _seen(i, posts, days, end), luck) for i, text in zip(ids, told, strict=True)]
            )
            if searched:
                keep.add_words(tx, list(zip(ids, told, strict=True)))
            insert(tx, grp, ALL_COLUMNS, [_group(i, _seen(i, posts, days, end), every, risks) for i in ids])
    for start in range(1, risks + 1, STEP):
        numbers = range(start, min(start + STEP, risks + 1))
        with store.write() as tx:
            keep_risks.add_risks(tx, [_risk(n, _seen(n * every, posts, days, end), luck) for n in numbers])
            keep_risks.add_sources(tx, [(SOURCES[n * every % len(SOURCES)], n) for n in numbers])
            add_events(tx, [NewEvent(n, NOW, None, "found", {}, {"level": 1}) for n in numbers])
    with store.write() as tx:
        keep_risks.next_numbers(tx, 2026, risks)


def _text(luck: random.Random) -> str:
    return " ".join(f"слов{int(WORDS ** luck.random())}" for _ in range(45))


def _seen(number: int, posts: int, days: int, end: datetime) -> datetime:
    """Posts come evenly, the last a minute before the end."""
    return end - timedelta(minutes=1) - timedelta(days=days * (posts - number) / posts)


def _post(number: int, text: str, seen: datetime, luck: random.Random) -> Row:
    at = to_db(seen)
    return (
        number, "vk", SOURCES[number % len(SOURCES)], f"-1_{number}", "", "", f"https://vk.com/wall-1_{number}", text,
        number.to_bytes(16), text.encode("cp1251"), luck.getrandbits(62), 45, at, at, None, f"{number % 9973:016x}", "[]",
        "", number, False, number % 5000, 1, 0, 0,
    )  # fmt: skip


def _group(number: int, seen: datetime, every: int, risks: int) -> Row:
    at = to_db(seen)
    risk_id = number // every if number % every == 0 and number // every <= risks else None
    given: dict[str, Any] = dict.fromkeys(STORED, 0) | {
        "id": number, "first_post_id": number, "risk_id": risk_id, "facts_post_id": number, "facts_points": 1.0,
        "posts": 1, "sources": 1, "voices": 1, "views": 100, "with_views": 1, "answered_at": None, "first_published": at,
        "last_published": at, "first_seen": at, "last_seen": at, "mark_at": at, "mark_views": 100, "before_at": None,
        "before_views": None, "judged": False, "points": 12.0, "level": 1, "emergency": False,
    }  # fmt: skip
    scored = ("2026-11-21", "[]", TOPICS[number % 8], "[]", None, None, None, None, "problem", at)
    return (*(given[c] for c in STORED), TextFacts().pack(), *scored)


def _risk(number: int, seen: datetime, luck: random.Random) -> dict[str, Any]:
    level = luck.choice((1, 1, 1, 1, 2, 2, 3, 4))
    return {
        "id": number, "number": f"2026-{number:06d}", "title": f"Нет воды на улице № {number}", "state": luck.choice(STATES),
        "veracity": "unconfirmed", "kind": "problem", "level_machine": level, "level_person": None, "level_then": None,
        "level": level, "points": 10.0 * level, "rule_set": "2026-11-21", "topic": luck.choice(TOPICS),
        "reasons": [{"signal": f"s{n}", "points": 3.0, "why": "нет воды второй день, в доме дети"} for n in range(4)],
        "topics": [["housing", 0.8], ["energy", 0.2]], "settlement": "Белое", "territory": luck.choice(TERRITORIES),
        "block": luck.choice(BLOCKS), "official": "deputy-works", "route_by_person": False, "emergency": level == 4,
        "opened_at": seen, "first_seen": seen, "last_seen": seen, "posts": 1, "sources": 1, "voices": 1, "views": 100,
        "growth": None, "due_at": seen + timedelta(hours=9), "taken_by": None, "taken_until": None, "owner_staff": None,
        "merged_into": None, "updated_at": seen,
    }  # fmt: skip


def pages() -> Iterator[dict[str, Any]]:
    """Yield the filters of an ordinary day, over and over: the plain queue mostly, each narrowing now and then."""
    ways: tuple[dict[str, Any], ...] = (
        {}, {"page": 2}, {"levels": (3, 4)}, {"states": ("found",)}, {"topic": "roads"}, {"territory": "north"},
        {"block": "social"}, {"source": "source-7"}, {"mine": 1}, {"since": NOW - timedelta(hours=12)}, {"page": 20},
        {"search": "слов17 слов900"}, {"search": "слов2"}, {"open_only": False},
    )  # fmt: skip
    while True:
        for way in ways:
            yield {}
            yield way
