"""Sources are added by pasting an address, approved by who may, tried without keeping anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from storage.tables import post, quarantine, run, source
from tests.desk.conftest import House
from tests.desk.test_queue_page import text_of

FACTS = {"name": "Подслушано в Ветрово", "owner": "жители", "every": "30", "low": "2", "high": "40", "comments": "1"}


@dataclass(frozen=True)
class Shown:
    """A preview as crawlers give it."""

    items: tuple[dict[str, Any], ...] = ()
    refused: tuple[dict[str, Any], ...] = ()
    outcome: str = "ok"
    reason: str = ""


@pytest.fixture
def trying(house: House) -> Iterator[list[str]]:
    """Let the desk try sources; the asked ids are collected."""
    asked: list[str] = []

    def try_source(source_id: str) -> Shown:
        asked.append(source_id)
        if source_id == "tg-chat":
            raise TimeoutError("секрет внутри")
        item = {
            "text": "Нет воды на <b>Речной</b>",
            "url": "https://vk.com/wall-1_5",
            "published_at": "2026-11-21T06:00:00+00:00",
        }
        return Shown((item,), ({"reason": "нет ни текста, ни вложений"},), "partial", "страниц больше, чем читаем")

    before = house.app.state.desk
    house.app.state.desk = replace(before, try_source=try_source)
    yield asked
    house.app.state.desk = before


def test_the_sick_stand_first_and_say_why(house: House) -> None:
    """A source whose last run failed, and one that floods, stand above the healthy with the reason in words."""
    now = datetime.now(UTC)
    with house.store.write() as tx:
        tx.execute(sa.insert(run).values(
            source_id="site-portal", started_at=now - timedelta(minutes=9), ended_at=now, outcome="failed",
            reason="вместо страницы пришла ошибка 503", counts={"items": 0},
        ))  # fmt: skip
        tx.execute(
            sa.insert(quarantine).values(
                source_id="site-portal", at=now, reason="дата в будущем", item={"text": "Ярмарка"}
            )
        )
        tx.execute(sa.update(source).where(source.c.id == "vk-podslushano").values(expect_low=1, expect_high=2))
        tx.execute(sa.insert(run).values(
            source_id="vk-podslushano", started_at=now - timedelta(days=2), ended_at=now, outcome="ok", reason="", counts={"new": 3},
        ))  # fmt: skip

    page = text_of(house.by("officer").get("/sources").text)

    assert page.index("Подслушано в Белом") < page.index("Администрация округа")
    assert page.index("Портал «Наш край»") < page.index("Администрация округа")
    assert "2 источника требуют внимания" in page
    assert "вместо страницы пришла ошибка 503" in page
    assert "поток: записей больше обычного" in page
    one = text_of(house.by("officer").get("/sources/site-portal").text)
    assert "дата в будущем" in one
    assert "не удалось" in one


def test_refused_items_are_not_for_every_eye(house: House) -> None:
    """Who may only read sees a source's health and not what was refused."""
    page = house.by("reader").get("/sources/site-portal").text

    assert "вместо страницы" in page
    assert "дата в будущем" not in page
    assert "Попробовать сейчас" not in page


@pytest.mark.parametrize(
    ("address", "why"),
    [("http://127.0.0.1/rss", "внутренний"), ("https://t.me/+secret", "приглашение"), ("vk.com/id5", "страница человека"), ("привет мир", "пробел")],
)  # fmt: skip
def test_an_address_that_cannot_be_a_source_is_explained(house: House, address: str, why: str) -> None:
    """The reason and the mend are told, and the address stays in its field."""
    answer = house.by("officer").post("/sources/check", {"address": address})

    assert answer.status_code == 422
    assert why in answer.text


