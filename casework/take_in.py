"""A batch of posts in: stored, grouped, scored; opens or grows risks, tells the chats — all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from casework.arrivals import Arrival, Arrivals, read_texts, sort_out
from casework.counting import SourceFacts, add_comment, add_early_comments, add_post
from casework.edits import take_edits
from casework.grouping import Placed, place_new
from casework.growing import grow_risks
from casework.intake import Intake
from casework.opening import open_risks
from casework.regroup import retell
from casework.respread import Again, spread_again
from casework.scoring import score_groups
from casework.seen import take_seen
from casework.telling import tell
from casework.work import Work
from casework.writing import write_new
from risk.group import SourceStyle
from risk.post import Post
from storage.engine import Tx
from storage.find import arrivals as find
from storage.find.groups import groups_by_id
from storage.keep import groups as keep_groups
from storage.keep import posts as keep_posts
from storage.keep.risks import fill_sources
from storage.keep.runs import add_progress, put_cursor
from storage.moments import to_db

TOLD_WITHIN = timedelta(hours=72)
"""Chats are told of what was published lately: the history that a new source brings stands in the queue only."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a batch."""

    new: int
    edited: int
    same: int
    """Seen before with the same text; its counters may have changed."""
    joined: int
    """New posts that found copies of themselves."""
    suggested: int
    """Pairs left to a person."""
    opened: tuple[int, ...]
    """Ids of risks opened."""
    risen: tuple[int, ...]
    """Ids of risks whose level rose."""
    alerts: int
    """Lines written to the outbox."""
    reopened: tuple[int, ...] = ()
    """Ids of closed risks that spread again."""


@dataclass(frozen=True, slots=True)
class _Moved:
    opened: tuple[int, ...]
    risen: tuple[int, ...]
    reopened: tuple[int, ...]
    alerts: int


def take_in(
    work: Work,
    posts: Sequence[Post],
    *,
    source_id: str | None = None,
    run_id: int | None = None,
    cursor: Mapping[str, Any] | None = None,
) -> TakenIn:
    """Take in a batch (a page of a crawl) in one transaction and return what became of it.

    The same posts a second time change nothing. `cursor` is noted for `source_id` in the same transaction, so that a
    crash never leaves a page half read; the run `run_id` counts what it took in even if it is killed later. Posts are
    masked, times aware.
    """
    with work.store.write() as tx:
        taken = _take_in(tx, work, posts)
        if run_id is not None:
            add_progress(tx, run_id, {"new": taken.new, "edited": taken.edited, "same": taken.same})
        if source_id is not None and cursor is not None:
            put_cursor(tx, source_id, dict(cursor))
    return taken


def _take_in(tx: Tx, work: Work, posts: Sequence[Post]) -> TakenIn:
    now = to_db(work.now)
    arrivals = sort_out(tx, posts)
    read_texts(arrivals, work.reader)
    sources, styles = _sources(tx, work, arrivals)
    placed = _place(tx, arrivals, styles, now)
    intake = Intake(tx, work, now, arrivals, sources, styles, placed)
    _load_groups(intake)
    _count_new(intake)
    write_new(intake)
    take_seen(intake)
    take_edits(intake)
    _merge_groups(intake)
    moved = _score(intake)
    return TakenIn(
        new=len(arrivals.new), edited=len(arrivals.edited), same=len(arrivals.same), joined=placed.joined,
        suggested=placed.suggested, opened=moved.opened, risen=moved.risen, alerts=moved.alerts,
        reopened=moved.reopened,
    )  # fmt: skip


def _place(tx: Tx, arrivals: Arrivals, styles: dict[str, SourceStyle], now: int) -> Placed:
    first = keep_posts.next_post_id(tx)
    for offset, arrival in enumerate(arrivals.new):
        arrival.id = first + offset
    return place_new(tx, arrivals.new, styles, now)


def _sources(tx: Tx, work: Work, arrivals: Arrivals) -> tuple[dict[str, SourceFacts], dict[str, SourceStyle]]:
    """Return facts and styles of the sources of new and edited posts: the living list first, then the profile's."""
    wanted = {a.post.source_id for a in arrivals.new + arrivals.edited}
    if not wanted:
        return {}, {}
    facts: dict[str, SourceFacts] = {s: SourceFacts(s) for s in wanted}
    styles: dict[str, SourceStyle] = {}
    for s in work.profile.sources:
        if s.id in wanted:
            facts[s.id], styles[s.id] = (
                SourceFacts(s.name, s.official, s.media, s.federal),
                SourceStyle(s.footers, s.series),
            )
    for source_id, row in find.source_rows(tx, sorted(wanted)).items():
        facts[source_id] = SourceFacts(row.name, row.official, row.media, row.federal)
        styles[source_id] = SourceStyle(tuple(row.options.get("footers", ())), tuple(row.options.get("series", ())))
    return facts, styles


def _load_groups(intake: Intake) -> None:
    """Load, in one query, the groups of stored posts that this batch touches."""
    arrivals, placed = intake.arrivals, intake.placed
    wanted = {known.group_id for known in arrivals.parents.values()}
    wanted |= {a.known.group_id for a in arrivals.edited if a.known}
    wanted |= {a.known.group_id for a in arrivals.same if a.known and a.post.reach.views != a.known.views}
    wanted -= placed.groups.keys() | placed.merged.keys()
    placed.groups |= groups_by_id(intake.tx, wanted)


