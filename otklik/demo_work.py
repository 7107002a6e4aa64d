"""The staff of the demo district at work: every risk is led as far along its way as its age allows, so that all states are there."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from casework import answers, checking, closing, parts, publications, respread, triage, watching, working_out
from casework.accounts import add_staff
from casework.duty_roster import add_shift
from casework.errors import CaseworkError
from casework.publications import Found
from casework.term_warnings import warn_terms
from casework.work import MACHINE, Staff, Work
from otklik.demo_life import BUS, ICE, owner_of
from otklik.demo_replies import FACTS, reply_of
from otklik.wiring import House
from risk.checklists import checklist
from risk.states import State
from storage.engine import Tx
from storage.find.answers import AnswerRow, answer_by_id, answers_of
from storage.find.moves import RiskRow, risk_rows
from storage.find.publications import Platform, coverage, publications_of
from storage.find.queue import QueueFilter, QueueRow, queue
from storage.find.reaction import watch_of
from storage.find.working import assignments_of, measures_of

HOUR = timedelta(hours=1)
_LOOKED_AT, _CHECKED, _ANSWERED, _PUBLISHED = 4 * HOUR, 9 * HOUR, 14 * HOUR, 20 * HOUR
"""By these ages a risk of the demo has been looked at, checked, answered, published: the last two days show every state."""
_DISMISSED = 26 * HOUR
_DISMISS = ("settled", "outside", "duplicate", "not-a-risk")
_MOST_PLATFORMS = 3
_KEPT = 0.95
"""So many promises of closed risks were kept; the others show what an overdue one looks like."""
_VIEWS = (400, 2600)


@dataclass
class Crew:
    """An officer, a head and a planner of the demo district, and what stands on the pages where they published."""

    house: House
    officer: Staff
    head: Staff
    planner: Staff
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    pages: dict[int, Found] = field(default_factory=dict)
    """Publication id → what a look at it finds."""
    to_lose: set[int] = field(default_factory=set)
    """Publications that vanish after they were seen once: one risk of this kind is enough to show."""

    @classmethod
    def hire(cls, founder: Work, house: House) -> Crew:
        """Make the accounts of all three."""
        officer = add_staff(founder, "dezhurny", "Дежурный специалист", roles=("officer",)).staff
        head = add_staff(founder, "rukovoditel", "Руководитель МЦУ", roles=("head",)).staff
        planner = add_staff(founder, "koordinator", "Координатор профилактики", roles=("coordinator",)).staff
        return cls(house, officer, head, planner)

    def work(self, now: datetime, by: Staff = MACHINE) -> Work:
        """Return somebody's work at a moment."""
        return self.house.work(by=by, now=now)

    def keep_roster(self, now: datetime) -> None:
        """Put the officer on duty now and for the week, and the head in the officer's place for one of the days."""
        work, officer, head = self.work(now, self.head), self.officer.id or 0, self.head.id or 0
        zone = self.house.profile.timezone
        morning = now.astimezone(zone).replace(hour=8, minute=0, second=0, microsecond=0)
        begin = morning if now >= morning else morning - timedelta(days=1)
        add_shift(work, officer, begin, begin + timedelta(days=7))
        add_shift(
            work, head, begin + timedelta(days=3), begin + timedelta(days=4), instead_of=officer, note="Отгул дежурного"
        )

    def round(self, now: datetime) -> None:
        """Go once through all open risks, and let the machine do at this moment what it does by itself."""
        self._look_at_pages(now)
        watching.look(self.work(now))
        warn_terms(self.work(now))
        with self.house.store.read() as tx:
            rows = queue(tx, QueueFilter(per_page=200), now).rows
        for row in rows:
            self._advance(row, now)

    def _look_at_pages(self, now: datetime) -> None:
        """Let each answer be looked at once: a month of daily looks shows no more."""
        for job in publications.due_checks(self.work(now), 1000):
            seen = self.pages.pop(job.publication_id, None)
            if seen is not None:
                publications.note_check(self.work(now), job.publication_id, seen, job.lease_until)

    def lose_answers(self, now: datetime) -> None:
        """Let the answers vanish that are to vanish, at the end of the month."""
        for publication_id in self.to_lose:
            gone = Found(None, None, "gone", "площадка отвечает, что такой записи нет")
            publications.note_check(self.work(now), publication_id, gone)

    def _advance(self, row: QueueRow, now: datetime) -> None:
        """Take the next step with one risk when its time has come."""
        age = now - max(row.first_seen, self._since(row))
        steps = {
            State.FOUND: (_LOOKED_AT, self._check), State.REOPENED: (_LOOKED_AT, self._check),
            State.VERIFYING: (_CHECKED, self._conclude), State.PREPARING: (_ANSWERED, self._answer),
            State.WATCHED: (timedelta(0), self._close),
        }  # fmt: skip
        ripe, act = steps.get(State(row.state), (timedelta.max, self._check))
        if age >= ripe:
            act(row, now)

    def _since(self, row: QueueRow) -> datetime:
        """A reopened risk begins its way anew: its age counts from the last time it was seen."""
        return row.last_seen if row.state == State.REOPENED else row.first_seen

    def _version(self, risk_id: int) -> int:
        return self._risk(risk_id).version

    def _risk(self, risk_id: int) -> RiskRow:
        with self.house.store.read() as tx:
            return risk_rows(tx, [risk_id])[risk_id]

    def _check(self, row: QueueRow, now: datetime) -> None:
        """Ask the first question of the checklist; small things may end here."""
        work = self.work(now, self.officer)
        if row.level == 1 and self.chance.random() < 0.5:
            triage.dismiss(work, row.id, row.version, self.chance.choice(_DISMISS[:3]))
            return
        question = checklist(row.topic, row.kind, row.emergency)[0]
        checking.record_fact(work, row.id, row.version, question.key, question.whom, FACTS[row.kind == "rumour"])

    def _conclude(self, row: QueueRow, now: datetime) -> None:
        """Refute hearsay, confirm the rest; entrust what is confirmed and write down a promise."""
        work = self.work(now, self.officer)
        hearsay = row.kind == "rumour" or "говорят" in row.title.lower()
        found = "refuted" if hearsay else self.chance.choice(("confirmed", "confirmed", "confirmed", "partly"))
        triage.verify(work, row.id, row.version, found, "руководитель отраслевого блока")
        if hearsay:
            return
        risk, profile = self._risk(row.id), self.house.profile
        outside = profile.body_of(risk.topic) if risk.topic and risk.block is None else None
        if outside:
            parts.assign(work, row.id, risk.version, outside=outside, due_at=now + timedelta(days=3))
        elif risk.block:
            official = next((b.lead for b in profile.blocks if b.id == risk.block), None)
            parts.assign(work, row.id, risk.version, block=risk.block, official=official, is_owner=True)
        parts.record_measure(
            work, row.id, self._version(row.id), kind="taken", what="Специалисты осмотрели место",
            body=outside or "отраслевой блок", due_on=None,
        )  # fmt: skip

    def _answer(self, row: QueueRow, now: datetime) -> None:
        """Write a reply; the head approves it where the level asks; a round later it is published."""
        with self.house.store.read() as tx:
            written = [a for a in answers_of(tx, row.id) if a.kind == "answer" and a.state in ("waiting", "approved")]
            places = _places(tx, row.id)
            standing = {p.answer_id for p in publications_of(tx, row.id)}
        fresh = [a for a in written if a.id not in standing]
        age = now - max(row.first_seen, self._since(row))
        if fresh and fresh[0].state == "approved" and age >= _PUBLISHED:
            self._publish(row, fresh[0], places, now)
        elif fresh and fresh[0].state == "waiting" and age >= _ANSWERED + 3 * HOUR:
            answers.approve(self.work(now, self.head), fresh[0].id, fresh[0].version)
        elif not fresh:
            self._write(row, places, now)

    def _write(self, row: QueueRow, places: Sequence[Platform], now: datetime) -> None:
        work = self.work(now, self.officer)
        text = reply_of(row, self.house.profile, now)
        answer_id = answers.write(work, row.id, row.version, "answer", text, [p.source_id for p in places])
        with self.house.store.read() as tx:
            found = answer_by_id(tx, answer_id)
            second = found is not None and answers.needs_second(tx, work, risk_rows(tx, [row.id])[row.id], found)
        if found is None:
            return
        if second:
            answers.ask_approval(work, answer_id, found.version)
        else:
            answers.approve(work, answer_id, found.version)

    def _publish(self, row: QueueRow, answer: AnswerRow, places: Sequence[Platform], now: datetime) -> None:
        """Paste the links of the published reply; on the last of several platforms it is forgotten once in a while."""
        most = len(places) - (len(places) > 1 and self.chance.random() < 0.3)
        made = []
        for place in places[:most]:
            kind = "official" if place.official else "community"
            made.append(
                publications.record(
                    self.work(now, self.officer), row.id, self._version(row.id), answer.id, self._link(place), "", kind,
                    place.source_id,
                )
            )  # fmt: skip
        self.pages |= {i: Found(answer.text, self.chance.randint(*_VIEWS), "read") for i in made}
        if BUS in row.title:
            self.pages |= dict.fromkeys(
                made, Found(None, None, "unread", "страница не ответила за отведённое время, повторим")
            )
        elif ICE in row.title and len(made) > 1 and not self.to_lose:
            self.to_lose.add(made[-1])
        work = self.work(now, self.officer)
        working_out.send_working_out(work, row.id, self._version(row.id))

    def _link(self, place: Platform) -> str:
        number = self.chance.randint(30_000, 99_999)
        if place.platform == "vk":
            return f"https://vk.com/wall{owner_of(place.source_id, place.address)}_{number}"
        return f"{place.address.replace('/s/', '/').rstrip('/')}/{number}"

    def _close(self, row: QueueRow, now: datetime) -> None:
        """Sign the closing when the watch proposes it; after a spread anew with cause and forecast."""
        with self.house.store.read() as tx:
            watched, risk = watch_of(tx, row.id), risk_rows(tx, [row.id])[row.id]
        if watched is None or watched.proposal != "worked_off":
            return
        work = self.work(now, self.officer)
        if risk.needs_cause:
            respread.tell_cause(
                work, row.id, risk.version, "Устранили не причину, а следствие",
                "Повторится, если работы не доведут до конца",
            )  # fmt: skip
        if self.chance.random() < _KEPT:
            self._keep_promises(work, row.id)
        try:
            closing.work_off(work, row.id, self._version(row.id), "Тихо, люди не возвращаются к теме")
        except CaseworkError:
            return  # the look of this very moment saw something new: the next round will see it too

    def _keep_promises(self, work: Work, risk_id: int) -> None:
        """End what was promised and entrusted, with its result."""
        with self.house.store.read() as tx:
            measures = [m.id for m in measures_of(tx, risk_id) if m.state == "open"]
            entrusted = [a.id for a in assignments_of(tx, risk_id) if a.state == "open"]
        for measure_id in measures:
            parts.end_measure(work, risk_id, self._version(risk_id), measure_id, done=True, result="Выполнено в срок")
        for part_id in entrusted:
            parts.end_assignment(work, risk_id, self._version(risk_id), part_id, "done", "Работы закончены")


def _places(tx: Tx, risk_id: int) -> list[Platform]:
    """The platforms where an answer is due: where residents wrote, the most viewed first, as far as links can be made."""
    found = [p for p in coverage(tx, risk_id) if p.platform in ("vk", "telegram", "telegram_preview")]
    return sorted(found, key=lambda p: -(p.views or 0))[:_MOST_PLATFORMS]
