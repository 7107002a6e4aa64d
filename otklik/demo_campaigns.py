"""The life of one campaign of the demo, from its template to where the demo leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from casework import campaign_messages as messages
from casework import campaign_partners as partners
from casework import campaign_tasks as tasks
from casework import campaigns, effects
from casework.campaign_chat import tell_plan
from casework.campaign_making import copy, from_template
from casework.work import Staff, Work
from otklik.demo_life import owner_of
from preventive.campaign import CampaignState as State
from preventive.facts import Occasion
from reports.replies import signature_of
from storage.find.campaigns import CampaignRow, campaign_by_id, campaigns_of_threats, messages_of, partners_of, tasks_of

_DAY = timedelta(days=1)
_WAY = (State.PLANNED, State.PREPARING, State.RUNNING, State.FINISHED)
_OWN: Mapping[State, tuple[str, str, str, str, int, int]] = MappingProxyType(
    {
        State.FINISHED: (
            "Звонки мошенников «из ЕДДС»", "Жители знают: ЕДДС не просит коды и деньги; об обмане сообщают в полицию.",
            "safety", "пожилые жители", -26, -12,
        ),
        State.IDEA: (
            "Световозвращатели для школьников", "К тёмным месяцам у каждого ученика на одежде есть световозвращатель.",
            "education", "родители школьников", 60, 90,
        ),
    }
)  # fmt: skip
"""Own campaigns: title, goal, topic, audience, first and last day from today."""
_OWN_TEXT = (
    "Здравствуйте! Жителям округа звонят и представляются сотрудниками ЕДДС. Единая дежурно-диспетчерская служба не спрашивает коды "
    "из сообщений и не просит перевести деньги. Положите трубку и расскажите об этом звонке по номеру 112 или в полицию.\n\n{signature}"
)
_BOARD = "доска объявлений"
_CANCELLED = "Сеть закончила работы раньше срока, отключения не будет."
_RETURN = "Назовите, до какого дня, и куда звонить."
_DONE = "Сделано в срок."


@dataclass(frozen=True, slots=True)
class Stage:
    """A campaign of the demo and how far it is led."""

    state: State
    occasion: Occasion | None = None
    """None: an own campaign, of no threat."""
    lessons: str = ""
    again: bool = False
    """Made from last year's, which must have been led before."""


class Times(Protocol):
    """Who works when: the demo's year."""

    planner: Staff
    head: Staff
    now: datetime

    @property
    def today(self) -> date:
        """The district's day."""

    def at(self, day: date, by: Staff = ...) -> Work:
        """Return somebody's work in the morning of a day."""


def live(year: Times, stage: Stage) -> int:
    """Make one campaign and lead it to its state; return 1."""
    if stage.occasion is None:
        campaign_id, made_on = _own(year, stage.state)
    else:
        made_on = min(stage.occasion.prepare_from, year.today - timedelta(days=3))
        campaign_id = _made(year, stage, stage.occasion, made_on)
    _Life(year, stage, campaign_id, made_on).lead()
    return 1


def _made(year: Times, stage: Stage, occasion: Occasion, day: date) -> int:
    work = year.at(day, year.planner)
    if not stage.again:
        return from_template(work, occasion.threat_id, occasion.year)
    with work.store.read() as tx:
        old = campaigns_of_threats(tx, [occasion.threat_id], day - timedelta(days=500), day)
    return copy(work, old[-1].id, occasion.year)


def _own(year: Times, state: State) -> tuple[int, date]:
    title, goal, topic, audience, first, last = _OWN[state]
    starts_on, ends_on = year.today + timedelta(days=first), year.today + timedelta(days=last)
    made_on = min(starts_on - timedelta(days=7), year.today - _DAY)
    work = year.at(made_on, year.planner)
    campaign_id = campaigns.create(
        work, title=title, goal=goal, topics=[topic], starts_on=starts_on, ends_on=ends_on, audiences=[audience],
        channels=[_BOARD], owner_staff=year.planner.id,
    )  # fmt: skip
    if state is not State.IDEA:
        tasks.add_task(work, campaign_id, what="Развесить памятки у магазинов и почты", due_on=starts_on)
        messages.add_message(
            work, campaign_id, audience=audience, channel=_BOARD, post_on=starts_on,
            text=_OWN_TEXT.format(signature=signature_of(work.profile)),
        )  # fmt: skip
    return campaign_id, made_on


