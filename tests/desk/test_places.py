"""Platforms of an answer: ticked by what people read, official pages beside them, links to the most viewed post."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from desk.places import choices, links, seen_places
from storage.find.card import Card
from tests.casework.staff_build import a_profile, a_source

PAGE = a_source("vk-okrug", name="Администрация округа", address="https://vk.com/okrug", official=True)
SITE = a_source("site", name="Сайт", address="okrug.example.org", official=True)
PROFILE = replace(a_profile(), sources=(a_source(), PAGE, SITE))


def post(source: str, views: int | None, number: int = 1, *, comment: bool = False) -> Any:
    return SimpleNamespace(
        source_id=source,
        source_name=source.upper(),
        views=views,
        is_comment=comment,
        url=f"https://x/{source}/{number}",
    )


def card(*posts: Any, level: int = 2) -> Card:
    return cast(Card, SimpleNamespace(posts=posts, row=SimpleNamespace(level=level)))


@pytest.mark.parametrize(
    ("views", "ticked"),
    [
        ({"a": 900, "b": 60, "c": 40}, ["a"]),
        ({"a": 500, "b": 400, "c": 100}, ["a", "b"]),
        ({"a": 500, "b": 300, "c": 200}, ["a", "b", "c"]),
        ({"a": 5, "b": None}, ["a", "b"]),
        ({"a": None}, ["a"]),
        ({"a": 0, "b": 0}, ["a", "b"]),
        ({}, []),
    ],
)
def test_the_most_viewed_are_ticked_until_nine_tenths(views: dict[str, int | None], ticked: list[str]) -> None:
    """A page with a handful of views is left out; unknown views are ticked, for they may be many."""
    found = card(*(post(source, seen) for source, seen in views.items()), level=1)

    assert [c.value for c in choices(found, PROFILE, None) if c.ticked] == ticked


@pytest.mark.parametrize(("level", "official"), [(1, []), (2, ["vk-okrug"]), (4, ["vk-okrug"])])
def test_an_official_page_joins_from_level_two(level: int, official: list[str]) -> None:
    """Level 1 is answered where it was asked only; all official pages may be ticked by hand."""
    found = choices(card(post("a", 10), level=level), PROFILE, None)

    assert [c.value for c in found] == ["a", "vk-okrug", "site"]
    assert [c.value for c in found if c.ticked] == ["a", *official]


def test_what_was_chosen_is_kept() -> None:
    """A named place and a source where it is seen no more stay ticked; what was left out stays out."""
    found = choices(card(post("a", 10), post("b", 10)), PROFILE, ("b", "vk-residents", "Доска у магазина"))

    assert [(c.name, c.ticked) for c in found] == [
        ("A", False), ("B", True), ("Администрация округа", False), ("Сайт", False), ("Подслушано в Белом", True),
        ("Доска у магазина", True),
    ]  # fmt: skip


def test_links_lead_to_the_most_viewed_post() -> None:
    """The risk's own post first, a page without one next; a name and an address that is no link stay words."""
    found = card(post("a", 10, 1), post("a", 30, 2), post("a", 90, 3, comment=True))

    made = links(found, PROFILE, ("a", "vk-okrug", "site", "Доска"))

    assert [(link.name, link.url) for link in made] == [
        ("A", "https://x/a/2"), ("Администрация округа", "https://vk.com/okrug"), ("Сайт", ""), ("Доска", ""),
    ]  # fmt: skip


def test_a_platform_is_counted_once() -> None:
    """Posts and comments of one source make one line with its views together."""
    (seen,) = seen_places(card(post("a", 10), post("a", None), post("a", 5, comment=True)))

    assert (seen.posts, seen.views) == (3, 15)
