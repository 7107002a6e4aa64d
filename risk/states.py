"""The life of a risk: states, events, and the one table of allowed moves."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where the work on a risk is; veracity, level and kind are axes of their own and never change it."""

    FOUND = "found"
    VERIFYING = "verifying"
    PREPARING = "preparing"
    ANSWERED = "answered"
    WATCHED = "watched"
    WORKED_OFF = "worked_off"
    DISMISSED = "dismissed"
    REOPENED = "reopened"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return _STATE_LABELS[self]

    @property
    def is_open(self) -> bool:
        """True while somebody still has to do something about the risk."""
        return self not in CLOSED


class Veracity(StrEnum):
    """What verification found; asked of the fact, not of the author."""

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    PARTLY = "partly"
    REFUTED = "refuted"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            Veracity.UNCONFIRMED: "не проверено",
            Veracity.CONFIRMED: "подтверждено",
            Veracity.PARTLY: "подтверждено частично",
            Veracity.REFUTED: "опровергнуто",
        }[self]


class Kind(StrEnum):
    """What sort of post it is; a praise or an idle question opens no risk."""

    PROBLEM = "problem"
    RUMOUR = "rumour"
    QUESTION = "question"
    EMERGENCY = "emergency"
    PRAISE = "praise"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            Kind.PROBLEM: "проблема",
            Kind.RUMOUR: "слух",
            Kind.QUESTION: "вопрос",
            Kind.EMERGENCY: "происшествие",
            Kind.PRAISE: "благодарность",
        }[self]


class Event(StrEnum):
    """What happens to a risk and may move it (S4, «Порядок работы», п. 1-2)."""

    VERIFY_STARTED = "verify_started"
    VERIFIED = "verified"
    REFUTED = "refuted"
    PREPARING = "preparing"
    ANSWERED = "answered"
    WATCHED = "watched"
    WORKED_OFF = "worked_off"
    DISMISSED = "dismissed"
    MERGED = "merged"
    REOPENED = "reopened"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return _EVENT_LABELS[self]


_STATE_LABELS = MappingProxyType(
    {
        State.FOUND: "найден",
        State.VERIFYING: "на верификации",
        State.PREPARING: "готовится ответ",
        State.ANSWERED: "ответ опубликован",
        State.WATCHED: "под наблюдением",
        State.WORKED_OFF: "отработан",
        State.DISMISSED: "снят",
        State.REOPENED: "открыт повторно",
    }
)

_EVENT_LABELS = MappingProxyType(
    {
        Event.VERIFY_STARTED: "начата верификация",
        Event.VERIFIED: "факт подтверждён",
        Event.REFUTED: "факт опровергнут",
        Event.PREPARING: "готовится ответ",
        Event.ANSWERED: "ответ опубликован",
        Event.WATCHED: "начато наблюдение за реакцией",
        Event.WORKED_OFF: "риск отработан",
        Event.DISMISSED: "риск снят",
        Event.MERGED: "объединён с другим риском",
        Event.REOPENED: "открыт повторно",
    }
)

MERGED_REASON = "объединён"
"""The reason a merged risk is dismissed with; its posts and history go on in the other risk."""

CLOSED = frozenset({State.WORKED_OFF, State.DISMISSED})
"""Nothing is due in these states; only a re-spread or a person opens the risk again."""

# The whole life, row by row: from this state, on this event, to that state. Whatever is not here is not allowed.
# A refuted rumour is answered too: people must hear that it is not true, or it lives on (S4 п. 2).
# A risk under watch goes back to `preparing` when the reaction stays negative (S4 п. 2, closing rule).
# «Проверяем» may be published from `verifying`: it is no answer yet and moves nothing.
# A risk that spreads again starts from `reopened`, never from `watched`: the answer that stands was not enough.
MOVES: MappingProxyType[tuple[State, Event], State] = MappingProxyType(
    {
        (State.FOUND, Event.VERIFY_STARTED): State.VERIFYING,
        (State.FOUND, Event.VERIFIED): State.PREPARING,
        (State.FOUND, Event.REFUTED): State.PREPARING,
        (State.FOUND, Event.DISMISSED): State.DISMISSED,
        (State.FOUND, Event.MERGED): State.DISMISSED,
        (State.VERIFYING, Event.VERIFIED): State.PREPARING,
        (State.VERIFYING, Event.REFUTED): State.PREPARING,
        (State.VERIFYING, Event.DISMISSED): State.DISMISSED,
        (State.VERIFYING, Event.MERGED): State.DISMISSED,
        (State.PREPARING, Event.VERIFY_STARTED): State.VERIFYING,
        (State.PREPARING, Event.ANSWERED): State.ANSWERED,
        (State.PREPARING, Event.DISMISSED): State.DISMISSED,
        (State.PREPARING, Event.MERGED): State.DISMISSED,
        (State.ANSWERED, Event.WATCHED): State.WATCHED,
        (State.ANSWERED, Event.PREPARING): State.PREPARING,
        (State.ANSWERED, Event.MERGED): State.DISMISSED,
        (State.WATCHED, Event.WORKED_OFF): State.WORKED_OFF,
        (State.WATCHED, Event.PREPARING): State.PREPARING,
        (State.WATCHED, Event.MERGED): State.DISMISSED,
        (State.WORKED_OFF, Event.REOPENED): State.REOPENED,
        (State.DISMISSED, Event.REOPENED): State.REOPENED,
        (State.REOPENED, Event.VERIFY_STARTED): State.VERIFYING,
        (State.REOPENED, Event.VERIFIED): State.PREPARING,
        (State.REOPENED, Event.REFUTED): State.PREPARING,
        (State.REOPENED, Event.PREPARING): State.PREPARING,
        (State.REOPENED, Event.DISMISSED): State.DISMISSED,
        (State.REOPENED, Event.MERGED): State.DISMISSED,
    }
)


NEEDS_FACT = frozenset({(State.REOPENED, Event.PREPARING)})
"""Moves that skip the verification, because it was done before the risk was closed: only with a veracity that is known.

So no path leads to `worked_off` past a verification: a risk dismissed before anybody had checked it is checked when reopened.
"""


class MoveNotAllowed(Exception):
    """Риск в этом состоянии так не двигается."""

    def __init__(self, state: State, event: Event, veracity: Veracity | None = None) -> None:
        self.state = state
        self.event = event
        allowed = ", ".join(f"«{e.label}»" for e in allowed_events(state, veracity))
        why = " без проверенного факта" if (state, event) in NEEDS_FACT else ""
        super().__init__(f"Риск в состоянии «{state.label}»: шаг «{event.label}»{why} невозможен. Можно: {allowed}.")


def allowed_events(state: State, veracity: Veracity | None = None) -> tuple[Event, ...]:
    """Return the events that may move a risk out of a state, in the order of the table; never empty.

    With a veracity, only those that this veracity allows.
    """
    return tuple(event for (now, event) in MOVES if now is state and _fact_known(now, event, veracity))


def advance(state: State, event: Event, veracity: Veracity | None = None) -> State:
    """Return the state after an event; MoveNotAllowed when the table has no such move, or not for this veracity."""
    if (state, event) not in MOVES or not _fact_known(state, event, veracity):
        raise MoveNotAllowed(state, event, veracity)
    return MOVES[(state, event)]


def _fact_known(state: State, event: Event, veracity: Veracity | None) -> bool:
    return veracity is not Veracity.UNCONFIRMED or (state, event) not in NEEDS_FACT
