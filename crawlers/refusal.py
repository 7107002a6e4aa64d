"""Refusal: how a platform says no, in one form for every platform."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a refusal ends."""

    MOMENT = "moment"
    """Only this attempt: asking again a little later may help."""
    PLACE = "place"
    """Only this post, comment list or page: the rest of the source is read on."""
    SOURCE = "source"
    """The source: it is closed, gone or not readable with this key; a person must look."""
    ACCOUNT = "account"
    """The account: it must rest for `wait_s` seconds, or until a person has looked (None)."""

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            Scope.MOMENT: "временная помеха",
            Scope.PLACE: "одна запись недоступна",
            Scope.SOURCE: "источник недоступен",
            Scope.ACCOUNT: "учётная запись остановлена",
        }[self]


@dataclass(eq=False)
class Refusal(Exception):
    """The platform said no; carried between handler and spider as an HTTP status with a reason of our own."""

    status: int
    """HTTP status that says the same: 400, 401, 403, 404, 429, 502, 503, 504."""
    code: str
    """Short id for logs and tests, e.g. "vk-29" or "tg-FLOOD_WAIT"; carries no personal data."""
    reason: str
    """Russian sentence for the desk: what happened and what to do."""
    scope: Scope = Scope.MOMENT
    wait_s: float | None = None
    """Seconds after which the platform allows to ask again, when it said so."""
    asked: bool = True
    """False when nothing was sent: the account was already resting."""

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"
