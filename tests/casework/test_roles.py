"""Who may do what is one table, and the table is obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.errors import NotAllowed
from casework.roles import BOUND_TO_BLOCK, NO_BLOCK, ROLES, TABLE, Act, Role, may, require, seen_blocks
from casework.work import MACHINE, Staff

JUDGING = (
    Act.TAKE,
    Act.VERIFY,
    Act.DISMISS,
    Act.REOPEN,
    Act.MERGE,
    Act.SPLIT,
    Act.SET_LEVEL,
    Act.SET_ROUTE,
    Act.DECIDE_SUGGESTION,
)


def someone(*roles: str, blocks: tuple[str, ...] = ()) -> Staff:
    return Staff(1, "kto-to", "Кто-то", frozenset(roles), blocks)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_exactly_what_its_row_says(role: Role, act: Act) -> None:
    """A single role gives the acts of its row and no other."""
    staff = someone(role.value, blocks=("works",))

    assert may(staff, act, "works") is (role in TABLE[act])


@pytest.mark.parametrize("role", sorted(BOUND_TO_BLOCK))
@pytest.mark.parametrize("act", [a for a in Act if TABLE[a] & BOUND_TO_BLOCK])
def test_block_roles_stop_at_their_own_block(role: Role, act: Act) -> None:
    """A block lead and an executor touch only risks of their blocks, and none that has no block."""
    staff = someone(role.value, blocks=("works",))

    assert may(staff, act, "social") is False
    assert may(staff, act, NO_BLOCK) is False


def test_a_wider_role_lifts_the_limit_of_a_block() -> None:
    """Somebody who is both block lead and officer is not limited to the block."""
    assert may(someone("block_lead", "officer", blocks=("works",)), Act.VERIFY, "social")


@pytest.mark.parametrize("act", JUDGING)
def test_technician_and_reader_do_not_judge_risks(act: Act) -> None:
    """Neither the technician nor the reader can make any move with a risk."""
    assert not may(someone("technician", "reader"), act)


def test_reader_does_not_see_refused_items() -> None:
    """The reader sees risks and sources, but not the texts in quarantine, the journal or the alerts' failures."""
    reader = someone("reader")

    assert may(reader, Act.SEE_RISKS)
    assert not any(may(reader, act) for act in (Act.SEE_QUARANTINE, Act.SEE_JOURNAL, Act.SEE_ALERTS))


def test_only_head_and_curator_approve_sources() -> None:
    """No other role can let a source be read."""
    assert [role for role in Role if may(someone(role.value), Act.APPROVE_SOURCE)] == [Role.HEAD, Role.CURATOR]


@pytest.mark.parametrize("act", Act)
def test_no_role_and_unknown_roles_give_nothing(act: Act) -> None:
    """An account without roles, or with a role of the future, may do nothing."""
    assert not may(someone(), act)
    assert not may(someone("superuser"), act)
    assert may(MACHINE, act)


def test_refusal_names_the_act_and_the_roles() -> None:
    """The refusal says what was refused, to whom, and what to do."""
    with pytest.raises(NotAllowed, match="снимать риск.*читатель.*технический специалист"):
        require(someone("reader"), Act.DISMISS)
    with pytest.raises(NotAllowed, match="в блоке «social»"):
        require(someone("block_lead", blocks=("works",)), Act.DISMISS, "social")
    with pytest.raises(NotAllowed, match="в блоке «без блока»"):
        require(someone("block_lead", blocks=("works",)), Act.DISMISS, NO_BLOCK)


def test_seen_blocks_limit_the_queue() -> None:
    """A block lead is shown the own blocks, an officer everything, a technician no risk."""
    assert seen_blocks(someone("block_lead", blocks=("works",))) == ("works",)
    assert seen_blocks(someone("officer")) is None
    assert seen_blocks(someone("technician")) == ()
    assert seen_blocks(MACHINE) is None


def test_every_role_and_act_has_words() -> None:
    """Nothing is shown to staff by its code."""
    assert all(role.label and role.duty.endswith(".") for role in Role)
    assert all(act.label for act in Act)
    assert set(TABLE) == set(Act)
    assert list(ROLES) == [role.value for role in Role]


def test_the_table_in_the_docs_is_the_table_in_force() -> None:
    """docs/howto/staff.md shows staff the very table that the server checks."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "howto" / "staff.md").read_text(encoding="utf-8")

    assert "| действие | " + " | ".join(role.label for role in Role) + " |" in text
    for act in Act:
        cells = [("свой блок" if role in BOUND_TO_BLOCK else "да") if role in TABLE[act] else "–" for role in Role]
        assert f"| {act.label} | {' | '.join(cells)} |" in text
