"""States of a campaign and the one table of allowed moves, from the idea to the evaluated result."""

from __future__ import annotations

from collections.abc import Mapping
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
