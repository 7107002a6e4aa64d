"""The whole life of one risk in a real browser: checked, answered, published, watched, closed; by keyboard, and by mouse at 200 %."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from casework import clock, publications, watching
from casework.publications import Found
from casework.take_in import take_in
from risk.post import Post, Reach
from storage.find.answers import answers_of
from storage.find.publications import publications_of
from tests.browser.conftest import OFFICE, Opener, Screen
from tests.browser.hand import Hand
from tests.desk import build
from tests.desk.conftest import House

pytestmark = pytest.mark.browser

ZOOMED = {"width": 683, "height": 384}
"""What is left of 1366x768 for the page when the browser shows it at 200 %."""
POTHOLES = {
    "keyboard": "На улице Мира в посёлке Озерки яма на весь проезд, вчера пробил колесо. Когда наконец отремонтируют дорогу?",
    "mouse": "У школы в посёлке Дубровка асфальт провалился до щебня, автобус объезжает по встречной. Когда починят дорогу?",
}


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Move the clock of the served desk ahead."""
    real = clock.now

    def move(by: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + by)

    return move


def _arrive(house: House, number: int, text: str) -> int:
    """A complaint of level 1 or 2 comes in; returns its risk."""
    now = datetime.now(UTC)
    post = Post(
        "vk", "vk-typical", f"-990000077_{number}", "", f"https://vk.com/wall-990000077_{number}", text,
        now - timedelta(minutes=5), now, Reach(240, 3, 1, 0),
    )  # fmt: skip
    (risk_id,) = take_in(house.work(), [post]).opened
    return risk_id


def _sign_in(shown: Screen, login: str, path: str) -> None:
    shown.go(path)
    if shown.page.get_by_label("Логин").count():
        shown.page.get_by_label("Логин").fill(login)
        shown.page.get_by_label("Пароль").fill(build.PASSWORD)
        shown.page.get_by_role("button", name="Войти").click()
        shown.page.wait_for_url(lambda url: "/login" not in url)
        shown.go(path)


def _check(hand: Hand) -> None:
    """Ask, write the answer down, conclude."""
    page = hand.page
    hand.push(page.get_by_role("button", name="Взять в работу"))
    page.get_by_role("button", name="Освободить").wait_for()
    hand.write(page.locator("#asking textarea").first, "Яма есть, бригада выезжает утром")
    hand.push(page.get_by_role("button", name="Записать ответы"))
    page.get_by_text("Яма есть, бригада выезжает утром").first.wait_for()
    hand.choose(page.get_by_label("подтверждено", exact=True))
    hand.write(page.get_by_label("Откуда известно"), "дорожная служба, диспетчер")
    hand.push(page.get_by_role("button", name="Записать итог"))
    page.get_by_text("готовится ответ").first.wait_for()


def _answer(hand: Hand) -> None:
    """Open a template, write a whole reply, make it ready."""
    page = hand.page
    hand.push(page.get_by_role("button", name="Открыть текст"))
    field = page.locator("#answer textarea[name=text]")
    field.wait_for()
    signed = field.input_value().strip().splitlines()[-1]
    hand.write(field, f"{REPLY}\n\n{signed}")
    hand.push(page.get_by_role("button", name="Проверить текст"))
    page.get_by_text("Замечаний нет.", exact=True).wait_for()
    hand.push(page.get_by_role("button", name="Готово"))
    page.locator("#answer textarea[readonly]").wait_for()


def _publish(hand: Hand, number: int) -> None:
    """Paste the link of the published reply and send the «отработка»."""
    page = hand.page
    link = page.locator("#publications input[name=url]").first
    if not link.is_visible():
        hand.push(page.locator("#publications summary").filter(has_text="Записать ссылку").first)
    hand.write(link, f"https://vk.com/wall-990000077_{number}?reply={number + 7}")
    hand.push(
        page.locator("#publications form", has=page.locator("input[name=url]")).first.get_by_role(
            "button", name="Записать ссылку"
        )
    )
    page.get_by_text("ответ опубликован").first.wait_for()
    hand.push(page.get_by_role("button", name="Отправить «отработку»"))
    page.get_by_text("Отправлена").first.wait_for()


REPLY = (
    "Здравствуйте!\n\nМесто осмотрели и огородили. Дорогу починят и отремонтируют до конца недели: завтра яму "
    "засыплют, потом положат асфальт. Отвечает комитет ЖКХ, дорожного хозяйства и транспорта. О готовности напишем здесь."
)


@pytest.mark.parametrize("way", ["keyboard", "mouse"])
def test_one_risk_from_the_queue_to_its_closing(
    screen: Opener, house: House, ahead: Callable[[timedelta], None], way: str
) -> None:
    """An officer leads a complaint to its end: the card says what is next, and the closing waits for its four conditions."""
    login, number = f"life-{way}", 5000 + len(way)
    build.add_staff(house.store, login, ["officer"])
    shown = screen(viewport=OFFICE if way == "keyboard" else ZOOMED)
    hand = Hand(shown.page, way == "keyboard")
    risk_id = _arrive(house, number, POTHOLES[way])

    _sign_in(shown, login, f"/risk/{risk_id}")
    _check(hand)
    _answer(hand)
    _publish(hand, number)
    assert shown.wider_by <= 0
    shown.shoot(f"life-{way}-published")

    with house.store.read() as tx:
        (stands,) = publications_of(tx, risk_id)
        text = answers_of(tx, risk_id)[0].text
    publications.note_check(house.work(), stands.id, Found(text, 90, "read"))
    later = timedelta(hours=25)
    ahead(later)
    watching.look(house.work().at(clock.now()))
    _sign_in(shown, login, f"/risk/{risk_id}")
    shown.shoot(f"life-{way}-quiet")
    hand.push(shown.page.get_by_role("button", name="Закрыть: отработан"))

    shown.page.locator(".title", has_text="отработан").wait_for()
    assert shown.wider_by <= 0
    shown.shoot(f"life-{way}-closed")
