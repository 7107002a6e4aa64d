"""The step «Публикации»: each platform of the risk with its answer or without, other places, and the «отработка»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from casework.answers import KINDS
from casework.publications import PLACE_KINDS, PUBLICATION_STATES
from casework.roles import NO_BLOCK, Act
from casework.working_out import TOLD_STATES, Draft, Stand, draft, stand_of, uncovered
from desk.forms import Fields
from desk.steps.step import Progress, Step
from desk.visit import Visit
from reports.wording import count
from risk.proportion import Answered, Measure, Proportion, proportion
from risk.states import State
from storage.find.answers import AnswerRow
from storage.find.card import Card
from storage.find.names import staff_names
from storage.find.publications import Platform, PublicationRow

SHOWN_PLATFORMS = 8
"""The rest is folded: a rumour on forty pages must not push the «отработка» out of reach."""
ICONS = MappingProxyType(
    {
        "waiting": ("…", "soon"),
        "standing": ("✓", "ok"),
        "changed": ("!", "late"),
        "gone": ("✗", "late"),
        "unread": ("?", "soon"),
    }
)
"""State of a publication → sign and tone; the word stands beside them always."""
_TONES = MappingProxyType(
    {Measure.NONE: "plain", Measure.UNDER: "soon", Measure.FITTING: "ok", Measure.OVER: "late"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One publication in words."""

    id: int
    place: str
    kind: str
    url: str
    icon: str
    tone: str
    word: str
    by: str
    made_at: datetime
    checked_at: datetime | None
    next_check: datetime | None
    reason: str
    views: int | None
    answer: str
    """Which answer it is, where the risk has several; "" otherwise."""


@dataclass(frozen=True, slots=True)
class Row:
    """One platform of the risk."""

    platform: Platform
    standing: tuple[Shown, ...]
    place_kind: str
    opened: bool
    """True when its form is to be seen: the next one to answer on, or the one that was refused."""


def publications(found: Card, visit: Visit, typed: Fields) -> Step | None:
    """Return the step: where the risk lives against where its answer stands; nothing for a risk dismissed without one."""
    row = found.row
    with visit.desk.store.read() as tx:
        stand = stand_of(tx, row.id)
        if State(row.state) is State.DISMISSED and not stand.publications:
            return None
        ready = draft(tx, visit.work, row, stand)
        names = staff_names(tx)
    shown = {one.id: _shown(one, stand, names) for one in stand.publications}
    may_act = State(row.state).is_open and visit.may(Act.PUBLISH, row.block or NO_BLOCK)
    rows = _rows(stand, shown, typed.text("pub_row"), ready.answer is not None and may_act)
    measured = _measured(found, visit, stand)
    facts: dict[str, Any] = {
        "rows": rows[:SHOWN_PLATFORMS],
        "more": rows[SHOWN_PLATFORMS:],
        "others": [shown[one.id] for one in stand.publications if _is_other(one, stand)],
        "answers": _choices(stand.answers),
        "chosen": typed.text("answer") or str(ready.answer.id if ready.answer else ""),
        "may_act": may_act,
        "typed_row": typed.text("pub_row"),
        "kinds": [(code, name) for code, name in PLACE_KINDS.items() if code != "community"]
        + [("community", PLACE_KINDS["community"])],
        "places": [s.name for s in visit.desk.profile.sources if s.official],
        "measure": measured,
        "measure_tone": _TONES[measured.measure],
        "draft": ready,
        "chats": [c.name for c in visit.desk.profile.chats],
    }
    progress, summary = _progress(stand, ready, row.state)
    return Step("publications", "Публикации", progress, summary, "step_publications.html", facts)


def _choices(answers: Sequence[AnswerRow]) -> list[tuple[str, str]]:
    """Return the approved texts that a link may stand for, the newest first."""
    return [
        (str(a.id), f"{KINDS.get(a.kind, a.kind)}: {a.text[:60]}{'…' if len(a.text) > 60 else ''}")
        for a in answers
        if a.state == "approved"
    ]


def _shown(one: PublicationRow, stand: Stand, names: dict[int, str]) -> Shown:
    icon, tone = ICONS.get(one.state, ("?", "plain"))
    kinds = {a.id: KINDS.get(a.kind, a.kind) for a in stand.answers}
    several = len({a.kind for a in stand.answers if a.state == "approved"}) > 1
    return Shown(
        id=one.id, place=one.place, kind=PLACE_KINDS.get(one.place_kind, one.place_kind), url=one.url, icon=icon, tone=tone,
        word="исчез" if one.state == "gone" and one.stood_at else PUBLICATION_STATES.get(one.state, one.state), by=names.get(one.made_by, f"№ {one.made_by}"),
        made_at=one.made_at, checked_at=one.checked_at, next_check=one.next_check, reason=one.reason, views=one.views,
        answer=kinds.get(one.answer_id, "") if several else "",
    )  # fmt: skip


def _rows(stand: Stand, shown: dict[int, Shown], typed_row: str, may_answer: bool) -> list[Row]:
    """Platforms without an answer come first: they are the work that is left."""
    bare = {p.source_id for p in uncovered(stand)}
    asked = [p for p in stand.platforms if not p.official]
    asked.sort(key=lambda p: p.source_id not in bare)
    first = next((p.source_id for p in asked if p.source_id in bare), "")
    return [
        Row(
            platform=p,
            standing=tuple(shown[one.id] for one in stand.publications if one.source_id == p.source_id),
            place_kind="regional_media" if p.media else "community",
            opened=may_answer and p.source_id == (typed_row or first),
        )
        for p in asked
    ]


def _is_other(one: PublicationRow, stand: Stand) -> bool:
    return one.source_id is None or one.source_id not in {p.source_id for p in stand.platforms if not p.official}


def _measured(found: Card, visit: Visit, stand: Stand) -> Proportion:
    answers = [
        Answered(
            one.place_kind, one.source_id, one.views, visit.work.now - one.stood_at if one.stood_at else timedelta(0)
        )
        for one in stand.publications
        if one.state == "standing"
    ]
    platforms = [p.source_id for p in stand.platforms if not p.official]
    return proportion(found.row.level, visit.desk.profile.residents, platforms, found.row.views, answers)


def _progress(stand: Stand, ready: Draft, state: str) -> tuple[Progress, str]:
    gone = [one.place for one in stand.publications if one.state in ("gone", "changed")]
    if gone:
        more = f" и ещё {len(gone) - 1}" if len(gone) > 1 else ""
        return Progress.TROUBLE, f"ответ исчез или изменён: {gone[0]}{more}"
    if ready.answer is None:
        return Progress.LATER, "сначала утвердите ответ"
    told = [one for one in stand.publications if one.state in TOLD_STATES]
    if not told:
        return (Progress.NOW, "нет ни одной ссылки") if State(state).is_open else (Progress.LATER, "публикаций нет")
    asked = [p for p in stand.platforms if not p.official]
    covered = len(asked) - len(uncovered(stand))
    summary = f"{covered} из {count(len(asked), 'площадки', 'площадок', 'площадок')}"
    if covered < len(asked):
        return Progress.NOW, summary
    if not any(one.state == "standing" for one in told):
        return Progress.NOW, f"{summary}, ждут проверки"
    return (Progress.DONE, summary) if ready.sent else (Progress.NOW, f"{summary}, отправьте «отработку»")
