"""Terms and growing topics are read and worked in a real browser: accessible, fitting, by keyboard alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe

from casework import terms
from storage.tables import grp
from tests.browser.conftest import Opener
from tests.browser.test_access import LOOKS, RULES, SMALL
from tests.desk.conftest import House
from tests.storage.test_growth import a_group

pytestmark = pytest.mark.browser
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def busy(house: House) -> House:
    """Risk 3 with running, warned and missed clocks; a topic that grows over its week."""
    now = datetime.now(UTC)
    with house.store.write() as tx:
        tx.execute(sa.update(grp).values(points=0.0))
        terms.restart_terms(tx, house.work().at(house.work().now - 90 * timedelta(minutes=1)), 3)
    for day in range(1, 8):
        a_group(house.store, now - day * 24 * HOUR - HOUR, topic="housing")
    for n in range(9):
        a_group(house.store, now - (n + 1) * HOUR / 2, topic="housing")
    return house


@pytest.mark.parametrize("path", ["/growth", "/growth/housing", "/growth/ecology", "/risk/3"])
def test_the_pages_are_accessible_and_fit(screen: Opener, busy: House, path: str) -> None:
    """axe finds nothing with folded parts opened, nothing sticks out, targets are big enough: office, phone, dark."""
    shown = screen("head", reduced_motion="reduce")
    shown.go(path)
    for look, size, scheme in LOOKS:
        shown.page.set_viewport_size(size)
        shown.page.emulate_media(color_scheme=scheme)
        shown.page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true; })")
        shown.shoot(f"terms{path.replace('/', '-')}-{look}")

        found = Axe().run(shown.page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]

        told = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]
        assert not told, look + json.dumps(told, ensure_ascii=False, indent=1)
        assert shown.wider_by <= 0, look
        assert shown.page.evaluate(SMALL) == [], look


def test_a_clock_is_stopped_by_keyboard(screen: Opener, busy: House) -> None:
    """Enter opens the form, the reason is typed, Enter on the button stops the clock; focus and place are kept by the anchor."""
    shown = screen("head")
    shown.go("/risk/3#terms")
    summary = shown.page.locator("#terms summary", has_text="окончательный ответ")
    summary.focus()
    shown.page.keyboard.press("Enter")
    shown.page.keyboard.press("Tab")
    shown.page.keyboard.type("ждём решение комиссии")
    shown.page.keyboard.press("Tab")
    shown.page.keyboard.press("Enter")

    shown.page.get_by_text("Срок приостановлен.").wait_for()
    assert "Почему стоит: «ждём решение комиссии»" in shown.text("#terms")
    assert shown.page.url.endswith("#terms")
