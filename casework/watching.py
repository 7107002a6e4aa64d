"""Watches how people take an answer: begins when it is seen standing, looks again and again, proposes, and never decides.

A look reads without holding anybody up and writes in short pieces; it changes no version of a risk, so that no officer's
open form grows stale because the machine has looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from casework.moves import begin, finish, load, reasoned, step
from casework.roles import Act
from casework.telling import tell_text
from casework.work import Work
from district.profile import LevelRule
from risk.reaction import Figures, Proposal, Reaction, Verdict, judge
from risk.states import Event, Kind, State
from storage.bulk import Row
from storage.engine import Tx
from storage.find.moves import RiskRow
from storage.find.reaction import Asked, Later, Tally, WatchRow, count_reactions, due_watches, watch_of, watched_now
from storage.find.risks import texts_of
from storage.keep.events import NewEvent, add_events
from storage.keep.jsons import json_text
from storage.keep.watching import change_watches, end_watch, put_watch
from storage.moments import from_db, to_db

REACTION, WORSE_TOLD = "reaction", "worse"
OFTEN, SELDOM, FIRST_DAY = timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)
"""A look every ten minutes on the first day after the answer, when a reaction shows; hourly later [P]."""
AT_ONCE = 100
"""Watches looked at in one piece: the writing at its end takes milliseconds, and crawlers wait no longer."""
READ_ONCE = 200
"""Texts read for thanks in one look at a risk, the newest first."""
NEWEST_KEPT = 10
"""Posts behind a proposal that the card names."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at one risk saw."""

    watch: WatchRow
    seen: Reaction
    verdict: Verdict
    thanked: tuple[int, ...]
    """Ids of posts that thank."""
    read_to: int
    """Up to this post id the texts have been read for thanks."""
    newest: tuple[int, ...]
    """Ids of the newest posts after the answer that do not thank, at most NEWEST_KEPT."""


def begin_watch(tx: Tx, work: Work, risk_id: int) -> bool:
    """Begin to watch an answered risk (its answer was seen standing); return whether the watch began now.

    Writes the move to «watched» with its event and the figures to compare with. Does nothing in any other state: a
    «проверяем» that stands is no answer yet, and who is watched already is watched.
    """
    row = load(tx, risk_id)
    if row.state != State.ANSWERED or not row.is_open:
        return False
    _begun(tx, work, row)
    return True


def start_watch(work: Work, risk_id: int, version: int) -> int:
    """Begin the watch by a person's word, where no crawler can see the answer; return the new version.

    The closing still asks for a link that was seen standing. MoveNotAllowed unless the risk is answered.
    """
    with work.store.write() as tx:
        return _begun(tx, work, begin(tx, work, risk_id, version, Act.PUBLISH))


def _begun(tx: Tx, work: Work, row: RiskRow) -> int:
    state = step(row, Event.WATCHED)
    at = to_db(work.now)
    base = _before(count_reactions(tx, [Asked(row.id, at, at, at)])[row.id])
    put_watch(tx, row.id, work.now, asdict(base), work.now + OFTEN)
    told = {"posts": base.posts, "sources": base.sources, "views": base.views}
    return finish(tx, work, row, Event.WATCHED, {"state": state}, "", told)


def answer_again(work: Work, risk_id: int, version: int, reason: str) -> int:
    """Go back from the watch (or a published answer) to preparing another answer; return the new version."""
    said = reasoned(reason, "почему нужен новый ответ")
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.WRITE_ANSWER)
        new = finish(tx, work, row, Event.PREPARING, {"state": step(row, Event.PREPARING)}, said)
        end_watch(tx, risk_id, work.now)
        return new


