"""States of a campaign and the one table of allowed moves, from the idea to the evaluated result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class CampaignState(StrEnum):
    """Where the work on a campaign is."""

    IDEA = "idea"
    PLANNED = "planned"
    PREPARING = "preparing"
    RUNNING = "running"
    FINISHED = "finished"
    EVALUATED = "evaluated"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            CampaignState.IDEA: "идея",
            CampaignState.PLANNED: "запланирована",
            CampaignState.PREPARING: "готовится",
            CampaignState.RUNNING: "идёт",
            CampaignState.FINISHED: "завершена",
            CampaignState.EVALUATED: "оценена",
            CampaignState.CANCELLED: "отменена",
        }[self]


_S = CampaignState
MOVES: Mapping[CampaignState, frozenset[CampaignState]] = MappingProxyType(
    {
        _S.IDEA: frozenset({_S.PLANNED, _S.CANCELLED}),
        _S.PLANNED: frozenset({_S.PREPARING, _S.IDEA, _S.CANCELLED}),
        _S.PREPARING: frozenset({_S.RUNNING, _S.PLANNED, _S.CANCELLED}),
        _S.RUNNING: frozenset({_S.FINISHED, _S.CANCELLED}),
        _S.FINISHED: frozenset({_S.EVALUATED, _S.RUNNING}),
        _S.EVALUATED: frozenset(),
        _S.CANCELLED: frozenset({_S.IDEA}),
    }
)
"""From a state to those that may follow; a cancelled campaign may become an idea again, an evaluated one only be copied."""

LIVE = frozenset({_S.IDEA, _S.PLANNED, _S.PREPARING, _S.RUNNING})
"""States in which something is still ahead."""

BACK: frozenset[tuple[CampaignState, CampaignState]] = frozenset(
    {(_S.PLANNED, _S.IDEA), (_S.PREPARING, _S.PLANNED), (_S.FINISHED, _S.RUNNING), (_S.CANCELLED, _S.IDEA)}
)
"""Steps back: each needs a reason."""


class CampaignMoveNotAllowed(Exception):
    """Такого шага у кампании нет."""

    def __init__(self, before: CampaignState, to: CampaignState) -> None:
        self.before, self.to = before, to
        ways = (
            ", ".join(f"«{state.label}»" for state in CampaignState if state in MOVES[before]) or "никуда: она закрыта"
        )
        super().__init__(f"Кампания сейчас «{before.label}», стать «{to.label}» она не может. Дальше можно: {ways}.")


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a move looks at."""

    title: str
    goal: str
    has_owner: bool
    """True when somebody who still works here answers for it."""
    starts_on: date
    ends_on: date
    today: date
    """The district's day."""
    audiences: int
    tasks: int
    """Tasks that are not cancelled."""
    open_tasks: int
    approved: int
    """Messages approved or published, and approved materials."""
    published: int
    """Messages published."""


def needs_reason(before: CampaignState, to: CampaignState) -> bool:
    """Tell whether a step needs a reason: cancelling and every step back."""
    return to is _S.CANCELLED or (before, to) in BACK


def refuse_unknown(before: CampaignState, to: CampaignState) -> None:
    """Raise CampaignMoveNotAllowed when MOVES has no such step."""
    if to not in MOVES[before]:
        raise CampaignMoveNotAllowed(before, to)


def missing_for(before: CampaignState, to: CampaignState, seen: Readiness) -> tuple[str, ...]:
    """Return what lacks for a step as Russian half-sentences with the mend; empty when the step may be done.

    Nothing lacks for cancelling and for a step back. To be planned it needs who answers, a goal, groups of people, days
    and a task; to run, besides, something approved that people can be given (S4 «Порядок», п. 3 asks for preparing
    before carrying out; the list itself is ours [P]).
    """
    if (before, to) in BACK:
        return ()
    return tuple(words for rule in _NEEDED.get(to, ()) if (words := rule(seen)))


def _owner(seen: Readiness) -> str:
    return "" if seen.has_owner else "не назначен ответственный, который здесь работает"


def _goal(seen: Readiness) -> str:
    return "" if seen.goal.strip() else "не записана цель: чего не должно случиться и что люди должны узнать"


def _audience(seen: Readiness) -> str:
    return "" if seen.audiences else "не отмечено, к кому она обращена"


def _days(seen: Readiness) -> str:
    if seen.ends_on < seen.starts_on:
        return f"последний день {seen.ends_on:%d.%m.%Y} раньше первого {seen.starts_on:%d.%m.%Y}"
    return ""


def _task(seen: Readiness) -> str:
    return "" if seen.tasks else "нет ни одной задачи: запишите, кто и к какому дню что делает"


def _something_ready(seen: Readiness) -> str:
    return "" if seen.approved else "не утверждён ни один текст и ни один материал: людям нечего дать"


def _not_over(seen: Readiness) -> str:
    if seen.today > seen.ends_on:
        return f"последний день {seen.ends_on:%d.%m.%Y} уже прошёл: перенесите дни"
    return ""


def _something_done(seen: Readiness) -> str:
    if seen.published or seen.approved:
        return ""
    return "ничего не опубликовано и не роздано: такую кампанию не завершают, а отменяют с причиной"


def _no_open_tasks(seen: Readiness) -> str:
    return f"открыты задачи ({seen.open_tasks}): отметьте, что сделано, или отмените их" if seen.open_tasks else ""


_Rule = Callable[[Readiness], str]
_PLAN: tuple[_Rule, ...] = (_owner, _goal, _audience, _days, _task)
_NEEDED: Mapping[CampaignState, tuple[_Rule, ...]] = MappingProxyType(
    {
        _S.PLANNED: _PLAN,
        _S.PREPARING: (*_PLAN, _not_over),
        _S.RUNNING: (*_PLAN, _something_ready, _not_over),
        _S.FINISHED: (_something_done, _no_open_tasks),
    }
)
