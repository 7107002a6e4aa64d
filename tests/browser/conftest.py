"""Real Chromium from the system, and the served desk of tests/desk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.desk.conftest import House, house

__all__ = ["house"]

CHROMIUM = os.environ.get("OTKLIK_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
# As root there is no sandbox to enter; the rest keeps the browser from looking for its maker's hosts at every start.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
OFFICE = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 30_000
"""How long a page may take on a machine that tests many things at once: a slow one is late, not broken."""
SHOTS = os.environ.get("OTKLIK_SHOTS")


@dataclass
class Screen:
    """One window of a browser; what the console complains of is kept, and must be nothing."""

    page: Any
    house: House
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.complaints.append(message.text)

    def go(self, path: str) -> None:
        """Open a page of ours."""
        self.page.goto(self.house.served.url + path)

    def shoot(self, name: str) -> None:
        """Keep a picture when OTKLIK_SHOTS names a folder."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{SHOTS}/{name}.png")

    def text(self, query: str = "main") -> str:
        """Return what a person reads in a part of the page."""
        return " ".join(str(self.page.inner_text(query)).split())

    def says(self, words: str, query: str = "main") -> None:
        """Wait until a part of the page says these words: a form answers when the machine has time, not at once."""
        expect(self.page.locator(query)).to_contain_text(words, timeout=PATIENCE_MS)

    @property
    def wider_by(self) -> int:
        """How many pixels the page sticks out to the right."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running Chromium."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"нет браузера {CHROMIUM}: sudo apt-get install chromium (или задайте OTKLIK_CHROMIUM)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as pw:
        browser = pw.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


Opener = Callable[..., Screen]


@pytest.fixture
def screen(chromium: Any, house: House) -> Iterator[Opener]:
    """Open windows: screen("officer") is signed in, screen() is nobody's; settings are those of a browser context."""
    contexts, screens = [], []

    def opened(login: str = "", **settings: Any) -> Screen:
        context = chromium.new_context(locale="ru-RU", timezone_id="Europe/Moscow", **({"viewport": OFFICE} | settings))
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        if login:
            session = house.by(login).session
            assert session
            context.add_cookies([{"name": "otklik", "value": session.token, "url": house.served.url}])
        screens.append(Screen(context.new_page(), house))
        return screens[-1]

    yield opened
    for context in contexts:
        context.close()
    assert [s.complaints for s in screens if s.complaints] == []
