"""An answer's address is really read: what stands there, what was deleted, what is closed, what does not answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import web
from pydantic import SecretStr

from casework.link_checks import CheckJob, Found
from casework.runs import take_slot
from casework.secrets import add_account
from casework.work import Work
from crawlers.crew import Crew
from crawlers.links import check_links, read_links
from district.settings import Settings
from storage.engine import Store
from storage.find.accounts import account_by_id
from storage.tables import publication
from tests.casework.publication_build import TEXT, an_answer, events_of, publication_of, recorded, told_in_chats
from tests.casework.risk_build import ANNA, hire, new_risk
from tests.casework.staff_build import NOW, a_profile, a_staff, a_work
from tests.peers.mtproto import Peer
from tests.peers.mtproto_keys import PUBLIC_PEM
from tests.peers.serving import serving
from tests.peers.t_me import Preview, Shown
from tests.peers.vk_api import VkPeer
from tests.peers.vk_world import Group
from tests.peers.web import Site, article, news
from tests.story.running import walls

QUICK: dict[str, Any] = {"DOWNLOAD_DELAY": 0, "DOWNLOAD_TIMEOUT": 2, "RETRY_TIMES": 0, "LOG_ENABLED": False}
PAGE = "/news/2026/otvet-o-vode/"


@pytest.fixture(scope="module")
def vk() -> Iterator[VkPeer]:
    with walls() as peer:
        yield peer


class Net:
    """A site, a preview of Telegram and VK on loopback, and a house that may ask them."""

    def __init__(self, store: Store, folder: Path, vk: VkPeer, site: int, t_me: int) -> None:
        self.site, self.preview, self.vk = Site(), Preview(), vk
        self.base = f"http://127.0.0.1:{site}"
        allowed = ("127.0.0.1",)
        self.settings = Settings(
            _env_file=None, home=folder / "var", database_url=store.url, allow_internal=allowed,
            t_me_base=f"http://127.0.0.1:{t_me}", vk_base=vk.base,
        )  # fmt: skip
        self.store = store
        self.crew = Crew(self.settings, a_profile(), store, a_work(store).reader, lambda: NOW)

    def group(self, name: str) -> Group:
        """Return a new community."""
        return self.vk.world.group(name)

    def account(self, token: str = "service-1") -> None:
        """Keep a key of VK."""
        work = a_work(self.store, a_staff(1, "technician"), datetime.now(UTC))
        add_account(work, self.settings, "main", "vk", "service", token, ["стены"], 0.0)

    def read(self, url: str, **changes: Any) -> Found:
        """Return what is found at one address."""
        job = CheckJob(1, url, None, NOW)
        return read_links(self.crew, [job], **QUICK | changes)[1]

    def work(self, at: datetime) -> Work:
        """Return the machine's work at a moment."""
        return a_work(self.store, now=at)

    def look(self, at: datetime) -> int:
        """Look at what is due at a moment, as the loop does."""
        return check_links(self.settings, self.work(at), in_process=True, **QUICK)


@pytest.fixture
def net(sqlite_store: Store, tmp_path: Path, vk: VkPeer) -> Iterator[Net]:
    site, preview = Site(), Preview()
    with serving(site.app()) as one, serving(preview.app()) as two:
        made = Net(sqlite_store, tmp_path, vk, one, two)
        made.site, made.preview = site, preview
        vk.faults.clear()
        yield made


def test_a_wall_post_and_its_comments_are_read(net: Net) -> None:
    """A post gives its words and views; a comment and an answer in a thread give theirs."""
    net.account()
    group = net.group("beloe_one")
    net.vk.world.post(group, TEXT, views=340)
    first = net.vk.world.comment(group, 1, "Когда дадут воду?")
    said = net.vk.world.comment(group, 1, TEXT)
    inside = net.vk.world.comment(group, 1, f"Ответ: {TEXT}", under=first["id"])
    wall = f"https://vk.com/wall-{group.id}_1"
    assert net.read(wall) == Found(TEXT, 340, "read")
    assert net.read(f"{wall}?reply={said['id']}") == Found(TEXT, None, "read")
    assert net.read(f"{wall}?reply={inside['id']}&thread={first['id']}").text == f"Ответ: {TEXT}"
    assert net.read(f"{wall}?reply={inside['id']}").text == f"Ответ: {TEXT}"


