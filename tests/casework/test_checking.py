"""What a check heard is kept with who said it and when; a mistake is struck out and stays visible."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.checking import record_fact, withdraw_fact
from casework.errors import BadMove, NotAllowed, ReasonNeeded, StaleRisk, TakenByOther, UnknownSubject
from casework.parts import assign
from casework.triage import dismiss, merge, take, verify
from storage.engine import Store
from storage.find.working import FactRow, facts_of, why_struck
from storage.keep.events import verify_chain
from tests.casework.risk_build import ANNA, BORIS, HEAD, LEAD, READER, card_of, hire, new_risk, risk_of
from tests.casework.staff_build import NOW, a_staff, a_work


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def facts(store: Store, risk_id: int) -> tuple[FactRow, ...]:
    with store.read() as tx:
        return facts_of(tx, risk_id)


def test_a_fact_is_kept_with_its_source_and_time(store: Store) -> None:
    """Who said what, when it was heard and who wrote it down; the first fact begins the verification."""
    risk_id = new_risk(store)
    heard = NOW - timedelta(minutes=20)

    version = record_fact(
        a_work(store, ANNA), risk_id, 1, "heating.since", " Дежурный ЕДДС ", " с шести утра, 4 дома ", heard
    )

    (fact,) = facts(store, risk_id)
    assert (fact.question, fact.whom, fact.answer) == ("heating.since", "Дежурный ЕДДС", "с шести утра, 4 дома")
    assert (fact.heard_at, fact.at, fact.by_staff, fact.withdrawn_at) == (heard, NOW, ANNA.id, None)
    row = risk_of(store, risk_id)
    assert (row.state, row.veracity, row.owner_staff, row.version) == ("verifying", "unconfirmed", ANNA.id, version)
    events = card_of(store, risk_id).events
    assert [e.kind for e in events] == ["verify_started", "fact_recorded"]
    assert events[-1].note == "с шести утра, 4 дома"
    assert str(events[-1].after["question"]).startswith("С какого часа нет тепла")
    with store.read() as tx:
        assert verify_chain(tx, risk_id) is None


def test_a_later_fact_moves_nothing(store: Store) -> None:
    """While the answer is being prepared a new fact is added: state and veracity stay what they are."""
    risk_id = new_risk(store)
    version = verify(a_work(store, ANNA), risk_id, 1, "confirmed", "ЕДДС")

    record_fact(a_work(store, BORIS), risk_id, version, "Когда пустят?", "Теплосеть", "к вечеру")

    row = risk_of(store, risk_id)
    assert (row.state, row.veracity, row.owner_staff) == ("preparing", "confirmed", ANNA.id)
    assert facts(store, risk_id)[0].heard_at == NOW


def test_a_mistake_is_struck_out_and_stays(store: Store) -> None:
    """A struck-out fact keeps its words, its reason is in the history, and it cannot be struck out twice."""
    risk_id = new_risk(store)
    anna = a_work(store, ANNA)
    version = record_fact(anna, risk_id, 1, "other.known", "ЕДДС", "перепутала адрес")
    (fact,) = facts(store, risk_id)

    version = withdraw_fact(anna.at(NOW + timedelta(minutes=5)), risk_id, version, fact.id, "другой дом")

    (struck,) = facts(store, risk_id)
    assert struck.answer == "перепутала адрес"
    assert struck.withdrawn_at == NOW + timedelta(minutes=5)
    with store.read() as tx:
        assert why_struck(tx, risk_id) == {fact.id: "другой дом"}
    with pytest.raises(BadMove, match="уже вычеркнут"):
        withdraw_fact(anna, risk_id, version, fact.id, "ещё раз")


def test_who_was_slower_is_told_and_nothing_is_lost(store: Store) -> None:
    """Two officers write at once: the second is told who was first, and the first one's fact stands."""
    risk_id = new_risk(store)
    record_fact(a_work(store, ANNA), risk_id, 1, "other.known", "ЕДДС", "известно с ночи")

    with pytest.raises(StaleRisk, match="anna, записан факт проверки"):
        record_fact(a_work(store, BORIS), risk_id, 1, "other.known", "Отдел", "не знают")

    assert [f.answer for f in facts(store, risk_id)] == ["известно с ночи"]


