"""The step «Реакция»: before and after the answer, what is proposed and why, what a closing asks for, and its forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from markupsafe import Markup

from casework.closing import conditions_of, quiet_by_watch
from casework.roles import NO_BLOCK, Act
from casework.watching import rule_of
from desk.forms import Fields
from desk.pictures_reaction import reaction_picture, share_line
from desk.steps.step import Progress, Step
from desk.visit import Visit
from desk.wording import number, span
from risk.reaction import Figures, Proposal
from risk.states import State
from storage.find.card import Card
from storage.find.closing import done_of, late_to
from storage.find.moves import RiskRow, risk_rows
from storage.find.reaction import (
    Behind,
    Unread,
    WatchRow,
    angry_comments,
    posts_behind,
    unread_since,
    watch_of,
)

UNREAD_FOR = timedelta(hours=6)
"""A source that was not read for so long may be full of news: its silence is told as unknown [P]."""
COMMENTS_SHOWN = 5
"""Angry comments named: enough to hear what people say; the rest stands under the posts."""
_SIGNS = {True: ("✓", "ok", "спокойно"), False: ("✗", "late", "не спокойно"), None: ("?", "soon", "не известно")}
_TONES = {Proposal.WORKED_OFF: "good", Proposal.WORSE: "bad", Proposal.NOT_YET: "plain"}
_LEADS = {
    Proposal.WORKED_OFF: "Можно закрывать: с ответа распространения и недовольства больше не видно.",
    Proposal.WORSE: "Становится хуже: прочитайте новое и подготовьте ещё один ответ.",
    Proposal.NOT_YET: "Ещё рано закрывать: реакция не успокоилась.",
}


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason with its mark: the word for who cannot see the mark."""

    mark: str
    tone: str
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the table before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Share:
    """A share of negative comments as words and a bar."""

    name: str
    words: str
    bar: Markup


def reaction(found: Card, visit: Visit, typed: Fields) -> Step | None:
    """Return the step; before an answer is published it only says what will happen."""
    with visit.desk.store.read() as tx:
        row = risk_rows(tx, [found.row.id])[found.row.id]
        watch = watch_of(tx, row.id)
        if row.merged_into is not None or _nothing_to_tell(row, watch, found):
            return None
        asked = conditions_of(row, done_of(tx, row.id), quiet_by_watch(visit.work, row, watch))
        behind = _behind(tx, watch)
        going = watch is not None and watch.ended_at is None
        unread = unread_since(tx, row.id, visit.work.now - UNREAD_FOR) if going else []
        late = late_to(tx, row.id, row.closed_at) if row.closed_at is not None else (0, 0)
    state = State(row.state)
    facts: dict[str, Any] = {
        "conditions": asked if state.is_open else (),
        "missing": sum(not one.met for one in asked),
        "unread": [_unread(one, visit) for one in unread],
        "late_posts": late[0], "late_comments": late[1],
        "posts": [one for one in behind if not one.is_comment],
        "comments": [one for one in behind if one.is_comment],
        **_told(found, watch, visit), **_story(row, found), **_forms(row, visit), "typed_note": typed.text("note"),
    }  # fmt: skip
    progress, summary = _progress(row, watch, visit)
    return Step("reaction", "Реакция", progress, summary, "step_reaction.html", facts)


def _nothing_to_tell(row: RiskRow, watch: WatchRow | None, found: Card) -> bool:
    """A risk dismissed before anybody had answered shows the step only when its story goes on."""
    told = any(e.kind in ("followed", "respread", "grew_after_closing") for e in found.events)
    return row.state == State.DISMISSED and watch is None and not told


def _behind(tx: Any, watch: WatchRow | None) -> list[Behind]:
    if watch is None or not watch.figures:
        return []
    found = posts_behind(tx, watch.figures.get("newest", ()))
    if _figures(watch, "after").negative:
        found += angry_comments(tx, watch.risk_id, watch.started_at, COMMENTS_SHOWN)
    return found


def _unread(one: Unread, visit: Visit) -> str:
    if one.state != "active":
        return f"«{one.name}» сейчас не читается"
    return f"«{one.name}» последний раз прочитан {visit.hours.at(one.read_at or visit.work.now)}"


def _figures(watch: WatchRow, name: str) -> Figures:
    return Figures(**watch.figures[name]) if name in watch.figures else Figures()


