"""Answers begun in one line, and what tests ask of the store about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from casework import answers
from casework.work import Staff, Work
from district.profile import Profile
from storage.engine import Store
from storage.find.answers import AnswerRow, answer_by_id
from tests.casework.risk_build import ANNA, card_of, new_risk
from tests.casework.staff_build import a_profile, a_work

SIGNED = "Администрация Беловского округа"
GOOD = f"Здравствуйте! Воды нет из-за порыва трубы. Бригада водоканала чинит её, воду дадут до 22 ноября.\n\n{SIGNED}"
BARE = f"Здравствуйте! Ваше обращение направлено для рассмотрения.\n\n{SIGNED}"


def strict() -> Profile:
    """A district in which levels 3 and 4 ask for a second person."""
    usual = a_profile()
    return replace(usual, levels=tuple(replace(rule, second_approval=rule.level >= 3) for rule in usual.levels))


def by(store: Store, who: Staff) -> Work:
    return a_work(store, who, profile=strict())


def row_of(store: Store, answer_id: int) -> AnswerRow:
    with store.read() as tx:
        found = answer_by_id(tx, answer_id)
    assert found is not None
    return found


def begun(store: Store, level: int = 2, text: str = GOOD, kind: str = "answer", **risk: Any) -> tuple[int, int]:
    """A checked risk with Anna's draft: (risk, answer)."""
    risk_id = new_risk(store, **({"level": level, "state": "preparing", "veracity": "confirmed"} | risk))
    return risk_id, answers.write(
        by(store, ANNA), risk_id, 1, kind, text, ["vk-residents", "Районное радио"], "any-confirmed"
    )


def kinds(store: Store, risk_id: int) -> list[str]:
    return [event.kind for event in card_of(store, risk_id).events]
