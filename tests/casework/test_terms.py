"""The clocks of a risk start, end, move, stand and are told of, each once; the queue's order is the nearest one owed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from casework import pausing, terms
from casework.errors import BadMove, NotAllowed, ReasonNeeded, StaleRisk
from casework.joining import merge
from casework.take_in import take_in
from casework.term_warnings import start_untimed, warn_terms
from casework.triage import dismiss, reopen, set_level, split, verify
from casework.work import Work
from district.profile import Profile
from risk.post import Reach
from storage.engine import Store
from storage.find.outbox import waiting_lines
from storage.find.terms import Deadline, deadlines_of
from storage.tables import outbox, risk
from tests.casework.risk_build import ANNA, CALM, HEAD, a_post, card_of, hire, new_risk, open_risk, post_ids, risk_of
from tests.casework.staff_build import NOW, a_profile, a_work
from tests.storage.build import a_risk

H = timedelta(hours=1)
FIRE = "Горит жилой дом на улице Мира, пожар сильный, внутри остались люди, вызывайте всех"


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


@pytest.fixture
def head(sqlite_store: Store, demo_profile: Profile) -> Work:
    """The head of the demo district, whose levels have the terms of DOMAIN 1."""
    return a_work(sqlite_store, HEAD, profile=demo_profile)


def clocks(store: Store, risk_id: int) -> dict[str, Deadline]:
    """The clocks of a risk by kind; of several of a kind the latest."""
    with store.read() as tx:
        return {d.kind: d for d in deadlines_of(tx, [risk_id])[risk_id]}


def states(store: Store, risk_id: int) -> dict[str, str]:
    return {kind: d.state for kind, d in clocks(store, risk_id).items()}


def timed_risk(work: Work, **columns: object) -> int:
    with work.store.write() as tx:
        risk_id = a_risk(tx, **columns)
        terms.start_terms(tx, work, risk_id)
    return risk_id


def published(work: Work, risk_id: int, kind: str) -> None:
    with work.store.write() as tx:
        terms.on_published(tx, work, risk_id, kind)


def kinds(store: Store, risk_id: int) -> list[str]:
    return [event.kind for event in card_of(store, risk_id).events]


def due_of(store: Store, risk_id: int) -> datetime:
    return risk_of(store, risk_id).due_at


def test_the_batch_that_opens_a_risk_starts_its_clocks(store: Store, demo_profile: Profile) -> None:
    """A red risk owes «проверяем» in 15 min, the check in 30, the first line in 1 h; the queue goes by the first of them."""
    work = a_work(store, profile=demo_profile)
    (risk_id,) = take_in(work, [a_post(1, FIRE, published_at=NOW)]).opened

    found = clocks(store, risk_id)
    assert {kind: d.due_at - NOW for kind, d in found.items() if kind != "final"} == {
        "verify": H / 2, "holding": H / 4, "first_line": H,
    }  # fmt: skip
    assert (found["final"].state, found["final"].due_at > NOW + 9 * timedelta(days=1)) == ("running", True)
    assert due_of(store, risk_id) == NOW + H / 4


def test_level_two_has_nine_working_hours(head: Work) -> None:
    """Found at noon on a Saturday, a yellow risk is due at six in the evening of Monday (9 working hours, [R SEV1])."""
    risk_id = timed_risk(head, level=2)

    local = clocks(head.store, risk_id)["first_line"].due_at.astimezone(head.profile.timezone)
    assert local.strftime("%a %d.%m %H:%M") == "Mon 23.11 18:00"


def test_a_known_fact_needs_no_checking_line(head: Work) -> None:
    """Verification ends its clock in time, and with it «проверяем»; the next thing owed orders the queue."""
    risk_id = timed_risk(head, level=3)

    verify(head.at(NOW + H / 2), risk_id, 1, "confirmed", "ЕДДС")

    assert states(head.store, risk_id) == {
        "verify": "met", "holding": "cancelled", "first_line": "running", "final": "running",
    }  # fmt: skip
    assert due_of(head.store, risk_id) == NOW + 4 * H
    assert kinds(head.store, risk_id) == ["verified", "deadline_met"]


def test_what_is_done_late_stays_missed(head: Work) -> None:
    """A check after its term is written as late, not as met."""
    risk_id = timed_risk(head, level=3)

    verify(head.at(NOW + 3 * H), risk_id, 1, "refuted", "ЕДДС")

    late = clocks(head.store, risk_id)["verify"]
    assert (late.state, late.missed_at, late.ended_at) == ("missed", NOW + 2 * H, NOW + 3 * H)
    assert kinds(head.store, risk_id) == ["refuted", "deadline_late"]


def test_an_interim_reply_starts_the_final_clock(head: Work) -> None:
    """Requirement 24: the first word ends the first-line clock and starts the 7 working days; later words do not."""
    risk_id = timed_risk(head, level=3)
    monday = head.at(NOW + timedelta(days=2))

    published(monday, risk_id, "holding")
    first = clocks(head.store, risk_id)
    published(monday.at(monday.now + 20 * H), risk_id, "update")
    then = clocks(head.store, risk_id)

    assert {k: first[k].state for k in ("holding", "first_line")} == {"holding": "missed", "first_line": "missed"}
    assert first["final"].started_at == monday.now
    assert then["final"].id == first["final"].id
    assert first["next_update"].due_at == monday.now + 24 * H
    assert then["next_update"].due_at == monday.now + 44 * H
    assert due_of(head.store, risk_id) == NOW + 2 * H  # the check was never made: still owed


def test_the_answer_ends_all_that_speaks(head: Work) -> None:
    """The whole answer ends first line, updates and final; a yellow risk then waits for its quiet window."""
    risk_id = timed_risk(head, level=3, veracity="confirmed")
    published(head.at(NOW + H), risk_id, "update")
    published(head.at(NOW + 5 * H), risk_id, "answer")

    assert states(head.store, risk_id) == {"first_line": "met", "final": "met", "next_update": "met"}
    assert due_of(head.store, risk_id) == NOW + 5 * H + head.profile.level(3).watch_for
    published(head.at(NOW + 6 * H), risk_id, "answer")
    assert states(head.store, risk_id) == {"first_line": "met", "final": "met", "next_update": "met"}


def test_a_low_level_has_no_updates(head: Work) -> None:
    """Where the profile asks for none, «проверяем» starts no next update."""
    risk_id = timed_risk(head, level=1)
    published(head.at(NOW + H), risk_id, "holding")

    assert set(clocks(head.store, risk_id)) == {"verify", "holding", "first_line", "final"}


def test_a_raised_level_is_due_sooner_from_now(head: Work) -> None:
    """Raised after two hours: each term is the new level's from now, and the event of the level shows them before and after."""
    risk_id = timed_risk(head, level=1)
    later = head.at(NOW + 2 * H)

    set_level(later, risk_id, 1, 4, "пострадали дети")

    found = clocks(head.store, risk_id)
    assert {k: found[k].due_at - later.now for k in ("verify", "holding", "first_line")} == {
        "verify": H / 2, "holding": H / 4, "first_line": H,
    }  # fmt: skip
    event = card_of(head.store, risk_id).events[-1]
    assert (event.kind, event.before["due_first_line"], event.after["due_first_line"]) == (
        "level_set", (NOW + 24 * H).isoformat(), (later.now + H).isoformat(),
    )  # fmt: skip
    assert due_of(head.store, risk_id) == later.now + H / 4


