"""How people took the answer: figures before and after it, and what they propose — close, wait, or act again.

The rule is the closing of DOMAIN 1: a quiet window by level, nothing new anywhere, views grown by less than 5 %, the share of
negative comments not rising. Thanks are heard and shown, but are no spread, no complaint, and stop no clock. A counter that is
unknown is told as unknown and never taken for zero. The person decides; the words here only propose.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from district.profile import LevelRule

GROWTH_ALLOWED = 0.05
"""Views may grow by less than this in the quiet window (DOMAIN 1, «Closing [P]»)."""
LEAST_VIEWS = 10
"""Fewer views than this are a handful of neighbours, not growth, whatever share they are [P]."""
FEW_COMMENTS = 5
"""Below so many comments before the answer their share says nothing; half of them is taken instead [P]."""
LEAST_NEGATIVE = 3
"""From so many negative comments in the window their share is looked at: two are two people [P]."""
NEGATIVE_WORSE, SHARE_WORSE = 5, 0.10
"""So many negative comments, and a share higher by so much than before the answer: it gets worse [P]."""
SOURCES_WORSE = 2
"""So many sources that had not written before the answer: it spreads (DOMAIN 1, level 2: «≥ 2 sources»)."""
_HALF = 0.5
_HOUR = timedelta(hours=1)


class Proposal(StrEnum):
    """What the machine proposes to the person who watches a risk."""

    NOT_YET = "not_yet"
    WORKED_OFF = "worked_off"
    WORSE = "worse"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {"not_yet": "ещё рано закрывать", "worked_off": "можно закрывать", "worse": "становится хуже"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was published and said of a risk in one stretch of time; posts of official pages and thanks are apart."""

    originals: int = 0
    """Posts in words of their own: the first of each group of copies."""
    copies: int = 0
    """Copies and reposts."""
    sources: int = 0
    """Different sources; after the answer only those that had not written before it."""
    voices: int | None = None
    """Different authors, counted and never listed; None when no author is known."""
    views: int | None = None
    """At the end of the stretch, over posts whose counter is known; None is «unknown»."""
    comments: int = 0
    negative: int = 0
    """Negative ones among the comments."""
    thanks: int = 0
    """Posts that thank; counted nowhere else."""

    @property
    def posts(self) -> int:
        """Posts in all, thanks not among them."""
        return self.originals + self.copies

    @property
    def share(self) -> float | None:
        """Share of negative comments, 0..1; None when there are no comments."""
        return self.negative / self.comments if self.comments else None


@dataclass(frozen=True, slots=True)
class Reaction:
    """All that a look at a watched risk sees. Times are aware; the window is the level's quiet time, not before the answer."""

    started_at: datetime
    """When the watch began: the answer was seen standing."""
    quiet_since: datetime
    """The last moment at which something was not quiet, as the look before found it; `started_at` at first."""
    before: Figures
    """Everything up to the answer."""
    after: Figures
    """Everything published after it, by the time of publication: what only arrived late belongs to `before`."""
    lately: Figures
    """The last window."""
    views_then: int | None
    """Views at `quiet_since`, over posts whose counter was known then."""
    views_now: int | None
    """Views of the same posts now, and of what was published since."""
    last_spread_at: datetime | None = None
    """The newest post after the answer that is no thanks."""
    last_negative_at: datetime | None = None
    """The newest negative comment after the answer."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was looked at: quiet or not, in a Russian sentence with its numbers."""

    code: str
    """spread | sources | views | comments | quiet | thanks."""
    quiet: bool | None
    """None when nothing can be said (counters unknown, too few comments): it neither helps nor hinders."""
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is proposed, and why."""

    proposal: Proposal
    signs: tuple[Sign, ...]
    """What decided comes first."""
    quiet_since: datetime

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentences alone."""
        return tuple(sign.words for sign in self.signs)


def judge(seen: Reaction, rule: LevelRule, now: datetime) -> Verdict:
    """Return the proposal for a watched risk of a level's rule at a moment, with its reasons and the start of the quiet.

    More negative comments, posts, sources or views never make it better; thanks never make it worse.
    """
    quiet_since = _quiet_since(seen, now)
    lasts = now - quiet_since
    signs = [_spread(seen, lasts, rule), _sources(seen), _views(seen), _comments(seen, rule), _quiet(lasts, rule)]
    calm = Proposal.WORKED_OFF if lasts >= rule.watch_for else Proposal.NOT_YET
    proposal = Proposal.WORSE if _worse(seen) else calm
    ordered = sorted(signs, key=lambda sign: sign.quiet is not False)
    return Verdict(proposal, (*ordered, *_thanks(seen)), quiet_since)


def views_grow(then: int | None, now: int | None) -> bool | None:
    """Return whether views grew by 5 % or more and by no handful; None when they are unknown."""
    if then is None or now is None:
        return None
    return now - then >= max(LEAST_VIEWS, GROWTH_ALLOWED * then)


