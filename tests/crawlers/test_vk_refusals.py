"""Whatever VK says instead of an answer becomes a clear reason, and nothing but reading ever leaves."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from crawlers.clients.vk import VkClient
from crawlers.handlers.vk import VkHandler
from crawlers.items import PageEnd
from crawlers.readonly import READ_METHODS
from crawlers.refusal import Refusal, Scope
from crawlers.spiders.vk import VkSpider
from district.settings import Settings
from tests.crawlers.api_run import account, read, source
from tests.crawlers.vk_scene import HOUR, SCHEMA, WALL, Scene, play
from tests.peers.vk_api import TOKENS
from tests.peers.vk_schema import Schema

REFUSALS = [
    (5, "stopped", HOUR, None, "не принимает ключ"),
    (14, "stopped", HOUR, None, "код с картинки"),
    (17, "stopped", HOUR, None, "подтвердить вход"),
    (29, "stopped", HOUR, HOUR, "Суточный лимит"),
    (15, "stopped", None, "-", "Стена закрыта"),
    (18, "stopped", None, "-", "удалена или заблокирована"),
    (30, "stopped", None, "-", "приватности"),
    (203, "stopped", None, "-", "Сообщество закрыто"),
    (100, "stopped", None, "-", "проверьте адрес"),
    (9999, "failed", None, "-", "9999"),
]


@pytest.mark.parametrize(("code", "outcome", "wait_s", "rest_s", "words"), REFUSALS)
def test_refusals_become_reasons(code: int, outcome: str, wait_s: float | None, rest_s: Any, words: str) -> None:
    """Each refusal of VK ends the run with its own Russian reason, rests the account or the source, and is asked only once."""

    async def story(s: Scene) -> None:
        s.posts(3)
        s.peer.fault("wall.get", error=code, times=9)
        found = await s.crawl()

        assert (found.visit.outcome, found.items, len(s.peer.log)) == (outcome, [], 1)
        assert words in found.visit.reason
        assert (found.visit.stopped.wait_s if found.visit.stopped else None) == wait_s
        rests = [seconds for _, seconds in found.account.slots.rests]  # type: ignore[attr-defined]
        assert rests == ([] if rest_s == "-" else [rest_s])

    play(story)


def test_community_key_reads_no_wall() -> None:
    """A community's key cannot read walls, and the reason says which key can."""

    async def story(s: Scene) -> None:
        s.posts(3)
        found = await s.crawl(key="group-1", kind="community")

        assert "Ключ сообщества не читает стены" in found.visit.reason
        assert "сервисный ключ" in found.visit.reason

    play(story)


@pytest.mark.parametrize(("code", "pauses"), [(6, [1.0, 1.0]), (9, [10.0, 10.0]), (10, [1.0, 3.0])])
def test_momentary_refusals_are_repeated(code: int, pauses: list[float]) -> None:
    """«Too many», «flood» and «internal error» are asked again after a pause, and then nothing is missing."""

    async def story(s: Scene) -> None:
        s.posts(20)
        s.peer.fault("wall.get", error=code, times=2)
        found = await s.crawl()

        assert (len(found.posts), found.visit.outcome, found.pauses) == (20, "ok", pauses)
        assert found.account.slots.holds == (pauses if code != 10 else [])  # type: ignore[attr-defined]

    play(story)


def test_repeats_end() -> None:
    """A refusal that does not pass is asked four times, not for ever, and leaves the cursor where it was."""

    async def story(s: Scene) -> None:
        s.posts(20)
        s.peer.fault("wall.get", error=10, times=99)
        found = await s.crawl({"since": 3})

        assert (len(s.peer.log), found.visit.outcome, found.kept) == (4, "failed", [])

    play(story)


