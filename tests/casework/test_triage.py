"""Moves with a risk: along the table of states, by those who may, on what they saw, with a trace in the history."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from casework.errors import BadMove, NotAllowed, ReasonNeeded, StaleRisk, UnknownRisk
from casework.moves import EVENT_LABELS
from casework.triage import (
    DISMISS_REASONS,
    dismiss,
    reopen,
    set_level,
    set_route,
    start_verification,
    take,
    verify,
)
from casework.work import Staff
from risk.states import Event, MoveNotAllowed
from storage.engine import Store
from storage.find.outbox import waiting_lines
from storage.keep.events import verify_chain
from tests.casework.risk_build import ANNA, BORIS, LEAD, READER, card_of, hire, new_risk, risk_of
from tests.casework.staff_build import NOW, a_staff, a_work


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def told(store: Store) -> list[tuple[int | None, int, str]]:
    with store.read() as tx:
        return [(line.risk_id, line.level, line.kind) for line in waiting_lines(tx, "duty")]


def last(store: Store, risk_id: int) -> tuple[str, str, dict[str, Any], dict[str, Any], str]:
    event = card_of(store, risk_id).events[-1]
    return event.by, event.kind, event.before, event.after, event.note


def chain_is_whole(store: Store, risk_id: int) -> bool:
    with store.read() as tx:
        return verify_chain(tx, risk_id) is None


def test_the_usual_way_leaves_its_trace(store: Store) -> None:
    """Found, taken, on verification, confirmed: each step has who, when, before, after and words, in an unbroken chain."""
    risk_id = new_risk(store)
    anna = a_work(store, ANNA)

    take(anna, [risk_id])
    version = start_verification(anna, risk_id, 1)
    version = verify(
        anna.at(NOW + timedelta(minutes=9)), risk_id, version, "partly", " Дежурный ЕДДС ", " нет воды в двух домах "
    )

    row = risk_of(store, risk_id)
    assert (row.state, row.veracity, row.version, row.owner_staff, row.taken_by) == (
        "preparing",
        "partly",
        version,
        1,
        None,
    )
    assert version == 3
    by, kind, before, after, note = last(store, risk_id)
    assert (by, kind, note) == ("anna", "verified", "нет воды в двух домах")
    assert (before["state"], after["state"], after["veracity"]) == ("verifying", "preparing", "partly")
    assert after["source_of_fact"] == "Дежурный ЕДДС"
    assert [event.kind for event in card_of(store, risk_id).events] == ["verify_started", "verified"]
    assert chain_is_whole(store, risk_id)


@pytest.mark.parametrize(
    ("veracity", "kind"), [("confirmed", "verified"), ("partly", "verified"), ("refuted", "refuted")]
)
def test_veracity_is_an_axis_of_its_own(sqlite_store: Store, veracity: str, kind: str) -> None:
    """Whatever the check finds, an answer is prepared next; level and kind stay as they were."""
    risk_id = new_risk(sqlite_store)
    verify(a_work(sqlite_store, ANNA), risk_id, 1, veracity, "ЕДДС")

    row = risk_of(sqlite_store, risk_id)
    assert (row.state, row.veracity, row.level) == ("preparing", veracity, 2)
    assert last(sqlite_store, risk_id)[1] == kind


def test_verification_needs_an_end_and_a_source(sqlite_store: Store) -> None:
    """«Not checked» is no result, and a fact needs somebody who says so; nothing is written."""
    risk_id = new_risk(sqlite_store)
    anna = a_work(sqlite_store, ANNA)

    with pytest.raises(BadMove, match="чем-то кончиться"):
        verify(anna, risk_id, 1, "unconfirmed", "ЕДДС")
    with pytest.raises(ReasonNeeded, match="источник сведений"):
        verify(anna, risk_id, 1, "confirmed", "  ")
    with pytest.raises(ValueError, match="maybe"):
        verify(anna, risk_id, 1, "maybe", "ЕДДС")
    with pytest.raises(BadMove, match="не больше 4000"):
        verify(anna, risk_id, 1, "confirmed", "я" * 5000)
    assert risk_of(sqlite_store, risk_id).version == 1


def test_stale_form_loses_nothing_and_says_who_was_first(store: Store) -> None:
    """Two officers on one version: the second is told who did what and when, and nothing of the first is overwritten."""
    risk_id = new_risk(store)
    set_level(a_work(store, ANNA, NOW + timedelta(minutes=1)), risk_id, 1, 3, "видела сама")

    with pytest.raises(StaleRisk, match="anna, уровень изменён сотрудником") as caught:
        dismiss(a_work(store, BORIS, NOW + timedelta(minutes=2)), risk_id, 1, "settled")

    stale = caught.value
    assert (stale.by, stale.at, stale.version, stale.now_version) == ("anna", NOW + timedelta(minutes=1), 1, 2)
    row = risk_of(store, risk_id)
    assert (row.state, row.level) == ("found", 3)
    assert [event.kind for event in card_of(store, risk_id).events] == ["level_set"]


def test_of_many_at_once_one_wins(store: Store) -> None:
    """Eight threads verify the same version: one move is written, seven are told."""
    risk_id = new_risk(store)
    outcomes: list[str] = []

    def attempt(n: int) -> None:
        try:
            verify(a_work(store, a_staff(n + 10, "officer")), risk_id, 1, "confirmed", "ЕДДС")
            outcomes.append("done")
        except StaleRisk:
            outcomes.append("stale")

    threads = [threading.Thread(target=attempt, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["done"] + ["stale"] * 7
    assert len(card_of(store, risk_id).events) == 1
    assert chain_is_whole(store, risk_id)


MOVES: list[tuple[str, Callable[[Any, int], object]]] = [
    ("take", lambda work, i: take(work, [i])),
    ("start", lambda work, i: start_verification(work, i, 1)),
    ("verify", lambda work, i: verify(work, i, 1, "confirmed", "ЕДДС")),
    ("dismiss", lambda work, i: dismiss(work, i, 1, "settled")),
    ("level", lambda work, i: set_level(work, i, 1, 3, "так")),
    ("route", lambda work, i: set_route(work, i, 1, "housing", "Белое", "works", "так")),
]


@pytest.mark.parametrize(("name", "move"), MOVES)
def test_roles_are_checked_before_anything_is_written(
    sqlite_store: Store, name: str, move: Callable[[Any, int], object]
) -> None:
    """A reader may nothing, a block lead only in the own block; a refused move leaves no trace."""
    own, foreign, nobodys = (new_risk(sqlite_store, block=block) for block in ("works", "social", None))

    for who, risk_id in ((READER, own), (LEAD, foreign), (LEAD, nobodys)):
        with pytest.raises(NotAllowed):
            move(a_work(sqlite_store, who), risk_id)
        assert risk_of(sqlite_store, risk_id).version == 1
        assert card_of(sqlite_store, risk_id).events == ()
    move(a_work(sqlite_store, LEAD), own)


@pytest.mark.parametrize("reason", [*DISMISS_REASONS, *DISMISS_REASONS.values()])
def test_dismissal_has_a_reason_of_the_list(sqlite_store: Store, reason: str) -> None:
    """Each reason of the list is taken by its code or its words, and stands in the history in words."""
    risk_id = new_risk(sqlite_store)
    dismiss(a_work(sqlite_store, ANNA), risk_id, 1, reason, "потому что")

    assert risk_of(sqlite_store, risk_id).state == "dismissed"
    _, kind, _, after, note = last(sqlite_store, risk_id)
    assert (kind, note) == ("dismissed", "потому что")
    assert after["reason"] == DISMISS_REASONS.get(reason, reason)


def test_dismissal_without_a_reason_is_refused(sqlite_store: Store) -> None:
    """No reason, a reason that is not on the list, and «other» without words are not enough."""
    risk_id = new_risk(sqlite_store)
    for reason, note in (("", ""), ("потому", "что"), ("other", " ")):
        with pytest.raises(ReasonNeeded):
            dismiss(a_work(sqlite_store, ANNA), risk_id, 1, reason, note)
    assert risk_of(sqlite_store, risk_id).state == "found"


def test_reopening_starts_the_clock_and_tells_the_chats_each_time(store: Store) -> None:
    """A dismissed risk comes back to the queue, to be checked within the hour; the chat is told of every reopening."""
    risk_id = new_risk(store, level=3, level_machine=3, due_at=NOW)
    anna = a_work(store, ANNA)

    for day in (1, 2):
        at = anna.at(NOW + timedelta(days=day))
        dismiss(at, risk_id, risk_of(store, risk_id).version, "outdated")
        reopen(at, risk_id, risk_of(store, risk_id).version, "снова жалуются")

    row = risk_of(store, risk_id)
    assert (row.state, row.is_open, row.due_at) == ("reopened", True, NOW + timedelta(days=2, hours=1))
    assert told(store) == [(risk_id, 3, "reopened")] * 2
    with pytest.raises(ReasonNeeded):
        reopen(anna, risk_id, row.version, "")


def test_moves_follow_the_table_only(sqlite_store: Store) -> None:
    """What the table does not allow is refused with what it does allow, and nothing changes."""
    risk_id = new_risk(sqlite_store)
    anna = a_work(sqlite_store, ANNA)

    with pytest.raises(MoveNotAllowed, match="начата верификация"):
        reopen(anna, risk_id, 1, "так")
    verify(anna, risk_id, 1, "confirmed", "ЕДДС")
    with pytest.raises(MoveNotAllowed):
        verify(anna, risk_id, 2, "refuted", "ЕДДС")
    assert risk_of(sqlite_store, risk_id).version == 2


def test_a_persons_level_stands_beside_the_machines(store: Store) -> None:
    """A raised level is due sooner and told to the chats; the machine's level stays to be seen."""
    risk_id = new_risk(store, veracity="confirmed", due_at=NOW + timedelta(hours=9))

    set_level(a_work(store, ANNA, NOW + timedelta(hours=1)), risk_id, 1, 4, "пострадали дети")

    card = card_of(store, risk_id)
    assert (card.row.level, card.row.level_by_person, card.level_machine) == (4, True, 2)
    assert card.row.due_at == NOW + timedelta(hours=2)
    assert told(store) == [(risk_id, 4, "risen")]
    _, kind, before, after, note = last(store, risk_id)
    assert (kind, before["level"], after["level"], after["level_machine"], note) == (
        "level_set",
        2,
        4,
        2,
        "пострадали дети",
    )


