"""Approved answers and their publications for tests of the register."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from casework.publications import record
from casework.work import Staff
from storage.engine import Store
from storage.find.publications import PublicationRow, publication_by_id
from storage.tables import answer, outbox, risk_event
from tests.casework.risk_build import ANNA, risk_of
from tests.casework.staff_build import NOW, a_work

TEXT = (
    "Здравствуйте! Подача воды на улице Садовой прекращена из-за повреждения трубы у дома 7. "
    "Бригада водоканала работает на месте, воду вернут до 18:00 25 ноября. Подвоз питьевой воды идёт "
    "у школы с 9 до 20 часов. По вопросам звоните в единую диспетчерскую службу. Администрация Беловского округа"
)


def an_answer(
    store: Store, risk_id: int, text: str = TEXT, kind: str = "answer", state: str = "approved", **given: Any
) -> int:
    """Write an answer of a risk and return its id."""
    values = {
        "risk_id": risk_id, "kind": kind, "template": None, "text": text, "platforms": ["vk-residents"], "state": state,
        "findings": [], "made_at": NOW, "made_by": 1, "changed_at": NOW, "decided_at": NOW, "decided_by": 3, "note": "",
    }  # fmt: skip
    with store.write() as tx:
        return int(tx.execute(sa.insert(answer).values(values | given).returning(answer.c.id)).scalar_one())


def recorded(
    store: Store, risk_id: int, url: str, *, answer_id: int = 0, by: Staff = ANNA, now: datetime = NOW, place: str = "Площадка",
    kind: str = "community", source_id: str | None = None, allowed: tuple[str, ...] = (),
) -> int:  # fmt: skip
    """Record a publication as it stands now and return its id."""
    chosen = answer_id or an_answer(store, risk_id)
    version = risk_of(store, risk_id).version
    work = a_work(store, by, now)
    return record(work, risk_id, version, chosen, url, place, kind, source_id, allowed=allowed)


def publication_of(store: Store, publication_id: int) -> PublicationRow:
    """Return a publication."""
    with store.read() as tx:
        found = publication_by_id(tx, publication_id)
    assert found is not None
    return found


def told_in_chats(store: Store, kind: str = "") -> list[str]:
    """Return the texts written for the chats, in order; of one kind on demand."""
    with store.read() as tx:
        rows = tx.execute(sa.select(outbox.c.kind, outbox.c.body).order_by(outbox.c.id)).all()
    return [str(r.body["text"]) for r in rows if "text" in r.body and kind in ("", r.kind)]


def events_of(store: Store, risk_id: int) -> list[str]:
    """Return the kinds of events of a risk, in order."""
    with store.read() as tx:
        query = sa.select(risk_event.c.kind).where(risk_event.c.risk_id == risk_id).order_by(risk_event.c.id)
        return list(tx.execute(query).scalars())


def minutes(count: float) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=count)
