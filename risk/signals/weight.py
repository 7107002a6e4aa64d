"""Signals of who is touched: children, the sick, the old, a whole settlement, an institution left without a utility."""

from __future__ import annotations

from risk.facts import Hit
from risk.signals.case import Case, Found
from risk.words.tone import PLACES_WITHOUT, WEIGHT

_TITLES = {row.id: row.title for row in (*WEIGHT, *PLACES_WITHOUT)}
_GROUPS = frozenset(row.id for row in WEIGHT)
_EACH_NEXT = 0.2
"""Each further group adds a fifth: the first already makes the matter serious (DOMAIN 1, level 3)."""
_UTILITIES = frozenset(("heating", "hot_water", "water", "power", "gas_supply"))
_LEFT_WITHOUT = {
    "institution": _UTILITIES,
    "settlement": frozenset(("heating", "water", "power", "gas_supply", "supply")),
    "medicine": frozenset(("supply",)),
    "school_bus": frozenset(("transport",)),
}
"""What must be missing there; sewage in an institution speaks for itself."""
_SEWAGE = 1.3
"""A complaint of sewage has no points of an outage (10): the institution makes up for them."""


def touched(case: Case) -> Found | None:
    """Беда касается детей, больных, пожилых или сразу многих домов."""
    hits = [hit for hit in case.facts.weight if hit.id in _GROUPS]
    if not hits:
        return None
    return Found(f"Кого касается: {_told(hits)}.", 1.0 + _EACH_NEXT * (len(hits) - 1))


def left_without(case: Case) -> Found | None:
    """Без тепла, воды, света, газа или завоза остались детский сад, школа, больница или весь посёлок."""
    missing = {outage.id for outage in case.facts.outages}
    hits = [
        hit
        for hit in case.facts.weight
        if hit.id == "sewage" or not missing.isdisjoint(_LEFT_WITHOUT.get(hit.id, frozenset()))
    ]
    times = _SEWAGE if any(hit.id == "sewage" for hit in hits) and not missing else 1.0
    return Found(f"Перебой там, где его нельзя терпеть: {_told(hits)}.", times) if hits else None


def _told(hits: list[Hit]) -> str:
    return "; ".join(f"{_TITLES[hit.id]} («{hit.words}»)" for hit in hits)
