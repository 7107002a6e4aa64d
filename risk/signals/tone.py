"""Signals of anger and despair; silent when the text is about politics (requirement 21)."""

from __future__ import annotations

from risk.signals.case import Case, Found


def anger(case: Case) -> Found | None:
    """Люди возмущены."""
    return _tone(case, "anger", "Возмущение")


def despair(case: Case) -> Found | None:
    """Люди в отчаянии, не знают, куда обратиться."""
    return _tone(case, "despair", "Отчаяние")


def appeal(case: Case) -> Found | None:
    """Люди собираются жаловаться выше: в прокуратуру, президенту, в суд, журналистам."""
    return _tone(case, "appeal", "Собираются жаловаться выше")


def _tone(case: Case, row: str, title: str) -> Found | None:
    if "politics" in case.facts.flags and row != "despair":
        return None
    words = next((hit.words for hit in case.facts.tone if hit.id == row), None)
    return Found(f"{title}: «{words}».") if words else None
