"""The year is read in a real browser: accessible, fitting, by keyboard, without scripts, and printed on one page."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from casework.year import plan
from tests.browser.conftest import PHONE, Opener
from tests.browser.test_access import LOOKS, RULES, SMALL
from tests.casework.year_build import add_campaign, add_message, add_task
from tests.desk.conftest import House

pytestmark = pytest.mark.browser
DAY = timedelta(days=1)
CAMPAIGNS = 30
PAGE = re.compile(rb"/Type\s*/Page(?!s)")


@pytest.fixture(scope="module")
def full(house: House) -> House:
    """A year with all shipped threats and thirty campaigns, some of them late, with tasks and publications of today."""
    work = house.work()
    day = work.today
    threats = plan(work, day.year).threats
    for n in range(CAMPAIGNS):
        one = threats[n % len(threats)]
        starts, block = one.comings[-1].start, ("works", "social", "core")[n % 3]
        made = add_campaign(
            house.store, f"{one.threat.name}: предупредить и рассказать", starts, threat_id=one.threat.id,
            topics=list(one.threat.topics), state=("planned", "running", "finished")[n % 3], block=block, owner_staff=1 + n % 3,
        )  # fmt: skip
        for k in range(3):
            add_task(
                house.store, made, "Согласовать памятку с ЕДДС", day + (k - 1) * DAY, block=block, owner_staff=1 + n % 3
            )
        add_message(house.store, made, house.profile.sources[0].id, day)
    return house


@pytest.mark.parametrize(
    "page", ["", "/{year}/{month}", "/{next}", "/{year}/print?paper=A3", "?topic=culture&block=core"]
)
def test_the_pages_are_accessible_and_fit(screen: Opener, full: House, page: str) -> None:
    """axe finds nothing with folded parts opened, nothing sticks out, targets are big enough: office, phone, dark."""
    day = full.work().today
    shown = screen("coordinator", reduced_motion="reduce")
    shown.go("/year" + page.format(year=day.year, month=day.month, next=day.year + 1))
    for look, size, scheme in LOOKS:
        shown.page.set_viewport_size(size)
        shown.page.emulate_media(color_scheme=scheme)
        shown.page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true; })")
        shown.shoot(f"year{re.sub('[^a-z0-9]+', '-', page)}-{look}")

        found = Axe().run(shown.page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]

        told = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]
        assert not told, look + json.dumps(told, ensure_ascii=False, indent=1)
        assert shown.wider_by <= 0, look
        assert shown.page.evaluate(SMALL) == [], look


@pytest.mark.parametrize("paper", ["A3", "A4"])
def test_the_year_is_printed_on_one_page(screen: Opener, full: House, paper: str) -> None:
    """All shipped threats and thirty campaigns are one page of the paper, landscape, and no line of them is left out."""
    year = full.work().today.year
    whole = plan(full.work(), year)
    shown = screen("coordinator")
    shown.go(f"/year/{year}/print?paper={paper}")

    printed = shown.page.pdf(prefer_css_page_size=True)

    assert len(whole.threats) >= 25
    assert len(PAGE.findall(printed)) == 1
    wide, tall = {"A3": (1190.6, 841.9), "A4": (841.9, 595.3)}[paper]
    box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert box
    assert (float(box[1]), float(box[2])) == pytest.approx((wide, tall), abs=1.5)
    assert "Не поместилось" not in shown.page.locator(".y-sheet").text_content()
    assert shown.page.locator(".y-sheet .y-name").count() == len(whole.threats)


def test_letters_of_the_sheet_stay_in_their_columns(screen: Opener, full: House) -> None:
    """No name runs into the dates and no date into the bars, measured in the browser's own letters."""
    shown = screen("coordinator")
    shown.go(f"/year/{full.work().today.year}/print?paper=A4")

    runs = shown.page.evaluate("""() => {
      const texts = [...document.querySelectorAll('.y-sheet text')], bad = [];
      for (let i = 0; i < texts.length; i++) {
        const [a, b] = [texts[i].getBBox(), texts[i + 1] && texts[i + 1].getBBox()];
        if (b && Math.abs(a.y - b.y) < 0.6 && a.x < b.x && a.x + a.width > b.x + 0.3) bad.push(texts[i].textContent);
      }
      return bad;
    }""")

    assert runs == []


def test_the_next_step_is_reached_by_keyboard(screen: Opener, full: House) -> None:
    """Tab goes to the planning of what should be prepared, in sight, before the picture of the year."""
    shown = screen("coordinator")
    shown.go("/year")
    for _ in range(60):
        shown.page.keyboard.press("Tab")
        here = shown.page.evaluate("document.activeElement.getAttribute('href') || ''")
        if here.startswith("/campaigns/"):
            break

    assert here.startswith("/campaigns/")
    assert shown.page.evaluate("document.activeElement.closest('.y-today') !== null")


def test_without_scripts_and_on_a_phone_the_year_is_a_list(screen: Opener, full: House) -> None:
    """Without JavaScript a phone shows months with what begins in them, folded and unfolded, and no picture."""
    shown = screen("reader", viewport=PHONE, java_script_enabled=False)
    shown.go("/year")

    assert not shown.page.locator(".y-wide").is_visible()
    assert shown.page.locator(".y-narrow details").count() == 12
    april = shown.page.locator(".y-narrow details").nth(3)
    if april.get_attribute("open") is None:  # this month and the next one stand open
        april.locator("summary").click()
    april.locator("a", has_text="Весеннее закрытие дорог").first.wait_for()


def test_rows_are_whole_lines_of_the_year(screen: Opener, full: House) -> None:
    """Bars stand under their weeks: today's line is at one place in the head and in every row."""
    shown = screen("reader")
    shown.go("/year")

    places = shown.page.evaluate("""() => [...document.querySelectorAll('.y-table:not(.y-loads) .y-row')].slice(0, 20)
      .map(row => [Math.round(row.getBoundingClientRect().left), Math.round(row.getBoundingClientRect().width)].join())""")

    assert len(places) == 20
    assert len(set(places)) == 1
