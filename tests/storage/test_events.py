"""The history of a risk cannot be changed without showing it."""

from __future__ import annotations

import sqlalchemy as sa

from storage.engine import Store
from storage.keep.events import NewEvent, add_events, verify_chain
from storage.tables import risk_event
from tests.storage.build import NOW, a_risk


def _history(store: Store) -> int:
    with store.write() as tx:
        risk_id = a_risk(tx)
        add_events(tx, [NewEvent(risk_id, NOW, None, "found", {}, {"level": 2}, "нет воды")])
        add_events(tx, [NewEvent(risk_id, NOW, 7, "dismissed", {"state": "found"}, {"state": "dismissed"}, "повтор")])
    return risk_id


def test_an_untouched_history_holds(store: Store) -> None:
    """Events written one after another verify, each linked to the one before."""
    risk_id = _history(store)

    with store.read() as tx:
        assert verify_chain(tx, risk_id) is None
        linked = tx.execute(sa.select(risk_event.c.prev_hash, risk_event.c.hash).order_by(risk_event.c.id)).all()
    assert [linked[0][0], linked[1][0]] == ["", linked[0][1]]


def test_a_changed_event_shows(store: Store) -> None:
    """Whoever rewrites a note in the database is found out at that event."""
    risk_id = _history(store)
    with store.write() as tx:
        first = tx.execute(sa.select(sa.func.min(risk_event.c.id))).scalar_one()
        tx.execute(sa.update(risk_event).where(risk_event.c.id == first).values(note="другое"))

    with store.read() as tx:
        assert verify_chain(tx, risk_id) == first


def test_a_removed_event_shows(store: Store) -> None:
    """An event cannot be taken out of the middle."""
    risk_id = _history(store)
    with store.write() as tx:
        first = tx.execute(sa.select(sa.func.min(risk_event.c.id))).scalar_one()
        tx.execute(sa.delete(risk_event).where(risk_event.c.id == first))

    with store.read() as tx:
        assert verify_chain(tx, risk_id) == first + 1


def test_histories_of_risks_are_apart(store: Store) -> None:
    """Events of several risks written together link each to its own risk."""
    with store.write() as tx:
        ids = [a_risk(tx), a_risk(tx)]
        add_events(tx, [NewEvent(i, NOW, None, "found") for i in ids * 2])

    with store.read() as tx:
        assert [verify_chain(tx, i) for i in ids] == [None, None]
