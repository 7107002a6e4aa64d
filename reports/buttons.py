"""The buttons under an alert: which stand there, and what a press of one means."""

from __future__ import annotations

import re
from enum import StrEnum

from reports.alert import CRITICAL
from reports.message import Button

_CODE = re.compile(r"(take|dismiss|hush):([1-9]\d{0,17})")


class Pressed(StrEnum):
    """What staff can do from the chat itself."""

    TAKE = "take"
    DISMISS = "dismiss"
    HUSH = "hush"

    @property
    def label(self) -> str:
        """The words on the button."""
        return {Pressed.TAKE: "Взял в работу", Pressed.DISMISS: "Не риск", Pressed.HUSH: "Тише до роста"}[self]


def buttons_under(risk_id: int, level: int, emergency: bool, *, waiting: bool, is_open: bool) -> tuple[Button, ...]:
    """Return the buttons that make sense for a risk now.

    `waiting` says that nobody works on it yet. Danger to life is neither dismissed nor silenced by a thumb on a phone: its
    card is one step away.
    """
    if not is_open:
        return ()
    wanted = [Pressed.TAKE] if waiting else []
    if level < CRITICAL and not emergency:
        wanted += [Pressed.DISMISS, Pressed.HUSH]
    return tuple(Button(one.label, f"{one}:{risk_id}") for one in wanted)


def read_code(code: str) -> tuple[Pressed, int] | None:
    """Return what was pressed and for which risk; None for a code of another version or of nobody's."""
    found = _CODE.fullmatch(code)
    return (Pressed(found[1]), int(found[2])) if found else None
