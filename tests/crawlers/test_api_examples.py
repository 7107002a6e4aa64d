"""Frozen answers of VK and Telegram give exactly the items written beside them (OTKLIK_REWRITE=1 writes them anew)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from crawlers.items import PostItem
from crawlers.spiders import telegram_post, vk_post

EXAMPLES = Path(__file__).parent / "examples"


def of_vk(told: dict[str, Any]) -> list[PostItem]:
    posts = [vk_post.post_item(raw, "s") for raw in told["posts"]]
    return [*posts, *(vk_post.comment_item(raw, "s", -1, 105) for raw in told["comments"])]


def of_telegram(told: dict[str, Any]) -> list[PostItem]:
    posts = [telegram_post.post_item(m, "s", "beloe", 100) for m in telegram_post.joined(told["posts"])]
    return [*posts, *(telegram_post.comment_item(m, "s", "beloe", 100, 70) for m in told["comments"])]


@pytest.mark.parametrize(("name", "parse"), [("vk", of_vk), ("telegram", of_telegram)])
def test_frozen_answers_give_the_written_items(name: str, parse: Callable[[dict[str, Any]], list[PostItem]]) -> None:
    """What the platform said once gives the same items for ever."""
    items = [asdict(i) for i in parse(json.loads((EXAMPLES / f"{name}.json").read_text()))]
    found = json.loads(json.dumps(items, default=str))
    path = EXAMPLES / f"{name}.items.json"
    if os.environ.get("OTKLIK_REWRITE"):
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")

    assert found == json.loads(path.read_text())
