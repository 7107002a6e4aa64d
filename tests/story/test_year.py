"""A year of the district: a threat comes, its campaign lives from the chat's reminder to the lessons of the next year, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from casework import campaign_messages as messages
from casework import campaign_tasks as tasks
from casework import campaigns, decrees, effects, feeds, weeks, yearly
from casework.accounts import add_staff
from casework.campaign_chat import tell_plan
from casework.campaign_errors import NotReady
from casework.campaign_making import copy, from_template
from casework.errors import BadMove, CaseworkError
from casework.threats import register
from casework.work import MACHINE, Staff, Work
from district.profile import Profile
from preventive.calendar import monday
from preventive.campaign import CampaignState
from preventive.facts import Occasion
from risk.reading import Reader
from storage.engine import Store
from storage.find.campaigns import CampaignRow, campaign_by_id, messages_of, tasks_of
from storage.find.weeks import WHOLE, Counted
from storage.tables import outbox

DAY, WEEK = timedelta(days=1), timedelta(days=7)
THREAT = "road-thaw"
LESSONS = "Перевозчиков предупредить через диспетчера, а не только на странице: половина узнала от него."


@dataclass
class Year:
    """The demo district with a frozen clock: every act names its day."""

    store: Store
    profile: Profile
    planner: Staff = field(init=False)
    head: Staff = field(init=False)
    _reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self._reader = Reader(self.profile)
        founder = Staff(None, "машина", "машина", frozenset({"technician"}))
        made = self.on(date(2026, 1, 12), founder)
        self.planner = add_staff(made, "planner", "Координатор", roles=("coordinator",)).staff
        self.head = add_staff(made, "head", "Руководитель МЦУ", roles=("head",)).staff

    def on(self, day: date, by: Staff = MACHINE, hour: int = 11) -> Work:
        """Return somebody's work at an hour of a day of the district."""
        now = datetime.combine(day, time(hour), tzinfo=self.profile.timezone)
        return Work(self.store, self.profile, now, by, self._reader)

    def row(self, campaign_id: int) -> CampaignRow:
        with self.store.read() as tx:
            found = campaign_by_id(tx, campaign_id)
        assert found is not None
        return found

    def move(self, day: date, campaign_id: int, to: CampaignState, reason: str = "") -> None:
        campaigns.move(self.on(day, self.planner), campaign_id, self.row(campaign_id).version, to, reason)

    def told(self, kind: str) -> list[str]:
        """Return what the chats were told of one kind, one line per text."""
        with self.store.read() as tx:
            bodies = tx.execute(sa.select(outbox.c.body).where(outbox.c.kind == kind).order_by(outbox.c.id)).scalars()
            return list(dict.fromkeys(str(body["text"]) for body in bodies))

    def count(self, day: date, subject: str, calm: tuple[date, date]) -> None:
        """Write three years of weeks until a day: six posts a week in April and May, one otherwise, two in the calm weeks."""
        first, rows = monday(date(2023, 1, 9)), []
        for number in range((day - first).days // 7):
            week = first + number * WEEK
            posts = 8 + number % 3 if week.month in (4, 5) else 1
            posts = 2 if calm[0] - WEEK < week <= calm[1] else posts
            rows.append(Counted(subject, WHOLE, week, posts, posts, posts // 2))
        weeks.keep_counts(self.on(day), rows)


@pytest.fixture
def year(store: Store, demo_profile: Profile) -> Iterator[Year]:
    """The demo district in January 2026."""
    return Year(store, demo_profile)


def _publish(year: Year, campaign_id: int, asked_on: date) -> None:
    """Ask, approve by another person, publish each text on its day."""
    with year.store.read() as tx:
        drafts = messages_of(tx, campaign_id)
    for one in drafts:
        waiting = messages.ask_approval(year.on(asked_on, year.planner), one.id, one.version)
        with pytest.raises(BadMove, match="второй человек"):
            messages.approve(year.on(asked_on, year.planner), one.id, waiting)
        ready = messages.approve(year.on(asked_on, year.head), one.id, waiting)
        messages.record_published(
            year.on(one.post_on, year.planner), one.id, ready, f"https://vk.com/wall-990000014_{one.id}"
        )


def test_a_campaign_lives_from_the_reminder_to_next_years_lessons(year: Year) -> None:
    """The chat hears in time, a template makes the plan, a second person approves, tasks are told once, less is written, lessons go on."""
    threat = next(t for t in register(year.on(date(2026, 3, 2))) if t.id == THREAT)
    yearly.go_round(year.on(date(2026, 3, 24)))
    assert not any(threat.name in text for text in year.told("campaign_due"))
    yearly.go_round(year.on(date(2026, 3, 25)))
    yearly.go_round(year.on(date(2026, 3, 26)))
    (told,) = (text for text in year.told("campaign_due") if threat.name in text)
    assert "08.04" in told

    made = from_template(year.on(date(2026, 3, 26), year.planner), THREAT, 2026)
    assert (year.row(made).starts_on, year.row(made).ends_on) == (date(2026, 4, 8), date(2026, 5, 7))
    year.move(date(2026, 3, 26), made, CampaignState.PLANNED)
    tell_plan(year.on(date(2026, 3, 26), year.planner), made, year.row(made).version)
    (plan,) = year.told("campaign")
    assert plan.startswith("Социально значимая тема, требующая превентивной кампании")
    year.move(date(2026, 3, 27), made, CampaignState.PREPARING)
    with pytest.raises(NotReady, match="не утверждён ни один текст"):
        year.move(date(2026, 4, 8), made, CampaignState.RUNNING)

    _publish(year, made, date(2026, 3, 27))
    year.move(date(2026, 4, 8), made, CampaignState.RUNNING)
    with year.store.read() as tx:
        due = tasks_of(tx, made)
    for day in range((date(2026, 5, 14) - date(2026, 3, 27)).days):
        yearly.go_round(year.on(date(2026, 3, 27) + day * DAY))
    told_of = [sum(task.what in text for text in year.told("campaign_tasks")) for task in due]
    # What was due on the very day of planning could only be told as late; all else was told before and when late.
    assert told_of == [1 if task.due_on == date(2026, 3, 26) else 2 for task in due]
    assert set(told_of) == {1, 2}
    for task in due:
        tasks.end_task(year.on(date(2026, 5, 14), year.planner), task.id, done=True, result="сделано")
    year.move(date(2026, 5, 14), made, CampaignState.FINISHED)

    year.count(date(2026, 6, 15), year.row(made).subject, (date(2026, 4, 6), date(2026, 5, 7)))
    effect = effects.effect_of(year.on(date(2026, 6, 15), year.planner), made)
    assert effect.verdict == "less", effect
    assert "меньше обычного" in effect.sentence
    effects.evaluate(year.on(date(2026, 6, 15), year.planner), made, year.row(made).version, LESSONS)
    assert year.row(made).state == CampaignState.EVALUATED

    again = copy(year.on(date(2027, 3, 25), year.planner), made, 2027)
    assert year.row(again).last_lessons == LESSONS
    assert (year.row(again).starts_on, year.row(again).state) == (date(2027, 4, 8), CampaignState.IDEA)
    with pytest.raises(CaseworkError):
        from_template(year.on(date(2027, 3, 25), year.planner), THREAT, 2027)


def test_a_document_moves_the_days_that_calendars_see(year: Year) -> None:
    """Thin ice is expected until a document opens it; then its days are certain, in the register and in a planner's feed."""
    before = _coming(year, date(2026, 2, 1))
    assert before.basis.value == "expected"
    told = decrees.NewDecree(
        subject="thin-ice-spring", number="71-п", title="О запрете выхода на лёд", issued_on=date(2026, 3, 3),
        opens_on=date(2026, 3, 4), closes_on=date(2026, 4, 20),
    )  # fmt: skip
    decrees.add(year.on(date(2026, 3, 4), year.planner), told)

    after = _coming(year, date(2026, 3, 4))
    made = feeds.make(year.on(date(2026, 3, 4), year.head))
    written = feeds.content(year.on(date(2026, 3, 4)), feeds.find(year.on(date(2026, 3, 4)), made.secret), "")

    assert (after.start, after.end, after.basis.value) == (date(2026, 3, 4), date(2026, 4, 20), "known")
    assert b"BEGIN:VCALENDAR" in written
    assert b"DTSTART;VALUE=DATE:20260304" in written


def _coming(year: Year, day: date) -> Occasion:
    from casework.year_facts import year_facts
    from preventive.dates import occasions

    threat = next(t for t in register(year.on(day)) if t.id == "thin-ice-spring")
    (found,) = occasions(threat, 2026, year_facts(year.on(day), date(2026, 1, 1), date(2026, 12, 31)))
    return found
