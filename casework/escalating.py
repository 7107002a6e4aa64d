"""When nobody takes a risk: the chats hear of it again, and the next person of the chain is told personally."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.contacts import people, tell_person
from casework.duty_roster import chain
from casework.hushing import hushed
from casework.telling import tell
from casework.work import Work
from district.workdays import WorkCalendar
from reports.wording import clip, count
from storage.engine import Tx
from storage.find.chatting import shifts
from storage.find.staff import StaffRow, staff_list
from storage.find.untaken import StepRow, Told, Untaken, last_told, open_steps, risks_now, untaken_risks
from storage.keep.chatting import add_step, end_steps
from storage.keep.events import NewEvent, add_events

FROM_LEVEL = 2
AROUND_THE_CLOCK = 3
"""From this level up the time in which a risk is taken runs at night too; below it only working time counts."""
LOOK_BACK = timedelta(days=2)
"""A risk that has not changed for so long is the queue's matter: a base loaded from elsewhere must not wake the head up."""
STEPS = 3
ALONE = 3
"""More risks than this at once become one personal message."""


@dataclass(frozen=True, slots=True)
class _Call:
    """One step to be taken now."""

    risk: Untaken
    step: int


def repeat_untaken(work: Work) -> int:
    """Tell the chats again of risks that nobody took (LevelRule.repeat_every); return how many lines were written."""
    least = min((rule.level for rule in work.profile.levels if rule.repeat_every is not None), default=None)
    if least is None:
        return 0
    with work.store.read() as tx:
        due = _due_again(tx, work, least)
    if not due:
        return 0
    with work.store.write() as tx:
        now = _due_again(tx, work, least)
        return sum(tell(tx, work, [risk_id], "repeat", again=f":r{said.repeats + 1}") for risk_id, said in now.items())


def escalate(work: Work, desk: str = "") -> int:
    """Take the next step for every risk whose time is over, end what was taken; return how many steps were taken.

    Each round is one transaction: the row of the step, the event and the personal lines stand together or not at all.
    `desk` is the address of the staff's pages for links to cards ("" leaves them out).
    """
    with work.store.read() as tx:
        if not (_over(tx, work) or _calls(tx, work)):
            return 0
    with work.store.write() as tx:
        for risk_id, why in _over(tx, work).items():
            end_steps(tx, [risk_id], why, work.now)
        calls = _calls(tx, work)
        quiet = hushed(tx, work, [call.risk for call in calls], "escalated")
        return _take_steps(tx, work, [call for call in calls if call.risk.id not in quiet], desk)


def _due_again(tx: Tx, work: Work, least: int) -> dict[int, Told]:
    waiting = {risk.id: risk for risk in untaken_risks(tx, work.now, work.now - LOOK_BACK, least)}
    due = {}
    for risk_id, said in last_told(tx, list(waiting)).items():
        every = work.profile.level(waiting[risk_id].level).repeat_every
        if every is not None and not said.unsent and every <= work.now - said.at <= LOOK_BACK:
            due[risk_id] = said
    return due


def _over(tx: Tx, work: Work) -> dict[int, str]:
    """Risks whose escalation ends: somebody began to work on them, or they are closed."""
    rows = open_steps(tx)
    risks = risks_now(tx, [row.risk_id for row in rows])
    over = {}
    for row in rows:
        risk = risks.get(row.risk_id)
        if risk is None or not risk.is_open:
            over[row.risk_id] = "риск закрыт"
        elif not risk.is_waiting:
            over[row.risk_id] = "риск взят в работу"
    return over


def _calls(tx: Tx, work: Work) -> list[_Call]:
    """Return the steps that are due, of risks nobody works on; silences are looked at where they may be ended."""
    begun = {row.risk_id: row for row in open_steps(tx)}
    waiting = untaken_risks(tx, work.now, work.now - LOOK_BACK, FROM_LEVEL)
    known = {risk.id for risk in waiting}
    waiting += tuple(r for r in risks_now(tx, [i for i in begun if i not in known]).values() if r.waits(work.now))
    told = last_told(tx, [risk.id for risk in waiting if risk.id not in begun])
    return [call for risk in waiting if (call := _call(work, risk, begun.get(risk.id), told.get(risk.id))) is not None]


