"""The main job in a real browser: sign in, see the queue grow, open, take, verify, dismiss, merge."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from casework.take_in import take_in
from risk.post import Post, Reach
from storage.find.queue import newest_risk_id
from tests.browser.conftest import OFFICE, PHONE, Opener, Screen
from tests.desk import build
from tests.desk.conftest import House

pytestmark = pytest.mark.browser


def arrive(house: House, title: str, level: int, **changes: Any) -> int:
    """A risk comes in while people look; returns its id, greater than all before."""
    with house.store.write() as tx:
        number = newest_risk_id(tx) + 1
        build.add_case(tx, house.profile, number, build.Case(title, level, 0, 58, **changes), datetime.now(UTC))
    return number


def titles(screen: Screen) -> list[str]:
    return [str(t) for t in screen.page.locator("#list [data-main]").all_inner_texts()]


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_from_the_first_page_to_a_reviewed_risk(screen: Opener, house: House, size: dict[str, int]) -> None:
    """One officer signs in, sees a new risk come by itself, takes it, verifies it, and dismisses and merges others."""
    login = f"duty{size['width']}"
    build.add_staff(house.store, login, ["officer"])
    shown = screen(viewport=size)
    page = shown.page
    name = "phone" if size == PHONE else "office"

    shown.go("/")
    shown.shoot(f"{name}-1-login")
    page.get_by_label("Логин").fill(login)
    page.get_by_label("Пароль").fill(build.PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.get_by_role("heading", name="Очередь рисков").wait_for()
    page.get_by_text("Обновляется само").wait_for()
    before = titles(shown)
    shown.shoot(f"{name}-2-queue")

    number = arrive(house, f"Прорвало трубу у детского сада, вода на дороге ({name})", 4, settlement="Озерки")
    page.get_by_text("Появился 1 новый риск").wait_for()
    assert titles(shown) == before, "the list must not jump under the hand"
    shown.shoot(f"{name}-3-news")
    page.get_by_role("link", name="Показать").click()
    page.get_by_role("link", name=f"Прорвало трубу у детского сада, вода на дороге ({name})").wait_for()
    assert shown.wider_by <= 0

    page.locator(f"#r{number}").get_by_role("button", name="Взять в работу").click()
    page.wait_for_url(f"**/risk/{number}")
    shown.says("Риск у вас до")
    shown.shoot(f"{name}-4-card")
    assert shown.wider_by <= 0
    page.get_by_label("подтверждено", exact=True).check()
    page.locator("#verify").get_by_label("Откуда известно").fill("ЕДДС")
    page.locator("#verify").get_by_label("Что выяснили").fill("Бригада на месте, воду дадут к 18:00")
    page.get_by_role("button", name="Записать итог").click()
    page.get_by_text("Итог проверки записан: подтверждено.").wait_for()
    shown.says("готовится ответ", ".title")
    shown.shoot(f"{name}-5-verified")
    page.get_by_role("link", name="Следующий").click()
    page.wait_for_url(lambda url: not url.endswith(f"/{number}"))
    page.get_by_role("heading", name="Что сделать").wait_for()

    page.get_by_role("link", name="← Очередь").click()
    garage, water, flood = (
        arrive(house, title, 3) for title in ("Продам гараж, недорого", "Вода на дороге у сада", "У сада залило дорогу")
    )
    shown.go("/?level=3")
    row = page.locator(f"#r{garage}")
    row.locator("summary").click()
    row.get_by_role("link", name="Снять с причиной").click()
    dialog = page.get_by_role("dialog")
    shown.shoot(f"{name}-6-dismiss")
    dialog.get_by_label("не риск: шутка, реклама, вымысел").check()
    dialog.get_by_role("button", name="Снять риск").click()
    page.get_by_text("Риск снят").wait_for()
    assert "Продам гараж, недорого" not in titles(shown)
    assert page.url.split("#")[0].endswith("/?level=3")

    for other in (water, flood):
        page.locator(f"#r{other}").get_by_role("checkbox").check()
    page.get_by_role("button", name="Объединить отмеченные").click()
    page.get_by_label("Почему это одно и то же").fill("один прорыв")
    shown.shoot(f"{name}-7-merge")
    page.get_by_role("button", name="Объединить", exact=True).click()
    page.get_by_text("Риски объединены").wait_for()
    assert len({"Вода на дороге у сада", "У сада залило дорогу"} & set(titles(shown))) == 1
    page.get_by_role("button", name="Выйти").click()
    page.get_by_role("heading", name="Вход").wait_for()


def test_without_javascript_the_main_path_works(screen: Opener, house: House) -> None:
    """Sign in, take, verify, dismiss and merge by forms and links alone."""
    build.add_staff(house.store, "plain", ["officer"])
    shown = screen(java_script_enabled=False)
    page = shown.page
    first, second, third, fourth = (arrive(house, f"Без скриптов {i}", 3) for i in range(4))

    shown.go(f"/?q=2026-{first:06}")
    page.get_by_label("Логин").fill("plain")
    page.get_by_label("Пароль").fill(build.PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.get_by_role("button", name="Взять в работу").click()
    page.get_by_label("опровергнуто").check()
    page.locator("#verify").get_by_label("Откуда известно").fill("выезд на место")
    page.get_by_role("button", name="Записать итог").click()
    shown.says("опровергнуто", ".title")
    shown.go(f"/risk/{second}/dismiss")
    page.get_by_label("устарело").check()
    page.get_by_role("button", name="Снять риск").click()
    shown.says("Риск снят")
    shown.go("/?level=3")
    for number in (third, fourth):
        page.locator(f"#r{number}").get_by_role("checkbox").check()
    page.get_by_role("button", name="Объединить отмеченные").click()
    page.get_by_label("Почему это одно и то же").fill("проверка")
    page.get_by_role("button", name="Объединить", exact=True).click()
    shown.says("Риски объединены")


def test_two_officers_see_each_other(screen: Opener, house: House) -> None:
    """A risk that one takes says so in the other's open list without a reload, and can be taken no more."""
    first, second = screen("officer"), screen("second")
    second.go("/")
    second.page.get_by_text("Обновляется само").wait_for()
    second.page.wait_for_timeout(1200)

    first.go("/")
    first.page.locator("#r5").get_by_role("button", name="Взять в работу").click()

    second.page.locator("#r5").get_by_text("Officer, до").wait_for()
    assert second.page.locator("#r5").get_by_role("button", name="Взять в работу").count() == 0
    first.page.get_by_role("button", name="Освободить").click()
    first.page.get_by_role("button", name="Взять в работу").first.wait_for()


