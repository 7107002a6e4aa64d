"""Counts groups and risks anew after posts or groups were moved: what merges and splits end with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from casework.growing import Grown, grow_risks, note_growth
from casework.scoring import score_groups
from casework.work import Work
from storage.engine import Tx
from storage.find.groups import Group, groups_by_id
from storage.find.risks import group_texts
from storage.keep import groups as keep
from storage.keep import risks as keep_risks
from storage.moments import to_db

TEXTS_READ = 50
"""Posts read again to find a group's most telling text; copies say the same, so more would only cost time."""


def retell(tx: Tx, work: Work, groups: Sequence[Group]) -> None:
    """Read the texts of groups again and let the most telling speak, in place."""
    told = group_texts(tx, [g.id for g in groups], TEXTS_READ)
    for group in groups:
        texts = told.get(group.id, [])
        facts = work.reader.read_many([text for _, text in texts])
        best = max(zip(facts, texts, strict=True), key=lambda pair: pair[0].points_text, default=None)
        if best is not None:
            group.facts, group.facts_packed = best[0], ""
            group.facts_post_id, group.facts_points = best[1][0], best[0].points_text


def count_anew(tx: Tx, work: Work, group_ids: Iterable[int], risk_ids: Sequence[int]) -> list[Grown]:
    """Count, read and score groups anew, drop empty ones, and bring the risks up to date; return risks whose level rose.

    Call it after posts were moved (storage.keep.posts.move_posts) or groups given to other risks.
    """
    groups = groups_by_id(tx, group_ids)
    empty = keep.recount(tx, groups)
    keep.drop_groups(tx, empty)
    alive = [group for i, group in sorted(groups.items()) if i not in empty]
    retell(tx, work, alive)
    now = to_db(work.now)
    scored = score_groups(work, alive, now)
    keep.change_groups(tx, scored, now)
    keep_risks.drop_sources(tx, risk_ids)
    keep_risks.fill_sources(tx, risk_ids)
    growth = grow_risks(tx, work, scored, {})
    note_growth(tx, work, growth.closed)
    return growth.risen