def look(work: Work, limit: int = 1000) -> int:
    """Look again at the watched risks whose time has come, at most `limit`; return how many.

    A changed proposal is an event; «worse» is told to the chats of the level once a watch.
    """
    with work.store.read() as tx:
        due = due_watches(tx, work.now, limit)
    for start in range(0, len(due), AT_ONCE):
        piece = due[start : start + AT_ONCE]
        with work.store.read() as tx:
            looks = looks_at(tx, work, [row for row in piece if row.state == State.WATCHED])
        with work.store.write() as tx:
            _write(tx, work, looks)
            for row in piece:
                if row.state != State.WATCHED:
                    end_watch(tx, row.risk_id, work.now)
    return len(due)


def look_at(tx: Tx, work: Work, risk_id: int) -> Look | None:
    """Return what the reaction of one risk is at this very moment, writing nothing; None when it is not being watched."""
    row = watch_of(tx, risk_id)
    if row is None or row.ended_at is not None:
        return None
    return looks_at(tx, work, [row])[0]


def looks_at(tx: Tx, work: Work, watches: Sequence[WatchRow]) -> list[Look]:
    """Return looks at watches, in their order; a handful of queries for all of them."""
    tallies = count_reactions(tx, [_asked(work, row) for row in watches])
    thanked = _thanks(tx, work, watches, tallies)
    looks = []
    for row in watches:
        tally, rule = tallies[row.risk_id], rule_of(work, row)
        seen = _reaction(row, tally, thanked[row.risk_id], work.now - rule.watch_for)
        read_to = max([_read_to(row), *(post.id for post in tally.later)])
        thanking = thanked[row.risk_id]
        spread = sorted((p for p in tally.later if p.id not in thanking), key=lambda p: (-p.published, p.id))
        newest = tuple(post.id for post in spread[:NEWEST_KEPT])
        looks.append(Look(row, seen, judge(seen, rule, work.now), tuple(sorted(thanking)), read_to, newest))
    return looks


def rule_of(work: Work, row: WatchRow) -> LevelRule:
    """Return the rule of the risk's level as it is now."""
    return work.profile.level(max(1, row.level))


def _window(work: Work, row: WatchRow) -> datetime:
    return max(row.started_at, work.now - rule_of(work, row).watch_for)


def _asked(work: Work, row: WatchRow) -> Asked:
    window = _window(work, row)
    return Asked(row.risk_id, to_db(row.started_at), to_db(window), to_db(max(row.quiet_since, window)))


def _read_to(row: WatchRow) -> int:
    return int(row.figures.get("read_to", 0))


def _thanks(tx: Tx, work: Work, watches: Sequence[WatchRow], tallies: dict[int, Tally]) -> dict[int, set[int]]:
    """Return which later posts thank: known from earlier looks, or read now because they are new and not negative."""
    found, fresh = {}, []
    for row in watches:
        found[row.risk_id] = set(row.figures.get("thanked", ()))
        calm = [p.id for p in tallies[row.risk_id].later if not p.negative and p.id > _read_to(row)]
        fresh += [(row.risk_id, post_id) for post_id in sorted(calm)[-READ_ONCE:]]
    texts = texts_of(tx, [post_id for _, post_id in fresh])
    facts = work.reader.read_many([texts.get(post_id, "") for _, post_id in fresh]) if fresh else []
    for (risk_id, post_id), told in zip(fresh, facts, strict=True):
        if told.kind is Kind.PRAISE:
            found[risk_id].add(post_id)
    return found


def _before(tally: Tally) -> Figures:
    return Figures(
        originals=tally.originals, copies=tally.posts - tally.originals, sources=len(tally.sources),
        voices=tally.voices, views=tally.views_start, comments=tally.comments, negative=tally.negative,
    )  # fmt: skip


