"""The door: what is refused and why, what is masked, when a page is stored, and that nothing is dropped silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.items import PageEnd, PostItem
from crawlers.pipelines import BATCH, MAX_TEXT, Door, masked_excerpt, problem, to_post
from crawlers.source import CrawlSource
from crawlers.visit import Visit
from tests.crawlers.web_run import NOW, Kept, settings_for
from texts.pseudonym import voice

KEY = b"k" * 32


def an_item(number: int = 1, text: str = "Нет воды на Садовой", **given: Any) -> PostItem:
    """Return an item of a wall."""
    values: dict[str, Any] = {
        "source_id": "s", "platform": "vk", "external_id": f"-1_{number}", "url": f"https://vk.com/wall-1_{number}", "text": text,
        "published_at": NOW - timedelta(hours=1),
    }  # fmt: skip
    return PostItem(**(values | given))


def a_door(kept: Kept | None = None, *, preview: bool = False) -> Door:
    """Return the door of a visit."""
    visit = Visit(
        CrawlSource("s", "vk", "https://vk.com/club1"), settings_for(1), ZoneInfo("Europe/Moscow"), NOW, preview=preview
    )
    return Door(visit, kept or Kept(), KEY, lambda: NOW)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, ""),
        ({"external_id": " "}, "нет номера записи: её нельзя отличить от других"),
        ({"published_at": None}, "у записи нет даты"),
        ({"published_at": datetime(2026, 11, 21, 9)}, "дата без часового пояса: 21.11.2026 09:00"),
        ({"published_at": NOW + timedelta(days=2)}, "дата в будущем: 23.11.2026 09:00"),
        ({"published_at": NOW + timedelta(hours=5)}, ""),
        ({"published_at": datetime(1970, 1, 1, tzinfo=UTC)}, "невозможная дата: 01.01.1970"),
        ({"text": " \n"}, "пустая запись: ни текста, ни вложений"),
        ({"text": "", "attachments": ("photo:-1_5",)}, ""),
        ({"text": "я" * (MAX_TEXT + 1)}, f"слишком длинная запись: {MAX_TEXT + 1} знаков, больше {MAX_TEXT}"),
        ({"gone": True, "published_at": None, "text": ""}, ""),
    ],
)
def test_what_cannot_be_taken_in_has_a_reason(change: dict[str, Any], reason: str) -> None:
    """Each refusal is a Russian sentence that names what is wrong; an item without fault has none."""
    assert problem(an_item(**change), NOW) == reason


def test_an_item_becomes_a_masked_post_with_a_token_for_its_author() -> None:
    """Phones and names go, the raw author never leaves the door, times are UTC and not ahead of ours."""
    item = an_item(
        text="Звоните 8 921 123-45-67, Мария Ивановна", author="123456", views=10, likes=-1, published_at=NOW + timedelta(hours=3),
        edited_at=datetime(2026, 11, 21, 11, tzinfo=ZoneInfo("Europe/Moscow")),
        attachments=("photo:-1_5", "link:https://vk.com/id777", "link:https://wa.me/79211234567", "link:https://example.org/n"),
        copy_of="vk:123_5",
    )  # fmt: skip

    post, found = to_post(item, NOW, KEY)

    assert post.text == "Звоните [телефон], [имя]"
    assert found == {"phone": 1, "person": 1}
    assert post.voice == voice("123456", "vk", KEY)
    assert "123456" not in repr(post)
    assert (post.reach.views, post.reach.likes, post.reach.comments) == (10, None, None)
    assert post.published_at == NOW
    assert post.edited_at == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert post.attachments == ("photo:-1_5", "link:https://example.org/n")
    assert post.copy_of == ""  # a person's own wall names the person


def test_a_repost_of_a_community_keeps_its_origin() -> None:
    """The platform's word that this repeats a public post stays."""
    assert to_post(an_item(copy_of="vk:-1_5"), NOW, KEY)[0].copy_of == "vk:-1_5"


def test_unknown_counters_are_not_zero() -> None:
    """None stays None, zero stays zero."""
    post, _ = to_post(an_item(views=0), NOW, KEY)

    assert (post.reach.views, post.reach.comments) == (0, None)


def test_a_page_is_stored_at_its_end_with_its_cursor() -> None:
    """Nothing reaches the intake before the end of the page; then all of it, once, with the cursor."""
    kept = Kept()
    door = a_door(kept)

    for n in range(3):
        door.process_item(an_item(n))
    before = list(kept.pages)
    door.process_item(PageEnd("s", {"last": 3}))

    assert before == []
    assert (kept.pages, kept.cursors) == ([3], [{"last": 3}])
    assert door.visit.counts["new"] == 3