def test_a_lowered_level_gives_time_back(head: Work) -> None:
    """Lowered: terms are the lower level's from the start, and one that had run out runs again."""
    risk_id = timed_risk(head, level=4)
    warn_terms(head.at(NOW + 2 * H))
    assert states(head.store, risk_id)["first_line"] == "missed"

    set_level(head.at(NOW + 2 * H), risk_id, 1, 1, "одна запись, никто не читает")

    found = clocks(head.store, risk_id)
    assert (found["first_line"].state, found["first_line"].due_at) == ("running", NOW + 24 * H)
    assert found["first_line"].missed_at is None


def test_the_machines_level_moves_the_clocks_too(store: Store, demo_profile: Profile) -> None:
    """When the spread raises the level, the same event shows which terms came nearer."""
    work = a_work(store, profile=demo_profile)
    hole = "На улице Мира огромная яма, машины бьются, когда сделают дорогу, безобразие третий год"
    take_in(work, [a_post(1, hole, published_at=NOW)])
    with store.read() as tx:
        risk_id = tx.execute(sa.select(risk.c.id)).scalar_one()
    later = work.at(NOW + 3 * H)
    wide = [s.id for s in demo_profile.sources if not s.official]
    seen = {"published_at": later.now, "seen_at": later.now, "reach": Reach(views=demo_profile.residents)}
    crowd = [a_post(n, hole, source_id=source, **seen) for n, source in enumerate(wide, start=100)]
    take_in(later, crowd)

    risen = [e for e in card_of(store, risk_id).events if e.kind == "risen"]
    assert risen
    assert "due_first_line" in risen[0].after
    assert {d.level for d in clocks(store, risk_id).values()} == {card_of(store, risk_id).row.level}


