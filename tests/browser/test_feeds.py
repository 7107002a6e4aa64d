"""The page of calendar addresses in a real browser: made, copied, revoked, by keyboard alone."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.browser.conftest import OFFICE, PHONE, Opener
from tests.desk.conftest import House

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [OFFICE, PHONE], ids=["office", "phone"])
def test_an_address_is_made_used_and_revoked(screen: Opener, house: House, size: dict[str, int]) -> None:
    """The address that the page shows answers a calendar program; after «Отозвать» it is gone."""
    shown = screen("curator", viewport=size)
    shown.go("/feeds")
    shown.page.get_by_role("button", name="Адрес для меня").focus()
    shown.page.keyboard.press("Enter")
    shown.says("показан один раз")
    shown.shoot(f"feeds-made-{size['width']}")
    path = re.search(r"/ical/[\w-]+\.ics", shown.text(".feed-address"))
    assert path
    address = house.served.url + path[0]
    assert httpx.get(address).text.startswith("BEGIN:VCALENDAR")
    assert shown.wider_by <= 0

    shown.page.get_by_role("button", name=re.compile("Отозвать адрес")).first.focus()
    shown.page.keyboard.press("Enter")
    shown.says("Адрес отозван")

    assert httpx.get(address).status_code == 410


def test_figures_are_typed_in_by_a_person(screen: Opener, house: House) -> None:
    """From a folded form to the figure in the table, without leaving the page."""
    shown = screen("officer")
    shown.go("/upkeep")
    shown.page.locator("summary", has_text="Центральная библиотека").click()
    form = shown.page.locator("form[action='/upkeep/library/figures']")
    form.get_by_label("Записей").fill("8")
    form.get_by_label("Вопросов и жалоб").fill("3")
    form.get_by_label("Отвечено").fill("1")
    form.get_by_role("button", name="Внести", exact=True).click()
    shown.says("внесены")

    shown.says("без ответа 2 из 3", "#page-library")