def test_what_vk_says_is_no_more(net: Net) -> None:
    """A deleted post, a deleted comment and a comment under a deleted post are gone; a closed wall only cannot be read."""
    net.account()
    group = net.group("beloe_two")
    net.vk.world.post(group, "Вода есть?")
    said = net.vk.world.comment(group, 1, TEXT)
    wall = f"https://vk.com/wall-{group.id}"
    assert net.read(f"{wall}_2").state == "gone"
    assert net.read(f"{wall}_1?reply=999999").state == "gone"
    said["deleted"] = True
    assert net.read(f"{wall}_1?reply={said['id']}").reason == "ВКонтакте: комментарий с ответом удалён"
    net.vk.world.delete(group, 1)
    assert "под которой стоял ответ" in net.read(f"{wall}_1?reply={said['id']}").reason
    group.closed = 15
    closed = net.read(f"{wall}_1")
    assert closed.state == "unread"
    assert "Стена закрыта" in closed.reason


def test_a_comment_among_too_many_is_not_called_gone(net: Net) -> None:
    """When an answer may stand deeper than we look, nobody is told that it vanished."""
    net.account()
    group = net.group("beloe_many")
    net.vk.world.post(group, "Вода есть?")
    old = net.vk.world.comment(group, 1, TEXT)
    for i in range(510):
        net.vk.world.comment(group, 1, f"Комментарий {i}")
    found = net.read(f"https://vk.com/wall-{group.id}_1?reply={old['id']}")
    assert (found.state, "очень много" in found.reason) == ("unread", True)
    root = net.vk.world.comment(group, 1, "Спор")
    for i in range(12):
        last = net.vk.world.comment(group, 1, f"В споре {i}", under=root["id"])
    group.comments[1] = [c for c in group.comments[1] if c["id"] >= root["id"]]
    assert net.read(f"https://vk.com/wall-{group.id}_1?reply={last['id']}").state == "unread"


def test_a_captcha_stops_the_account(net: Net) -> None:
    """VK asks for a captcha: the account waits for a person, every link says why, and nothing more is asked."""
    net.account()
    group = net.group("beloe_captcha")
    net.vk.world.post(group, TEXT)
    net.vk.fault("wall.getById", error=14)
    url = f"https://vk.com/wall-{group.id}_1"
    found = net.read(url)
    assert found.state == "unread"
    assert "код с картинки" in found.reason
    with net.store.read() as tx:
        row = account_by_id(tx, "main")
    assert row is not None
    assert row.state == "stopped"
    asked = len(net.vk.log)
    assert "код с картинки" in net.read(url).reason
    assert len(net.vk.log) == asked


def test_a_busy_account_is_not_hurried(net: Net) -> None:
    """The turns of the account are those of the crawl: while it must keep quiet, no link is asked."""
    net.account()
    group = net.group("beloe_busy")
    net.vk.world.post(group, TEXT)
    url = f"https://vk.com/wall-{group.id}_1"
    assert net.read(url).state == "read"
    asked = len(net.vk.log)
    take_slot(net.store, "main", 300)
    found = net.read(url)
    assert (found.state, "очередь запросов" in found.reason) == ("unread", True)
    assert len(net.vk.log) == asked


def test_without_a_key_the_reason_says_what_to_do(net: Net) -> None:
    """A district without a VK key learns which command adds one."""
    found = net.read("https://vk.com/wall-1_1")
    assert found.state == "unread"
    assert "otklik account add vk" in found.reason


def test_a_post_of_a_channel_is_read_through_the_preview(net: Net) -> None:
    """Telegram's public preview gives the post's words and views; a deleted number is gone, a closed channel is not read."""
    at = NOW - timedelta(hours=1)
    net.preview.post("beloe", *(Shown(n, f"Запись номер {n} о погоде", at) for n in range(1, 41)))
    net.preview.post("beloe", Shown(25, TEXT, at, views="1.2K"))
    assert net.read("https://t.me/beloe/25") == Found(TEXT, 1200, "read")
    del net.preview.channels["beloe"][25]
    assert net.read("https://t.me/beloe/25").state == "gone"
    net.preview.closed.add("beloe")
    closed = net.read("https://t.me/beloe/25")
    assert (closed.state, "без входа" in closed.reason) == ("unread", True)
    comment = net.read("https://t.me/beloe/25?comment=7")
    assert (comment.state, "otklik account add telegram" in comment.reason) == ("closed", True)