def _told(found: Card, watch: WatchRow | None, visit: Visit) -> dict[str, Any]:
    """What the watch has seen so far, in words; nothing before it begins."""
    if watch is None:
        return {"watch": None, "looked": False}
    before, after = _figures(watch, "before"), _figures(watch, "after")
    proposal = Proposal(watch.proposal)
    return {
        "watch": watch, "looked": bool(watch.figures), "lead": _LEADS[proposal], "tone": _TONES[proposal],
        "signs": [Sign(*_SIGNS[quiet], text) for _, quiet, text in watch.reasons],
        "compared": _compared(before, after), "shares": _shares(before, after),
        "picture": reaction_picture(found.spread, watch.started_at, visit.hours),
        "going": watch.ended_at is None,
        "quiet_until": watch.quiet_since + rule_of(visit.work, watch).watch_for,
    }  # fmt: skip


def _compared(before: Figures, after: Figures) -> list[Compared]:
    def voices(figures: Figures) -> str:
        return "не известны" if figures.voices is None else number(figures.voices)

    def views(figures: Figures) -> str:
        return "не известны" if figures.views is None else number(figures.views)

    return [
        Compared("Публикаций своими словами", number(before.originals), f"+{number(after.originals)}"),
        Compared("Копий и репостов", number(before.copies), f"+{number(after.copies)}"),
        Compared("Источников", number(before.sources), f"+{number(after.sources)} новых"),
        Compared("Разных голосов", voices(before), f"+{voices(after)}" if after.voices is not None else voices(after)),
        Compared("Просмотров", views(before), views(after) if after.views is None else f"стало {views(after)}"),
        Compared("Благодарностей", "—", number(after.thanks)),
    ]


def _shares(before: Figures, after: Figures) -> list[Share]:
    return [
        Share(name, _share_words(figures), share_line(figures.share, css))
        for name, figures, css in (("до ответа", before, "pic-before"), ("после ответа", after, "pic-after"))
    ]


def _share_words(figures: Figures) -> str:
    if figures.share is None:
        return "комментариев нет"
    return f"{100 * figures.share:.0f} % недовольных ({number(figures.negative)} из {number(figures.comments)})"


def _story(row: RiskRow, found: Card) -> dict[str, Any]:
    """The earlier and the later life: which risk this one follows, which follow it, how often it spread again."""
    told = [e for e in found.events if e.kind == "followed"]
    first = next((e.after for e in told if "follows" in e.after), {})
    return {
        "follows": None if row.follows is None else (row.follows, first.get("follows", "")),
        "followed_by": [(e.after["risk"], e.after.get("number", "")) for e in told if "risk" in e.after],
        "reopened": row.reopened,
        "came": next((e for e in reversed(found.events) if e.kind == "respread"), None),
        "cause": row.cause,
        "forecast": row.forecast,
    }


def _forms(row: RiskRow, visit: Visit) -> dict[str, bool]:
    block = row.block or NO_BLOCK
    return {
        "may_close": row.state == State.WATCHED and visit.may(Act.WORK_OFF, block),
        "may_again": row.state in (State.ANSWERED, State.WATCHED) and visit.may(Act.WRITE_ANSWER, block),
        "may_watch": row.state == State.ANSWERED and visit.may(Act.PUBLISH, block),
        "may_tell": row.needs_cause and row.is_open and visit.may(Act.WORK_OFF, block),
    }


def _progress(row: RiskRow, watch: WatchRow | None, visit: Visit) -> tuple[Progress, str]:
    state = State(row.state)
    if state is State.WORKED_OFF:
        return Progress.DONE, "люди успокоились, риск закрыт"
    if row.needs_cause:
        return Progress.TROUBLE, "распространилось повторно: нужна причина"
    if state is State.ANSWERED:
        return Progress.NOW, "ждём, когда ответ увидят на площадке"
    if state is not State.WATCHED or watch is None:
        return Progress.LATER, "после ответа"
    if watch.proposal == Proposal.WORSE:
        return Progress.TROUBLE, Proposal.WORSE.label
    if watch.proposal == Proposal.WORKED_OFF:
        return Progress.NOW, Proposal.WORKED_OFF.label
    left = watch.quiet_since + rule_of(visit.work, watch).watch_for - visit.work.now
    return Progress.NOW, f"тишины ещё {span(left)}" if left.total_seconds() > 0 else "пора посмотреть"
