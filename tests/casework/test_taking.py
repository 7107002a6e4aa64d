"""Taking risks: a batch for five minutes, whole or not at all, binding others while it lasts and nobody after."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.errors import BadMove, TakenByOther, UnknownRisk
from casework.triage import release, set_level, take, verify, who_holds
from storage.engine import Store
from tests.casework.risk_build import ANNA, BORIS, HEAD, card_of, hire, new_risk, risk_of
from tests.casework.staff_build import NOW, a_work


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def test_a_batch_is_taken_whole_or_not_at_all(store: Store) -> None:
    """Three risks, one of them held by Anna: Boris gets none and is told which and until when; later he gets all."""
    ids = [new_risk(store) for _ in range(3)]
    taken = take(a_work(store, ANNA), [ids[1]])

    with pytest.raises(TakenByOther, match="anna") as caught:
        take(a_work(store, BORIS, NOW + timedelta(minutes=4)), ids)

    (other,) = caught.value.taken
    assert (other.risk_id, other.by, other.until) == (ids[1], "anna", NOW + timedelta(minutes=5))
    assert taken.until == other.until
    assert [who_holds(a_work(store), i) for i in ids] == [None, 1, None]
    later = a_work(store, BORIS, NOW + timedelta(minutes=5))
    assert take(later, ids).risk_ids == tuple(ids)
    assert [who_holds(later, i) for i in ids] == [2, 2, 2]


def test_taking_changes_no_version(sqlite_store: Store) -> None:
    """Taking, taking again and releasing spoil nobody's open form."""
    risk_id = new_risk(sqlite_store)
    anna = a_work(sqlite_store, ANNA)

    take(anna, [risk_id])
    take(anna.at(NOW + timedelta(minutes=3)), [risk_id])
    assert who_holds(anna.at(NOW + timedelta(minutes=7)), risk_id) == 1
    assert release(a_work(sqlite_store, BORIS), [risk_id]) == ()
    assert release(anna, [risk_id]) == (risk_id,)
    assert who_holds(anna, risk_id) is None
    assert risk_of(sqlite_store, risk_id).version == 1
    assert card_of(sqlite_store, risk_id).events == ()


def test_what_cannot_be_taken(sqlite_store: Store) -> None:
    """Closed risks, unknown ones, too many, none, and the machine's own hands are refused in words."""
    closed = new_risk(sqlite_store, state="dismissed")
    anna = a_work(sqlite_store, ANNA)

    for ids, error, said in (
        ([closed], BadMove, "Уже закрыты: 2026-000001"), ([99], UnknownRisk, "99"), ([], BadMove, "от 1 до 50"),
        (list(range(1, 60)), BadMove, "от 1 до 50"),
    ):  # fmt: skip
        with pytest.raises(error, match=said):
            take(anna, ids)
    with pytest.raises(BadMove, match="до 60 минут"):
        take(anna, [closed], minutes=600)
    with pytest.raises(BadMove, match="Машина"):
        take(a_work(sqlite_store), [closed])


def test_a_held_risk_binds_others_but_not_those_who_answer_for_all(store: Store) -> None:
    """While Anna holds a risk Boris cannot move it; the head steps in; when the hold runs out Boris can."""
    held, other = new_risk(store), new_risk(store)
    take(a_work(store, ANNA), [held, other])
    boris = a_work(store, BORIS, NOW + timedelta(minutes=1))

    with pytest.raises(TakenByOther, match="anna"):
        verify(boris, held, 1, "confirmed", "ЕДДС")
    assert set_level(a_work(store, HEAD, NOW + timedelta(minutes=1)), held, 1, 4, "звонок главы") == 2
    assert verify(boris.at(NOW + timedelta(minutes=5)), other, 1, "confirmed", "ЕДДС") == 2