@contextmanager
def data_centre() -> Iterator[Peer]:
    """A Telegram data centre in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="data-centre", daemon=True)
    thread.start()
    peer = asyncio.run_coroutine_threadsafe(Peer().start(), loop).result(10)
    try:
        yield peer
    finally:
        asyncio.run_coroutine_threadsafe(peer.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def test_what_the_preview_hides_the_account_reads(net: Net, tmp_path: Path) -> None:
    """An open chat has no preview: with a signed-in account its message is read, and the account's turns are kept."""
    with data_centre() as peer:
        chat = peer.world.channel(300, "beloe_chat", chat=True)
        said = peer.world.post(chat, TEXT, sender=5, date=NOW)
        (tmp_path / "dc.pem").write_text(PUBLIC_PEM)
        outside = {"telegram_dc": peer.dc, "telegram_dc_key": tmp_path / "dc.pem", "telegram_api_id": 1}
        settings = net.settings.model_copy(update=outside | {"telegram_api_hash": SecretStr("h")})
        net.crew = replace(net.crew, settings=settings)
        url = f"https://t.me/beloe_chat/{said.id}"
        assert "без входа" in net.read(url).reason
        work = a_work(net.store, a_staff(1, "technician"), datetime.now(UTC))
        add_account(work, settings, "tg", "telegram", "session", peer.ready_session(), ["каналы"], 0.0)
        assert net.read(url).text == TEXT
        take_slot(net.store, "tg", 300)
        assert "очередь запросов" in net.read(url).reason


def test_a_picture_of_an_album_is_its_post(net: Net) -> None:
    """Telegram shows an album under the number of its first picture: a link to the third one finds it."""
    at = NOW - timedelta(hours=1)
    net.preview.post("beloe", Shown(10, TEXT, at, photos=3), Shown(13, "Другое", at))
    page = net.read("https://t.me/beloe/12")
    assert page.state == "gone"  # the peer's album names only its first picture

    async def album(request: web.Request) -> web.Response:
        body = (
            '<section class="tgme_channel_history"><div class="tgme_widget_message" data-post="beloe/10">'
            '<a class="tgme_widget_message_photo_wrap" href="https://t.me/beloe/12?single"></a>'
            f'<div class="js-message_text">{TEXT}</div></div></section>'
        )
        return web.Response(text=body, content_type="text/html")

    made = web.Application()
    made.add_routes([web.get("/s/beloe", album)])
    with serving(made) as port:
        net.crew = replace(net.crew, settings=net.settings.model_copy(update={"t_me_base": f"http://127.0.0.1:{port}"}))
        assert net.read("https://t.me/beloe/12").text == TEXT
        assert net.read("https://t.me/beloe/11").state == "gone"


def test_a_page_of_a_site_is_read_with_its_surroundings(net: Net) -> None:
    """The words of the article and of the page around it are taken: an answer may stand under a heading of its own."""
    net.site.give(PAGE, article(news(1, "О воде на Садовой", TEXT)))
    found = net.read(net.base + PAGE)
    assert found.state == "read"
    assert "воду вернут до 18:00 25 ноября" in (found.text or "")
    assert any("Otklik" in agent for agent in net.site.agents)


@pytest.mark.parametrize(
    ("path", "state", "words"),
    [
        ("/net-takoy/", "gone", "такой страницы нет"),
        ("/hostile/slow", "unread", "слишком долго"),
        ("/hostile/huge", "unread", "больше разрешённого размера"),
        ("/hostile/bomb", "unread", "размера"),
        ("/hostile/to-metadata", "unread", "другой сайт"),
        ("/hostile/loop", "unread", "по кругу"),
        ("/hostile/picture", "unread", "файл"),
        ("/hostile/later", "unread", "реже"),
        ("/private/feed.xml", "unread", "robots.txt"),
        ("/pusto/", "unread", "почти нет текста"),
        ("/vhod/", "unread", "требует входа"),
    ],
)
def test_bad_pages_are_told_in_words(net: Net, path: str, state: str, words: str) -> None:
    """A page that is not there is gone; one that is slow, huge, hostile, forbidden or empty is unread, with the reason."""
    net.site.give("/pusto/", "<html><body><div id='app'></div><p>Загрузка</p></body></html>")
    net.site.give("/vhod/", "вход", status=401)
    found = net.read(net.base + path)
    assert (found.state, words in found.reason) == (state, True), found
    assert found.text is None


