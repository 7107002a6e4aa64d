"""A closed risk that spreads again: the same risk opens anew, or, when it was long ago, a new one follows it.

What counts is when a post was published, not when it came in: what only arrived late belongs to the life that is over. Comments
under old posts, thanks and official pages open nothing. Why, and what was decided otherwise: docs/decisions/0008-respread.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from casework.arrivals import Arrival
from casework.counting import SourceFacts
from casework.growing import ClosedGrowth, note_growth
from casework.moves import FREED, begin, finish, load, reasoned, step
from casework.opening import OPENED_WITHIN
from casework.regroup import count_anew
from casework.roles import Act
from casework.splitting import begin_risk, leave
from casework.telling import tell
from casework.terms import restart_terms
from casework.triage import NEVER_A_RISK
from casework.work import Work
from risk.states import Event, Kind, State
from storage.engine import Tx
from storage.find.closing import Dismissal, follower_of, last_dismissal, published_urls
from storage.find.groups import groups_of_risks
from storage.find.moves import RiskRow, posts_of_groups
from storage.keep.events import NewEvent, add_events
from storage.keep.posts import move_posts

RESPREAD, FOLLOWED, CAUSE_TOLD = "respread", "followed", "cause_told"
MOST_FOLLOWED = 50
"""A chain of risks that follow each other is walked no further: a guard, not a limit that anybody meets."""


@dataclass(slots=True)
class Again:
    """What spread again in a batch."""

    reopened: list[int] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)
    """New risks that follow closed ones."""
    passed_on: list[int] = field(default_factory=list)
    """Closed risks whose new posts went to another: whatever they seemed to rise by is not theirs."""
    alerts: int = 0


@dataclass(frozen=True, slots=True)
class _Fresh:
    """Posts of a batch that make a closed risk go on, the earliest first."""

    posts: list[Arrival]
    machine: int
    """The machine's level with them."""
    recent: bool
    """Published lately enough for the chats to hear of it."""

    @property
    def since(self) -> datetime:
        return self.posts[0].post.published_at


def spread_again(
    tx: Tx,
    work: Work,
    closed: Sequence[ClosedGrowth],
    new: Sequence[Arrival],
    sources: Mapping[str, SourceFacts],
    told_within: timedelta,
) -> Again:
    """Open again what spreads after its closing, or let a new risk follow it; the rest is only written down.

    `closed` are the closed risks that this batch touched, `new` its new posts, stored and grouped; `told_within` is how
    old a post may be for the chats to hear of it.
    """
    again, quiet = Again(), []
    for one in closed:
        posts = _candidates(work, [a for a in new if a.group is not None and a.group.risk_id == one.risk.id], sources)
        row = load(tx, one.risk.id) if posts else None
        late = work.now - told_within
        fresh = _fresh(tx, row, posts, one, late) if row is not None else None
        if row is None or fresh is None:
            quiet.append(one)
        else:
            _go_on(tx, work, row, fresh, again)
    note_growth(tx, work, quiet)
    return again


def _candidates(work: Work, posts: Sequence[Arrival], sources: Mapping[str, SourceFacts]) -> list[Arrival]:
    """Posts of residents that are neither comments nor thanks nor history."""
    since = work.now - OPENED_WITHIN
    return [
        a for a in posts
        if not a.post.is_comment and a.facts.kind is not Kind.PRAISE and a.post.published_at >= since
        and not sources[a.post.source_id].official
    ]  # fmt: skip


def _fresh(tx: Tx, row: RiskRow, posts: Sequence[Arrival], grown: ClosedGrowth, late: datetime) -> _Fresh | None:
    """Return what was published after the closing, when the risk comes back for it; None when it stays closed."""
    ours = published_urls(tx, row.id)
    fresh = [a for a in posts if _after_closing(row, a) and a.post.url not in ours]
    if not fresh or not _comes_back(tx, row, grown.machine, grown.risk.level_machine):
        return None
    fresh.sort(key=lambda a: (a.post.published_at, a.id))
    return _Fresh(fresh, grown.machine, fresh[-1].post.published_at >= late)


def _after_closing(row: RiskRow, arrival: Arrival) -> bool:
    return row.closed_at is not None and arrival.post.published_at > row.closed_at


def _never_a_risk(tx: Tx, row: RiskRow) -> Dismissal | None:
    """Return the dismissal that called it no risk; None for a worked-off risk and for any other reason."""
    said = last_dismissal(tx, row.id) if row.state == State.DISMISSED else None
    return said if said is not None and said.reason in NEVER_A_RISK else None


def _comes_back(tx: Tx, row: RiskRow, machine: int, before: int) -> bool:
    """A worked-off risk always does; one that was called no risk only when the machine sees more than it saw then.

    `before` is the machine's level before these posts, for a history that does not say what it was at the dismissal.
    """
    said = _never_a_risk(tx, row)
    return said is None or machine > (before if said.level_machine is None else said.level_machine)


