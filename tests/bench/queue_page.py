"""Bench (c): the queue at a million posts beside a writing crawler; p95 of the query (the page is desk's).

Run: python -m tests.bench.queue_page [--posts 1000000] [--risks 70000] [--url …] [--json]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from storage.engine import Store
from storage.find.queue import QueueFilter, queue
from storage.upgrade import upgrade
from tests.bench.big_store import NOW, fill, pages


def _crawl(url: str, stop: Event, taken: Any) -> None:
    """Take in pages of 100 posts one after another until told to stop, as a busy crawler does."""
    from casework.take_in import take_in
    from tests.bench.whole_way import a_stream, a_work

    store = Store(url)
    work = a_work(store, NOW)
    stream = a_stream(seed=7)
    while not stop.is_set():
        take_in(work, list(islice(stream, 100)))
        with taken.get_lock():
            taken.value += 100
    store.close()


@contextmanager
def crawling(url: str) -> Iterator[Any]:
    """Run a writing crawler beside; yields the shared count of posts taken in."""
    spawn = multiprocessing.get_context("spawn")
    stop, taken = spawn.Event(), spawn.Value("q", 0)
    crawler = spawn.Process(target=_crawl, args=(url, stop, taken), daemon=True)
    crawler.start()
    try:
        yield taken
    finally:
        stop.set()
        crawler.join(timeout=60)


def measure(url: str, count: int = 400) -> dict[str, Any]:
    """Ask for the queue in many ways beside a writing crawler; return milliseconds and the crawler's speed."""
    store = Store(url)
    with crawling(url) as taken:
        while taken.value == 0:
            time.sleep(0.1)
        before, began = taken.value, time.perf_counter()
        spent: list[tuple[float, str]] = []
        for way in islice(pages(), count):
            start = time.perf_counter()
            with store.read() as tx:
                queue(tx, QueueFilter(**way), NOW)
            spent.append(((time.perf_counter() - start) * 1000, str(way)))
            time.sleep(0.01)
        speed = (taken.value - before) / (time.perf_counter() - began)
    store.close()
    worst = sorted(spent)
    return {
        "queries": count,
        "p50_ms": round(worst[count // 2][0], 1),
        "p95_ms": round(worst[int(count * 0.95)][0], 1),
        "max_ms": round(worst[-1][0], 1),
        "slowest": sorted({way for _, way in worst[int(count * 0.9) :]}),
        "crawler_posts_per_s": round(speed),
    }


def run(posts: int = 1_000_000, risks: int = 70_000, url: str = "") -> dict[str, Any]:
    """Fill a memory (a new SQLite file, or an empty database at `url`) and measure the queue in it."""
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        url = url or f"sqlite:///{Path(folder) / 'big.sqlite3'}"
        upgrade(url)
        store = Store(url, cache_mb=64)
        began = time.perf_counter()
        fill(store, posts, risks)
        store.close()
        filled = time.perf_counter() - began
        return {"posts": posts, "risks": risks, "fill_s": round(filled, 1), **measure(url)}


def main() -> None:
    """Print the figures as a line or as JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--posts", type=int, default=1_000_000)
    asked.add_argument("--risks", type=int, default=70_000)
    asked.add_argument("--url", default="")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    figures = run(given.posts, given.risks, given.url)
    print(json.dumps(figures, ensure_ascii=False) if given.json else figures)


if __name__ == "__main__":
    main()
