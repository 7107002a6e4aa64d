"""Signals of danger, of a utility that is missing, and of an ordinary trouble."""

from __future__ import annotations

from risk.facts import Hit
from risk.signals.case import Case, Found
from risk.words.danger import DANGERS
from risk.words.outages import OUTAGES
from risk.words.troubles import HAZARDS, TROUBLES

_DANGER = {danger.id: danger for danger in DANGERS}
_TITLES = {row.id: row.title for row in (*OUTAGES, *TROUBLES, HAZARDS)}
_GENERAL = frozenset(("request", "when", "ask", HAZARDS.id))
"""Rows that ask for something without saying what is wrong: they need a topic."""
_OPINION_TOPICS = frozenset(("politics", "authorities"))
"""Topics of opinion: criticism of officials is a topic, never a threat (DOMAIN 4, requirement 21)."""
_MOST_QUOTED = 3


def is_emergency(case: Case) -> bool:
    """Return whether the text speaks of a danger to life of level 4."""
    return any(_DANGER[hit.id].level == 4 for hit in case.facts.dangers)


def has_trouble(case: Case) -> bool:
    """Return whether the text complains of something real: without it neither tone nor spread counts."""
    facts = case.facts
    if facts.outages or any(hit.id not in _GENERAL for hit in facts.troubles):
        return True
    if "politics" in facts.flags or not facts.troubles:
        return False
    return bool(facts.topics) and facts.topics[0][0] not in _OPINION_TOPICS


def danger_to_life(case: Case) -> Found | None:
    """Есть слова о происшествии, которое угрожает жизни: пожар, взрыв, газ, лёд, отравление, пропал ребёнок."""
    hits = [hit for hit in case.facts.dangers if _DANGER[hit.id].level == 4]
    return Found(_told("Опасность для жизни", hits)) if hits else None


def serious_danger(case: Case) -> Found | None:
    """Есть слова о серьёзной опасности: напали собаки, зверь у жилья, пропал взрослый, насилие."""
    hits = [hit for hit in case.facts.dangers if _DANGER[hit.id].level < 4]
    return Found(_told("Серьёзная опасность", hits)) if hits else None


def hazard(case: Case) -> Found | None:
    """Люди пишут об угрозе, которая ещё не наступила: может рухнуть, открытый люк, низко висят провода."""
    hits = [hit for hit in case.facts.troubles if hit.id == HAZARDS.id]
    hits += [hit for hit in case.facts.held if hit.id == "hypothetical"]
    return Found(f"Угроза жизни или здоровью: {_quoted(hits)}.") if hits and not case.facts.dangers else None


def rumour(case: Case) -> Found | None:
    """Сообщение пересказывает слух: его нужно проверить и рассказать людям, как на самом деле."""
    if "rumour" not in case.facts.flags:
        return None
    return Found("Слух: пишут с чужих слов, нужна проверка.")


def trouble(case: Case) -> Found | None:
    """Люди жалуются на что-то определённое: дорогу, воду, мусор, двор, дом, школу."""
    if not has_trouble(case):
        return None
    hits = sorted(case.facts.troubles, key=lambda hit: hit.id in _GENERAL)
    if not hits:
        return Found("Жалоба на перебои: " + ", ".join(_TITLES[o.id] for o in case.facts.outages) + ".")
    return Found(f"Жалоба ({_TITLES[hits[0].id]}): {_quoted(hits[:_MOST_QUOTED])}.")


def outage(case: Case) -> Found | None:
    """Люди остались без тепла, воды, света, газа, связи, транспорта или вывоза мусора."""
    outages = case.facts.outages
    if not outages:
        return None
    return Found("Перебои: " + "; ".join(f"{_TITLES[o.id]} («{o.words}»)" for o in outages[:_MOST_QUOTED]) + ".")


def _told(title: str, hits: list[Hit]) -> str:
    return f"{title}: " + "; ".join(f"{_DANGER[hit.id].title} («{hit.words}»)" for hit in hits[:_MOST_QUOTED]) + "."


def _quoted(hits: list[Hit]) -> str:
    return ", ".join(f"«{hit.words}»" for hit in hits[:_MOST_QUOTED])
