"""The register of threats in a real browser: every page passes axe on desk and phone, and a threat is kept by keyboard without scripts."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Opener
from tests.browser.test_access import LOOKS, RULES, SMALL
from tests.desk.conftest import House

pytestmark = pytest.mark.browser

PAGES = {
    "list": ("reader", "/threats?year=2027"),
    "none": ("head", "/threats?show=off"),
    "one": ("head", "/threats/heating-start"),
    "new": ("head", "/threats/new"),
    "edit": ("head", "/threats/fire-regime/edit"),
}


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_of_the_register_is_accessible_and_fits(screen: Opener, house: House, name: str) -> None:
    """axe finds nothing, nothing sticks out, every target is big enough for a finger."""
    login, path = PAGES[name]
    shown = screen(login, reduced_motion="reduce")
    shown.go(path)
    for look, size, scheme in LOOKS:
        shown.page.set_viewport_size(size)
        shown.page.emulate_media(color_scheme=scheme)
        shown.shoot(f"threats-{name}-{look}")

        found = Axe().run(shown.page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]

        assert not found, look + json.dumps([(v["id"], v["nodes"][0]["html"][:160]) for v in found], ensure_ascii=False)
        assert shown.wider_by <= 0, look
        assert shown.page.evaluate(SMALL) == [], look


def test_a_threat_is_added_without_scripts_after_its_days_were_seen(screen: Opener, house: House) -> None:
    """Only the fields of the chosen rule are seen; the days are shown first, what was typed stays, then it is kept."""
    shown = screen("head", java_script_enabled=False)
    shown.go("/threats/new")
    page = shown.page
    assert page.locator("[name='window.since']").is_visible()
    assert not page.locator("[name='nth_weekday.nth']").is_visible()

    page.get_by_label("Название").fill("Ярмарка в Белом")
    page.get_by_label("Главная тема").select_option("culture")
    page.get_by_label("день недели месяца", exact=True).check()
    page.locator("[name='nth_weekday.nth']").select_option("-1")
    page.locator("[name='nth_weekday.weekday']").select_option("saturday")
    page.locator("[name='nth_weekday.month']").fill("6")
    page.locator("[name='evidence_words0']").fill("сообщения июня трёх лет")
    page.get_by_role("button", name="Показать дни").press("Enter")
    shown.says("последняя суббота июня", "#days")
    assert page.get_by_label("Название").input_value() == "Ярмарка в Белом"
    shown.shoot("threats-preview")

    page.get_by_label("Почему эта угроза нужна").fill("каждый год пробки")
    page.get_by_label("Почему эта угроза нужна").press("Enter")
    shown.says("Угроза добавлена")
    shown.says("последняя суббота июня")
