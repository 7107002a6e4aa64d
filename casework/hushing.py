"""What a silence stops: alerts of a risk or a topic that somebody asked to be quiet — until it grows, never danger to life."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from casework.work import Work
from reports.alert import CRITICAL
from storage.engine import Tx
from storage.find.untaken import SilenceRow, open_silences, topic_sizes
from storage.keep.chatting import end_silence
from storage.keep.events import NewEvent, add_events
from storage.keep.journal import add_journal

MORE_TIMES, MORE_POSTS, VIEWS_TIMES = 1.5, 5, 2
"""Growth that ends a silence: half as many posts again and at least five more, or twice the views [P]."""
ANEW = frozenset({"reopened", "grown"})
"""Kinds of news that are growth by themselves."""


class Quiet(Protocol):
    """A risk as far as silences care."""

    @property
    def id(self) -> int: ...
    @property
    def level(self) -> int: ...
    @property
    def emergency(self) -> bool: ...
    @property
    def topic(self) -> str | None: ...
    @property
    def posts(self) -> int: ...
    @property
    def views(self) -> int | None: ...


def grew(base: dict[str, Any], level: int, posts: int, views: int | None) -> str:
    """Return in Russian how a thing grew beyond what it was when it was silenced, "" when it did not."""
    if level > base["level"]:
        return f"уровень вырос до {level}"
    if posts >= MORE_TIMES * base["posts"] and posts - base["posts"] >= MORE_POSTS:
        return f"публикаций стало {posts} вместо {base['posts']}"
    if views is not None and base["views"] and views >= VIEWS_TIMES * base["views"]:
        return f"просмотров стало {views} вместо {base['views']}"
    return ""


def is_danger(level: int, emergency: bool) -> bool:
    """Tell whether no silence may stop it: a critical level or danger to life."""
    return level >= CRITICAL or emergency


def hushed(tx: Tx, work: Work, risks: Iterable[Quiet], kind: str) -> frozenset[int]:
    """Return the risks whose alerts are not told now; a silence that is over, or whose risk grew, ends here.

    `kind` is the kind of news (storage.find.untaken.NEWS): what happens anew breaks a silence.
    """
    risks = list(risks)
    standing = open_silences(tx) if risks else ()
    if not standing:
        return frozenset()
    return frozenset(
        risk.id
        for risk in risks
        if not is_danger(risk.level, risk.emergency) and any([_holds(tx, work, s, risk, kind) for s in standing])
    )


def _holds(tx: Tx, work: Work, silence: SilenceRow, risk: Quiet, kind: str) -> bool:
    if risk.id != silence.risk_id and (silence.topic is None or risk.topic != silence.topic):
        return False
    why = over(tx, work, silence, risk)
    if not why and silence.risk_id is not None and kind in ANEW:
        why = "риск распространяется вновь"
    if why:
        finish(tx, work, silence, None, why)
    return not why


def over(tx: Tx, work: Work, silence: SilenceRow, risk: Quiet | None) -> str:
    """Return in Russian why a silence is over, "" while it stands; `risk` is needed for a silence over a risk."""
    if silence.until_at is not None and silence.until_at <= work.now:
        return "срок вышел"
    if not silence.until_grows:
        return ""
    if silence.topic is not None:
        return grew(silence.base, *topic_sizes(tx, silence.topic))
    return grew(silence.base, risk.level, risk.posts, risk.views) if risk is not None else ""


def finish(tx: Tx, work: Work, silence: SilenceRow, by: int | None, why: str) -> None:
    """End a silence with an event in the history of its risk, or a line in the journal for a topic."""
    if not end_silence(tx, silence.id, by, why, work.now):
        return
    if silence.risk_id is not None:
        add_events(tx, [NewEvent(silence.risk_id, work.now, by, "silence_ended", {}, {}, why)])
    else:
        add_journal(tx, work.now, by, "silence.ended", f"topic:{silence.topic}", {}, {"why": why})
