"""What spreads after its closing: the same risk within the window, a new one that follows it later, never in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from casework import triage
from casework.errors import BadMove, ReasonNeeded
from casework.respread import tell_cause
from casework.take_in import take_in
from casework.work import Work
from district.profile import Profile
from storage.engine import Store
from storage.keep import risks as keep_risks
from storage.keep.events import verify_chain
from storage.tables import grp, outbox, post, risk, risk_event
from tests.casework.posts_build import FIRE, HOLE, NOW, WATER, a_comment, a_post, a_work, rows
from tests.casework.staff_build import a_staff

OFFICER = a_staff(1, "officer", login="anna")
DAY = timedelta(days=1)


@pytest.fixture
def work(store: Store, demo_profile: Profile) -> Work:
    return a_work(store, demo_profile)


def by(work: Work, at: datetime = NOW) -> Work:
    return replace(work, by=OFFICER, now=at)


def closed(work: Work, text: str = WATER) -> Any:
    """Take a text in and work its risk off at NOW."""
    take_in(work, [a_post(1, text, views=10)])
    with work.store.write() as tx:
        keep_risks.change_risk(tx, 1, 1, NOW, {"state": "worked_off", "veracity": "confirmed"})
    return the_risk(work)


def dismissed(work: Work, reason: str, text: str = WATER) -> Any:
    take_in(work, [a_post(1, text, views=10)])
    triage.dismiss(by(work), 1, the_risk(work).version, reason, "так решили")
    return the_risk(work)


def the_risk(work: Work, risk_id: int = 1) -> Any:
    return next(row for row in rows(work.store, risk) if row.id == risk_id)


def events(work: Work, risk_id: int = 1) -> list[str]:
    return [e.kind for e in rows(work.store, risk_event) if e.risk_id == risk_id]


def again(work: Work, after: timedelta, *, text: str = WATER, number: int = 50, late: timedelta = timedelta(0), **given: Any) -> Any:  # fmt: skip
    """Take in a copy published so long after NOW, seen `late` after that."""
    published = NOW + after
    at = work.at(published + late)
    return take_in(at, [a_post(number, text, source_id="vk-typical", published_at=published, seen_at=at.now, **given)])


def test_a_copy_within_the_window_opens_the_same_risk(work: Work) -> None:
    """Day nine: the same risk is open again, counted once more, with new terms; it asks for cause and forecast and is told."""
    closed(work)

    taken = again(work, 9 * DAY)

    row = the_risk(work)
    assert (taken.reopened, taken.opened) == ((1,), ())
    assert (row.state, row.is_open, row.reopened, row.needs_cause, row.closed_at) == ("reopened", True, 1, True, None)
    assert row.due_at > NOW + 9 * DAY
    assert events(work) == ["found", "reopened", "respread"]
    came = rows(work.store, risk_event)[-1].after
    assert (came["posts"], came["sources"], came["times"]) == (1, 1, 1)
    assert {line.kind for line in rows(work.store, outbox) if line.risk_id == 1} >= {"reopened"}
    assert taken.alerts == sum(line.kind == "reopened" for line in rows(work.store, outbox))
    with work.store.read() as tx:
        assert verify_chain(tx, 1) is None


def test_the_second_time_is_counted_and_told_again(work: Work) -> None:
    """Each re-spread adds one and reaches the chats anew."""
    closed(work)
    again(work, DAY)
    with work.store.write() as tx:
        keep_risks.change_risk(tx, 1, None, NOW + 2 * DAY, {"state": "worked_off"})

    again(work, 3 * DAY, number=51)

    assert the_risk(work).reopened == 2
    chats = {line.chat for line in rows(work.store, outbox) if line.kind == "reopened"}
    assert [line.kind for line in rows(work.store, outbox)].count("reopened") == 2 * len(chats) > 0


def test_after_the_window_a_new_risk_follows(work: Work) -> None:
    """Day twenty: the old risk stays closed with its own posts, a new one is opened, and both name each other."""
    old = closed(work)

    taken = again(work, 20 * DAY)

    assert (taken.reopened, taken.opened) == ((), (2,))
    after, new = the_risk(work), the_risk(work, 2)
    assert (after.state, after.posts) == ("worked_off", 1)
    assert (new.state, new.follows, new.posts, new.is_open, new.reopened) == ("found", 1, 1, True, 0)
    assert [g.risk_id for g in rows(work.store, grp)] == [1, 2]
    assert events(work, 2)[0] == "followed"
    told = {e.risk_id: e.after for e in rows(work.store, risk_event) if e.kind == "followed"}
    assert (told[1]["risk"], told[1]["number"], told[2]["follows"]) == (2, new.number, old.number)
    assert {line.kind for line in rows(work.store, outbox) if line.risk_id == 2} == {"new"}


def test_the_story_goes_on_in_the_follower(work: Work) -> None:
    """The next copies join the open follower; nobody is asked whether two risks of one story are one."""
    closed(work)
    again(work, 20 * DAY)

    taken = [again(work, 20 * DAY + timedelta(hours=h), number=60 + h) for h in (1, 2, 3)]

    assert [(t.suggested, t.opened, t.reopened) for t in taken] == [(0, (), ())] * 3
    assert (the_risk(work).posts, the_risk(work, 2).posts) == (1, 4)
    assert len(rows(work.store, risk)) == 2


def test_what_the_follower_rises_by_is_told_of_the_follower(work: Work) -> None:
    """Many copies after the window: the follower rises and is told; the old risk, closed long ago, is not."""
    closed(work, HOLE)
    again(work, 20 * DAY, text=HOLE)
    at = work.at(NOW + 20 * DAY + timedelta(hours=2))
    before = len(rows(work.store, outbox))
    page = [
        a_post(n, HOLE, source_id=s.id, platform=s.platform.value, views=at.profile.residents, published_at=at.now, seen_at=at.now)
        for n, s in enumerate(work.profile.sources, start=300)
        if not s.official
    ]  # fmt: skip

    taken = take_in(at, page)

    fresh = rows(work.store, outbox)[before:]
    assert {(line.risk_id, line.kind) for line in fresh} == {(2, "risen")}
    assert taken.alerts == len(fresh)
    assert set(taken.risen) <= {2}
    assert the_risk(work, 2).level > the_risk(work).level


def test_a_closed_follower_opens_again_and_a_follower_of_it_comes_later(work: Work) -> None:
    """The window counts from the closing of the newest risk of the story."""
    closed(work)
    again(work, 20 * DAY)
    with work.store.write() as tx:
        keep_risks.change_risk(tx, 2, None, NOW + 21 * DAY, {"state": "worked_off"})

    assert again(work, 25 * DAY, number=70).reopened == (2,)
    with work.store.write() as tx:
        keep_risks.change_risk(tx, 2, None, NOW + 26 * DAY, {"state": "worked_off"})
    assert again(work, 42 * DAY, number=71).opened == (3,)

    assert (the_risk(work, 3).follows, the_risk(work, 2).reopened, the_risk(work).state) == (2, 1, "worked_off")
    assert [the_risk(work, i).posts for i in (1, 2, 3)] == [1, 2, 1]


@pytest.mark.parametrize(("window", "after", "same"), [(14, 14, True), (14, 15, False), (3, 3, True), (3, 4, False)])
def test_the_window_is_the_profiles(store: Store, demo_profile: Profile, window: int, after: int, same: bool) -> None:
    """The last moment of the profile's window still opens the same risk; a day later another one follows it."""
    work = a_work(store, replace(demo_profile, respread_days=window))
    closed(work)

    taken = again(work, after * DAY)

    assert (taken.reopened, taken.opened) == (((1,), ()) if same else ((), (2,)))


