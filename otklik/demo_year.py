"""The demo district's year: past years by weeks, weather, documents, and campaigns in every state, one lived through to its effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from casework import decrees, weather, weeks
from casework.threats import register
from casework.work import MACHINE, Staff, Work
from casework.year_facts import year_facts
from district.seasons import RuleKind, Threat
from otklik.demo_campaigns import Stage, live
from otklik.demo_history import YEARS, past_weeks
from otklik.demo_sky import days_of_weather
from otklik.wiring import House
from preventive.calendar import monday
from preventive.campaign import CampaignState as State
from preventive.dates import occasions
from preventive.facts import Occasion

_DAY = timedelta(days=1)
_MORNING = time(7)
_SHORT, _LONG = timedelta(days=20), timedelta(days=130)
_AFTERWARDS = timedelta(days=36)
"""A campaign that ended so long ago has its weeks after, and is evaluated."""
_LESSONS = (
    "Тексты в школьных чатах прочли раньше, чем на странице округа: начать с них. Листовки у магазинов повесили на неделю "
    "позже срока — поручить заранее."
)
_LAST_YEAR = (
    "Первый текст вышел поздно: люди уже были на льду и на дорогах. В этом году выйти за неделю до начала и отдельно "
    "написать старшим по домам."
)


@dataclass
class Year:
    """What the district did about its year, up to now; done by the same road as on the desk."""

    house: House
    now: datetime
    planner: Staff
    head: Staff

    @property
    def today(self) -> date:
        """The district's day."""
        return self.now.astimezone(self.house.profile.timezone).date()

    def at(self, day: date, by: Staff = MACHINE) -> Work:
        """Return somebody's work in the morning of a day, never later than now."""
        moment = datetime.combine(day, _MORNING, tzinfo=self.house.profile.timezone)
        return self.house.work(by=by, now=min(moment, self.now))

    def live(self) -> int:
        """Write the past and the campaigns; return how many campaigns there are."""
        first = self.today - timedelta(days=YEARS * 366)
        weather.record_days(self.at(self.today), list(enumerate(days_of_weather(first, self.today), 1)), "file")
        self._documents()
        stages = self._stages(self._seasons(self.today - timedelta(days=760), self.today + timedelta(days=330)))
        self._remember(monday(first), stages)
        return sum(live(self, stage) for stage in stages)

    def _documents(self) -> None:
        """A document for each threat that documents open: usual ones of the last two years, and the one that holds now."""
        for place, threat in enumerate(register(self.at(self.today))):
            if threat.rule.kind is not RuleKind.DECREE or threat.rule.since is None or threat.rule.until is None:
                continue
            for year in range(self.today.year - 2, self.today.year + 1):
                opens, closes = threat.rule.since.on(year), threat.rule.until.on(year)
                closes = closes if closes >= opens else threat.rule.until.on(year + 1)
                if opens + _DAY < self.today:
                    ended = closes if closes < self.today else None
                    self._document(threat, opens, ended, f"{100 + 17 * place + year % 10}-п")

    def _document(self, threat: Threat, opens: date, closes: date | None, number: str) -> None:
        told = decrees.NewDecree(
            subject=threat.rule.subject, number=number, title=f"О мерах безопасности: {threat.name.lower()}",
            issued_on=opens - _DAY, opens_on=opens, closes_on=closes,
        )  # fmt: skip
        decrees.add(self.at(self.today), told, origin="file")

    def _seasons(self, first: date, last: date) -> tuple[Occasion, ...]:
        """Return the comings of all threats that begin between two days, by the first day."""
        work = self.at(self.today)
        facts = year_facts(work, first, last)
        years = range(first.year, last.year + 1)
        found = [o for t in register(work) for year in years for o in occasions(t, year, facts)]
        return tuple(sorted((o for o in found if first <= o.start <= last), key=lambda o: (o.start, o.threat_id)))

    def _stages(self, seasons: Sequence[Occasion]) -> list[Stage]:
        """Choose the campaigns: one that was evaluated, one of last year made again, and one in each other state."""
        planned = {t.id for t in register(self.at(self.today)) if t.template and not t.inform_only and t.words}
        fit = [o for o in seasons if o.threat_id in planned]
        past = [o for o in fit if _SHORT <= o.end - o.start <= _LONG and o.end + _AFTERWARDS < self.today]
        done = next((o for o in reversed(past) if o.end.year >= self.today.year - 1), None)
        running = [o for o in fit if o.start <= self.today <= o.end and o.end - o.start > _SHORT]
        ahead = [o for o in fit if o.start > self.today]
        stages = []
        if done is not None:
            stages.append(Stage(State.EVALUATED, done, lessons=_LESSONS))
        taken = {s.occasion.threat_id for s in stages if s.occasion}
        for now in [o for o in reversed(running) if o.threat_id not in taken][:1]:
            before = [o for o in fit if o.threat_id == now.threat_id and o.start < now.start]
            if before:
                stages.append(Stage(State.EVALUATED, before[-1], lessons=_LAST_YEAR))
            stages.append(Stage(State.RUNNING, now, again=bool(before)))
            taken.add(now.threat_id)
        left = [o for o in ahead if o.threat_id not in taken]
        states = (State.PREPARING, State.PLANNED, State.CANCELLED)
        stages += [Stage(state, coming) for state, coming in zip(states, left, strict=False)]
        return [*stages, Stage(State.FINISHED), Stage(State.IDEA)]

    def _remember(self, first: date, stages: Sequence[Stage]) -> None:
        """Write the weeks before anything was collected; while a campaign ran, less was written."""
        begun = weeks.counted_from(self.at(self.today)) or monday(self.today)
        seasons = self._seasons(first - timedelta(days=366), self.today)
        subjects = {t.id: t.subject for t in register(self.at(self.today))}
        ran = [
            (subjects[s.occasion.threat_id], s.occasion.start, s.occasion.end)
            for s in stages
            if s.lessons == _LESSONS and s.occasion
        ]
        weeks.keep_counts(self.at(self.today), past_weeks(self.house.profile, first, begun, seasons, ran))
