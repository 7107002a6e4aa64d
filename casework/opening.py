"""Opens a risk for each group of posts that deserves one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from casework.scoring import growth_of, is_risk
from casework.terms import dues_at_opening, open_terms
from casework.work import Work
from risk.route import Route, route
from risk.states import State, Veracity
from storage.engine import Tx
from storage.find.risks import texts_of
from storage.keep import risks as keep
from storage.keep.events import NewEvent, add_events
from storage.keep.groups import Scored
from storage.moments import from_db, to_db

FOUND = "found"
TITLE_LENGTH = 140
OPENED_WITHIN = timedelta(days=14)
"""What was last published earlier is history, not a risk: the same 14 days within which a spread reopens one (DOMAIN 1).

It is kept, grouped and scored, and opens a risk as soon as anybody writes of it again.
"""
NO_TEXT = "Сообщение без текста"


@dataclass(frozen=True, slots=True)
class Opened:
    """A risk just opened."""

    risk_id: int
    row: dict[str, Any]
    """Columns of table risk."""


def title_of(text: str) -> str:
    """Return the first telling line of a masked text, at most 140 characters, cut at a word."""
    line = next((line.strip() for line in text.splitlines() if len(line.strip()) > 3), text.strip())
    line = " ".join(line.split())
    if len(line) <= TITLE_LENGTH:
        return line or NO_TEXT
    cut = line[: TITLE_LENGTH - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[60:] else cut).rstrip(" ,;:—-") + "…"


def open_risks(tx: Tx, work: Work, scored: Sequence[Scored], texts: Mapping[int, str]) -> list[Opened]:
    """Open a risk for each scored group that deserves one and has none; the groups know their risks afterwards.

    `texts` are those of the batch by post id; older ones are looked up.
    """
    since = to_db(work.now - OPENED_WITHIN)
    fresh = [s for s in scored if s.group.risk_id is None and is_risk(s.group) and s.group.last_published >= since]
    if not fresh:
        return []
    told = dict(texts)
    missing = [s.group.facts_post_id for s in fresh if s.group.facts_post_id not in told]
    told |= texts_of(tx, missing)
    year = work.now.astimezone(work.profile.timezone).year
    numbers = keep.next_numbers(tx, year, len(fresh))
    first = keep.next_risk_id(tx)
    dues = {level: dues_at_opening(work, level) for level in {max(1, s.group.level) for s in fresh}}
    due = {level: min(clocks.values()) for level, clocks in dues.items()}
    opened = []
    for offset, (one, number) in enumerate(zip(fresh, numbers, strict=True)):
        row = _row(work, one, number, told.get(one.group.facts_post_id, ""), due)
        opened.append(Opened(first + offset, row))
        one.group.risk_id = first + offset
    keep.add_risks(tx, [o.row | {"id": o.risk_id} for o in opened])
    open_terms(tx, work, [(o.risk_id, o.row["level"]) for o in opened], dues)
    add_events(tx, [_found(work, o) for o in opened], first=True)
    return opened


def _row(work: Work, scored: Scored, number: str, text: str, due: Mapping[int, datetime]) -> dict[str, Any]:
    group, score = scored.group, scored.score
    level = max(1, group.level)
    return {
        "number": number,
        "title": title_of(text),
        "state": State.FOUND.value,
        "veracity": Veracity.UNCONFIRMED.value,
        "kind": group.told().kind.value,
        "level_machine": group.level,
        "level_person": None,
        "level_then": None,
        "level": level,
        "points": score.points,
        "reasons": [{"signal": r.signal, "points": r.points, "why": r.why} for r in score.reasons],
        "rule_set": score.rule_set,
        **route_columns(scored.route or route(group.told(), work.profile)),
        "route_by_person": False,
        "emergency": group.emergency,
        "opened_at": work.now,
        "first_seen": from_db(group.first_seen),
        "last_seen": from_db(group.last_seen),
        "posts": group.posts,
        "sources": max(1, group.sources),
        "voices": group.voices,
        "views": group.views,
        "growth": growth_of([group]),
        "due_at": due[level],
        "taken_by": None,
        "taken_until": None,
        "owner_staff": None,
        "merged_into": None,
        "updated_at": work.now,
    }


def route_columns(found: Route) -> dict[str, Any]:
    """Return the columns of a risk that say where it goes."""
    return {
        "topic": found.topic,
        "topics": [list(pair) for pair in found.topics],
        "settlement": found.settlement,
        "territory": found.territory,
        "block": found.block,
        "official": found.official,
    }


def _found(work: Work, opened: Opened) -> NewEvent:
    row = opened.row
    after = {key: row[key] for key in ("number", "level", "points", "posts", "topic", "block", "rule_set")}
    return NewEvent(opened.risk_id, work.now, work.by.id, FOUND, {}, after, _why(row["reasons"]))


def _why(reasons: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(str(r["why"]) for r in reasons[:3])