def test_what_only_arrived_late_opens_nothing(work: Work) -> None:
    """A post published before the closing and seen days later is counted and written down, and that is all."""
    closed(work)

    taken = again(work, -timedelta(hours=1), late=5 * DAY)

    row = the_risk(work)
    assert (taken.reopened, taken.opened, row.state, row.posts, row.reopened) == ((), (), "worked_off", 2, 0)
    assert events(work) == ["found", "grew_after_closing"]


def test_comments_thanks_and_official_pages_open_nothing(work: Work) -> None:
    """A comment under the old post, a word of thanks and the administration's own post are no spread."""
    closed(work)
    later = work.at(NOW + DAY)
    official = next(s for s in work.profile.sources if s.official)

    taken = take_in(
        later,
        [
            a_comment(1, 7, WATER, published_at=later.now, seen_at=later.now),
            a_post(80, WATER, source_id=official.id, platform=official.platform.value, published_at=later.now, seen_at=later.now),
        ],
    )  # fmt: skip

    assert taken.reopened == ()
    assert the_risk(work).state == "worked_off"


@pytest.mark.parametrize("reason", ["not-a-risk", "outside", "duplicate", "mistake"])
def test_what_was_called_no_risk_does_not_come_back_every_hour(work: Work, reason: str) -> None:
    """Copies of an advert that a person dismissed are counted in silence, twenty of them in two days."""
    again(work, -timedelta(minutes=50), text=HOLE, number=99, views=5)
    dismissed(work, reason, HOLE)

    taken = [again(work, timedelta(hours=2 * h), text=HOLE, number=100 + h, views=5) for h in range(1, 21)]

    assert not any(t.reopened or t.opened for t in taken)
    row = the_risk(work)
    assert (row.state, row.posts, row.reopened) == ("dismissed", 22, 0)


