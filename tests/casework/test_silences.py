"""Silences have an author, a reason and an end; growth ends them, danger to life is never silenced."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import triage
from casework.errors import BadMove, NotAllowed, ReasonNeeded, UnknownSubject
from casework.hushing import grew
from casework.silences import LONGEST, end_due, lift, silence, silence_topic, standing
from casework.telling import tell
from storage.engine import Store
from storage.find.outbox import waiting_lines
from storage.keep.risks import change_risk
from tests.casework.chat_build import chat_work, events, journaled
from tests.casework.risk_build import ANNA, BORIS, LEAD, READER, hire, new_risk, risk_of
from tests.casework.staff_build import NOW, a_chat

DAY = timedelta(days=1)
CHATS = (a_chat(),)


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    if {"store", "sqlite_store"} & set(request.fixturenames):
        hire(request)


def _work(store: Store, by=ANNA, after: timedelta = timedelta(0)):  # type: ignore[no-untyped-def]
    return chat_work(store, by, NOW + after, chats=CHATS)


def _tell(store: Store, risk_id: int, kind: str = "new", after: timedelta = timedelta(0), again: str = "") -> int:
    with store.write() as tx:
        return tell(tx, _work(store, after=after), [risk_id], kind, again=again)


def _grow(store: Store, risk_id: int, after: timedelta = timedelta(minutes=5), **columns: object) -> None:
    with store.write() as tx:
        change_risk(tx, risk_id, None, NOW + after, dict(columns))


def _kinds(store: Store) -> list[str]:
    with store.read() as tx:
        return [line.kind for line in waiting_lines(tx, "duty")]


@pytest.mark.parametrize(
    ("level", "posts", "views", "ends"),
    [
        (2, 10, 1000, False), (2, 14, 1999, False), (2, 15, 1000, True), (3, 10, 1000, True), (2, 10, 2000, True),
        (1, 10, None, False), (2, 14, None, False),
    ],
)  # fmt: skip
def test_growth_ends_a_silence(level: int, posts: int, views: int | None, ends: bool) -> None:
    """A higher level, half as many posts again and at least five more, or twice the views; unknown views say nothing."""
    assert bool(grew({"level": 2, "posts": 10, "views": 1000}, level, posts, views)) is ends


@given(st.integers(1, 4), st.integers(0, 10_000), st.none() | st.integers(0, 10**9))
def test_nothing_grows_beyond_itself(level: int, posts: int, views: int | None) -> None:
    """What did not change did not grow; fewer posts than five more is never growth by posts."""
    base = {"level": level, "posts": posts, "views": views}

    assert grew(base, level, posts, None if views == 0 else views) in ("",) if not views else True
    assert "публикаций" not in grew(base, level, posts + 4, None)
    assert grew(base, level + 1, posts, views).startswith("уровень")


def test_a_silenced_risk_is_not_told(store: Store) -> None:
    """While it stands the chats hear nothing of the risk; its history says who asked for it and why."""
    risk_id = new_risk(store, level=3, posts=10, views=100)
    made = silence(_work(store), risk_id, "ждём ответа службы", NOW + DAY)

    assert _tell(store, risk_id) == 0
    assert _tell(store, new_risk(store, level=3)) == 1
    assert [(s.id, s.by, s.reason) for s in standing(_work(store), risk_id)] == [(made, "anna", "ждём ответа службы")]
    assert events(store, risk_id) == [("silenced", 1)]


def test_a_grown_risk_is_told_at_once(store: Store) -> None:
    """The end by growth is an event with its reason, and the chats hear that it grows again."""
    risk_id = new_risk(store, level=3, posts=10, views=100)
    silence(_work(store), risk_id, "ждём", NOW + DAY)
    _grow(store, risk_id, posts=15)

    assert end_due(_work(store, after=timedelta(minutes=6))) == 1

    assert _kinds(store) == ["grown"]
    assert events(store, risk_id) == [("silenced", 1), ("silence_ended", None)]
    assert end_due(_work(store, after=timedelta(minutes=7))) == 0


def test_the_news_itself_ends_a_silence(sqlite_store: Store) -> None:
    """A level that rose and a spread anew are told in the same moment, whichever comes before the loop."""
    risen, spread = (new_risk(sqlite_store, level=2, posts=10) for _ in range(2))
    for risk_id in (risen, spread):
        silence(_work(sqlite_store), risk_id, "ждём", NOW + DAY)
    _grow(sqlite_store, risen, level=3)

    assert _tell(sqlite_store, risen, "risen") == 1
    assert _tell(sqlite_store, spread, "reopened", again=":2") == 1
    assert standing(_work(sqlite_store)) == ()


def test_a_silence_ends_by_itself(store: Store) -> None:
    """Its time over, alerts go again; a closed risk needs no silence."""
    over, closed = new_risk(store, level=3), new_risk(store, level=3)
    for risk_id in (over, closed):
        silence(_work(store), risk_id, "ждём", NOW + timedelta(hours=1), until_grows=False)
    triage.dismiss(_work(store), closed, 1, "settled")

    assert end_due(_work(store, after=timedelta(minutes=59))) == 1
    assert end_due(_work(store, after=timedelta(minutes=60))) == 1

    assert _tell(store, over, after=timedelta(hours=1)) == 1
    assert events(store, closed)[-1] == ("silence_ended", None)


@pytest.mark.parametrize("columns", [{"level": 4}, {"level": 3, "emergency": True}])
def test_danger_to_life_is_never_silenced(sqlite_store: Store, columns: dict[str, object]) -> None:
    """Neither by a silence of its own nor by that of its topic."""
    risk_id = new_risk(sqlite_store, topic="housing", **columns)
    with pytest.raises(BadMove, match="приглушить нельзя"):
        silence(_work(sqlite_store), risk_id, "тише", NOW + DAY)
    silence_topic(_work(sqlite_store), "housing", "плановое отключение", NOW + DAY, until_grows=False)

    assert _tell(sqlite_store, risk_id) == 1
    assert events(sqlite_store, risk_id) == []


def test_a_topic_is_silenced_and_nothing_is_lost(store: Store) -> None:
    """New risks of the topic are not told; when the silence is lifted one message names them all."""
    silence_topic(_work(store), "housing", "плановое отключение", NOW + DAY)
    quiet = [new_risk(store, level=2, topic="housing", opened_at=NOW + timedelta(minutes=n)) for n in (1, 2)]
    assert [_tell(store, risk_id) for risk_id in quiet] == [0, 0]
    assert _tell(store, new_risk(store, level=2, topic="roads")) == 1

    (standing_one,) = standing(_work(store))
    lift(_work(store, BORIS, timedelta(hours=1)), standing_one.id)

    with store.read() as tx:
        (text,) = [line.body["text"] for line in waiting_lines(tx, "duty") if line.kind == "silence"]
    assert "открыто рисков: 2" in text
    assert all(risk_of(store, risk_id).number in text for risk_id in quiet)
    assert [by for by, _, _ in journaled(store, "silence.ended")] == [BORIS.id]


@pytest.mark.parametrize(
    ("until", "reason", "error", "said"),
    [
        (LONGEST + timedelta(seconds=1), "ждём", BadMove, "7 суток"),
        (timedelta(0), "ждём", BadMove, "7 суток"),
        (DAY, "  ", ReasonNeeded, "почему"),
    ],
)
def test_never_for_ever_and_never_without_a_reason(
    sqlite_store: Store, until: timedelta, reason: str, error: type[Exception], said: str
) -> None:
    """A silence without an end in a week, or without a reason, is refused and leaves nothing."""
    risk_id = new_risk(sqlite_store, level=2)

    with pytest.raises(error, match=said):
        silence(_work(sqlite_store), risk_id, reason, NOW + until)

    assert standing(_work(sqlite_store)) == ()


def test_who_may_not_judge_may_not_silence(sqlite_store: Store) -> None:
    """Readers and leads of a block neither silence nor lift; a second silence over the same is refused."""
    risk_id = new_risk(sqlite_store, level=2)
    for person in (READER, LEAD):
        with pytest.raises(NotAllowed):
            silence(_work(sqlite_store, person), risk_id, "тише", NOW + DAY)
    made = silence(_work(sqlite_store), risk_id, "тише", NOW + DAY)
    with pytest.raises(NotAllowed):
        lift(_work(sqlite_store, READER), made)
    with pytest.raises(BadMove, match="уже приглушён"):
        silence(_work(sqlite_store, BORIS), risk_id, "тише", NOW + DAY)
    with pytest.raises(BadMove, match="нет в классификаторе"):
        silence_topic(_work(sqlite_store), "weather", "тише", NOW + DAY)
    lift(_work(sqlite_store, BORIS), made)
    with pytest.raises(UnknownSubject):
        lift(_work(sqlite_store, BORIS), made)