def test_a_lowered_level_is_due_later_and_told_to_nobody(sqlite_store: Store) -> None:
    """Lowering gives the time of the lower level, counted from the opening."""
    known = {"veracity": "confirmed", "due_at": NOW + timedelta(hours=4)}
    risk_id = new_risk(sqlite_store, level=3, level_machine=3, **known)

    set_level(a_work(sqlite_store, ANNA, NOW + timedelta(hours=1)), risk_id, 1, 1, "одна запись")

    assert risk_of(sqlite_store, risk_id).due_at == NOW + timedelta(hours=24)
    assert told(sqlite_store) == []


@pytest.mark.parametrize(
    ("level", "reason", "error"), [(0, "так", BadMove), (5, "так", BadMove), (3, " ", ReasonNeeded)]
)
def test_a_level_needs_sense_and_reason(sqlite_store: Store, level: int, reason: str, error: type[Exception]) -> None:
    """Only levels 1 to 4, and never without a reason."""
    risk_id = new_risk(sqlite_store)
    with pytest.raises(error):
        set_level(a_work(sqlite_store, ANNA), risk_id, 1, level, reason)


def test_a_route_chosen_by_a_person(store: Store) -> None:
    """Topic, place and block by a person set territory and responsible post with them and are the machine's no more."""
    risk_id = new_risk(store)

    set_route(a_work(store, ANNA), risk_id, 1, "education", "Сосново", "social", "это про школу")

    row = risk_of(store, risk_id)
    assert (row.topic, row.settlement, row.territory, row.block, row.official) == (
        "education",
        "Сосново",
        "beloe",
        "social",
        "deputy-works",
    )
    assert last(store, risk_id)[2]["block"] == "works"
    set_route(a_work(store, ANNA), risk_id, 2, None, None, None)
    assert risk_of(store, risk_id).official is None


