"""Measures taken and planned: a promised day is a control item, kept, moved visibly, and reminded of once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from casework.errors import BadMove
from casework.parts import (
    add_promises,
    assign,
    end_measure,
    move_measure,
    record_measure,
    remind_measures,
)
from casework.triage import dismiss
from storage.engine import Store
from storage.find.working import (
    Scope,
    open_measures,
)
from storage.keep.events import verify_chain
from tests.casework.parts_build import TODAY, last, measures, planned, told
from tests.casework.risk_build import ANNA, card_of, hire, new_risk, risk_of
from tests.casework.staff_build import NOW, a_chat, a_profile, a_work


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def test_a_measure_taken_and_one_planned(store: Store) -> None:
    """What is done keeps its day and is no control item; what is planned is open until its day is kept."""
    risk_id = new_risk(store)
    anna = a_work(store, ANNA)
    version = record_measure(anna, risk_id, 1, kind="taken", what="Подвезли воду", body="Водоканал", due_on=None)

    version = record_measure(
        anna, risk_id, version, kind="planned", what="Заменим насос", body="Водоканал", due_on=date(2026, 11, 25)
    )

    done, planned = measures(store, risk_id)
    assert (done.state, done.due_on, done.ended_at) == ("done", TODAY, NOW)
    assert (planned.state, planned.due_on, planned.body) == ("open", date(2026, 11, 25), "Водоканал")
    with store.read() as tx:
        assert [(m.what, of.number) for m, of in open_measures(tx, Scope())] == [("Заменим насос", "2026-000001")]
    assert last(store, risk_id).after["due_on"] == "25.11.2026"

    end_measure(anna, risk_id, version, planned.id, done=True, result="насос стоит")

    assert [m.state for m in measures(store, risk_id)] == ["done", "done"]
    assert measures(store, risk_id)[1].result == "насос стоит"


def test_a_promise_is_kept_after_the_closing_too(sqlite_store: Store) -> None:
    """A closed risk takes no new measures, but what was promised stays under control until it is kept."""
    risk_id = new_risk(sqlite_store)
    anna = a_work(sqlite_store, ANNA)
    planned(anna, risk_id, "Насос", TODAY)
    version = dismiss(anna, risk_id, risk_of(sqlite_store, risk_id).version, "settled")

    with pytest.raises(BadMove, match="закрыт"):
        record_measure(anna, risk_id, version, kind="taken", what="а", body="б", due_on=None)
    assert remind_measures(a_work(sqlite_store)) == 1
    end_measure(anna, risk_id, version, measures(sqlite_store, risk_id)[0].id, done=True, result="стоит")

    assert measures(sqlite_store, risk_id)[0].state == "done"


@pytest.mark.parametrize(
    ("kind", "due_on", "why"),
    [
        ("planned", None, "к какому дню"),
        ("planned", date(2026, 11, 20), "уже прошёл"),
        ("planned", date(2126, 11, 25), "слишком далеко"),
        ("taken", date(2026, 11, 22), "из будущего"),
        ("wished", TODAY, "не бывает"),
    ],
)
def test_a_day_that_makes_no_sense_is_refused(sqlite_store: Store, kind: str, due_on: date | None, why: str) -> None:
    """A plan needs a day that is still ahead, and what was taken was taken by now."""
    risk_id = new_risk(sqlite_store)

    with pytest.raises(BadMove, match=why):
        record_measure(a_work(sqlite_store, ANNA), risk_id, 1, kind=kind, what="а", body="б", due_on=due_on)

    assert measures(sqlite_store, risk_id) == ()


def test_a_promised_day_is_moved_visibly(store: Store) -> None:
    """The old day and the reason stay in the history; a measure that has ended is moved no more."""
    risk_id = new_risk(store)
    anna = a_work(store, ANNA)
    version = record_measure(anna, risk_id, 1, kind="planned", what="Насос", body="В", due_on=date(2026, 11, 25))
    (found,) = measures(store, risk_id)

    version = move_measure(anna, risk_id, version, found.id, date(2026, 12, 1), "нет запчасти")

    assert measures(store, risk_id)[0].due_on == date(2026, 12, 1)
    event = last(store, risk_id)
    assert (event.after["was_due_on"], event.after["due_on"], event.note) == (
        "25.11.2026",
        "01.12.2026",
        "нет запчасти",
    )
    with pytest.raises(BadMove, match="и так"):
        move_measure(anna, risk_id, version, found.id, date(2026, 12, 1), "нет запчасти")
    version = end_measure(anna, risk_id, version, found.id, done=False, result="не нужно")
    assert measures(store, risk_id)[0].state == "cancelled"
    with pytest.raises(BadMove, match="уже завершена"):
        move_measure(anna, risk_id, version, found.id, date(2026, 12, 2), "нет запчасти")


def test_promises_of_an_answer_become_control_items(store: Store) -> None:
    """Each promised day of an approved answer is a planned measure of that answer; told twice it is one."""
    risk_id = new_risk(store)
    anna = a_work(store, ANNA)
    version = assign(anna, risk_id, 1, block="works")
    text = "Насос заменят до 25 ноября. Перерасчёт сделают в течение трёх рабочих дней. 20 ноября подвезли воду."

    with store.write() as tx:
        assert add_promises(tx, anna, risk_id, 7, text) == 2
        assert add_promises(tx, anna, risk_id, 8, text) == 0

    assert [(m.due_on, m.answer_id, m.kind, m.state) for m in measures(store, risk_id)] == [
        (date(2026, 11, 25), 7, "planned", "open"),
        (date(2026, 11, 25), 7, "planned", "open"),
    ]
    assert measures(store, risk_id)[0].body == "Заместитель Главы"
    assert risk_of(store, risk_id).version == version
    with store.read() as tx:
        assert verify_chain(tx, risk_id) is None


def test_a_chat_hears_of_promises_once_a_day(store: Store) -> None:
    """One message tells what is due tomorrow; the day after its day, once more that it is overdue; and then nothing."""
    risk_id = new_risk(store)
    anna, machine = a_work(store, ANNA), a_work(store)
    planned(anna, risk_id, "Заменим насос", date(2026, 11, 22))
    planned(anna, risk_id, "Проверим колодцы", date(2026, 11, 30))

    assert remind_measures(machine) == 1
    assert remind_measures(machine.at(NOW + timedelta(minutes=10))) == 0
    assert remind_measures(machine.at(NOW + timedelta(days=1))) == 0
    assert remind_measures(machine.at(NOW + timedelta(days=2))) == 1
    assert remind_measures(machine.at(NOW + timedelta(days=3))) == 0

    first, second = told(store)
    assert "завтра обещано (22.11.2026): Заменим насос — Водоканал. Риск № 2026-000001" in first
    assert "колодцы" not in first
    assert "просрочено обещание (22.11.2026): Заменим насос" in second
    assert [e.kind for e in card_of(store, risk_id).events].count("measure_reminded") == 2


def test_nobody_is_woken_for_a_promise(sqlite_store: Store) -> None:
    """Before the district's working day nothing is told; a kept promise is never told."""
    risk_id = new_risk(sqlite_store)
    anna, machine = a_work(sqlite_store, ANNA), a_work(sqlite_store)
    planned(anna, risk_id, "Заменим насос", TODAY)

    assert remind_measures(machine.at(datetime(2026, 11, 21, 5, 59, tzinfo=UTC))) == 0
    (found,) = measures(sqlite_store, risk_id)
    end_measure(anna, risk_id, risk_of(sqlite_store, risk_id).version, found.id, done=True, result="стоит")

    assert remind_measures(machine.at(datetime(2026, 11, 21, 6, 0, tzinfo=UTC))) == 0
    assert told(sqlite_store) == []