def _go_on(tx: Tx, work: Work, row: RiskRow, fresh: _Fresh, again: Again) -> None:
    """Give the posts to where they belong: this risk opened again, the newest of those that follow it, or a new one."""
    end = _end_of_story(tx, work, row, fresh)
    if not _within(work, end, fresh):
        again.opened.append(_follow(tx, work, row, end, fresh))
        again.passed_on.append(row.id)
        again.alerts += tell(tx, work, again.opened[-1:], "new") if fresh.recent else 0
        return
    if end.id != row.id:
        risen = _hand_over(tx, work, row, end, fresh)
        again.passed_on.append(row.id)
        again.alerts += tell(tx, work, [end.id], "risen") if risen and end.is_open and fresh.recent else 0
        end = load(tx, end.id)
    if not end.is_open and (end.id == row.id or _comes_back(tx, end, end.level_machine, end.level_machine)):
        version = _reopen(tx, work, end, fresh)
        again.reopened.append(end.id)
        again.alerts += tell(tx, work, [end.id], "reopened", again=f":{version}") if fresh.recent else 0


def _end_of_story(tx: Tx, work: Work, row: RiskRow, fresh: _Fresh) -> RiskRow:
    """Return the risk itself while it takes such posts, else the newest one that follows it."""
    end = row
    for _ in range(MOST_FOLLOWED):
        following = None if _within(work, end, fresh) else follower_of(tx, end.id)
        if following is None:
            break
        end = load(tx, following)
        if end.merged_into is not None:
            end = load(tx, end.merged_into)
    return end


def _within(work: Work, row: RiskRow, fresh: _Fresh) -> bool:
    """Whether a risk takes the posts itself: it is open, or was closed no longer before them than the profile says."""
    if row.closed_at is None:
        return True
    return fresh.since <= row.closed_at + timedelta(days=work.profile.respread_days)


def _reopen(tx: Tx, work: Work, row: RiskRow, fresh: _Fresh) -> int:
    values = {
        "state": step(row, Event.REOPENED), "due_at": restart_terms(tx, work, row.id), "reopened": row.reopened + 1,
        "needs_cause": _never_a_risk(tx, row) is None, **FREED,
    }  # fmt: skip
    note = f"Повторное распространение: публикаций после закрытия — {len(fresh.posts)}."
    version = finish(tx, work, row, Event.REOPENED, values, note)
    add_events(tx, [NewEvent(row.id, work.now, work.by.id, RESPREAD, {}, _told(fresh) | {"times": row.reopened + 1})])
    return version


def _told(fresh: _Fresh) -> dict[str, object]:
    named = list(dict.fromkeys(a.post.source_id for a in fresh.posts))
    return {"posts": len(fresh.posts), "sources": len(named), "level_machine": fresh.machine}


def _hand_over(tx: Tx, work: Work, old: RiskRow, to: RiskRow, fresh: _Fresh) -> bool:
    """Move the posts into the first group of the risk that carries the story on; return whether its level rose."""
    home = groups_of_risks(tx, [to.id])[to.id]
    if not home:
        return False
    left = sorted({a.group.id for a in fresh.posts if a.group is not None})
    move_posts(tx, [a.id for a in fresh.posts], home[0].id)
    return to.id in {grown.risk_id for grown in count_anew(tx, work, [*left, home[0].id], [old.id, to.id])}


def _follow(tx: Tx, work: Work, home: RiskRow, old: RiskRow, fresh: _Fresh) -> int:
    """Let posts that came into a risk be a new one that follows an old one (mostly the same); both sides say so."""
    leaving = {a.id for a in fresh.posts}
    groups = groups_of_risks(tx, [home.id])[home.id]
    members = posts_of_groups(tx, [group.id for group in groups])
    parted = [group for group in groups if leaving & set(members[group.id])]
    gone = [leave(tx, work, group, members[group.id], leaving, judged=False) for group in parted]
    note = f"Прежний риск {old.number} закрыт давно: это новый риск, связанный с ним."
    new_id, number = begin_risk(tx, work, gone, FOLLOWED, {"follows": old.number}, note, follows=old.id)
    here = {"number": number, "risk": new_id} | _told(fresh)
    add_events(
        tx, [NewEvent(old.id, work.now, work.by.id, FOLLOWED, {}, here, f"История продолжается в риске {number}.")]
    )
    count_anew(tx, work, [*(group.id for group in parted if group.id not in gone), *gone], [home.id, new_id])
    return new_id


def tell_cause(work: Work, risk_id: int, version: int, cause: str, forecast: str) -> int:
    """Write why a risk spread again and what to expect (справка, G1 п. 18); return the new version.

    Without it a risk that spread again is not closed. Whoever may close may write it.
    """
    why, ahead = reasoned(cause, "причина повторного распространения"), reasoned(forecast, "прогноз")
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.WORK_OFF)
        values = {"needs_cause": False, "cause": why, "forecast": ahead}
        return finish(tx, work, row, CAUSE_TOLD, values, "", {"cause": why, "forecast": ahead})
