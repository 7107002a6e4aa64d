"""Posts that are about something else leave a risk for one of their own, and the machine never joins them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from casework.errors import BadMove
from casework.joining import DIFFERENT, remember
from casework.moves import SPLIT_FROM, SPLIT_OFF, begin, finish, reasoned
from casework.opening import route_columns, title_of
from casework.regroup import count_anew
from casework.roles import Act
from casework.scoring import score_groups
from casework.telling import tell
from casework.terms import start_terms
from casework.work import Work
from risk.route import route
from risk.states import State, Veracity
from storage.engine import Tx
from storage.find.groups import Group, groups_by_id, groups_of_risks
from storage.find.moves import RiskRow, pairs_between, posts_of_groups
from storage.find.risks import texts_of
from storage.keep import groups as keep_groups
from storage.keep import risks as keep_risks
from storage.keep.events import NewEvent, add_events
from storage.keep.moves import withdraw_pairs
from storage.keep.posts import move_posts
from storage.moments import from_db, to_db

MOST_REMEMBERED = 500
"""Pairs kept for one split: every leaving post is told apart from a post that stays; more would say nothing new."""


def split(work: Work, risk_id: int, version: int, post_ids: Sequence[int], reason: str) -> int:
    """Move posts out of a risk into a new risk and return its id; «different» is remembered for ever.

    BadMove when no post is named, all are, or one is not of this risk. The new risk begins unverified, as found.
    """
    said = reasoned(reason, "почему это другой риск")
    leaving = set(post_ids)
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.SPLIT)
        groups = groups_of_risks(tx, [risk_id])[risk_id]
        posts = posts_of_groups(tx, [group.id for group in groups])
        all_posts = {post for members in posts.values() for post in members}
        if not leaving or leaving >= all_posts:
            raise BadMove("Выберите часть публикаций: хотя бы одна уходит и хотя бы одна остаётся.")
        if leaving - all_posts:
            raise BadMove("Среди выбранных есть публикации другого риска. Обновите карточку.")
        gone = [leave(tx, work, group, posts[group.id], leaving) for group in groups if leaving & set(posts[group.id])]
        _tell_apart(tx, work, sorted(leaving), sorted(all_posts - leaving), said)
        keep_groups.mark_judged(tx, [*(group.id for group in groups), *gone])
        new_id, number = _new_risk(tx, work, row, gone, said)
        finish(tx, work, row, SPLIT_OFF, {}, said, {"number": number, "posts": len(leaving)})
        touched = [group.id for group in groups if group.id not in gone]
        grown = count_anew(tx, work, [*touched, *gone], [risk_id, new_id])
        tell(tx, work, [one.risk_id for one in grown if one.risk_id != new_id], "risen")
        tell(tx, work, [new_id], "new")
    return new_id


def leave(tx: Tx, work: Work, group: Group, members: Sequence[int], leaving: set[int], *, judged: bool = True) -> int:
    """Return the group of the leaving posts: the whole group when nobody stays, else a new one made of them.

    `judged` says that a person told them apart.
    """
    mine = sorted(leaving & set(members))
    if len(mine) == len(members):
        return group.id
    new = replace(
        group, id=keep_groups.next_group_id(tx), first_post_id=mine[0], risk_id=None, judged=judged, is_new=True
    )
    # The counts are those of the old group only until `count_anew` a few lines later.
    keep_groups.add_groups(tx, score_groups(work, [new], to_db(work.now)), to_db(work.now))
    move_posts(tx, mine, new.id)
    return new.id


def _tell_apart(tx: Tx, work: Work, leaving: list[int], staying: list[int], reason: str) -> None:
    """Take back what tied the two sides, and remember that every leaving post differs from the staying and the reverse."""
    withdraw_pairs(tx, pairs_between(tx, leaving, staying, ["same", "suggest", "quote"]), work.by.id, work.now)
    pairs = {(min(post, staying[0]), max(post, staying[0])) for post in leaving[:MOST_REMEMBERED]}
    pairs |= {(min(post, leaving[0]), max(post, leaving[0])) for post in staying[:MOST_REMEMBERED]}
    remember(tx, work, sorted(pairs), DIFFERENT, reason)


def _new_risk(tx: Tx, work: Work, parent: RiskRow, group_ids: list[int], reason: str) -> tuple[int, str]:
    """Write the new risk of these groups; return its id and number."""
    return begin_risk(tx, work, group_ids, SPLIT_FROM, {"from": parent.number}, reason)


def begin_risk(
    tx: Tx, work: Work, group_ids: list[int], kind: str, told: dict[str, Any], note: str, **columns: Any
) -> tuple[int, str]:
    """Write a new risk of groups taken from another, with its first event; return its id and number.

    `columns` are set beside the usual ones. Its counts and level are right only after `count_anew`.
    """
    groups = groups_by_id(tx, group_ids)
    top = max(groups.values(), key=lambda group: (group.level, group.points, -group.id))
    number = keep_risks.next_numbers(tx, work.now.astimezone(work.profile.timezone).year, 1)[0]
    risk_id = keep_risks.next_risk_id(tx)
    text = texts_of(tx, [top.first_post_id]).get(top.first_post_id, "")
    row = _row(work, top, number, title_of(text))
    keep_risks.add_risks(tx, [row | columns | {"id": risk_id}])
    keep_risks.attach_groups(tx, group_ids, risk_id)
    after = {"number": number, "level": row["level"]} | told
    add_events(tx, [NewEvent(risk_id, work.now, work.by.id, kind, {}, after, note)])
    start_terms(tx, work, risk_id)
    return risk_id, number


def _row(work: Work, top: Group, number: str, title: str) -> dict[str, Any]:
    """The row of a risk that begins anew; its counts and score are brought up to date by `count_anew` at once."""
    level = max(1, top.level)
    return {
        "number": number, "title": title, "state": State.FOUND.value, "veracity": Veracity.UNCONFIRMED.value,
        "kind": top.told().kind.value, "level_machine": top.level, "level_person": None, "level_then": None, "level": level,
        "points": top.points, "reasons": [], "rule_set": "", **route_columns(route(top.told(), work.profile)),
        "route_by_person": False, "emergency": top.emergency, "opened_at": work.now, "first_seen": from_db(top.first_seen),
        "last_seen": from_db(top.last_seen), "posts": 0, "sources": 1, "voices": None, "views": None, "growth": None,
        "due_at": work.now, "taken_by": None, "taken_until": None, "owner_staff": None,
        "merged_into": None, "updated_at": work.now,
    }  # fmt: skip
