"""The queue shows what an officer asked for, in the order of need, with honest counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from storage.engine import Store
from storage.errors import StaleVersion
from storage.find import queue as queue_module
from storage.find.queue import QueueFilter, QueuePage, in_order, newest_change, queue
from storage.keep import risks as keep
from storage.keep.posts import add_words
from storage.tables import risk
from tests.storage.build import NOW, a_risk
from texts.stems import stem_text


def _ask(store: Store, **wanted: Any) -> QueuePage:
    with store.read() as tx:
        return queue(tx, QueueFilter(**wanted), NOW)


def _titles(page: QueuePage) -> list[str]:
    return [row.title for row in page.rows]


def test_the_most_needed_comes_first(store: Store) -> None:
    """Order: level, then threats to life, then what is due sooner, then what was found earlier."""
    with store.write() as tx:
        a_risk(tx, title="потом", due_at=NOW + timedelta(hours=5))
        a_risk(tx, title="скоро", due_at=NOW + timedelta(hours=1))
        a_risk(tx, title="скоро тоже", due_at=NOW + timedelta(hours=1))
        a_risk(tx, title="критично", level=4, due_at=NOW + timedelta(hours=9))
        a_risk(tx, title="просрочено", level=4, due_at=NOW - timedelta(hours=9))
        a_risk(tx, title="угроза жизни", level=4, due_at=NOW + timedelta(hours=10), emergency=True)

    assert _titles(_ask(store)) == ["угроза жизни", "просрочено", "критично", "скоро", "скоро тоже", "потом"]


@pytest.mark.parametrize("is_open", [True, False])
def test_a_page_is_one_walk_of_an_index(store: Store, is_open: bool) -> None:
    """The order of the queue is the order of ix_risk_queue: nothing is sorted, no row of the table is read."""
    with store.write() as tx:
        for n in range(300):
            a_risk(
                tx, level=1 + n % 4, emergency=n % 8 == 7, due_at=NOW + timedelta(minutes=n * 37 % 300),
                state=("found", "dismissed")[n % 2],
            )  # fmt: skip
        tx.exec_driver_sql("ANALYZE")
    query = in_order([risk.c.topic == "housing"], is_open).limit(50)
    with store.read() as tx:
        if store.dialect == "postgresql":
            tx.exec_driver_sql("SET LOCAL enable_seqscan = off")  # 300 rows are read whole without an index
        words = str(query.compile(tx, compile_kwargs={"literal_binds": True}))
        told = "EXPLAIN " + ("QUERY PLAN " if store.dialect == "sqlite" else "") + words
        plan = " / ".join(str(row[-1]) for row in tx.execute(sa.text(told)))

    assert "ix_risk_queue" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
    if store.dialect == "sqlite":
        assert "COVERING" in plan


def test_a_common_word_is_looked_for_among_the_newest(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search stops at the newest posts with the words, and the page says so."""
    monkeypatch.setattr(queue_module, "SEARCHED", 3)
    with store.write() as tx:
        add_words(tx, [(n, stem_text("нет воды")) for n in range(1, 4)])
    assert _ask(store, search="вода").searched == 3
    assert _ask(store, search="свет").searched is None
    assert _ask(store).searched is None


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ({}, {"а", "б", "в"}),
        ({"levels": (3, 4)}, {"б"}),
        ({"states": ("verifying",)}, {"в"}),
        ({"topic": "roads"}, {"б"}),
        ({"territory": "sosnovo"}, {"в"}),
        ({"block": "social"}, {"а"}),
        ({"source": "tg"}, {"б"}),
        ({"mine": 7}, {"а", "в"}),
        ({"since": NOW + timedelta(minutes=1)}, {"в"}),
        ({"open_only": False}, {"а", "б", "в", "снят"}),
        ({"open_only": False, "states": ("dismissed",)}, {"снят"}),
        ({"search": "2026-000002"}, {"б"}),
        ({"search": "слов таких нет"}, set()),
    ],
)
def test_filters_narrow(store: Store, wanted: dict[str, Any], shown: set[str]) -> None:
    """Each filter shows what it says and nothing else."""
    with store.write() as tx:
        a_risk(tx, title="а", block="social", owner_staff=7)
        b = a_risk(tx, title="б", level=3, topic="roads", taken_by=7, taken_until=NOW - timedelta(seconds=1))
        a_risk(
            tx, title="в", state="verifying", territory="sosnovo", last_seen=NOW + timedelta(hours=1), taken_by=7,
            taken_until=NOW + timedelta(minutes=5),
        )  # fmt: skip
        a_risk(tx, title="снят", state="dismissed")
        keep.add_sources(tx, [("tg", b)])

    page = _ask(store, **wanted)

    assert set(_titles(page)) == shown
    assert page.total == len(shown)


