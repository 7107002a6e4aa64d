"""All measurements of the product in one run: `make bench`; each part in a process of its own, figures into one JSON file.

Run: python -m tests.bench [--quick] [--json bench.json]
Absolute figures are this machine's; the ratios are between contenders that took turns in the same run. Progress goes to stderr.
Ends with 1 when a part could not be measured; a promise that is not kept is told, and is no failure of the measuring.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
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
    Goal(
        "grouping", "ring_from_store.sqlite.posts_per_second", "копии: кольцо из базы SQLite, записей/с", least=500_000
    ),
    Goal(
        "grouping",
        "ring_from_store.postgresql.posts_per_second",
        "копии: кольцо из PostgreSQL, записей/с",
        least=500_000,
    ),
    Goal("grouping", "recall.karelia-vk-posts.recall", "копии: полнота на стенах VK", least=0.99),
    Goal("grouping", "recall.city-channels.recall", "копии: полнота на каналах города", least=0.99),
    Goal("grouping", "precision.precision", "копии: точность соединений (судил человек)", least=0.97),
    Goal("whole_way", "made-up.ours.posts_per_cpu_second", "весь путь: записей/с на одном ядре", least=3000),
    Goal("whole_way", "made-up.times_usual", "весь путь: против обычного набора, раз", least=8),
    Goal(
        "whole_way",
        "karelia-vk-posts.ours.posts_per_cpu_second",
        "весь путь, стены VK: записей/с на одном ядре",
        least=3000,
    ),
    Goal("whole_way", "karelia-vk-posts.times_usual", "весь путь, стены VK: против обычного набора, раз", least=8),
    Goal("desk_page", "p95_ms", "страница очереди при миллионе записей, p95, мс", most=50),
    Goal("card_page", "card.p95_ms", "карточка риска с 5000 записями, p95, мс", most=150),
    Goal("card_page", "growth.p95_ms", "рискогенные темы при 500 000 записей в месяц, p95, мс", most=150),
    Goal("desk_page", "web_rss_most_mb", "процесс страниц, МБ", most=250),
    Goal("desk_page", "first_visit_kib", "первая страница сжатая, КиБ", most=150),
    Goal("year", "page.p95_ms", "год: 100 угроз и 300 кампаний, p95, мс", most=200),
    Goal("year", "changed.p95_ms", "год сразу после каждого изменения, p95, мс", most=200),
    Goal("upkeep", "median_ms", "официальные страницы при 500 000 записей, мс", most=300),
    Goal("reaction", "seconds", "реакция тысячи рисков под наблюдением, с", most=10),
    Goal("forecast", "real.weeks.to_last_year", "прогноз: ошибка против «той же недели прошлого года», раз", most=0.95),
    Goal("forecast", "real.weeks.to_past_years", "прогноз: ошибка против среднего прошлых лет, раз", most=0.95),
    Goal("forecast", "real.weeks.inside", "прогноз: внутри границ, названных 80 %, не меньше", least=0.75),
    Goal("forecast", "real.weeks.inside", "прогноз: внутри границ, названных 80 %, не больше", most=0.88),
    Goal("forecast", "false_less", "эффект: «меньше обычного» там, где спада не было", most=0.10),
    Goal("peaks", "speed.seconds", "пики: десять лет, 500 000 записей, из базы в пики, с", most=5),
    Goal("peaks", "walls.year_by_year.times_chance", "пики на стенах VK: приходят снова, раз против случая", least=1.5),
)


def parts(*, quick: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield each part with its arguments."""
    yield "grouping", ["--quick"] if quick else []  # always answers in JSON
    yield "whole_way", ["--json", *(["--posts", "2000", "--before", "2000"] if quick else [])]
    yield "rules", ["--json"]
    yield "card_page", ["--json", *(["--posts", "30000", "--risks", "2000", "--requests", "40"] if quick else [])]
    yield "desk_page", ["--json", *(["--posts", "50000", "--risks", "4000", "--requests", "100"] if quick else [])]
    yield "year", ["--json", *(["--requests", "30"] if quick else [])]
    yield "upkeep", ["--json", *(["--posts", "50000", "--requests", "10"] if quick else [])]
    yield "reaction", ["--json", *(["--risks", "100"] if quick else [])]
    yield "forecast", ["--json", *(["--years", "2024-2024", "--lives", "20"] if quick else [])]
    yield "peaks", ["--json", *(["--posts", "20000"] if quick else [])]


def run(part: str, arguments: list[str]) -> dict[str, Any]:
    """Run one part in a process of its own and return its figures with its seconds, or {"failed": why}."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        code = subprocess.run(
            [sys.executable, "-m", f"tests.bench.{part}", *arguments], cwd=ROOT, stdout=out, check=False
        ).returncode
        out.seek(0)
        told = out.read()
    seconds = {"took_seconds": round(time.monotonic() - began)}
    if code:
        return {"failed": f"код {code}", **seconds}
    try:
        return dict(json.loads(told[told.index("{") :])) | seconds
    except ValueError:
        return {"failed": "в ответе нет JSON", **seconds}


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


def table(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the lines for people: each promise with its figure, then the parts that could not be measured."""
    marks = {True: "✓", False: "✗", None: "–"}
    for goal in figures["goals"]:
        wanted = f"не меньше {goal['least']:g}" if goal["least"] is not None else f"не больше {goal['most']:g}"
        value = "не измерено" if goal["value"] is None else f"{goal['value']:g}"
        yield f"{marks[goal['met']]} {goal['what']}: {value} ({wanted})"
    for part, why in failures(figures):
        yield f"✗ часть «{part}» не измерена: {why}; причина — выше, в её собственных строках"


def failures(figures: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (part, why) of the parts that could not be measured."""
    return [
        (part, str(told["failed"])) for part, told in figures.items() if isinstance(told, dict) and "failed" in told
    ]


def progress(line: str) -> None:
    """Say where the measuring is; on stderr, so that the table can be piped."""
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Measure everything, write the JSON, print the promises and how they are kept; return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="быстро и грубо: для проверки, что измерения работают")
    asked.add_argument("--json", type=Path, default=Path("bench.json"))
    given = asked.parse_args()
    figures: dict[str, Any] = {"machine": {"cores": os.cpu_count(), "python": platform.python_version()}}
    every = list(parts(quick=given.quick))
    for number, (part, arguments) in enumerate(every, start=1):
        progress(f"[{number}/{len(every)}] измеряю: {part}…")
        figures[part] = run(part, arguments)
        progress(f"[{number}/{len(every)}] {part}: {figures[part]['took_seconds']} с")
        given.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2), encoding="utf-8")
    figures["goals"] = judge(figures)
    given.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2), encoding="utf-8")
    print("\n".join(table(figures)))
    print(f"Все числа: {given.json}")
    return 1 if failures(figures) else 0


if __name__ == "__main__":
    sys.exit(main())
