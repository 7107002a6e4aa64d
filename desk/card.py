"""The card of one risk: what happened, why it is rated so, where it goes, and the moves that are open to this person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from markupsafe import Markup
from starlette.responses import Response

from casework import silences
from casework.entrusted import may_here
from casework.errors import UnknownRisk
from casework.hushing import is_danger
from casework.moves import EVENT_LABELS
from casework.roles import NO_BLOCK, Act, require
from casework.triage import DISMISS_REASONS
from desk.chats import SPANS
from desk.forms import Fields
from desk.pictures import share_bar, spread_picture
from desk.queue import line_of
from desk.steps.all import steps_of
from desk.visit import Needs, Visit
from desk.words import ALERTS, METHODS, changes
from district.topics import TOPICS
from risk.score import SIGNALS, Reason
from risk.states import Event, State, Veracity, allowed_events
from storage.find.card import Card, CardEvent, card
from storage.find.names import staff_names

router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_RISKS))]

SHOWN_POSTS, SHOWN_EVENTS = 6, 8
"""The rest is folded: a risk with two hundred copies must not push its history out of reach."""
PAST_SHOWN = 100
"""Older events are in the file of the history: nobody scrolls through three hundred."""
FACT_SOURCES = (
    "ЕДДС",
    "руководитель отраслевого блока",
    "управляющая организация",
    "выезд на место",
    "администрация поселения",
)


@dataclass(frozen=True, slots=True)
class Move:
    """One form of the card."""

    name: str
    label: str
    key: str
    main: bool = False
    """True for what this state waits for: shown open."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A form that did not go through: told beside it, with what was typed kept."""

    form: str
    text: str
    status: int = 422
    typed: Fields = field(default_factory=Fields)
    since: datetime | None = None
    """Set when somebody else was quicker: what happened after this moment is shown."""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason of the score in words, with its share."""

    title: str
    meaning: str
    why: str
    points: str
    share: str
    bar: Markup


_BY_ROLE = (
    (Act.VERIFY, Move("verify", "Записать итог проверки", "KeyV")),
    (Act.DISMISS, Move("dismiss", "Снять риск", "KeyD")),
    (Act.SET_LEVEL, Move("level", "Изменить уровень", "KeyL")),
    (Act.SET_ROUTE, Move("route", "Изменить тему, место, блок", "KeyR")),
    (Act.MERGE, Move("merge", "Присоединить другие риски", "KeyM")),
    (Act.SPLIT, Move("split", "Отделить часть записей", "KeyS")),
    (Act.REOPEN, Move("reopen", "Открыть повторно", "KeyO")),
)
_NEEDS_EVENT = {"verify": Event.VERIFIED, "dismiss": Event.DISMISSED, "reopen": Event.REOPENED}


@router.get("/risk/{risk_id}")
def show(risk_id: int, visit: Seeing) -> Response:
    """Show one risk."""
    return card_page(visit, risk_id)


def find_card(visit: Visit, risk_id: int) -> Card:
    """Return the card; UnknownRisk when there is none, NotAllowed when neither it nor a part of it is this person's block's."""
    if not 0 < risk_id < 2**63:
        raise UnknownRisk(risk_id)
    with visit.desk.store.read() as tx:
        found = card(tx, risk_id, visit.work.now)
        if found is None:
            raise UnknownRisk(risk_id)
        if not may_here(tx, visit.me, risk_id, found.row.block, Act.SEE_RISKS):
            require(visit.me, Act.SEE_RISKS, found.row.block or NO_BLOCK)
    return found


def moves_of(found: Card, visit: Visit) -> list[Move]:
    """Return the forms that this state and this role allow, what the state waits for first."""
    state, block = State(found.row.state), found.row.block or NO_BLOCK
    allowed = set(allowed_events(state))
    moves = []
    for act, move in _BY_ROLE:
        event = _NEEDS_EVENT.get(move.name)
        fits = event in allowed if event else state.is_open
        if fits and visit.may(act, block) and not (move.name == "split" and found.posts_total < 2):
            waited = move.name == ("reopen" if not state.is_open else "verify")
            moves.append(Move(move.name, move.label, move.key, main=waited))
    return moves


def card_page(visit: Visit, risk_id: int, trouble: Trouble | None = None) -> Response:
    """Return the card, with a form that did not go through shown again."""
    found = find_card(visit, risk_id)
    with visit.desk.store.read() as tx:
        names = staff_names(tx)
    line = line_of(found.row, visit, names)
    typed = trouble.typed if trouble else Fields()
    state = State(found.row.state)
    block = found.row.block or NO_BLOCK
    held = found.row.taken_by is not None and visit.hours.in_future(found.row.taken_until)
    return visit.page(
        "card.html", trouble.status if trouble else 200, card=found, row=found.row, line=line, trouble=trouble,
        stale=_since(found, trouble, visit), moves=moves_of(found, visit), whys=_whys(found.reasons),
        mine=held and found.row.taken_by == visit.me.id, held=held,
        can_take=state.is_open and visit.may(Act.TAKE, block), can_check=_can_check(state, visit, block),
        can_decide=visit.may(Act.DECIDE_SUGGESTION), picture=spread_picture(found.spread, visit.hours),
        platforms=_platforms(found), events=[_past(e, visit) for e in reversed(found.events[-PAST_SHOWN:])],
        events_total=len(found.events), methods=METHODS,
        shown_posts=SHOWN_POSTS, shown_events=SHOWN_EVENTS, alert_kinds=ALERTS,
        chats={c.id: c.name for c in visit.desk.profile.chats}, **route_context(found, visit),
        silences=silences.standing(visit.work, risk_id), spans=SPANS,
        may_silence=state.is_open and visit.may(Act.SILENCE, block) and not is_danger(found.row.level, found.row.emergency),
        steps=steps_of(found, visit, typed), **form_context(visit, typed),
    )  # fmt: skip


def form_context(visit: Visit, typed: Fields) -> dict[str, Any]:
    """Return what the forms of the moves need."""
    profile = visit.desk.profile
    return {
        "typed": typed,
        "reasons_to_dismiss": list(DISMISS_REASONS.items()),
        "fact_sources": FACT_SOURCES,
        "veracities": [(v.value, v.label) for v in Veracity if v is not Veracity.UNCONFIRMED],
        "topics_all": list(TOPICS.items()),
        "settlements": [(t.name, t.settlements) for t in profile.territories],
        "blocks": [(b.id, b.name) for b in profile.blocks],
        "back": typed.text("back"),
    }


def route_context(found: Card, visit: Visit) -> dict[str, Any]:
    """Return where the risk goes, in words."""
    profile, row = visit.desk.profile, found.row
    official = next((o.post for o in profile.officials if o.id == found.official), None)
    return {
        "topics": [(TOPICS.get(code, code), round(100 * share)) for code, share in found.topics],
        "territory": next((t.name for t in profile.territories if t.id == row.territory), None),
        "official": official,
        "outside": profile.body_of(row.topic) if row.topic and profile.block_of(row.topic) is None else None,
        "not_ours": row.topic is not None and row.block is None,
    }


def _can_check(state: State, visit: Visit, block: str) -> bool:
    """The check is what this state waits for; later it may be done anew, but that is not what comes next."""
    return Event.VERIFIED in allowed_events(state) and visit.may(Act.VERIFY, block)


def _whys(reasons: tuple[Reason, ...]) -> list[Why]:
    most = max((abs(r.points) for r in reasons), default=0.0)
    total = sum(r.points for r in reasons if r.points > 0)
    return [
        Why(
            title=SIGNALS[r.signal].title if r.signal in SIGNALS else r.signal,
            meaning=SIGNALS[r.signal].meaning if r.signal in SIGNALS else "",
            why=_without_title(r.why, SIGNALS[r.signal].title if r.signal in SIGNALS else ""),
            points=f"{r.points:+.1f}".replace(".", ",").replace(",0", "").replace("-", "−"),
            share=_share(r.points, total),
            bar=share_bar(r.points, most),
        )
        for r in reasons
    ]


def _without_title(why: str, title: str) -> str:
    """The card says the title in bold already; alerts and lists, which have no titles, need the whole sentence."""
    rest = why.removeprefix(f"{title}: ")
    return rest if rest == why else rest[:1].upper() + rest[1:]


def _share(points: float, total: float) -> str:
    """Say what part of the whole a reason makes; one without points only explains."""
    if points > 0 and total:
        return f"{100 * points / total:.0f} % оценки"
    return "снижает оценку" if points < 0 else "для сведения"


def _platforms(found: Card) -> list[dict[str, Any]]:
    """Where it was seen, most viewed first: these are the places to answer in."""
    seen: dict[str, dict[str, Any]] = {}
    for post in found.posts:
        place = seen.setdefault(post.source_id, {"name": post.source_name, "posts": 0, "comments": 0, "views": None})
        place["comments" if post.is_comment else "posts"] += 1
        if post.views is not None:
            place["views"] = (place["views"] or 0) + post.views
    return sorted(seen.values(), key=lambda p: -(p["views"] or 0))


def _past(event: CardEvent, visit: Visit) -> dict[str, Any]:
    profile, hours = visit.desk.profile, visit.hours
    return {
        "at": event.at,
        "by": event.by,
        "what": EVENT_LABELS.get(event.kind, event.kind),
        "changes": changes(event.before, event.after, profile, hours),
        "note": event.note,
    }


def _since(found: Card, trouble: Trouble | None, visit: Visit) -> list[dict[str, Any]]:
    """What happened while the form was open, newest first."""
    if trouble is None or trouble.since is None:
        return []
    return [_past(e, visit) for e in reversed(found.events) if e.at > trouble.since]
