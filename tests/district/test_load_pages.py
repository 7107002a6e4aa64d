"""Official pages of a profile: what is taken, what is refused, and with which words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from district.errors import Problem, Report
from district.load import load_profile
from district.load_pages import pages
from district.load_table import Table
from district.profile import Expected, Platform, Source
from district.seasons import OfficialPage
from tests.casework.staff_build import a_source

FOLDER = Path(__file__).resolve().parents[2] / "district"
OURS: Source = a_source("vk-okrug", official=True, address="https://vk.com/okrug", expected=Expected(0, 10))
FEED: Source = a_source("feed", official=True, platform=Platform.FEED, address="https://okrug.example.org/rss")
THEIRS: Source = a_source("vk-residents")
GOOD: dict[str, Any] = {"id": "vk", "name": "Страница", "owner": "Администрация", "platform": "vk"}


def read(*tables: dict[str, Any]) -> tuple[tuple[OfficialPage, ...], list[Problem]]:
    report = Report("x.toml")
    made = pages(Table({"pages": list(tables)}, "", report), (OURS, FEED, THEIRS))
    return made, report.problems


def test_a_page_may_be_written_with_little() -> None:
    """Name, owner and platform are enough: no address is invented, and the usual rhythm holds."""
    made, problems = read(GOOD)

    assert not problems
    assert made == (OfficialPage("vk", "Страница", "Администрация", "vk", "", None, 3.0, 7, 24),)


@pytest.mark.parametrize(
    ("source", "platform", "address"), [("vk-okrug", "vk", OURS.address), ("feed", "site", FEED.address)]
)
def test_a_page_takes_after_its_source(source: str, platform: str, address: str) -> None:
    """With a source the platform and the address need not be repeated."""
    own = {"id": "a", "name": "Страница", "owner": "Администрация", "source": source, "posts_a_week": 0.5}

    (page,), problems = read(own)

    assert not problems
    assert (page.source, page.platform, page.address, page.posts_a_week) == (source, platform, address, 0.5)


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"source": "vk-okrgu"}, "pages[1].source", "возможно"),
        ({"source": "vk-residents"}, "pages[1].source", "official = true"),
        ({"platform": "vkontakte"}, "pages[1].platform", "неизвестное значение"),
        ({"address": "https://vk.com/id123"}, "pages[1].address", ""),
        ({"platform": "ok", "address": "https://vk.com/okrug"}, "pages[1].address", "Одноклассников"),
        ({"platform": "site", "address": "http://127.0.0.1/"}, "pages[1].address", ""),
        ({"posts_a_week": 0}, "pages[1].posts_a_week", "больше 0"),
        ({"posts_a_week": -1}, "pages[1].posts_a_week", "больше 0"),
        ({"posts_a_week": True}, "pages[1].posts_a_week", "больше 0"),
        ({"posts_a_week": "3"}, "pages[1].posts_a_week", "больше 0"),
        ({"posts_a_week": float("nan")}, "pages[1].posts_a_week", "больше 0"),
        ({"posts_a_week": 1000}, "pages[1].posts_a_week", "не больше 100"),
        ({"silent_after_days": 0}, "pages[1].silent_after_days", "от 1"),
        ({"answer_hours": 721}, "pages[1].answer_hours", "до 720"),
        ({"id": "Страница"}, "pages[1].id", "латинские"),
        ({"name": ""}, "pages[1].name", ""),
        ({"ovner": "x"}, "pages[1].ovner", "owner"),
        ({"phone": "8-800"}, "pages[1].phone", "officials.local.toml"),
    ],
)
def test_a_mistake_is_named_with_its_mend(changes: dict[str, Any], key: str, words: str) -> None:
    """Every wrong key is told by its full name, with what to write instead."""
    _, problems = read(GOOD | changes)

    assert [p.key for p in problems] == [key]
    assert words in str(problems[0])


def test_two_pages_of_one_thing_are_refused() -> None:
    """Equal ids and two pages of one source are mistakes; two pages without a source are not."""
    own = GOOD | {"source": "vk-okrug"}
    _, problems = read(own, own | {"id": "vk2"}, GOOD, GOOD | {"id": "other"})

    assert [(p.key, p.fatal) for p in problems] == [("pages[3].id", True), ("pages[2].source", True)]


@pytest.mark.parametrize("name", ["khvoyninsky", "kholmsky", "babaevsky", "dedovichsky", "demyansky"])
def test_the_real_profiles_invent_no_address(name: str) -> None:
    """Pages of the administration and of its institutions are listed; an address stands only where a document names one."""
    profile = load_profile(FOLDER / f"{name}.toml")
    known = {source.address for source in profile.sources} | {""}

    found = profile.prevention.pages

    assert {"site", "vk", "schools", "culture"} <= {page.id for page in found}
    assert {page.address for page in found} <= known


def test_the_demo_has_pages_that_are_read_and_pages_that_are_not() -> None:
    """Six to eight invented pages, two of them with a source."""
    found = load_profile(FOLDER / "demo.toml").prevention.pages

    assert 6 <= len(found) <= 8
    assert {page.source for page in found if page.source} == {"vk-okrug", "site-okrug"}
