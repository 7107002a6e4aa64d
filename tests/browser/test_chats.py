"""The pages of chats and duty are usable by everybody: axe finds nothing, they fit a phone, a shift is written by keyboard."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from casework import contacts, silences
from casework.telling import tell
from tests.browser.conftest import Opener
from tests.browser.test_access import LOOKS, RULES, SMALL
from tests.desk.conftest import House

pytestmark = pytest.mark.browser


@pytest.fixture
def busy(house: House) -> House:
    """Alerts wait, a topic is silenced, somebody begins to tie a messenger."""
    with house.store.write() as tx:
        tell(tx, house.work(), [1, 2, 3], "new", again=f":{datetime.now(UTC).timestamp()}")
    if not silences.standing(house.work()):
        until = datetime.now(UTC) + timedelta(days=1)
        silences.silence_topic(house.work("officer"), "waste", "плановый вывоз перенесён, жители предупреждены", until)
    contacts.ask_messenger(house.work("officer"), "telegram")
    return house


@pytest.mark.parametrize(
    ("login", "path"), [("head", "/chats"), ("head", "/duty"), ("officer", "/me"), ("officer", "/risk/6")]
)
def test_a_page_is_accessible_and_fits(screen: Opener, busy: House, login: str, path: str) -> None:
    """Light, dark and phone, with all folded parts open: no violation, nothing sticks out, every target fits a finger."""
    shown = screen(login, reduced_motion="reduce")
    shown.go(path)
    for look, size, scheme in LOOKS:
        shown.page.set_viewport_size(size)
        shown.page.emulate_media(color_scheme=scheme)
        shown.page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true; })")

        found = Axe().run(shown.page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]

        told = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]
        assert not told, look + json.dumps(told, ensure_ascii=False, indent=1)
        assert shown.wider_by <= 0, look
        assert shown.page.evaluate(SMALL) == [], look


def test_a_shift_is_written_by_keyboard(screen: Opener, busy: House) -> None:
    """Without a mouse: choose who, type until when, Enter — and the page says who is on duty now."""
    shown = screen("head")
    shown.go("/duty")
    page = shown.page
    until = (datetime.now(UTC) + timedelta(hours=8)).astimezone(busy.profile.timezone)

    page.get_by_label("Кто дежурит").focus()
    page.keyboard.type("Officer")
    page.get_by_label("До", exact=True).fill(until.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Заметка").focus()
    page.keyboard.press("Enter")

    shown.says("Дежурство записано")
    shown.says("Officer до")