def test_a_long_page_is_stored_in_batches_and_the_cursor_comes_last() -> None:
    """Every hundred posts are a transaction; only the end of the page moves the cursor."""
    kept = Kept()
    door = a_door(kept)

    for n in range(2 * BATCH + 50):
        door.process_item(an_item(n))
    assert (kept.pages, kept.cursors) == ([BATCH, BATCH], [])
    door.process_item(PageEnd("s", {"last": 250}))

    assert (kept.pages, kept.cursors) == ([BATCH, BATCH, 50], [{"last": 250}])


def test_what_is_left_at_the_end_of_a_visit_is_stored_without_a_cursor() -> None:
    """A visit that ends in the middle of a page keeps its posts and reads the page again next time."""
    kept = Kept()
    door = a_door(kept)

    door.process_item(an_item())
    door.close_spider()

    assert (kept.pages, kept.cursors) == ([1], [])


def test_refused_items_go_to_quarantine_masked_and_counted() -> None:
    """The bad item is put aside with its reason and a masked excerpt; its neighbours are posts."""
    kept = Kept()
    door = a_door(kept)

    door.process_item(an_item(1, "Звоните 8 921 123-45-67", published_at=None, author="777"))
    door.process_item(an_item(2))
    door.process_item(PageEnd("s", {}))

    (row,) = kept.refused
    assert row.reason == "у записи нет даты"
    assert row.item["text"] == "Звоните [телефон]"
    assert "777" not in repr(row)
    assert [p.external_id for p in kept.posts] == ["-1_2"]
    assert door.visit.counts["refused"] == 1
    assert door.visit.outcome == "partial"


def test_a_gone_post_is_marked_and_not_stored() -> None:
    """The mark goes by the key of the post."""
    kept = Kept()
    door = a_door(kept)

    door.process_item(an_item(7, "", gone=True, published_at=None))
    door.process_item(PageEnd("s", {}))

    assert kept.gone_keys == [("vk", "s", "-1_7", "")]
    assert kept.posts == []


def test_a_page_that_cannot_be_stored_moves_no_cursor_ever() -> None:
    """After a failure of the database nothing more is taken: a later cursor would pass over what was lost."""
    kept = Kept(breaks=True)
    door = a_door(kept)
    door.process_item(an_item(1))
    door.process_item(PageEnd("s", {"last": 1}))
    kept.breaks = False

    door.process_item(an_item(2))
    door.process_item(PageEnd("s", {"last": 2}))
    door.close_spider()

    assert (kept.posts, kept.cursors) == ([], [])
    assert "база не приняла страницу" in door.visit.reason
    assert "указатель не сдвинут" in door.visit.reason


def test_an_item_that_breaks_the_door_is_put_aside() -> None:
    """Whatever a spider yields, the rest of its page is collected."""
    kept = Kept()
    door = a_door(kept)

    door.process_item(replace(an_item(1), published_at="вчера"))  # type: ignore[arg-type]
    door.process_item(an_item(2))
    door.process_item(PageEnd("s", {}))

    assert [r.reason for r in kept.refused] == ["запись не разобрана (AttributeError)"]
    assert len(kept.posts) == 1


def test_try_now_moves_no_cursor() -> None:
    """In a preview the intake gets posts to show and never a cursor."""
    kept = Kept()
    door = a_door(kept, preview=True)

    door.process_item(an_item())
    door.process_item(PageEnd("s", {"last": 1}))

    assert (kept.pages, kept.cursors) == ([1], [])


def test_an_excerpt_is_short_and_masked() -> None:
    """Quarantine keeps three hundred characters, without phones, and how long the text was."""
    found = masked_excerpt(an_item(text="8 921 123-45-67 " * 100, url="https://vk.com/id5"))

    assert len(found["text"]) <= 300
    assert "921" not in found["text"]
    assert found["url"] == "[профиль]"
    assert found["length"] == 1600


@given(st.builds(
    PostItem, source_id=st.just("s"), platform=st.just("vk"), external_id=st.text(max_size=20), url=st.text(max_size=50), text=st.text(max_size=300),
    published_at=st.none() | st.datetimes(timezones=st.just(UTC) | st.none()), author=st.none() | st.text(max_size=10),
    views=st.none() | st.integers(), attachments=st.lists(st.text(max_size=30), max_size=3).map(tuple), gone=st.booleans(),
))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_every_item_is_stored_marked_or_put_aside(item: PostItem) -> None:
    """Nothing a spider can yield is lost silently, and nothing breaks the door."""
    kept = Kept()
    door = a_door(kept)

    door.process_item(item)
    door.process_item(PageEnd("s", {"n": 1}))

    assert len(kept.posts) + len(kept.gone_keys) + len(kept.refused) == 1
    assert kept.cursors == [{"n": 1}]
