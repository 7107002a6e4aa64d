"""Score: signals added up into points, a level, and the reasons for both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from district.profile import Profile
from risk.facts import TextFacts
from risk.levels import Level, level_for
from risk.signals import answer, norms, notes, safety, spread, tone, weight
from risk.signals.case import Case, Found, Reason, Signal, Spread

__all__ = ["RULE_SET", "SIGNALS", "Reason", "Score", "Spread", "score", "text_points"]

RULE_SET = "2026-11-22"
"""Id of the table of signals and of the tables of words; changed with any of them and kept with each score."""

# Weights are tied to the thresholds 10 / 30 / 55 / 80 of the levels and to the criteria of DOMAIN 1 [P]:
#   trouble alone 12                        → 1; tone and answers add at most 16 more → still 1 (28)
#   trouble + one criterion of level 2 (18) → 2 (30): two sources, 5 % of residents, ten negative comments
#   trouble + two criteria of level 3 (22)  → 3 (56): three sources, growth, who is touched, norm, media
#   trouble + outage (10) + where it cannot be borne (34) → 3 (56): utility outage and vulnerable group are two criteria
#   danger of level 3: 56                   → 3 by itself; danger to life: 4 whatever the points.
SIGNALS: dict[str, Signal] = {
    signal.id: signal
    for signal in (
        Signal("danger", "Опасность для жизни", 100, safety.danger_to_life),
        Signal("serious", "Серьёзная опасность", 56, safety.serious_danger),
        Signal("hazard", "Угроза", 18, safety.hazard),
        Signal("trouble", "Жалоба", 12, safety.trouble),
        Signal("outage", "Перебои", 10, safety.outage),
        Signal("norm", "Нарушена норма", 22, norms.norm_broken),
        Signal("rumour", "Слух", 8, safety.rumour),
        Signal("touched", "Кого касается", 22, weight.touched, most=1.6),
        Signal("left_without", "Школа, больница, посёлок", 34, weight.left_without, most=1.3),
        Signal("anger", "Возмущение", 4, tone.anger),
        Signal("despair", "Отчаяние", 2, tone.despair),
        Signal("appeal", "Собираются жаловаться выше", 2, tone.appeal),
        Signal("asked", "Обращались без ответа", 4, answer.asked),
        Signal("brushed_off", "Отписка или обещание", 2, answer.brushed_off),
        Signal("again", "Повторяется", 2, answer.again),
        Signal("unanswered", "Нет официального ответа", 4, answer.unanswered),
        Signal("after_answer", "Снова после ответа", 8, answer.after_answer),
        Signal("sources", "Два источника", 18, spread.sources, forgeable=True),
        Signal("many_sources", "Три источника и больше", 4, spread.many_sources, most=3, forgeable=True),
        Signal("reach", "Охват", 18, spread.reach, most=5 / 3, forgeable=True),
        Signal("growth", "Быстрый рост", 22, spread.fast_growth, forgeable=True),
        Signal("comments", "Недовольные комментарии", 18, spread.negative_comments, most=1.5, forgeable=True),
        Signal("media", "Издание области или страны", 22, spread.media),
        # Without points: they tell why something did not count.
        Signal("held", "Слово не засчитано", 0, notes.held_back),
        Signal("not_risk", "Похоже, не риск", 0, notes.looks_idle),
    )
}

_OF_SPREAD = frozenset(("media", "unanswered", "after_answer", "held", "not_risk"))
_TEXT_SIGNALS = tuple(s for s in SIGNALS.values() if not s.forgeable and s.id not in _OF_SPREAD)
"""Signals that a text alone can raise: the others are silent without a spread, or give no points."""
_ALL = tuple(SIGNALS.values())
_NOTES = tuple(s for s in _ALL if not s.weight)
"""All that is asked of a text that does not matter: most posts are such, and the other signals cost 10 us a post."""
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_NO_SPREAD = Spread()


@dataclass(frozen=True, slots=True)
class Score:
    """How much attention a group of posts deserves and why."""

    points: float
    level: Level
    reasons: tuple[Reason, ...]
    """Heaviest first; their points add up to `points`."""
    rule_set: str
    emergency: bool
    """Danger to life: level 4 and the ЕДДС whatever the points (requirement 17)."""

    def share(self, reason: Reason) -> float:
        """Return the part of the points that a reason makes, 0..1."""
        return reason.points / self.points if self.points else 0.0


def score(facts: TextFacts, spread: Spread, profile: Profile, now: datetime) -> Score:
    """Return the score of a group from its most telling text and its spread; `now` is aware."""
    case = Case(facts, spread, profile, now)
    if not _matters(case):
        return Score(0.0, Level.NONE, tuple(_reasons(case, _NOTES)), RULE_SET, emergency=False)
    emergency = safety.is_emergency(case)
    reasons = _without_thin_spread(case, _reasons(case, _ALL))
    points = sum(reason.points for reason in reasons)
    # Federal media are a criterion of level 4 by themselves (DOMAIN 1), regional ones only together with another of level 3.
    level = Level.CRITICAL if emergency or case.spread.federal else min(level_for(points, profile), _highest(case))
    return Score(points, level, tuple(sorted(reasons, key=lambda r: -r.points)), RULE_SET, emergency)


def _highest(case: Case) -> Level:
    """Return the highest level that points alone may reach: without danger, 4 needs the interest of media (DOMAIN 1)."""
    return Level.CRITICAL if case.spread.media else Level.HIGH


def text_points(facts: TextFacts, profile: Profile) -> float:
    """Return what a text alone would score: one post, one source, nothing known of its reach."""
    case = Case(facts, _NO_SPREAD, profile, _NO_TIME)
    if not _matters(case):
        return 0.0
    found = ((signal, signal.function(case)) for signal in _TEXT_SIGNALS)
    return sum(_points(signal, one) for signal, one in found if one is not None)


def _matters(case: Case) -> bool:
    """True when there is something to score at all; adverts, posters and notices are not, unless they name a danger."""
    facts = case.facts
    if facts.dangers:
        return True
    if notes.is_idle(facts):
        return False
    return safety.has_trouble(case) or ("rumour" in facts.flags and bool(facts.held))


def _reasons(case: Case, signals: tuple[Signal, ...]) -> list[Reason]:
    reasons = []
    for signal in signals:
        found = signal.function(case)
        if found is not None:
            reasons.append(_reason(signal, found))
    return reasons


def _reason(signal: Signal, found: Found) -> Reason:
    return Reason(signal.id, _points(signal, found), found.why)


def _points(signal: Signal, found: Found) -> float:
    return round(signal.weight * min(found.times, signal.most), 1)


def _without_thin_spread(case: Case, reasons: list[Reason]) -> list[Reason]:
    """Scale the spread of hardly seen copies down, so that it lifts nothing above level 2 (requirement 16)."""
    spread_points = sum(r.points for r in reasons if SIGNALS[r.signal].forgeable)
    if not spread_points or not spread.is_thin(case.spread):
        return reasons
    text = sum(r.points for r in reasons) - spread_points
    room = max(0.0, case.profile.level(Level.HIGH).from_points - 1 - text)
    share = min(1.0, room / spread_points)
    why = " Просмотров у копий почти нет, поэтому засчитано не всё." if share < 1 else ""
    return [
        replace(r, points=round(r.points * share, 1), why=r.why + why) if SIGNALS[r.signal].forgeable else r
        for r in reasons
    ]
