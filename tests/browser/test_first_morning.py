"""One officer's first morning in a real browser, over the running product: from the one-time password to the history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser.conftest import OFFICE, PATIENCE_MS, Screen
from tests.story.running import Memory, publish, reader_of, running, until, walls
from tests.story.texts import DANGERS, TROUBLES, quiet

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WALL = "beloetalk"
OWN = "снег лампа дорога стол"
GAS, ICE = DANGERS[0], DANGERS[2]
COLD = TROUBLES[0]
BURST = "Сосново, улица Лесная: прорвало трубу, вода стоит на дороге по колено, машины глохнут, в домах воды нет."
FLOOD = (
    "Авария на водопроводе в Сосново! Всю Лесную залило, без воды остались детский сад и сорок домов, когда починят?"
)


@pytest.fixture
def window(chromium: Any) -> Iterator[Any]:
    """An empty window of the size of an office's screen."""
    context = chromium.new_context(locale="ru-RU", timezone_id="Europe/Moscow", viewport=OFFICE)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def _sign_in(shown: Screen, password: str) -> None:
    page = shown.page
    shown.go("/")
    shown.shoot("story-01-login")
    page.get_by_label("Логин").fill("admin")
    page.get_by_label("Пароль").fill(password)
    page.get_by_role("button", name="Войти").click()
    page.get_by_label("Одноразовый пароль").fill(password)
    page.get_by_label("Новый пароль", exact=False).first.fill(OWN)
    page.get_by_label("Новый пароль ещё раз").fill(OWN)
    shown.shoot("story-02-own-password")
    page.get_by_role("button", name="Сменить пароль").click()
    page.get_by_role("heading", name="Очередь рисков").wait_for()


def _titles(shown: Screen) -> list[str]:
    return [str(t) for t in shown.page.locator("#list [data-main]").all_inner_texts()]


def _row(shown: Screen, text: str) -> Any:
    return shown.page.locator("li.risk").filter(has=shown.page.get_by_role("link", name=text[:40]))


def test_a_morning_from_the_one_time_password_to_the_history(tmp_path: Path, window: Any) -> None:
    """Sign in, watch the queue grow while people publish, verify one, dismiss one, merge two; the history tells it all."""
    with walls() as peer:
        group = peer.world.group(WALL)
        for i in range(20):
            peer.world.post(group, quiet(i), date=int(datetime.now(UTC).timestamp()) - (20 - i) * 600)
        home = reader_of(tmp_path, peer, [WALL])
        with running(home) as product, closing(Memory(home)) as memory:
            until(lambda: memory.outcomes().get(WALL) == ["ok"], "первый обход не окончен")
            shown = Screen(window, SimpleNamespace(served=SimpleNamespace(url=product.url)))  # type: ignore[arg-type]

            def published(*texts: str) -> None:
                for text in texts:
                    publish(peer, WALL, text)
                memory.make_due(WALL)

            _sign_in(shown, product.password)
            _watch_the_queue_grow(shown, published)
            _verify(shown)
            _dismiss(shown)
            _merge(shown)
            _history(shown)
    assert shown.complaints == []


def _watch_the_queue_grow(shown: Screen, published: Any) -> None:
    page = shown.page
    page.get_by_text("Обновляется само").wait_for()
    page.get_by_role("heading", name="Очередь пуста").wait_for()
    shown.shoot("story-03-empty")
    published(GAS)
    page.get_by_text("Появился 1 новый риск").wait_for()
    shown.shoot("story-04-first-news")
    page.get_by_role("link", name="Показать").click()
    _row(shown, GAS).wait_for()
    assert "Очередь пуста" not in shown.text()
    page.get_by_text("Обновляется само").wait_for()
    published(ICE, COLD, BURST, FLOOD)
    page.get_by_text("Появилось 4 новых риска").wait_for()
    assert len(_titles(shown)) == 1, "the list must not jump under the hand"
    shown.shoot("story-05-more-news")
    page.get_by_role("link", name="Показать").click()
    _row(shown, FLOOD).wait_for()
    assert len(_titles(shown)) == 5
    assert "5 открытых рисков" in shown.text(".head")
    shown.shoot("story-06-queue")


def _verify(shown: Screen) -> None:
    page = shown.page
    page.get_by_role("link", name=GAS[:40]).click()
    page.get_by_role("button", name="Взять в работу").click()
    page.get_by_text("Риск у вас до").wait_for()
    page.get_by_role("button", name="Начать проверку").click()
    page.get_by_text("Проверка начата").wait_for()
    shown.shoot("story-07-card")
    page.get_by_label("подтверждено", exact=True).check()
    page.locator("#verify").get_by_label("Откуда известно").fill("ЕДДС")
    page.locator("#verify").get_by_label("Что выяснили").fill("Газ перекрыт, бригада на месте")
    page.get_by_role("button", name="Записать итог").click()
    page.get_by_text("Итог проверки записан: подтверждено.").wait_for()
    shown.shoot("story-08-verified")
    page.get_by_role("link", name="← Очередь").click()


def _dismiss(shown: Screen) -> None:
    page = shown.page
    row = _row(shown, COLD)
    row.locator("summary").click()
    row.get_by_role("link", name="Снять с причиной").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("устарело").check()
    shown.shoot("story-09-dismiss")
    dialog.get_by_role("button", name="Снять риск").click()
    page.get_by_text("Риск снят").wait_for()
    assert not any(COLD[:40] in title for title in _titles(shown))


def _merge(shown: Screen) -> None:
    page = shown.page
    for text in (BURST, FLOOD):
        _row(shown, text).get_by_role("checkbox").check()
    page.get_by_role("button", name="Объединить отмеченные").click()
    page.get_by_label("Почему это одно и то же").fill("один прорыв на Лесной")
    shown.shoot("story-10-merge")
    page.get_by_role("button", name="Объединить", exact=True).click()
    page.get_by_text("Риски объединены").wait_for()
    assert len(_titles(shown)) == 3
    shown.shoot("story-11-queue-after")


def _history(shown: Screen) -> None:
    """The card of each touched risk tells who did what and why."""
    page = shown.page
    page.get_by_role("link", name=GAS[:40]).click()
    past = page.get_by_role("region", name="История").inner_text()
    assert all(word in past for word in ("машина", "admin", "ЕДДС", "Газ перекрыт, бригада на месте")), past
    told = page.get_by_role("region", name="Тревоги").inner_text()
    assert "Алерт-чат" in told
    assert "ждёт" not in told
    shown.shoot("story-12-history")
    shown.go("/")
    page.get_by_role("link", name="Лесн").first.click()
    assert "один прорыв на Лесной" in page.get_by_role("region", name="История").inner_text()
    assert page.locator("article.post").count() == 2
    shown.shoot("story-13-merged")
    shown.go("/?all=1&q=отопления")
    page.get_by_role("link", name=COLD[:40]).click()
    assert "устарело" in page.get_by_role("region", name="История").inner_text()
    shown.shoot("story-14-dismissed")
