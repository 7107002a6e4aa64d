"""Sources are read by one at a time, accounts never ask faster than they may, dead processes hold nothing."""

from __future__ import annotations

import multiprocessing
import os
import socket
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from casework.runs import (
    Claim,
    UnknownAccount,
    claim_due_sources,
    claim_source,
    end_run,
    quarantine,
    release_dead,
    release_source,
    renew_source,
    start_run,
    stop_account,
    stop_source,
    take_slot,
)
from casework.work import MACHINE, Work
from district.profile import Profile
from risk.reading import Reader
from storage.engine import Store
from storage.find.sources import quarantine_rows, source_lines, source_runs
from storage.keep.runs import clock
from storage.keep.runs import start_run as keep_run
from storage.keep.runs import take_slot as keep_slot
from storage.keep.sources import add_account, add_source
from storage.moments import from_db
from storage.tables import account
from tests.storage.build import NOW, a_source

GAP_S = 0.04


@pytest.fixture
def work(store: Store, demo_profile: Profile) -> Work:
    with store.write() as tx:
        add_source(tx, a_source())
        add_source(tx, a_source(id="tg", platform="telegram", next_due=NOW - timedelta(minutes=5)))
    return Work(store, demo_profile, NOW, MACHINE, Reader(demo_profile))


def _claims(work: Work, owner: str = "a:1", limit: int = 5) -> list[str]:
    return [c.source_id for c in claim_due_sources(work, limit, owner, 60)]


def _one(work: Work) -> Claim:
    found = claim_source(work, "tg", "a:1", 60)
    assert found is not None
    return found


def test_the_longest_waiting_comes_first(work: Work) -> None:
    """Sources are claimed in the order in which they became due, no more than asked for."""
    assert _claims(work, limit=1) == ["tg"]
    assert _claims(work) == ["vk-residents"]


def test_a_claimed_source_is_nobody_elses(work: Work) -> None:
    """While a lease runs no other process gets the source; when it ends, the next one does."""
    assert len(_claims(work)) == 2
    assert _claims(work, "b:2") == []
    assert len(_claims(work.at(NOW + timedelta(seconds=61)), "b:2")) == 2


def test_a_late_holder_is_fenced_off(work: Work) -> None:
    """Who lost a lease can neither prolong nor release what another holds by now."""
    first = _one(work)
    later = work.at(NOW + timedelta(seconds=61))
    second = claim_source(later, "tg", "b:2", 60)

    assert second is not None
    assert second.token > first.token
    assert (renew_source(later, first, 60), release_source(later, first)) == (False, False)
    assert (renew_source(later, second, 60), release_source(later, second)) == (True, True)


def test_a_released_source_waits_its_own_interval(work: Work) -> None:
    """After a run a source is due again after `every`, or after what its door was told."""
    release_source(work, _one(work))
    assert "tg" not in _claims(work.at(NOW + timedelta(seconds=899)))
    assert "tg" in _claims(work.at(NOW + timedelta(seconds=901)), "b:2")


def test_a_due_time_far_ahead_was_a_broken_clock(work: Work) -> None:
    """A clock that ran a day ahead for a moment does not stop a source for a day."""
    release_source(work.at(NOW + timedelta(days=1)), _one(work))

    assert "tg" in _claims(work)


@pytest.mark.parametrize(
    "state", [{"state": "paused"}, {"state": "stopped"}, {"state": "removed"}, {"approved_at": None}]
)
def test_only_approved_active_sources_are_read(work: Work, state: dict[str, object]) -> None:
    """Requirement 1: a source that is paused, stopped, removed or not approved is nobody's turn."""
    with work.store.write() as tx:
        add_source(tx, a_source(id="other", **state))

    assert "other" not in _claims(work)
    assert claim_source(work, "other", "a:1", 60) is None


def test_runs_tell_how_they_ended(work: Work) -> None:
    """A run keeps its outcome, reason and counts; refused items stay with their reasons."""
    run_id = start_run(work, "tg")
    quarantine(work, "tg", run_id, [("нет времени публикации", {"external_id": "5"})])
    end_run(work.at(NOW + timedelta(seconds=9)), run_id, "partial", "страница оборвалась", {"new": 3})
    stop_source(work, "vk-residents", "площадка просит ввести код с картинки")

    with work.store.read() as tx:
        (told,) = source_runs(tx, "tg")
        (refused,) = quarantine_rows(tx, "tg")
        lines = {line.id: line for line in source_lines(tx, NOW)}
    assert (told.outcome, told.reason, told.counts) == ("partial", "страница оборвалась", {"new": 3})
    assert (refused.reason, refused.run_id) == ("нет времени публикации", run_id)
    assert (lines["tg"].last_outcome, lines["tg"].quarantined) == ("partial", 1)
    assert (lines["vk-residents"].state, "код с картинки" in lines["vk-residents"].state_reason) == ("stopped", True)


