"""Posts, comments and addresses of VK are read as they really come."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from crawlers.spiders.vk import name_of, owner_of
from crawlers.spiders.vk_post import comment_item, post_item
from tests.conftest import SHARED


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        ("https://vk.com/club15", -15), ("vk.ru/public15", -15), ("event15", -15), ("https://vk.com/wall-15", -15), ("-15", -15),
        ("https://vk.com/beloe_online?w=wall-1_5", None), ("beloe_online", None), ("@beloe_online/", None),
    ],
)  # fmt: skip
def test_addresses_name_walls(address: str, owner: int | None) -> None:
    """A wall is named by number or by short name, with or without the site around it."""
    assert owner_of(address) == owner
    assert owner is not None or name_of(address) == "beloe_online"


def test_real_answers_are_read() -> None:
    """Real answers of the API give posts with dates and texts, whatever they have attached."""
    folder = SHARED / "data" / "vk-api-responses"
    if not folder.is_dir():
        pytest.skip(f"нет настоящих ответов API: задайте OTKLIK_SHARED (ищу {folder})")
    wall = json.loads((folder / "selenscrapy" / "vk_wall_response.json").read_text())
    posts = [post_item(raw, "s") for raw in wall["items"]]
    comments = json.loads((folder / "selenscrapy" / "vk_comment_response.json").read_text())["items"]
    items = [*posts, *(comment_item(raw, "s", raw["owner_id"], raw["post_id"]) for raw in comments)]
    for path in sorted((folder / "vknet-testdata" / "Categories" / "Wall").glob("Get*.json")):
        answer = json.loads(path.read_text()).get("response") or {}
        found = answer.get("items", []) if isinstance(answer, dict) else answer
        items += [post_item(raw, "s") for raw in found if isinstance(raw, dict) and "owner_id" in raw]

    assert len(items) > 10
    assert all(i.published_at and i.published_at.tzinfo is UTC for i in items)
    assert sum(bool(i.text or i.attachments) for i in items) > len(items) * 0.8
    assert all(p.likes is not None and p.comments is not None for p in posts)
    # The counter of views is missing from these answers: unknown is not zero.
    assert all(p.views is None for p in posts)


def test_dates_far_away_do_not_break_reading() -> None:
    """A date beyond any calendar is no date, and a date in the future is left to the pipeline to refuse."""
    far = post_item({"id": 1, "owner_id": -1, "date": 10**15, "text": "x"}, "s")
    soon = post_item({"id": 1, "owner_id": -1, "date": 4_000_000_000, "text": "x\x00\u202e"}, "s")
    assert far.published_at is None
    assert soon.published_at == datetime.fromtimestamp(4_000_000_000, UTC)