def negative_rises(before: Figures, lately: Figures, least: int = LEAST_NEGATIVE, by: float = 0.0) -> bool | None:
    """Return whether the share of negative comments is higher than before the answer; None when they are too few to tell.

    Where there were hardly any comments before, half of them negative is what it is held against.
    """
    if lately.share is None or lately.share <= reference_share(before) + by:
        return False
    return True if lately.negative >= least else None


def reference_share(before: Figures) -> float:
    """Return the share of negative comments that later ones are held against, 0..1."""
    return _HALF if before.share is None or before.comments < FEW_COMMENTS else before.share


def _quiet_since(seen: Reaction, now: datetime) -> datetime:
    moments = [seen.quiet_since, seen.started_at]
    moments += [m for m in (seen.last_spread_at,) if m is not None]
    if negative_rises(seen.before, seen.lately) and seen.last_negative_at is not None:
        moments.append(seen.last_negative_at)
    if views_grow(seen.views_then, seen.views_now):
        moments.append(now)
    return min(max(moments), now)


def _worse(seen: Reaction) -> bool:
    angrier = negative_rises(seen.before, seen.lately, NEGATIVE_WORSE, SHARE_WORSE) is True
    return angrier or seen.lately.sources >= SOURCES_WORSE


def _spread(seen: Reaction, lasts: timedelta, rule: LevelRule) -> Sign:
    after = seen.after
    if not after.posts:
        return Sign("spread", True, f"Новых публикаций после ответа нет (до ответа: {_whole(seen.before.posts)}).")
    voices = "" if after.voices is None else f", новых голосов: {_whole(after.voices)}"
    told = (
        f"Публикаций после ответа: {_whole(after.posts)} (своими словами {_whole(after.originals)}, "
        f"копий и репостов {_whole(after.copies)}{voices})."
    )
    quiet = seen.last_spread_at is None or lasts >= rule.watch_for
    return Sign("spread", quiet, told if not quiet else f"{told} В последние {_hours(rule.watch_for)} ч новых нет.")


def _sources(seen: Reaction) -> Sign:
    if not seen.after.sources:
        return Sign("sources", True, f"Новых источников после ответа нет (до ответа: {_whole(seen.before.sources)}).")
    fresh = seen.lately.sources
    told = f"Новых источников после ответа: {_whole(seen.after.sources)} (до ответа: {_whole(seen.before.sources)})"
    return Sign("sources", not fresh, f"{told}, из них за последнее время: {_whole(fresh)}.")


def _views(seen: Reaction) -> Sign:
    then, now = seen.views_then, seen.views_now
    grows = views_grow(then, now)
    if grows is None or then is None or now is None:
        return Sign(
            "views", None, "Просмотры неизвестны: площадки их не показывают. Судим по публикациям и комментариям."
        )
    more = f"{_percent((now - then) / then)} %" if then else f"{_whole(now - then)} просмотров"
    told = f"Просмотров было {_whole(then)}, стало {_whole(now)}: рост {more}"
    if grows:
        return Sign("views", False, f"{told} — это не меньше допустимых 5 %.")
    return Sign(
        "views", True, f"{told}, меньше 5 %." if now - then < GROWTH_ALLOWED * then else f"{told}, это единицы."
    )


def _comments(seen: Reaction, rule: LevelRule) -> Sign:
    lately, before = seen.lately, seen.before
    window = f"за последние {_hours(rule.watch_for)} ч" if rule.watch_for >= _HOUR else "за последнее время"
    told = f"Недовольных комментариев {window}: {_of(lately)}; до ответа: {_of(before)}."
    rises = negative_rises(before, lately)
    if rises is None:
        return Sign("comments", None, f"{told} Мало, чтобы судить о доле.")
    if not rises:
        return Sign("comments", True, f"{told} Доля не выросла.")
    against = "" if before.comments >= FEW_COMMENTS else " До ответа комментариев было мало, сравниваем с половиной."
    return Sign("comments", False, f"{told} Доля недовольных выше, чем до ответа.{against}")


def _quiet(lasts: timedelta, rule: LevelRule) -> Sign:
    passed, needed = _hours(lasts), _hours(rule.watch_for)
    if lasts >= rule.watch_for:
        return Sign("quiet", True, f"Тихо {passed} ч, для этого уровня нужно {needed} ч.")
    return Sign("quiet", False, f"Тихо {passed} ч из {needed} ч, которых требует уровень.")


def _thanks(seen: Reaction) -> tuple[Sign, ...]:
    if not seen.after.thanks:
        return ()
    told = f"Благодарностей после ответа: {_whole(seen.after.thanks)}. Они не негатив и отсчёт тишины не сбивают."
    return (Sign("thanks", True, told),)


def _of(figures: Figures) -> str:
    if not figures.comments:
        return "комментариев нет"
    return f"{_whole(figures.negative)} из {_whole(figures.comments)} ({_percent(figures.share or 0.0)} %)"


def _hours(length: timedelta) -> str:
    """Hours without a fraction, cut down: 23 h 59 min of 24 h are not yet 24 h."""
    return _whole(length // _HOUR)


def _whole(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")


def _percent(share: float) -> str:
    told = f"{100 * share:.1f}".replace(".", ",").removesuffix(",0")
    return "0" if told == "-0" else told