def test_what_came_after_the_days_message_is_told_the_next_day(sqlite_store: Store) -> None:
    """A chat has one message a day: a promise made later for tomorrow is told tomorrow, as today's."""
    risk_id = new_risk(sqlite_store)
    anna, machine = a_work(sqlite_store, ANNA), a_work(sqlite_store)
    planned(anna, risk_id, "Первое", TODAY)
    assert remind_measures(machine) == 1
    planned(anna, risk_id, "Второе", TODAY + timedelta(days=1))

    assert remind_measures(machine.at(NOW + timedelta(hours=1))) == 0
    assert remind_measures(machine.at(NOW + timedelta(days=1))) == 1

    assert "сегодня обещано (22.11.2026): Второе" in told(sqlite_store)[1]
    assert "просрочено обещание (21.11.2026): Первое" in told(sqlite_store)[1]


def test_a_chat_hears_only_of_its_levels(sqlite_store: Store) -> None:
    """A promise of a low risk is not told to a chat of high ones; what was handed over is asked about on its day."""
    profile = a_profile(chats=(a_chat("duty", from_level=3),))
    low, high = new_risk(sqlite_store, level=2), new_risk(sqlite_store, level=3, title="Нет света")
    anna = a_work(sqlite_store, ANNA, profile=profile)
    planned(anna, low, "Тихое", TODAY)
    assign(anna, high, 1, outside="Сетевая организация", due_at=NOW + timedelta(hours=3))

    assert remind_measures(a_work(sqlite_store, profile=profile)) == 1

    (text,) = told(sqlite_store)
    assert "спросить снова (21.11.2026): Нет света — Сетевая организация. Риск № 2026-000002" in text
    assert "Тихое" not in text
