"""A month of the demo district with a frozen clock: residents write, the officer and the head work, platforms show or lose answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from casework import answers, checking, closing, publications, take_in, term_warnings, triage, watching
from casework.accounts import add_staff
from casework.publications import Found
from casework.source_sync import sync_profile_sources
from casework.take_in import TakenIn
from casework.work import MACHINE, Staff, Work
from district.profile import Profile
from risk.post import Post, Reach
from risk.reading import Reader
from storage.engine import Store
from storage.find.moves import RiskRow, risk_rows
from storage.tables import outbox, risk

BEGIN = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
"""A Monday, nine in the morning in the district."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OWNERS = {
    "vk-podslushano": "-990000011",
    "vk-typical": "-990000012",
    "vk-zaozerye": "-990000013",
    "vk-okrug": "-990000014",
}
CHANNELS = {"tg-chat": "otklik_demo_chat", "tg-novosti": "otklik_demo_novosti"}


@dataclass
class Month:
    """The district over one database; every act says at which moment it happens."""

    store: Store
    profile: Profile
    officer: Staff = field(init=False)
    head: Staff = field(init=False)
    _reader: Reader = field(init=False)
    _last: int = 0

    def __post_init__(self) -> None:
        self._reader = Reader(self.profile)
        founder = Staff(None, "машина", "машина", frozenset({"technician"}))
        sync_profile_sources(self.work(BEGIN - DAY, MACHINE))
        made = self.work(BEGIN - DAY, founder)
        self.officer = add_staff(made, "dezhurny", "Дежурный специалист", roles=("officer",)).staff
        self.head = add_staff(made, "head", "Руководитель МЦУ", roles=("head",)).staff

    def work(self, now: datetime, by: Staff = MACHINE) -> Work:
        """Return somebody's work at a moment."""
        return Work(self.store, self.profile, now, by, self._reader)

    def post(self, source: str, text: str, at: datetime, views: int | None = 300, **given: Any) -> Post:
        """Return a resident's post (or, with comment_id and external_id, a comment)."""
        self._last += 1
        external = given.pop("external_id", self._name(source, self._last))
        platform = "vk" if source in OWNERS else "telegram"
        return Post(
            platform=platform, source_id=source, external_id=external, comment_id=given.pop("comment_id", ""),
            url=self.link(source, self._last), text=text, published_at=at, seen_at=at + timedelta(seconds=40),
            reach=Reach(views, 5, 1, 0), voice=f"{self._last:016x}", **given,
        )  # fmt: skip

    def _name(self, source: str, number: int) -> str:
        return f"{OWNERS[source]}_{number}" if source in OWNERS else str(number)

    def link(self, source: str, number: int) -> str:
        """Return the public address of a post of a source."""
        if source in OWNERS:
            return f"https://vk.com/wall{OWNERS[source]}_{number}"
        return f"https://t.me/{CHANNELS[source]}/{number}"

    def see(self, now: datetime, *posts: Post) -> TakenIn:
        """Take in what a crawl brought at a moment."""
        return take_in.take_in(self.work(now), list(posts))

    def row(self, risk_id: int) -> RiskRow:
        """Return a risk as it stands."""
        with self.store.read() as tx:
            return risk_rows(tx, [risk_id])[risk_id]

    def check(self, now: datetime, risk_id: int, veracity: str, whom: str, found: str) -> None:
        """Ask, write the fact down, conclude."""
        work = self.work(now, self.officer)
        checking.record_fact(work, risk_id, self.row(risk_id).version, "Что произошло?", whom, found)
        triage.verify(work, risk_id, self.row(risk_id).version, veracity, whom)

    def answer(self, now: datetime, risk_id: int, text: str, platforms: Sequence[str], kind: str = "answer") -> int:
        """Write an answer and let the head approve it where the level asks for a second person; return its id."""
        work = self.work(now, self.officer)
        answer_id = answers.write(work, risk_id, self.row(risk_id).version, kind, text, platforms)
        with self.store.read() as tx:
            found = answers.answer_by_id(tx, answer_id)
            assert found is not None
            second = answers.needs_second(tx, work, risk_rows(tx, [risk_id])[risk_id], found)
        if second:
            version = answers.ask_approval(work, answer_id, found.version)
            return answers.approve(self.work(now + timedelta(minutes=10), self.head), answer_id, version)
        return answers.approve(work, answer_id, found.version)

    def publish(self, now: datetime, risk_id: int, answer_id: int, source: str) -> int:
        """Paste the link of a published answer; return the publication's id."""
        self._last += 1
        return publications.record(
            self.work(now, self.officer), risk_id, self.row(risk_id).version, answer_id, self.link(source, self._last),
            "", "official" if source == "vk-okrug" else "community", source,
        )  # fmt: skip

    def look_at_links(self, now: datetime, pages: dict[int, Found]) -> list[str]:
        """Let the checks that are due at a moment find what stands on the pages (publication id → what is there)."""
        work = self.work(now)
        jobs = publications.due_checks(work, 100)
        states = [publications.note_check(work, j.publication_id, pages[j.publication_id], j.lease_until) for j in jobs]
        return [state or "" for state in states]

    def watch(self, now: datetime) -> None:
        """Let everything run that runs by itself at a moment."""
        watching.look(self.work(now))
        term_warnings.warn_terms(self.work(now))

    def close(self, now: datetime, risk_id: int, note: str = "") -> int:
        """Sign the closing."""
        return closing.work_off(self.work(now, self.officer), risk_id, self.row(risk_id).version, note)

    def told(self, kind: str, risk_id: int | None = None) -> list[str]:
        """Return what the alert chat (the folder) was told of a kind: texts, or numbers of alerts."""
        with self.store.read() as tx:
            query = sa.select(outbox.c.body, outbox.c.risk_id).where(outbox.c.kind == kind).order_by(outbox.c.id)
            rows = [r for r in tx.execute(query) if risk_id is None or r.risk_id == risk_id]
        return [str(r.body.get("text") or r.body.get("number")) for r in rows]

    def column(self, risk_id: int, name: str) -> Any:
        """Return one column of a risk."""
        with self.store.read() as tx:
            return tx.execute(sa.select(risk.c[name]).where(risk.c.id == risk_id)).scalar_one()
