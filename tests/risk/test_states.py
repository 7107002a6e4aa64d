"""States of a risk: one table of moves, its picture, and what is not allowed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.states import (
    CLOSED,
    MERGED_REASON,
    MOVES,
    Event,
    Kind,
    MoveNotAllowed,
    State,
    Veracity,
    advance,
    allowed_events,
)

DOC = Path(__file__).resolve().parents[2] / "docs" / "tracker.md"


def _arrows() -> set[tuple[str, str, str]]:
    return set(re.findall(r"^\s+(\w+) --> (\w+): (\w+)$", DOC.read_text(encoding="utf-8"), flags=re.M))


def test_the_picture_and_the_table_are_the_same() -> None:
    """Every arrow of docs/tracker.md is a row of MOVES, and every row is an arrow."""
    table = {(before.value, after.value, event.value) for (before, event), after in MOVES.items()}

    assert _arrows() == table


def test_the_page_names_every_state_and_event_in_russian() -> None:
    """The tables under the picture hold each state and event with the label that staff see."""
    text = DOC.read_text(encoding="utf-8")

    for member in (*State, *Event):
        assert f"| `{member.value}` | {member.label} |" in text


@pytest.mark.parametrize("member", [*State, *Event, *Veracity, *Kind], ids=str)
def test_every_member_has_a_russian_label(member: State | Event | Veracity | Kind) -> None:
    """Nothing is shown to staff under its Latin name."""
    assert re.fullmatch(r"[а-яё ]+", member.label)


@pytest.mark.parametrize("start", list(State))
def test_every_path_can_end(start: State) -> None:
    """From every state there is a way to a closed one."""
    reached, front = {start}, [start]
    while front:
        state = front.pop()
        for event in allowed_events(state):
            after = advance(state, event)
            if after not in reached:
                reached.add(after)
                front.append(after)

    assert reached & CLOSED


def _after(state: State, event: Event, veracity: Veracity) -> tuple[State, Veracity]:
    """The state and the veracity after an event, as casework writes them."""
    found = {Event.VERIFIED: Veracity.CONFIRMED, Event.REFUTED: Veracity.REFUTED}.get(event, veracity)
    return advance(state, event, veracity), found


@pytest.mark.parametrize("veracity", list(Veracity))
@pytest.mark.parametrize("start", list(State))
def test_every_path_can_end_whatever_is_known(start: State, veracity: Veracity) -> None:
    """From every state with every veracity there is a way to «worked off» and, by merging at least, to «dismissed»."""
    reached, front = {(start, veracity)}, [(start, veracity)]
    while front:
        state, known = front.pop()
        for event in allowed_events(state, known):
            after = _after(state, event, known)
            if after not in reached:
                reached.add(after)
                front.append(after)

    assert {state for state, _ in reached} >= CLOSED


def test_no_path_closes_past_verification_answer_and_watch() -> None:
    """Over all paths there are: who is worked off was verified or refuted, and since opened last was answered and watched."""
    start = (State.FOUND, Veracity.UNCONFIRMED, False, False, False)
    reached, front = {start}, [start]
    while front:
        state, known, verified, answered, watched = front.pop()
        if state is State.WORKED_OFF:
            assert (verified, answered, watched) == (True, True, True)
            assert known is not Veracity.UNCONFIRMED
        for event in allowed_events(state, known):
            after, then = _after(state, event, known)
            fresh = event in (Event.REOPENED, Event.PREPARING)
            told = (
                after, then, verified or event in (Event.VERIFIED, Event.REFUTED),
                (answered and not fresh) or event is Event.ANSWERED, (watched and not fresh) or event is Event.WATCHED,
            )  # fmt: skip
            if told not in reached:
                reached.add(told)
                front.append(told)

    assert any(state is State.WORKED_OFF for state, *_ in reached)


def test_a_reopened_risk_that_nobody_checked_is_checked_first() -> None:
    """Straight to a new answer only with a fact that is known; the refusal says what is possible."""
    assert advance(State.REOPENED, Event.PREPARING, Veracity.CONFIRMED) is State.PREPARING
    assert Event.PREPARING not in allowed_events(State.REOPENED, Veracity.UNCONFIRMED)
    with pytest.raises(MoveNotAllowed, match="без проверенного факта невозможен") as refused:
        advance(State.REOPENED, Event.PREPARING, Veracity.UNCONFIRMED)
    assert "«готовится ответ»," not in str(refused.value).partition("Можно:")[2]


def test_every_state_can_be_reached() -> None:
    """No state is an orphan: each but the first is entered by some move."""
    assert {after for after in MOVES.values()} | {State.FOUND} == set(State)


@given(st.lists(st.sampled_from(list(Event)), max_size=40))
def test_any_row_of_events_leaves_a_state_from_which_work_can_close(events: list[Event]) -> None:
    """Whatever staff press, refused moves change nothing and there is always a next move."""
    state = State.FOUND
    for event in events:
        if event in allowed_events(state):
            state = advance(state, event)
        else:
            with pytest.raises(MoveNotAllowed):
                advance(state, event)

        assert allowed_events(state)


@pytest.mark.parametrize("state", list(State))
def test_closed_risks_are_only_reopened_and_open_ones_may_be_merged(state: State) -> None:
    """A closed risk has one way out; an open one may always be merged, which dismisses it."""
    if state in CLOSED:
        assert allowed_events(state) == (Event.REOPENED,)
        assert not state.is_open
    else:
        assert advance(state, Event.MERGED) is State.DISMISSED
        assert state.is_open
    assert MERGED_REASON == "объединён"


def test_a_refused_move_says_what_is_possible() -> None:
    """The message names the state, the step and the steps that are allowed, in Russian."""
    with pytest.raises(MoveNotAllowed) as refused:
        advance(State.FOUND, Event.WORKED_OFF)

    text = str(refused.value)
    assert "«найден»" in text
    assert "«риск отработан»" in text
    assert "«начата верификация»" in text


@pytest.mark.parametrize(
    ("events", "last"),
    [
        (("verify_started", "verified", "answered", "watched", "worked_off"), "worked_off"),
        (("verify_started", "refuted", "answered", "watched", "worked_off"), "worked_off"),
        (("verified", "answered", "watched", "preparing", "answered", "watched", "worked_off", "reopened"), "reopened"),
        (("dismissed", "reopened", "verify_started", "dismissed"), "dismissed"),
        (("merged", "reopened", "preparing", "answered"), "answered"),
    ],
)
def test_the_usual_lives_of_a_risk(events: tuple[str, ...], last: str) -> None:
    """The order of Demyansk, a second answer, a re-opening and an undone merge all pass."""
    state = State.FOUND
    for event in events:
        state = advance(state, Event(event))

    assert state is State(last)
