"""Bench (b): the whole way from PostItem to stored, scored risk, beside the usual stack in the same run.

Run: python -m tests.bench.whole_way [--posts 10000] [--before 20000] [--database sqlite|postgres] [--json]

Pages of 100, as a crawl hands them over: checked, masked, author turned into a token, grouped, scored, stored in one
transaction. The contenders take turns, so that a busy machine slows both alike.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from casework.take_in import take_in
from casework.work import MACHINE, Work, settle
from crawlers.items import PostItem
from crawlers.pipelines import problem, to_post
from district.load import load_profile
from district.topics import TOPICS
from risk.post import Post
from risk.reading import Reader
from storage.engine import Store
from storage.upgrade import upgrade
from tests.bench.stream import stream

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("OTKLIK_SHARED", ROOT.parent / "shared"))
KARELIA = SHARED / "data" / "karelia-vk-posts" / "posts.jsonl.gz"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PAGE = 100
TURN = 500
"""Posts a turn: the usual stack needs some five seconds for them."""
SECRET = b"bench" * 8


def a_work(store: Store, now: datetime = NOW) -> Work:
    """Return the machine at work for the demo district."""
    profile = load_profile(ROOT / "district" / "demo.toml")
    work = Work(store, profile, now, MACHINE, Reader(profile))
    settle()
    return work


def made_items(seed: int = 1) -> Iterator[PostItem]:
    """Yield made-up posts without end; a third are copies of earlier ones, most speak of some trouble."""
    while True:
        for number, made in enumerate(stream(200_000, seed=seed)):
            post = made.post
            yield PostItem(
                source_id=post.source_id, platform="vk", external_id=f"{seed}:{post.external_id}", url=post.url,
                text=post.text, published_at=NOW - timedelta(days=1), author=str(number % 5000), views=number % 900,
                likes=number % 7, reposts=0, comments=number % 3,
            )  # fmt: skip
        seed += 1


def a_stream(seed: int = 7) -> Iterator[Post]:
    """Yield made-up posts ready for the intake, for measurements that need a busy crawler beside."""
    for item in made_items(seed):
        yield to_post(item, NOW, SECRET)[0]


def real_items() -> Iterator[PostItem]:
    """Yield real posts of town walls in the order of time (masked; they stay where they are)."""
    with gzip.open(KARELIA, "rt", encoding="utf-8") as lines:
        told = sorted((json.loads(line) for line in lines), key=lambda row: str(row["date"]))
    for number, row in enumerate(told):
        yield PostItem(
            source_id=f"vk-{row['group']}", platform="vk", external_id=f"{row['id']}:{number}",
            url=f"https://vk.com/wall-1_{row['id']}", text=row["text"] or "", published_at=NOW - timedelta(hours=1),
            author=str(number % 5000), views=_number(row.get("views")), likes=_number(row.get("likes")),
            reposts=_number(row.get("reposts")),
        )  # fmt: skip


def _number(value: Any) -> int | None:
    """The set tells a counter as 12, 12.0, "12" or "{'count': 12}"."""
    found = re.search(r"\d+", str(value))
    return int(found.group()) if found else None


class Ours:
    """The product's own way."""

    def __init__(self, url: str) -> None:
        upgrade(url)
        self.work = a_work(Store(url))
        self.opened = self.alerts = 0

    def take(self, items: Sequence[PostItem]) -> int:
        """Take in one page; return how many posts joined earlier ones."""
        posts = [to_post(item, NOW, SECRET)[0] for item in items if not problem(item, NOW)]
        taken = take_in(self.work, posts)
        self.opened += len(taken.opened)
        self.alerts += taken.alerts
        return taken.joined


@dataclass
class Timing:
    """Seconds and processor seconds of pages."""

    posts: int = 0
    found: int = 0
    cpu: float = 0.0
    pages: list[float] = field(default_factory=list)

    def run(self, take: Callable[[Sequence[PostItem]], int], items: Sequence[PostItem]) -> None:
        """Hand items over page by page."""
        for start in range(0, len(items), PAGE):
            page = items[start : start + PAGE]
            began, cpu = time.perf_counter(), time.process_time()
            self.found += take(page)
            self.pages.append(time.perf_counter() - began)
            self.cpu += time.process_time() - cpu
            self.posts += len(page)

    def told(self) -> dict[str, Any]:
        """Return the figures."""
        pages = sorted(self.pages)
        return {
            "posts": self.posts,
            "posts_per_second": round(self.posts / sum(pages)),
            "posts_per_cpu_second": round(self.posts / self.cpu),
            "p99_ms_a_page": round(pages[int(len(pages) * 0.99)] * 1000, 1),
            "near_copies": self.found,
        }


def measure(name: str, items: Iterator[PostItem], posts: int, before: int, url: str, folder: Path) -> dict[str, Any]:
    """Let both take the same posts in turns after `before` posts have been taken; return the figures."""
    from tests.bench.usual_stack import Usual

    early = list(islice(items, before))
    new = list(islice(items, posts))
    print(f"  {name}: заполняю по {before} записей…", file=sys.stderr, flush=True)
    ours, usual = Ours(url), Usual(folder, early, list(TOPICS))
    Timing().run(ours.take, early)
    Timing().run(usual.take, early)
    print(f"  {name}: измеряю на {posts} записях…", file=sys.stderr, flush=True)
    ours.opened = ours.alerts = 0
    our_time, usual_time = Timing(), Timing()
    for start in range(0, len(new), TURN):
        our_time.run(ours.take, new[start : start + TURN])
        if start < posts // 4:  # the usual stack is slow: a quarter of the posts tells its speed
            usual_time.run(usual.take, new[start : start + TURN])
    ours.work.store.close()
    told = {"ours": our_time.told() | {"risks_opened": ours.opened, "alerts": ours.alerts}, "usual": usual_time.told()}
    ratio = told["ours"]["posts_per_second"] / max(told["usual"]["posts_per_second"], 1)
    by_cpu = told["ours"]["posts_per_cpu_second"] / max(told["usual"]["posts_per_cpu_second"], 1)
    ratios = {"times_usual": round(ratio, 1), "times_usual_by_cpu": round(by_cpu, 1)}
    return {"stream": name, "stored_before": before, **told, **ratios}


def run(posts: int = 10_000, before: int = 20_000, database: str = "sqlite") -> dict[str, Any]:
    """Measure on made-up posts and, where they are present, on the real walls."""
    streams: dict[str, Callable[[], Iterator[PostItem]]] = {"made-up": made_items}
    if KARELIA.exists():
        streams["karelia-vk-posts"] = real_items
    figures: dict[str, Any] = {"database": database}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="otklik-bench-")))
        for name, items in streams.items():
            here = folder / name
            here.mkdir()
            url = f"sqlite:///{here / 'ours.sqlite3'}"
            if database == "postgres":
                from tests.bench.postgres import private_postgres

                url = stack.enter_context(private_postgres())
            figures[name] = measure(name, items(), posts, before, url, here)
    if "karelia-vk-posts" not in figures:
        figures["karelia-vk-posts"] = f"нет данных для измерений: задайте OTKLIK_SHARED (ищу {KARELIA})"
    return figures


def main() -> None:
    """Print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--posts", type=int, default=10_000)
    asked.add_argument("--before", type=int, default=20_000)
    asked.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    figures = run(given.posts, given.before, given.database)
    print(json.dumps(figures, ensure_ascii=False, indent=None if given.json else 2))


if __name__ == "__main__":
    main()
