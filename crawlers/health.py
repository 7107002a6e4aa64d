"""Health of a source from its runs: silence and floods against what the profile expects, failures in a row (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor
from typing import Literal

from district.profile import Expected
from storage.find.sources import RunLine

Volume = Literal["silence", "flood", "usual", "unknown"]
DAY = timedelta(days=1)
DAYS = 7
"""Days looked back: a source that gives a post in three days must be seen for longer than one of them."""
RUNS = 700
"""Runs looked back: a week of a run every quarter of an hour."""
FAILURES = 3
"""So many runs in a row without a page read are told as such; one or two are the weather of the Internet."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much a source gave against what is expected, in a word for the table and a sentence for people."""

    volume: Volume
    words: str
    """Russian sentence for an alarm; "" when there is none."""


def day_counts(runs: Sequence[RunLine], now: datetime, days: int = DAYS) -> list[int]:
    """Return how many new posts and comments each of the last `days` days of 24 hours brought, oldest first.

    `runs` are of one source, newest first, as storage gives them; its very first run brought history, not news, and
    is left out when it is among them (fewer than RUNS were given).
    """
    counted = [0] * days
    news = runs if len(runs) >= RUNS else runs[:-1]
    for run in news:
        ago = (now - run.started_at) // DAY
        if 0 <= ago < days:
            counted[days - 1 - ago] += int(run.counts.get("new", 0))
    return counted


def volume(counts: Sequence[int], expected: Expected | None, watched: timedelta) -> Verdict:
    """Return whether a source is silent, flooded or as usual.

    `counts` are posts by day, oldest first, the last of them the last 24 hours; `watched` is how long the source has
    been read. A source that gives less than one post a day is silent only when it gave none in the days in which
    its smallest expected number makes one.
    """
    if expected is None or not counts or watched < DAY:
        return Verdict("unknown", "")
    last = counts[-1]
    if last > expected.high:
        return Verdict("flood", f"наплыв: за сутки {last} записей, обычно не больше {_number(expected.high)}")
    days = max(1, ceil(1 / expected.low)) if expected.low > 0 else 0
    if (
        days
        and watched >= days * DAY
        and len(counts) >= days
        and sum(counts[-days:]) < max(1, floor(expected.low * days))
    ):
        span = "за сутки" if days == 1 else f"за {days} сут."
        return Verdict(
            "silence", f"тишина: {span} записей {sum(counts[-days:])}, обычно не меньше {_number(expected.low)} в сутки"
        )
    return Verdict("usual", "")


def failures(runs: Sequence[RunLine]) -> int:
    """Return how many of the last runs in a row read nothing; `runs` are newest first, unfinished ones are skipped."""
    count = 0
    for run in runs:
        if run.outcome == "running":
            continue
        if run.outcome not in ("failed", "killed"):
            break
        count += 1
    return count


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")
