"""Sites: declared selectors, article, list, sitemap, and auto that finds the way by itself."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from parsel import Selector

from crawlers.dates import read_date
from crawlers.site_pages import article_links, read_article, same_site, sitemap_entries, spelled
from tests.crawlers.web_run import NOW, Read, read
from tests.peers.serving import serving
from tests.peers.web import Site, article, listing, news

MOSCOW = ZoneInfo("Europe/Moscow")
DECLARED = {
    "item": "div.item",
    "link": "h2 a::attr(href)",
    "title": "h2 a",
    "text": ".text",
    "date": ".date",
    "date_format": "%d.%m.%Y %H:%M",
}


@dataclass
class Scene:
    """A site and how it is read."""

    site: Site
    port: int

    def read(self, path: str = "/", mode: str = "auto", **more: Any) -> Read:
        """Read the site."""
        options = {"mode": mode, **more.pop("options", {})}
        return read("site", f"http://127.0.0.1:{self.port}{path}", self.port, options=options, **more)


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A site with eight pieces of news."""
    site = Site()
    site.publish([news(n) for n in range(1, 9)])
    with serving(site.app()) as port:
        yield Scene(site, port)


def test_auto_takes_the_feed_that_the_page_declares(scene: Scene) -> None:
    """The front page names its feed: it is read, and the next visit goes there at once."""
    got = scene.read()
    asked = list(scene.site.asked)
    again = scene.read(cursor=got.cursor)

    assert len(got.posts) == 8
    assert asked == ["/robots.txt", "/", "/feed.xml"]
    assert got.cursor["way"]["kind"] == "feed"
    assert scene.site.asked[3:] == ["/robots.txt", "/feed.xml"]
    assert again.visit.counts["unchanged"] == 1


def test_auto_without_a_feed_takes_the_list(scene: Scene) -> None:
    """Links that look like articles are followed; the menu, the plan in PDF and the page itself are not."""
    scene.site.give("/", listing([news(n) for n in range(1, 9)]))

    got = scene.read()

    assert len(got.posts) == 8
    assert not [a for a in scene.site.asked if a.endswith((".pdf", "/about/"))]
    assert got.cursor["way"] == {"kind": "list"}


def test_auto_without_a_list_takes_the_sitemap(scene: Scene) -> None:
    """A front page without links: the sitemap leads to the articles."""
    scene.site.give("/", "<html><body><main>Добро пожаловать</main></body></html>")

    got = scene.read()

    assert len(got.posts) == 8
    assert got.cursor["way"]["kind"] == "sitemap"


def test_auto_that_finds_nothing_says_what_to_do(scene: Scene) -> None:
    """No feed, no list, no sitemap: the reason names the mend."""
    scene.site.give("/", "<html><body><main>Добро пожаловать</main></body></html>")
    del scene.site.pages["/sitemap.xml"]

    got = scene.read()

    assert got.posts == []
    assert "задайте селекторы" in got.visit.reason


def test_a_way_that_is_gone_is_looked_for_anew(scene: Scene) -> None:
    """The feed found last time answers 404: the next visit begins at the front page again."""
    known = scene.read().cursor
    del scene.site.pages["/feed.xml"]

    failed = scene.read(cursor=known)

    assert failed.visit.outcome == "failed"
    assert "404" in failed.visit.reason


def test_an_article_is_its_words_and_its_moment(scene: Scene) -> None:
    """Title, text without menu and footer, the published moment of the page's own mark."""
    got = scene.read("/news/2-novosti-rayona-2/", mode="article")

    post = got.posts[0]
    assert post.text.startswith("Новость 2: в Сосново нет воды")
    assert "Администрация района" not in post.text
    assert "Главная" not in post.text
    assert post.published_at == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_articles_are_asked_once_and_read_again_for_edits(scene: Scene) -> None:
    """A second visit asks no article; six hours later the newest are looked at again, and an edit is found."""
    scene.site.give("/", listing([news(n) for n in range(1, 4)]))
    known = scene.read(mode="list").cursor
    scene.site.asked.clear()
    scene.read(mode="list", cursor=known)
    soon = list(scene.site.asked)
    scene.site.give(
        news(1).path,
        article(news(1, text="Воду в Сосново дали, работы закончены. Приносим извинения жителям за неудобства. " * 3)),
        ETag='"new"',
    )

    later = scene.read(mode="list", cursor=known, now=NOW + timedelta(hours=7))

    assert soon == ["/robots.txt", "/"]
    assert ["Воду в Сосново дали" in p.text for p in later.posts] == [True]
    assert later.visit.counts["unchanged"] == 2