BROKEN = [
    ({}, "вместо JSON"),
    ({"status": 500}, "ошибка на стороне сервера (500)"),
    ({"status": 429}, "просит обращаться реже"),
    ({"status": 403}, "неожиданный ответ 403"),
    ({"status": 302}, "перенаправляет"),
    ({"cut": True}, "оборвался на середине"),
    ({"huge": 25 * 1024 * 1024}, "слишком велик"),
    ({"body": "[1, 2]"}, "не похож на ответ"),
    ({"body": '{"response": {"count": 1}}'}, "нет списка записей"),
    ({"body": '{"error": "нет"}'}, "не похож на ответ"),
    ({"body": '{"response": {"items": 5}}'}, "нет списка записей"),
    ({"body": "5"}, "не похож на ответ"),
    ({"body": ""}, "вместо JSON"),
]


@pytest.mark.parametrize(("fault", "words"), BROKEN)
def test_broken_answers_become_reasons(fault: dict[str, Any], words: str) -> None:
    """HTML, half an answer, 25 MB, a redirect, a wrong shape: a clear reason, repeated a bounded number of times."""

    async def story(s: Scene) -> None:
        s.posts(3)
        s.peer.fault("wall.get", **{"status": 200, **fault}, times=9)
        found = await s.crawl()

        assert (found.visit.outcome, found.items) == ("failed", [])
        assert words in found.visit.reason
        assert len(s.peer.log) <= 4

    play(story)


def test_broken_answer_then_good_one() -> None:
    """One page of HTML in between costs a repeat and no post."""

    async def story(s: Scene) -> None:
        s.posts(3)
        s.peer.fault("wall.get")
        found = await s.crawl()

        assert (len(found.posts), found.visit.outcome) == (3, "ok")

    play(story)


def test_stop_in_the_middle_keeps_what_was_read() -> None:
    """When the account is stopped after some pages, those posts are kept, and the cursor stays where it was."""

    async def story(s: Scene) -> None:
        s.posts(250)
        s.peer.fault("wall.get", error=29, after=2)
        found = await s.crawl({"since": 0})
        again = await s.crawl(found.cursor)

        assert (len(found.posts), found.visit.outcome) == (200, "stopped")
        assert [i.cursor for i in found.kept if isinstance(i, PageEnd)] == [{"since": 0}] * 2
        assert len({p.external_id for p in again.posts}) == 250

    play(story)


def test_stop_among_comments_is_made_up_for() -> None:
    """When the account is stopped among comments, the posts are done with, and only the missing comments are read next time."""

    async def story(s: Scene) -> None:
        s.posts(400)
        for i in range(1, 401):
            s.world.comment(s.group, i, f"Да {i}")
        s.peer.fault("execute", error=29, after=2)
        first = await s.crawl()
        s.peer.log.clear()
        second = await s.crawl(first.cursor)

        assert (len(first.posts), len(first.comments), first.visit.outcome) == (400, 50, "stopped")
        assert s.peer.calls("wall.get") == 3
        # Of a first visit the comments of the newest 300 posts are read.
        assert len({c.external_id for c in [*first.comments, *second.comments]}) == 300
        assert len(second.comments) == 250

    play(story)


@pytest.mark.parametrize("address", ["https://vk.com/id7", "https://vk.com/durov"])
def test_personal_pages_are_refused(address: str) -> None:
    """A person's page is not read, whether its address says that it is one or only its posts do."""

    async def story(s: Scene) -> None:
        s.group.screen_name = "durov"
        s.posts(2)
        for post in s.group.posts.values():
            post["owner_id"] = 7
        found = await s.crawl(address=address)

        assert (found.items, found.visit.outcome) == ([], "stopped")
        assert "личная страница" in found.visit.reason

    play(story)


def test_internal_gateway_needs_permission() -> None:
    """An API address inside the network is refused unless the technician named it."""

    async def story(s: Scene) -> None:
        s.posts(1)
        closed = Settings(vk_base=s.peer.base)
        found = await read(VkSpider, source("vk", WALL), closed, account("user-1"))

        assert (found.items, s.peer.log) == ([], [])
        assert "OTKLIK_ALLOW_INTERNAL" in found.visit.reason

    play(story)


