"""The history is evidence: a change shows at its place, the whole of it can be taken out, the machine's word stays beside ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework.errors import NotAllowed, UnknownRisk, UnknownSubject
from casework.history import export_history, find_number, verify_history
from casework.journal_words import JOURNAL_LABELS, journal_label
from casework.terms import start_terms
from casework.triage import set_level, set_route, start_verification, verify
from desk.history_file import history_table
from desk.wording import Hours
from desk.words import changes
from reports.tables import csv_text, safe_cell
from storage.engine import Store, Tx
from storage.tables import journal, risk_event
from tests.casework.risk_build import ANNA, HEAD, LEAD, READER, card_of, hire, new_risk, open_risk, risk_of
from tests.casework.staff_build import NOW, a_profile, a_work

EVENTS = risk_event.c


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    if {"store", "sqlite_store"} & set(request.fixturenames):
        hire(request)


def worked(store: Store, note: str = "нет воды в двух домах") -> int:
    """A risk with three events: its check was begun and ended in time."""
    risk_id = new_risk(store)
    with store.write() as tx:
        start_terms(tx, a_work(store), risk_id)
    start_verification(a_work(store, ANNA), risk_id, 1)
    verify(a_work(store, ANNA, NOW + timedelta(minutes=9)), risk_id, 2, "confirmed", "ЕДДС", note)
    return risk_id


def spoil(store: Store, change: Callable[[Tx, list[int]], object]) -> list[int]:
    with store.write() as tx:
        ids = list(tx.execute(sa.select(EVENTS.id).order_by(EVENTS.id)).scalars())
        change(tx, ids)
    return ids


def test_an_untouched_history_is_whole(store: Store) -> None:
    """Every event of every risk follows from the one before; risks and events are counted."""
    first, second = worked(store), worked(store)

    report = verify_history(a_work(store))
    assert (report.whole, report.risks, report.events) == (True, 2, 6)
    assert verify_history(a_work(store), first).events == 3
    assert report.as_dict() == {"ok": True, "risks": 2, "events": 6, "broken": []}
    assert second


SPOILED: list[tuple[Callable[[Tx, list[int]], object], int, str]] = [
    (lambda tx, ids: tx.execute(sa.update(risk_event).where(EVENTS.id == ids[1]).values(note="другое")), 1, "изменена"),
    (lambda tx, ids: tx.execute(sa.update(risk_event).where(EVENTS.id == ids[2]).values(by_staff=2)), 2, "изменена"),
    (lambda tx, ids: tx.execute(sa.update(risk_event).where(EVENTS.id == ids[0]).values(at=NOW - timedelta(days=9))), 0, "изменена"),
    (lambda tx, ids: tx.execute(sa.update(risk_event).where(EVENTS.id == ids[1]).values(after={"state": "worked_off"})), 1, "изменена"),
    (lambda tx, ids: tx.execute(sa.delete(risk_event).where(EVENTS.id == ids[1])), 2, "чего-то не хватает"),
    (lambda tx, ids: tx.execute(sa.delete(risk_event).where(EVENTS.id == ids[0])), 1, "чего-то не хватает"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "place", "why"), SPOILED)
def test_the_first_broken_link_is_named(
    sqlite_store: Store, change: Callable[[Tx, list[int]], object], place: int, why: str
) -> None:
    """Rewritten, re-attributed, re-dated or removed: risk, event and what is wrong are told; other risks stay whole."""
    risk_id = worked(sqlite_store)
    ids = spoil(sqlite_store, change)
    other = worked(sqlite_store)

    (broken,) = verify_history(a_work(sqlite_store)).broken
    assert (broken.risk_id, broken.number, broken.event_id) == (
        risk_id,
        risk_of(sqlite_store, risk_id).number,
        ids[place],
    )
    assert why in broken.why
    assert verify_history(a_work(sqlite_store), other).whole


def test_a_risk_without_history_is_broken(sqlite_store: Store) -> None:
    """Every risk begins with an event: none at all means that it was wiped."""
    risk_id = new_risk(sqlite_store)

    (broken,) = verify_history(a_work(sqlite_store)).broken
    assert (broken.risk_id, broken.event_id, broken.why) == (risk_id, None, "у риска нет ни одной записи")
    with pytest.raises(UnknownRisk):
        verify_history(a_work(sqlite_store), 999)


def test_many_risks_are_walked_through(sqlite_store: Store) -> None:
    """More risks than one page are all checked."""
    with sqlite_store.write() as tx:
        from storage.keep.events import NewEvent, add_events
        from tests.storage.build import a_risk

        add_events(tx, [NewEvent(a_risk(tx), NOW, None, "found") for _ in range(501)])

    assert verify_history(a_work(sqlite_store)).risks == 501


def test_the_history_is_taken_out_whole(store: Store) -> None:
    """The export holds every event with its links, says that the chain is whole, and who took it is in the journal."""
    risk_id = worked(store)

    told = export_history(a_work(store, READER), risk_id).as_dict(NOW.isoformat())

    assert (told["chain_is_whole"], told["risk"]["number"]) == (True, risk_of(store, risk_id).number)
    assert [e["kind"] for e in told["events"]] == ["verify_started", "verified", "deadline_met"]
    assert [e["by"] for e in told["events"]] == ["anna"] * 3
    assert told["events"][1]["what"] == "факт подтверждён"
    assert [e["prev_hash"] for e in told["events"]] == ["", *(e["hash"] for e in told["events"][:-1])]
    with store.read() as tx:
        row = tx.execute(sa.select(journal)).one()
    assert (row.by_staff, row.what, row.subject, row.after) == (
        READER.id,
        "history.exported",
        f"risk:{risk_id}",
        {"events": 3},
    )


def test_who_may_not_see_takes_nothing_out(sqlite_store: Store) -> None:
    """A block lead takes out the histories of the own block only; an unknown risk is told."""
    risk_id = new_risk(sqlite_store, block="social")

    with pytest.raises(NotAllowed):
        export_history(a_work(sqlite_store, LEAD), risk_id)
    with pytest.raises(UnknownRisk):
        export_history(a_work(sqlite_store, HEAD), 999)
    assert find_number(a_work(sqlite_store), f" {risk_of(sqlite_store, risk_id).number} ") == risk_id
    with pytest.raises(UnknownSubject, match="2026-000123"):
        find_number(a_work(sqlite_store), "17")


CELLS = [
    ("=1+1", "'=1+1"), ("+7 900", "'+7 900"), ("-1", "'-1"), ("@сумма", "'@сумма"), ("\tтекст", "'\tтекст"),
    ("  =1", "'  =1"), ("＝1", "'＝1"), ("\r=1", "'\r=1"), ("нет воды", "нет воды"), ("", ""), (None, ""), (5, "5"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "cell"), CELLS)
def test_no_cell_is_a_formula(value: object, cell: str) -> None:
    """Whatever residents or staff wrote stays text in a spreadsheet."""
    assert safe_cell(value) == cell


def test_the_table_is_for_the_offices_spreadsheet(sqlite_store: Store) -> None:
    """A byte order mark, semicolons, Russian heads, the district's time; a hostile note is disarmed and keeps its quotes."""
    risk_id = worked(sqlite_store, note='=cmd|"/c calc"!A1; да')
    told = export_history(a_work(sqlite_store, HEAD), risk_id)

    text = history_table(told, a_profile(), Hours(NOW, a_profile().timezone))

    lines = text.split("\r\n")
    assert lines[0] == "\ufeffКогда;Кто;Что;Что изменилось;Примечание;Отпечаток"
    assert lines[1].startswith("21.11.2026 12:00;anna;начата верификация;")
    assert '"\'=cmd|""/c calc""!A1; да"' in lines[2]
    assert csv_text(["а"], [[1], [None]]) == '\ufeffа\r\n1\r\n""\r\n'