@pytest.mark.parametrize(
    ("topic", "settlement", "block", "said"),
    [
        ("magic", None, None, "Темы «magic»"),
        (None, "Москва", None, "пункта «Москва»"),
        (None, None, "moon", "Блока «moon»"),
    ],
)
def test_a_route_names_what_exists(sqlite_store: Store, topic: str | None, settlement: str | None, block: str | None, said: str) -> None:  # fmt: skip
    """Unknown topics, places and blocks are refused by name."""
    risk_id = new_risk(sqlite_store)
    with pytest.raises(BadMove, match=said):
        set_route(a_work(sqlite_store, ANNA), risk_id, 1, topic, settlement, block)


def test_unknown_and_merged_risks(sqlite_store: Store) -> None:
    """A move on a risk that is not there, or that lives on in another, says where to go."""
    into = new_risk(sqlite_store)
    merged = new_risk(sqlite_store, state="dismissed", merged_into=into)

    with pytest.raises(UnknownRisk):
        dismiss(a_work(sqlite_store, ANNA), 99, 1, "settled")
    with pytest.raises(BadMove, match="2026-000002 объединён с 2026-000001"):
        reopen(a_work(sqlite_store, ANNA), merged, 1, "так")


def test_every_event_has_words(sqlite_store: Store) -> None:
    """Each kind of event the room writes is shown in Russian."""
    assert set(EVENT_LABELS) >= {event.value for event in Event} | {
        "found",
        "risen",
        "eased",
        "level_set",
        "split_from",
    }
    assert all(words[0].isalpha() for words in EVENT_LABELS.values())


def test_somebody_without_an_account_is_nobody(sqlite_store: Store) -> None:
    """A person without roles may not even look at what could be taken."""
    risk_id = new_risk(sqlite_store)
    with pytest.raises(NotAllowed):
        take(a_work(sqlite_store, Staff(7, "x", "x")), [risk_id])
