"""Signals about us: asked and not answered, promised, brushed off, repeated after an answer."""

from __future__ import annotations

from risk.signals.case import Case, Found


def asked(case: Case) -> Found | None:
    """Люди уже обращались и не получили ответа."""
    return _answer(case, "asked", "Уже обращались")


def brushed_off(case: Case) -> Found | None:
    """Люди пишут об отписке или о невыполненном обещании."""
    return _answer(case, "brushed_off", "Пишут об отписке") or _answer(case, "promised", "Обещали и не сделали")


def again(case: Case) -> Found | None:
    """Беда повторяется: «опять», «снова», «каждый год»."""
    return _answer(case, "again", "Повторяется")


def after_answer(case: Case) -> Found | None:
    """После официального ответа люди жалуются снова."""
    if not case.spread.asked_after_answer:
        return None
    return Found("После официального ответа жалуются снова.")


def unanswered(case: Case) -> Found | None:
    """Официального ответа нет дольше, чем отводится на первый ответ по риску низкого уровня."""
    first = case.spread.first_published
    if first is None or case.spread.official_answer:
        return None
    waiting = case.now - first
    allowed = case.profile.level(1).first_line
    if waiting <= allowed:
        return None
    return Found(f"Без официального ответа {waiting.total_seconds() / 3600:.0f} ч.")


def _answer(case: Case, row: str, title: str) -> Found | None:
    if "politics" in case.facts.flags:
        return None
    words = next((hit.words for hit in case.facts.answer if hit.id == row), None)
    return Found(f"{title}: «{words}».") if words else None
