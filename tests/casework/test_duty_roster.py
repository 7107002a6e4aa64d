"""The roster tells who is on duty, who stands in for whom, where nobody is and where there are two."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.duty_roster import add_shift, chain, gaps_of, on_duty, overlaps_of, roster, withdraw_shift
from casework.errors import BadMove, NotAllowed, UnknownSubject
from storage.engine import Store
from storage.find.chatting import ShiftRow
from storage.find.staff import staff_list
from tests.casework.chat_build import chat_work, journaled, link
from tests.casework.risk_build import ANNA, BORIS, HEAD, READER, hire
from tests.casework.staff_build import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def _at(hours: float) -> datetime:
    return NOW + hours * HOUR


def _shift(who: int, begin: float, end: float, instead_of: int | None = None) -> ShiftRow:
    return ShiftRow(0, who, f"№ {who}", _at(begin), _at(end), instead_of, "")


def _there(rows: list[ShiftRow], hours: float) -> list[int]:
    return [row.staff_id for row in on_duty(rows, _at(hours))]


def test_a_substitute_is_there_and_the_other_is_not() -> None:
    """B instead of A from 3 to 5: before and after it is A; the end of a shift is not in it."""
    rows = [_shift(1, 0, 8), _shift(2, 3, 5, instead_of=1)]

    assert [_there(rows, hour) for hour in (0, 2.9, 3, 4.9, 5, 7.9, 8)] == [[1], [1], [2], [2], [1], [1], []]


def test_gaps_and_overlaps_are_told() -> None:
    """Nobody from 4 to 5, two from 8 to 9; a substitution is neither."""
    rows = [_shift(1, 0, 4), _shift(2, 5, 9), _shift(1, 8, 12), _shift(2, 1, 2, instead_of=1)]

    assert [(gap.from_at, gap.until_at) for gap in gaps_of(rows, NOW, _at(12))] == [(_at(4), _at(5))]
    assert [(one.from_at, one.until_at, one.names) for one in overlaps_of(rows, NOW, _at(12))] == [
        (_at(8), _at(9), ("№ 2", "№ 1"))
    ]
    assert gaps_of([], NOW, _at(12)) == ()


_SHIFTS = st.lists(
    st.builds(
        lambda who, begin, long, instead: _shift(who, begin, begin + long, instead),
        st.integers(1, 4), st.integers(0, 20), st.integers(1, 10), st.none() | st.integers(1, 4),
    ),
    max_size=8,
)  # fmt: skip


@given(_SHIFTS, st.floats(0, 30))
def test_a_moment_is_a_gap_or_somebody_is_there(rows: list[ShiftRow], hours: float) -> None:
    """Whatever the roster: at every moment somebody is on duty or the moment lies in a gap, and overlaps have two names."""
    gaps, at = gaps_of(rows, NOW, _at(31)), _at(hours)

    inside = any(gap.from_at <= at < gap.until_at for gap in gaps)
    assert inside is (bool(rows) and not on_duty(rows, at))
    assert all(len(one.names) >= 2 for one in overlaps_of(rows, NOW, _at(31)))


@pytest.mark.usefixtures("_people")
def test_the_roster_is_kept_on_the_pages(store: Store) -> None:
    """Who is on duty now and next, who cannot be told anything, and a shift that was taken out again."""
    work = chat_work(store, HEAD)
    link(store, ANNA.id or 0)
    add_shift(work, 1, _at(-1), _at(8), note="день")
    late = add_shift(work, 2, _at(9), _at(20))
    add_shift(work, 3, _at(2), _at(3), instead_of=1)

    found = roster(work)

    assert [row.name for row in found.now] == ["Сотрудник 1"]
    assert found.next is not None
    assert found.next.staff_id == 3
    assert [(gap.from_at, gap.until_at) for gap in found.gaps] == [(_at(8), _at(9))]
    assert found.unreachable == {2, 3}
    withdraw_shift(work, late)
    assert roster(work).gaps == ()
    assert len(journaled(store, "duty.added")) == 3
    with pytest.raises(UnknownSubject):
        withdraw_shift(work, late)


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize(
    ("who", "begin", "end", "instead", "said"),
    [
        (2, 5, 4, None, "не позже начала"), (2, 0, 24 * 32, None, "31 суток"), (2, -9, -1, None, "уже прошло"),
        (4, 0, 8, None, "берёт риски"), (99, 0, 8, None, "берёт риски"), (1, 3, 5, None, "уже дежурит"),
        (2, 0, 4, 2, "самого себя"), (2, 20, 22, 1, "не дежурит"),
    ],
)  # fmt: skip
def test_a_wrong_shift_is_named(
    sqlite_store: Store, who: int, begin: float, end: float, instead: int | None, said: str
) -> None:
    """What is wrong with the times or the people is said, and the roster stays as it was."""
    work = chat_work(sqlite_store, HEAD)
    add_shift(work, 1, _at(0), _at(8))

    with pytest.raises(BadMove, match=said):
        add_shift(work, who, _at(begin), _at(end), instead)

    assert len(roster(work).lines) == 1


@pytest.mark.usefixtures("_people")
def test_only_those_who_keep_it_change_the_roster(sqlite_store: Store) -> None:
    """An officer reads the roster, a reader does not even see it."""
    with pytest.raises(NotAllowed):
        add_shift(chat_work(sqlite_store, BORIS), 2, _at(0), _at(8))
    with pytest.raises(NotAllowed):
        roster(chat_work(sqlite_store, READER))
    assert roster(chat_work(sqlite_store, BORIS)).now == ()


@pytest.mark.usefixtures("_people")
def test_the_chain_goes_from_duty_to_the_head(sqlite_store: Store) -> None:
    """The officer on duty, then who else is there or coordinates, then the head."""
    rows = [_shift(1, 0, 8), _shift(2, 0, 8)]
    with sqlite_store.read() as tx:
        people = staff_list(tx)

    links = chain(chat_work(sqlite_store), rows, people)

    assert [[person.login for person in who] for _, who in links] == [["anna"], ["boris"], ["head"]]
