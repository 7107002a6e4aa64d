"""The step «Ответ»: «проверяем» in two presses, a draft with what is wrong beside it, approval, and the text ready to be posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.answer_facts import facts_of
from casework.answers import ALWAYS_BLOCK, KINDS, needs_second
from casework.entrusted import may_here
from casework.roles import NO_BLOCK, TABLE, Act, seen_blocks
from desk.forms import Fields
from desk.places import Choice, PlaceLink, choices, links
from desk.steps.step import Progress, Step
from desk.visit import Visit
from reports.replies import fill, templates_for
from reports.wording import count
from risk.states import State, Veracity
from storage.engine import Tx
from storage.find.answers import UNFINISHED, AnswerRow, answers_of
from storage.find.card import Card
from storage.find.moves import risk_rows
from storage.find.names import staff_names
from storage.find.past_answers import PastAnswer, past_answers

SAY_FROM = 3
"""Level from which the step calls for «проверяем» at once."""
QUOTED = 90
"""Signs of a finding's place that are shown beside it."""
_STATES = {
    "draft": "черновик", "waiting": "ждёт утверждения", "returned": "возвращён на доработку", "approved": "готов",
    "withdrawn": "отозван",
}  # fmt: skip
_CALM = {"worked_off": "люди успокоились", "not_yet": "реакция ещё не улеглась", "worse": "стало хуже"}


@dataclass(frozen=True, slots=True)
class Noted:
    """One finding with its place in words."""

    must: bool
    place: str
    """A quotation; "" when something is missing."""
    words: str
    example: str