def test_the_pause_holds_the_list(screen: Opener, house: House) -> None:
    """With the pause on nothing moves; going on tells at once what came meanwhile."""
    shown = screen("officer")
    shown.go("/")
    shown.page.get_by_text("Обновляется само").wait_for()
    shown.page.get_by_role("button", name="Пауза").click()

    arrive(house, "Пока стояла пауза", 2)
    shown.page.wait_for_timeout(2500)
    assert shown.text("#news") == ""
    shown.page.get_by_role("button", name="Продолжить").click()

    shown.page.get_by_text("Появился 1 новый риск").wait_for()


def test_a_post_taken_in_becomes_a_risk_before_the_officers_eyes(screen: Opener, house: House) -> None:
    """A post that a crawl hands over is grouped, rated and told in the open queue; its card says why and links to it."""
    shown = screen("officer")
    shown.go("/")
    shown.page.get_by_text("Обновляется само").wait_for()
    work = house.work()
    text = "Пожар на Набережной улице в посёлке Белое, горит жилой дом, люди на крыше! Вызывайте пожарных!"
    posts = [
        Post(
            "vk",
            source,
            "77001",
            "",
            f"https://vk.com/wall-{n}_77001",
            text,
            work.now,
            work.now,
            Reach(200 * n, 3, 1, 0),
        )
        for n, source in ((1, "vk-podslushano"), (2, "vk-typical"))
    ]

    taken = take_in(work, posts)

    shown.page.get_by_text("Появился 1 новый риск").wait_for()
    shown.page.get_by_role("link", name="Показать").click()
    shown.page.locator(f"#r{taken.opened[0]} [data-main]").click()
    card = shown.text()
    shown.shoot("taken-in")
    for said in ("4 критический", "угроза жизни", "Белое", "Записи: 2", "600 просмотров", "Открыть оригинал"):
        assert said in card, said
    posts = shown.page.locator('[aria-labelledby="h-posts"] a[href="https://vk.com/wall-1_77001"]')
    assert posts.count() == 1
