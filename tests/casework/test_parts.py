"""A risk and its parts are in somebody's hands, one of them the owner's; a promised day is kept in sight until it is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.errors import BadMove, CaseworkError, NotAllowed, ReasonNeeded, StaleRisk, UnknownSubject
from casework.parts import (
    assign,
    end_assignment,
    end_measure,
    record_measure,
)
from casework.triage import merge
from casework.work import Work
from storage.engine import Store
from storage.find.working import (
    Scope,
    hands,
    open_assignments,
    open_measures,
    reachable,
)
from storage.keep.events import verify_chain
from storage.tables import contact
from tests.casework.parts_build import LATER, TODAY, last, measures, owners, parts, planned
from tests.casework.risk_build import ANNA, BORIS, HEAD, LEAD, READER, hire, new_risk, risk_of
from tests.casework.staff_build import NOW, a_staff, a_work


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


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
