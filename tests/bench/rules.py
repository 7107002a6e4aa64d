"""Measures the rules: reading, scoring and routing a post, beside razdel + pymorphy3 with a cache, in turns in one run.

    python -m tests.bench.rules [--posts 6000] [--json]

Real streams are measured where the folder of shared data is; only counts are told, never a text.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pymorphy3
import razdel

from district.load import load_profile
from district.profile import Profile
from risk.reading import Reader
from risk.route import route
from risk.score import Spread, score
from tests.bench.stream import stream

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("OTKLIK_SHARED", ROOT.parent / "shared")) / "data"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
PAGE = 100
"""Posts a turn: a page of a crawl."""
GROUPS = {
    "0.0": {"roads"}, "1.0": {"safety"}, "2.0": {"authorities"}, "3.0": {"housing", "energy", "landscaping", "waste"},
    "4.0": {"health"}, "5.0": {"culture"}, "6.0": {"welfare"}, "7.0": {"education"}, "8.0": {"transport"},
    "9.0": {"telecom"}, "10.0": {"welfare"}, "11.0": {"construction"}, "13.0": {"economy"}, "14.0": {"labour"},
    "15.0": {"sport"}, "16.0": {"ecology", "waste"},
}  # fmt: skip
"""Categories of the labelled complaints as groups of the classifier."""


class Ours:
    """Everything that the rules do with a post: facts, score, route."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.reader = Reader(profile)

    def page(self, texts: Sequence[str]) -> None:
        """Read, score and route a page."""
        for facts in self.reader.read_many(texts):
            score(facts, Spread(), self.profile, NOW)
            route(facts, self.profile)


class Usual:
    """What a dictionary of lemmas costs before any rule: razdel's words, pymorphy3's normal forms, remembered."""

    def __init__(self) -> None:
        morph = pymorphy3.MorphAnalyzer()
        self.lemma = lru_cache(maxsize=200_000)(lambda word: morph.parse(word)[0].normal_form)

    def page(self, texts: Sequence[str]) -> None:
        """Cut and lemmatise a page."""
        for text in texts:
            for token in razdel.tokenize(text):
                self.lemma(token.text.lower())


def in_turns(sides: dict[str, Callable[[Sequence[str]], None]], texts: Sequence[str]) -> dict[str, float]:
    """Let each side take the same page in turn; return the processor seconds of each."""
    spent = dict.fromkeys(sides, 0.0)
    for start in range(0, len(texts), PAGE):
        for name, side in sides.items():
            began = time.process_time()
            side(texts[start : start + PAGE])
            spent[name] += time.process_time() - began
    return spent


def speed(texts: list[str], profile: Profile) -> dict[str, Any]:
    """Return the time of a post and of 60 words for both sides, warm and cold, and how many times we are faster."""
    ours, usual = Ours(profile), Usual()
    sides = {"ours": ours.page, "razdel_pymorphy3": usual.page}
    cold = in_turns(sides, texts)
    warm = in_turns(sides, texts)
    words = sum(facts.stems.count(" ") + 1 for facts in ours.reader.read_many(texts))
    told: dict[str, Any] = {"posts": len(texts), "words_a_post": round(words / len(texts), 1)}
    for name in sides:
        told[name] = {
            "us_a_post": round(warm[name] / len(texts) * 1e6, 1),
            "us_a_60_words": round(warm[name] / words * 60e6, 1),
            "us_a_60_words_cold": round(cold[name] / words * 60e6, 1),
        }
    told["times_usual"] = round(warm["razdel_pymorphy3"] / warm["ours"], 1)
    told["times_usual_cold"] = round(cold["razdel_pymorphy3"] / cold["ours"], 1)
    return told


def levels(texts: Iterable[str], profile: Profile) -> dict[str, Any]:
    """Return the share of different texts at each level, each taken as a post of its own."""
    reader = Reader(profile)
    found = Counter(int(score(reader.read(text), Spread(), profile, NOW).level) for text in set(texts))
    whole = sum(found.values())
    return {"texts": whole, **{f"level_{level}": round(found[level] / whole, 4) for level in range(5)}}


def routing(rows: list[tuple[str, set[str]]], profile: Profile) -> dict[str, float]:
    """Return how well topics are found on labelled complaints: abstained, first right, right among three."""
    reader = Reader(profile)
    routed = [(route(reader.read(text), profile), groups) for text, groups in rows]
    sure = [(found, groups) for found, groups in routed if found.topic is not None]
    return {
        "complaints": len(rows),
        "abstained": round(1 - len(sure) / len(rows), 3),
        "first_right": round(sum(found.topic in groups for found, groups in sure) / len(sure), 3),
        "right_among_three": round(sum(any(t in groups for t, _ in f.topics) for f, groups in sure) / len(sure), 3),
    }


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [text for text in (json.loads(line)["text"] for line in lines) if text.strip()]


def _complaints(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [(row["text"], row["category"]) for row in csv.DictReader(lines)]


def measure(posts: int) -> dict[str, Any]:
    """Return all figures; real streams only where they are."""
    profile = load_profile(ROOT / "district" / "demo.toml")
    told: dict[str, Any] = {"made_up": speed([one.post.text for one in stream(posts, seed=7)], profile)}
    if not SHARED.is_dir():
        told["skipped"] = f"нет папки {SHARED}: задайте OTKLIK_SHARED"
        return told
    walls = _lines(SHARED / "karelia-vk-posts" / "posts.jsonl.gz")
    channels = _lines(SHARED / "city-channels" / "moscow_city_subset.jsonl.gz")
    complaints = _complaints(SHARED / "kursk-appeals" / "appeals.csv")
    told["walls"] = speed(walls[:posts], profile) | {"levels": levels(walls, profile)}
    told["channels"] = speed(channels[:posts], profile) | {"levels": levels(channels, profile)}
    told["complaints"] = speed([text for text, _ in complaints], profile)
    told["complaints"]["levels"] = levels((text for text, _ in complaints), profile)
    told["routing"] = routing([(text, GROUPS[group]) for text, group in complaints if group in GROUPS], profile)
    return told


def main() -> None:
    """Measure and print: a table for people, or JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--posts", type=int, default=6_000)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    told = measure(given.posts)
    if given.json:
        json.dump(told, sys.stdout, ensure_ascii=False, indent=2)
        return
    for name in ("made_up", "walls", "channels", "complaints"):
        if name in told:
            one = told[name]
            ours, usual = one["ours"], one["razdel_pymorphy3"]
            print(
                f"{name:11} {ours['us_a_60_words']:7.1f} мкс на 60 слов (холодное {ours['us_a_60_words_cold']:.1f}), "
                f"razdel+pymorphy3 {usual['us_a_60_words']:.1f}, быстрее в {one['times_usual']} раза  {one.get('levels', '')}"
            )
    print(told.get("routing", told.get("skipped", "")))


if __name__ == "__main__":
    main()
