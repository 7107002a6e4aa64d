"""What the open Internet answers: each gives a clear reason or a quarantine row, and the rest is collected."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from crawlers.pages import decode, element_text, html_text
from crawlers.spiders import feed
from tests.crawlers.web_run import Kept, Read, read
from tests.peers.serving import serving
from tests.peers.web import Site, listing, news


@dataclass
class Scene:
    """A site with every bad answer, and how it is read."""

    site: Site
    port: int

    def feed(self, path: str, **more: Any) -> Read:
        """Read a path as a feed."""
        return read("feed", f"http://127.0.0.1:{self.port}/hostile/{path}", self.port, **more)

    def page(self, path: str, **more: Any) -> Read:
        """Read a path as a list of articles."""
        return read("site", f"http://127.0.0.1:{self.port}/hostile/{path}", self.port, options={"mode": "list"}, **more)


@pytest.fixture
def scene() -> Iterator[Scene]:
    """The peer."""
    site = Site()
    with serving(site.app()) as port:
        yield Scene(site, port)


def test_half_an_answer_is_told(scene: Scene) -> None:
    """A connection that breaks off in the middle: nothing is taken from a torn page, the reason says so."""
    got = scene.feed("half.xml")

    assert got.visit.outcome == "failed"
    assert "оборвал" in got.visit.reason


def test_a_page_instead_of_a_feed_is_told(scene: Scene) -> None:
    """HTML where XML is expected: the run fails and says what came."""
    got = scene.feed("page.xml")

    assert got.visit.outcome == "failed"
    assert "пришла обычная страница" in got.visit.reason


@pytest.mark.parametrize("path", ["cp1251.xml", "koi8.xml", "lying.xml"])
def test_text_is_read_in_the_encoding_it_is_really_in(scene: Scene, path: str) -> None:
    """windows-1251 declared as UTF-8, koi8-r declared as windows-1251, UTF-8 declared as windows-1251."""
    got = scene.feed(path)

    assert got.visit.outcome == "ok"
    assert [p.text[:29] for p in got.posts] == ["Новость 1: в Сосново нет воды", "Новость 2: в Сосново нет воды"]


def test_a_hundred_megabytes_are_not_read(scene: Scene) -> None:
    """The download ends at the limit, long before the page does."""
    began = time.monotonic()

    got = scene.page("huge")

    assert "больше разрешённого размера" in got.visit.reason
    assert time.monotonic() - began < 10


def test_a_bomb_is_not_unpacked(scene: Scene) -> None:
    """Sixty kilobytes that unpack to sixty megabytes are given up at the limit."""
    got = scene.page("bomb")

    assert got.visit.outcome == "failed"
    assert "после распаковки" in got.visit.reason


def test_endless_redirects_end(scene: Scene) -> None:
    """After five redirects the page is given up."""
    got = scene.page("loop")

    assert "перенаправляет по кругу" in got.visit.reason
    assert len([a for a in scene.site.asked if a.startswith("/hostile/loop")]) == 6


def test_a_slow_loris_is_left(scene: Scene) -> None:
    """A byte now and then does not hold a visit: the time limit is for the whole answer."""
    began = time.monotonic()

    got = scene.page("slow", DOWNLOAD_TIMEOUT=1)

    assert "слишком долго" in got.visit.reason
    assert time.monotonic() - began < 5


def test_a_million_comments_are_bounded(scene: Scene) -> None:
    """Of thirty thousand links only what is looked at is looked at, and twenty are asked."""
    began = time.monotonic()

    got = scene.page("million")

    assert len([a for a in scene.site.asked if a.startswith("/otvet/")]) == 20
    assert got.visit.counts["waiting"] < 2000
    assert time.monotonic() - began < 15


def test_refused_items_are_put_aside_and_the_rest_collected(scene: Scene) -> None:
    """A date in the future and no date at all: two quarantine rows with reasons, the other entries are posts."""
    got = scene.feed("future.xml")

    assert sorted(p.external_id for p in got.posts) == ["id-1", "id-4"]
    assert got.reasons == ["дата в будущем: 20.11.2099 10:00", "у записи нет даты"]
    assert got.visit.outcome == "partial"
    assert "не принято записей: 2" in got.visit.reason


def test_marks_that_lie_are_taken_out(scene: Scene) -> None:
    """NUL, direction overrides and zero-width marks go, and the phone they hid is masked."""
    got = scene.feed("marks.xml")

    assert len(got.posts) == 2
    words = got.posts[0].text
    assert not set(words) & set("\x00\x01\u200b\u202e\u202c")
    assert "[телефон]" in words
    assert "921" not in words


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("empty", "пустой ответ"),
        ("picture", "вместо страницы пришёл файл (image/png)"),
        ("nothing-here", "такой страницы нет (404)"),
    ],
)
def test_what_is_no_page_is_named(scene: Scene, path: str, says: str) -> None:
    """An empty answer, a picture, a missing page: the reason names each."""
    got = scene.page(path)

    assert got.visit.outcome == "failed"
    assert says in got.visit.reason


@pytest.mark.parametrize(("path", "wait"), [("later", 120), ("down", 600)])
def test_retry_after_is_obeyed(scene: Scene, path: str, wait: float) -> None:
    """429 and 503 with Retry-After (seconds or a date) stop the source until then; nothing is retried meanwhile."""
    got = scene.page(path, RETRY_TIMES=1)

    assert got.visit.outcome == "stopped"
    assert got.visit.stopped is not None
    assert got.visit.stopped.wait_s == wait
    assert scene.site.asked.count(f"/hostile/{path}") == 1


def test_entities_do_not_explode(scene: Scene) -> None:
    """«Billion laughs» costs neither memory nor minutes."""
    began = time.process_time()

    got = scene.feed("entities.xml")

    assert got.posts == []
    assert time.process_time() - began < 5


def test_a_body_that_names_a_local_file_opens_none(scene: Scene) -> None:
    """A «feed» that is only the path of a file is no feed."""
    got = scene.feed("local-file.xml")

    assert got.visit.outcome == "failed"
    assert "не лента" in got.visit.reason


def test_a_record_that_breaks_its_reader_costs_only_itself(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine of ten entries are posts, the tenth is told: strangers' markup finds every mistake of ours."""
    scene.site.publish([news(n) for n in range(1, 11)])
    read_entry = feed.entry_item

    def faulty(entry: Any, *rest: Any) -> Any:
        if entry["id"] == "id-5":
            raise KeyError("no such field")
        return read_entry(entry, *rest)

    monkeypatch.setattr(feed, "entry_item", faulty)
    got = read("feed", f"http://127.0.0.1:{scene.port}/feed.xml", scene.port)

    assert len(got.posts) == 9
    assert got.visit.outcome == "partial"
    assert "не удалось разобрать (KeyError)" in got.visit.reason