def words(store: Store, risk_id: int) -> list[str]:
    event = card_of(store, risk_id).events[-1]
    return changes(event.before, event.after, a_profile(), Hours(NOW, a_profile().timezone))


def test_a_persons_level_keeps_the_machines_beside_it(store: Store) -> None:
    """History says both: «машина: 2, человек: 4»."""
    risk_id = new_risk(store, veracity="confirmed")
    set_level(a_work(store, ANNA), risk_id, 1, 4, "пострадали дети")

    told = words(store, risk_id)
    assert "уровень: 2 → 4 (машина: 2, человек: 4)" in told
    assert not any(line.startswith("уровень по машине") for line in told)


def test_a_persons_topic_keeps_the_machines_beside_it(store: Store) -> None:
    """Topic, place and block that a person set stand beside what the machine says of the posts, also the second time."""
    work = a_work(store, ANNA)
    risk_id = open_risk(
        work, {1: "На улице Мира огромная яма, машины бьются, когда сделают дорогу, безобразие"}, topic="roads"
    )
    set_route(work, risk_id, 1, "education", "Белое", "social")
    first = words(store, risk_id)
    set_route(work, risk_id, 2, "health", "Белое", "social")

    machine = card_of(store, risk_id).events[-1].after["topic_machine"]
    assert machine == "roads"
    assert "тема: Дороги → Образование (машина: Дороги, человек: Образование)" in first
    assert "тема: Образование → Здравоохранение (машина: Дороги, человек: Здравоохранение)" in words(store, risk_id)


def test_codes_of_the_journal_have_words() -> None:
    """Every code that the casework writes into the journal is told in Russian."""
    import re
    from pathlib import Path

    text = "\n".join(p.read_text(encoding="utf-8") for p in sorted(Path("casework").glob("*.py")))
    codes: set[str] = set(
        re.findall(r'"((?:staff|account|keys|voice_key|source|alerts|history|contact|duty|silence)\.[a-z_]+)"', text)
    )

    assert len(codes) > 15
    assert {code for code in codes if journal_label(code) == code} == set()
    assert all(re.search("[а-я]", label) for label in JOURNAL_LABELS.values())


def test_values_of_the_history_have_names() -> None:
    """Every name that events and the journal give to a value is shown in Russian."""
    told: dict[str, Any] = dict.fromkeys(
        ("active", "sessions_ended", "lines", "secrets", "events", "terms", "due_final", "posts"), 1
    )

    shown = changes({}, told, a_profile(), Hours(NOW, a_profile().timezone))
    assert [line for line in shown if line[0].isascii()] == []
