"""A campaign planned in a real browser by keyboard alone, and the pages of campaigns on every screen."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from preventive.campaign import CampaignState
from tests.browser.conftest import Opener
from tests.browser.hand import Hand
from tests.browser.test_access import LOOKS, RULES, SMALL
from tests.desk.campaign_build import make, move_to, row_of, texts
from tests.desk.conftest import House

pytestmark = pytest.mark.browser


def test_a_threat_becomes_a_prepared_campaign_by_keyboard(screen: Opener, house: House) -> None:
    """From the threat to «запланирована» and «готовится» with Tab and Enter alone: threat, confirm, plan, begin."""
    shown = screen("coordinator")
    hand = Hand(shown.page, keyboard=True)
    shown.go("/threats/elections")
    hand.push(shown.page.get_by_role("link", name="Спланировать кампанию"))
    shown.says("По шаблону будет готово")
    hand.push(shown.page.get_by_role("button", name="Создать кампанию"))
    shown.says("Кампания создана по шаблону")
    assert shown.wider_by <= 0
    shown.shoot("campaign-idea")

    hand.push(shown.page.locator("#move").get_by_role("button", name="Запланировать"))
    shown.says("Кампания запланирована")
    hand.push(shown.page.locator("#move").get_by_role("button", name="Начать подготовку"))
    shown.says("Подготовка началась")

    campaign_id = int(shown.page.url.rsplit("/", 1)[1].partition("#")[0])
    assert row_of(house, campaign_id).state == CampaignState.PREPARING
    shown.shoot("campaign-preparing")


def test_a_task_and_a_text_are_worked_by_keyboard(screen: Opener, house: House) -> None:
    """The next step names what waits, its link leads there, and the forms are filled and sent without a mouse."""
    campaign_id = make(house, "Клавиатура", starts=3)
    move_to(house, campaign_id, CampaignState.PREPARING)
    one = texts(house, campaign_id)[0]
    shown = screen("officer")
    hand = Hand(shown.page, keyboard=True)
    shown.go(f"/campaigns/{campaign_id}")

    hand.push(shown.page.locator("#tasks .end summary").first)
    hand.write(shown.page.locator("#tasks textarea").first, "Измерили на пяти озёрах")
    hand.push(shown.page.get_by_role("button", name="Сделана", exact=True).first)
    shown.says("Задачи: сделано 1 из 1")

    hand.push(shown.page.locator(f"#message-{one.id} > summary"))
    hand.push(shown.page.locator(f"#message-{one.id}").get_by_role("button", name="Отправить на утверждение"))
    shown.says("Текст отправлен на утверждение")
    assert texts(house, campaign_id)[0].state == "waiting"


def test_an_approved_text_is_copied_and_its_link_recorded(screen: Opener, house: House) -> None:
    """What is to be published today stands open with its text, a button to copy it and a field for the link."""
    campaign_id = make(house, "Публикация", starts=0)
    move_to(house, campaign_id, CampaignState.RUNNING)
    one = texts(house, campaign_id)[0]
    shown = screen("officer")
    shown.go(f"/campaigns/{campaign_id}")

    leaflet = shown.page.locator(f"#message-{one.id}")
    leaflet.get_by_role("button", name="Скопировать текст").click()
    leaflet.get_by_role("button", name="Скопировано").wait_for()
    leaflet.get_by_label("Ссылка на публикацию").fill("https://vk.com/wall-990000077_1")
    leaflet.get_by_role("button", name="Записать публикацию").click()

    shown.says("Публикация записана")
    shown.page.locator(f"#message-{one.id} .tag", has_text="опубликован").wait_for()


PAGES = ("list", "new", "confirm", "card", "plan", "text", "finished", "reader")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_campaigns_is_accessible_and_fits(screen: Opener, house: House, name: str) -> None:
    """axe finds nothing with folded parts opened too, nothing sticks out, every target is big enough for a finger."""
    starts, state = (0, CampaignState.FINISHED) if name == "finished" else (3, CampaignState.PREPARING)
    campaign_id = make(house, f"Страница {name}", starts=starts)
    move_to(house, campaign_id, state)
    card = f"/campaigns/{campaign_id}"
    path = {
        "list": "/campaigns", "new": "/campaigns/new", "confirm": "/campaigns/new?threat=school-year",
        "plan": f"{card}?edit=plan", "text": f"{card}?edit=message-{texts(house, campaign_id)[0].id}",
    }.get(name, card)  # fmt: skip
    shown = screen("reader" if name == "reader" else "head", reduced_motion="reduce")
    shown.go(path)
    for look, size, scheme in LOOKS:
        shown.page.set_viewport_size(size)
        shown.page.emulate_media(color_scheme=scheme)
        shown.shoot(f"campaigns-{name}-{look}")
        shown.page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true; })")

        found = Axe().run(shown.page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]

        told = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]
        assert not told, look + json.dumps(told, ensure_ascii=False, indent=1)
        assert shown.wider_by <= 0, look
        assert shown.page.evaluate(SMALL) == [], look
