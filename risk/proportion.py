"""Соразмерность: is the official answer as loud as the risk — neither too quiet nor louder than the rumour itself (pure).

G1 п. 17 asks to watch it, and publishes no formula (п. 20): every number here is ours (DOMAIN 1, «Соразмерность [P]»).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

LEAST_SHARE = MappingProxyType({1: 0.0, 2: 1 / 3, 3: 0.5, 4: 0.8})
"""Floor: what part of the risk's platforms must carry an answer, by level; one of them in any case [P]."""
LEAST_VIEWS, VIEWS_AFTER = 0.1, timedelta(hours=24)
"""Floor: a day after it stood an answer has at least a tenth of the risk's views, or few have heard it [P]."""
MOST_VIEWS = 5.0
"""Ceiling: an answer seen more than five times as often as a small risk tells of it to those who knew nothing [P]."""
SMALL = 0.01
"""A risk seen by less than a hundredth of the residents is small: level 1 of DOMAIN 1."""
REGIONAL_FROM, FEDERAL_FROM = 0.05, 0.5
"""Ceiling: share of residents who saw the risk before regional and federal media are spoken to [P]."""
REGIONAL_LEVEL, FEDERAL_LEVEL = 3, 4
"""Levels at which media may be spoken to whatever the views."""


class Measure(StrEnum):
    """How an answer compares with its risk."""

    NONE = "none"
    UNDER = "under"
    FITTING = "fitting"
    OVER = "over"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            "none": "ответа ещё нет", "under": "ответ слабее риска", "fitting": "ответ соразмерен", "over": "ответ громче риска",
        }[self.value]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answered:
    """One place where an answer stands."""

    kind: str
    """community | official | regional_media | federal_media."""
    covers: str | None
    """The platform of the risk that it covers; None for any other place."""
    views: int | None
    """None is unknown, never 0."""
    stood_for: timedelta
    """Since it was first seen standing."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """What the card says of an answer's size."""

    measure: Measure
    platforms: int
    covered: int
    answer_views: int | None
    """Sum of the known views of the answers; None when none is known."""
    risk_views: int | None
    words: tuple[str, ...]
    """Russian sentences: what is wrong and what to do, or that all is well."""


def proportion(
    level: int, residents: int, platforms: Sequence[str], risk_views: int | None, answers: Sequence[Answered]
) -> Proportion:
    """Return how the standing answers compare with a risk of `level` (1..4) on `platforms` in a district of `residents`.

    Unknown views never count as nought: where they are missing, only the platforms are judged, and the words say so.
    """
    covered = len({a.covers for a in answers} & set(platforms))
    known = [a.views for a in answers if a.views is not None]
    seen = sum(known) if known else None
    share = None if risk_views is None or residents <= 0 else risk_views / residents
    over = [*_too_far(level, share, answers), *_too_loud(level, share, seen, risk_views)]
    under = [*_uncovered(level, covered, len(platforms)), *_unheard(answers, seen, risk_views)]
    unknown = _unknown(answers, seen, risk_views)
    if not answers:
        return Proportion(
            Measure.NONE, len(platforms), 0, None, risk_views, ("Ни на одной площадке ответа ещё не видно.",)
        )
    measure = Measure.OVER if over else Measure.UNDER if under else Measure.FITTING
    words = (*over, *under, *unknown) if over or under else ("Ответ соразмерен риску.", *unknown)
    return Proportion(measure, len(platforms), covered, seen, risk_views, words)


def _too_far(level: int, share: float | None, answers: Sequence[Answered]) -> list[str]:
    words = []
    for kind, name, least, from_level in (
        ("federal_media", "федеральном СМИ", FEDERAL_FROM, FEDERAL_LEVEL),
        ("regional_media", "региональном СМИ", REGIONAL_FROM, REGIONAL_LEVEL),
    ):
        spoken = any(a.kind == kind for a in answers)
        if spoken and share is not None and share < least and level < from_level:
            words.append(
                f"Ответ стоит в {name}, а риск видели {_percent(share)} жителей: там о нём узнают впервые. "
                "Отвечайте там, где написали."
            )
    return words


def _too_loud(level: int, share: float | None, seen: int | None, risk_views: int | None) -> list[str]:
    """Of a danger people may be told louder than it was rumoured; of a small matter they need not be."""
    if share is None or seen is None or not risk_views or level >= REGIONAL_LEVEL:
        return []
    if share >= SMALL or seen <= MOST_VIEWS * risk_views:
        return []
    more = round(seen / risk_views)
    noun = "раза" if more % 10 in (2, 3, 4) and more % 100 not in (12, 13, 14) else "раз"
    return [f"Ответ видели в {more} {noun} чаще, чем сам риск: новых публикаций не нужно."]


def _uncovered(level: int, covered: int, platforms: int) -> list[str]:
    if not platforms or (covered and covered / platforms >= LEAST_SHARE[min(max(level, 1), 4)]):
        return []
    return [f"Ответ стоит на {covered} из {platforms} площадок риска: для уровня {level} этого мало."]


def _unheard(answers: Sequence[Answered], seen: int | None, risk_views: int | None) -> list[str]:
    old = any(a.stood_for >= VIEWS_AFTER for a in answers)
    if not old or seen is None or not risk_views or seen >= LEAST_VIEWS * risk_views:
        return []
    return [f"Ответ за сутки увидели лишь {_percent(seen / risk_views)} тех, кто видел риск: повторите его заметнее."]


def _unknown(answers: Sequence[Answered], seen: int | None, risk_views: int | None) -> list[str]:
    if risk_views is None:
        in_media = any(a.kind.endswith("_media") for a in answers)
        tail = " Нужен ли ответ в СМИ, решайте сами." if in_media else ""
        return [f"Просмотры риска неизвестны: громкость не сравнить.{tail}"]
    return ["Просмотры ответа неизвестны: громкость не сравнить."] if seen is None and answers else []


def _percent(share: float) -> str:
    if share >= 0.01:
        return f"{100 * share:.0f} %"
    return f"{100 * share:.1f} %".replace(".", ",") if share >= 0.001 else "меньше 0,1 %"
