"""On real walls the expectation is better than last year's week, and its bounds hold about what they are named by."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.forecast import ALL, chosen, figures, real_weeks, rolling

pytestmark = pytest.mark.slow


def test_a_held_back_year_of_real_walls_is_told(shared_data: Path) -> None:
    """2023, which chose no number of the rules: smaller errors than both plain ways, 75 to 90 % of the weeks inside."""
    path = shared_data / "karelia-vk-posts" / "posts.jsonl.gz"
    if not path.exists():
        pytest.skip(f"нет данных для измерений: {path.name} в {path.parent.name}")
    series = real_weeks(path)
    topics = [topic for topic in chosen(series) if topic != ALL]

    told = figures([one for topic in topics for one in rolling(series[topic], 2023, 2023)])

    assert len(topics) >= 5
    assert told["to_last_year"] < 0.95
    assert told["to_past_years"] < 0.95
    assert 0.75 <= told["inside"] <= 0.9
