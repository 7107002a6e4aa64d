"""The loops of the worker: a fault ends one round and not the loop, a heartbeat tells that each lives, the end is quick."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from casework import heartbeat, runs
from casework.source_sync import sync_profile_sources
from district.settings import Settings
from otklik import schedule
from otklik.schedule import Worker
from otklik.wiring import House, build
from storage.find.sources import source_runs
from storage.keep.runs import start_run


@pytest.fixture
def house(tmp_path: Path, real_profile: Path) -> Iterator[House]:
    """A real district's house; its sources are on the list and due."""
    made = build(Settings(_env_file=None, home=tmp_path / "var", profile=real_profile))  # type: ignore[call-arg]
    sync_profile_sources(made.work())
    yield made
    made.close()


def _until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_fault_ends_one_round_only(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """When handing over alerts fails once, the loop goes on with the next round; a heartbeat follows a good one."""
    rounds = []
    real = schedule.alerts.deliver_once

    def flaky(*args: object) -> object:
        rounds.append(1)
        if len(rounds) == 1:
            raise RuntimeError("нет связи с базой")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(schedule, "_ALERTS_EVERY", 0.05)
    monkeypatch.setattr(schedule.alerts, "deliver_once", flaky)
    worker = Worker(house, crawl=False)
    worker.start()
    _until(lambda: len(rounds) > 2 and "alerts" in heartbeat.last_beats(house.work()))
    worker.stop()

    assert heartbeat.last_beats(house.work()).keys() >= {"alerts", "chores", "terms"}


def test_without_the_crawl_nothing_is_claimed(house: House) -> None:
    """`otklik worker --no-crawl` leaves the sources to another process."""
    worker = Worker(house, crawl=False)
    worker.start()
    time.sleep(0.2)
    worker.stop()

    assert len(runs.claim_due_sources(house.work(), 100, "other", 60)) == len(house.profile.sources)


def test_what_a_dead_predecessor_held_is_free(house: House) -> None:
    """At the start the runs and leases of a killed process of this machine are ended."""
    dead = f"{runs.owner_name().split(':')[0]}:999999999:1"
    runs.claim_source(house.work(), "vk-typical", dead, 3600)
    with house.store.write() as tx:
        start_run(tx, "vk-typical", house.work().now, dead)
    worker = Worker(house, crawl=False)
    worker.start()
    worker.stop()

    with house.store.read() as tx:
        assert [r.outcome for r in source_runs(tx, "vk-typical")] == ["killed"]
    assert runs.claim_source(house.work(), "vk-typical", "other", 60) is not None


def test_no_more_sources_than_hands(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are due, only as many are claimed as can be read; the end waits for those that are being put down."""
    reading: list[str] = []
    ended: list[str] = []

    def hang(_settings: Settings, claim: runs.Claim) -> None:
        reading.append(claim.source_id)
        _until(lambda: put_down)
        ended.append(claim.source_id)

    put_down: list[int] = []
    monkeypatch.setattr(schedule, "_CRAWLS_EVERY", 0.05)
    monkeypatch.setattr(schedule, "run_claimed", hang)
    monkeypatch.setattr(schedule, "stop_children", lambda: put_down.append(1))
    worker = Worker(house)
    worker.start()
    _until(lambda: len(reading) == schedule.CHILDREN)
    time.sleep(0.3)
    assert len(reading) == schedule.CHILDREN
    began = time.monotonic()
    worker.stop()

    assert sorted(ended) == sorted(reading)
    assert time.monotonic() - began < 3


def test_a_crawl_that_fails_is_written_down(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of one reading does not end the loop: the next sources are claimed and read."""
    read: list[str] = []

    def fail(_settings: Settings, claim: runs.Claim) -> None:
        read.append(claim.source_id)
        raise RuntimeError("обход упал")

    monkeypatch.setattr(schedule, "_CRAWLS_EVERY", 0.05)
    monkeypatch.setattr(schedule, "run_claimed", fail)
    worker = Worker(house)
    worker.start()
    _until(lambda: len(read) > schedule.CHILDREN)
    worker.stop()

    assert len(set(read)) == len(read)


def test_recorded_answers_are_looked_at(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The links have a loop of their own beside the crawl: a fault ends one round, and without the crawl there is none."""
    rounds: list[int] = []

    def flaky(_settings: Settings, _work: object) -> int:
        rounds.append(1)
        if len(rounds) == 1:
            raise RuntimeError("страница не ответила")
        return 2

    monkeypatch.setattr(schedule, "_LINKS_EVERY", 0.05)
    monkeypatch.setattr(schedule, "check_links", flaky)
    monkeypatch.setattr(schedule, "run_claimed", lambda _settings, _claim: None)
    worker = Worker(house)
    worker.start()
    _until(lambda: len(rounds) > 2 and "links" in heartbeat.last_beats(house.work()))
    worker.stop()
    rounds.clear()
    silent = Worker(house, crawl=False)
    silent.start()
    time.sleep(0.2)
    silent.stop()

    assert rounds == []


def test_promised_days_are_reminded_of_in_the_chores(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chores remind of promises after they have forgotten old texts, so that a fault there holds up no erasure."""
    done: list[str] = []

    def forget(*_: object) -> SimpleNamespace:
        done.append("forgotten")
        return SimpleNamespace(posts=0)

    def remind(_work: object) -> int:
        done.append("reminded")
        raise RuntimeError("база занята")

    monkeypatch.setattr(schedule.forgetting, "forget_old", forget)
    monkeypatch.setattr(schedule.reminding, "remind_measures", remind)
    worker = Worker(house, crawl=False)
    worker.start()
    _until(lambda: "reminded" in done)
    worker.stop()

    assert done == ["forgotten", "reminded"]


@pytest.mark.parametrize("fails", [False, True])
def test_weeks_are_counted_before_texts_are_forgotten(
    house: House, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    """The chores count the weeks first; a count that fails delays no forgetting."""
    done: list[str] = []

    def count(_work: object) -> int:
        done.append("counted")
        if fails:
            raise RuntimeError("счёт не удался")
        return 0

    monkeypatch.setattr(schedule.weeks, "count_weeks", count)
    monkeypatch.setattr(
        schedule.forgetting, "forget_old", lambda *_: done.append("forgotten") or SimpleNamespace(posts=0)
    )

    Worker(house)._chores()

    assert done == ["counted", "forgotten"]