def test_a_pasted_address_is_recognised_and_waits_for_approval(house: House) -> None:
    """An officer proposes; the head approves; the list says who; a second paste finds it there already."""
    officer = house.by("officer")
    ask = officer.post("/sources/check", {"address": "http://m.vk.com/vetrovo_talk?from=menu"})
    assert "ВКонтакте" in ask.text
    assert "https://vk.com/vetrovo_talk" in ask.text
    assert "утвердит руководитель или куратор" in ask.text

    done = officer.post("/sources/add", {"address": "https://vk.com/vetrovo_talk", **FACTS})

    assert done.headers["location"] == "/sources/vk-vetrovo-talk"
    page = text_of(officer.get("/sources/vk-vetrovo-talk").text)
    assert "ждёт утверждения" in page
    assert officer.post("/sources/vk-vetrovo-talk/approve").status_code == 403
    house.by("head").post("/sources/vk-vetrovo-talk/approve")
    page = text_of(officer.get("/sources/vk-vetrovo-talk").text)
    assert "читается" in page
    assert "Утвердил Head" in page
    again = officer.post("/sources/add", {"address": "vk.ru/vetrovo_talk", **FACTS})
    assert again.status_code == 422
    assert "уже в списке" in again.text


def test_a_form_with_a_mistake_keeps_what_was_typed(house: House) -> None:
    """A number that is none is named, the rest of the form stays."""
    answer = house.by("head").post("/sources/add", {"address": "https://example.org/rss", **FACTS, "high": "много"})

    assert answer.status_code == 422
    assert "Пришло «много»" in answer.text
    assert 'value="Подслушано в Ветрово"' in answer.text


def test_pausing_and_removing_need_a_reason(house: House) -> None:
    """Without a reason nothing happens; with one the state, the reason and the journal tell it; it can be undone."""
    officer = house.by("officer")
    assert officer.post("/sources/feed-gazeta/pause").status_code == 422

    officer.post("/sources/feed-gazeta/pause", {"reason": "сайт переезжает"})

    assert "сайт переезжает" in officer.get("/sources").text
    officer.post("/sources/feed-gazeta/resume")
    officer.post("/sources/feed-gazeta/remove", {"reason": "закрылась"})
    assert "Убранные: 1" in officer.get("/sources").text
    officer.post("/sources/feed-gazeta/resume")
    page = text_of(officer.get("/sources/feed-gazeta").text)
    for said in (
        "источник приостановлен",
        "источник убран",
        "источник снова читается",
        "состояние: читается → приостановлен",
    ):
        assert said in page, said


def test_changing_a_source_is_journalled(house: House) -> None:
    """What a person changes is kept and told in the journal."""
    done = house.by("officer").post("/sources/feed-oblast/change", FACTS | {"name": "Областная лента"})

    assert done.status_code == 303
    assert "Областная лента" in house.by("officer").get("/sources/feed-oblast").text


def test_a_try_shows_and_keeps_nothing(house: House, trying: list[str]) -> None:
    """«Try now» shows what would be collected, how it ended and what would be refused; no row is written."""
    with house.store.read() as tx:
        before = tx.execute(sa.select(sa.func.count()).select_from(post)).scalar()

    page = house.by("officer").post("/sources/vk-typical/try")

    assert trying == ["vk-typical"]
    assert "Нет воды на &lt;b&gt;Речной&lt;/b&gt;" in page.text
    assert "страниц больше, чем читаем" in page.text
    assert "нет ни текста, ни вложений" in page.text
    with house.store.read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(post)).scalar() == before


def test_a_try_that_fails_is_told_without_its_inside(house: House, trying: list[str]) -> None:
    """Whatever breaks outside, the page stands and tells the kind of the fault only."""
    answer = house.by("officer").post("/sources/tg-chat/try")

    assert answer.status_code == 502
    assert "TimeoutError" in answer.text
    assert "секрет внутри" not in answer.text


def test_without_a_crawler_the_try_says_how(house: House) -> None:
    """Pages that run alone tell the command that tries a source."""
    answer = house.by("officer").post("/sources/vk-typical/try")

    assert answer.status_code == 422
    assert "otklik crawl --once" in answer.text