@dataclass
class _Life:
    """The steps of one campaign, each on its day."""

    year: Times
    stage: Stage
    campaign_id: int
    made_on: date

    def lead(self) -> None:
        """Go as far along the way as the stage says."""
        if self.stage.state is State.CANCELLED:
            self._move(State.CANCELLED, self.made_on + _DAY, _CANCELLED)
        if self.stage.state in (State.CANCELLED, State.IDEA):
            return
        last = min(_WAY.index(self.stage.state) if self.stage.state in _WAY else len(_WAY) - 1, len(_WAY) - 1)
        for state in _WAY[: last + 1]:
            getattr(self, f"_{state.value}")()
        if self.stage.state is State.EVALUATED:
            day = self._row().ends_on + timedelta(days=31)
            effects.evaluate(
                self.year.at(day, self.year.planner), self.campaign_id, self._row().version, self.stage.lessons
            )

    def _planned(self) -> None:
        self._move(State.PLANNED, self.made_on + _DAY)
        tell_plan(self.year.at(self.made_on + _DAY, self.year.planner), self.campaign_id, self._row().version)

    def _preparing(self) -> None:
        day = self.made_on + 2 * _DAY
        self._move(State.PREPARING, day)
        work = self.year.at(day, self.year.planner)
        with work.store.read() as tx:
            asked, drafts = partners_of(tx, self.campaign_id), messages_of(tx, self.campaign_id)
        ready = self.stage.state is not State.PREPARING
        for partner in asked if ready else asked[:1]:
            partners.agree(work, partner.id, min(day, self.year.today))
        for draft in drafts if ready else drafts[:3]:
            messages.ask_approval(work, draft.id, draft.version)
        for draft in drafts if ready else drafts[:2]:
            version = messages.approve(self.year.at(day, self.year.head), draft.id, draft.version + 1)
            if not ready and draft == drafts[1]:
                messages.return_message(self.year.at(day, self.year.head), draft.id, version, _RETURN)

    def _running(self) -> None:
        row = self._row()
        self._move(State.RUNNING, max(row.starts_on, self.made_on + 3 * _DAY))
        self._publish(min(self.year.today, row.ends_on))
        self._do_tasks(self.year.today - 2 * _DAY)

    def _finished(self) -> None:
        row = self._row()
        self._do_tasks(row.ends_on)
        self._move(State.FINISHED, row.ends_on + _DAY)

    def _publish(self, until: date) -> None:
        with self.year.at(until).store.read() as tx:
            texts = [m for m in messages_of(tx, self.campaign_id) if m.state == "approved" and m.post_on <= until]
        places = {source.id: source for source in self.year.at(until).profile.sources}
        for text in texts:
            place = places.get(text.channel)
            url = f"https://vk.com/wall{owner_of(place.id, place.address)}_{9000 + text.id}" if place else ""
            day = max(text.post_on, self._row().starts_on) if text.post_on <= until else until
            messages.record_published(self.year.at(day, self.year.planner), text.id, text.version, url)

    def _do_tasks(self, until: date) -> None:
        with self.year.at(until).store.read() as tx:
            due = [t for t in tasks_of(tx, self.campaign_id) if t.state == "open" and t.due_on <= until]
        for task in due:
            tasks.end_task(self.year.at(task.due_on, self.year.planner), task.id, done=True, result=_DONE)

    def _move(self, to: State, day: date, reason: str = "") -> None:
        campaigns.move(self.year.at(day, self.year.planner), self.campaign_id, self._row().version, to, reason)

    def _row(self) -> CampaignRow:
        with self.year.at(self.year.today).store.read() as tx:
            found = campaign_by_id(tx, self.campaign_id)
        assert found is not None
        return found
