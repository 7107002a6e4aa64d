"""An answered risk with its posts, its approved answer and a link that stands: what the watch and the closing begin with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from casework.take_in import take_in
from casework.watching import begin_watch
from casework.work import MACHINE, Work
from storage.find.moves import RiskRow, risk_rows
from storage.find.reaction import WatchRow, watch_of
from storage.keep import risks as keep_risks
from storage.keep.events import NewEvent, add_events
from storage.tables import answer, publication, risk, risk_event
from tests.casework.posts_build import NOW, WATER, a_comment, a_post, rows
from tests.casework.staff_build import a_staff

OFFICER, OTHER = a_staff(1, "officer", login="anna"), a_staff(2, "officer", login="boris")
HOUR = timedelta(hours=1)
KIND_WORDS = "Спасибо большое администрации, воду дали, всё хорошо, молодцы!"
ANGRY = "Безобразие, воды так и нет, позор, врут нам!"


def by(work: Work, after: timedelta = timedelta(0), who: Any = OFFICER) -> Work:
    """The work of a person so long after NOW."""
    return replace(work, by=who, now=NOW + after)


def machine(work: Work, after: timedelta = timedelta(0)) -> Work:
    return replace(work, by=MACHINE, now=NOW + after)


def the_risk(work: Work, risk_id: int = 1) -> RiskRow:
    with work.store.read() as tx:
        return risk_rows(tx, [risk_id])[risk_id]


def the_watch(work: Work, risk_id: int = 1) -> WatchRow:
    with work.store.read() as tx:
        found = watch_of(tx, risk_id)
    assert found is not None
    return found


def events(work: Work, risk_id: int = 1) -> list[Any]:
    return [e for e in rows(work.store, risk_event) if e.risk_id == risk_id]


def set_state(work: Work, state: str, risk_id: int = 1, at: datetime = NOW, **columns: Any) -> None:
    with work.store.write() as tx:
        keep_risks.change_risk(tx, risk_id, None, at, {"state": state} | columns)


def found_risk(work: Work, comments: int = 0, views: int | None = 1000) -> int:
    """Take in three copies, an hour before NOW, of which the first has comments, every second one negative."""
    page = [
        a_post(n, WATER, source_id=source, views=views, published_at=NOW - HOUR, seen_at=NOW - HOUR / 2)
        for n, source in enumerate(("vk-podslushano", "vk-typical", "tg-novosti"), start=1)
    ]
    page += [
        a_comment(1, n, ANGRY if n % 2 else "Понятно", published_at=NOW - HOUR / 2, seen_at=NOW - HOUR / 2)
        for n in range(comments)
    ]
    take_in(machine(work, -HOUR / 2), page)
    (row,) = [row for row in rows(work.store, risk) if row.id == 1]
    return int(row.id)


def answered_risk(work: Work, comments: int = 0, views: int | None = 1000) -> int:
    """A risk verified by ЕДДС and answered at NOW, its link not yet seen."""
    risk_id = found_risk(work, comments, views)
    with work.store.write() as tx:
        add_events(tx, [NewEvent(risk_id, NOW, 1, "verified", {}, {"source_of_fact": "ЕДДС"})])
        tx.execute(sa.insert(answer).values(
            risk_id=risk_id, kind="answer", text="Воду подвозят, авария устранена к 18:00", platforms=[],
            state="approved", findings=[], made_at=NOW, made_by=1, changed_at=NOW, decided_at=NOW, decided_by=1,
        ))  # fmt: skip
        tx.execute(sa.insert(publication).values(
            risk_id=risk_id, answer_id=1, source_id="vk-podslushano", place="Подслушано", place_kind="community",
            url="https://vk.com/wall-1_900", state="waiting", made_at=NOW, made_by=1,
        ))  # fmt: skip
    set_state(work, "answered", risk_id, veracity="confirmed")
    return risk_id


def seen_standing(work: Work, after: timedelta = timedelta(0)) -> None:
    """The crawler sees the link standing, and the watch begins."""
    at = NOW + after
    with work.store.write() as tx:
        tx.execute(sa.update(publication).values(state="standing", stood_at=at, checked_at=at))
        begin_watch(tx, machine(work, after), 1)


def watched_risk(work: Work, comments: int = 0, views: int | None = 1000) -> int:
    """A risk whose watch began at NOW."""
    risk_id = answered_risk(work, comments, views)
    seen_standing(work)
    return risk_id


def copy_at(work: Work, after: timedelta, number: int, text: str = WATER, **given: Any) -> None:
    """Take in a copy published and seen so long after NOW."""
    at = NOW + after
    values: dict[str, Any] = {"source_id": "vk-typical", "published_at": at, "seen_at": at} | given
    take_in(machine(work, after), [a_post(number, text, **values)])


def comments_at(work: Work, after: timedelta, texts: list[str], first: int = 100) -> None:
    """Take in comments under the first post, published and seen so long after NOW."""
    at = NOW + after
    page = [a_comment(1, first + n, text, published_at=at, seen_at=at) for n, text in enumerate(texts)]
    take_in(machine(work, after), page)