def _reaction(row: WatchRow, tally: Tally, thanked: set[int], window: datetime) -> Reaction:
    spread = [post for post in tally.later if post.id not in thanked]
    since = to_db(max(window, row.started_at))
    quiet = to_db(max(row.quiet_since, window, row.started_at))
    after = _later(spread, tally, 0)
    return Reaction(
        started_at=row.started_at,
        quiet_since=row.quiet_since,
        before=_before(tally),
        after=Figures(
            originals=after.originals, copies=after.copies, sources=after.sources, voices=tally.new_voices,
            views=_sum([tally.views_start_now, *(post.views for post in spread)]), comments=tally.comments_after,
            negative=tally.negative_after, thanks=len(tally.later) - len(spread),
        ),
        lately=Figures(
            originals=_later(spread, tally, since).originals, copies=_later(spread, tally, since).copies,
            sources=_later(spread, tally, since).sources, comments=tally.comments_lately, negative=tally.negative_lately,
        ),
        views_then=_sum([tally.views_then, *(post.views_then for post in spread)]),
        views_now=_sum([tally.views_then_now, *(post.views for post in spread if _counts_now(post, quiet))]),
        last_spread_at=max((from_db(post.published) for post in spread), default=None),
        last_negative_at=None if tally.last_negative is None else from_db(tally.last_negative),
    )  # fmt: skip


def _counts_now(post: Later, quiet: int) -> bool:
    """What was published since adds all its views; what stood before only if its counter was known then."""
    return post.published > quiet or post.views_then is not None


def _later(spread: Sequence[Later], tally: Tally, since: int) -> Figures:
    """Count posts published after a moment; a source is new when its first post of all is among them."""
    first: dict[str, int] = {}
    for post in spread:
        first[post.source_id] = min(post.published, first.get(post.source_id, post.published))
    counted = [post for post in spread if post.published > since]
    originals = sum(post.original for post in counted)
    fresh = [source for source, at in first.items() if at > since and source not in tally.sources]
    return Figures(originals=originals, copies=len(counted) - originals, sources=len(fresh))


def _sum(counters: Sequence[int | None]) -> int | None:
    known = [counter for counter in counters if counter is not None]
    return sum(known) if known else None


def _write(tx: Tx, work: Work, looks: Sequence[Look]) -> None:
    """Write looks whose watch still goes on as it was when they were counted."""
    going_on = watched_now(tx, [one.watch.risk_id for one in looks])
    standing = [one for one in looks if going_on.get(one.watch.risk_id) == one.watch.started_at]
    change_watches(tx, [_row(work, one) for one in standing])
    changed = [one for one in standing if one.verdict.proposal != one.watch.proposal]
    add_events(tx, [_event(work, one) for one in changed])
    for one in changed:
        if one.verdict.proposal is Proposal.WORSE:
            _tell_worse(tx, work, one)


def _row(work: Work, one: Look) -> Row:
    verdict, seen = one.verdict, one.seen
    figures = {
        "before": asdict(seen.before), "after": asdict(seen.after), "lately": asdict(seen.lately),
        "thanked": one.thanked, "read_to": one.read_to, "newest": one.newest,
    }  # fmt: skip
    signs = [[sign.code, sign.quiet, sign.words] for sign in verdict.signs]
    pause = OFTEN if work.now - one.watch.started_at < FIRST_DAY else SELDOM
    return (
        to_db(verdict.quiet_since), verdict.proposal.value, json_text(signs), json_text(figures), to_db(work.now),
        to_db(work.now + pause), one.watch.risk_id,
    )  # fmt: skip


def _event(work: Work, one: Look) -> NewEvent:
    before: dict[str, Any] = {"proposal": one.watch.proposal}
    after = {"proposal": one.verdict.proposal.value}
    return NewEvent(one.watch.risk_id, work.now, work.by.id, REACTION, before, after, " ".join(one.verdict.reasons[:3]))


def _tell_worse(tx: Tx, work: Work, one: Look) -> None:
    row = one.watch
    reasons = "\n".join(f"— {sign.words}" for sign in one.verdict.signs if sign.quiet is False)
    text = (
        f"Риск {row.number}: после ответа становится хуже\n{row.title}\n{reasons}\n"
        "Что сделать: открыть карточку, прочитать новые публикации и подготовить новый ответ."
    )
    key = f"worse:{row.risk_id}:{to_db(row.started_at)}"
    tell_text(tx, work, key, text, risk_id=row.risk_id, level=row.level, kind=WORSE_TOLD)