def test_a_recent_article_that_is_gone_is_marked(scene: Scene) -> None:
    """404 for an article that was read yesterday marks it as gone."""
    scene.site.give("/", listing([news(n) for n in range(1, 4)]))
    known = scene.read(mode="list").cursor
    del scene.site.pages[news(1).path]

    got = scene.read(mode="list", cursor=known, now=NOW + timedelta(hours=7))

    assert [k[2].endswith("/news/1-novosti-rayona-1") or k[2] for k in got.kept.gone_keys]
    assert got.visit.counts["gone"] == 1


def test_more_articles_than_a_visit_takes_wait_for_the_next(scene: Scene) -> None:
    """Twenty articles a visit, the rest counted and read later: none is lost."""
    many = [news(n) for n in range(1, 31)]
    scene.site.publish(many)
    scene.site.give("/", listing(many))

    first = scene.read(mode="list")
    second = scene.read(mode="list", cursor=first.cursor)

    assert (len(first.posts), first.visit.counts["waiting"]) == (20, 10)
    assert len({p.external_id for p in first.posts + second.posts}) == 30


def test_declared_selectors_take_the_records_of_a_page(scene: Scene) -> None:
    """Title, text and date are taken where the source says; no article is asked."""
    got = scene.read("/news/", mode="selectors", options={"selectors": DECLARED})

    assert len(got.posts) == 8
    assert scene.site.asked == ["/robots.txt", "/news/"]
    assert got.posts[0].published_at == datetime(2026, 11, 20, 4, tzinfo=UTC)
    assert got.posts[0].text.startswith("Новость 1: в Сосново нет воды подробно\n\nВ посёлке")


def test_selectors_that_find_nothing_are_told(scene: Scene) -> None:
    """A redesign of the site is seen at once: the reason names the selector."""
    got = scene.read("/news/", mode="selectors", options={"selectors": {**DECLARED, "item": "div.record"}})

    assert got.visit.outcome == "partial"
    assert "div.record" in got.visit.reason


def test_selectors_without_text_lead_to_the_article(scene: Scene) -> None:
    """With only a record and its link declared the article itself is read."""
    got = scene.read(
        "/news/", mode="selectors", options={"selectors": {"item": "div.item", "link": "h2 a::attr(href)"}}
    )

    assert len(got.posts) == 8
    assert "Аварийная бригада" in got.posts[0].text


def test_a_page_without_an_article_is_put_aside(scene: Scene) -> None:
    """An article page with no text and no date is quarantined with a reason, not dropped."""
    scene.site.give("/news/", listing([news(1), news(2)]))
    scene.site.give(news(1).path, "<html><head><title>Заглушка</title></head><body></body></html>")

    got = scene.read("/news/", mode="list")

    assert [p.external_id.endswith("2-novosti-rayona-2") for p in got.posts] == [True]
    assert got.reasons == ["у записи нет даты"]
    assert got.visit.outcome == "partial"


def test_a_sitemap_index_leads_to_its_news(scene: Scene) -> None:
    """Of nested sitemaps the one of news is taken."""
    index = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>{base}/sitemap-pages.xml</loc></sitemap><sitemap><loc>{base}/sitemap-news.xml</loc></sitemap></sitemapindex>"
    scene.site.sitemap(index, "/map.xml")
    scene.site.pages["/sitemap-news.xml"] = scene.site.pages["/sitemap.xml"]

    got = scene.read("/map.xml", mode="sitemap")

    assert len(got.posts) == 8


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"mode": "magic"}, "Режим сайта «magic» неизвестен"),
        ({"mode": "selectors"}, "задайте в источнике selectors.item"),
    ],
)
def test_a_mode_that_cannot_be_is_told(scene: Scene, options: dict[str, Any], says: str) -> None:
    """An unknown mode, or selectors without their record, ask nothing and say what to write."""
    got = scene.read(options=options)

    assert says in got.visit.reason
    assert scene.site.asked == []


