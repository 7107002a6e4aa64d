"""The step «Проверка»: whom to call and what to ask, what was heard, and the conclusion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.entrusted import may_here
from casework.roles import Act
from desk.forms import Fields
from desk.steps.step import Progress, Step
from desk.visit import Visit
from risk.checklists import Question, checklist, in_words
from risk.states import Event, State, Veracity, allowed_events
from risk.words.danger import DANGERS
from storage.find.card import Card
from storage.find.names import staff_names
from storage.find.working import FactRow, facts_of, why_struck

TEXTS_READ = 3
"""Posts read for words of danger: the first ones say what it is about, and the card must open at once."""
_TO_LIFE = frozenset(danger.id for danger in DANGERS if danger.level == 4)
SHOWN = 6
"""Questions shown at once: the danger's own and the first of the topic; the rest is a click away."""
LONGEST_KEY, MOST_KEPT = 100, 20
_OPENS = frozenset({State.FOUND, State.VERIFYING, State.REOPENED})
"""States that wait for the check."""


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact as the card shows it."""

    id: int
    question: str
    whom: str
    answer: str
    heard_at: datetime
    by: str
    struck: bool
    why_struck: str


@dataclass(frozen=True, slots=True)
class AskLine:
    """One question of the checklist, with what was typed beside it in a refused form."""

    key: str
    whom: str
    ask: str
    times: int
    """How many answers stand already."""
    answer: str
    said_by: str
    heard: str

    @property
    def changed(self) -> bool:
        """Somebody else said it, or not now: the fields are shown open."""
        return bool(self.heard) or self.said_by != self.whom


def checking(found: Card, visit: Visit, typed: Fields) -> Step:
    """Return the step: open while the risk waits for the check, told in a line afterwards."""
    row, state = found.row, State(found.row.state)
    with visit.desk.store.read() as tx:
        facts = facts_of(tx, row.id)
        struck = why_struck(tx, row.id) if any(f.withdrawn_at for f in facts) else {}
        names = staff_names(tx) if facts else {}
        may = state.is_open and may_here(tx, visit.me, row.id, row.block, Act.VERIFY)
    conclude = may and Event.VERIFIED in allowed_events(state)
    standing = [f for f in facts if f.withdrawn_at is None]
    asked = _asked(found, visit)
    asks = [_ask(q, standing, typed) for q in [*asked, *_no_longer_asked(asked, typed)]]
    fresh = [q for q in asks if not q.times]
    lines = [_line(f, names, struck) for f in facts]
    return Step(
        "checking", "Проверка", _progress(found, state), _summary(found, state, standing, asked), "step_checking.html",
        {
            "facts": lines,
            "asks": may,
            "shown": fresh[:SHOWN],
            "more": fresh[SHOWN:],
            "answered": [q for q in asks if q.times],
            "own": typed.text("ask-own"),
            "own_line": _ask(Question("own", "", ""), [], typed),
            "waits": state in _OPENS,
            "may": may,
            "may_start": may and Event.VERIFY_STARTED in allowed_events(state),
            "may_conclude": conclude,
            "concluded": _concluded(found),
            "unwritten": "" if conclude else _unwritten(typed),
            "also": "verify",
            "typed_here": any(name.startswith("answer-") for name in typed.values),
        },
    )  # fmt: skip


def _asked(found: Card, visit: Visit) -> tuple[Question, ...]:
    texts = [found.row.title, *(post.text for post in found.posts[:TEXTS_READ])]
    facts = visit.desk.reader.read_many(texts)
    # A danger to life that did not make the risk an emergency was held back by more than the first posts say.
    dangers = [h.id for one in facts for h in one.dangers if found.row.emergency or h.id not in _TO_LIFE]
    dangers += [out.id for one in facts for out in one.outages]
    return checklist(found.row.topic, found.row.kind, found.row.emergency, dangers)


def _no_longer_asked(asked: tuple[Question, ...], typed: Fields) -> list[Question]:
    """Return questions that were answered in a refused form and are asked no more: the topic was changed meanwhile."""
    known = {f"answer-{q.key}" for q in asked} | {"answer-own"}
    lost = [name for name in typed.values if name.startswith("answer-") and name not in known and typed.text(name)]
    keys = [name.removeprefix("answer-")[:LONGEST_KEY] for name in lost[:MOST_KEPT]]
    return [Question(key, typed.text(f"whom-{key}"), in_words(key)) for key in keys]


def _ask(question: Question, standing: list[FactRow], typed: Fields) -> AskLine:
    return AskLine(
        question.key, question.whom, question.ask, sum(f.question == question.key for f in standing),
        typed.text(f"answer-{question.key}"), typed.text(f"whom-{question.key}") or question.whom,
        typed.text(f"heard-{question.key}"),
    )  # fmt: skip


def _line(fact: FactRow, names: dict[int, str], struck: dict[int, str]) -> FactLine:
    return FactLine(
        fact.id, in_words(fact.question), fact.whom, fact.answer, fact.heard_at,
        names.get(fact.by_staff, f"№ {fact.by_staff}"), fact.withdrawn_at is not None, struck.get(fact.id, ""),
    )  # fmt: skip


def _progress(found: Card, state: State) -> Progress:
    if state in _OPENS:
        return Progress.NOW
    return Progress.DONE if found.row.veracity != Veracity.UNCONFIRMED else Progress.LATER


def _summary(found: Card, state: State, standing: list[FactRow], asked: tuple[Question, ...]) -> str:
    if state in _OPENS:
        answered = len({f.question for f in standing} & {q.key for q in asked})
        return f"отвечено {answered} из {len(asked)}" if standing else "ещё никого не спросили"
    return Veracity(found.row.veracity).label


def _unwritten(typed: Fields) -> str:
    """Return a conclusion that came second: there is no form for it any more, but its words must not be lost."""
    if not typed.text("source_of_fact"):
        return ""
    found = next((v.label for v in Veracity if v.value == typed.text("veracity")), "")
    return " — ".join(part for part in (found, typed.text("source_of_fact"), typed.text("note")) if part)


def _concluded(found: Card) -> str:
    """Return what the last check concluded and by whose word; "" before the first."""
    ends = [e for e in found.events if e.kind in (Event.VERIFIED, Event.REFUTED)]
    if not ends:
        return ""
    last = ends[-1]
    said = Veracity(last.after.get("veracity", found.row.veracity)).label
    source = last.after.get("source_of_fact")
    return f"{said} — {source}" if source else said
