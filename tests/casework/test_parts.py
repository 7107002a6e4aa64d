"""A risk and its parts are in somebody's hands, one of them the owner's; a promised day is kept in sight until it is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.errors import BadMove, CaseworkError, NotAllowed, ReasonNeeded, StaleRisk, UnknownSubject
from casework.parts import (
    add_promises,
    assign,
    end_assignment,
    end_measure,
    move_measure,
    record_measure,
    remind_measures,
)
from casework.triage import dismiss, merge
from casework.work import Work
from storage.engine import Store
from storage.find.outbox import waiting_lines
from storage.find.working import (
    AssignmentRow,
    MeasureRow,
    Scope,
    assignments_of,
    hands,
    measures_of,
    open_assignments,
    open_measures,
    reachable,
)
from storage.keep.events import verify_chain
from storage.tables import contact
from tests.casework.risk_build import ANNA, BORIS, HEAD, LEAD, READER, card_of, hire, new_risk, risk_of
from tests.casework.staff_build import NOW, a_chat, a_profile, a_staff, a_work

LATER = NOW + timedelta(days=2)
TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def parts(store: Store, risk_id: int) -> tuple[AssignmentRow, ...]:
    with store.read() as tx:
        return assignments_of(tx, risk_id)


def measures(store: Store, risk_id: int) -> tuple[MeasureRow, ...]:
    with store.read() as tx:
        return measures_of(tx, risk_id)


def owners(store: Store, risk_id: int) -> list[str | None]:
    return [a.block or a.official or str(a.staff_id) for a in parts(store, risk_id) if a.state == "open" and a.is_owner]


def told(store: Store) -> list[str]:
    with store.read() as tx:
        return [str(line.body["text"]) for line in waiting_lines(tx, "duty") if line.kind == "promised"]


def last(store: Store, risk_id: int) -> Any:
    return card_of(store, risk_id).events[-1]


def test_a_block_brings_its_post(store: Store) -> None:
    """A risk entrusted to a block goes to the post that leads it; the first part is the owner's."""
    risk_id = new_risk(store)

    assign(a_work(store, ANNA), risk_id, 1, block="works", due_at=LATER)

    (part,) = parts(store, risk_id)
    assert (part.block, part.official, part.staff_id, part.is_owner) == ("works", "deputy-works", None, True)
    assert (part.due_at, part.made_by, part.state, part.part) == (LATER, ANNA.id, "open", "")
    event = last(store, risk_id)
    assert (event.kind, event.after["block"], event.after["official"]) == ("assigned", "works", "deputy-works")
    assert risk_of(store, risk_id).owner_staff == ANNA.id
    with store.read() as tx:
        assert verify_chain(tx, risk_id) is None


def test_a_problem_is_split_with_one_owner(store: Store) -> None:
    """Parts go to several hands; who is made the owner takes it from the one before, and leads the risk."""
    risk_id = new_risk(store)
    head = a_work(store, HEAD)
    version = assign(head, risk_id, 1, part="котельная", block="works")
    version = assign(head, risk_id, version, part="школа", block="social")
    assert owners(store, risk_id) == ["works"]

    assign(head, risk_id, version, part="ответ людям", staff_id=BORIS.id, is_owner=True)

    assert owners(store, risk_id) == [str(BORIS.id)]
    assert len([a for a in parts(store, risk_id) if a.state == "open"]) == 3
    assert risk_of(store, risk_id).owner_staff == BORIS.id
    assert last(store, risk_id).after["person"] == BORIS.name_shown


def test_the_owners_part_ends_and_another_owns(store: Store) -> None:
    """When the owner's part is done, the earliest other part inside the district becomes the owner's."""
    risk_id = new_risk(store)
    head = a_work(store, HEAD)
    version = assign(head, risk_id, 1, part="сети", outside="Сетевая организация", due_at=LATER)
    version = assign(head, risk_id, version, part="котельная", block="works")
    version = assign(head, risk_id, version, part="школа", block="social")
    owner = next(a for a in parts(store, risk_id) if a.is_owner)

    version = end_assignment(head, risk_id, version, owner.id, "done", "котёл запущен")

    assert owners(store, risk_id) == ["social"]
    ended = next(a for a in parts(store, risk_id) if a.id == owner.id)
    assert (ended.state, ended.result, ended.ended_by, ended.ended_at) == ("done", "котёл запущен", HEAD.id, NOW)
    with pytest.raises(BadMove, match="уже завершено"):
        end_assignment(head, risk_id, version, owner.id, "done", "ещё раз")


