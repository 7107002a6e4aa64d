"""One served desk a module: a morning of the demo district, an account of every role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from casework.roles import Role
from casework.work import MACHINE, Staff, Work
from district.load import load_profile
from district.profile import Profile
from storage.engine import Store
from storage.find.staff import staff_by_login
from storage.upgrade import upgrade
from tests.desk import build

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class House:
    """A desk that answers on loopback."""

    app: FastAPI
    served: build.Served
    store: Store
    profile: Profile
    browsers: dict[str, build.Browser]
    stack: ExitStack

    def by(self, login: str) -> build.Browser:
        """Return the signed-in browser of somebody; signed in once a module."""
        if login not in self.browsers:
            self.browsers[login] = self.stack.enter_context(build.signed_in(self.served, self.app, login))
        return self.browsers[login]

    def stranger(self) -> httpx.Client:
        """Return a browser of nobody."""
        return self.stack.enter_context(httpx.Client(base_url=self.served.url, timeout=20))

    def work(self, login: str | None = None) -> Work:
        """Return somebody's work now; the machine's without a login."""
        now, by = datetime.now(UTC), MACHINE
        if login:
            with self.store.read() as tx:
                row = staff_by_login(tx, login)
            assert row
            by = Staff(row.id, row.login, row.name_shown, frozenset(row.roles), row.blocks)
        return Work(self.store, self.profile, now, by, self.app.state.desk.reader)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A served desk with a morning's risks; accounts are called by their roles (block_lead leads the block «works»)."""
    home = tmp_path_factory.mktemp("desk")
    url = f"sqlite:///{home / 'otklik.sqlite3'}"
    upgrade(url)
    store, profile = Store(url), load_profile(ROOT / "district" / "demo.toml")
    build.fill(store, profile, datetime.now(UTC))
    for role in Role:
        build.add_staff(store, role.value, [role.value], ["works"] if role in ("block_lead", "executor") else [])
    build.add_staff(store, "second", ["officer"])
    app = build.the_app(store, profile, home)
    with ExitStack() as stack:
        served = stack.enter_context(build.Served(app))
        yield House(app, served, store, profile, {}, stack)
    store.close()
