"""Two risks become one, and a person says whether two posts are copies; such words are remembered for ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from casework.errors import BadMove
from casework.moves import FREED, MERGED_HERE, SUGGESTION_DECIDED, begin, finish, load, reasoned, refuse_taken, step
from casework.regroup import count_anew
from casework.roles import NO_BLOCK, Act, require
from casework.telling import tell
from casework.terms import end_terms
from casework.work import Work
from risk.states import MERGED_REASON, Event
from storage.engine import Tx
from storage.find.groups import Group, groups_by_id, groups_of_risks
from storage.find.moves import PostPlace, RiskRow, pair_by_id, pairs_between, places_of, posts_of_groups, risk_rows
from storage.keep.events import NewEvent, add_events
from storage.keep.groups import mark_judged
from storage.keep.moves import lead_on, withdraw_pairs
from storage.keep.posts import add_judgements, move_group
from storage.keep.risks import attach_groups, change_risk
from storage.keep.watching import carry_answers, end_watch
from storage.keep.working import carry_over
from storage.moments import to_db

PERSON = "person"
"""Method of a judgement that a person made."""
SAME, DIFFERENT = "same", "different"


def merge(work: Work, into_id: int, version: int, other_ids: Sequence[int], reason: str) -> int:
    """Join other risks to one: their groups move over, they are dismissed and lead to it; return its new version.

    Their lines in the outbox stay as they are. «Same» is remembered for ever and outweighs an earlier «different».
    """
    said = reasoned(reason, "почему это один риск")
    wanted = sorted(set(other_ids) - {into_id})
    if not wanted:
        raise BadMove("Выберите хотя бы один другой риск, который присоединить.")
    with work.store.write() as tx:
        row = begin(tx, work, into_id, version, Act.MERGE)
        if not row.is_open:
            raise BadMove(f"Риск {row.number} закрыт. Сначала откройте его вновь или присоедините его к открытому.")
        others = [_other(tx, work, risk_id) for risk_id in wanted]
        refuse_taken(tx, work, others)
        for other in others:
            step(other, Event.MERGED)
        return _absorb(tx, work, row, others, said)


def decide_suggestion(work: Work, judgement_id: int, same: bool, reason: str = "") -> None:
    """Write a person's word on «похоже, решите»: copies share a group and a risk from now on, others never will."""
    with work.store.write() as tx:
        pair = pair_by_id(tx, judgement_id)
        if pair is None or pair.verdict not in ("suggest", "quote"):
            raise BadMove("Такого вопроса нет. Обновите карточку.")
        if pair.withdrawn:
            raise BadMove("Этот вопрос уже решён. Обновите карточку.")
        places = places_of(tx, [pair.left_id, pair.right_id])
        if len(places) < 2:
            raise BadMove("Одной из публикаций уже нет. Обновите карточку.")
        left, right = places[pair.left_id], places[pair.right_id]
        rows = risk_rows(tx, sorted({p.risk_id for p in (left, right) if p.risk_id is not None}))
        require(work.by, Act.DECIDE_SUGGESTION, next((row.block for row in rows.values()), None) or NO_BLOCK)
        refuse_taken(tx, work, list(rows.values()))
        withdraw_pairs(tx, [pair.id], work.by.id, work.now)
        verdict = SAME if same else DIFFERENT
        remember(tx, work, [(left.id, right.id)], verdict, reason.strip(), pair.score)
        mark_judged(tx, sorted({left.group_id, right.group_id}))
        told = {"posts": [left.id, right.id], "verdict": verdict}
        add_events(
            tx, [NewEvent(i, work.now, work.by.id, SUGGESTION_DECIDED, {}, told, reason.strip()) for i in sorted(rows)]
        )
        if same and left.group_id != right.group_id:
            _unite(tx, work, left, right)