def test_nothing_inside_is_asked(net: Net) -> None:
    """An internal address that got into the register by any way is refused, and the site behind it hears nothing."""
    net.site.give(PAGE, TEXT)
    net.crew = replace(net.crew, settings=net.settings.model_copy(update={"allow_internal": ()}))
    found = net.read(net.base + PAGE)
    assert (found.state, found.text) == ("closed", None)
    assert net.site.asked == []


@pytest.mark.parametrize(
    ("url", "words"), [("https://max.ru/beloe/AZ1", "MAX"), ("https://vk.com/wall15_2", "человека")]
)
def test_what_is_never_read_says_so(net: Net, url: str, words: str) -> None:
    """MAX and the pages of people are not read at all: a person is asked to look."""
    found = net.read(url)
    assert found.state == "closed"
    assert words in found.reason


def test_an_answer_stands_changes_and_vanishes(net: Net, request: pytest.FixtureRequest) -> None:
    """Seen standing, then changed, then gone: each is written down and each change alarms once; then it stands again."""
    hire(request)
    risk_id = new_risk(net.store, state="preparing")
    net.site.give(PAGE, article(news(1, "О воде", TEXT)))
    number = recorded(net.store, risk_id, net.base + PAGE, allowed=("127.0.0.1",))
    assert net.look(NOW) == 0
    seen = NOW + timedelta(seconds=31)
    assert net.look(seen) == 1
    row = publication_of(net.store, number)
    assert (row.state, row.stood_at, row.likeness) == ("standing", seen, 100.0)
    assert row.next_check == NOW + timedelta(hours=1)
    assert told_in_chats(net.store) == []
    net.site.give(PAGE, article(news(1, "О воде", TEXT.replace("25 ноября", "28 ноября"))))
    assert net.look(NOW + timedelta(hours=1)) == 1
    assert "«25»" in publication_of(net.store, number).reason
    net.site.give(PAGE, "нет", status=404)
    assert net.look(NOW + timedelta(hours=6)) == 1
    assert net.look(NOW + timedelta(days=1)) == 1
    assert publication_of(net.store, number).state == "gone"
    changed, gone = told_in_chats(net.store)
    assert "изменён (стоял с 21.11.2026 12:00)" in changed
    assert "ответ исчез с площадки «Площадка»" in gone
    net.site.give(PAGE, article(news(1, "О воде", TEXT)))
    assert net.look(NOW + timedelta(days=2)) == 1
    assert events_of(net.store, risk_id)[-5:] == [
        "publication_stands", "watched", "publication_changed", "publication_gone", "publication_stands",
    ]  # fmt: skip
    assert publication_of(net.store, number).stood_at == seen


def test_the_loop_reads_in_a_child_process(net: Net, request: pytest.FixtureRequest) -> None:
    """The pages are read by a process of its own, with the settings of this installation."""
    hire(request)
    risk_id = new_risk(net.store, state="preparing")
    net.site.give(PAGE, article(news(1, "О воде", TEXT)))
    number = recorded(net.store, risk_id, net.base + PAGE, allowed=("127.0.0.1",))
    assert check_links(net.settings, net.work(NOW + timedelta(minutes=1))) == 1
    assert publication_of(net.store, number).state == "standing"


def test_a_child_that_dies_costs_one_try(
    net: Net, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the process of a look is killed, its pages keep their state and are tried again soon."""
    hire(request)
    risk_id = new_risk(net.store, state="preparing")
    number = recorded(
        net.store, risk_id, net.base + PAGE, answer_id=an_answer(net.store, risk_id), by=ANNA, allowed=("127.0.0.1",)
    )
    monkeypatch.setattr("crawlers.children.WALL_S", 0.05)
    at = NOW + timedelta(minutes=1)
    assert check_links(net.settings, net.work(at)) == 1
    row = publication_of(net.store, number)
    assert (row.state, row.next_check, row.lease_until) == ("waiting", at + timedelta(minutes=2), None)
    assert "прерван" in row.reason
    with net.store.read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(publication)).scalar() == 1
