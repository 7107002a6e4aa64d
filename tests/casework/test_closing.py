"""Closing: refused with every missing condition at once, signed by a person, never by two, and its attempts are kept."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from casework.closing import conditions, work_off
from casework.errors import BadMove, NotAllowed, StaleRisk
from casework.triage import reopen
from casework.watching import look
from casework.work import Work
from district.profile import Profile
from storage.engine import Store
from storage.keep.events import verify_chain
from storage.tables import deadline, publication
from tests.casework.posts_build import NOW, a_work, rows
from tests.casework.staff_build import a_staff
from tests.casework.watch_build import (
    HOUR,
    OFFICER,
    OTHER,
    answered_risk,
    by,
    copy_at,
    events,
    found_risk,
    machine,
    set_state,
    the_risk,
    the_watch,
    watched_risk,
)

LATER = timedelta(hours=80)
"""Longer than the window of any level."""


@pytest.fixture
def work(store: Store, demo_profile: Profile) -> Work:
    return a_work(store, demo_profile)


def met(work: Work) -> dict[str, bool]:
    with work.store.read() as tx:
        return {one.code: one.met for one in conditions(tx, machine(work, LATER), 1)}


def test_all_four_conditions_close_the_risk(work: Work) -> None:
    """Verified, answered, seen standing, quiet: closed by a person's name, with the reasons kept; watch and terms end."""
    watched_risk(work)
    look(machine(work, LATER))
    assert met(work) == {"verified": True, "answer": True, "standing": True, "quiet": True}

    version = work_off(by(work, LATER), 1, the_risk(work).version, " люди благодарят ")

    row = the_risk(work)
    assert (row.state, row.is_open, row.version, row.closed_at) == ("worked_off", False, version, NOW + LATER)
    last = events(work)[-1]
    assert (last.kind, last.by_staff, last.note, last.after["state"]) == (
        "worked_off",
        1,
        "люди благодарят",
        "worked_off",
    )
    assert "Тихо 80 ч" in last.after["reaction"]
    assert the_watch(work).ended_at == NOW + LATER
    assert not [d for d in rows(work.store, deadline) if d.state == "running"]
    with work.store.read() as tx:
        assert verify_chain(tx, 1) is None


def test_every_missing_condition_is_named_at_once(work: Work) -> None:
    """A risk just found: all four are missing, each with the step where it is met; nothing changes but the history."""
    found_risk(work)
    version = the_risk(work).version

    with pytest.raises(BadMove) as refused:
        work_off(by(work, LATER), 1, version)

    text = str(refused.value)
    for words in ("Факт не проверен", "Нет утверждённого текста", "Нет ни одной ссылки", "Наблюдение не идёт"):
        assert words in text
    for step in ("«Проверка»", "«Ответ»", "«Публикации»"):
        assert step in text
    assert (the_risk(work).state, the_risk(work).version) == ("found", version)
    last = events(work)[-1]
    assert (last.kind, last.note, last.by_staff) == ("refused_try", text, 1)


@pytest.mark.parametrize(
    ("spoil", "missing"),
    [
        ("UPDATE risk SET veracity = 'unconfirmed'", "verified"),
        ("DELETE FROM risk_event WHERE kind = 'verified'", "verified"),
        ("UPDATE answer SET state = 'draft'", "answer"),
        ("UPDATE answer SET kind = 'holding'", "answer"),
        ("UPDATE publication SET stood_at = NULL", "standing"),
        ("UPDATE publication SET state = 'gone'", "standing"),
        ("UPDATE publication SET state = 'withdrawn'", "standing"),
    ],
)
def test_one_missing_condition_is_enough(work: Work, spoil: str, missing: str) -> None:
    """Each of the conditions alone stands in the way."""
    watched_risk(work)
    look(machine(work, LATER))
    with work.store.write() as tx:
        tx.execute(sa.text(spoil))

    assert [code for code, is_met in met(work).items() if not is_met] == [missing]
    with pytest.raises(BadMove, match="Не хватает: 1\\) [^;]*$"):
        work_off(by(work, LATER), 1, the_risk(work).version)


def test_the_quiet_is_counted_at_the_moment_of_closing(work: Work) -> None:
    """The last look said «may be closed»; a copy came a minute ago: the closing sees it."""
    watched_risk(work)
    look(machine(work, LATER))
    copy_at(work, LATER + timedelta(minutes=1), 40)

    assert met(work)["quiet"]
    with pytest.raises(BadMove, match="Тихо 0 ч из"):
        work_off(by(work, LATER + timedelta(minutes=2)), 1, the_risk(work).version)


