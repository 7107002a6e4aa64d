"""Measures grouping alone: speed, memory, recall and precision, beside datasketch in the same run.

    python -m tests.bench.grouping [--posts 1000000] [--quick] [--json PATH]

The contenders take turns, a thousand posts each, so that a busy machine slows all of them alike.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from storage.find.rings import _KeptRing
from tests.bench.contenders import Contender, Datasketch, RingSide, Table, Timing, run
from tests.bench.postgres import private_postgres
from tests.bench.stream import stream
from tests.bench.twins import precision, recall_on_real_streams

ROUND = 1000
"""Posts a turn."""


def measure(posts: int, probe: int, datasketch_posts: int, folder: Path, postgres: str | None) -> dict[str, Any]:
    """Fill every contender, then let them take the same new posts in turns; return the figures of each."""
    made = [one.post for one in stream(posts + probe, seed=11)]
    indexed, new = made[:posts], made[posts:]
    sides: dict[str, Contender] = {"sqlite": Table(f"sqlite:///{folder / 'grouping.sqlite3'}")}
    if postgres is not None:
        sides["postgresql"] = Table(postgres)
    sides["ring"] = RingSide(posts + probe)
    sides["datasketch"] = Datasketch()
    for name, side in sides.items():
        print(f"  заполняю: {side.name}", file=sys.stderr, flush=True)
        side.fill(indexed[-datasketch_posts:] if name == "datasketch" else indexed)
    timings = {name: Timing() for name in sides}
    print("  измеряю по очереди", file=sys.stderr, flush=True)
    for start in range(0, len(new), ROUND):
        for name, side in sides.items():
            run(side, new[start : start + ROUND], timings[name])
    figures = {name: _figures(side, timings[name]) for name, side in sides.items()}
    figures["datasketch"]["indexed"] = datasketch_posts
    base = figures["datasketch"]["posts_per_second"]
    for name in sides:
        figures[name]["times_datasketch"] = round(figures[name]["posts_per_second"] / base, 2)
    for side in sides.values():
        if isinstance(side, Table):
            figures.setdefault("ring_from_store", {})[side.store.dialect] = _rebuild(side, posts + probe)
            side.close()
    return figures


def _figures(side: Contender, timing: Timing) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": side.name,
        "page": side.page,
        "posts_per_second": round(timing.rate()),
        "p99_ms_a_page": round(timing.p99_ms(), 1),
        "found": round(timing.found / timing.posts, 4),
    }
    if isinstance(side, Table):
        seconds = sum(timing.pages)
        told["posts_per_second_without_storing_posts"] = round(timing.posts / (seconds - side.storing))
    if isinstance(side, RingSide):
        told["rebuild_posts_per_second"] = round(side.rebuilt)
    if isinstance(side, Table | RingSide):
        told["bytes_per_post"] = round(side.bytes_a_post(), 1)
    return told


def _rebuild(side: Table, posts: int) -> dict[str, float]:
    """Build the ring of a real database from its stored keys."""
    with side.store.read() as tx:
        began = time.perf_counter()
        _KeptRing(posts).build(tx)
    seconds = time.perf_counter() - began
    return {"seconds": round(seconds, 2), "posts_per_second": round((len(side.groups) - 1) / seconds)}


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    """Run the measurement and print it; return the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000, help="сколько постов уже в базе")
    parser.add_argument("--probe", type=int, default=20_000, help="сколько новых постов измеряется")
    parser.add_argument(
        "--datasketch", type=int, default=200_000, help="сколько постов держит datasketch: 8 КБ памяти на пост"
    )
    parser.add_argument("--quick", action="store_true", help="грубо и быстро: 50 000 постов, без больших выборок")
    parser.add_argument("--no-postgres", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    posts, probe = (50_000, 5_000) if given.quick else (given.posts, given.probe)
    folder = Path(tempfile.mkdtemp(prefix="otklik-bench-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres, why = None, "--no-postgres"
        if not given.no_postgres:
            try:
                postgres = stack.enter_context(private_postgres())
            except RuntimeError as missing:
                why = str(missing)
        figures: dict[str, Any] = {"posts": posts, "probe": probe}
        if postgres is None:
            figures["postgresql_absent"] = why
        figures |= measure(posts, probe, min(given.datasketch, posts), folder, postgres)
        figures["recall"] = recall_on_real_streams(folder, quick=given.quick)
        figures["precision"] = precision()
    print(json.dumps(figures, ensure_ascii=False, indent=2))
    if given.json is not None:
        given.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2), encoding="utf-8")
    return figures


if __name__ == "__main__":
    main()
