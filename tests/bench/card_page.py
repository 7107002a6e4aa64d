"""Bench: the card of a risk with 5,000 posts, and the page of growing topics, over HTTP at a month of 500,000 posts.

Run: python -m tests.bench.card_page [--posts 500000] [--risks 20000] [--size 5000] [--url …] [--requests 100] [--json]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from casework.sign_in import sign_in
from casework.terms import start_terms
from casework.work import MACHINE, Work
from district.load import load_profile
from risk.reading import Reader
from storage.bulk import insert, next_id
from storage.engine import Store, Tx
from storage.keep.events import NewEvent, add_events
from storage.moments import to_db
from storage.tables import grp, judgement, post, reach, risk, risk_source
from storage.upgrade import upgrade
from storage.vault import Vault
from tests.bench.big_store import SOURCES, fill
from tests.bench.desk_page import PROFILE, _serve, cpu_s, memory_mb
from tests.desk.build import PASSWORD, add_staff

EVENTS, READINGS, GROUPS = 300, 4, 12
"""A risk that went round: so many events of its history, readings of each counter, groups of copies."""


def grow(store: Store, size: int, now: datetime) -> int:
    """Give one risk so many posts in several groups, with counters read again and again, copies, and a long history."""
    luck = random.Random(5)
    with store.write() as tx:
        risk_id = int(tx.execute(sa.select(sa.func.max(risk.c.id))).scalar_one())
        found = {
            "level": 4,
            "level_machine": 4,
            "state": "found",
            "is_open": True,
            "posts": size,
            "sources": len(SOURCES),
        }
        tx.execute(sa.update(risk).where(risk.c.id == risk_id).values(found))
        groups = list(tx.execute(sa.select(grp.c.id).order_by(grp.c.id.desc()).limit(GROUPS)).scalars())
        tx.execute(sa.update(grp).where(grp.c.id.in_(groups)).values(
            risk_id=risk_id, posts=size // GROUPS, first_published=now - timedelta(days=5), last_published=now, last_seen=now,
        ))  # fmt: skip
        insert(tx, risk_source, ("source_id", "risk_id"), [(s, risk_id) for s in SOURCES], " ON CONFLICT DO NOTHING")
        _posts(tx, groups, size, now, luck)
        past = [
            NewEvent(risk_id, now - timedelta(minutes=EVENTS - n), None, "risen", {"level": 1}, {"level": 2, "posts": n}, "рост")
            for n in range(EVENTS)
        ]  # fmt: skip
        add_events(tx, past)
        start_terms(tx, Work(store, load_profile(PROFILE), now, MACHINE, Reader(load_profile(PROFILE))), risk_id)
    return risk_id


def _posts(tx: Tx, groups: Sequence[int], size: int, now: datetime, luck: random.Random) -> None:
    first = next_id(tx, post)
    text = "В посёлке третий день нет отопления, в квартирах двенадцать градусов, у всех маленькие дети. " * 3
    columns = (
        "id", "platform", "source_id", "external_id", "comment_id", "url", "text", "text_sha", "norm", "norm_hash", "words",
        "published_at", "seen_at", "voice", "attachments", "group_id", "negative", "views",
    )  # fmt: skip
    rows = []
    for n in range(size):
        at = to_db(now - timedelta(minutes=luck.uniform(10, 60 * 24 * 5)))
        comment = str(n) if n % 3 == 0 else ""
        rows.append((
            first + n, "vk", SOURCES[n % len(SOURCES)], f"big{n}", comment, f"https://vk.com/wall-1_{n}", text,
            n.to_bytes(16), text.encode("cp1251"), n, 40, at, at, f"{n:016x}", "[]", groups[n % len(groups)], n % 5 == 0,
            None if comment else n,
        ))  # fmt: skip
    insert(tx, post, columns, rows)
    read = [
        (row[0], row[11] + reading * 3_600_000_000, row[17] * (reading + 1) // READINGS)
        for row in rows if row[17] is not None for reading in range(READINGS)
    ]  # fmt: skip
    insert(tx, reach, ("post_id", "at", "views"), read)
    same = ("left_id", "right_id", "verdict", "method", "score", "reason", "at")
    insert(
        tx,
        judgement,
        same,
        [(first, first + n, "same", "near", 93.0, "Почти тот же текст", to_db(now)) for n in range(1, size)],
    )
    other = first - GROUPS - 1
    insert(
        tx, judgement, same, [(other, first + n, "suggest", "template", 81.0, "Похоже", to_db(now)) for n in range(40)]
    )


def _timed(client: httpx.Client, path: str, requests: int, pid: int) -> dict[str, Any]:
    assert client.get(path).status_code == 200, client.get(path).text[:500]
    used, spent, length = cpu_s(pid), [], 0
    for _ in range(requests):
        start = time.perf_counter()
        answer = client.get(path)
        spent.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200
        length = int(answer.headers.get("content-length", 0)) or len(answer.content)
        time.sleep(0.01)
    spent.sort()
    return {
        "p50_ms": round(spent[requests // 2], 1), "p95_ms": round(spent[int(requests * 0.95)], 1),
        "max_ms": round(spent[-1], 1), "cpu_ms": round(1000 * (cpu_s(pid) - used) / requests, 1),
        "page_kib": round(length / 1024, 1),
    }  # fmt: skip


def measure(store: Store, url: str, home: Path, risk_id: int, requests: int) -> dict[str, Any]:
    """Ask a real web process for the card and for the topics; milliseconds as the browser waits for them."""
    profile = load_profile(PROFILE)
    add_staff(store, "bench", ["head"])
    work = Work(store, profile, datetime.now(UTC), MACHINE, Reader(profile))
    session = sign_in(work, Vault(home / "secrets" / "vault.keys"), "bench", PASSWORD, "127.0.0.1")
    spawn = multiprocessing.get_context("spawn")
    said = spawn.Queue()
    web = spawn.Process(target=_serve, args=(url, str(home), said), daemon=True)
    web.start()
    try:
        base = f"http://127.0.0.1:{said.get(timeout=60)}"
        cookies, gzip = {"otklik": session.token}, {"Accept-Encoding": "gzip"}
        with httpx.Client(base_url=base, cookies=cookies, headers=gzip, timeout=120) as client:
            began = time.perf_counter()
            client.get("/growth")
            first = round((time.perf_counter() - began) * 1000, 1)
            pid = web.pid or 0
            return {
                "card": _timed(client, f"/risk/{risk_id}", requests, pid),
                "growth": _timed(client, "/growth", requests, pid) | {"first_ms": first},
                "web_rss_most_mb": round(memory_mb(pid)[1], 1),
            }
    finally:
        web.terminate()
        web.join(10)


def run(posts: int, risks: int, size: int, url: str = "", requests: int = 100) -> dict[str, Any]:
    """Fill a memory (a new SQLite file, or an empty database at `url`) and measure both pages over it."""
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        home = Path(folder)
        url = url or f"sqlite:///{home / 'big.sqlite3'}"
        upgrade(url)
        print(f"  заполняю базу: {posts} записей за месяц, {risks} рисков…", file=sys.stderr, flush=True)
        store, now = Store(url, cache_mb=64), datetime.now(UTC)
        fill(store, posts, risks, days=30, end=now, searched=False)
        risk_id = grow(store, size, now)
        if store.dialect == "postgresql":
            with store.write() as tx:
                tx.exec_driver_sql("ANALYZE").close()
        print(f"  спрашиваю карточку с {size} записями и рискогенные темы…", file=sys.stderr, flush=True)
        try:
            return {"posts": posts, "risks": risks, "size": size, **measure(store, url, home, risk_id, requests)}
        finally:
            store.close()


def main() -> None:
    """Print the figures as a line or as JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--posts", type=int, default=500_000)
    asked.add_argument("--risks", type=int, default=20_000)
    asked.add_argument("--size", type=int, default=5000)
    asked.add_argument("--requests", type=int, default=100)
    asked.add_argument("--url", default="")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    figures = run(given.posts, given.risks, given.size, given.url, given.requests)
    print(json.dumps(figures, ensure_ascii=False) if given.json else figures)


if __name__ == "__main__":
    main()
