"""A VK wall is read whole, once, and then only what is new of it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from crawlers.items import PageEnd
from crawlers.spiders import vk_comments
from tests.crawlers.api_run import NOW
from tests.crawlers.vk_scene import Scene, play
from tests.peers.vk_api import load_karelia


def test_first_visit_reads_posts_comments_and_threads() -> None:
    """The first visit gives every post, every comment and every answer in a thread, each once, with its public address."""

    async def story(s: Scene) -> None:
        s.posts(120)
        root = s.world.comment(s.group, 120, "[club1|Белое онлайн], когда дадут воду?")
        for i in range(13):
            s.world.comment(s.group, 120, f"Третий день {i}", under=root["id"], answers=root["id"] + i)
        for i in range(230):
            s.world.comment(s.group, 119, f"И у нас {i}")

        found = await s.crawl()

        assert [p.external_id for p in found.posts] == [f"-1_{i}" for i in range(120, 0, -1)]
        assert len({(c.external_id, c.comment_id) for c in found.comments}) == len(found.comments) == 14 + 230
        first = next(c for c in found.comments if c.comment_id == str(root["id"]))
        assert (first.text, first.reply_to) == ("[club1|Белое онлайн], когда дадут воду?", "")
        assert first.url == f"https://vk.com/wall-1_120?reply={root['id']}"
        thread = [c for c in found.comments if c.text.startswith("Третий день")]
        assert {int(c.reply_to) for c in thread} == {root["id"] + i for i in range(13)}
        assert found.posts[0].published_at == NOW
        assert found.visit.outcome == "ok"

    play(story)


def test_second_visit_costs_one_call_when_nothing_happened() -> None:
    """After a visit only the first page is asked for again, and no comments, when counters stand still."""

    async def story(s: Scene) -> None:
        s.posts(40)
        s.world.comment(s.group, 40, "Когда?")
        first = await s.crawl()
        s.peer.log.clear()

        second = await s.crawl(json.loads(json.dumps(first.cursor)))

        assert [name for name, _ in s.peer.log] == ["wall.get"]
        assert [p.external_id for p in second.posts] == [p.external_id for p in first.posts]
        assert second.cursor == first.cursor

    play(story)


def test_edits_counters_and_late_comments_are_seen_again() -> None:
    """A post of the last days that was edited, viewed or commented on later comes again as it now is."""

    async def story(s: Scene) -> None:
        s.posts(30)
        first = await s.crawl()
        s.world.edit(s.group, 12, "Воду дали")
        s.group.posts[13]["views"]["count"] = 5000
        late = s.world.comment(s.group, 14, "А у нас нет")
        s.peer.log.clear()

        second = await s.crawl(first.cursor)

        posts = {p.external_id: p for p in second.posts}
        assert (posts["-1_12"].text, posts["-1_12"].edited_at is not None) == ("Воду дали", True)
        assert posts["-1_13"].views == 5000
        assert [(c.external_id, c.comment_id) for c in second.comments] == [("-1_14", str(late["id"]))]
        assert s.peer.calls("wall.getComments") + s.peer.calls("execute") == 1

    play(story)


def test_deleted_posts_are_marked_gone_once() -> None:
    """A post that vanished from the part of the wall just read is asked for by number and marked gone; then forgotten."""

    async def story(s: Scene) -> None:
        s.posts(150)
        first = await s.crawl()
        s.world.delete(s.group, 145)
        s.group.posts[140]["is_deleted"] = True
        del s.group.posts[100]

        second = await s.crawl(first.cursor)
        third = await s.crawl(second.cursor)

        assert sorted(second.gone) == ["-1_100", "-1_140", "-1_145"]
        assert third.gone == []

    play(story)


def test_pinned_post_does_not_hide_new_ones() -> None:
    """An old pinned post at the head of the wall neither ends the reading nor counts as deleted when it is unpinned."""

    async def story(s: Scene) -> None:
        s.posts(130, every_s=86_400)
        s.group.posts[2]["is_pinned"] = 1
        first = await s.crawl()
        for i in range(5):
            s.world.post(s.group, f"Новое {i}", date=int(NOW.timestamp()))
        second = await s.crawl(first.cursor)
        s.group.posts[2].pop("is_pinned")
        third = await s.crawl(second.cursor)

        assert len({p.external_id for p in first.posts}) == 130
        assert {"-1_131", "-1_135"} <= {p.external_id for p in second.posts}
        assert third.gone == []

    play(story)


def test_long_absence_is_caught_up_page_by_page() -> None:
    """After a long absence every new post is read, and the cursor moves only when all of it has been yielded."""

    async def story(s: Scene) -> None:
        s.posts(50)
        first = await s.crawl()
        s.posts(430)

        second = await s.crawl(first.cursor)

        assert len({p.external_id for p in second.posts}) >= 430
        assert second.cursor["since"] == 480
        ends = [i.cursor for i in second.kept if isinstance(i, PageEnd)]
        assert all(c == first.cursor for c in ends[:-1])
        assert isinstance(second.kept[-1], PageEnd)

    play(story)


def test_first_visit_is_bounded_and_revisit_window_too() -> None:
    """A first visit reads so many posts and no more; later visits look back three days, three pages at most."""

    async def story(s: Scene) -> None:
        s.posts(900, every_s=60)
        first = await s.crawl(first_posts=200)
        s.peer.log.clear()
        second = await s.crawl(first.cursor)
        later = await s.crawl(first.cursor, now=NOW + timedelta(days=4))

        assert len(first.posts) == 200
        assert (len(second.posts), len(later.posts)) == (300, 100)

    play(story)


KINDS = [
    ("user-1", "user", {"execute": 3}),
    ("user-1", "", {"execute": 3}),
    ("service-1", "service", {"wall.getComments": 60}),
    ("service-1", "", {"execute": 1, "wall.getComments": 60}),
]


@pytest.mark.parametrize(("key", "kind", "calls"), KINDS)
def test_user_keys_read_comments_in_batches(key: str, kind: str, calls: dict[str, int]) -> None:
    """25 comment pages go in one execute where the key may run it, and one by one where it may not; the result is the same."""

    async def story(s: Scene) -> None:
        s.posts(60)
        for i in range(1, 61):
            s.world.comment(s.group, i, f"Комментарий {i}")
        found = await s.crawl(key=key, kind=kind)

        assert len(found.comments) == 60
        assert {m: s.peer.calls(m) for m in ("execute", "wall.getComments") if s.peer.calls(m)} == calls
        assert found.visit.counts["comment_pages"] == 60

    play(story)


def test_execute_failures_stay_with_their_post() -> None:
    """A failed call inside execute is matched by its key: closed comments are skipped, a momentary failure is tried next time."""

    async def story(s: Scene) -> None:
        s.posts(5)
        for i in range(1, 6):
            s.world.comment(s.group, i, f"Комментарий {i}")
        s.group.no_comments = {4}
        s.peer.fault("execute:wall.getComments", error=10, times=1)
        first = await s.crawl()
        second = await s.crawl(first.cursor)

        assert sorted(c.external_id for c in first.comments) == ["-1_1", "-1_2", "-1_3"]
        assert first.visit.counts["comments_closed"] == 1
        assert (first.visit.outcome, first.visit.reason.split(":")[0]) == ("partial", "Комментарии прочитаны не все")
        assert [c.external_id for c in second.comments] == ["-1_5"]

    play(story)


def test_too_big_execute_falls_back_to_single_calls() -> None:
    """When VK finds the answer of a batch too big, the same pages are asked one by one."""

    async def story(s: Scene) -> None:
        s.posts(3)
        for i in range(1, 4):
            s.world.comment(s.group, i, "Да")
        s.peer.fault("execute", error=13)
        found = await s.crawl()

        assert len(found.comments) == 3
        assert found.visit.outcome == "ok"

    play(story)


def test_million_comments_are_bounded_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a post with too many comments the newest are read, the reason names how many there are, the rest is read on."""
    monkeypatch.setattr(vk_comments, "MOST_A_POST", 200)

    async def story(s: Scene) -> None:
        s.posts(2)
        for i in range(500):
            s.world.comment(s.group, 1, f"Комментарий {i}")
        s.world.comment(s.group, 2, "Другой")
        found = await s.crawl()

        numbers = sorted(int(c.comment_id) for c in found.comments if c.external_id == "-1_1")
        assert numbers == list(range(301, 501))
        assert any(c.external_id == "-1_2" for c in found.comments)
        assert "очень много комментариев (500)" in found.visit.reason
        assert found.visit.outcome == "partial"

    play(story)


