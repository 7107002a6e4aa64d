"""Signals of a broken service norm (DOMAIN 3, requirement 19)."""

from __future__ import annotations

from risk.signals.case import Case, Found
from risk.words.norms import NORMS


def norm_broken(case: Case) -> Found | None:
    """По словам людей, перебой длится дольше, чем разрешают нормы для отопления, воды, света, снега или мусора."""
    told = []
    for outage in case.facts.outages:
        norm = NORMS.get(outage.id)
        step = norm.broken(outage.hours) if norm else None
        if step is not None:
            told.append(f"«{outage.words}» — больше нормы {step[0]:.0f} ч ({step[1]})")
    return Found("Нарушена норма: " + "; ".join(told) + ".") if told else None
