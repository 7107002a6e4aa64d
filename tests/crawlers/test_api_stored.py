"""A wall and a channel read through their real protocols end up in the database: once, with edits, comments and deletions."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from casework.clock import now
from casework.secrets import add_account
from crawlers.crawl import Keeper, read_source
from crawlers.crew import Crew
from crawlers.source import CrawlSource
from crawlers.spiders import vk
from crawlers.spiders.vk import VkSpider
from crawlers.visit import Visit
from district.settings import Settings
from risk.reading import Reader
from storage.engine import Store
from storage.find.accounts import account_by_id, source_by_id
from storage.keep.sources import add_source, change_account
from storage.tables import post, reach, revision
from tests.casework.staff_build import a_profile, a_staff, a_work
from tests.crawlers.api_run import read, run
from tests.peers.mtproto import Peer
from tests.peers.mtproto_keys import PUBLIC_PEM
from tests.peers.vk_api import VkPeer


class House:
    """A database with one source and its account, read by real spiders."""

    def __init__(self, store: Store, folder: Path, platform: str, address: str, secret: str, **settings: Any) -> None:
        outside = {"allow_internal": ("127.0.0.1",), **settings}
        self.settings = Settings(_env_file=None, home=folder / "var", **outside)
        self.store = store
        self.platform, self.address = platform, address
        work = a_work(store, a_staff(1, "technician"), now())
        add_account(work, self.settings, "main", platform, "service", secret, ["стены"], 0.0)
        with store.write() as tx:
            add_source(
                tx,
                {
                    "id": "s", "platform": platform, "address": address, "name": "Белое онлайн", "every_s": 900.0, "owner": "жители",
                    "approver": "Руководитель МЦУ", "approved_at": now(), "account": "main", "official": False, "media": False,
                    "comments": True, "state": "active", "next_due": now(),
                },
            )  # fmt: skip

    async def read(self) -> Visit:
        """Read the source once, as a run does, from the cursor in the database."""
        with self.store.read() as tx:
            row = source_by_id(tx, "s")
        assert row is not None
        place = CrawlSource("s", self.platform, self.address, account="main", cursor=row["cursor"])
        profile = a_profile()
        crew = Crew(self.settings, profile, self.store, Reader(profile))
        return await asyncio.to_thread(read_source, crew, place, None, SPIDER_MODULES=[])

    def rows(self) -> dict[tuple[str, str], Any]:
        """Posts and comments by their numbers."""
        with self.store.read() as tx:
            return {(r.external_id, r.comment_id): r for r in tx.execute(sa.select(post))}

    def count(self, table: sa.Table) -> int:
        """Rows of a table."""
        with self.store.read() as tx:
            return int(tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def play(story: Coroutine[Any, Any, None]) -> None:
    run(story, 60)


def test_wall_in_the_database(sqlite_store: Store, tmp_path: Path) -> None:
    """Two visits store each post and comment once, an edit as a revision, counters as moments, a deletion as a mark."""

    async def story() -> None:
        peer = await VkPeer(paced=False).start()
        group = peer.world.group("beloe_online")
        house = House(sqlite_store, tmp_path, "vk", "https://vk.com/beloe_online", "service-1", vk_base=peer.base)
        for i in range(1, 131):
            peer.world.post(group, f"На улице Лесной, {i} нет воды, звоните +7 921 000-00-{i % 90 + 10}")
        peer.world.comment(group, 130, "[id7|Имя Фамилия], у нас тоже")
        first = await house.read()
        before = house.rows()
        peer.world.edit(group, 100, "Воду дали")
        group.posts[101]["views"]["count"] = 777
        peer.world.delete(group, 102)
        late = peer.world.comment(group, 50, "А у нас нет")
        second = await house.read()
        after = house.rows()
        await peer.stop()

        assert (first.outcome, second.outcome) == ("ok", "ok")
        assert (len(before), len(after)) == (131, 132)
        assert (after["-1_100", ""].text, house.count(revision)) == ("Воду дали", 1)
        assert after["-1_102", ""].gone_at is not None
        assert after["-1_50", str(late["id"])].text == "А у нас нет"
        assert house.count(reach) > 131
        words = " ".join(r.text for r in after.values())
        assert "921" not in words
        assert "Фамилия" not in words
        assert all(r.voice for r in after.values())

    play(story())


def test_channel_in_the_database(sqlite_store: Store, tmp_path: Path) -> None:
    """A channel read in two visits, the first of them cut short by a FloodWait, is stored whole and once."""

    async def story() -> None:
        peer = await Peer().start()
        channel, group = peer.world.channel(100, "beloe_online", linked=200), peer.world.channel(200, chat=True)
        (tmp_path / "dc.pem").write_text(PUBLIC_PEM)
        house = House(
            sqlite_store, tmp_path, "telegram", "https://t.me/beloe_online", peer.ready_session(), telegram_dc=peer.dc,
            telegram_dc_key=tmp_path / "dc.pem", telegram_api_id=1, telegram_api_hash=SecretStr("h"),
        )  # fmt: skip
        for i in range(1, 331):
            peer.world.post(channel, f"Дом {i}: отключили свет на улице Речной", views=i)
        root = peer.world.post(group, "", copy=(100, 330)).id
        peer.world.post(group, "Когда включат?", sender=7, reply_to=root)
        peer.world.fault("GetHistory", 0, "OK", times=4)
        peer.world.fault("GetHistory", 420, "FLOOD_WAIT_900")
        first = await house.read()
        stored = len(house.rows())
        with sqlite_store.read() as tx:
            resting = account_by_id(tx, "main")
        asked = peer.world.calls.total()
        meanwhile = await house.read()
        unasked = peer.world.calls.total() == asked
        with sqlite_store.write() as tx:
            change_account(tx, "main", {"state": "active", "stopped_until": None})
        last = await house.read()
        rows = house.rows()
        await peer.stop()

        assert (first.outcome, meanwhile.outcome, last.outcome) == ("stopped", "stopped", "ok")
        assert resting is not None
        assert (resting.state, resting.stopped_until is not None) == ("waiting", True)
        assert unasked
        assert 0 < stored < 331
        assert len(rows) == 331
        assert rows["100_330", "2"].text == "Когда включат?"

    play(story())


@pytest.mark.parametrize("code", [14, 29])
def test_stopped_account_is_told_to_the_desk(code: int, sqlite_store: Store, tmp_path: Path) -> None:
    """A captcha stops the account until a person looks, a daily limit for an hour; the reason stands in its row."""

    async def story() -> None:
        peer = await VkPeer(paced=False).start()
        peer.world.post(peer.world.group("beloe_online"), "Нет воды")
        house = House(sqlite_store, tmp_path, "vk", "https://vk.com/beloe_online", "service-1", vk_base=peer.base)
        peer.fault("wall.get", error=code)
        visit = await house.read()
        await peer.stop()

        with sqlite_store.read() as tx:
            row = account_by_id(tx, "main")
        assert row is not None
        assert row.reason == visit.reason
        assert row.state == {14: "stopped", 29: "waiting"}[code]
        assert visit.outcome == "stopped"

    play(story())


def test_pages_that_cannot_be_stored_end_the_visit(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the database takes no more, the visit ends with the reason, asks for nothing more and moves no cursor."""

    def full(*args: Any) -> Any:
        raise OSError("диск полон")

    async def story() -> None:
        peer = await VkPeer(paced=False).start()
        group = peer.world.group("beloe_online")
        for i in range(1, 900):
            peer.world.post(group, f"Запись {i}")
        house = House(sqlite_store, tmp_path, "vk", "https://vk.com/beloe_online", "service-1", vk_base=peer.base)
        with monkeypatch.context() as broken:
            broken.setattr(Keeper, "take", full)
            visit = await house.read()
        asked = len(peer.log)
        again = await house.read()
        await peer.stop()

        assert "диск полон" in visit.reason
        assert asked < 5
        assert (again.outcome, len(house.rows())) == ("ok", 899)

    play(story())


