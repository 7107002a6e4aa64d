"""A Telegram channel is read from where the last visit stopped, with comments, edits, albums and deletions; nobody joins."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from telethon import types

from crawlers.items import PageEnd
from crawlers.refusal import Refusal
from crawlers.spiders import telegram_comments
from crawlers.spiders.telegram import name_of
from tests.crawlers.api_run import NOW
from tests.crawlers.telegram_scene import Scene, play
from tests.peers.mtproto import load_city


def test_first_visit_reads_posts_and_comments(tmp_path: Path) -> None:
    """The first visit gives every post in order, and every comment under its post, answers in threads told apart."""

    async def story(s: Scene) -> None:
        s.posts(230, replies=2, reactions={"👍": 3, "🤬": 1})
        roots = [s.mirrored(i) for i in range(1, 231)]
        asked = [s.comment(root, f"Когда? {root}") for root in roots]
        for root, number in zip(roots, asked, strict=True):
            s.comment(root, "Вечером", answers=number, sender=8)
        s.world.post(s.group, "Просто разговор", sender=9)

        found = await s.crawl()

        assert [p.external_id for p in found.posts] == [f"100_{i}" for i in range(1, 231)]
        last = found.posts[-1]
        assert (last.views, last.likes, last.reposts, last.comments) == (239, 4, 0, 2)
        assert (last.url, last.author, last.published_at) == ("https://t.me/beloe_online/230", "-100", NOW)
        assert len({c.comment_id for c in found.comments}) == len(found.comments) == 460
        first, answer = (c for c in found.comments if c.external_id == "100_1")
        assert (first.reply_to, answer.reply_to) == ("", first.comment_id)
        assert (first.author, first.url) == ("7", f"https://t.me/beloe_online/1?comment={first.comment_id}")
        assert found.visit.counts["not_comments"] == 1
        assert found.visit.outcome == "ok"

    play(story, tmp_path)


def test_name_is_looked_up_once(tmp_path: Path) -> None:
    """The name is resolved at the first visit, kept as a number for a week, and a quiet visit costs two calls."""

    async def story(s: Scene) -> None:
        s.posts(5)
        first = await s.crawl()
        s.world.calls.clear()
        second = await s.crawl(json.loads(json.dumps(first.cursor)))
        quiet = dict(s.world.calls)
        await s.crawl(second.cursor, now=NOW + timedelta(days=8))

        assert (quiet["GetHistory"], quiet.get("ResolveUsername")) == (2, None)
        assert second.cursor == first.cursor
        assert s.world.calls["ResolveUsername"] == 1

    play(story, tmp_path)


def test_each_page_moves_the_cursor(tmp_path: Path) -> None:
    """Reading goes upwards, so a visit cut short anywhere goes on from its last page and misses nothing."""

    async def story(s: Scene) -> None:
        s.posts(350)
        whole = await s.crawl()
        ends = [i for i in whole.kept if isinstance(i, PageEnd)]
        cut = ends[1]
        before = {i.external_id for i in whole.kept[: whole.kept.index(cut)] if not isinstance(i, PageEnd)}
        rest = await s.crawl(cut.cursor)

        assert [e.cursor["last"] for e in ends[:4]] == [100, 200, 300, 350]
        assert before | {p.external_id for p in rest.posts} == {f"100_{i}" for i in range(1, 351)}

    play(story, tmp_path)


def test_first_visit_is_bounded(tmp_path: Path) -> None:
    """A first visit reads so many newest messages, also where numbers have gaps."""

    async def story(s: Scene) -> None:
        s.posts(500)
        for i in range(2, 500, 2):
            del s.channel.messages[i]
        found = await s.crawl(first_posts=150)

        assert len(found.posts) == 150
        assert found.posts[-1].external_id == "100_500"

    play(story, tmp_path)


def test_edits_counters_and_deletions(tmp_path: Path) -> None:
    """An edited post comes again with its moment, a hidden edit without one, a deleted message is marked gone once."""

    async def story(s: Scene) -> None:
        s.posts(60)
        first = await s.crawl()
        s.channel.messages[50].message = "Воду дали"
        s.channel.messages[50].edit_date = NOW
        s.channel.messages[51].views = 9000
        s.channel.messages[51].edit_date, s.channel.messages[51].edit_hide = NOW, True
        del s.channel.messages[52]
        second = await s.crawl(first.cursor)
        third = await s.crawl(second.cursor)

        posts = {p.external_id: p for p in second.posts}
        assert (posts["100_50"].text, posts["100_50"].edited_at) == ("Воду дали", NOW)
        assert (posts["100_51"].views, posts["100_51"].edited_at) == (9000, None)
        assert (second.gone, third.gone) == (["100_52"], [])

    play(story, tmp_path)


def test_late_comments_are_read_whatever_the_age_of_their_post(tmp_path: Path) -> None:
    """A comment under a post that no visit looks at any more is found through the group, its post asked for by number."""

    async def story(s: Scene) -> None:
        s.posts(130)
        old = s.mirrored(1)
        for i in range(2, 131):
            s.mirrored(i)
        first = await s.crawl()
        for _ in range(150):
            s.world.post(s.group, "разговор", sender=3)
        late = s.comment(old, "А у нас до сих пор нет")
        cursor = first.cursor
        cursor["linked"]["roots"] = {}
        second = await s.crawl(cursor)

        assert [(c.external_id, c.comment_id) for c in second.comments] == [("100_1", str(late))]
        assert s.world.calls["GetMessages"] == 1

    play(story, tmp_path)


def test_closed_group_is_read_post_by_post(tmp_path: Path) -> None:
    """Where the discussion group is closed, comments come under each post whose number of them has changed."""

    async def story(s: Scene) -> None:
        s.posts(4)
        s.channel.messages[3].replies = types.MessageReplies(replies=2, replies_pts=0, comments=True, channel_id=200)
        root = s.mirrored(3)
        asked = s.comment(root, "Когда?")
        s.comment(root, "Вечером", answers=asked)
        s.group.private = True
        first = await s.crawl()
        s.world.calls.clear()
        second = await s.crawl(first.cursor)

        assert sorted(c.text for c in first.comments) == ["Вечером", "Когда?"]
        assert {c.external_id for c in first.comments} == {"100_3"}
        assert (second.comments, s.world.calls["GetReplies"]) == ([], 0)
        assert first.visit.outcome == "ok"

    play(story, tmp_path)


def test_closed_comments_are_bounded_and_retried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a post of a closed group so many newest comments are read; a post whose comments are refused is tried again."""
    monkeypatch.setattr(telegram_comments, "MOST_A_POST", 200)

    async def story(s: Scene) -> None:
        s.posts(2, replies=500)
        roots = [s.mirrored(i) for i in (1, 2)]
        for _ in range(250):
            s.comment(roots[0], "Когда?")
        s.comment(roots[1], "Да")
        s.group.private = True
        s.world.fault("GetReplies", 0, "OK", times=2)
        s.world.fault("GetReplies", 400, "MSG_ID_INVALID")
        first = await s.crawl()
        second = await s.crawl(first.cursor)

        assert len(first.comments) == 200
        assert "очень много комментариев" in first.visit.reason
        assert first.visit.counts["comments_closed"] == 1
        assert [c.external_id for c in second.comments] == ["100_2"]

    play(story, tmp_path)