def test_no_account_says_how_to_add_one() -> None:
    """Without an account nothing is asked, and the reason says what to do."""

    async def story(s: Scene) -> None:
        found = await read(VkSpider, source("vk", WALL), s.settings, None)  # type: ignore[arg-type]

        assert (s.peer.log, found.visit.outcome) == ([], "failed")

    play(story)


def test_writing_methods_never_leave() -> None:
    """A writing method is refused by the handler itself before anything is sent."""

    class Writing(VkSpider):
        async def read(self) -> Any:
            await self.call("wall.createComment", owner_id=-1, post_id=1, message="привет")
            yield PageEnd("s", {})

    async def story(s: Scene) -> None:
        found = await read(Writing, source("vk", WALL), s.settings, account("user-1"))

        assert (s.peer.log, found.visit.outcome) == ([], "failed")
        assert "WritingRefused" in found.visit.reason

    play(story)


def test_handler_is_what_the_spider_asks_through() -> None:
    """The spider speaks only through our handler: every HTTP handler is switched off for it."""
    handlers = (VkSpider.custom_settings or {})["DOWNLOAD_HANDLERS"]
    module, _, name = handlers["vk"].rpartition(".")
    assert (module, name) == (VkHandler.__module__, VkHandler.__name__)
    assert {k for k, v in handlers.items() if v is None} >= {"http", "https", "ftp", "file"}


def test_peer_gives_keys_the_rights_of_the_schema() -> None:
    """Which key may call what is the same at the peer and in the published schema."""
    if not SCHEMA.is_dir():
        pytest.skip(f"нет схемы API для сверки: задайте OTKLIK_SHARED (ищу {SCHEMA})")
    schema = Schema(SCHEMA)
    assert {m: schema.tokens(m) for m in TOKENS} == dict(TOKENS)
    assert TOKENS.keys() == READ_METHODS


def test_pace_of_the_platform_is_kept_without_a_refusal() -> None:
    """With the pace of a user's key in the slots, a peer that counts requests a second refuses none."""
    from crawlers.limits import Account, LocalSlots, gap_of

    async def story(s: Scene) -> None:
        s.posts(5)
        for i in range(1, 6):
            s.world.comment(s.group, i, "Да")
        using = Account("a", "service", "user-1", LocalSlots(gap_of("vk", "user")))
        found = await read(VkSpider, source("vk", WALL), s.settings, using)

        assert (len(found.comments), found.visit.counts["repeats"]) == (5, 0)

    play(story, paced=True)


def test_closing_leaves_nothing_open() -> None:
    """Two crawls in one loop leave no task and no connection behind."""

    async def story(s: Scene) -> None:
        s.posts(2)
        await s.crawl()
        await s.crawl()
        left = [t for t in asyncio.all_tasks() if t is not asyncio.current_task() and "VkPeer" not in repr(t)]
        assert not [t for t in left if "scrapy" in repr(t)]

    play(story)


def test_slow_answer_is_given_up() -> None:
    """An answer that does not come in time is given up and may be asked again."""

    async def story(s: Scene) -> None:
        s.posts(1)
        s.peer.fault("wall.get", slow_s=1.0)
        client = VkClient("user-1", base=s.peer.base, read_s=0.2)
        with pytest.raises(Refusal, match="не пришёл вовремя") as caught:
            await asyncio.to_thread(client.read, "wall.get", {"owner_id": -1})
        assert (caught.value.status, caught.value.scope) == (504, Scope.MOMENT)
        client.close()

    play(story)


def test_nobody_listens() -> None:
    """A closed port is no connection, said as such."""
    client = VkClient("user-1", base="http://127.0.0.1:9/method/")
    with pytest.raises(Refusal, match="нет соединения"):
        client.read("wall.get", {"owner_id": -1})
    client.close()
