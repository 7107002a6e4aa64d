"""«Погода и документы» in a real browser: yesterday by keyboard alone, a document opened, everything readable by everybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from casework import decrees, weather
from casework.decrees import NewDecree
from storage.tables import decree, weather_day
from tests.browser.conftest import Opener, Screen
from tests.browser.test_access import LOOKS, RULES, SMALL
from tests.desk.conftest import House
from tests.preventive.weather_years import NORTHWEST
from tests.preventive.weather_years import weather as series

pytestmark = pytest.mark.browser
D = timedelta(days=1)


def today(house: House) -> date:
    return house.work().today


@pytest.fixture
def filled(house: House) -> Iterator[House]:
    """Forty days of weather without yesterday and one before; a document in force, one to come, one that is over."""
    now = today(house)
    days = [one for one in series(NORTHWEST, now - 40 * D, now - 2 * D) if one.day != now - 5 * D]
    weather.record_days(house.work(), list(enumerate(days, 1)), "file")
    officer = house.work("officer")
    place = (house.profile.territories[0].id,)
    for number, subject, first, last, where in (
        ("512", "thin-ice-autumn", -1, None, ()), ("513", "fire-regime", 4, 30, place), ("514", "Карантин", -90, -60, ()),
    ):  # fmt: skip
        end = None if last is None else now + last * D
        decrees.add(officer, NewDecree(subject, number, "О запрете выхода граждан на лёд водных объектов", now + first * D, now + first * D, end, where, "https://example.org/512"))  # fmt: skip
    yield house
    with house.store.write() as tx:
        tx.execute(decree.delete())
        tx.execute(weather_day.delete())


def checked(shown: Screen, name: str) -> None:
    """axe finds nothing, nothing sticks out and every target is big enough, in each look with all folds open."""
    for look, size, scheme in LOOKS:
        shown.page.set_viewport_size(size)
        shown.page.emulate_media(color_scheme=scheme)
        shown.page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true; })")
        shown.shoot(f"page-{name}-{look}")
        found = Axe().run(shown.page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
        told = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]
        assert not told, look + json.dumps(told, ensure_ascii=False, indent=1)
        assert shown.wider_by <= 0, look
        assert shown.page.evaluate(SMALL) == [], look


def test_the_pages_are_accessible_and_fit(screen: Opener, filled: House) -> None:
    """The page, a document and the page as a reader sees it pass axe in every look."""
    shown = screen("officer", reduced_motion="reduce")
    shown.go("/weather")
    checked(shown, "weather")
    href = shown.page.get_by_role("link", name="Закрыть или исправить документ № 512").get_attribute("href")
    shown.go(str(href))
    checked(shown, "weather-decree")
    reader = screen("reader", reduced_motion="reduce")
    reader.go("/weather")
    checked(reader, "weather-reader")


def test_at_four_hundred_percent_nothing_is_lost(screen: Opener, filled: House) -> None:
    """At 320 pixels (1280 at 400 %) the page still fits (WCAG 1.4.10)."""
    shown = screen("officer", viewport={"width": 320, "height": 640})
    shown.go("/weather")
    shown.page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true; })")
    assert shown.wider_by <= 0


def test_the_missing_day_is_typed_by_keyboard(screen: Opener, filled: House) -> None:
    """The form opens at the oldest missing day; three numbers and Enter are enough, then the next missing day is shown."""
    shown, now = screen("officer"), today(filled)
    shown.go("/weather")
    shown.says(f"Погода за {now - 5 * D:%d.%m.%Y}")
    shown.page.get_by_label("Ночью, °C").focus()
    for value in ("-6,5", "-1", "3"):
        shown.page.keyboard.type(value)
        shown.page.keyboard.press("Tab")
    shown.page.keyboard.press("Enter")
    shown.says("записана. Средняя −3,8 (посчитана)")
    shown.says(f"Погода за {now - D:%d.%m.%Y}")


def test_a_document_is_entered(screen: Opener, filled: House) -> None:
    """The form of a document is unfolded, filled and sent; the overlap with the standing one is told."""
    shown = screen("officer")
    shown.go("/weather")
    shown.page.get_by_text("Внести документ", exact=True).first.click()
    shown.page.get_by_label("Что открывает").select_option(label="Первый лёд, рыбаки на льду")
    shown.page.get_by_label("Номер документа").fill("600")
    shown.page.get_by_label("Название").fill("О продлении запрета")
    shown.page.get_by_role("button", name="Внести документ").click()
    shown.says("Документ внесён. В эти же дни по этому предмету действует: № 512")
    shown.says("О продлении запрета")
