"""The effect on a campaign's card in a real browser: read, accessible, whole on a phone; the result is kept by keyboard."""

from __future__ import annotations

import json
from datetime import date, timedelta
from math import exp

import pytest
from axe_playwright_python.sync_playwright import Axe

from casework.weeks import keep_counts
from preventive.calendar import monday
from storage.find.weeks import Counted
from tests.browser.conftest import OFFICE, PHONE, Opener
from tests.browser.test_access import RULES, SMALL
from tests.casework.year_build import add_campaign
from tests.desk.conftest import House

pytestmark = pytest.mark.browser

WEEK = timedelta(weeks=1)
YEARS = 4


@pytest.fixture(scope="module")
def told(house: House) -> tuple[House, int]:
    """A flood every year, this year with four messages of ten; the campaign of six weeks ended five weeks ago."""
    work = house.work()
    this = monday(work.today)
    starts = this - 11 * WEEK
    weeks = [this - n * WEEK for n in range(YEARS * 52, 0, -1)]
    keep_counts(work, [Counted("roads", "", week, *_counts(week, starts)) for week in weeks])
    days = {"prepare_from": starts - 2 * WEEK, "state": "finished", "subject": "roads", "topics": ["roads"]}
    return house, add_campaign(work.store, "Паводок: не ездить по льду", starts, 42, **days)


def _counts(week: date, starts: date) -> tuple[int, int, int]:
    far = min(abs((week - starts - 3 * WEEK) // WEEK + 52 * y) for y in range(YEARS + 1))
    here = week >= starts and week < starts + 6 * WEEK
    posts = round((4 + 22 * exp(-((far / 2.5) ** 2))) * (0.4 if here else 1)) + week.toordinal() // 7 % 3
    return posts, posts, posts // 12


def test_the_effect_is_read_on_the_card(screen: Opener, told: tuple[House, int]) -> None:
    """A person reads the verdict, the bounds and the weeks; nothing says that the campaign was the cause."""
    _, campaign_id = told
    shown = screen("head")
    shown.go(f"/campaigns/{campaign_id}#effect")

    shown.says("меньше обычного", "#effect")
    shown.says("ожидаемых", "#effect")
    shown.says("Во время", "#effect")
    assert "благодаря" not in shown.text("#effect")
    shown.shoot("effect-card")


@pytest.mark.parametrize(("look", "size"), [("office", OFFICE), ("phone", PHONE)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_effect_is_accessible_and_fits(
    screen: Opener, told: tuple[House, int], look: str, size: dict[str, int], scheme: str
) -> None:
    """axe finds nothing with the weeks unfolded, nothing sticks out of the screen, targets are big enough."""
    _, campaign_id = told
    shown = screen("head", viewport=size, color_scheme=scheme, reduced_motion="reduce")
    shown.go(f"/campaigns/{campaign_id}")
    shown.says("меньше обычного", "#effect")
    shown.page.locator("#effect").scroll_into_view_if_needed()
    shown.shoot(f"effect-{look}-{scheme}")
    shown.page.evaluate("document.querySelectorAll('#effect details').forEach(d => { d.open = true; })")

    options = {"runOnly": {"type": "tag", "values": RULES}}
    found = Axe().run(shown.page, context="#effect", options=options).response["violations"]

    assert not found, json.dumps([(v["id"], v["nodes"][0]["html"][:200]) for v in found], ensure_ascii=False)
    assert shown.wider_by <= 0
    assert shown.page.evaluate(SMALL) == []


def test_the_result_is_kept_by_keyboard(screen: Opener, told: tuple[House, int]) -> None:
    """Lessons typed and sent by keys alone make the campaign evaluated, with the verdict beside them."""
    _, campaign_id = told
    shown = screen("head")
    shown.go(f"/campaigns/{campaign_id}")
    field = shown.page.get_by_label("Что повторить и что сделать иначе")

    field.focus()
    field.press_sequentially("Начать на неделю раньше и взять газету.")
    field.press("Tab")
    shown.page.keyboard.press("Enter")

    shown.says("Итог подведён, уроки сохранены на следующий год.")
    shown.says("Начать на неделю раньше и взять газету.", "#lessons")
    shown.says("меньше обычного", "#effect")
