"""An answer in an open chat or in a comment of Telegram is read by the account, through the real protocol, and only read."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.link_checks import Found
from casework.links import link_of
from crawlers.clients.telegram import Reader
from crawlers.link_telegram import TelegramLinks
from tests.casework.publication_build import TEXT
from tests.crawlers.api_run import NOW, FreeSlots, account
from tests.crawlers.telegram_scene import Scene, play

WALL = "https://t.me/beloe_online"


async def read(scene: Scene, *urls: str, slots: FreeSlots | None = None) -> list[Found]:
    """Return what stands at addresses."""
    using = account(scene.session, "session")
    reader = Reader(scene.settings, scene.session)
    links = TelegramLinks(reader, using)
    try:
        found = await links.read({i: link_of(url) for i, url in enumerate(urls)})
    finally:
        await reader.close()
    if slots is not None:
        made = using.slots
        assert isinstance(made, FreeSlots)
        slots.turns, slots.rests = made.turns, made.rests
    return [found[i] for i in range(len(urls))]


def test_a_post_a_chat_and_a_comment(tmp_path: Path) -> None:
    """Words and views come back; what is deleted is gone; the name is looked up once."""

    async def story(scene: Scene) -> None:
        post = scene.world.post(scene.channel, TEXT, date=NOW, views=77)
        said = scene.world.post(scene.group, TEXT, sender=5, date=NOW)
        comment = scene.comment(scene.mirrored(int(post.id)), TEXT)
        found = await read(
            scene, f"{WALL}/{post.id}", f"{WALL}/999", f"{WALL}/{post.id}?comment={comment}", f"{WALL}/{post.id}?comment=998",
            f"https://t.me/beloe_talk/{said.id}",
        )  # fmt: skip
        assert [one.state for one in found] == ["read", "gone", "read", "gone", "read"]
        assert (found[0].text, found[0].views) == (TEXT, 77)
        assert found[2].text == found[4].text == TEXT
        assert "больше нет" in found[3].reason
        assert scene.world.calls["ResolveUsername"] == 2

    play(story, tmp_path)


def test_a_person_and_a_stranger_are_no_place(tmp_path: Path) -> None:
    """A name that is no channel is unread with the reason, and the other links are read all the same."""

    async def story(scene: Scene) -> None:
        post = scene.world.post(scene.channel, TEXT, date=NOW)
        found = await read(scene, "https://t.me/net_takogo/5", "https://t.me/net_takogo/6", f"{WALL}/{post.id}")
        assert [one.state for one in found] == ["unread", "unread", "read"]
        assert found[0].reason == found[1].reason != ""

    play(story, tmp_path)


def test_a_wait_of_the_account_ends_the_round(tmp_path: Path) -> None:
    """Telegram asks to wait: the account rests, nothing more is asked, every link says why."""

    async def story(scene: Scene) -> None:
        post = scene.world.post(scene.channel, TEXT, date=NOW)
        scene.world.fault("GetMessages", 420, "FLOOD_WAIT_600")
        slots = FreeSlots()
        found = await read(scene, f"{WALL}/{post.id}", f"{WALL}/{post.id}?comment=5", slots=slots)
        assert [one.state for one in found] == ["unread", "unread"]
        assert all("подождать" in one.reason for one in found)
        assert [seconds for _, seconds in slots.rests] == [600]
        assert scene.world.calls["GetMessages"] == 1

    play(story, tmp_path)


@pytest.mark.parametrize(("after", "state"), [(3, "read"), (130, "read"), (520, "unread")])
def test_a_closed_discussion_is_searched(tmp_path: Path, after: int, state: str) -> None:
    """Where the discussion group is closed, the comment is looked for among the last five hundred replies."""

    async def story(scene: Scene) -> None:
        post = scene.world.post(scene.channel, "Вода есть?", date=NOW)
        root = scene.mirrored(int(post.id))
        said = scene.comment(root, TEXT)
        for i in range(after):
            scene.comment(root, f"Комментарий {i}")
        scene.group.private = True
        found = await read(scene, f"{WALL}/{post.id}?comment={said}")
        assert found[0].state == state, found[0]
        assert (found[0].text == TEXT) == (state == "read")
        if after == 3:
            assert (await read(scene, f"{WALL}/{post.id}?comment=99999"))[0].state == "gone"

    play(story, tmp_path)
