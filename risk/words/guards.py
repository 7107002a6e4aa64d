"""Guards: words around a danger that say it is not happening; the first that holds is named on the card."""

from __future__ import annotations

from risk.words.guard import Guard, Where
from risk.words.guards_near import NEAR
from risk.words.guards_wide import WIDE

__all__ = ["GUARDS", "Guard", "Where"]

GUARDS: tuple[Guard, ...] = (*NEAR, *WIDE)
