"""Notes: reasons without points that tell why something did not count."""

from __future__ import annotations

from risk.facts import TextFacts
from risk.signals.case import Case, Found
from risk.words.flags import IDLE
from risk.words.guards import GUARDS

_IDLE_TITLES = {row.id: row.title for row in IDLE}
_GUARD_TITLES = {guard.id: guard.title for guard in GUARDS} | {
    "quote": "слова в кавычках",
    "deep": "глубоко в длинном тексте",
}


def is_idle(facts: TextFacts) -> bool:
    """Return whether a text is an advert, a poster, a greeting, a notice, a story: no risk by itself."""
    return any(flag in _IDLE_TITLES for flag in facts.flags)


def looks_idle(case: Case) -> Found | None:
    """Сообщение похоже на рекламу, афишу, поздравление, официальное сообщение или рассказ."""
    if case.facts.dangers or not is_idle(case.facts):
        return None
    return Found("Похоже на: " + ", ".join(_IDLE_TITLES[f] for f in case.facts.flags if f in _IDLE_TITLES) + ".")


def held_back(case: Case) -> Found | None:
    """Слово об опасности есть, но рядом сказано, что её нет: это учения, прошлое, реклама, памятка, образ."""
    if case.facts.dangers or not case.facts.held:
        return None
    return Found("Не засчитано: " + "; ".join(f"«{h.words}» — {_GUARD_TITLES[h.id]}" for h in case.facts.held) + ".")
