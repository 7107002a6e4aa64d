"""How it was answered before: the nearest earlier risks that had an approved answer, and whether people calmed down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.engine import Tx
from storage.find.search import posts_with_two, times_said
from storage.tables import answer, grp, post, risk, watch
from texts.stems import stems, words

MOST = 5
_RARE = 5
"""Words of the risk that are looked up: the rarest tell most; with five a look-up stays under 10 ms at 100,000 posts."""
_TOO_COMMON = 2000
"""Words are counted up to here: beyond it one is as common as another."""
_POSTS_LOOKED = 100
_SAME_TOPIC = 24
_TOPIC, _PLACE, _LEAST = 0.15, 0.15, 0.2
"""What the same topic and place add to the likeness of the words (0..1), and the least likeness that is shown [P]:
words alone that hardly fit are not shown, a topic or a place alone neither."""


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """One earlier risk with its answer."""

    risk_id: int
    number: str
    title: str
    topic: str | None
    settlement: str | None
    level: int
    state: str
    answer_id: int
    text: str
    answered_at: datetime
    calm: str | None
    """worked_off (people calmed down) | not_yet | worse: the last verdict on the reaction; None when nobody watched."""
    days: int | None
    """Days from the opening to the closing; None while it is open."""
    reopened: int
    """How many times it spread again."""
    likeness: float
    """0..1."""


def past_answers(
    tx: Tx, risk_id: int, title: str, topic: str | None, settlement: str | None, blocks: Sequence[str] | None = None
) -> tuple[PastAnswer, ...]:
    """Return at most five earlier risks with an approved answer, the most alike first.

    Found by the rarest words of `title` in the full-text index and among the newest answers of the same topic; ranked by
    shared words, topic and place. `blocks` are the only blocks whose risks may be shown, None for all.
    """
    own = _telling(title)
    found = {row.id: row for row in _answered(tx, _by_words(tx, own, risk_id), risk_id, blocks)}
    found |= {row.id: row for row in _of_topic(tx, topic, risk_id, blocks)}
    told = {row.id: frozenset(_telling(row.title)) for row in found.values()}
    weights = _weights(own, list(told.values()))
    alike = {
        row.id: _likeness(weights, told[row.id], row.topic == topic, row.settlement == settlement)
        for row in found.values()
    }
    ranked = sorted(found.values(), key=lambda row: (-alike[row.id], -row.id))
    return tuple(_past(row, alike[row.id]) for row in ranked[:MOST] if alike[row.id] >= _LEAST)


def _telling(title: str) -> tuple[str, ...]:
    """The first stems of a title that mean something."""
    return tuple(dict.fromkeys(stem for stem in stems(words(title)) if len(stem) > 2 and not stem.isdigit()))[:12]


def _weights(own: Sequence[str], titles: Sequence[frozenset[str]]) -> dict[str, float]:
    """A word that every candidate has tells little."""
    said = Counter(stem for title in titles for stem in title)
    return {stem: 1.0 / (1.0 + said[stem] / max(1, len(titles)) * 3) for stem in own}


def _likeness(weights: dict[str, float], theirs: frozenset[str], same_topic: bool, same_place: bool) -> float:
    whole = sum(weights.values())
    shared = sum(weight for stem, weight in weights.items() if stem in theirs)
    if not shared:
        return 0.0
    return shared / whole * (1 - _TOPIC - _PLACE) + _TOPIC * same_topic + _PLACE * same_place


def _by_words(tx: Tx, own: Sequence[str], but: int) -> list[int]:
    """Ids of risks with posts from before this risk that hold two of its rarest words."""
    said = times_said(tx, own, _TOO_COMMON)
    rare = sorted((n, stem) for stem, n in said.items() if n)[:_RARE]
    first = tx.execute(sa.select(sa.func.min(grp.c.first_post_id)).where(grp.c.risk_id == but)).scalar()
    posts = posts_with_two(tx, [stem for _, stem in rare], _POSTS_LOOKED, first) if first else []
    if not posts:
        return []
    query = sa.select(grp.c.risk_id).join(post, post.c.group_id == grp.c.id).where(post.c.id.in_(posts)).distinct()
    return list(tx.execute(query.where(grp.c.risk_id.is_not(None))).scalars())


_COLUMNS = (
    risk.c.id, risk.c.number, risk.c.title, risk.c.topic, risk.c.settlement, risk.c.level, risk.c.state, risk.c.opened_at,
    risk.c.closed_at, risk.c.reopened, answer.c.id.label("answer_id"), answer.c.text, answer.c.decided_at, watch.c.proposal,
)  # fmt: skip


def _rows(blocks: Sequence[str] | None, but: int) -> sa.Select[Any]:
    """Risks with an approved answer, the newest answer last, so that it is the one kept by id."""
    query = (
        sa.select(*_COLUMNS)
        .join_from(answer, risk, risk.c.id == answer.c.risk_id)
        .join(watch, watch.c.risk_id == risk.c.id, isouter=True)
        .where(answer.c.state == "approved", answer.c.kind.in_(("answer", "update")), risk.c.id != but)
        .where(risk.c.merged_into.is_(None))
    )
    return query if blocks is None else query.where(risk.c.block.in_(list(blocks)))


def _answered(tx: Tx, risk_ids: Sequence[int], but: int, blocks: Sequence[str] | None) -> list[Any]:
    if not risk_ids:
        return []
    query = _rows(blocks, but).where(answer.c.risk_id.in_(risk_ids)).order_by(answer.c.decided_at, answer.c.id)
    return list(tx.execute(query))


def _of_topic(tx: Tx, topic: str | None, but: int, blocks: Sequence[str] | None) -> list[Any]:
    if topic is None:
        return []
    query = _rows(blocks, but).where(risk.c.topic == topic).order_by(answer.c.risk_id.desc()).limit(_SAME_TOPIC)
    return list(reversed(tx.execute(query).all()))


def _past(row: Any, likeness: float) -> PastAnswer:
    closed = row.closed_at if row.state == "worked_off" else None
    return PastAnswer(
        risk_id=row.id, number=row.number, title=row.title, topic=row.topic, settlement=row.settlement, level=row.level,
        state=row.state, answer_id=row.answer_id, text=row.text, answered_at=row.decided_at,
        calm="worked_off" if row.state == "worked_off" else row.proposal,
        days=None if closed is None else max(0, (closed - row.opened_at) // timedelta(days=1)), reopened=row.reopened,
        likeness=round(likeness, 3),
    )  # fmt: skip
