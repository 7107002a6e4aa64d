"""Recall and precision of grouping on the two real streams; their texts are read where they stand and go nowhere."""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from risk.group import prepare
from risk.group_pair import SUGGEST, Side, judge
from risk.post import Post
from tests.bench.contenders import ALIKE, Table, Timing, run
from tests.conftest import ROOT, SHARED
from texts.clean import clean, plain
from texts.similar import ratios

KARELIA, CITY = "karelia-vk-posts", "city-channels"
_FILES = {KARELIA: "posts.jsonl.gz", CITY: "moscow_city_subset.jsonl.gz"}
JUDGED = ROOT / "tests" / "judged" / "pairs.csv"
SAMPLE = 20_000
"""Posts of the larger stream that are compared with one another (issue 2): the latest ones."""


def _moment(value: Any) -> datetime:
    if isinstance(value, str):
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.fromtimestamp(float(value or 0), UTC)


def _post(row: dict[str, Any]) -> Post:
    if "group" in row:
        platform, source, number = "vk", str(row["group"]), f"{row['group']}_{row['id']}"
    else:
        platform, source, number = "telegram", str(row["channel"]), f"{-row['sender_id']}_{row['message_id']}"
    at = _moment(row["date"])
    return Post(platform, source, number, "", f"https://example.org/{number}", row["text"], at, at)


def real_posts(name: str, shared: Path = SHARED) -> list[Post] | None:
    """Return the posts of a real stream in order of time; None where the data are absent."""
    path = shared / "data" / name / _FILES[name]
    if not path.exists():
        return None
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return sorted((_post(json.loads(line)) for line in lines), key=lambda one: (one.published_at, one.external_id))


def twins(texts: Sequence[bytes]) -> list[set[int]]:
    """Return for each text the earlier ones that are alike, by comparing all with all: some 100 s for 20,000."""
    lengths = np.array([len(text) for text in texts])
    order = np.argsort(lengths, kind="stable")
    ordered, lengths = [texts[at] for at in order], lengths[order]
    found: list[set[int]] = [set() for _ in texts]
    for first in range(0, len(texts), 500):
        last = min(len(texts), first + 500)
        if not lengths[last - 1]:
            continue
        # A text half as long again cannot be alike at 80: the share of common letters would be too small.
        reach = int(np.searchsorted(lengths, lengths[last - 1] * 1.5, "right"))
        alike = process.cdist(
            ordered[first:last], ordered[first:reach], scorer=fuzz.ratio, score_cutoff=ALIKE, dtype=np.uint8, workers=-1
        )
        for row, column in zip(*(part.tolist() for part in np.nonzero(alike)), strict=True):
            if column > row and lengths[first + row]:
                one, two = sorted((int(order[first + row]), int(order[first + column])))
                found[two].add(one)
    return found


def recall(name: str, posts: Sequence[Post], folder: Path) -> dict[str, Any]:
    """Group posts through a database and count those with an earlier twin that are joined or suggested to one."""
    true = twins([plain(norm) for norm in clean([one.text for one in posts])])
    table = Table(f"sqlite:///{folder / f'{name}.sqlite3'}")
    run(table, posts, Timing())
    table.close()
    members: dict[int, set[int]] = {}
    kinds = {"joined": 0, "suggested": 0, "missed": 0}
    for index, some in enumerate(true):
        post_id = index + 1
        if some:
            kinds[_attached(table, post_id, {one + 1 for one in some}, members)] += 1
        members.setdefault(table.groups[post_id], set()).add(post_id)
    total = sum(kinds.values())
    return {"posts": len(posts), "with_twin": total, "recall": round(1 - kinds["missed"] / total, 4)} | kinds


def _attached(table: Table, post_id: int, some: set[int], members: dict[int, set[int]]) -> str:
    links = table.links[post_id]
    for link in links:
        if link.verdict == "same" and (link.other in some or some & members.get(table.groups[link.other], set())):
            return "joined"
    return "suggested" if any(link.other in some for link in links) else "missed"


def recall_on_real_streams(folder: Path, quick: bool = False) -> dict[str, Any]:
    """Return the recall on both streams, or why it was not measured."""
    told: dict[str, Any] = {}
    for name in (CITY, KARELIA):
        print(f"  полнота: {name}", file=sys.stderr, flush=True)
        posts = real_posts(name)
        if posts is None:
            told[name] = f"нет данных: задайте OTKLIK_SHARED (ищу {SHARED})"
        else:
            told[name] = recall(name, posts[-(4000 if quick else SAMPLE) :], folder)
    return told


def judged_pairs() -> list[dict[str, str]]:
    """Return the pairs that were read and judged: dataset, id_a, id_b, score, verdict, sample."""
    with JUDGED.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _side(posts: list[Post]) -> dict[str, Side]:
    batch = prepare(posts, {})
    return {
        one.external_id: Side(batch.norms[at], batch.plains[at], batch.words[at], one.published_at, one.source_id)
        for at, one in enumerate(posts)
    }


def precision() -> dict[str, Any]:
    """Join the judged pairs anew with today's rules and say what share of the joins was judged right."""
    right = joined = 0
    pairs = judged_pairs() if JUDGED.exists() else []
    for name in sorted({pair["dataset"] for pair in pairs}):
        posts = real_posts(name)
        if posts is None:
            return {"absent": f"нет данных: задайте OTKLIK_SHARED (ищу {SHARED})"}
        some = [pair for pair in pairs if pair["dataset"] == name]
        wanted = {one for pair in some for one in (pair["id_a"], pair["id_b"])}
        sides = _side([one for one in posts if one.external_id in wanted])
        for pair in some:
            left, right_side = sides[pair["id_a"]], sides[pair["id_b"]]
            verdict = judge(left, right_side, float(_likeness(left, right_side)[0]))
            if verdict is not None and verdict.verdict == "same":
                joined += 1
                right += pair["verdict"] == "same"
    return {"judged": len(pairs), "joined": joined, "precision": round(right / joined, 4) if joined else None}


def _likeness(left: Side, right: Side) -> NDArray[np.float32]:
    return ratios([left.plain], [right.plain], SUGGEST)