def test_what_is_not_ours_is_handed_over_and_followed(store: Store) -> None:
    """A body outside takes the part over: the risk stays open and led from here, with a day to ask again."""
    risk_id = new_risk(store, block=None, topic="energy")

    assign(a_work(store, ANNA), risk_id, 1, outside="Сетевая организация области", due_at=LATER)

    (part,) = parts(store, risk_id)
    assert (part.outside, part.due_at, part.is_owner) == ("Сетевая организация области", LATER, False)
    row = risk_of(store, risk_id)
    assert (row.is_open, row.state, row.owner_staff) == (True, "found", ANNA.id)
    assert last(store, risk_id).kind == "handed_over"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({}, "Выберите, кому"),
        ({"block": "works", "outside": "Область", "due_at": LATER}, "не обоим"),
        ({"outside": "Область"}, "когда спросить снова"),
        ({"outside": "Область", "due_at": LATER, "is_owner": True}, "Ответственным остаётся округ"),
        ({"block": "works", "due_at": NOW - timedelta(hours=1)}, "Срок уже прошёл"),
        ({"block": "space"}, "Блока «space» нет"),
        ({"official": "king"}, "Должности «king» нет"),
        ({"staff_id": 99}, "действующего сотрудника нет"),
        ({"staff_id": 4}, "не работает с рисками"),
        ({"block": "works", "part": "а" * 4001}, "Слишком длинно"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_mend(sqlite_store: Store, wrong: dict[str, Any], why: str) -> None:
    """A wrong hand, day or mixture is named, and nothing is written."""
    risk_id = new_risk(sqlite_store)

    with pytest.raises(BadMove, match=why):
        assign(a_work(sqlite_store, HEAD), risk_id, 1, **wrong)

    assert parts(sqlite_store, risk_id) == ()
    assert risk_of(sqlite_store, risk_id).version == 1


def test_the_same_is_not_entrusted_twice(sqlite_store: Store) -> None:
    """The same part to the same hands is refused; a closed risk is entrusted to nobody; a stale card is told."""
    risk_id, closed = new_risk(sqlite_store), new_risk(sqlite_store, state="dismissed", closed_at=NOW)
    head = a_work(sqlite_store, HEAD)
    version = assign(head, risk_id, 1, block="works")

    with pytest.raises(BadMove, match="уже поручено"):
        assign(head, risk_id, version, block="works")
    with pytest.raises(BadMove, match="закрыт"):
        assign(head, closed, 1, block="works")
    with pytest.raises(StaleRisk):
        assign(head, risk_id, 1, block="social")


def test_who_has_a_part_ends_it(store: Store) -> None:
    """An executor ends or returns what is in their hands, with words; others need the right to assign."""
    risk_id = new_risk(store)
    teacher = a_work(store, a_staff(5, "executor", blocks=("social",), login="lead"))
    version = assign(a_work(store, HEAD), risk_id, 1, part="школа", block="social")
    version = assign(a_work(store, HEAD), risk_id, version, part="трубы", staff_id=BORIS.id)
    school, pipes = parts(store, risk_id)

    with pytest.raises(NotAllowed):
        end_assignment(teacher, risk_id, version, pipes.id, "done", "сделал")
    with pytest.raises(NotAllowed):
        end_assignment(a_work(store, READER), risk_id, version, school.id, "done", "сделал")
    with pytest.raises(NotAllowed):
        end_assignment(teacher, risk_id, version, school.id, "withdrawn", "не хочу")
    with pytest.raises(ReasonNeeded):
        end_assignment(teacher, risk_id, version, school.id, "returned", " ")
    with pytest.raises(BadMove, match="так не завершают"):
        end_assignment(teacher, risk_id, version, school.id, "burnt", "сделал")
    end_assignment(teacher, risk_id, version, school.id, "returned", "это к комитету ЖКХ")

    assert [a.state for a in parts(store, risk_id)] == ["returned", "open"]
    assert owners(store, risk_id) == [str(BORIS.id)]
    assert last(store, risk_id).note == "это к комитету ЖКХ"


def test_a_part_of_another_risk_is_not_touched(sqlite_store: Store) -> None:
    """Numbers of another risk's part or measure are refused by name."""
    risk_id, other = new_risk(sqlite_store), new_risk(sqlite_store)
    head = a_work(sqlite_store, HEAD)
    assign(head, risk_id, 1, block="works")

    with pytest.raises(UnknownSubject, match="Поручения"):
        end_assignment(head, other, 1, parts(sqlite_store, risk_id)[0].id, "done", "сделано")
    with pytest.raises(UnknownSubject, match="Меры"):
        end_measure(head, other, 1, 7, done=True, result="сделано")


def test_a_contact_is_known_or_missing(store: Store) -> None:
    """Only a proved contact that works counts: a member of staff without one is told apart."""
    with store.write() as tx:
        values = {"kind": "telegram", "code": None, "made_at": NOW}
        tx.execute(contact.insert().values(values | {"staff_id": 1, "address": "1", "confirmed_at": NOW}))
        tx.execute(contact.insert().values(values | {"staff_id": 2, "address": "2", "confirmed_at": None}))
        refused = {"staff_id": 3, "address": "3", "confirmed_at": NOW, "error": "бот заблокирован"}
        tx.execute(contact.insert().values(values | refused))

    with store.read() as tx:
        assert reachable(tx, [1, 2, 3]) == {1}
        assert {h.id: h.reachable for h in hands(tx)} == {1: True, 2: False, 3: False, 4: False, 5: False}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["works", "social", "outside", "anna", "end"]), st.booleans()), max_size=9))
