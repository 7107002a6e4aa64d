"""Alert lines are written once, claimed by one, and come back when their holder dies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.engine import Store
from storage.find.accounts import unsent_counts
from storage.keep.outbox import NewLine, OutboxLine, add_lines, claim_lines, mark_failed, mark_sent, release_lines
from tests.storage.build import NOW

LEASE = timedelta(seconds=30)


def _line(key: str = "1:2:duty", due: timedelta = timedelta(0)) -> NewLine:
    return NewLine(key, "duty", 1, 2, "new", {"number": "2026-000001"}, NOW + due)


def _claim(store: Store, at: timedelta = timedelta(0), owner: str = "a:1") -> tuple[OutboxLine, ...]:
    with store.write() as tx:
        return claim_lines(tx, "duty", 10, NOW + at, owner, LEASE)


def test_the_same_news_is_written_once(store: Store) -> None:
    """A second line with a key that stands already is not written, whether in one batch or in the next."""
    with store.write() as tx:
        written = add_lines(tx, [_line(), _line("1:3:duty")], NOW)
        again = add_lines(tx, [_line(), _line("1:4:duty")], NOW)

    assert (written, again) == (2, 1)
    with store.read() as tx:
        assert unsent_counts(tx) == {"duty": 3}


def test_a_line_is_claimed_by_one(store: Store) -> None:
    """What one sender holds another does not get, until the lease ends."""
    with store.write() as tx:
        add_lines(tx, [_line()], NOW)

    assert [n.attempts for n in _claim(store)] == [1]
    assert _claim(store, owner="b:2") == ()
    assert [n.attempts for n in _claim(store, LEASE + timedelta(seconds=1), "b:2")] == [2]


def test_a_sent_line_never_leaves_again(store: Store) -> None:
    """After the mark nothing brings a line back, not even the end of its lease."""
    with store.write() as tx:
        add_lines(tx, [_line()], NOW)
    ids = [n.id for n in _claim(store)]
    with store.write() as tx:
        mark_sent(tx, ids, NOW)
        mark_failed(tx, ids, "поздно", NOW)

    assert _claim(store, timedelta(days=1)) == ()


def test_a_failed_line_waits_for_its_turn(store: Store) -> None:
    """A failure keeps its reason and the line is due again when it was said."""
    with store.write() as tx:
        add_lines(tx, [_line()], NOW)
    ids = [n.id for n in _claim(store)]
    with store.write() as tx:
        mark_failed(tx, ids, "нет сети", NOW + timedelta(minutes=1))

    assert _claim(store, timedelta(seconds=59)) == ()
    assert len(_claim(store, timedelta(seconds=61))) == 1


def test_a_dead_sender_gives_back(store: Store) -> None:
    """Lines of a process that is gone are free at once."""
    with store.write() as tx:
        add_lines(tx, [_line()], NOW)
    _claim(store, owner="dead:1")
    with store.write() as tx:
        released = release_lines(tx, "dead:1")

    assert released == 1
    assert len(_claim(store)) == 1


@pytest.mark.parametrize("ahead", [timedelta(days=2), timedelta(days=400)])
def test_a_time_written_under_a_broken_clock_counts_as_due(store: Store, ahead: timedelta) -> None:
    """A line due in days was written by a clock gone wrong: it leaves now instead of never."""
    with store.write() as tx:
        add_lines(tx, [_line(due=ahead)], NOW)

    assert len(_claim(store)) == 1
