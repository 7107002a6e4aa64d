"""States of a campaign: one table of steps, its picture, what lacks for a step, which steps need a reason."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preventive.campaign import (
    BACK,
    LIVE,
    MOVES,
    CampaignMoveNotAllowed,
    CampaignState,
    Readiness,
    missing_for,
    needs_reason,
    refuse_unknown,
)

DOC = Path(__file__).resolve().parents[2] / "docs" / "campaigns.md"
S = CampaignState
READY = Readiness(
    title="Тонкий лёд", goal="Никто не выходит на лёд", has_owner=True, starts_on=date(2026, 11, 1),
    ends_on=date(2026, 12, 31), today=date(2026, 11, 10), audiences=2, tasks=3, open_tasks=0, approved=1, published=1,
)  # fmt: skip


def test_the_picture_and_the_table_are_the_same() -> None:
    """Every arrow of docs/campaigns.md is a step of MOVES, and every step is an arrow."""
    arrows = set(re.findall(r"^\s+(\w+) --> (\w+)$", DOC.read_text(encoding="utf-8"), flags=re.M))

    assert arrows == {(before.value, after.value) for before, steps in MOVES.items() for after in steps}


def test_the_page_names_every_state_in_russian() -> None:
    """The table under the picture holds each state with the label that staff see."""
    text = DOC.read_text(encoding="utf-8")

    for state in S:
        assert f"| `{state.value}` | {state.label} |" in text


def test_every_state_is_in_the_table_and_every_path_can_end() -> None:
    """No state is forgotten, and from each there is a way to a closed one."""
    assert set(MOVES) == set(S)
    closing = {S.EVALUATED, S.CANCELLED}
    for start in S:
        reached, front = {start}, [start]
        while front:
            front += [after for after in MOVES[front.pop()] if after not in reached and not reached.add(after)]  # type: ignore[func-returns-value]
        assert reached & closing, start


@pytest.mark.parametrize(("before", "to"), [(b, t) for b in S for t in S if t not in MOVES[b]], ids=str)
def test_a_step_outside_the_table_is_refused_with_the_ways_that_are(before: S, to: S) -> None:
    """The refusal names where the campaign is and where it may go."""
    with pytest.raises(CampaignMoveNotAllowed) as refused:
        refuse_unknown(before, to)

    said = str(refused.value)
    assert before.label in said
    assert all(way.label in said for way in MOVES[before])


def test_cancelling_and_going_back_need_a_reason_and_nothing_else() -> None:
    """A reason is asked for every step back and every cancelling; nothing lacks for them."""
    nothing = replace(READY, goal="", has_owner=False, audiences=0, tasks=0, approved=0, published=0, open_tasks=9)
    for before, steps in MOVES.items():
        for to in steps:
            backward = (before, to) in BACK or to is S.CANCELLED
            assert needs_reason(before, to) == backward
            if backward:
                assert missing_for(before, to, nothing) == ()


LACKS = [
    (S.IDEA, S.PLANNED, {"has_owner": False}, "ответственный"),
    (S.IDEA, S.PLANNED, {"goal": "  "}, "цель"),
    (S.IDEA, S.PLANNED, {"audiences": 0}, "к кому"),
    (S.IDEA, S.PLANNED, {"tasks": 0}, "ни одной задачи"),
    (S.IDEA, S.PLANNED, {"ends_on": date(2026, 10, 1)}, "раньше первого 01.11.2026"),
    (S.PLANNED, S.PREPARING, {"today": date(2027, 1, 1)}, "31.12.2026 уже прошёл"),
    (S.PLANNED, S.PREPARING, {"has_owner": False}, "ответственный"),
    (S.PREPARING, S.RUNNING, {"approved": 0}, "не утверждён"),
    (S.PREPARING, S.RUNNING, {"today": date(2027, 1, 1)}, "перенесите дни"),
    (S.RUNNING, S.FINISHED, {"approved": 0, "published": 0}, "отменяют с причиной"),
    (S.RUNNING, S.FINISHED, {"open_tasks": 2}, "открыты задачи (2)"),
]


@pytest.mark.parametrize(("before", "to", "changes", "words"), LACKS, ids=[f"{b}-{t}-{w}" for b, t, _, w in LACKS])
def test_what_lacks_is_named_with_its_mend(before: S, to: S, changes: dict[str, object], words: str) -> None:
    """A ready campaign may go on; each thing taken away is named alone."""
    assert missing_for(before, to, READY) == ()

    (told,) = missing_for(before, to, replace(READY, **changes))  # type: ignore[arg-type]

    assert words in told


@given(st.sampled_from([S.PLANNED, S.PREPARING, S.RUNNING]), st.integers(0, 3), st.integers(0, 3), st.booleans())
def test_more_is_never_less_ready(to: S, tasks: int, approved: int, owner: bool) -> None:
    """Adding a task, an approved text or an owner never makes a further thing lack."""
    seen = replace(READY, tasks=tasks, approved=approved, has_owner=owner)
    before = {S.PLANNED: S.IDEA, S.PREPARING: S.PLANNED, S.RUNNING: S.PREPARING}[to]

    more = replace(seen, tasks=tasks + 1, approved=approved + 1, has_owner=True)

    assert set(missing_for(before, to, more)) <= set(missing_for(before, to, seen))


def test_only_what_is_ahead_is_live() -> None:
    """Finished, evaluated and cancelled campaigns are not live; all others are."""
    assert set(S) - LIVE == {S.FINISHED, S.EVALUATED, S.CANCELLED}