def _count_new(intake: Intake) -> None:
    """Count new posts into their groups and new comments into the groups of the posts they stand under."""
    by_key = {a.post.key: a for a in intake.arrivals.new}
    stored = [a for a in intake.arrivals.new if a.group is not None and not a.group.is_new]
    voices = find.voices_in(intake.tx, [(a.group.id, a.post.voice) for a in stored if a.group and a.post.voice])
    sources = find.sources_in(intake.tx, [(a.group.id, a.post.source_id) for a in stored if a.group])
    for arrival in intake.arrivals.new:
        group, post = arrival.group, arrival.post
        if group is None:
            raise RuntimeError(f"пост {post.key} не получил группы")
        intake.touched[group.id] = group
        from_source, by_voice = (group.id, post.source_id), (group.id, post.voice or "")
        fresh_voice = post.voice is not None and by_voice not in voices
        add_post(group, arrival, intake.sources[post.source_id], from_source not in sources, fresh_voice)
        sources.add(from_source)
        voices.add(by_voice)
        if post.is_comment:
            _count_comment(intake, arrival, by_key)
    _count_early_comments(intake)


def _count_comment(intake: Intake, arrival: Arrival, new: dict[find.Key, Arrival]) -> None:
    """A comment informs the group of its post; one whose post is not stored yet waits for it (early_comments)."""
    post = arrival.post
    key = (post.platform, post.source_id, post.external_id, "")
    if key in intake.arrivals.parents:
        add_comment(intake.group(intake.arrivals.parents[key].group_id), arrival)
    elif key in new:
        parent = new[key].group
        if parent is not None:
            add_comment(intake.group(parent.id), arrival)


def _count_early_comments(intake: Intake) -> None:
    """Count comments stored before the posts they stand under (those of this very batch are counted already)."""
    posts = {
        (a.post.platform, a.post.source_id, a.post.external_id): a for a in intake.arrivals.new if not a.post.is_comment
    }
    for key, (comments, negative) in find.early_comments(intake.tx, list(posts)).items():
        group = posts[key].group
        if group is not None:
            add_early_comments(group, comments, negative)


def _merge_groups(intake: Intake) -> None:
    """Make one group of those that a new post showed to be one, and count groups anew where adding up is not enough."""
    merged = intake.placed.merged
    for dropped, kept in merged.items():
        keep_posts.move_group(intake.tx, dropped, kept)
        into, gone = intake.group(kept), intake.placed.groups[dropped]
        if gone.facts_points > into.facts_points:
            into.facts, into.facts_packed = gone.facts, gone.facts_packed
            into.facts_post_id, into.facts_points = gone.facts_post_id, gone.facts_points
        into.judged = into.judged or gone.judged
        intake.touched.pop(dropped, None)
    keep_groups.drop_groups(intake.tx, sorted(merged))
    again = {i: intake.group(i) for i in (intake.recount | set(merged.values())) - merged.keys()}
    if again:
        keep_groups.recount(intake.tx, again)


def _score(intake: Intake) -> _Moved:
    """Score touched groups, open and grow their risks, tell the chats."""
    tx, work = intake.tx, intake.work
    retell(tx, work, [intake.touched[i] for i in sorted(intake.retell) if i in intake.touched])
    scored = score_groups(work, list(intake.touched.values()), intake.now)
    opened = open_risks(tx, work, scored, {a.id: a.post.text for a in intake.arrivals.new + intake.arrivals.edited})
    keep_groups.add_groups(tx, [s for s in scored if s.group.is_new], intake.now)
    keep_groups.change_groups(tx, [s for s in scored if not s.group.is_new], intake.now)
    ids = [o.risk_id for o in opened]
    fill_sources(tx, ids + _merged_risks(intake))
    growth = grow_risks(tx, work, scored, _risk_sources(intake), frozenset(ids))
    again = Again()
    if growth.closed:
        again = spread_again(tx, work, growth.closed, intake.arrivals.new, intake.sources, TOLD_WITHIN)
    settled = {*again.reopened, *again.passed_on}
    risen = [g.risk_id for g in growth.risen if g.risk_id not in settled]
    lately = {s.group.risk_id for s in scored if s.group.last_published >= to_db(work.now - TOLD_WITHIN)}
    alerts = sum(
        tell(tx, work, [i for i in found if i in lately], kind) for found, kind in ((ids, "new"), (risen, "risen"))
    )
    return _Moved((*ids, *again.opened), tuple(risen), tuple(again.reopened), alerts + again.alerts)


def _merged_risks(intake: Intake) -> list[int]:
    """Risks whose group took in another whole group: its sources are theirs from now on."""
    kept = {intake.group(i).risk_id for i in intake.placed.merged.values()}
    return sorted(i for i in kept if i is not None)


def _risk_sources(intake: Intake) -> dict[int, set[str]]:
    """Sources of the new posts of the batch by risk."""
    found: dict[int, set[str]] = {}
    for arrival in intake.arrivals.new:
        if arrival.group is not None and arrival.group.risk_id is not None:
            found.setdefault(arrival.group.risk_id, set()).add(arrival.post.source_id)
    return found


def mark_gone(work: Work, keys: Sequence[find.Key]) -> int:
    """Mark stored posts (platform, source_id, external_id, comment_id) as gone from their page; return how many were.

    The text and the group stay: what was said has been read by people; a second call changes nothing.
    """
    with work.store.write() as tx:
        known = find.known_posts(tx, keys)
        gone = [(to_db(work.now), k.id) for k in known.values() if k.gone_at is None]
        keep_posts.change_posts(tx, ("gone_at",), gone)
    return len(gone)
