"""Bench: the page «Официальные страницы» over half a million posts, a fifth of them on and under a dozen official pages.

Run: python -m tests.bench.upkeep [--posts 500000] [--requests 40] [--url …] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from casework import upkeep
from casework.work import MACHINE, Work, settle
from district.load import load_profile
from district.seasons import OfficialPage, Prevention
from preventive.upkeep import Asked
from risk.reading import Reader
from storage.bulk import Row
from storage.engine import Store
from storage.keep import posts as keep
from storage.moments import to_db
from storage.tables import run, source
from storage.upgrade import upgrade
from tests.bench.big_store import NOW, STEP, fill

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(OfficialPage(f"page-{n}", f"Страница {n}", "Администрация", "vk", "", f"official-{n}") for n in range(12))
DAYS = 365


def fill_pages(store: Store, first: int, count: int) -> None:
    """Write posts and comments of the official pages, spread evenly over a year: a post, then four comments, one a reply."""
    with store.write() as tx:
        for page in PAGES:
            tx.execute(sa.insert(source).values(
                id=page.source, platform="vk", address=page.id, name=page.name, every_s=900.0, owner="", approver="",
                official=True, media=False, comments=True, options={}, state="active", cursor={}, next_due=NOW,
            ))  # fmt: skip
            tx.execute(sa.insert(run).values(
                source_id=page.source, started_at=NOW - timedelta(days=400), ended_at=NOW, outcome="ok", counts={},
            ))  # fmt: skip
    luck = random.Random(1)
    for start in range(0, count, STEP):
        rows = [_row(first + n, n, count, luck) for n in range(start, min(start + STEP, count))]
        with store.write() as tx:
            keep.add_posts(tx, rows)


def _row(number: int, n: int, count: int, luck: random.Random) -> Row:
    thread, place = divmod(n, 5)
    at = to_db(NOW - timedelta(minutes=1, days=DAYS * (count - n) / count))
    where = PAGES[thread % len(PAGES)].source
    is_page = place in (0, 3)
    text = "Когда это сделают на нашей улице?" if place in (1, 2) else "Сообщаем жителям о работах на улице Садовой"
    return (
        number, "vk", where, f"-1_{thread}", str(place or ""), "1" if place == 3 else "", f"https://vk.com/wall-1_{number}",
        text, number.to_bytes(16), b"", luck.getrandbits(62), 8, at, at, None,
        f"page-{where}-{at // (30 * 86_400_000_000)}" if is_page else f"{luck.getrandbits(64):016x}", "[]", "", number, False,
        None, None, None, None,
    )  # fmt: skip


def measure(store: Store, requests: int) -> dict[str, object]:
    """Return the milliseconds of gathering the register of six months, and what was counted."""
    profile = replace(load_profile(ROOT / "district" / "demo.toml"), is_demo=False, prevention=Prevention(pages=PAGES))
    work = Work(store, profile, NOW, MACHINE, Reader(profile))
    settle()  # as the served process does
    times, asked, posts = [], Asked(), 0
    for _ in range(requests + 2):
        began = time.perf_counter()
        shown = upkeep.register(work)
        times.append((time.perf_counter() - began) * 1000)
    for month in (m for state in shown.pages for m in state.months):
        asked, posts = asked.plus(month.asked or Asked()), posts + (month.posts or 0)
    told = sorted(times[2:])
    return {
        "median_ms": round(told[len(told) // 2], 1), "p95_ms": round(told[int(len(told) * 0.95)], 1), "posts": posts,
        "questions": asked.questions, "answered": asked.answered,
    }  # fmt: skip


def main() -> None:
    """Fill a new database, measure, tell."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--posts", type=int, default=500_000)
    told.add_argument("--requests", type=int, default=40)
    told.add_argument("--url", default="")
    told.add_argument("--json", action="store_true")
    asked = told.parse_args()
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        url = asked.url or f"sqlite:///{folder}/bench.sqlite3"
        upgrade(url)
        store = Store(url)
        fill(store, asked.posts * 4 // 5, 0, searched=False)
        fill_pages(store, asked.posts * 4 // 5 + 1, asked.posts // 5)
        if store.dialect == "sqlite":
            with store.engine.connect() as connection:
                connection.exec_driver_sql("ANALYZE").close()
        figures = {"rows": asked.posts} | measure(store, asked.requests)
        store.close()
    print(json.dumps(figures) if asked.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