def test_one_owner_whatever_is_done(sqlite_store: Store, acts: list[tuple[str, bool]]) -> None:
    """After any acts the open parts inside the district have exactly one owner, and those outside have none."""
    risk_id = new_risk(sqlite_store)
    head = a_work(sqlite_store, HEAD)
    for number, (act, owner) in enumerate(acts):
        _act(head, risk_id, act, owner, f"часть {number}")
        inside = [a for a in parts(sqlite_store, risk_id) if a.state == "open" and not a.outside]

        assert sum(a.is_owner for a in inside) == min(1, len(inside))
        assert not any(a.is_owner for a in parts(sqlite_store, risk_id) if a.outside and a.state == "open")


def _act(head: Work, risk_id: int, act: str, owner: bool, part: str) -> None:
    version = risk_of(head.store, risk_id).version
    still = [a for a in parts(head.store, risk_id) if a.state == "open"]
    if act == "end":
        if still:
            chosen = still[0] if owner else still[-1]
            end_assignment(head, risk_id, version, chosen.id, "done", "сделано")
    elif act == "outside":
        assign(head, risk_id, version, part=part, outside="Область", due_at=LATER)
    else:
        hand = {"staff_id": ANNA.id} if act == "anna" else {"block": act}
        assign(head, risk_id, version, part=part, is_owner=owner, **hand)  # type: ignore[arg-type]


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


def planned(work: Work, risk_id: int, what: str, due_on: date) -> None:
    version = risk_of(work.store, risk_id).version
    record_measure(work, risk_id, version, kind="planned", what=what, body="Водоканал", due_on=due_on)


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


def test_a_block_sees_its_own_and_what_is_entrusted_to_it(store: Store) -> None:
    """Control items are narrowed to the blocks of who asks, to parts in their hands, and to the block chosen."""
    ours, theirs = new_risk(store, block="works"), new_risk(store, block="social")
    head = a_work(store, HEAD)
    planned(head, ours, "Наша мера", date(2026, 11, 25))
    planned(head, theirs, "Чужая мера", date(2026, 11, 24))
    assign(head, theirs, risk_of(store, theirs).version, part="столовая", block="social")

    def seen(scope: Scope) -> tuple[list[str], list[str]]:
        with store.read() as tx:
            return [m.what for m, _ in open_measures(tx, scope)], [a.part for a, _ in open_assignments(tx, scope)]

    assert seen(Scope()) == (["Чужая мера", "Наша мера"], ["столовая"])
    assert seen(Scope(blocks=("works",), staff_id=LEAD.id)) == (["Наша мера"], [])
    assert seen(Scope(block="social")) == (["Чужая мера"], ["столовая"])
    assign(head, theirs, risk_of(store, theirs).version, part="крыша", staff_id=LEAD.id)
    assert seen(Scope(blocks=("works",), staff_id=LEAD.id)) == (["Чужая мера", "Наша мера"], ["крыша"])
    assert seen(Scope(blocks=(), staff_id=None)) == ([], [])


def test_work_goes_over_when_risks_are_merged(store: Store) -> None:
    """Parts and measures of the joined risk go over to the one that stays, and one owner is left."""
    into, other = new_risk(store), new_risk(store)
    head = a_work(store, HEAD)
    assign(head, into, 1, part="а", block="works")
    version = assign(head, other, 1, part="б", block="social")
    record_measure(head, other, version, kind="planned", what="Насос", body="В", due_on=TODAY)

    merge(head, into, 2, [other], "одно и то же")

    assert owners(store, into) == ["works"]
    assert [a.part for a in parts(store, into)] == ["а", "б"]
    assert [m.what for m in measures(store, into)] == ["Насос"]
    assert parts(store, other) == ()


def test_a_reader_entrusts_nothing(sqlite_store: Store) -> None:
    """Who only reads may neither assign nor record measures."""
    risk_id = new_risk(sqlite_store)
    reader = a_work(sqlite_store, READER)

    with pytest.raises(CaseworkError, match="недоступно"):
        assign(reader, risk_id, 1, block="works")
    with pytest.raises(NotAllowed):
        record_measure(reader, risk_id, 1, kind="taken", what="а", body="б", due_on=None)
