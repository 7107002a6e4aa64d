"""Bench: the reaction of many watched risks recomputed in one round, and the step of a risk with thousands of posts.

Most risks have a few dozen posts, some hundreds, one five thousand; half of the posts have been read twice since, every
risk has comments before and after its answer and two links in the register. Run: python -m tests.bench.reaction [--risks 1000] [--url …] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from casework.closing import conditions
from casework.watching import look, look_at
from casework.work import MACHINE, Work
from district.load import load_profile
from risk.facts import TextFacts
from risk.reading import Reader
from storage.bulk import Row, insert
from storage.engine import Store
from storage.find.groups import STORED
from storage.find.reaction import angry_comments, posts_behind
from storage.keep import posts as keep
from storage.keep import risks as keep_risks
from storage.keep.groups import ALL_COLUMNS
from storage.moments import to_db
from storage.tables import grp, publication, watch
from storage.upgrade import upgrade
from tests.bench.big_store import BLOCKS, NOW, SOURCES

ROOT = Path(__file__).resolve().parents[2]
STARTED = NOW - timedelta(hours=20)
BIGGEST = 5000
TEXT = "Второй день нет холодной воды на улице Садовой, звоним в управляющую компанию, никто не берёт трубку"
THANKS = "Спасибо, воду дали, всё хорошо, молодцы"


def sizes(risks: int) -> list[int]:
    """Posts of each risk: mostly a few dozen, every fiftieth some hundreds, the first the biggest."""
    luck = random.Random(1)
    return [BIGGEST if n == 0 else luck.randint(300, 700) if n % 50 == 0 else luck.randint(5, 60) for n in range(risks)]


def _posts(risk_id: int, count: int, first: int, luck: random.Random) -> Iterator[tuple[Row, list[Row]]]:
    """Posts of a risk, one in four after its answer, one of those in five a word of thanks; then comments under a third."""
    for n in range(count):
        number, after = first + n, n % 4 == 3
        thanks = after and n % 5 == 0
        at = STARTED + timedelta(hours=luck.uniform(0, 19)) if after else STARTED - timedelta(hours=luck.uniform(0, 60))
        views = luck.randint(20, 3000)
        where = SOURCES[luck.randrange(len(SOURCES))]
        text = THANKS if thanks else TEXT
        row = _row(number, where, f"-1_{number}", "", text, at, risk_id, not thanks, views, luck)
        reads = [
            (number, to_db(at), views // 2, 1, 0, 0),
            (number, to_db(max(at, STARTED + timedelta(hours=1))), views, 1, 0, 0),
        ]
        yield row, reads


def _comments(posts: list[Row], first: int, luck: random.Random) -> Iterator[Row]:
    number = first
    for post in posts[::3]:
        for n in range(luck.randint(0, 8)):
            at = STARTED + timedelta(hours=luck.uniform(-20, 19))
            yield _row(
                number, post[2], post[3], str(n + 1), "И у нас нет", at, 10_000_000 + number, n % 2 == 0, None, luck
            )
            number += 1


def _row(
    number: int, where: str, external: str, comment: str, text: str, at: Any, group: int, negative: bool,
    views: int | None, luck: random.Random,
) -> Row:  # fmt: skip
    moment = to_db(at)
    return (
        number, "vk", where, external, comment, "", f"https://vk.com/wall{external}", text, number.to_bytes(16),
        text.encode("cp1251"), luck.getrandbits(40), 15, moment, moment, None, f"{luck.randrange(9000):016x}", "[]", "",
        group, negative, views, 1, 0, 0,
    )  # fmt: skip


def _group(risk_id: int, first: int, count: int) -> Row:
    at = to_db(STARTED)
    given: dict[str, Any] = dict.fromkeys(STORED, 0) | {
        "id": risk_id, "first_post_id": first, "risk_id": risk_id, "facts_post_id": first, "facts_points": 1.0,
        "posts": count, "sources": 1, "voices": 1, "views": 100, "with_views": 1, "answered_at": None,
        "first_published": at, "last_published": at, "first_seen": at, "last_seen": at, "mark_at": at, "mark_views": 100,
        "before_at": None, "before_views": None, "judged": False, "points": 12.0, "level": 2, "emergency": False,
    }  # fmt: skip
    scored = ("2026-11-21", "[]", "housing", "[]", None, None, None, None, "problem", at)
    return (*(given[c] for c in STORED), TextFacts().pack(), *scored)


def _risk(risk_id: int, posts: int) -> dict[str, Any]:
    return {
        "id": risk_id, "number": f"2026-{risk_id:06d}", "title": f"Нет воды на улице № {risk_id}", "state": "watched",
        "veracity": "confirmed", "kind": "problem", "level_machine": 2, "level_person": None, "level_then": None,
        "level": 1 + risk_id % 4, "points": 20.0, "rule_set": "2026-11-21", "topic": "housing", "reasons": [],
        "topics": [], "settlement": "Белое", "territory": "north", "block": BLOCKS[risk_id % 4], "official": None,
        "route_by_person": False, "emergency": False, "opened_at": STARTED, "first_seen": STARTED, "last_seen": NOW,
        "posts": posts, "sources": 1, "voices": 1, "views": 100, "growth": None, "due_at": NOW, "taken_by": None,
        "taken_until": None, "owner_staff": None, "merged_into": None, "updated_at": NOW,
    }  # fmt: skip


def fill(store: Store, risks: int) -> dict[str, int]:
    """Write watched risks with their posts, counters and comments; return how many of each."""
    luck, number, comments = random.Random(20261121), 1, 0
    counts = sizes(risks)
    with store.write() as tx:
        for risk_id, count in enumerate(counts, start=1):
            made = list(_posts(risk_id, count, number, luck))
            rows = [row for row, _ in made]
            keep.add_posts(tx, rows)
            keep.add_reach(tx, [read for _, reads in made for read in reads], first=False)
            insert(tx, grp, ALL_COLUMNS, [_group(risk_id, number, count)])
            number += count
            under = list(_comments(rows, number, luck))
            keep.add_posts(tx, under)
            number += len(under)
            comments += len(under)
        keep_risks.add_risks(tx, [_risk(n, count) for n, count in enumerate(counts, start=1)])
        tx.execute(sa.insert(watch), [_watch(n) for n in range(1, risks + 1)])
        tx.execute(sa.insert(publication), [_link(n, k) for n in range(1, risks + 1) for k in range(2)])
    return {"posts": sum(counts), "comments": comments}


def _link(risk_id: int, number: int) -> dict[str, Any]:
    return {
        "risk_id": risk_id, "answer_id": 1, "source_id": SOURCES[(risk_id + number) % len(SOURCES)], "place": "x",
        "place_kind": "community", "url": f"https://vk.com/wall-9_{risk_id}_{number}", "state": "standing",
        "stood_at": STARTED, "made_at": STARTED, "made_by": 1,
    }  # fmt: skip


def _watch(risk_id: int) -> dict[str, Any]:
    return {
        "risk_id": risk_id, "started_at": STARTED, "quiet_since": STARTED, "base": {}, "proposal": "not_yet",
        "reasons": [], "figures": {}, "looked_at": STARTED, "next_look": STARTED, "ended_at": None,
    }  # fmt: skip


def measure(url: str, risks: int) -> dict[str, Any]:
    """Look at all risks twice (the second round has nothing new to read) and ask what the biggest card asks."""
    profile = load_profile(ROOT / "district" / "demo.toml")
    store = Store(url, cache_mb=64)
    held = fill(store, risks)
    work = Work(store, profile, NOW, MACHINE, Reader(profile))
    work.reader.read_many([TEXT, THANKS])
    began = time.perf_counter()
    looked = look(work, limit=risks)
    first = time.perf_counter() - began
    again = work.at(NOW + timedelta(hours=1))
    began = time.perf_counter()
    look(again, limit=risks)
    second = time.perf_counter() - began
    told = {
        "risks": looked, **held, "seconds": round(first, 2), "per_risk_ms": round(first * 1000 / looked, 2),
        "again_seconds": round(second, 2), **_step(again),
    }  # fmt: skip
    store.close()
    return told


def _step(work: Work) -> dict[str, float]:
    """Milliseconds of what the card asks for the biggest risk (median of 20), and of counting it at the closing."""
    asked, counted = [], []
    for _ in range(20):
        start = time.perf_counter()
        with work.store.read() as tx:
            conditions(tx, work, 1)
            posts_behind(tx, list(range(1, 11)))
            angry_comments(tx, 1, STARTED, 5)
        asked.append((time.perf_counter() - start) * 1000)
        start = time.perf_counter()
        with work.store.read() as tx:
            look_at(tx, work, 1)
        counted.append((time.perf_counter() - start) * 1000)
    return {"step_ms": round(sorted(asked)[10], 1), "closing_ms": round(sorted(counted)[10], 1)}


def main() -> None:
    """Print the figures as a line or as JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--risks", type=int, default=1000)
    asked.add_argument("--url", default="", help="пустая база PostgreSQL; без неё — новый файл SQLite")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        url = given.url or f"sqlite:///{Path(folder) / 'watched.sqlite3'}"
        upgrade(url)
        figures = measure(url, given.risks)
    print(json.dumps(figures, ensure_ascii=False) if given.json else figures)


if __name__ == "__main__":
    main()
