"""The watch over a reaction: begins once, counts by the time of publication, proposes, and tells what got worse once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from casework.errors import ReasonNeeded
from casework.take_in import take_in
from casework.triage import merge
from casework.watching import answer_again, begin_watch, look, start_watch
from casework.work import Work
from district.profile import Profile
from risk.states import MoveNotAllowed
from storage.engine import Store
from storage.find.reaction import angry_comments
from storage.tables import answer, outbox, publication, source, watch
from tests.casework.posts_build import FIRE, NOW, WATER, a_comment, a_post, a_work, rows
from tests.casework.watch_build import (
    ANGRY,
    HOUR,
    KIND_WORDS,
    answered_risk,
    by,
    comments_at,
    copy_at,
    events,
    found_risk,
    machine,
    seen_standing,
    set_state,
    the_risk,
    the_watch,
    watched_risk,
)
from tests.storage.build import a_risk, a_source


@pytest.fixture
def work(store: Store, demo_profile: Profile) -> Work:
    return a_work(store, demo_profile)


def looked(work: Work, after: timedelta) -> tuple[str, str]:
    """Look at a moment; return the proposal and the words of all reasons."""
    look(machine(work, after))
    row = the_watch(work)
    return row.proposal, " ".join(words for _, _, words in row.reasons)


def quiet_hours(work: Work) -> timedelta:
    return work.profile.level(the_risk(work).level).watch_for


def test_the_watch_begins_when_the_answer_stands_and_only_once(work: Work) -> None:
    """The state moves, the figures of that moment are kept, one event is written; a second link that stands adds nothing."""
    answered_risk(work, comments=4)
    seen_standing(work)
    seen_standing(work, HOUR)

    row, kept = the_risk(work), the_watch(work)
    assert (row.state, kept.started_at, kept.proposal, kept.ended_at) == ("watched", NOW, "not_yet", None)
    assert (kept.base["originals"], kept.base["copies"], kept.base["sources"], kept.base["views"]) == (1, 2, 3, 3000)
    assert (kept.base["comments"], kept.base["negative"], kept.base["voices"]) == (4, 2, 3)
    assert [e.kind for e in events(work)].count("watched") == 1


@pytest.mark.parametrize("state", ["found", "verifying", "preparing", "worked_off", "dismissed", "reopened"])
def test_a_holding_line_that_stands_begins_nothing(work: Work, state: str) -> None:
    """«Проверяем» may stand while the risk is verified: only an answered risk is watched."""
    found_risk(work)
    set_state(work, state)
    with work.store.write() as tx:
        assert begin_watch(tx, machine(work), 1) is False
    assert rows(work.store, watch) == []


def test_a_quiet_answer_may_be_closed_after_the_window(work: Work) -> None:
    """Nothing new for the hours of the level: the proposal changes once, with one event and its reasons."""
    watched_risk(work)
    window = quiet_hours(work)

    assert looked(work, window - HOUR)[0] == "not_yet"
    proposal, why = looked(work, window)

    assert proposal == "worked_off"
    assert "Новых публикаций после ответа нет" in why
    told = [e for e in events(work) if e.kind == "reaction"]
    assert [(e.before, e.after) for e in told] == [({"proposal": "not_yet"}, {"proposal": "worked_off"})]
    assert told[0].note
    version = the_risk(work).version
    looked(work, window + 2 * HOUR)
    assert len([e for e in events(work) if e.kind == "reaction"]) == 1
    assert the_risk(work).version == version


def test_a_copy_starts_the_quiet_anew(work: Work) -> None:
    """A copy published five hours after the answer: the quiet counts from it."""
    watched_risk(work)
    copy_at(work, 5 * HOUR, 40)
    window = quiet_hours(work)

    proposal, why = looked(work, window)
    assert (proposal, the_watch(work).quiet_since) == ("not_yet", NOW + 5 * HOUR)
    assert "Публикаций после ответа: 1" in why
    assert looked(work, window + 5 * HOUR)[0] == "worked_off"


def test_a_late_arrival_is_no_spread(work: Work) -> None:
    """A copy of before the answer that comes in afterwards belongs to «before», and its views are no growth."""
    watched_risk(work)
    copy_at(work, 5 * HOUR, 40, published_at=NOW - HOUR, views=9000)

    proposal, why = looked(work, quiet_hours(work))

    assert proposal == "worked_off"
    assert "Новых публикаций после ответа нет (до ответа: 4)" in why
    assert "было 3\u00a0000, стало 3\u00a0000" in why


def test_thanks_are_heard_and_stop_no_clock(work: Work) -> None:
    """A post of thanks in the risk and kind comments leave the quiet as it was; they are told apart."""
    watched_risk(work, comments=10)
    copy_at(work, 5 * HOUR, 41, KIND_WORDS, source_id="tg-chat")
    _join(work, 41)
    comments_at(work, 6 * HOUR, [KIND_WORDS] * 8)

    proposal, why = looked(work, quiet_hours(work))

    assert (proposal, the_watch(work).quiet_since) == ("worked_off", NOW)
    assert "Благодарностей после ответа: 1" in why
    assert "Недовольных комментариев" in why
    assert looked(work, quiet_hours(work) + 2 * HOUR)[0] == "worked_off"  # not read again, not forgotten


def _join(work: Work, number: int) -> None:
    """Put a post into the risk, as a person may."""
    with work.store.write() as tx:
        group = tx.exec_driver_sql(f"SELECT group_id FROM post WHERE external_id = '-1_{number}'").scalar()
        tx.exec_driver_sql(f"UPDATE grp SET risk_id = 1 WHERE id = {int(str(group))}")


def test_growing_views_start_the_quiet_anew(work: Work) -> None:
    """Views up by 20 %: not quiet until they stand still for the window; counters that nobody shows say nothing."""
    watched_risk(work)
    seen = NOW + 3 * HOUR
    later = machine(work, 3 * HOUR)
    take_in(later, [a_post(1, WATER, source_id="vk-podslushano", views=1600, published_at=NOW - HOUR, seen_at=seen)])

    proposal, why = looked(work, 4 * HOUR)
    assert (proposal, the_watch(work).quiet_since) == ("not_yet", NOW + 4 * HOUR)
    assert "было 3\u00a0000, стало 3\u00a0600: рост 20 %" in why
    assert looked(work, quiet_hours(work) + 3 * HOUR)[0] == "not_yet"
    assert looked(work, quiet_hours(work) + 4 * HOUR)[0] == "worked_off"


def test_unknown_views_are_not_zero(work: Work) -> None:
    """Platforms that show no counters: the words say so and the rest decides."""
    watched_risk(work, views=None)

    proposal, why = looked(work, quiet_hours(work))

    assert proposal == "worked_off"
    assert "Просмотры неизвестны" in why


def test_worse_is_told_to_the_chats_once(work: Work) -> None:
    """Angry comments where people were calm: «становится хуже» with its reason, in the chats once, in the history each time."""
    watched_risk(work, comments=10)
    before = len([line for line in rows(work.store, outbox) if line.kind == "worse"])
    comments_at(work, 2 * HOUR, [ANGRY] * 9)

    proposal, why = looked(work, 3 * HOUR)
    looked(work, 4 * HOUR)

    assert proposal == "worse"
    assert "9 из 9 (100 %); до ответа: 5 из 10 (50 %)" in why
    told = [line for line in rows(work.store, outbox) if line.kind == "worse"]
    chats = {line.chat for line in told}
    assert before == 0
    assert len(told) == len(chats) > 0
    assert "становится хуже" in told[0].body["text"]
    assert the_risk(work).number in told[0].body["text"]
    assert looked(work, 2 * HOUR + quiet_hours(work))[0] == "worked_off"


def test_new_sources_make_it_worse(work: Work) -> None:
    """Two sources that had not written before the answer: it spreads."""
    watched_risk(work)
    for n, where in enumerate(("tg-chat", "site-gazeta"), start=60):
        copy_at(work, 2 * HOUR, n, source_id=where)

    proposal, why = looked(work, 3 * HOUR)

    assert proposal == "worse"
    assert "Новых источников после ответа: 2 (до ответа: 3)" in why


def test_our_own_answer_is_no_spread(work: Work) -> None:
    """A post at an address of the register, and any post of an official page, is our word."""
    watched_risk(work)
    official = next(s for s in work.profile.sources if s.official)
    with work.store.write() as tx:
        tx.execute(sa.insert(source).values(a_source(id=official.id, official=True, name=official.name)))
    copy_at(work, HOUR, 900, url="https://vk.com/wall-1_900")
    copy_at(work, HOUR, 70, source_id=official.id, platform=official.platform.value)

    assert "Новых публикаций после ответа нет" in looked(work, 2 * HOUR)[1]


def test_what_people_say_under_our_answer_counts(work: Work) -> None:
    """Angry words under the post with the answer are the reaction to it, though that post is no part of the risk."""
    watched_risk(work, comments=10)
    take_in(machine(work, HOUR), [
        a_post(900, "Воду подвозят к дому 5, авария будет устранена к 18 часам", source_id="vk-podslushano",
               url="https://vk.com/wall-1_900", published_at=NOW, seen_at=NOW + HOUR),
        *(a_comment(900, n, ANGRY, published_at=NOW + HOUR, seen_at=NOW + HOUR) for n in range(6)),
    ])  # fmt: skip

    proposal, why = looked(work, 2 * HOUR)

    assert "6 из 6 (100 %); до ответа: 5 из 10 (50 %)" in why
    assert proposal == "worse"
    with work.store.read() as tx:
        behind = angry_comments(tx, 1, NOW, 5)
    assert [one.published_at for one in behind] == [NOW + HOUR] * 5


def test_looks_are_often_on_the_first_day_and_hourly_later(work: Work) -> None:
    """Ten minutes on the first day, an hour after it; a watch that is not due is left alone."""
    watched_risk(work)

    assert look(machine(work, timedelta(minutes=9))) == 0
    assert look(machine(work, timedelta(minutes=10))) == 1
    assert the_watch(work).next_look == NOW + timedelta(minutes=20)
    assert look(machine(work, 30 * HOUR)) == 1
    assert the_watch(work).next_look == NOW + 31 * HOUR


def test_a_second_answer_is_watched_anew(work: Work) -> None:
    """Back to preparing ends the watch; the next answer begins it again with new figures."""
    watched_risk(work)
    copy_at(work, 2 * HOUR, 40)
    with pytest.raises(ReasonNeeded):
        answer_again(by(work, 3 * HOUR), 1, the_risk(work).version, " ")

    answer_again(by(work, 3 * HOUR), 1, the_risk(work).version, "спрашивают о подвозе воды")

    assert (the_risk(work).state, the_watch(work).ended_at) == ("preparing", NOW + 3 * HOUR)
    assert look(machine(work, 4 * HOUR)) == 0
    set_state(work, "answered")
    seen_standing(work, 5 * HOUR)
    again = the_watch(work)
    assert (again.started_at, again.ended_at, again.base["copies"]) == (NOW + 5 * HOUR, None, 3)
    assert looked(work, 6 * HOUR)[0] == "not_yet"


def test_a_person_may_begin_the_watch(work: Work) -> None:
    """Where no crawler sees the answer a person begins the watch; from any other state it is refused."""
    answered_risk(work)

    version = start_watch(by(work), 1, the_risk(work).version)

    assert (the_risk(work).state, the_risk(work).version) == ("watched", version)
    with pytest.raises(MoveNotAllowed):
        start_watch(by(work), 1, version)


def test_a_merged_risk_takes_its_answers_along(work: Work) -> None:
    """After a merge the answers and links are the living risk's; the watch of the other ends; a link of both is not doubled."""
    watched_risk(work)
    copy_at(work, timedelta(0), 80, FIRE)
    with work.store.write() as tx:
        tx.execute(sa.insert(publication).values(
            risk_id=2, answer_id=9, place="x", place_kind="community", url="https://vk.com/wall-1_900", state="waiting",
            made_at=NOW, made_by=1, next_check=NOW,
        ))  # fmt: skip
        tx.execute(sa.insert(publication).values(
            risk_id=1, answer_id=1, place="y", place_kind="community", url="https://vk.com/wall-1_901", state="waiting",
            made_at=NOW, made_by=1, next_check=NOW,
        ))  # fmt: skip

    merge(by(work, HOUR), 2, the_risk(work, 2).version, [1], "одно и то же")

    assert {a.risk_id for a in rows(work.store, answer)} == {2}
    assert sorted((p.url, p.risk_id) for p in rows(work.store, publication)) == [
        ("https://vk.com/wall-1_900", 1), ("https://vk.com/wall-1_900", 2), ("https://vk.com/wall-1_901", 2),
    ]  # fmt: skip
    assert the_watch(work).ended_at == NOW + HOUR
    merged = next(e for e in events(work) if e.kind == "merged")
    assert (merged.after["answers"], merged.after["publications"]) == (1, 1)
    assert look(machine(work, 2 * HOUR)) == 0


def test_a_watch_of_a_risk_that_left_the_state_ends_by_itself(work: Work) -> None:
    """Whatever moved the risk away without a word: the next look ends the watch and proposes nothing."""
    watched_risk(work)
    set_state(work, "preparing")

    assert look(machine(work, HOUR)) == 1

    assert the_watch(work).ended_at == NOW + HOUR
    assert [e.kind for e in events(work)].count("reaction") == 0


def test_many_are_looked_at_together(work: Work) -> None:
    """A hundred and twenty watches are one round; the limit leaves the rest for the next."""
    watched_risk(work)
    (row,) = rows(work.store, watch)
    with work.store.write() as tx:
        ids = [a_risk(tx, state="watched") for _ in range(120)]
        tx.execute(sa.insert(watch), [dict(row._mapping) | {"risk_id": i} for i in ids])

    assert look(machine(work, HOUR), limit=100) == 100
    assert look(machine(work, HOUR), limit=100) == 21
    assert look(machine(work, HOUR), limit=100) == 0