def test_albums_are_one_post_also_across_pages(tmp_path: Path) -> None:
    """An album is one post with all its media, and is never cut where a page ends."""

    async def story(s: Scene) -> None:
        s.posts(97)
        for i in range(6):
            photo = types.MessageMediaPhoto(photo=types.PhotoEmpty(100 + i))
            s.world.post(s.channel, "Подпись" if i == 2 else "", media=photo, grouped_id=55, date=NOW)
        for i in range(150):
            s.world.post(s.channel, f"После {i}", date=NOW)
        found = await s.crawl()
        again = await s.crawl(found.cursor)

        albums = [p for p in found.posts if p.text == "Подпись"]
        assert [a.external_id for a in albums] == ["100_98"]
        assert albums[0].attachments == tuple(f"photo:{100 + i}" for i in range(6))
        assert len(found.posts) == 97 + 1 + 150
        assert again.gone == []

    play(story, tmp_path)


def test_album_at_the_edge_of_the_newest_page_is_left_alone(tmp_path: Path) -> None:
    """The newest page may begin inside an album that an earlier visit read whole: it does not come again in pieces."""

    async def story(s: Scene) -> None:
        for i in range(10):
            s.world.post(s.channel, f"До {i}", date=NOW)
        for _ in range(5):
            s.world.post(
                s.channel, "", media=types.MessageMediaPhoto(photo=types.PhotoEmpty(1)), grouped_id=7, date=NOW
            )
        first = await s.crawl()
        for i in range(97):
            s.world.post(s.channel, f"После {i}", date=NOW)
        second = await s.crawl(first.cursor)

        assert [p.external_id for p in first.posts][-1] == "100_11"
        assert {p.external_id for p in second.posts} == {f"100_{i}" for i in range(16, 113)}
        assert second.gone == []

    play(story, tmp_path)


def test_forwards_polls_and_service_lines(tmp_path: Path) -> None:
    """A forward names its origin, a poll speaks by its question, a service line is no post, unknown counters stay unknown."""

    async def story(s: Scene) -> None:
        s.world.post(s.channel, "Репост", copy=(300, 8), date=NOW)
        words = types.TextWithEntities("Вода есть?", [])
        poll = types.Poll(
            id=4, question=words, answers=[types.PollAnswer(types.TextWithEntities("Да", []), b"1")], hash=0
        )
        s.world.post(s.channel, "", media=types.MessageMediaPoll(poll, types.PollResults()), date=NOW)
        action = types.MessageActionPinMessage()
        s.channel.messages[3] = types.MessageService(id=3, peer_id=types.PeerChannel(100), date=NOW, action=action)
        s.world.post(
            s.channel, "", 4, media=types.MessageMediaContact("+79990001122", "Имя", "Фамилия", "", 5), date=NOW
        )
        found = await s.crawl()

        repost, asked, card = found.posts
        assert (repost.copy_of, repost.views, repost.likes, repost.comments) == ("telegram:300_8", None, None, None)
        assert (asked.text, asked.attachments) == ("Вода есть?", ("poll:4",))
        assert (card.text, card.attachments) == ("", ("contact:in_100_4",))
        assert "9990001122" not in repr(found.items)

    play(story, tmp_path)