def test_an_unknown_outcome_is_refused(work: Work) -> None:
    """A typing mistake in an outcome is told at once, with what is allowed."""
    with pytest.raises(ValueError, match="бывает: failed, killed, ok"):
        end_run(work, start_run(work, "tg"), "fine", "", {})


def test_dead_processes_hold_nothing(work: Work) -> None:
    """At start the leases and runs of processes of this machine that are gone are ended; living and far ones stay.

    A living process may have got the number of a dead one: the moment of its birth tells them apart.
    """
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    dead, far = f"{socket.gethostname()}:{gone.stdout.strip()}", "other-host:1"
    claim_source(work, "tg", dead, 600)
    claim_source(work, "vk-residents", far, 600)
    before_reboot = f"{socket.gethostname()}:{os.getpid()}:1"
    with work.store.write() as tx:
        keep_run(tx, "tg", NOW, dead)
        keep_run(tx, "vk-residents", NOW, far)
        keep_run(tx, "before-reboot", NOW, before_reboot)
    start_run(work, "living")

    assert release_dead(work) == 2

    assert _claims(work) == ["tg"]
    with work.store.read() as tx:
        told = {s: [r.outcome for r in source_runs(tx, s)] for s in ("tg", "before-reboot", "vk-residents", "living")}
    assert told == {
        "tg": ["killed"],
        "before-reboot": ["killed"],
        "vk-residents": ["running"],
        "living": ["running"],
    }


def test_a_source_has_one_run_at_a_time(work: Work) -> None:
    """Whoever claimed a source after its lease had ended is alone: what another machine left running there is dead."""
    with work.store.write() as tx:
        keep_run(tx, "tg", NOW, "other-host:1:2")
    start_run(work, "tg")

    with work.store.read() as tx:
        assert [r.outcome for r in source_runs(tx, "tg")] == ["running", "killed"]


def _an_account(store: Store, gap: float = GAP_S) -> None:
    row = {"id": "vk1", "platform": "vk", "kind": "service", "sealed": b"x", "can": [], "state": "ok", "gap": gap}
    with store.write() as tx:
        add_account(tx, row | {"created_at": NOW})


def _ask(url: str, count: int, told: multiprocessing.Queue[list[float]]) -> None:
    """Reserve slots as fast as may be, and tell each by the database's own clock."""
    store = Store(url)
    slots = []
    for _ in range(count):
        with store.write(alone=False) as tx:
            wait = keep_slot(tx, "vk1")
            after = tx.execute(sa.select(account.c.next_slot).where(account.c.id == "vk1")).scalar_one()
        slots.append(float(after) - GAP_S)  # the slot as the database reserved it: no stopwatch takes part
        time.sleep(wait)
    told.put(slots)
    store.close()


def test_slots_are_exact_over_processes(store: Store) -> None:
    """Three processes that share an account never get two requests closer than its gap."""
    _an_account(store)
    spawn = multiprocessing.get_context("spawn")
    told: multiprocessing.Queue[list[float]] = spawn.Queue()
    workers = [spawn.Process(target=_ask, args=(store.url, 8, told)) for _ in range(3)]
    for w in workers:
        w.start()
    slots = sorted(slot for _ in workers for slot in told.get(timeout=60))
    for w in workers:
        w.join()

    steps = [right - left for left, right in zip(slots, slots[1:], strict=False)]
    assert len(slots) == 24
    assert slots[-1] - slots[0] >= 23 * GAP_S - 0.001
    assert min(steps) > GAP_S - 0.001


def test_a_flood_wait_keeps_everybody_off(store: Store) -> None:
    """After a FloodWait of 20 s every process of the account waits that long."""
    _an_account(store)

    assert take_slot(store, "vk1", push_s=20) == pytest.approx(20, abs=0.5)
    assert take_slot(store, "vk1") == pytest.approx(20, abs=0.5)


def test_a_stopped_account_waits_until_it_may(work: Work) -> None:
    """A long ban is a stop with a reason, and asking tells how long it lasts."""
    _an_account(work.store)
    with work.store.read() as tx:
        now = clock(tx)

    stop_account(work, "vk1", "площадка ограничила запросы", from_db(int(now * 1_000_000)) + timedelta(hours=2))

    assert take_slot(work.store, "vk1") == pytest.approx(7200, abs=2)


def test_a_clock_gone_wrong_does_not_block_an_account(store: Store) -> None:
    """A slot reserved hours ahead by a broken clock is not waited for."""
    _an_account(store)
    with store.write() as tx:
        tx.exec_driver_sql("UPDATE account SET next_slot = next_slot + 9e9")

    assert take_slot(store, "vk1") < 1


def test_an_unknown_account_is_named(work: Work) -> None:
    """Asking for an account that is not there names it and says what to do."""
    with pytest.raises(UnknownAccount, match="«nobody» нет"):
        take_slot(work.store, "nobody")
    with pytest.raises(UnknownAccount):
        stop_account(work, "nobody", "причина")