def test_a_pause_needs_a_reason_and_moves_the_term(head: Work) -> None:
    """A clock stands for a stated reason, is not counted in the queue's order, and goes on later by as much."""
    risk_id = timed_risk(head, level=1)
    first = clocks(head.store, risk_id)["verify"]
    with pytest.raises(ReasonNeeded):
        pausing.pause(head, risk_id, 1, first.id, " ")

    version = pausing.pause(head.at(NOW + H), risk_id, 1, first.id, "ждём заключение лаборатории")
    standing = clocks(head.store, risk_id)["verify"]
    version = pausing.resume(head.at(NOW + 3 * H), risk_id, version, first.id)
    after = clocks(head.store, risk_id)["verify"]

    assert (standing.state, standing.paused_for) == ("paused", "ждём заключение лаборатории")
    assert (after.state, after.due_at - first.due_at, after.paused_for) == ("running", 2 * H, "")
    assert [(p.begun, p.ended, p.reason, p.by) for p in after.pauses] == [
        (NOW + H, NOW + 3 * H, "ждём заключение лаборатории", HEAD.id)
    ]
    events = card_of(head.store, risk_id).events
    assert [e.kind for e in events] == ["deadline_paused", "deadline_resumed"]
    assert events[0].note == "ждём заключение лаборатории"
    assert (events[1].before["due_verify"], events[1].after["due_verify"]) == (
        first.due_at.isoformat(), after.due_at.isoformat(),
    )  # fmt: skip
    assert (version, risk_of(head.store, risk_id).version) == (3, 3)


def test_a_paused_clock_does_not_order_the_queue(head: Work) -> None:
    """While the nearest clock stands, the next one is what the queue shows; it comes back when the clock goes on."""
    risk_id = timed_risk(head, level=3)
    found = clocks(head.store, risk_id)

    pausing.pause(head, risk_id, 1, found["holding"].id, "спикер в дороге")
    assert due_of(head.store, risk_id) == found["verify"].due_at
    pausing.resume(head, risk_id, 2, found["holding"].id)
    assert due_of(head.store, risk_id) == found["holding"].due_at


def test_what_cannot_be_paused_is_refused(head: Work) -> None:
    """A clock that stands, that has run out or ended, or of another risk, and a stale form: told, nothing is written."""
    one, other = timed_risk(head, level=3), timed_risk(head, level=3)
    mine, foreign = clocks(head.store, one), clocks(head.store, other)

    with pytest.raises(BadMove, match="Такого срока"):
        pausing.pause(head, one, 1, foreign["verify"].id, "ждём")
    with pytest.raises(BadMove, match="уже вышел"):
        pausing.pause(head.at(NOW + 3 * H), one, 1, mine["verify"].id, "ждём")
    with pytest.raises(BadMove, match="не приостановлен"):
        pausing.resume(head, one, 1, mine["verify"].id)
    with pytest.raises(NotAllowed):
        pausing.pause(a_work(head.store, ANNA), one, 1, mine["verify"].id, "ждём")
    pausing.pause(head, one, 1, mine["verify"].id, "ждём")
    with pytest.raises(BadMove, match="уже приостановлен"):
        pausing.pause(head, one, 2, mine["verify"].id, "ждём")
    with pytest.raises(StaleRisk):
        pausing.resume(head, one, 1, mine["verify"].id)
    verify(head, one, 2, "confirmed", "ЕДДС")
    with pytest.raises(BadMove, match="уже закончен"):
        pausing.resume(head, one, 3, mine["verify"].id)


def test_each_term_is_told_of_once_before_and_once_after(store: Store) -> None:
    """Round after round: one warning a quarter ahead, one line when it has run out, each in the history, and no more."""
    profile = a_profile()
    work = a_work(store, profile=profile)
    with store.write() as tx:
        risk_id = a_risk(tx, level=3, title="Нет воды", veracity="confirmed")
        terms.start_terms(tx, work, risk_id)

    told = {minutes: warn_terms(work.at(NOW + timedelta(minutes=minutes))) for minutes in range(0, 60 * 30, 10)}

    assert {m: n for m, n in told.items() if n} == {180: 1, 240: 1}
    with store.read() as tx:
        lines = [(line.kind, line.level) for line in waiting_lines(tx, "duty")]
        bodies = list(tx.execute(sa.select(outbox.c.body).order_by(outbox.c.id)).scalars())
    assert lines == [("deadline_warned", 3), ("deadline_missed", 3)]
    assert bodies[0]["text"] == (
        "Скоро срок: первая официальная строка — до 21.11.2026 16:00, осталось 60 минут\n"
        f"Риск {risk_of(store, risk_id).number}: Нет воды"
    )
    assert bodies[1]["text"].startswith("Срок пропущен: первая официальная строка — был до 21.11.2026 16:00")
    assert kinds(store, risk_id) == ["deadline_warned", "deadline_missed"]
    assert clocks(store, risk_id)["first_line"].is_open
    assert due_of(store, risk_id) == NOW + 4 * H


