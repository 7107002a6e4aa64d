"""Signals of who is touched: children, the sick, the old, a whole settlement."""

from __future__ import annotations

from risk.signals.case import Case, Found
from risk.words.tone import WEIGHT

_TITLES = {row.id: row.title for row in WEIGHT}
_EACH_NEXT = 0.2
"""Each further group adds a fifth: the first already makes the matter serious (DOMAIN 1, level 3)."""


def touched(case: Case) -> Found | None:
    """Беда касается детей, больных, пожилых или сразу многих домов."""
    hits = case.facts.weight
    if not hits:
        return None
    told = "; ".join(f"{_TITLES[hit.id]} («{hit.words}»)" for hit in hits)
    return Found(f"Кого касается: {told}.", 1.0 + _EACH_NEXT * (len(hits) - 1))