def test_a_page_that_breaks_its_reader_is_told(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours on a whole page ends the run with a reason that names the page."""

    def faulty(text: str) -> Any:
        raise RecursionError

    monkeypatch.setattr(feed, "parsed", faulty)
    got = scene.feed("future.xml")

    assert "не удалось разобрать http://127.0.0.1" in got.visit.reason
    assert "RecursionError" in got.visit.reason


def test_a_page_that_cannot_be_stored_ends_the_visit(scene: Scene) -> None:
    """With a database that refuses, no more pages are asked: they would be read again anyway."""
    scene.site.publish([news(n) for n in range(1, 21)])

    got = read(
        "site",
        f"http://127.0.0.1:{scene.port}/news/",
        scene.port,
        options={"mode": "list"},
        kept=Kept(breaks=True),
        DOWNLOAD_DELAY=0.05,
    )

    assert "база не приняла страницу (OSError: database is locked)" in got.visit.reason
    assert len(scene.site.asked) < 15


def test_one_bad_article_does_not_cost_the_others(scene: Scene) -> None:
    """A list with a dead, a torn and two good articles: two posts, a reason, no crash."""
    good = [news(1), news(2)]
    scene.site.publish(good)
    rows = listing(good).replace(
        "<main>",
        "<main><a href='/news/77-propala-novost-1/'>Статья, которой уже нет</a><a href='/hostile/half.xml?id=12'>Оборванная статья района</a>",
    )
    scene.site.give("/list/", rows)

    got = read("site", f"http://127.0.0.1:{scene.port}/list/", scene.port, options={"mode": "list"})

    assert len(got.posts) == 2
    assert got.visit.outcome == "partial"
    assert "404" in got.visit.reason


@pytest.mark.parametrize(
    ("body", "declared", "text"),
    [
        ("Привет".encode(), None, "Привет"), ("Привет".encode(), "windows-1251", "Привет"), ("Привет".encode("cp1251"), "utf-8", "Привет"),
        ("Привет".encode("cp1251"), None, "Привет"), ("Привет, мир".encode("koi8-r"), None, "Привет, мир"), ("Привет".encode("utf-16"), None, "Привет"),
        (b"\xef\xbb\xbf" + "Привет".encode(), None, "Привет"), (("Привет " * 40).encode()[:-2], None, ("Привет " * 40)[:-2] + "\ufffd"),
        ("<meta charset=koi8-r>Вода".encode("koi8-r"), "", "<meta charset=koi8-r>Вода"), ("Вода".encode("cp1251"), "no-such-codec", "Вода"),
        (b"a\x00b\x01c", None, "abc"), (b"", None, ""),
    ],
)  # fmt: skip
def test_bytes_become_the_text_they_were(body: bytes, declared: str | None, text: str) -> None:
    """UTF-8 wins when the bytes are UTF-8; else what is declared; else the Russian code page with more small letters."""
    assert decode(body, declared) == text


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("<p>Раз</p><p>два</p>", "Раз\n\nдва"), ("Раз<br>два<br/>три", "Раз\nдва\nтри"), ("Цена&nbsp;5 &lt; 6", "Цена 5 < 6"),
        ("<script>alert(1)</script>Текст<style>p{}</style>", "Текст"), ("<!-- нет -->Да", "Да"), ("", ""), ("просто текст", "просто текст"),
        ("<b>жирный</b> и <i>косой</i>", "жирный и косой"), ("<div>" * 300 + "дно" + "</div>" * 300, "дно"), ("<div>" * 9000 + "дно", "дно"), ("<>", "<>"), ("<p>а\x00б</p>", "аб"),
    ],
)  # fmt: skip
def test_markup_becomes_lines(fragment: str, text: str) -> None:
    """Paragraphs and breaks are lines; scripts and comments are nothing; depth and NUL do not matter."""
    assert html_text(fragment) == text


def test_a_deep_tree_is_walked_without_recursion() -> None:
    """Markup nested deeper than Python's stack is read."""
    import lxml.etree

    root = node = lxml.etree.Element("div")
    for _ in range(5000):
        node = lxml.etree.SubElement(node, "div")
    node.text = "дно"

    assert element_text(root).strip() == "дно"