def test_rich_messages_give_their_words(tmp_path: Path) -> None:
    """A message made of headings, lists and styled words gives them as plain lines, and its pictures by number."""

    async def story(s: Scene) -> None:
        bold = types.TextConcat([types.TextPlain("Авария на "), types.TextBold(types.TextPlain("водопроводе"))])
        items = [types.PageListItemText(types.TextPlain(t)) for t in ("улица Лесная", "улица Речная")]
        blocks = [
            types.PageBlockHeader(types.TextPlain("Белое")),
            types.PageBlockParagraph(bold),
            types.PageBlockList(items),
        ]
        rich = types.RichMessage(blocks=blocks, photos=[types.PhotoEmpty(9)], documents=[])
        s.world.post(s.channel, "", rich_message=rich, date=NOW)
        found = await s.crawl()

        assert found.posts[0].text == "Белое\nАвария на водопроводе\nулица Лесная\nулица Речная"
        assert found.posts[0].attachments == ("photo:9",)

    play(story, tmp_path)


def test_open_chat_messages_are_posts(tmp_path: Path) -> None:
    """In an open chat each message is a post of its own author, and nobody joined to read it."""

    async def story(s: Scene) -> None:
        s.world.post(s.group, "Нет света на Речной", sender=7, date=NOW)
        s.world.post(s.group, "И у нас", sender=8, reply_to=1, date=NOW)
        found = await s.crawl(address="t.me/beloe_talk")

        assert [(p.external_id, p.author, p.reply_to) for p in found.posts] == [("200_1", "7", ""), ("200_2", "8", "1")]
        assert found.comments == []

    play(story, tmp_path)


def test_another_channel_behind_the_name_starts_afresh(tmp_path: Path) -> None:
    """A name that changed hands is noticed within a week, and the new channel is read from its own beginning."""

    async def story(s: Scene) -> None:
        s.posts(40)
        first = await s.crawl()
        s.channel.username = None
        other = s.world.channel(101, "beloe_online")
        s.world.post(other, "Новые хозяева", date=NOW)
        second = await s.crawl(first.cursor, now=NOW + timedelta(days=8))

        assert [p.external_id for p in second.posts] == ["101_1"]
        assert second.gone == []

    play(story, tmp_path)


def test_stale_number_is_looked_up_again(tmp_path: Path) -> None:
    """When Telegram does not know the kept number (another account's), the name is resolved anew within the same visit."""

    async def story(s: Scene) -> None:
        s.posts(3)
        first = await s.crawl()
        first.cursor["place"]["hash"] = 1
        second = await s.crawl(first.cursor)

        assert (len(second.posts), second.visit.outcome) == (3, "ok")
        assert second.cursor["place"]["hash"] == 700

    play(story, tmp_path)


def test_preview_reads_one_small_page(tmp_path: Path) -> None:
    """«Try now» shows twenty newest messages, no comments, and moves no cursor."""

    async def story(s: Scene) -> None:
        s.posts(90)
        s.comment(s.mirrored(90), "Да")
        found = await s.crawl(preview=True)

        assert [p.external_id for p in found.posts] == [f"100_{i}" for i in range(71, 91)]
        assert (len(found.kept), s.world.calls["GetHistory"]) == (20, 1)

    play(story, tmp_path)


@pytest.mark.parametrize(
    "address", ["https://t.me/beloe_online", "t.me/s/Beloe_online", "@beloe_online", "beloe_online/"]
)
def test_addresses_name_channels(address: str) -> None:
    """A channel is named with or without the site around it."""
    assert name_of(address) == "beloe_online"


@pytest.mark.parametrize("address", ["https://t.me/+AbCdEf", "https://t.me/joinchat/AbCdEf", "https://t.me/c/123/4"])
def test_invitations_are_refused(address: str) -> None:
    """An invitation into a closed chat is not followed."""
    with pytest.raises(Refusal, match="закрытый чат"):
        name_of(address)


def test_city_stream_is_served_and_read(shared_data: Path, tmp_path: Path) -> None:
    """A real channel of the measuring stream comes through the peer and the spider, as far back as a first visit reads."""

    async def story(s: Scene) -> None:
        s.world.channels.clear()
        load_city(s.world, shared_data / "city-channels" / "moscow_city_subset.jsonl.gz", now=NOW.timestamp())
        channel = max(s.world.channels.values(), key=lambda c: len(c.messages))
        found = await s.crawl(address=f"t.me/{channel.username}")

        newest = sorted(channel.messages)[-1000:]
        assert [p.external_id for p in found.posts] == [f"{channel.id}_{i}" for i in newest]

    play(story, tmp_path)
