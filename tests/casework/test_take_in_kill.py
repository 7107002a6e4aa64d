"""Kill -9 in the middle of a crawl: after it is run again nothing is lost and nothing is double, on both databases."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from casework.take_in import take_in
from district.profile import Profile
from storage.engine import Store
from storage.find.accounts import source_by_id
from storage.keep.events import verify_chain
from storage.keep.sources import add_source
from storage.tables import grp, outbox, post, risk
from storage.upgrade import upgrade
from tests.casework.posts_build import CALM, FIRE, HOLE, NOW, WATER, a_post, a_work, dump, rows
from tests.storage.build import a_source

PAGES, SIZE = 40, 25
SOURCE = "vk-podslushano"


def _page(number: int) -> list[object]:
    """Page `number` of the wall: mostly different texts, some copies, some danger."""
    texts = (WATER, FIRE, HOLE, CALM)
    return [
        a_post(
            n,
            f"{texts[n % 4]} Квартал {n // 3}, подъезд {n % 7}. "
            + " ".join(f"слово{n * 7 + k}" for k in range(n % 9 * 3)),
        )
        for n in range(number * SIZE, (number + 1) * SIZE)
    ]


def _crawl(url: str, told: Connection) -> None:
    """Read the wall from the stored cursor to its end, a page a transaction, as a worker does."""
    from district.load import load_profile

    store = Store(url)
    work = a_work(store, load_profile(Path(__file__).parents[2] / "district" / "demo.toml"))
    with store.read() as tx:
        at = (source_by_id(tx, SOURCE) or {})["cursor"].get("page", 0)
    told.send(at)
    for number in range(at, PAGES):
        take_in(work.at(NOW + timedelta(minutes=number)), _page(number), source_id=SOURCE, cursor={"page": number + 1})
    told.send("done")
    store.close()


def _run_until_killed(url: str, after: float) -> bool:
    """Start the worker and kill it so many seconds after it began to work; True when it had finished by itself."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    worker = spawn.Process(target=_crawl, args=(url, theirs))
    worker.start()
    theirs.close()
    ours.recv()
    time.sleep(after)
    finished = ours.poll() and ours.recv() == "done"
    if not finished:
        os.kill(worker.pid or 0, signal.SIGKILL)
    worker.join()
    return bool(finished)


@pytest.mark.slow
def test_a_killed_crawl_loses_and_doubles_nothing(database_url: str, demo_profile: Profile, tmp_path: Path) -> None:
    """A worker killed again and again at random moments ends with exactly what an undisturbed one has."""
    upgrade(database_url)
    store = Store(database_url)
    with store.write() as tx:
        add_source(tx, a_source(id=SOURCE))
    luck, kills = random.Random(5), 0
    # Longer and longer: on a busy machine a short life takes in nothing, and the wall must be read to its end.
    while not _run_until_killed(database_url, luck.uniform(0.03, 0.35) * (1 + kills / 5)):
        kills += 1
        assert kills < 60

    posts = rows(store, post)
    assert [p.external_id for p in posts] == [f"-1_{n}" for n in range(PAGES * SIZE)]
    assert sum(g.posts for g in rows(store, grp)) == len(posts)
    risks = rows(store, risk)
    assert [r.number for r in risks] == [f"2026-{n:06d}" for n in range(1, len(risks) + 1)]
    keys = [n.key for n in rows(store, outbox)]
    assert len(keys) == len(set(keys))
    with store.read() as tx:
        assert all(verify_chain(tx, r.id) is None for r in risks)
    killed = _told(store)
    store.close()
    assert killed == _undisturbed(f"sqlite:///{tmp_path / 'calm.sqlite3'}", demo_profile)
    assert kills >= 2


def _undisturbed(url: str, profile: Profile) -> dict[str, list[tuple[object, ...]]]:
    """The memory after the same wall read without a disturbance, in a SQLite file of its own."""
    upgrade(url)
    store = Store(url)
    with store.write() as tx:
        add_source(tx, a_source(id=SOURCE))
    work = a_work(store, profile)
    for number in range(PAGES):
        take_in(work.at(NOW + timedelta(minutes=number)), _page(number), source_id=SOURCE, cursor={"page": number + 1})
    found = _told(store)
    store.close()
    return found


def _told(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """All rows; without serial numbers where PostgreSQL leaves gaps after a transaction that died, without key rows."""
    everything = dump(store)
    for name in ("judgement", "risk_event", "outbox", "deadline"):
        everything[name] = [row[1:] for row in everything[name]]
    return {name: found for name, found in everything.items() if not name.startswith("post_key")}