def test_a_paused_or_ended_clock_is_silent(head: Work) -> None:
    """Nobody is warned of what stands, is done, or belongs to a dismissed risk."""
    paused, done, gone = (timed_risk(head, level=4) for _ in range(3))
    version = 1
    for one in clocks(head.store, paused).values():
        version = pausing.pause(head, paused, version, one.id, "ждём")
    published(head, done, "answer")
    verify(head, done, 1, "confirmed", "ЕДДС")
    dismiss(head, gone, 1, "settled")

    assert warn_terms(head.at(NOW + timedelta(days=30))) == 0
    assert set(states(head.store, gone).values()) == {"cancelled"}


def test_a_term_that_moved_away_is_warned_of_anew(head: Work) -> None:
    """After a lowered level the warning of the later term is told too."""
    risk_id = timed_risk(head, level=3, veracity="confirmed")
    assert warn_terms(head.at(NOW + 3 * H)) == 1
    set_level(head.at(NOW + 3 * H), risk_id, 1, 1, "тихо")

    assert warn_terms(head.at(NOW + 4 * H)) == 0
    assert warn_terms(head.at(NOW + 23 * H)) == 1


def test_risks_of_an_earlier_version_get_their_clocks(store: Store, demo_profile: Profile) -> None:
    """Open risks without clocks are given theirs from their opening; what ran out before is shown, and told to nobody."""
    work = a_work(store, profile=demo_profile)
    old = new_risk(store, level=4, opened_at=NOW - timedelta(days=3))
    fresh = new_risk(store, level=3, veracity="confirmed")
    closed = new_risk(store, state="dismissed")

    assert (start_untimed(work), start_untimed(work)) == (2, 0)

    assert states(store, old) == {"verify": "missed", "holding": "missed", "first_line": "missed", "final": "running"}
    assert states(store, fresh) == {"first_line": "running", "final": "running"}
    assert states(store, closed) == {}
    assert warn_terms(work) == 0
    assert due_of(store, old) == NOW - timedelta(days=3) + H / 4


def test_a_move_starts_the_clocks_that_nobody_started(head: Work) -> None:
    """A risk of an earlier version that is verified before the worker came by gets its clocks on the way."""
    risk_id = new_risk(head.store, level=3)
    verify(head, risk_id, 1, "confirmed", "ЕДДС")

    assert states(head.store, risk_id) == {"first_line": "running", "final": "running"}


def test_reopening_starts_all_anew(head: Work) -> None:
    """The clocks of the first time stay in the list as cancelled; new ones run from now."""
    risk_id = timed_risk(head, level=3)
    dismiss(head, risk_id, 1, "settled")
    reopen(head.at(NOW + 5 * H), risk_id, 2, "снова")

    with head.store.read() as tx:
        found = deadlines_of(tx, [risk_id])[risk_id]
    assert [d.state for d in found] == ["cancelled"] * 4 + ["running"] * 4
    assert due_of(head.store, risk_id) == NOW + 6 * H


def test_split_and_merge_keep_clocks_right(store: Store) -> None:
    """What is split off is owed from now; what is merged into another is owed no more."""
    work = a_work(store, HEAD)
    risk_id = open_risk(work, {1: CALM[0], 2: CALM[1]}, level=2)
    new_id = split(work, risk_id, 1, post_ids(store, [2]), "о другом")
    with store.write() as tx:
        terms.start_terms(tx, work, risk_id)
    assert set(states(store, new_id).values()) == {"running"}
    assert due_of(store, new_id) == min(d.due_at for d in clocks(store, new_id).values())

    merge(work, risk_id, risk_of(store, risk_id).version, [new_id], "всё же одно")
    assert set(states(store, new_id).values()) == {"cancelled"}


def test_a_closed_risk_owes_nothing(head: Work) -> None:
    """What is published or verified after the closing starts no clock."""
    risk_id = new_risk(head.store, state="worked_off", veracity="confirmed")
    published(head, risk_id, "update")
    with head.store.write() as tx:
        terms.on_verified(tx, head, risk_id)

    assert states(head.store, risk_id) == {}


def test_closing_ends_every_clock(head: Work) -> None:
    """Once worked off nothing is owed, paused clocks included."""
    risk_id = timed_risk(head, level=3)
    pausing.pause(head, risk_id, 1, clocks(head.store, risk_id)["verify"].id, "ждём")
    with head.store.write() as tx:
        terms.end_terms(tx, head, risk_id)

    assert set(states(head.store, risk_id).values()) == {"cancelled"}