def test_a_packed_sitemap_is_unpacked(scene: Scene) -> None:
    """sitemap.xml.gz is a sitemap too; a broken archive is told."""
    base = f"http://127.0.0.1:{scene.port}"
    urls = "".join(f"<url><loc>{base}{news(n).path}</loc></url>" for n in range(1, 4))
    scene.site.give("/map.xml.gz", gzip.compress(f"<urlset>{urls}</urlset>".encode()), "application/gzip")
    scene.site.give("/torn.xml.gz", b"\x1f\x8b" + b"nonsense", "application/gzip")

    got, torn = scene.read("/map.xml.gz", mode="sitemap"), scene.read("/torn.xml.gz", mode="sitemap")

    assert len(got.posts) == 3
    assert "не распаковалась" in torn.visit.reason


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("21.11.2026 14:30", "2026-11-21T14:30"), ("21.11.26", "2026-11-21T00:00"), ("21 ноября 2026, 14:30", "2026-11-21T14:30"),
        ("Опубликовано: 3 мая 2026 г. в 9:05", "2026-05-03T09:05"), ("сегодня, 10:15", "2026-11-21T10:15"), ("вчера в 23:40", "2026-11-20T23:40"),
        ("2026-11-21T14:30:00+03:00", "2026-11-21T14:30"), ("2026-11-21 14:30", "2026-11-21T14:30"), ("28 декабря", "2025-12-28T00:00"),
        ("14:30 21.11.2026", "2026-11-21T14:30"), ("32.13.2026", None), ("скоро", None), ("", None),
    ],
)  # fmt: skip
def test_dates_in_russian_are_moments_of_the_district(text: str, moment: str | None) -> None:
    """The spellings of municipal sites, in the district's zone; nonsense is no date."""
    found = read_date(text, MOSCOW, NOW)

    assert (found.astimezone(MOSCOW).strftime("%Y-%m-%dT%H:%M") if found else None) == moment


def test_one_address_has_one_spelling() -> None:
    """Tracking, fragment do not make another article."""
    assert spelled("https://Example.org/News/5/?utm_source=x&id=2#top") == "https://example.org/News/5/?id=2"


def test_a_russian_host_is_one_host_in_both_alphabets() -> None:
    """«пример.рф» and its ASCII form are the same site, with "www." or without; another host is another."""
    assert same_site("https://www.пример.рф/news/1", "https://xn--e1afmkfd.xn--p1ai/")
    assert not same_site("https://пример.рф.example.org/", "https://пример.рф/")


def test_only_what_looks_like_an_article_is_followed() -> None:
    """Numbers, dates or several words in the address and a few words of text; no files, menus, tags or other hosts."""
    page = Selector(
        text="""<main><a href="/news/125/">Длинный заголовок новости района</a><a href="/news/">Все новости нашего района</a>
        <a href="/tag/voda-1">Тема: вода и её отключения</a><a href="https://other.example/news/77/">Новость другого сайта целиком</a>
        <a href="/doc/plan-2026.pdf">План на следующий год целиком</a><a href="javascript:void(0)">Показать ещё двадцать новостей</a>
        <a href="/o-rayone-i-ego-lyudyah">Длинный рассказ о районе</a></main><nav><a href="/menu/100">Пункт меню с длинным именем</a></nav>"""
    )

    assert article_links(page, "https://example.org/") == [
        "https://example.org/news/125/",
        "https://example.org/o-rayone-i-ego-lyudyah",
    ]


def test_a_date_in_json_ld_is_found() -> None:
    """The mark that most engines of news write is read."""
    html = '<html><head><script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","datePublished":"2026-11-20T10:00:00+03:00"}]}</script></head><body><article><p>Слова новости о воде в посёлке.</p></article></body></html>'

    assert read_article(html, "https://example.org/1", MOSCOW, NOW).published_at == datetime(
        2026, 11, 20, 7, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "не xml",
        "<html></html>",
        "<urlset>",
        "{}",
        "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><urlset><url><loc>&a;</loc></url></urlset>",
    ],
)
def test_what_is_no_sitemap_gives_nothing(text: str) -> None:
    """Broken XML, HTML and external entities give no address."""
    assert sitemap_entries(text) == ([], [])
