"""«Из истории» in a real browser: every page passes axe on desk and phone, and a proposal is taken by keyboard alone."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from casework import threats
from casework.weeks import keep_counts
from storage.find.weeks import Counted
from tests.browser.conftest import OFFICE, PHONE, Opener
from tests.browser.test_access import RULES, SMALL
from tests.desk.conftest import House
from tests.preventive.history_build import a_series, every

pytestmark = pytest.mark.browser

LOOKS: tuple[tuple[str, Any, str], ...] = (
    ("office", OFFICE, "light"),
    ("phone", PHONE, "light"),
    ("dark", OFFICE, "dark"),
)


@pytest.fixture(scope="module")
def told(house: House) -> House:
    """Five years in which telecom is loud in autumn and construction in spring."""
    for topic, weeks in (("telecom", range(40, 44)), ("construction", range(14, 18))):
        series = a_series(2021, 2025, every(range(2021, 2026), weeks, 15))
        keep_counts(house.work(), [Counted(topic, "", w.week, w.posts, w.voices) for w in series.weeks])
    return house


@pytest.mark.parametrize("path", ["/peaks", "/peaks/telecom", "/peaks?place=beloe"])
def test_a_page_is_accessible_and_fits(screen: Opener, told: House, path: str) -> None:
    """axe finds nothing with folded parts opened, nothing sticks out, targets are big enough: office, phone, dark."""
    shown = screen("head", reduced_motion="reduce")
    shown.go(path)
    for look, size, scheme in LOOKS:
        shown.page.set_viewport_size(size)
        shown.page.emulate_media(color_scheme=scheme)
        shown.page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true; })")

        found = Axe().run(shown.page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]

        said = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]
        assert not said, look + json.dumps(said, ensure_ascii=False, indent=1)
        assert shown.wider_by <= 0, look
        assert shown.page.evaluate(SMALL) == [], look


def test_a_proposal_is_taken_by_keyboard(screen: Opener, told: House) -> None:
    """The button of a proposal is reached and pressed by keys; the new threat opens with its evidence."""
    shown = screen("head")
    shown.go("/peaks")
    shown.page.get_by_role("button", name=re.compile("Добавить угрозу.+Строительство")).wait_for()

    for _ in range(80):
        shown.page.keyboard.press("Tab")
        if "Строительство" in shown.page.evaluate("document.activeElement.textContent"):
            break
    shown.page.keyboard.press("Enter")

    shown.says("Угроза добавлена: она появилась в календаре года.")
    shown.says("в 5 из 5 лет с 14-й по 17-ю неделю")
    assert "construction" in {topic for t in threats.register(told.work()) for topic in t.topics}