def test_an_answer_that_stands_without_a_watch_is_not_enough(work: Work) -> None:
    """Answered and seen, but nobody has watched the reaction."""
    answered_risk(work)
    with work.store.write() as tx:
        tx.execute(sa.update(publication).values(state="standing", stood_at=NOW))

    with pytest.raises(BadMove, match="Наблюдение не идёт"):
        work_off(by(work, LATER), 1, the_risk(work).version)


def test_of_two_closers_one_signs_and_the_other_is_told(work: Work) -> None:
    """Both on one version: the second is told who was quicker; nothing is lost, and both attempts are in the history."""
    watched_risk(work)
    version = the_risk(work).version
    said: list[str] = []

    def close(who: object) -> None:
        try:
            work_off(by(work, LATER, who), 1, version, "тихо")
            said.append("done")
        except StaleRisk as stale:
            said.append(stale.what)

    threads = [threading.Thread(target=close, args=(who,)) for who in (OFFICER, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(said) == ["done", "риск отработан"]
    kinds = [e.kind for e in events(work)]
    assert (kinds.count("worked_off"), kinds.count("refused_try")) == (1, 1)
    with work.store.read() as tx:
        assert verify_chain(tx, 1) is None


def test_a_refused_try_is_not_told_as_the_change(work: Work) -> None:
    """Somebody's refused closing, and the machine's own looks, make nobody's form stale and are blamed for nothing."""
    watched_risk(work)
    version = the_risk(work).version
    with pytest.raises(BadMove):
        work_off(by(work, HOUR), 1, version)
    look(machine(work, LATER))

    assert the_risk(work).version == version
    with pytest.raises(StaleRisk, match="начато наблюдение"):
        work_off(by(work, LATER), 1, version - 1)


def test_who_may_not_close_leaves_no_trace(work: Work) -> None:
    """A reader and an executor sign nothing."""
    watched_risk(work)
    before = len(events(work))
    for who in (a_staff(7, "reader"), a_staff(8, "executor", blocks=("works",))):
        with pytest.raises(NotAllowed):
            work_off(by(work, LATER, who), 1, the_risk(work).version)
    assert len(events(work)) == before


def test_after_a_spread_anew_the_cause_is_a_condition(work: Work) -> None:
    """A risk that was reopened by a spread asks for cause and forecast beside the four."""
    watched_risk(work)
    set_state(work, "watched", reopened=1, needs_cause=True)
    look(machine(work, LATER))

    assert met(work)["cause"] is False
    with pytest.raises(BadMove, match="причину и прогноз"):
        work_off(by(work, LATER), 1, the_risk(work).version)
    set_state(work, "watched", needs_cause=False)
    work_off(by(work, LATER), 1, the_risk(work).version)


def test_a_closed_risk_may_be_reopened_by_a_person(work: Work) -> None:
    """Who signed too early opens it again by hand: that is no spread and asks for no cause."""
    watched_risk(work)
    version = work_off(by(work, LATER), 1, the_risk(work).version)

    reopen(by(work, LATER + HOUR), 1, version, "поторопились")

    row = the_risk(work)
    assert (row.state, row.reopened, row.needs_cause, row.closed_at) == ("reopened", 0, False, None)


def test_a_note_as_long_as_a_book_is_refused(work: Work) -> None:
    """Five thousand signs are no note."""
    watched_risk(work)
    with pytest.raises(BadMove, match="не больше 4000"):
        work_off(by(work, LATER), 1, the_risk(work).version, "я" * 5000)


def test_the_level_decides_how_long_it_must_be_quiet(work: Work) -> None:
    """Seventy-two hours for level 4: what may be closed at level 2 after a day may not be at level 4."""
    watched_risk(work)
    set_state(work, "watched", level=4, level_person=4)
    assert work.profile.level(4).watch_for == timedelta(hours=72)

    with pytest.raises(BadMove, match="Тихо 71 ч из 72 ч"):
        work_off(by(work, timedelta(hours=71)), 1, the_risk(work).version)
    work_off(by(work, timedelta(hours=72)), 1, the_risk(work).version)


def test_the_conditions_on_a_card_take_few_questions(sqlite_store: Store, demo_profile: Profile) -> None:
    """What the card asks is three short queries, however many posts the risk has."""
    work = a_work(sqlite_store, demo_profile)
    watched_risk(work)
    asked: list[str] = []
    sa.event.listen(work.store.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    with work.store.read() as tx:
        conditions(tx, machine(work), 1)

    assert len([sql for sql in asked if sql.lstrip().startswith("SELECT")]) == 3
