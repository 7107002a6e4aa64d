"""The product running as its users start it: `otklik run` in a session of its own, the walls it reads, what it has stored."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import sqlalchemy as sa

from casework import runs
from casework.work import MACHINE, Work
from district.load import load_profile
from risk.reading import Reader
from storage.engine import Store
from storage.tables import grp, outbox, post, run
from tests.peers.vk_api import VkPeer
from tests.story.installation import ROOT, Installation

PATIENCE = 60.0
"""Seconds after which a story gives up waiting for a step; the machine of the tests may be busy."""
T = TypeVar("T")


@contextmanager
def walls() -> Iterator[VkPeer]:
    """Serve VK walls from a thread of this process, in no need of a pace; a test fills them and plans faults."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="walls", daemon=True)
    thread.start()
    peer = VkPeer(paced=False)
    asyncio.run_coroutine_threadsafe(peer.start(), loop).result(10)

    async def end() -> None:
        await peer.stop()
        hanging = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)

    try:
        yield peer
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def publish(peer: VkPeer, group: str, text: str, **more: Any) -> None:
    """Put a post on a wall through the peer's own door, as somebody outside would."""
    httpx.post(f"http://127.0.0.1:{peer.port}/__add", json={"group": group, "text": text, **more}).raise_for_status()


def reader_of(home: Path, peer: VkPeer, groups: list[str], **env: str) -> Installation:
    """Return an installation that reads these walls with an account whose pace is the peer's."""
    told = {"OTKLIK_ALLOW_INTERNAL": "127.0.0.1", "OTKLIK_VK_BASE": peer.base, "OTKLIK_PORT": "0"}
    made = Installation(home, told | env)
    for group in groups:
        made.source(group, "vk", f"https://vk.com/{group}", "vk-main")
    made.write_profile()
    made.account("vk-main", "vk", "user", "user-peer")
    return made


def until(what: Callable[[], T], why: str, patience: float = PATIENCE) -> T:
    """Return the first true answer of `what`; AssertionError with `why` when there is none in time."""
    end = time.monotonic() + patience
    while not (found := what()):
        assert time.monotonic() < end, why
        time.sleep(0.05)
    return found


@dataclass
class Running:
    """One `otklik run`: its process leads a session, so that whatever it started can be found."""

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def said(self) -> str:
        """What it has printed."""
        return self.output.read_text(encoding="utf-8")

    @property
    def url(self) -> str:
        """Address of the pages, without a slash at the end."""
        found = re.search(r"Отклик готов за [\d.]+ с:\s+(http://\S+?)/\s", self.said)
        return found[1] if found else ""

    @property
    def password(self) -> str:
        """The one-time password; "" when it was not shown."""
        found = re.search(r"одноразовый пароль: (\S+)", self.said)
        return found[1] if found else ""

    def members(self) -> list[int]:
        """Processes of the session that live."""
        found = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.process.pid and fields[0] != "Z":
                found.append(int(status.parent.name))
        return found

    def children(self) -> list[int]:
        """Living processes that it started."""
        return [pid for pid in self.members() if pid != self.process.pid]

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to all of the session, as a terminal does for Ctrl+C."""
        os.killpg(self.process.pid, number)

    def stop(self) -> float:
        """Ask it to end as a supervisor does; returns the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        return time.monotonic() - began


@contextmanager
def running(home: Installation) -> Iterator[Running]:
    """Start `otklik run` and wait until it is ready; whatever is left of it at the end is killed."""
    output = home.home / f"run-{len(list(home.home.glob('run-*')))}.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "otklik", "run"], cwd=ROOT, env={**os.environ, **home.env, "PYTHONUNBUFFERED": "1"},
            stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    started = Running(process, output)
    try:
        until(lambda: started.url or process.poll() is not None, f"не запустился: {started.said}")
        assert started.url, started.said
        until(lambda: _is_ready(started.url), "нет ответа /readyz")
        yield started
    finally:
        for pid in started.members():
            os.kill(pid, signal.SIGKILL)
        process.wait(PATIENCE)


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(url + "/readyz").status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def signed_in(started: Running, password: str, own: str) -> Iterator[httpx.Client]:
    """Sign in as the first account with its one-time password and set an own one, by the forms of the pages."""
    with httpx.Client(
        base_url=started.url, headers={"Origin": started.url}, timeout=20, follow_redirects=True
    ) as client:
        send_form(client, "/login", "/login", login="admin", password=password)
        done = send_form(client, "/me", "/me/password", old=password, new=own, again=own)
        assert done.url.path == "/", done.text
        yield client


def send_form(client: httpx.Client, page: str, to: str, **fields: str) -> httpx.Response:
    """Send a form of a page with the page's own token; returns where it led."""
    token = re.search(r'name="csrf" value="([^"]+)"', client.get(page).text)
    assert token, page
    return client.post(to, data={"csrf": token[1], **fields}).raise_for_status()


class Memory:
    """The database of an installation, read and nudged from outside while the product runs."""

    def __init__(self, home: Installation) -> None:
        self.store = Store(home.settings.database)
        profile = load_profile(home.settings.profile, home.settings.allow_internal)
        self._work = Work(self.store, profile, datetime.now(UTC), MACHINE, Reader(profile))

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def all(self, query: Any) -> list[Any]:
        """Return the rows of a query."""
        with self.store.read() as tx:
            return list(tx.execute(query))

    def count(self, table: sa.Table) -> int:
        """Return how many rows a table has."""
        return int(self.all(sa.select(sa.func.count()).select_from(table))[0][0])

    def make_due(self, source_id: str) -> None:
        """Let a source be read at once: claimed and given back without a wait, as the product itself does."""

        def given_back() -> bool:
            work = self._work.at(datetime.now(UTC))
            claim = runs.claim_source(work, source_id, runs.owner_name(), 60)
            return claim is not None and runs.release_source(work, claim, after_s=0)

        until(given_back, f"источник {source_id} всё время занят")

    def outcomes(self) -> dict[str, list[str]]:
        """Return the outcomes of the runs by source, the oldest first."""
        told: dict[str, list[str]] = {}
        for source_id, outcome in self.all(sa.select(run.c.source_id, run.c.outcome).order_by(run.c.id)):
            told.setdefault(source_id, []).append(outcome)
        return told

    def unsent(self) -> int:
        """Return how many alert lines have not been handed over."""
        return int(self.all(sa.select(sa.func.count()).where(outbox.c.sent_at.is_(None)))[0][0])

    def first_seen(self) -> dict[int, datetime]:
        """Return when the first post of each risk was seen."""
        query = sa.select(grp.c.risk_id, sa.func.min(post.c.seen_at)).join(grp, grp.c.id == post.c.group_id)
        return dict(tuple(row) for row in self.all(query.where(grp.c.risk_id.is_not(None)).group_by(grp.c.risk_id)))
