"""Bench: what is expected of a week against «the same week last year» and the mean of past years, on years held back.

Real walls (karelia-vk-posts): posts that the product gives a topic, weekly, an exact copy of the last week left out. Every
fourth week is a moment of telling; nothing from it on is looked at; the eight weeks after it are told. The numbers of
preventive.season were chosen on 2014-2019 (`--years 2014-2019`), the figures that count are of 2020-2024.
Made-up weeks (tests.bench.made_weeks): how often a true fall is seen and how often one is seen that is not there.

Run: python -m tests.bench.forecast [--years 2020-2024] [--lives 200] [--json]
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from district.load import load_profile
from preventive.calendar import monday
from preventive.effect import Span, Verdict, effect
from preventive.expected import look
from preventive.facts import WeekCount
from preventive.season import SHIFTS
from risk.reading import Reader
from risk.route import route
from tests.bench.made_weeks import Truth, fallen, made
from tests.conftest import ROOT, SHARED

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
BEGINS, ENDS = date(2012, 1, 2), date(2025, 3, 31)
CHOSEN_UNTIL = date(2020, 1, 1)
"""Topics are chosen by what was written before this day: half a message a week or more."""
EVERY, AHEAD = 4, 8
ALL = "все темы вместе"


def real_weeks(path: Path) -> dict[str, tuple[WeekCount, ...]]:
    """Return the weeks of every topic of the walls, zeros too, and of all topics together."""
    profile = load_profile(ROOT / "district" / "demo.toml")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = sorted((_day(row["date"]), row["text"]) for row in map(json.loads, lines))
    counts: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    last: dict[bytes, date] = {}
    for (day, text), facts in zip(rows, Reader(profile).read_many([text for _, text in rows]), strict=True):
        mark, week = blake2b(text.encode(), digest_size=12).digest(), monday(day)
        copied, last[mark] = week - last.get(mark, date.min) <= WEEK, week
        topic = route(facts, profile).topic
        if topic and not copied and BEGINS <= week < ENDS:
            counts[topic][week] += 1
            counts[ALL][week] += 1
    weeks = [BEGINS + n * WEEK for n in range((ENDS - BEGINS) // WEEK)]
    return {topic: tuple(WeekCount(w, found[w], found[w]) for w in weeks) for topic, found in counts.items()}


def _day(told: str | int) -> date:
    return date.fromisoformat(told[:10]) if isinstance(told, str) else datetime.fromtimestamp(told, UTC).date()


def chosen(series: dict[str, tuple[WeekCount, ...]]) -> list[str]:
    """Return the topics of which enough was written in the early years, the biggest first."""
    early = {t: [r.posts for r in rows if r.week < CHOSEN_UNTIL] for t, rows in series.items()}
    return sorted((t for t, posts in early.items() if np.mean(posts) >= 0.5), key=lambda t: -sum(early[t]))


@dataclass(frozen=True)
class Told:
    """One week (or stretch) as it was told and as it came; plain ways beside it."""

    came: int
    mean: float
    low: int
    high: int
    last_year: float
    past_years: float


def rolling(rows: Sequence[WeekCount], first: int, last: int) -> Iterator[Told]:
    """Yield every told week of the years first..last."""
    posts = np.array([row.posts for row in rows])
    for origin in _origins(rows, first, last):
        outlook = look(rows, rows[origin].week)
        for at in range(origin, min(origin + AHEAD, len(rows))):
            told = outlook.week(rows[at].week)
            if told.mean is None or told.low is None or told.high is None:
                continue
            past = [float(posts[at - shift]) for shift in SHIFTS if at >= shift]
            yield Told(int(posts[at]), told.mean, told.low, told.high, past[0], float(np.mean(past)))


def stretches(rows: Sequence[WeekCount], first: int, last: int, gap: int, weeks: int) -> Iterator[Told]:
    """Yield sums of `weeks` weeks that began `gap` weeks after the moment of telling."""
    posts = np.array([row.posts for row in rows])
    for origin in _origins(rows, first, last):
        at = origin + gap
        if at + weeks > len(rows):
            return
        told = look(rows, rows[origin].week).total([row.week for row in rows[at : at + weeks]])
        if told.mean is None or told.low is None or told.high is None:
            continue
        past = [float(posts[at - shift : at - shift + weeks].sum()) for shift in SHIFTS if at >= shift]
        yield Told(int(posts[at : at + weeks].sum()), told.mean, told.low, told.high, past[0], float(np.mean(past)))


def _origins(rows: Sequence[WeekCount], first: int, last: int) -> range:
    within = [n for n, row in enumerate(rows) if first <= row.week.year <= last]
    return range(within[0], within[-1] + 1, EVERY) if within else range(0)


def figures(told: Sequence[Told]) -> dict[str, float]:
    """Return errors and coverage; ratios below one are better than the plain way."""
    came = np.array([t.came for t in told])
    ours, last, past = (
        float(np.abs(came - np.array([getattr(t, name) for t in told])).mean())
        for name in ("mean", "last_year", "past_years")
    )
    below = float(np.mean([t.came < t.low for t in told]))
    above = float(np.mean([t.came > t.high for t in told]))
    return {
        "told": len(told), "usual": round(float(came.mean()), 2), "error": round(ours, 3), "error_last_year": round(last, 3),
        "error_past_years": round(past, 3), "to_last_year": round(ours / last, 3), "to_past_years": round(ours / past, 3),
        "inside": round(1 - below - above, 3), "below": round(below, 3), "above": round(above, 3),
        "wide": round(float(np.mean([t.high - t.low for t in told])), 2),
    }  # fmt: skip


def measure_real(path: Path, first: int, last: int) -> dict[str, Any]:
    """Return the figures of the walls for the years first..last."""
    series = real_weeks(path)
    topics = [t for t in chosen(series) if t != ALL]
    began = time.perf_counter()
    by_topic = {topic: list(rolling(series[topic], first, last)) for topic in [ALL, *topics]}
    looked = time.perf_counter() - began
    every = [told for topic in topics for told in by_topic[topic]]
    by_year = {
        str(y): figures([t for topic in topics for t in rolling(series[topic], y, y)]) for y in range(first, last + 1)
    }
    by_size = {
        name: figures(part)
        for name, low, high in (("<1", 0, 1), ("1-3", 1, 3), ("3-10", 3, 10), (">10", 10, 1e9))
        if (part := [t for t in every if low <= t.mean < high])
    }
    sums = {
        f"{weeks} через {gap}": figures(
            [t for topic in topics for t in stretches(series[topic], first, last, gap, weeks)]
        )
        for gap, weeks in ((0, 4), (2, 6), (3, 12))
    }
    return {
        "weeks": figures(every), "years": by_year, "topics": {t: figures(told) for t, told in by_topic.items()},
        "size": by_size, "sums": sums, "look_ms": round(1000 * looked / sum(len(_origins(r, first, last)) for r in map(series.get, by_topic) if r), 1),
    }  # fmt: skip


def measure_made(lives: int, years: Sequence[int] = (2, 3, 5)) -> dict[str, Any]:
    """Return, for each truth and length of history, how often «less» and «more» are said of a fall of so many percent."""
    return {name: {f"лет {known}": _lives(truth, known, lives) for known in years} for name, truth in TRUTHS.items()}


def _lives(truth: Truth, known: int, lives: int) -> dict[str, dict[str, float]]:
    luck = np.random.default_rng(20261121)
    said = [_life(truth, known, luck) for _ in range(lives)]
    return {
        f"спад {fall} %": {
            verdict.value: round(sum(one[at] is verdict for one in said) / lives, 3)
            for verdict in (Verdict.LESS, Verdict.MORE, Verdict.CANNOT_TELL)
        }
        for at, fall in enumerate(FALLS)
    }


TRUTHS = {
    "паводок, 6 недель по 20": Truth(usual=2.5, times=8, width=3.0),
    "паводок, 6 недель по 6": Truth(usual=0.8, times=8, width=3.0),
    "почти без сезона, по 3": Truth(usual=3.0, times=1.2),
    "всплески, 6 недель по 20": Truth(usual=2.5, times=8, width=3.0, spread=0.5),
}


FALLS = (0, 20, 40, 60)


def _life(truth: Truth, years: int, luck: np.random.Generator) -> list[Verdict]:
    """Live through one made-up district with a campaign of six weeks around the height; return the verdict of each fall."""
    rows = made(truth, 52 * years + 30, luck, first=monday(date(2026 - years, 1, 5)))
    height = monday(date(2026, 1, 1) + timedelta(weeks=truth.peak_week))
    start = height - 3 * WEEK
    during = Span(start, start + 6 * WEEK - DAY)
    prepare = start - 3 * WEEK
    before, after = Span(prepare - 8 * WEEK, prepare - DAY), Span(during.last + DAY, during.last + DAY)
    return [effect(fallen(rows, start, during.last, fall / 100, luck), before, during, after).verdict for fall in FALLS]


def measure(first: int, last: int, lives: int) -> dict[str, Any]:
    """Return everything that is there to measure; without the walls only the made-up part."""
    path = SHARED / "data" / "karelia-vk-posts" / "posts.jsonl.gz"
    real = measure_real(path, first, last) if path.exists() else {}
    lived = measure_made(lives)
    calm = [told["спад 0 %"]["less"] for by_years in lived.values() for told in by_years.values()]
    return {"real": real, "made": lived, "false_less": round(float(np.mean(calm)), 3)}


def main() -> None:
    """Print the figures as text or as JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--years", default="2020-2024")
    asked.add_argument("--lives", type=int, default=200)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    first, _, last = given.years.partition("-")
    told = measure(int(first), int(last or first), given.lives)
    print(json.dumps(told, ensure_ascii=False, indent=None if given.json else 1))


if __name__ == "__main__":
    main()
