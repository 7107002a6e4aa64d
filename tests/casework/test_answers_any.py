"""Whatever staff press in whatever order, no text leaves a high level without a second person, and none changes afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import answers
from casework.errors import CaseworkError
from casework.work import Staff, Work
from storage.engine import Store
from storage.find.answers import AnswerRow, answers_of
from storage.keep.events import verify_chain
from storage.tables import answer, risk_event
from tests.casework.risk_build import ANNA, BORIS, HEAD, LEAD, READER, hire, new_risk, risk_of
from tests.casework.staff_build import a_profile, a_work

SIGNED = "Администрация Беловского округа"
TEXTS = (
    f"Здравствуйте! Бригада водоканала вернёт воду до 22 ноября.\n\n{SIGNED}",
    f"Здравствуйте! Направлено для рассмотрения.\n\n{SIGNED}",
    f"Здравствуйте! Закончим до ___срок___.\n\n{SIGNED}",
    f"Здравствуйте! Мастер ответит: +7 921 555-12-34.\n\n{SIGNED}",
)
PEOPLE = (ANNA, BORIS, HEAD, LEAD, READER)
NEVER = ("___", "+7 921")

Press = Callable[[Work, int, AnswerRow | None, str], object]
PRESSES: dict[str, Press] = {
    "write": lambda w, r, a, t: answers.write(w, r, risk_of(w.store, r).version, "answer", t, ["vk-1"]),
    "say": lambda w, r, a, t: answers.say_checking(w, r, risk_of(w.store, r).version, "any-checking", []),
    "change": lambda w, r, a, t: a and answers.change(w, a.id, a.version, t, []),
    "ask": lambda w, r, a, t: a and answers.ask_approval(w, a.id, a.version),
    "approve": lambda w, r, a, t: a and answers.approve(w, a.id, a.version, "так надо"),
    "return": lambda w, r, a, t: a and answers.return_(w, a.id, a.version, "исправьте"),
    "withdraw": lambda w, r, a, t: a and answers.withdraw(w, a.id, a.version, "ошибка"),
    "stale": lambda w, r, a, t: a and answers.approve(w, a.id, a.version + 1, "так надо"),
}
STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(PRESSES)), st.sampled_from(PEOPLE), st.sampled_from(TEXTS), st.integers(0, 2)),
    min_size=3, max_size=14,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def all_of(store: Store, risk_id: int) -> tuple[AnswerRow, ...]:
    with store.read() as tx:
        return answers_of(tx, risk_id)


def press(store: Store, risk_id: int, name: str, who: Staff, text: str, which: int) -> bool:
    """Press one button as somebody; return whether it was done."""
    usual = a_profile()
    strict = replace(usual, levels=tuple(replace(rule, second_approval=rule.level >= 3) for rule in usual.levels))
    given = all_of(store, risk_id)
    one = given[which % len(given)] if given else None
    try:
        PRESSES[name](a_work(store, who, profile=strict), risk_id, one, text)
    except CaseworkError:
        return False
    return True


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, level=st.sampled_from([2, 4]))
def test_no_order_of_presses_breaks_the_rules(
    sqlite_store: Store, steps: list[tuple[str, Staff, str, int]], level: int
) -> None:
    """Approved texts of high levels have two people, hold no blank and no phone, and stay as they were; the chain is whole."""
    risk_id = new_risk(sqlite_store, level=level, state="preparing", veracity="confirmed")
    approved: dict[int, str] = {}
    for name, who, text, which in steps:
        before = {a.id: a for a in all_of(sqlite_store, risk_id)}
        done = press(sqlite_store, risk_id, name, who, text, which)
        after = all_of(sqlite_store, risk_id)
        if not done:
            assert {a.id: a for a in after} == before, "a refused press changes nothing"
        for one in after:
            assert approved.setdefault(one.id, one.text) == one.text if one.state == "approved" else True
            if one.state == "approved":
                assert not any(bad in one.text for bad in NEVER)
                assert one.decided_by is not None
                assert one.kind == "holding" or level < 3 or one.decided_by != one.made_by
        assert sum(a.kind == "answer" and a.state in ("draft", "waiting", "returned") for a in after) <= 1
    with sqlite_store.read() as tx:
        assert verify_chain(tx, risk_id) is None
        pressed = tx.execute(
            sa.select(sa.func.count())
            .select_from(risk_event)
            .where(risk_event.c.kind == "answer_approved", risk_event.c.risk_id == risk_id)
        ).scalar_one()
        stands = tx.execute(
            sa.select(sa.func.count())
            .select_from(answer)
            .where(answer.c.risk_id == risk_id, answer.c.decided_at.is_not(None), answer.c.state == "approved")
        ).scalar_one()
    assert pressed >= stands