@dataclass(frozen=True, slots=True)
class Draft:
    """One unfinished answer as the card shows it."""

    id: int
    version: int
    title: str
    state: str
    said: str
    """Where it is, by whom, in words."""
    text: str
    other: str
    """What stands now, when it differs from what was typed in a refused form."""
    note: str
    platforms: Sequence[Choice]
    findings: Sequence[Noted]
    musts: bool
    """A reason is asked for: findings that must not leave without one."""
    second: bool
    may_edit: bool
    may_decide: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """One approved text."""

    id: int
    version: int
    title: str
    said: str
    text: str
    note: str
    links: Sequence[PlaceLink]
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier answer."""

    row: PastAnswer
    how: str


def answer(found: Card, visit: Visit, typed: Fields) -> Step | None:
    """Return the step, or None for a closed risk that never had an answer."""
    row, state = found.row, State(found.row.state)
    with visit.desk.store.read() as tx:
        given = answers_of(tx, row.id)
        if not given and not state.is_open:
            return None
        may = state.is_open and may_here(tx, visit.me, row.id, row.block, Act.WRITE_ANSWER)
        names = staff_names(tx) if given else {}
        since = _spread_anew(found)
        lately = [a for a in given if since is None or a.state in UNFINISHED or (a.decided_at or a.made_at) >= since]
        unfinished = [a for a in given if a.state in UNFINISHED] if state.is_open else []
        drafts = [_draft(tx, found, visit, typed, a, names, may) for a in unfinished]
        ready = _standing(lately)
        shown = [_ready(tx, a, found, visit, names, may) for a in ready]
        begin = _begin(tx, found, visit, lately) if may else {}
    rest = [a for a in given if a not in unfinished and a not in ready]
    return Step(
        "answer", "Ответ", _progress(found, lately, unfinished), _summary(found, lately, unfinished), "step_answer.html",
        {
            "may": may,
            "drafts": drafts,
            "ready": shown,
            "earlier": [(KINDS[a.kind], _said(a, names, visit), a.text, a.note) for a in rest],
            "unchecked": row.veracity == Veracity.UNCONFIRMED,
            "is_open": state.is_open,
            "approvers": WHO_APPROVES,
            "answered": any(a.kind != "holding" for a in ready),
        } | begin | _no_begin(begin),
    )  # fmt: skip


def _spread_anew(found: Card) -> datetime | None:
    """When the story last came back: what was said before that is the past, and people wait for a word again."""
    again = [event.at for event in found.events if event.kind in ("reopened", "respread")]
    return max(again, default=None)


def _no_begin(begin: Mapping[str, Any]) -> dict[str, Any]:
    return {} if begin else {"checking": [], "templates": [], "kind": "answer", "places": [], "past": []}


def _begin(tx: Tx, found: Card, visit: Visit, given: Sequence[AnswerRow]) -> dict[str, Any]:
    """What an answer can be begun with: ready «проверяем», templates, earlier answers."""
    row, profile = found.row, visit.desk.profile
    busy = {a.kind for a in given if a.state in UNFINISHED}
    kind = "update" if row.state in (State.ANSWERED, State.WATCHED) else "answer"
    outside = row.topic is not None and profile.block_of(row.topic) is None
    facts = facts_of(tx, visit.work, risk_rows(tx, [row.id])[row.id])
    said = "holding" in busy or any(a.state == "approved" for a in given)
    checking = [] if said else templates_for(row.topic, "holding", row.veracity, about=row.title)
    templates = [] if kind in busy else templates_for(row.topic, kind, row.veracity, outside, row.title)
    past = past_answers(tx, row.id, row.title, row.topic, row.settlement, seen_blocks(visit.me)) if not given else ()
    return {
        "checking": [(t.id, t.title, fill(t, facts)) for t in checking[:4]],
        "templates": [(t.id, t.title) for t in templates],
        "kind": kind,
        "places": choices(found, profile, None),
        "past": [Past(p, _how(p)) for p in past],
    }


def _draft(
    tx: Tx, found: Card, visit: Visit, typed: Fields, one: AnswerRow, names: Mapping[int, str], may: bool
) -> Draft:
    mine = typed.text("answer") == str(one.id) and "text" in typed.values
    text = typed.raw("text").replace("\r\n", "\n") if mine else one.text
    ticked = (*typed.all("platform"), *typed.all("place")) if mine else one.platforms
    second = needs_second(tx, visit.work, risk_rows(tx, [one.risk_id])[one.risk_id], one)
    may_decide = second and one.made_by != visit.me.id and visit.may(Act.APPROVE_ANSWER, found.row.block or NO_BLOCK)
    findings = [_noted(one.text, f) for f in one.findings]
    return Draft(
        id=one.id, version=one.version, title=KINDS[one.kind], state=one.state, said=_said(one, names, visit), text=text,
        other=one.text if text.strip() != one.text else "", note=one.note if one.state == "returned" else "",
        platforms=choices(found, visit.desk.profile, ticked), findings=findings,
        musts=any(f["severity"] == "must" and f["code"] not in ALWAYS_BLOCK for f in one.findings), second=second,
        may_edit=may, may_decide=may_decide and one.state == "waiting",
    )  # fmt: skip


def _noted(text: str, finding: Mapping[str, Any]) -> Noted:
    place = " ".join(text[finding["start"] : finding["end"]].split())
    cut = place if len(place) <= QUOTED else place[: QUOTED - 1] + "…"
    return Noted(finding["severity"] == "must", cut, finding["words"], finding["example"])


def _standing(given: Sequence[AnswerRow]) -> list[AnswerRow]:
    """The newest approved text of each kind, «проверяем» only until there is an answer."""
    newest: dict[str, AnswerRow] = {}
    for one in sorted((a for a in given if a.state == "approved"), key=lambda a: a.decided_at or a.made_at):
        newest[one.kind] = one
    if "answer" in newest:
        newest.pop("holding", None)
    return list(newest.values())


def _ready(tx: Tx, one: AnswerRow, found: Card, visit: Visit, names: Mapping[int, str], may: bool) -> Ready:
    second = may and needs_second(tx, visit.work, risk_rows(tx, [one.risk_id])[one.risk_id], one)
    return Ready(
        id=one.id, version=one.version, title=KINDS[one.kind], said=_said(one, names, visit), text=one.text, note=one.note,
        links=links(found, visit.desk.profile, one.platforms),
        may_withdraw=may and (not second or visit.may(Act.APPROVE_ANSWER, found.row.block or NO_BLOCK)),
    )  # fmt: skip


def _said(one: AnswerRow, names: Mapping[int, str], visit: Visit) -> str:
    """«утвердил Ирина, 21 ноя 09:12» with who wrote it, when these are two."""

    def who(staff_id: int | None, at: datetime) -> str:
        return f"{names.get(staff_id or 0, f'№ {staff_id}')}, {visit.hours.at(at)}"

    if one.decided_at is None or one.state in ("draft", "waiting"):
        return f"{_STATES[one.state]} — {who(one.made_by, one.changed_at)}"
    wrote = f"; написал {names.get(one.made_by, '')}" if one.made_by != one.decided_by else ""
    return f"{_STATES[one.state]} — {who(one.decided_by, one.decided_at)}{wrote}"


def _progress(found: Card, given: Sequence[AnswerRow], unfinished: Sequence[AnswerRow]) -> Progress:
    if any(a.state == "returned" for a in unfinished):
        return Progress.TROUBLE
    if any(a.state == "approved" and a.kind != "holding" for a in given):
        # Until it is published the ready text stays open: it is what the hand reaches for next.
        return Progress.NOW if found.row.state in (State.PREPARING, State.REOPENED) else Progress.DONE
    waited = bool(unfinished) or found.row.state in (State.PREPARING, State.REOPENED) or _owes_a_word(found, given)
    return Progress.NOW if waited else Progress.LATER


def _owes_a_word(found: Card, given: Sequence[AnswerRow]) -> bool:
    """Nothing was said yet at a level where people wait for a word within the hour (DOMAIN 1)."""
    return (
        found.row.level >= SAY_FROM and State(found.row.state).is_open and not any(a.state == "approved" for a in given)
    )


def _summary(found: Card, given: Sequence[AnswerRow], unfinished: Sequence[AnswerRow]) -> str:
    answers = [a for a in (*unfinished, *(g for g in given if g.state == "approved")) if a.kind != "holding"]
    if answers:
        if answers[0].state == "approved" and found.row.state == State.PREPARING:
            return "готов — опубликуйте"
        return _STATES[answers[0].state] if answers[0].kind == "answer" else f"обновление: {_STATES[answers[0].state]}"
    said = next((a for a in given if a.kind == "holding" and a.state != "withdrawn"), None)
    if said is not None:
        return f"«проверяем»: {_STATES[said.state]}"
    if found.row.veracity != Veracity.UNCONFIRMED:
        return "напишите ответ"
    return "скажите «проверяем»" if _owes_a_word(found, given) else "можно сказать «проверяем»"


def _how(past: PastAnswer) -> str:
    """How it ended, in words: «люди успокоились, закрыт за 3 дня»."""
    calm = _CALM.get(past.calm or "", "за реакцией не следили")
    days = "" if past.days is None else f", закрыт за {count(past.days, 'день', 'дня', 'дней')}"
    if past.days == 0:
        days = ", закрыт в тот же день"
    again = f", потом разошлось снова: {count(past.reopened, 'раз', 'раза', 'раз')}" if past.reopened else ""
    return calm + days + again


WHO_APPROVES = ", ".join(role.label for role in sorted(TABLE[Act.APPROVE_ANSWER], key=lambda r: r.label))
"""Roles that may approve, in words."""