def test_our_own_mistake_is_told_without_words(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistake of a spider becomes a reason of the visit; the log names the place and holds no text of anybody."""

    def broken(raw: Any, source_id: str) -> Any:
        raise ValueError(raw["text"])

    async def story() -> None:
        peer = await VkPeer(paced=False).start()
        peer.world.post(peer.world.group("beloe_online"), "слова жителя")
        house = House(sqlite_store, tmp_path, "vk", "https://vk.com/beloe_online", "service-1", vk_base=peer.base)
        monkeypatch.setattr(vk, "post_item", broken)
        visit = await house.read()
        await peer.stop()

        assert visit.reason.startswith("Внутренняя ошибка чтения ВКонтакте (ValueError)")
        assert "test_api_stored.py" in caplog.text
        assert "слова жителя" not in caplog.text + visit.reason

    play(story())


def test_spider_opens_its_account_itself(sqlite_store: Store, tmp_path: Path) -> None:
    """A spider that is given only the house opens the account of its source, and says so when there is none."""

    async def story() -> None:
        peer = await VkPeer(paced=False).start()
        peer.world.post(peer.world.group("beloe_online"), "Нет воды")
        house = House(sqlite_store, tmp_path, "vk", "https://vk.com/beloe_online", "service-1", vk_base=peer.base)
        work = a_work(sqlite_store, now=now())
        found = []
        for name in ("main", "чужая"):
            place = CrawlSource("s", "vk", house.address, account=name)
            found.append(await read(VkSpider, place, house.settings, None, work=lambda: work))
        await peer.stop()

        assert (len(found[0].posts), found[0].visit.outcome) == (1, "ok")
        assert "«чужая»" in found[1].visit.reason

    play(story())