def _call(work: Work, risk: Untaken, row: StepRow | None, told: Told | None) -> _Call | None:
    if row is not None:
        return _Call(risk, row.step + 1) if row.step < STEPS and row.due_at <= work.now else None
    since = max(risk.opened_at, told.news_at) if told is not None and told.news_at else risk.opened_at
    late = _due(work, risk.level, since) <= work.now
    return _Call(risk, 1) if late and work.now - since <= LOOK_BACK else None


def _due(work: Work, level: int, since: datetime) -> datetime:
    """Return by when a risk of a level is taken by somebody: LevelRule.take_in, in working time below level 3."""
    wait = work.profile.level(level).take_in
    if level >= AROUND_THE_CLOCK:
        return since + wait
    return WorkCalendar.of(work.profile).add_working_hours(since, wait / timedelta(hours=1))


def _take_steps(tx: Tx, work: Work, calls: Sequence[_Call], desk: str) -> int:
    if not calls:
        return 0
    staff = staff_list(tx)
    links = chain(work, shifts(tx, work.now, work.now + timedelta(minutes=1)), staff)
    reach = {person: rows for person, rows in people(tx, [p.id for p in staff]).items() if rows}
    asked: dict[int, list[tuple[_Call, str]]] = {}
    for call in calls:
        who, candidates = links[call.step - 1]
        person = next((p for p in candidates if p.id in reach), None)
        words = _words(call, who, person, candidates)
        # Where nobody can be told the next one is asked in the next round, not after another wait.
        due = _due(work, call.risk.level, work.now) if person else work.now
        add_step(tx, call.risk.id, call.risk.level, call.step, person.id if person else None, work.now, due, words)
        after = {"step": call.step, "to": person.name_shown if person else None}
        add_events(tx, [NewEvent(call.risk.id, work.now, None, "escalated", {}, after, words)])
        if person is not None:
            asked.setdefault(person.id, []).append((call, who))
    for staff_id, mine in asked.items():
        _tell(tx, work, staff_id, mine, desk)
    return len(calls)


def _words(call: _Call, who: str, person: StaffRow | None, candidates: Sequence[StaffRow]) -> str:
    if person is not None:
        return f"никто не взял риск вовремя; сообщено лично: {who}, {person.name_shown}"
    if candidates:
        return f"никто не взял риск вовремя; {who} ({candidates[0].name_shown}) — нет подтверждённых контактов"
    return f"никто не взял риск вовремя; {who} — такого сотрудника сейчас нет"


def _tell(tx: Tx, work: Work, staff_id: int, mine: Sequence[tuple[_Call, str]], desk: str) -> None:
    """A few risks are told one by one, each with its button; many as one list."""
    stamp = int(work.now.timestamp())
    level = max(call.risk.level for call, _ in mine)
    if len(mine) > ALONE:
        named = "\n".join(_line(call.risk, desk) for call, _ in mine)
        text = f"Никто не взял вовремя: {count(len(mine), 'риск', 'риска', 'рисков')}. Вы — {mine[0][1]}.\n{named}"
        tell_person(tx, work, staff_id, f"escalation:{staff_id}:{stamp}", text, risk_id=None, level=level)
        return
    for call, who in mine:
        waited = f"Риск никто не взял вовремя. Вы — {who}: возьмите его в работу или поручите."
        text = f"{waited}\n{_line(call.risk, desk)}"
        key = f"escalation:{call.risk.id}:{call.step}:{stamp}"
        tell_person(tx, work, staff_id, key, text, risk_id=call.risk.id, level=call.risk.level, ask=True)


def _line(risk: Untaken, desk: str) -> str:
    card = f"\nКарточка: {desk.rstrip('/')}/risk/{risk.id}" if desk else ""
    return f"{risk.number} · уровень {risk.level} · {clip(risk.title, 200)}{card}"
