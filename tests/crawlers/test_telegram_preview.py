"""The web preview of Telegram: pages back to what is known, edits and deletions, refusals in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from crawlers.spiders.telegram_preview import channel_name, counted
from tests.crawlers.web_run import Read, read
from tests.peers import t_me
from tests.peers.serving import serving
from tests.peers.t_me import Preview, complaint

PAGE = t_me.page


@dataclass
class Scene:
    """A preview peer and how it is read."""

    peer: Preview
    port: int

    def read(self, channel: str = "gorod_news", **more: Any) -> Read:
        """Read a channel."""
        return read("telegram_preview", f"https://t.me/s/{channel}", self.port, **more)


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A peer with one channel of 130 posts."""
    peer = Preview()
    peer.post("gorod_news", *(complaint(n) for n in range(1, 131)))
    with serving(peer.app()) as port:
        yield Scene(peer, port)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("987", 987),
        ("12.5K", 12_500),
        ("1,2M", 1_200_000),
        ("3K", 3000),
        ("4,1К", 4100),
        ("", None),
        (None, None),
        ("много", None),
        ("1.2.3K", None),
    ],
)
def test_counters_are_read_as_they_are_shown(text: str | None, number: int | None) -> None:
    """«12.5K» is 12,500; what is not a number is unknown and not zero."""
    assert counted(text) == number


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://t.me/s/gorod_news", "gorod_news"), ("t.me/gorod_news/", "gorod_news"), ("@gorod_news", "gorod_news"),
        ("https://t.me/gorod_news?before=3", "gorod_news"), ("https://t.me/+AbCdEf", None), ("https://t.me/joinchat/x", None), ("", None),
    ],
)  # fmt: skip
def test_a_channel_is_known_in_every_spelling(address: str, name: str | None) -> None:
    """t.me/s/name, t.me/name and @name are one channel; an invitation is none."""
    assert channel_name(address) == name


def test_the_first_visit_reads_a_week_and_not_the_whole_history(scene: Scene) -> None:
    """Five pages of twenty posts, newest first, each post once, in one flow with a cursor at its end."""
    got = scene.read()

    assert sorted(int(p.external_id) for p in got.posts) == list(range(31, 131))
    assert got.visit.outcome == "ok"
    assert got.cursor["last"] == 130
    assert len(got.cursor["window"]) == 40
    assert len(got.kept.cursors) == 1


def test_a_short_channel_is_read_to_its_beginning_once(scene: Scene) -> None:
    """Thirty posts are two pages; the oldest page names no older one and is not asked again."""
    scene.peer.post("maly_kanal", *(complaint(n) for n in range(1, 31)))

    got = scene.read("maly_kanal")

    assert scene.peer.asked == ["/s/maly_kanal", "/s/maly_kanal?before=11"]
    assert len(got.posts) == 30


