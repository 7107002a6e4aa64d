"""Keys work by their place, open what they promise, and can be switched off."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.browser.conftest import Opener, Screen
from tests.desk import build
from tests.desk.conftest import House

pytestmark = pytest.mark.browser
RUSSIAN = {"KeyJ": "о", "KeyK": "л", "KeyT": "е", "KeyD": "в", "KeyX": "ч", "KeyV": "м", "KeyL": "д", "KeyM": "ь"}


def press(shown: Screen, code: str) -> None:
    """Press a key as ЙЦУКЕН sends it: another letter, the same place."""
    shown.page.evaluate(
        "([code, key]) => (document.activeElement || document.body).dispatchEvent("
        "new KeyboardEvent('keydown', {code, key, bubbles: true, cancelable: true}))",
        [code, RUSSIAN.get(code, code)],
    )


def current(shown: Screen) -> str:
    return str(shown.page.evaluate("(document.activeElement.closest('.risk') || {}).id || ''"))


def test_the_queue_is_walked_and_worked_by_keys(screen: Opener, house: House) -> None:
    """J and K walk the lines, X ticks, L opens the level's form of the line at hand, Enter opens its card."""
    shown = screen("coordinator")
    page = shown.page
    shown.go("/")
    order = page.evaluate("[...document.querySelectorAll('.risk')].map(e => e.id)")

    for code in ("KeyJ", "KeyJ", "KeyJ", "KeyK"):
        press(shown, code)
    assert current(shown) == order[1]
    press(shown, "KeyX")
    assert page.locator(f"#{order[1]} input[type=checkbox]").is_checked()
    press(shown, "KeyX")
    press(shown, "KeyL")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Изменить уровень").first.wait_for()
    shown.shoot("keys-level")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert current(shown) == order[1]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/risk/{order[1][1:]}")
    press(shown, "KeyQ")
    page.wait_for_url("**/")


def test_a_risk_is_dismissed_without_the_mouse(screen: Opener, house: House) -> None:
    """D opens the reasons, arrows choose, Enter sends; the next line is at hand at once."""
    with house.store.write() as tx:
        for number in (960, 961):
            build.add_case(
                tx, house.profile, number, build.Case(f"Клавишами {number}", 2, 1, 3 + number % 960), datetime.now(UTC)
            )
    shown = screen("officer")
    page = shown.page
    shown.go("/?level=2")
    page.locator("#r960 [data-main]").focus()

    press(shown, "KeyD")
    page.get_by_role("dialog").get_by_role("radio").first.wait_for()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    page.get_by_text("Риск снят").wait_for()
    page.locator("#r961:focus-within").wait_for()
    assert page.locator("#r960").count() == 0


def test_keys_type_letters_in_a_field(screen: Opener, house: House) -> None:
    """Slash leads to the search, and there letters are letters; Escape leads out."""
    shown = screen("officer")
    shown.go("/")

    shown.page.keyboard.press("Slash")
    shown.page.keyboard.type("jkdtx")

    assert shown.page.locator("#q").input_value() == "jkdtx"
    assert shown.page.locator("dialog[open]").count() == 0
    shown.page.keyboard.press("Escape")
    press(shown, "KeyJ")
    assert current(shown).startswith("r")


def test_the_help_sheet_lists_the_keys(screen: Opener, house: House) -> None:
    """A question mark opens the list of keys; Escape closes it."""
    shown = screen("officer")
    shown.go("/")

    shown.page.keyboard.press("Shift+Slash")

    sheet = shown.page.get_by_role("dialog")
    assert "взять в работу" in sheet.inner_text()
    shown.shoot("keys-help")
    shown.page.keyboard.press("Escape")
    assert shown.page.locator("dialog[open]").count() == 0


def test_the_keyboard_can_be_switched_off(screen: Opener, house: House) -> None:
    """After switching off no letter does anything."""
    shown = screen("curator")
    shown.go("/me")
    shown.page.get_by_role("button", name="Выключить клавиши").click()
    shown.page.get_by_role("button", name="Включить клавиши").wait_for()

    shown.go("/")
    press(shown, "KeyJ")

    assert current(shown) == ""


def test_a_key_on_the_card_opens_its_form(screen: Opener, house: House) -> None:
    """On the card V leads into the verification form and L opens the level's."""
    shown = screen("head")
    shown.go("/risk/3")

    press(shown, "KeyL")

    assert shown.page.locator("#level").evaluate("e => e.open")
    assert shown.page.evaluate("!!document.activeElement.closest('#level')")
