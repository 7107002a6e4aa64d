"""Pictures are drawn on the server, without style attributes, with the same said in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from desk.pictures import share_bar, spread_picture, volume_bar
from desk.wording import Hours

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HOURS = Hours(NOW, ZoneInfo("Asia/Sakhalin"))


@given(st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 50), st.integers(0, 10**7)), min_size=1, max_size=40))
def test_any_spread_is_a_sound_picture(steps: list[tuple[int, int, int]]) -> None:
    """Whatever came when, the picture is well-formed, stays inside its frame and has no style attribute."""
    points, posts, views = [], 0, 0
    for minutes, more_posts, more_views in sorted(steps):
        posts, views = posts + more_posts, views + more_views
        points.append((NOW - timedelta(minutes=100_000 - minutes), posts, views))

    svg = str(spread_picture(points, HOURS))

    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert "style" not in svg
    numbers = [float(n) for d in re.findall(r' d="([^"]+)"', svg) for n in re.findall(r"-?\d+(?:\.\d+)?", d)]
    assert all(-1 <= n <= 641 for n in numbers)


def test_the_spread_is_said_in_words() -> None:
    """Who does not see the picture hears how many posts and views there are by now."""
    svg = str(spread_picture([(NOW - timedelta(hours=2), 1, 40), (NOW - timedelta(hours=1), 3, 5200)], HOURS))

    assert "записей 3" in svg
    assert "просмотров 5\u00a0200" in svg


def test_nothing_to_draw() -> None:
    """Without points there is no picture, and without an expectation no bar."""
    assert spread_picture([], HOURS) == ""
    assert volume_bar(5, None, None) == ""


def test_a_signal_that_lowers_looks_different() -> None:
    """Points taken off are drawn in another class than points added."""
    assert "pic-minus" in share_bar(-8, 60)
    assert "pic-plus" in share_bar(60, 60)
    assert "nan" not in share_bar(0, 0)


@given(st.integers(0, 10**6), st.floats(0, 1000), st.floats(1, 10**5))
def test_the_mark_of_a_volume_stays_on_its_bar(real: int, low: float, more: float) -> None:
    """However far a source is from what it usually gives, the mark is seen."""
    svg = str(volume_bar(real, low, low + more))
    found = re.search(r'pic-mark" x="([\d.]+)"', svg)

    assert found
    assert 0 <= float(found.group(1)) <= 156