def test_a_page_that_names_itself_as_older_ends_the_visit(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changed markup must not turn a visit into a circle."""
    monkeypatch.setattr(t_me, "page", lambda channel, posts, older: PAGE(channel, posts, 1000))

    got = scene.read()

    assert len(scene.peer.asked) == 1
    assert got.visit.outcome == "ok"


def test_the_next_visit_reads_what_is_new_and_two_pages_for_edits(scene: Scene) -> None:
    """After a visit only new posts and the window of edits are asked."""
    known = scene.read().cursor
    scene.peer.post("gorod_news", *(complaint(n) for n in range(131, 136)))
    scene.peer.asked.clear()

    got = scene.read(cursor=known)

    assert {int(p.external_id) for p in got.posts} >= set(range(96, 136))
    assert len(scene.peer.asked) == 3
    assert got.cursor["last"] == 135


def test_a_post_carries_what_the_page_shows_and_nothing_of_its_reader(scene: Scene) -> None:
    """Words without the quoted reply, views, reactions, forwarding, attachments, the public address."""
    scene.peer.post(
        "gorod_news",
        complaint(
            131, "Нет света\nна Лесной. Звоните 8-921-123-45-67", reply="Что случилось?", forwarded="sosedi_chat/77",
            reactions=("12", "1.2K"), photos=2, link="https://example.org/n", poll=("Есть свет?", "да", "нет"),
        ),
    )  # fmt: skip

    post = max(scene.read().posts, key=lambda p: int(p.external_id))

    assert post.text == "Нет света\nна Лесной. Звоните [телефон]\nЕсть свет?\nда\nнет"
    assert post.url == "https://t.me/gorod_news/131"
    assert (post.reach.views, post.reach.likes, post.reach.comments) == (1200, 1212, None)
    assert post.copy_of == "telegram:sosedi_chat_77"
    assert post.attachments == ("photo:gorod_news/131_0", "photo:gorod_news/131_1", "link:https://example.org/n")
    assert post.voice is None


def test_a_post_gone_from_its_page_is_named_as_gone(scene: Scene) -> None:
    """A number that stood among the last forty and is missing now is marked, one that scrolled away is not."""
    known = scene.read().cursor
    del scene.peer.channels["gorod_news"][120]

    got = scene.read(cursor=known)

    assert [k[2] for k in got.kept.gone_keys] == ["120"]
    assert "120" not in [p.external_id for p in got.posts]


def test_an_edit_within_the_window_is_read_again(scene: Scene) -> None:
    """The changed words of a post of the last two pages reach casework under the same number."""
    known = scene.read().cursor
    scene.peer.edit("gorod_news", 115, text="Воду дали, извините")

    got = scene.read(cursor=known)

    assert [p.text for p in got.posts if p.external_id == "115"] == ["Воду дали, извините"]


def test_a_hole_left_by_a_short_visit_is_filled_by_the_next(scene: Scene) -> None:
    """Whatever the limit of pages, after enough visits every post has been read."""
    known = scene.read(attributes={"max_pages": 1}).cursor
    scene.peer.post("gorod_news", *(complaint(n) for n in range(131, 331)))
    seen: set[int] = set()

    for _ in range(8):
        got = scene.read(cursor=known, attributes={"max_pages": 4})
        seen.update(int(p.external_id) for p in got.posts)
        known = got.cursor

    assert seen >= set(range(131, 331))
    assert "gap" not in known


def test_a_service_message_is_no_post(scene: Scene) -> None:
    """«Канал создан» is counted and not collected."""
    scene.peer.post("gorod_news", complaint(131, "Channel created", service=True))

    got = scene.read()

    assert "131" not in [p.external_id for p in got.posts]
    assert got.visit.counts["service"] == 1


@pytest.mark.parametrize("channel", ["unknown_name", "closed_chat"])
def test_no_preview_is_told_with_the_mend(scene: Scene, channel: str) -> None:
    """A group, a closed channel or an unknown name answers 302: the run fails and says what to do."""
    scene.peer.closed.add("closed_chat")

    got = scene.read(channel)

    assert got.visit.outcome == "failed"
    assert "не показывает" in got.visit.reason
    assert "учётную запись" in got.visit.reason


def test_a_page_without_a_history_is_told(scene: Scene) -> None:
    """A page of another kind (changed markup, a stub) is not taken for an empty channel."""
    scene.peer.post("gorod_news")
    scene.peer.channels["empty_channel"] = {}

    got = scene.read("empty_channel")

    assert got.visit.outcome == "ok"
    assert got.posts == []


def test_being_asked_to_wait_stops_the_source_for_that_long(scene: Scene) -> None:
    """429 with Retry-After: nothing more is asked, and the run says when the next attempt is."""
    scene.peer.wait = 300

    got = scene.read()

    assert got.visit.outcome == "stopped"
    assert got.visit.stopped is not None
    assert got.visit.stopped.wait_s == 300
    assert len(scene.peer.asked) == 1


def test_try_now_reads_one_page_and_moves_no_cursor(scene: Scene) -> None:
    """A preview shows twenty posts whatever was read before."""
    got = scene.read(preview=True, cursor={"last": 130})

    assert len(got.posts) == 20
    assert got.kept.cursors == []
