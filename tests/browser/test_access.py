"""Every page passes axe (WCAG 2.2 AA) in light and dark, on an office screen and on a phone, and fits its width."""

from __future__ import annotations

import json
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import OFFICE, PHONE, Opener
from tests.desk.conftest import House

pytestmark = pytest.mark.browser

PAGES = {
    "login": ("", "/login"), "queue": ("officer", "/"), "queue-filtered": ("officer", "/?level=2&state=found&topic=waste"),
    "queue-empty": ("officer", "/?q=нетакогослова"), "card": ("officer", "/risk/2"), "card-reader": ("reader", "/risk/1"),
    "verify": ("officer", "/risk/1/verify"), "split": ("officer", "/risk/3/split"), "sources": ("head", "/sources"),
    "source": ("head", "/sources/vk-typical"), "staff": ("technician", "/staff"), "staff-one": ("technician", "/staff/4"),
    "me": ("officer", "/me"), "trouble": ("officer", "/risk/777"),
    "upkeep": ("officer", "/upkeep"), "upkeep-reader": ("reader", "/upkeep"), "feeds": ("officer", "/feeds"),
}  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS: tuple[tuple[str, Any, str], ...] = (
    ("office", OFFICE, "light"),
    ("phone", PHONE, "light"),
    ("dark", OFFICE, "dark"),
)


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_accessible_and_fits(screen: Opener, house: House, name: str) -> None:
    """axe finds nothing with folded parts opened too, nothing sticks out, every target is big enough for a finger."""
    login, path = PAGES[name]
    shown = screen(login, reduced_motion="reduce")  # a colour on its way to another is nobody's colour
    shown.go(path)
    for look, size, scheme in LOOKS:
        shown.page.set_viewport_size(size)
        shown.page.emulate_media(color_scheme=scheme)
        shown.shoot(f"page-{name}-{look}")
        shown.page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true; })")

        found = Axe().run(shown.page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]

        told = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]
        assert not told, look + json.dumps(told, ensure_ascii=False, indent=1)
        assert shown.wider_by <= 0, look
        assert shown.page.evaluate(SMALL) == [], look


SMALL = """() => [...document.querySelectorAll('button, .button, summary, select, input:not([type=hidden]), .chip, nav a')]
  .filter(e => e.checkVisibility() && !e.closest('.unseen') && !e.classList.contains('unseen'))
  .map(e => [e, e.type === 'checkbox' || e.type === 'radio' ? e.closest('label').getBoundingClientRect() : e.getBoundingClientRect()])
  .filter(([e, r]) => r.width < 24 || r.height < 24).map(([e, r]) => e.outerHTML.slice(0, 90) + Math.round(r.height))"""


def test_the_focus_is_seen_and_begins_with_the_skip_link(screen: Opener, house: House) -> None:
    """The first Tab shows the way past the header; every stop of the keyboard has a visible ring."""
    shown = screen("officer")
    shown.go("/")

    shown.page.keyboard.press("Tab")

    assert shown.page.evaluate("document.activeElement.textContent") == "К содержанию"
    shown.shoot("focus")
    for _ in range(25):
        shown.page.keyboard.press("Tab")
        ring = shown.page.evaluate(
            "[getComputedStyle(document.activeElement).outlineStyle, document.activeElement.outerHTML.slice(0, 80)]"
        )
        assert ring[0] != "none", ring[1]


def test_at_four_hundred_percent_nothing_is_lost(screen: Opener, house: House) -> None:
    """At 320 pixels (1280 at 400 %) the queue and the card still fit (WCAG 1.4.10)."""
    for path in ("/", "/risk/2", "/sources"):
        shown = screen("officer", viewport={"width": 320, "height": 640})
        shown.go(path)
        assert shown.wider_by <= 0, path


def test_a_stale_form_tells_and_keeps(screen: Opener, house: House) -> None:
    """In the browser too: who was slower sees what changed, and the typed text is still in the form."""
    from casework import triage

    shown = screen("officer")
    shown.go("/risk/6")
    shown.page.locator("#verify").get_by_label("Что выяснили").fill("Автобус сломался, замена выехала")
    shown.page.locator("#verify").get_by_label("Откуда известно").fill("перевозчик")
    shown.page.get_by_label("подтверждено", exact=True).check()
    triage.set_level(house.work("head"), 6, 1, 3, "дети на морозе")

    shown.page.get_by_role("button", name="Записать итог").click()

    shown.page.get_by_text("Пока форма была открыта").wait_for()
    shown.shoot("stale")
    assert (
        shown.page.locator("#verify").get_by_label("Что выяснили").input_value() == "Автобус сломался, замена выехала"
    )
    found = Axe().run(shown.page).response["violations"]
    assert [v["id"] for v in found] == []
