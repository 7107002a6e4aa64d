"""The journal tells the whole life: read from the beginning it gives the state, veracity and level that the row holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import triage
from casework.closing import work_off
from casework.errors import CaseworkError
from casework.moves import begin, finish, step
from casework.respread import tell_cause
from casework.roles import Act
from casework.take_in import take_in
from casework.watching import answer_again, begin_watch, look
from casework.work import MACHINE, Work
from district.profile import Profile
from risk.states import Event, MoveNotAllowed
from storage.engine import Store
from storage.find.moves import RiskRow, risk_rows
from storage.keep.events import verify_chain
from storage.tables import answer, publication, risk, risk_event
from tests.casework.posts_build import HOLE, NOW, WATER, a_post, a_work, rows
from tests.casework.staff_build import a_staff
from tests.storage.build import a_risk

HEAD = a_staff(3, "head", login="head")
DAY = timedelta(days=1)
Told = tuple[str, str, int]


def replayed(store: Store, risk_id: int, level: int) -> Told:
    """Read the journal of a risk from its beginning; `level` is what it was opened with when the journal does not say."""
    told: dict[str, Any] = {"state": "found", "veracity": "unconfirmed", "level": level}
    with store.read() as tx:
        query = sa.select(risk_event).where(risk_event.c.risk_id == risk_id).order_by(risk_event.c.id)
        for event in tx.execute(query):
            for name in told:
                if name in event.before:
                    assert event.before[name] == told[name], (event.kind, name)
                told[name] = event.after.get(name, told[name])
    return told["state"], told["veracity"], told["level"]


def stands(store: Store, risk_id: int) -> Told:
    with store.read() as tx:
        row = risk_rows(tx, [risk_id])[risk_id]
    return row.state, row.veracity, row.level


def row_of(work: Work, risk_id: int) -> RiskRow:
    with work.store.read() as tx:
        return risk_rows(tx, [risk_id])[risk_id]


def publish(work: Work, risk_id: int) -> None:
    """Approve an answer and record where it stands, as the steps of the card do."""
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, row_of(work, risk_id).version, Act.PUBLISH)
        state = step(row, Event.ANSWERED)
        tx.execute(sa.insert(answer).values(
            risk_id=risk_id, kind="answer", text="Воду дадут к 18:00", platforms=[], state="approved", findings=[],
            made_at=work.now, made_by=3, changed_at=work.now,
        ))  # fmt: skip
        tx.execute(sa.insert(publication).values(
            risk_id=risk_id, answer_id=1, place="x", place_kind="community", url=f"https://vk.com/{work.now.timestamp()}",
            state="standing", stood_at=work.now, made_at=work.now, made_by=3,
        ))  # fmt: skip
        finish(tx, work, row, Event.ANSWERED, {"state": state})


def see(work: Work, risk_id: int) -> None:
    with work.store.write() as tx:
        begin_watch(tx, replace(work, by=MACHINE), risk_id)


Do = Callable[[Work, int, int], object]
MOVES: dict[str, Do] = {
    "start": lambda w, i, v: triage.start_verification(w, i, v),
    "confirm": lambda w, i, v: triage.verify(w, i, v, "confirmed", "ЕДДС"),
    "partly": lambda w, i, v: triage.verify(w, i, v, "partly", "ЕДДС"),
    "refute": lambda w, i, v: triage.verify(w, i, v, "refuted", "ЕДДС"),
    "publish": lambda w, i, _: publish(w, i),
    "see": lambda w, i, _: see(w, i),
    "look": lambda w, _i, _v: look(replace(w, by=MACHINE)),
    "again": lambda w, i, v: answer_again(w, i, v, "спрашивают"),
    "close": lambda w, i, v: work_off(w, i, v, "тихо"),
    "settled": lambda w, i, v: triage.dismiss(w, i, v, "settled"),
    "no-risk": lambda w, i, v: triage.dismiss(w, i, v, "not-a-risk"),
    "reopen": lambda w, i, v: triage.reopen(w, i, v, "снова"),
    "up": lambda w, i, v: triage.set_level(w, i, v, 4, "опасно"),
    "down": lambda w, i, v: triage.set_level(w, i, v, 1, "мелочь"),
    "cause": lambda w, i, v: tell_cause(w, i, v, "авария", "стихнет"),
}
USUAL = ("confirm", "publish", "see", "look", "close", "reopen")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(moves=st.lists(st.sampled_from([*MOVES, *USUAL]), max_size=25))
def test_any_row_of_moves_is_told_whole(sqlite_store: Store, demo_profile: Profile, moves: list[str]) -> None:
    """Whatever staff press, allowed or refused, the journal replayed gives the row; its chain is whole; nobody closes early."""
    check(sqlite_store, demo_profile, moves)


@pytest.mark.parametrize(
    ("moves", "last"),
    [
        (("start", "confirm", "publish", "see", "look", "close"), "worked_off"),
        (
            ("refute", "up", "publish", "see", "again", "publish", "see", "look", "close", "reopen", "settled"),
            "dismissed",
        ),
        (("no-risk", "reopen", "publish", "partly", "publish", "see", "close", "close"), "worked_off"),
        (("publish", "close", "confirm", "close", "publish", "close"), "answered"),
    ],
)
def test_usual_lives_are_told_whole(store: Store, demo_profile: Profile, moves: tuple[str, ...], last: str) -> None:
    """The same on both databases for lives that do happen; where they end is known."""
    assert check(store, demo_profile, list(moves)) == last


def check(store: Store, profile: Profile, moves: list[str]) -> str:
    """Make the moves four days apart, refused ones too; return the state in which the risk is left."""
    with store.write() as tx:
        risk_id = a_risk(tx)
    work = replace(a_work(store, profile), by=HEAD)
    for day, name in enumerate(moves, start=1):
        then = work.at(NOW + day * 4 * DAY)
        try:
            MOVES[name](then, risk_id, row_of(work, risk_id).version)
        except (CaseworkError, MoveNotAllowed):
            continue
    assert replayed(store, risk_id, 2) == stands(store, risk_id)
    with store.read() as tx:
        assert verify_chain(tx, risk_id) is None
        kinds = [e.kind for e in rows(store, risk_event) if e.risk_id == risk_id]
    if "worked_off" in kinds:
        before = set(kinds[: kinds.index("worked_off")])
        assert before & {"verified", "refuted"}
        assert before >= {"answered", "watched"}
    return stands(store, risk_id)[0]


def test_what_the_machine_does_is_told_whole(store: Store, demo_profile: Profile) -> None:
    """Growth, closing, growth after it, a spread anew, a split and a follower: each risk's journal gives its row."""
    work = a_work(store, demo_profile)
    head = replace(work, by=HEAD)
    take_in(work, [a_post(1, HOLE, views=10), a_post(2, WATER, views=5)])
    later = work.at(NOW + 3 * timedelta(hours=1))
    take_in(later, [
        a_post(n, HOLE, source_id=s.id, platform=s.platform.value, views=work.profile.residents, seen_at=later.now)
        for n, s in enumerate(work.profile.sources, start=10) if not s.official
    ])  # fmt: skip
    triage.dismiss(head.at(NOW + DAY), 1, row_of(work, 1).version, "settled")
    triage.dismiss(head.at(NOW + DAY), 2, row_of(work, 2).version, "settled")
    for day, text in ((2, HOLE), (20, WATER), (21, WATER)):
        at = work.at(NOW + day * DAY)
        take_in(at, [a_post(100 + day, text, source_id="vk-typical", published_at=at.now, seen_at=at.now)])
    triage.split(head.at(NOW + 22 * DAY), 1, row_of(work, 1).version, [1], "другое место")

    told = {row.id: row for row in rows(store, risk)}
    assert len(told) == 4
    for risk_id in told:
        assert replayed(store, risk_id, 0) == stands(store, risk_id), risk_id