def test_preview_reads_one_small_page() -> None:
    """«Try now» asks for twenty posts, no comments, and moves no cursor."""

    async def story(s: Scene) -> None:
        s.posts(90)
        s.world.comment(s.group, 90, "Да")
        found = await s.crawl(preview=True)

        assert (len(found.kept), len(s.peer.log)) == (20, 1)

    play(story)


def test_unpublished_and_paid_posts_stay_out() -> None:
    """Postponed, suggested, paid and friends-only posts are not public, so they are counted and not collected."""

    async def story(s: Scene) -> None:
        s.posts(1)
        s.world.post(s.group, "Отложено", post_type="postpone")
        s.world.post(s.group, "Предложено", post_type="suggest")
        s.world.post(s.group, "Платно", donut={"is_donut": True})
        s.world.post(s.group, "Друзьям", friends_only=1)
        s.peer.schema = None  # friends_only is a field of older answers
        found = await s.crawl()

        assert [p.external_id for p in found.posts] == ["-1_1"]
        assert found.visit.counts["not_public"] == 4

    play(story)


def test_spoilt_posts_do_not_hide_the_others() -> None:
    """A post without a date, a number or a shape is handed on for quarantine, and the rest of the page is read."""

    async def story(s: Scene) -> None:
        s.posts(3)
        s.group.posts[2].pop("date")
        s.peer.schema = None
        page = {
            "count": 5,
            "items": [*s.world.wall_get({"domain": "beloe_online"})["items"], 7, {"id": "x", "date": -5, "text": None}],
        }
        s.peer.fault("wall.get", body=json.dumps({"response": page}))
        found = await s.crawl(comments=False)

        assert len(found.posts) == 5
        assert [p.external_id for p in found.posts if p.published_at is None] == ["-1_2", "", ""]
        assert found.cursor["since"] == 3

    play(story)


def test_wall_is_followed_by_number() -> None:
    """After the first visit the wall is asked for by number: a short name that changed hands brings no strangers."""

    async def story(s: Scene) -> None:
        s.posts(3)
        first = await s.crawl()
        s.group.screen_name = "beloe_new"
        other = s.world.group("beloe_online")
        s.world.post(other, "Реклама")
        second = await s.crawl(first.cursor)

        assert {p.external_id for p in second.posts} == {"-1_1", "-1_2", "-1_3"}

    play(story)


def test_karelia_stream_is_served_and_read(shared_data: Path) -> None:
    """A real wall of the measuring stream comes through the peer and the spider whole."""

    async def story(s: Scene) -> None:
        s.peer.schema = None
        load_karelia(s.world, shared_data / "karelia-vk-posts", now=NOW.timestamp())
        group = max(
            (g for g in s.world.groups.values() if 100 < len(g.posts) < 1000 and g.id != 1), key=lambda g: len(g.posts)
        )
        found = await s.crawl(address=f"https://vk.com/{group.screen_name}")

        assert {p.external_id for p in found.posts} == {f"-{group.id}_{i}" for i in group.posts}
        assert found.visit.outcome == "ok"

    play(story)