def remember(
    tx: Tx, work: Work, pairs: Sequence[tuple[int, int]], verdict: str, reason: str, score: float | None = None
) -> None:
    """Keep a person's word about pairs of posts (earlier post, later post)."""
    at = to_db(work.now)
    add_judgements(tx, [(left, right, verdict, PERSON, score, reason, work.by.id, at) for left, right in pairs])


def _other(tx: Tx, work: Work, risk_id: int) -> RiskRow:
    row = load(tx, risk_id)
    require(work.by, Act.MERGE, row.block or NO_BLOCK)
    if row.merged_into is not None:
        raise BadMove(f"Риск {row.number} уже объединён с другим. Обновите очередь.")
    return row


def _absorb(tx: Tx, work: Work, into: RiskRow, others: Sequence[RiskRow], reason: str) -> int:
    """Move the groups of other risks to one and close those risks; return the one's new version."""
    groups = groups_of_risks(tx, [into.id, *(other.id for other in others)])
    moved = [group for other in others for group in groups[other.id]]
    _forget_different(tx, work, groups[into.id], moved)
    if groups[into.id] and moved:
        first = groups[into.id][0].first_post_id
        remember(tx, work, [(first, group.first_post_id) for group in moved], SAME, reason)
    mark_judged(tx, [group.id for group in [*groups[into.id], *moved]])
    attach_groups(tx, [group.id for group in moved], into.id)
    carry_over(tx, [other.id for other in others], into.id)
    for other in others:
        lead_on(tx, other.id, into.id)
        values: dict[str, Any] = {"merged_into": into.id, **FREED}
        if other.is_open:
            values["state"] = step(other, Event.MERGED)
        led = {"into": into.number, "reason": MERGED_REASON} | carry_answers(tx, other.id, into.id)
        finish(tx, work, other, Event.MERGED, values, reason, led)
        end_terms(tx, work, other.id)
        end_watch(tx, other.id, work.now)
    told = {"numbers": [other.number for other in others], "posts": into.posts + sum(group.posts for group in moved)}
    # Whose story spread again owes its cause and forecast, under whatever number it goes on.
    owed = {"needs_cause": True} if any(other.needs_cause for other in others) else {}
    finish(tx, work, into, MERGED_HERE, owed, reason, told)
    grown = count_anew(tx, work, [group.id for group in moved], [into.id, *(other.id for other in others)])
    tell(tx, work, [one.risk_id for one in grown], "risen")
    return load(tx, into.id).version


def _forget_different(tx: Tx, work: Work, here: Sequence[Group], there: Sequence[Group]) -> None:
    """The later word of a person outweighs the earlier: «different» between these groups is taken back."""
    posts = posts_of_groups(tx, [group.id for group in [*here, *there]])
    left = [post for group in here for post in posts[group.id]]
    right = [post for group in there for post in posts[group.id]]
    withdraw_pairs(tx, pairs_between(tx, left, right, [DIFFERENT]), work.by.id, work.now)


def _unite(tx: Tx, work: Work, left: PostPlace, right: PostPlace) -> None:
    """Make one group of two, and one risk of their risks: the open one, else the older stays."""
    risks = risk_rows(tx, [p.risk_id for p in (left, right) if p.risk_id is not None])
    order = sorted(risks.values(), key=lambda row: (not row.is_open, row.merged_into is not None, row.id))
    kept, gone = sorted((left.group_id, right.group_id))
    if len(order) == 2:
        _absorb(tx, work, order[0], order[1:], "публикации признаны копиями")
    elif order:
        attach_groups(tx, [kept, gone], order[0].id)
        change_risk(tx, order[0].id, None, work.now, {})
    here, there = (groups_by_id(tx, [group_id]).values() for group_id in (kept, gone))
    _forget_different(tx, work, list(here), list(there))
    move_group(tx, gone, kept)
    grown = count_anew(tx, work, [kept, gone], [row.id for row in order])
    tell(tx, work, [one.risk_id for one in grown], "risen")