@pytest.mark.parametrize(
    ("question", "whom", "answer", "what"),
    [("", "ЕДДС", "да", "вопрос"), ("Что?", " ", "да", "кто сказал"), ("Что?", "ЕДДС", "", "что ответили")],
)
def test_an_empty_field_is_named(sqlite_store: Store, question: str, whom: str, answer: str, what: str) -> None:
    """A fact without a question, a source or an answer is no fact; the state stays."""
    risk_id = new_risk(sqlite_store)

    with pytest.raises(ReasonNeeded, match=what):
        record_fact(a_work(sqlite_store, ANNA), risk_id, 1, question, whom, answer)

    assert risk_of(sqlite_store, risk_id).state == "found"


def test_a_moment_that_has_not_come_is_refused(sqlite_store: Store) -> None:
    """An answer cannot be heard tomorrow; a clock that is two minutes ahead is forgiven."""
    risk_id = new_risk(sqlite_store)
    anna = a_work(sqlite_store, ANNA)

    with pytest.raises(BadMove, match="не наступило"):
        record_fact(anna, risk_id, 1, "Что?", "ЕДДС", "да", NOW + timedelta(hours=1))

    assert record_fact(anna, risk_id, 1, "Что?", "ЕДДС", "да", NOW + timedelta(minutes=2)) == 3


def test_a_closed_risk_takes_no_facts(sqlite_store: Store) -> None:
    """A dismissed risk is opened again first; a fact of another risk is not this risk's to strike out."""
    risk_id, other = new_risk(sqlite_store), new_risk(sqlite_store)
    anna = a_work(sqlite_store, ANNA)
    version = record_fact(anna, risk_id, 1, "Что?", "ЕДДС", "да")
    fact_id = facts(sqlite_store, risk_id)[0].id

    with pytest.raises(UnknownSubject, match=f"Факта № {fact_id} у риска"):
        withdraw_fact(anna, other, 1, fact_id, "ошибка")
    version = dismiss(anna, risk_id, version, "mistake")
    with pytest.raises(BadMove, match="закрыт"):
        record_fact(anna, risk_id, version, "Что?", "ЕДДС", "да")
    with pytest.raises(BadMove, match="закрыт"):
        withdraw_fact(anna, risk_id, version, fact_id, "ошибка")


def test_only_those_who_verify_record_facts(store: Store) -> None:
    """A reader may not; an executor of another block may not until a part of the risk is in their hands."""
    risk_id = new_risk(store)
    teacher = a_staff(5, "executor", blocks=("social",), login="lead")

    for who in (READER, teacher):
        with pytest.raises(NotAllowed):
            record_fact(a_work(store, who), risk_id, 1, "Что?", "Школа", "да")
    version = assign(a_work(store, HEAD), risk_id, 1, part="школа", block="social")

    assert record_fact(a_work(store, teacher), risk_id, version, "Что?", "Школа", "да") > version


def test_a_risk_in_other_hands_is_left_alone(sqlite_store: Store) -> None:
    """Who holds the risk records; another officer waits, and the head may step in."""
    risk_id = new_risk(sqlite_store)
    take(a_work(sqlite_store, BORIS), [risk_id])

    with pytest.raises(TakenByOther):
        record_fact(a_work(sqlite_store, ANNA), risk_id, 1, "Что?", "ЕДДС", "да")

    assert record_fact(a_work(sqlite_store, HEAD), risk_id, 1, "Что?", "ЕДДС", "да") == 3


def test_facts_go_over_when_risks_are_merged(store: Store) -> None:
    """What was heard about one of two joined risks is heard about the one that stays."""
    into, other = new_risk(store), new_risk(store)
    record_fact(a_work(store, LEAD), other, 1, "Что?", "ЕДДС", "да")

    merge(a_work(store, ANNA), into, 1, [other], "одно и то же")

    assert [f.answer for f in facts(store, into)] == ["да"]
    assert facts(store, other) == ()
