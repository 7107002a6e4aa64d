"""Pictures for the documents: the demo district in real Chromium.

Run: python -m tests.browser.shoot [docs/pictures]
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from casework.sign_in import sign_in
from district.settings import Settings
from otklik import demo
from otklik.demo_life import ICE
from otklik.wiring import House, build
from preventive.campaign import CampaignState
from storage.find.campaigns import CampaignFilter, campaigns_listed
from storage.find.queue import QueueFilter, queue
from storage.vault import Vault
from tests.browser.conftest import CHROMIUM, FLAGS, OFFICE, PHONE
from tests.desk.build import PASSWORD, Served, add_staff, the_app


def _demo(home: Path) -> House:
    house = build(Settings(home=home, database_url=f"sqlite:///{home / 'otklik.sqlite3'}", _env_file=None))  # type: ignore[call-arg]
    demo.load(house, datetime.now(UTC))
    shown = {"dezhurny-2": ("Дежурный специалист", "officer")}
    for login, (name, role) in shown.items():
        add_staff(house.store, login, [role], name_shown=name)
    return house


def _first_risk(house: House, words: str = "") -> int:
    """Return the most urgent open risk, or the first one of these words in its title."""
    with house.store.read() as tx:
        rows = queue(tx, QueueFilter(per_page=200), datetime.now(UTC)).rows
    return next(row.id for row in rows if words in row.title)


def _evaluated(house: House) -> int:
    """Return the campaign whose effect the demo shows best: the last one that was evaluated."""
    with house.store.read() as tx:
        rows = campaigns_listed(tx, CampaignFilter(state=CampaignState.EVALUATED.value)).rows
    return next(row.id for row in rows if row.effect and row.effect["verdict"] == "less")


def shoot(page: Page, url: str, path: str, file: Path) -> None:
    """Keep the upper part of a page as people see it first."""
    page.goto(url + path)
    page.wait_for_timeout(400)
    page.screenshot(path=str(file))


def main(folder: Path) -> None:
    """Load the demo district into a temporary home and shoot its pages."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="otklik-shots-") as home, sync_playwright() as pw:
        house = _demo(Path(home))
        vault = Vault(Path(home) / "secrets" / "vault.keys")
        browser = pw.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with Served(the_app(house.store, house.profile, Path(home))) as served:
            tall, lost = {"width": 1366, "height": 900}, _first_risk(house, ICE)
            for login, name, path, size in (
                ("dezhurny-2", "queue", "/", OFFICE),
                ("dezhurny-2", "queue-phone", "/", PHONE),
                ("dezhurny-2", "card", f"/risk/{_first_risk(house)}", tall),
                ("dezhurny-2", "card-steps", f"/risk/{lost}", OFFICE),
                ("dezhurny-2", "publications", f"/risk/{lost}#publications", tall),
                ("dezhurny-2", "reaction", f"/risk/{lost}#reaction", tall),
                ("dezhurny-2", "control", "/control", OFFICE),
                ("dezhurny-2", "growth", "/growth", OFFICE),
                ("dezhurny-2", "chats", "/chats", OFFICE),
                ("dezhurny-2", "year", "/year", tall),
                ("dezhurny-2", "campaign", f"/campaigns/{_evaluated(house)}", tall),
                ("dezhurny-2", "peaks", "/peaks", OFFICE),
            ):
                session = sign_in(house.work(), vault, login, PASSWORD, "127.0.0.1")
                context = browser.new_context(viewport=size, locale="ru-RU")  # type: ignore[arg-type]
                context.add_cookies([{"name": "otklik", "value": session.token, "url": served.url}])
                shoot(context.new_page(), served.url, path, folder / f"{name}.png")
                context.close()
        browser.close()
        house.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"))
