"""«Рискогенные темы» shows what grows, where, since when and by how many, and the critical topics even at zero."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from risk.growth import CRITICAL_TOPICS
from storage.tables import grp
from tests.desk.conftest import House
from tests.desk.test_queue_page import text_of
from tests.storage.test_growth import a_group

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def spoken(house: House) -> House:
    """A week of two messages a day about housing and roads, and a day on which housing has nine by nine people."""
    now = datetime.now(UTC)
    with house.store.write() as tx:
        tx.execute(sa.update(grp).values(points=0.0))  # the morning's own posts keep out of the figures
    made = []
    for topic in ("housing", "roads"):
        for day in range(1, 8):
            made += [a_group(house.store, now - day * 24 * HOUR - HOUR, topic=topic) for _ in range(2)]
    made += [a_group(house.store, now - HOUR * (1 + n / 4), settlement="Сосново" if n < 6 else None) for n in range(9)]
    made.append(a_group(house.store, now - 2 * HOUR, posts=480, views=5, topic="waste"))
    assert len(set(made)) == len(made)
    return house


def section(page: str, heading: str) -> str:
    return next((text_of(part) for part in page.split("<section") if f">{heading}" in part), "")


def test_what_grows_is_told_with_place_time_and_voices(spoken: House) -> None:
    """Housing stands on top with its figures, its place, the beginning, the voices, and the way to its risks."""
    page = spoken.by("reader").get("/growth").text
    growing = section(page, "Растут")

    assert "Растут: 1" in growing
    assert re.search(
        r"ЖКХ за сутки 9 при обычных 2 с \S+ \(\d ч назад\) · Сосново 6, место не определено 3", growing
    ), growing
    assert "9 обычно 2" in growing
    assert 'href="/?topic=housing"' in page
    assert "В округе сейчас" in text_of(page)


def test_480_unseen_copies_do_not_grow(spoken: House) -> None:
    """The flood stands among the other topics as one message; how many copies there were is told."""
    page = spoken.by("reader").get("/growth").text

    rest = section(page, "Остальные темы")
    assert "Обращение с отходами" in rest
    assert "записей с копиями 480" in rest
    assert "Обращение с отходами" not in section(page, "Растут")


def test_critical_topics_are_always_there(spoken: House) -> None:
    """A critical topic that nobody wrote of is shown with zeros; another silent topic is not."""
    page = spoken.by("reader").get("/growth").text

    assert all(f'href="/growth/{topic}"' in page for topic in CRITICAL_TOPICS)
    assert 'href="/growth/tourism"' not in page


def test_a_topic_shows_its_hours_and_posts(spoken: House) -> None:
    """The picture has a table behind it; the newest originals lead to their pages and never name an author."""
    page = spoken.by("reader").get("/growth/housing").text

    told = text_of(page)
    assert "Напряжённее : за сутки 9 при обычных 2" in told
    assert page.count('<tr><th scope="row">') == 24
    assert page.count('class="post"') == 9
    assert re.search(r'href="https://vk.com/1" rel="noopener noreferrer" target="_blank"', page)
    assert "Сосново 6 сообщений" in told


def test_an_unknown_topic_is_told(spoken: House) -> None:
    """A topic that is not in the classifier is a clear page, not a fault."""
    answer = spoken.by("reader").get("/growth/nothing")

    assert answer.status_code == 404
    assert "нет в классификаторе" in text_of(answer.text)


def test_a_block_sees_its_own_topics(spoken: House) -> None:
    """Whoever is bound to a block sees the topics of that block only, and no verdict on the whole district."""
    browser = spoken.by("executor")
    page = browser.get("/growth").text

    assert 'href="/growth/housing"' in page
    assert 'href="/growth/health"' not in page
    assert "В округе сейчас" not in text_of(page)
    assert browser.get("/growth/health").status_code == 404


def test_the_menu_leads_there(spoken: House) -> None:
    """The page is in the menu of whoever sees risks, and not in the technician's."""
    assert 'href="/growth" aria-current="page"' in spoken.by("officer").get("/growth").text
    assert 'href="/growth"' not in spoken.by("technician").get("/sources").text
    assert spoken.by("technician").get("/growth").status_code == 403
