"""Bench: ten years of messages on SQLite turned into weekly counts and peaks; and what a round costs when nothing is new.

And on real walls: do peaks of the first years come again in years held back, more often than the same weeks moved to any
other time of the year? Skipped, with the reason, where the folder of shared data is absent; no text is printed.
Run: python -m tests.bench.peaks [--posts 500000] [--url …] [--json]
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from casework.peaks import history_of, proposals
from casework.weeks import count_weeks
from casework.work import MACHINE, Work
from district.load import load_profile
from preventive.calendar import monday
from preventive.facts import SeasonalCounts, WeekCount
from preventive.peaks import SLOTS, peaks, slot_of, year_of
from risk.reading import Reader
from risk.route import route
from storage.engine import Store
from storage.upgrade import upgrade
from tests.bench.big_store import NOW, TERRITORIES, fill
from tests.bench.rules import ROOT, SHARED

YEARS = 10
WALLS = SHARED / "karelia-vk-posts" / "posts.jsonl.gz"
FIRST_YEAR, LAST_YEAR = 2013, 2024
"""Whole years in which at least a thousand texts were written."""
TRAINED = 4
"""With fewer years nothing can come out of the comparison."""


def speed(url: str, posts: int) -> dict[str, Any]:
    """Fill ten years, then count all weeks and find the peaks; seconds by the wall clock and of the processor."""
    profile = load_profile(ROOT / "district" / "demo.toml")
    store = Store(url, cache_mb=64)
    fill(store, posts, max(1, posts // 100), days=YEARS * 365)
    with store.write() as tx:
        for number, name in enumerate(TERRITORIES):
            tx.execute(
                sa.text("UPDATE grp SET territory = :name WHERE id % 5 = :number"), {"name": name, "number": number}
            )
    work = Work(store, profile, NOW, MACHINE, Reader(profile))
    began, busy = time.perf_counter(), time.process_time()
    weeks = count_weeks(work)
    counted = time.perf_counter() - began
    history = history_of(work)
    told = time.perf_counter() - began
    cpu = time.process_time() - busy
    began = time.perf_counter()
    proposed = proposals(work, history)
    proposing = time.perf_counter() - began
    began = time.perf_counter()
    again = count_weeks(work)
    rest = time.perf_counter() - began
    began = time.perf_counter()
    count_weeks(work.at(NOW + timedelta(days=1)))
    daily = time.perf_counter() - began
    store.close()
    return {
        "posts": posts, "weeks": weeks, "seconds": round(told, 2), "cpu_seconds": round(cpu, 2), "count_seconds": round(counted, 2),
        "peaks_seconds": round(told - counted, 2), "series": len(history.heats), "peaks": len(history.peaks),
        "proposals": len(proposed), "proposals_ms": round(proposing * 1000), "nothing_new_ms": round(rest * 1000, 1),
        "weeks_again": again, "daily_ms": round(daily * 1000),
    }  # fmt: skip


def walls(path: Path) -> list[SeasonalCounts]:
    """Return the weeks of each topic on real walls: different texts, the communities they stand in as voices.

    All texts with a topic, not complaints alone: on these walls of communities 1 % complain, too few for any year.
    """
    profile = load_profile(ROOT / "district" / "demo.toml")
    reader, seen = Reader(profile), dict[str, date]()
    found: dict[tuple[str, date], tuple[int, set[str]]] = {}
    for texts in _pages(path):
        for (day, group, text), facts in zip(texts, reader.read_many([t[2] for t in texts]), strict=True):
            topic, before = route(facts, profile).topic, seen.get(text)
            seen[text] = day
            if topic is None or (before is not None and (day - before).days < 30):
                continue
            posts, groups = found.get((topic, monday(day)), (0, set()))
            found[topic, monday(day)] = (posts + 1, groups | {group})
    return [_series(found, topic) for topic in sorted({topic for topic, _ in found})]


def _pages(path: Path) -> Iterator[list[tuple[date, str, str]]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [(_day(one["date"]), str(one["group"]), one["text"].strip()) for one in map(json.loads, lines)]
    rows.sort(key=lambda row: row[0])
    for start in range(0, len(rows), 100):
        yield rows[start : start + 100]


def _day(said: Any) -> date:
    return (datetime.fromtimestamp(said, UTC) if isinstance(said, int) else datetime.fromisoformat(said)).date()


def _series(found: dict[tuple[str, date], tuple[int, set[str]]], topic: str) -> SeasonalCounts:
    weeks, monday = [], date.fromisocalendar(FIRST_YEAR, 1, 1)
    while slot_of(monday)[0] <= LAST_YEAR:
        posts, groups = found.get((topic, monday), (0, set()))
        weeks.append(WeekCount(monday, posts, len(groups)))
        monday += timedelta(weeks=1)
    return SeasonalCounts(topic, "", tuple(weeks))


def _years(series: SeasonalCounts, first: int, last: int) -> SeasonalCounts:
    return SeasonalCounts(series.subject, "", tuple(w for w in series.weeks if first <= slot_of(w.week)[0] <= last))


def came_again(
    series: Sequence[SeasonalCounts], last_known: int, first: int, last: int, *, once: bool = False
) -> tuple[int, float, int]:
    """Return (how often peaks known by a year came again in the years held back, how often chance would, of how many).

    Chance: the same run of weeks begun at each of the 52 weeks of the year in turn. `once`: «same week last year», the
    runs that were loud in the last known year alone, whatever the years before.
    """
    hits, chance, asked = 0, 0.0, 0
    for one in series:
        known = _years(one, last_known if once else FIRST_YEAR, last_known)
        runs = _last_year(known) if once else [p.weeks for p in peaks([known]) if p.repeated]
        loud = {key for key, cell in year_of(_years(one, first, last)).cells.items() if cell.loud}
        for weeks in runs:
            for year in range(first, last + 1):
                moved = [any((year, (w - 1 + n) % SLOTS + 1) in loud for w in weeks) for n in range(SLOTS)]
                hits, chance, asked = hits + moved[0], chance + sum(moved) / SLOTS, asked + 1
    return hits, chance, asked


def _last_year(series: SeasonalCounts) -> list[tuple[int, ...]]:
    """Return the runs of loud weeks of one year."""
    loud = sorted(week for (_, week), cell in year_of(series).cells.items() if cell.loud)
    runs: list[list[int]] = []
    for week in loud:
        if runs and week == runs[-1][-1] + 1:
            runs[-1].append(week)
        else:
            runs.append([week])
    return [tuple(run) for run in runs]


def again(series: Sequence[SeasonalCounts]) -> dict[str, Any]:
    """Return how peaks did on held-back years: one split in the middle, and each year foretold from all before it."""
    middle = (FIRST_YEAR + LAST_YEAR) // 2
    told: dict[str, Any] = {"split": _figures([came_again(series, middle, middle + 1, LAST_YEAR)])}
    held = range(FIRST_YEAR + TRAINED, LAST_YEAR + 1)
    told["year_by_year"] = _figures([came_again(series, year - 1, year, year) for year in held])
    told["same_week_last_year"] = _figures([came_again(series, year - 1, year, year, once=True) for year in held])
    return told


def _figures(found: Sequence[tuple[int, float, int]]) -> dict[str, Any]:
    hits, chance, asked = sum(f[0] for f in found), sum(f[1] for f in found), sum(f[2] for f in found)
    if not asked:
        return {"asked": 0}
    return {
        "asked": asked, "came_again": round(hits / asked, 3), "by_chance": round(chance / asked, 3),
        "times_chance": round(hits / chance, 2) if chance else None,
    }  # fmt: skip


def measure(url: str, posts: int) -> dict[str, Any]:
    """Return all figures."""
    told = {"speed": speed(url, posts)}
    if not WALLS.exists():
        return told | {"walls": f"нет данных: {WALLS.parent}; задайте OTKLIK_SHARED"}
    return told | {"walls": again(walls(WALLS))}


def main() -> None:
    """Print the figures as a line or as JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--posts", type=int, default=500_000)
    asked.add_argument("--url", default="", help="пустая база PostgreSQL; без неё — новый файл SQLite")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        url = given.url or f"sqlite:///{Path(folder) / 'years.sqlite3'}"
        upgrade(url)
        figures = measure(url, given.posts)
    print(json.dumps(figures, ensure_ascii=False) if given.json else figures)


if __name__ == "__main__":
    main()
