"""What to do with a campaign now: the next step with what stands in its way, and what waits for a hand today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casework.campaigns import readiness
from casework.roles import NO_BLOCK, Act
from desk.campaign_parts import Parts
from desk.campaign_words import BACK_WORDS, MOVE_WORDS, STAGES, day_words, until
from desk.visit import Visit
from preventive.campaign import LIVE, MOVES, CampaignState, missing_for, needs_reason
from reports.wording import count
from storage.find.campaigns import CampaignRow

_S = CampaignState
PLAN_FORM = "?edit=plan#plan"
_MENDS = (
    ("открыты задачи", "#tasks"), ("задач", "#task-new"), ("текст", "#messages"), ("опубликовано", "#messages"),
    ("ответственный", PLAN_FORM), ("цель", PLAN_FORM), ("обращена", PLAN_FORM), ("день", PLAN_FORM),
)  # fmt: skip
"""Where each lack of preventive.campaign is mended; the first word that is found leads."""


@dataclass(frozen=True, slots=True)
class Step:
    """One move that is open to this person."""

    to: CampaignState
    label: str
    reason: bool
    """True when it must be explained."""
    grave: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that waits for a hand."""

    text: str
    href: str
    tone: str


@dataclass(frozen=True, slots=True)
class Next:
    """The panel «Что дальше»."""

    words: str
    forward: Step | None
    missing: tuple[Call, ...]
    """What lacks for the step forward, with where it is mended."""
    others: tuple[Step, ...]
    calls: tuple[Call, ...]
    early: bool
    """True when the step forward is possible but not what is waited for now: it stands folded."""


def next_of(visit: Visit, row: CampaignRow, parts: Parts, today: date, *, may_plan: bool) -> Next:
    """Return what is next; the steps are there only for who may plan this campaign."""
    state = CampaignState(row.state)
    forward = _forward(state)
    missing: tuple[Call, ...] = ()
    if forward and may_plan:
        with visit.desk.store.read() as tx:
            lacks = missing_for(state, forward, readiness(tx, visit.work, row))
        missing = tuple(Call(words, _mend(words), "late") for words in lacks)
    steps = [_step(state, to) for to in CampaignState if to in MOVES[state] and to is not _S.EVALUATED]
    return Next(
        _words(state, row, today),
        next((s for s in steps if s.to is forward), None) if may_plan else None, missing,
        tuple(s for s in steps if s.to is not forward) if may_plan else (),
        tuple(_calls(visit, row, parts, today)) if state in LIVE else (), state is _S.RUNNING and today < row.ends_on,
    )  # fmt: skip


def _forward(state: CampaignState) -> CampaignState | None:
    """Return the step along the way; finishing leads to the result, which has its own form."""
    if state not in LIVE:
        return None
    return STAGES[STAGES.index(state) + 1]


def _step(state: CampaignState, to: CampaignState) -> Step:
    return Step(to, BACK_WORDS.get((state, to), MOVE_WORDS[to][0]), needs_reason(state, to), to is _S.CANCELLED)


def _mend(words: str) -> str:
    return next((href for word, href in _MENDS if word in words), "#plan")


def _words(state: CampaignState, row: CampaignRow, today: date) -> str:
    if state is _S.PLANNED:
        if row.prepare_from > today:
            near = f"{day_words(row.prepare_from, today)}, {until(row.prepare_from, today)}"
            return f"Подготовка начинается {near}. Можно начать и раньше."
        return "Пора начинать подготовку."
    if state is _S.PREPARING:
        near = f"{day_words(row.starts_on, today)}, {until(row.starts_on, today)}"
        return f"Напишите и утвердите тексты, договоритесь с партнёрами. Начало {near}."
    return {
        _S.IDEA: "Проверьте цель, дни и ответственного. Решено проводить — запланируйте.",
        _S.RUNNING: f"Публикуйте утверждённые тексты и записывайте ссылки. Последний день — {day_words(row.ends_on, today)}.",
        _S.FINISHED: "Посмотрите, что получилось, и запишите уроки для следующего года.",
        _S.EVALUATED: "Кампания закрыта. На следующий год её можно скопировать вместе с уроками.",
        _S.CANCELLED: f"Кампания отменена: {row.reason or 'причина не записана'}.",
    }[state]


def _calls(visit: Visit, row: CampaignRow, parts: Parts, today: date) -> Iterator[Call]:
    late = sum(t.is_open and t.due_on < today for t in parts.tasks)
    if late:
        yield Call(count(late, "задача просрочена", "задачи просрочены", "задач просрочено"), "#tasks", "late")
    near = sum(t.is_open and 0 <= (t.due_on - today).days <= 1 for t in parts.tasks)
    if near:
        yield Call(count(near, "задача", "задачи", "задач") + " — сегодня или завтра", "#tasks", "soon")
    waiting = [m for m in parts.messages if m.state == "waiting"]
    approves = visit.may(Act.APPROVE_MATERIAL, row.block or NO_BLOCK)
    mine = sum(approves and m.made_by != visit.me.id for m in waiting)
    if mine:
        yield Call(
            count(mine, "текст ждёт", "текста ждут", "текстов ждут") + " вашего утверждения", "#messages", "soon"
        )
    returned = sum(m.state == "returned" for m in parts.messages)
    if returned:
        yield Call(
            count(returned, "текст вернули", "текста вернули", "текстов вернули") + " на доработку", "#messages", "late"
        )
    due = sum(m.state == "approved" and m.post_on <= today for m in parts.messages)
    if due:
        yield Call("пора опубликовать: " + count(due, "текст", "текста", "текстов"), "#messages", "soon")
    silent = sum(p.agreed_on is None and p.ended_at is None for p in parts.partners)
    if silent and row.state in (_S.PREPARING, _S.RUNNING):
        yield Call("без согласия: " + count(silent, "партнёр", "партнёра", "партнёров"), "#partners", "soon")
    if row.told_at is None and row.state != _S.IDEA and visit.may(Act.PLAN_CAMPAIGN, row.block or NO_BLOCK):
        yield Call("план ещё не отправлен в алерт-чат", "#chat", "soon")
