"""All measurements of the product in one run: `make bench`; each part in a process of its own, figures into one JSON file.

Run: python -m tests.bench [--quick] [--json bench.json]
Absolute figures are this machine's; the ratios are between contenders that took turns in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Goal:
    """A figure that is promised: where it stands in the answer, at least or at most how much."""

    part: str
    path: str
    words: str
    least: float | None = None
    most: float | None = None

    def met(self, value: float) -> bool:
        """Tell whether a figure keeps the promise."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


GOALS = (
    Goal("grouping", "sqlite.times_datasketch", "копии: таблица ключей в SQLite против datasketch, раз", least=1),
    Goal(
        "grouping", "postgresql.times_datasketch", "копии: таблица ключей в PostgreSQL против datasketch, раз", least=1
    ),
    Goal("grouping", "ring.times_datasketch", "копии: кольцо в памяти против datasketch, раз", least=15),
    Goal("grouping", "ring.bytes_per_post", "копии: кольцо, байт на запись", most=165),
    Goal("grouping", "ring.rebuild_posts_per_second", "копии: кольцо, записей/с при сборке заново", least=500_000),
    Goal("grouping", "recall.karelia-vk-posts.recall", "копии: полнота на стенах VK", least=0.99),
    Goal("grouping", "recall.city-channels.recall", "копии: полнота на каналах города", least=0.99),
    Goal("grouping", "precision.precision", "копии: точность соединений (судил человек)", least=0.97),
    Goal("whole_way", "made-up.ours.posts_per_cpu_second", "весь путь: записей/с на одном ядре", least=3000),
    Goal("whole_way", "made-up.times_usual", "весь путь: против обычного набора, раз", least=8),
    Goal("desk_page", "p95_ms", "страница очереди при миллионе записей, p95, мс", most=50),
    Goal("desk_page", "web_rss_most_mb", "процесс страниц, МБ", most=250),
    Goal("desk_page", "first_visit_kib", "первая страница сжатая, КиБ", most=150),
)


def parts(*, quick: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield each part with its arguments."""
    yield "grouping", ["--quick"] if quick else []  # always answers in JSON
    yield "whole_way", ["--json", *(["--posts", "2000", "--before", "2000"] if quick else [])]
    yield "rules", ["--json"]
    yield "desk_page", ["--json", *(["--posts", "50000", "--risks", "4000", "--requests", "100"] if quick else [])]


def run(part: str, arguments: list[str]) -> dict[str, Any]:
    """Run one part in a process of its own and return its figures, or what went wrong."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        code = subprocess.run(
            [sys.executable, "-m", f"tests.bench.{part}", *arguments], cwd=ROOT, stdout=out, check=False
        ).returncode
        out.seek(0)
        told = out.read()
    if code:
        return {"failed": code}
    return dict(json.loads(told[told.index("{") :]))


def find(figures: dict[str, Any], path: str) -> float | None:
    """Return the figure at a dotted path; None when it was not measured (data or a server is missing)."""
    value: Any = figures
    for step in path.split("."):
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return float(value) if isinstance(value, int | float) else None


def judge(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every goal with its figure and whether it is met (None: not measured)."""
    told = []
    for goal in GOALS:
        value = find(figures.get(goal.part, {}), goal.path)
        told.append(
            {
                "what": goal.words, "value": value, "least": goal.least, "most": goal.most,
                "met": None if value is None else goal.met(value),
            }
        )  # fmt: skip
    return told


def main() -> None:
    """Measure everything, write the JSON, print the promises and how they are kept."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="быстро и грубо: для проверки, что измерения работают")
    asked.add_argument("--json", type=Path, default=Path("bench.json"))
    given = asked.parse_args()
    figures: dict[str, Any] = {"machine": {"cores": os.cpu_count(), "python": platform.python_version()}}
    for part, arguments in parts(quick=given.quick):
        print(f"измеряю: {part}…", flush=True)
        figures[part] = run(part, arguments)
        given.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2), encoding="utf-8")
    figures["goals"] = judge(figures)
    given.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2), encoding="utf-8")
    marks = {True: "✓", False: "✗", None: "–"}
    for goal in figures["goals"]:
        wanted = f"не меньше {goal['least']}" if goal["least"] is not None else f"не больше {goal['most']}"
        value = "не измерено" if goal["value"] is None else f"{goal['value']:g}"
        print(f"{marks[goal['met']]} {goal['what']}: {value} ({wanted})")
    print(f"Все числа: {given.json}")


if __name__ == "__main__":
    main()