def test_what_was_called_no_risk_comes_back_when_it_grows_dangerous(work: Work) -> None:
    """The level is higher than when a person looked: the person must look again; no cause is asked of what was never worked."""
    dismissed(work, "not-a-risk", HOLE)
    at = work.at(NOW + DAY)
    spread = [
        a_post(n, HOLE, source_id=s.id, platform=s.platform.value, views=at.profile.residents, published_at=at.now, seen_at=at.now)
        for n, s in enumerate(work.profile.sources, start=200)
        if not s.official
    ]  # fmt: skip

    taken = take_in(at, spread)

    row = the_risk(work)
    assert (taken.reopened, taken.risen) == ((1,), ())
    assert (row.state, row.reopened, row.needs_cause) == ("reopened", 1, False)
    said = next(e for e in rows(work.store, risk_event) if e.kind == "dismissed").after
    assert row.level_machine > said["level_machine"]


@pytest.mark.parametrize("reason", ["settled", "outdated", "other"])
def test_what_was_settled_comes_back_with_the_first_copy(work: Work, reason: str) -> None:
    """«Решено на месте» that spreads again is not settled."""
    dismissed(work, reason)

    assert again(work, 2 * DAY).reopened == (1,)
    assert the_risk(work).needs_cause


def test_a_spread_again_is_not_closed_without_cause_and_forecast(work: Work) -> None:
    """The card asks why it spread and what to expect; without the words it is not dismissed as settled, with them it is."""
    closed(work)
    again(work, DAY)
    officer = by(work, NOW + 2 * DAY)

    with pytest.raises(BadMove, match="причину и прогноз"):
        triage.dismiss(officer, 1, the_risk(work).version, "settled")
    with pytest.raises(ReasonNeeded, match="прогноз"):
        tell_cause(officer, 1, the_risk(work).version, "авария повторилась", " ")
    version = tell_cause(officer, 1, the_risk(work).version, "авария повторилась", "до конца недели стихнет")

    row = the_risk(work)
    assert (row.needs_cause, row.cause, row.forecast) == (False, "авария повторилась", "до конца недели стихнет")
    assert events(work)[-1] == "cause_told"
    triage.dismiss(officer, 1, version, "settled")


def test_an_advert_that_came_back_is_dismissed_without_a_paper(work: Work) -> None:
    """Nothing spread where there was no risk: «не риск» needs no cause."""
    closed(work)
    again(work, DAY)

    triage.dismiss(by(work, NOW + 2 * DAY), 1, the_risk(work).version, "not-a-risk")

    assert the_risk(work).state == "dismissed"


def test_history_of_a_new_source_opens_nothing_old(work: Work) -> None:
    """A post of day nine that a source connected on day forty brings is history."""
    closed(work)

    taken = again(work, 9 * DAY, late=31 * DAY)

    assert (taken.reopened, taken.opened) == ((), ())
    assert events(work)[-1] == "grew_after_closing"


def test_an_old_sight_of_a_spread_is_told_to_no_chat(work: Work) -> None:
    """What was published four days ago opens the risk; the chats hear only of what is of these days."""
    closed(work)

    taken = again(work, DAY, late=4 * DAY)

    assert (taken.reopened, taken.alerts) == ((1,), 0)


def test_the_same_page_twice_opens_once(work: Work) -> None:
    """Taking in a page again changes nothing: one event, one more on the counter."""
    closed(work)
    for _ in range(2):
        again(work, DAY)

    assert (the_risk(work).reopened, events(work).count("respread")) == (1, 1)


def test_other_risks_are_left_alone(work: Work) -> None:
    """A batch that opens, grows and reopens touches each risk once."""
    closed(work)
    later = work.at(NOW + DAY)

    taken = take_in(later, [
        a_post(90, WATER, source_id="vk-typical", published_at=later.now, seen_at=later.now),
        a_post(91, FIRE, published_at=later.now, seen_at=later.now),
    ])  # fmt: skip

    assert (taken.reopened, taken.opened) == ((1,), (2,))
    assert len(rows(work.store, post)) == 3