def test_counts_ignore_their_own_filter(store: Store) -> None:
    """The numbers at the levels tell what choosing another level would show; so do those of the states."""
    with store.write() as tx:
        a_risk(tx, level=1)
        a_risk(tx, level=3)
        a_risk(tx, level=3, state="verifying")

    page = _ask(store, levels=(3,), states=("found",))

    assert (page.total, len(page.rows)) == (1, 1)
    assert page.by_level == {1: 1, 3: 1}
    assert page.by_state == {"found": 1, "verifying": 1}


def test_pages_follow_each_other(store: Store) -> None:
    """Walking through the pages shows every risk once."""
    with store.write() as tx:
        for n in range(7):
            a_risk(tx, title=str(n))

    pages = [_titles(_ask(store, page=p, per_page=3)) for p in (1, 2, 3, 4)]

    assert [t for page in pages for t in page] == [str(n) for n in range(7)]


def test_the_newest_change_is_seen(store: Store) -> None:
    """Live updates learn that something changed from one moment."""
    with store.read() as tx:
        assert newest_change(tx) is None
    with store.write() as tx:
        risk_id = a_risk(tx)
        keep.change_risk(tx, risk_id, 1, NOW + timedelta(minutes=2), {"level": 3})

    assert _ask(store).newest == NOW + timedelta(minutes=2)


def test_numbers_have_no_gaps(store: Store) -> None:
    """A number taken by a write that failed is given to the next risk; each year begins at one."""
    with store.write() as tx:
        assert keep.next_numbers(tx, 2026, 2) == ["2026-000001", "2026-000002"]

    def fail() -> None:
        with store.write() as tx:
            keep.next_numbers(tx, 2026, 5)
            raise KeyError("беда")

    with pytest.raises(KeyError):
        fail()
    with store.write() as tx:
        assert keep.next_numbers(tx, 2026, 1) == ["2026-000003"]
        assert keep.next_numbers(tx, 2027, 1) == ["2027-000001"]


def test_a_change_on_a_stale_version_is_refused(store: Store) -> None:
    """Who decided on an old card does not overwrite what another has done meanwhile."""
    with store.write() as tx:
        risk_id = a_risk(tx)
        assert keep.change_risk(tx, risk_id, 1, NOW, {"state": "dismissed"}) == 2

    def late() -> None:
        with store.write() as tx:
            keep.change_risk(tx, risk_id, 1, NOW, {"state": "verifying"})

    with pytest.raises(StaleVersion, match="ждали версию 1, в базе 2"):
        late()
    assert _ask(store).total == 0
    assert [r.state for r in _ask(store, open_only=False).rows] == ["dismissed"]


def test_a_risk_reopened_is_back_in_the_queue(store: Store) -> None:
    """Whether a risk stands in the queue follows from its state and its merge, never from a forgotten mark."""
    with store.write() as tx:
        risk_id = a_risk(tx, state="dismissed")
        keep.change_risk(tx, risk_id, None, NOW, {"state": "reopened"})
    assert _ask(store).total == 1
    with store.write() as tx:
        keep.change_risk(tx, risk_id, None, NOW, {"merged_into": 99})

    assert _ask(store).total == 0


def test_what_one_holds_another_does_not_get(store: Store) -> None:
    """A batch taken for five minutes is one officer's; afterwards it is free again; holding changes no version."""
    with store.write() as tx:
        ids = [a_risk(tx), a_risk(tx)]
        until = NOW + timedelta(minutes=5)
        assert keep.hold_risks(tx, ids[:1], 7, until, NOW) == ids[:1]
        assert keep.hold_risks(tx, ids, 8, until, NOW) == ids[1:]
        assert keep.hold_risks(tx, ids, 8, until + timedelta(minutes=5), until) == ids
        assert keep.let_go(tx, ids, 7, NOW) == []
        assert keep.let_go(tx, ids, 8, NOW) == ids

    assert {row.version for row in _ask(store).rows} == {1}
