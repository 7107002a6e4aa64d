"""Buttons under alerts: staff take, dismiss and silence from the chat itself; others, doubles and old messages change nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework import triage
from casework.chat_edits import edit_due, notice_changes
from casework.chat_presses import STRANGER, ear_state, obey
from casework.silences import standing
from district.profile import ChatKind
from reports.message import Press, SendFailed
from risk.states import State
from storage.engine import Store
from storage.keep.events import verify_chain
from storage.keep.risks import change_risk
from storage.keep.staff import change_staff
from storage.tables import chat_message, contact, press
from tests.casework.chat_build import (
    CHATS,
    PERSONS,
    bots,
    chat_work,
    events,
    journaled,
    link,
    listen,
    messages,
    presses,
    told_risk,
)
from tests.casework.risk_build import ANNA, BORIS, HEAD, LEAD, READER, hire, risk_of
from tests.casework.staff_build import NOW
from tests.peers.bot_api import BotApi, Got, running

ROOT = Path(__file__).resolve().parents[2]
BOTS = [ChatKind.TELEGRAM, ChatKind.MAX]
TAKE, DISMISS, HUSH = "Взял в работу", "Не риск", "Тише до роста"


@pytest.fixture
def api() -> Iterator[BotApi]:
    with running(BotApi()) as peer:
        yield peer


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def _there(got: list[Got], kind: ChatKind) -> Got:
    return next(one for one in got if one.platform == kind.value)


def _tg(got: list[Got]) -> Got:
    return _there(got, ChatKind.TELEGRAM)


def _edit(store: Store, api: BotApi, seconds: float) -> int:
    work = chat_work(store, now=NOW + timedelta(seconds=seconds))
    notice_changes(work)
    made = bots(api)
    done = edit_due(work, made, "https://mcu.example")
    for bot in made.values():
        bot.close()
    return done


@pytest.mark.parametrize("kind", BOTS)
def test_an_officer_takes_a_risk_from_the_chat(store: Store, api: BotApi, kind: ChatKind) -> None:
    """One press: the risk is on verification and held by who pressed, who sees a sentence within a second."""
    link(store, 1, kind)
    risk_id, got = told_risk(chat_work(store), api, level=3)
    key = api.press(_there(got, kind), TAKE, PERSONS[1])

    came = listen(store, api, kind)

    row = risk_of(store, risk_id)
    assert (row.state, row.owner_staff, row.taken_by) == (State.VERIFYING, ANNA.id, ANNA.id)
    assert row.taken_until == NOW + timedelta(minutes=60)
    assert "ваш: проверьте сведения" in api.shown(key)
    assert api.answers[key][1] - api.pressed[key] < 1
    assert (came.done, came.refused) == (1, 0)
    assert events(store, risk_id) == [("verify_started", 1), ("pressed", 1)]
    with store.read() as tx:
        assert verify_chain(tx, risk_id) is None


@pytest.mark.parametrize("kind", BOTS)
def test_not_a_risk_and_quieter(sqlite_store: Store, api: BotApi, kind: ChatKind) -> None:
    """«Не риск» closes with the reason of the list, «Тише до роста» silences for a week at most."""
    link(sqlite_store, 1, kind)
    first, got_first = told_risk(chat_work(sqlite_store), api, level=2)
    second, got_second = told_risk(chat_work(sqlite_store), api, level=3)
    api.press(_there(got_first, kind), DISMISS, PERSONS[1])
    quiet = api.press(_there(got_second, kind), HUSH, PERSONS[1])

    assert listen(sqlite_store, api, kind).done == 2

    assert risk_of(sqlite_store, first).state == State.DISMISSED
    assert risk_of(sqlite_store, second).state == State.FOUND
    (silence,) = standing(chat_work(sqlite_store))
    assert (silence.risk_id, silence.until_grows, silence.by) == (second, True, "anna")
    assert silence.until_at == NOW + timedelta(days=7)
    assert "не дольше 28.11.2026" in api.shown(quiet)


@pytest.mark.parametrize("kind", BOTS)
def test_each_press_is_obeyed_once(store: Store, api: BotApi, kind: ChatKind) -> None:
    """The platform tells the same press again after a fault: the same words are answered, nothing is done twice."""
    link(store, 1, kind)
    risk_id, got = told_risk(chat_work(store), api, level=3)
    key = api.press(_there(got, kind), HUSH, PERSONS[1])
    listen(store, api, kind)
    said = api.shown(key)
    api.press(_there(got, kind), HUSH, PERSONS[1], key=key)

    assert listen(store, api, kind).done == 1

    assert api.shown(key) == said
    assert [kind for kind, _ in events(store, risk_id)] == ["silenced", "pressed"]
    assert presses(store) == [("hush", 1, "done")]


def test_a_stranger_is_told_and_not_remembered(sqlite_store: Store, api: BotApi) -> None:
    """Who is not among the staff changes nothing; the attempt is journaled, the person's id is kept nowhere."""
    risk_id, got = told_risk(chat_work(sqlite_store), api, level=3)
    key = api.press(_tg(got), TAKE, 987654321)

    assert listen(sqlite_store, api, ChatKind.TELEGRAM).refused == 1

    assert api.shown(key) == STRANGER
    assert risk_of(sqlite_store, risk_id).state == State.FOUND
    assert presses(sqlite_store) == [("take", None, "refused")]
    ((by, subject, told),) = journaled(sqlite_store, "chat.press_refused")
    assert (by, subject, told["button"]) == (None, f"risk:{risk_id}", TAKE)
    with sqlite_store.read() as tx:
        for table in (press, contact):
            assert "987654321" not in str(tx.execute(sa.select(table)).all())
    assert "987654321" not in str(journaled(sqlite_store, "chat.press_refused"))


def test_the_second_of_two_officers_is_told_who_took_it(store: Store, api: BotApi) -> None:
    """Two press at once: the first has the risk, the second reads the first one's name and changes nothing."""
    link(store, 1)
    link(store, 2, ChatKind.MAX)
    risk_id, got = told_risk(chat_work(store), api, level=3)
    api.press(_there(got, ChatKind.TELEGRAM), TAKE, PERSONS[1])
    late = api.press(_there(got, ChatKind.MAX), TAKE, PERSONS[2])

    listen(store, api, ChatKind.TELEGRAM)
    refused = listen(store, api, ChatKind.MAX)

    assert (refused.refused, risk_of(store, risk_id).owner_staff) == (1, ANNA.id)
    assert "уже взял в работу другой сотрудник: Сотрудник 1" in api.shown(late)
    assert events(store, risk_id)[-1] == ("refused_try", BORIS.id)


@pytest.mark.parametrize(
    ("person", "label", "why"),
    [(READER.id, TAKE, "недоступно"), (LEAD.id, HUSH, "недоступно"), (HEAD.id, "Не риск", "снят")],
)
def test_a_press_has_the_rights_of_its_person(
    sqlite_store: Store, api: BotApi, person: int, label: str, why: str
) -> None:
    """A reader may not take, a block's lead may not silence, the head may dismiss: the same table as on the pages."""
    link(sqlite_store, person)
    _, got = told_risk(chat_work(sqlite_store), api, level=2)
    key = api.press(_tg(got), label, PERSONS[person])

    listen(sqlite_store, api, ChatKind.TELEGRAM)

    assert why in api.shown(key)


def test_an_account_that_was_switched_off_presses_in_vain(sqlite_store: Store, api: BotApi) -> None:
    """Who left is a stranger at once."""
    link(sqlite_store, 2)
    risk_id, got = told_risk(chat_work(sqlite_store), api, level=3)
    with sqlite_store.write() as tx:
        change_staff(tx, 2, {"active": False})
    key = api.press(_tg(got), TAKE, PERSONS[2])

    listen(sqlite_store, api, ChatKind.TELEGRAM)

    assert api.shown(key) == STRANGER
    assert risk_of(sqlite_store, risk_id).taken_by is None


@pytest.mark.parametrize("label", [TAKE, DISMISS, HUSH])
def test_a_press_on_an_old_message_is_told(sqlite_store: Store, api: BotApi, label: str) -> None:
    """The risk was closed meanwhile: the press says so and the attempt stands in its history."""
    link(sqlite_store, 1)
    risk_id, got = told_risk(chat_work(sqlite_store), api, level=2)
    triage.dismiss(chat_work(sqlite_store, BORIS), risk_id, 1, "mistake")
    key = api.press(_tg(got), label, PERSONS[1])

    listen(sqlite_store, api, ChatKind.TELEGRAM)

    assert "Сообщение старое" in api.shown(key)
    assert "снят" in api.shown(key)
    assert events(sqlite_store, risk_id)[-1] == ("refused_try", 1)


def test_danger_is_dismissed_on_its_card_only(sqlite_store: Store, api: BotApi) -> None:
    """A critical alert has one button, and a forged code for another is refused."""
    link(sqlite_store, 1)
    risk_id, got = told_risk(chat_work(sqlite_store), api, level=4, emergency=True)
    dismissed = api.press(_tg(got), "", PERSONS[1], code=f"dismiss:{risk_id}")
    silenced = api.press(_tg(got), "", PERSONS[1], code=f"hush:{risk_id}")
    foreign = api.press(_tg(got), "", PERSONS[1], code="explode:1")
    missing = api.press(_tg(got), "", PERSONS[1], code="take:4242")

    listen(sqlite_store, api, ChatKind.TELEGRAM)

    assert [words for words, _ in _tg(got).buttons] == [TAKE]
    assert "на карточке" in api.shown(dismissed)
    assert "приглушить нельзя" in api.shown(silenced)
    assert "другой версии" in api.shown(foreign)
    assert "4242" in api.shown(missing)
    assert standing(chat_work(sqlite_store)) == ()


@pytest.mark.parametrize("kind", BOTS)
def test_updates_of_unknown_kinds_are_passed_over(sqlite_store: Store, api: BotApi, kind: ChatKind) -> None:
    """What nobody understands is not asked for again and stops nothing behind it."""
    link(sqlite_store, 1, kind)
    _, got = told_risk(chat_work(sqlite_store), api, level=3)
    api.odd_update(kind.value)
    key = api.press(_there(got, kind), TAKE, PERSONS[1])

    came = listen(sqlite_store, api, kind)

    assert (came.skipped, came.done) == (1, 1)
    assert "ваш" in api.shown(key)
    assert listen(sqlite_store, api, kind).skipped == 0


def test_a_deaf_bot_says_why(sqlite_store: Store, api: BotApi) -> None:
    """While another program reads the bot's updates the state says so, and after it hears again nothing is left of it."""
    api.busy = True
    with pytest.raises(SendFailed, match="другая программа"):
        listen(sqlite_store, api, ChatKind.TELEGRAM)
    before = ear_state(chat_work(sqlite_store), ChatKind.TELEGRAM)
    api.busy = False
    listen(sqlite_store, api, ChatKind.TELEGRAM)

    assert "другая программа" in before.error
    assert ear_state(chat_work(sqlite_store), ChatKind.TELEGRAM).error == ""


def test_a_press_is_answered_within_a_second_while_the_ear_waits(sqlite_store: Store, api: BotApi) -> None:
    """The ear hangs on a long question; a press in the middle of it is answered at once."""
    link(sqlite_store, 1)
    _, got = told_risk(chat_work(sqlite_store), api, level=3)
    thread = threading.Thread(target=lambda: listen(sqlite_store, api, ChatKind.TELEGRAM, wait=5))
    thread.start()
    time.sleep(0.3)
    key = api.press(_tg(got), TAKE, PERSONS[1])
    api.shown(key)
    thread.join()

    assert api.answers[key][1] - api.pressed[key] < 1


@pytest.mark.parametrize("kind", BOTS)
def test_the_alert_shows_what_became_of_the_risk(store: Store, api: BotApi, kind: ChatKind) -> None:
    """After a press the same message tells who works on it, once, and keeps the buttons that still make sense."""
    link(store, 1, kind)
    risk_id, got = told_risk(chat_work(store), api, level=3)
    message = _there(got, kind)
    api.press(message, TAKE, PERSONS[1])
    listen(store, api, kind, NOW + timedelta(seconds=5))

    edited = _edit(store, api, 6)

    assert edited == len(CHATS)
    assert "В работе: Сотрудник 1" in message.text
    assert "на верификации" in message.text
    assert [words for words, _ in message.buttons] == [DISMISS, HUSH]
    assert _edit(store, api, 7) == 0
    triage.dismiss(
        chat_work(store, ANNA, NOW + timedelta(seconds=20)), risk_id, risk_of(store, risk_id).version, "settled"
    )
    assert _edit(store, api, 30) == 0, "a message is edited at most once a minute"
    assert _edit(store, api, 67) == len(CHATS)
    assert message.buttons == []
    assert message.edits == 2


def test_small_growth_is_no_edit_and_half_as_many_again_is(sqlite_store: Store, api: BotApi) -> None:
    """Counters tick all day: the message changes when there are half as many posts again."""
    risk_id, got = told_risk(chat_work(sqlite_store), api, level=3, posts=10)

    def grow(posts: int, seconds: int) -> int:
        with sqlite_store.write() as tx:
            change_risk(tx, risk_id, None, NOW + timedelta(seconds=seconds), {"posts": posts})
        return _edit(sqlite_store, api, seconds + 1)

    assert grow(11, 10) == 0
    assert grow(16, 20) == len(CHATS)
    assert "16 публикаций" in _tg(got).text


def test_a_message_that_cannot_be_edited_is_left_alone(sqlite_store: Store, api: BotApi) -> None:
    """«Can't be edited» is asked once and kept as the reason; a flood waits as long as it says."""
    risk_id, got = told_risk(chat_work(sqlite_store), api, level=3)
    _tg(got).final = True
    api.flood("-200500", 30)
    triage.start_verification(chat_work(sqlite_store, ANNA, NOW + timedelta(seconds=10)), risk_id, 1)

    first = _edit(sqlite_store, api, 11)
    asked = len(api.asked)
    again = _edit(sqlite_store, api, 200)

    assert (first, again) == (1, 0)
    assert len(api.asked) == asked
    with sqlite_store.read() as tx:
        (why,) = tx.execute(sa.select(chat_message.c.error).where(chat_message.c.error != "")).scalars()
    assert "не даёт править" in why


def test_folder_and_console_remember_no_message(sqlite_store: Store, api: BotApi) -> None:
    """Only what can be edited is remembered: one message per chat that gave an id."""
    told_risk(chat_work(sqlite_store), api, level=3)

    assert sorted(chat for chat, _ in messages(sqlite_store)) == ["duty", "max"]


CHILD = """
import os, signal, sys
from casework import chat_presses
from district.profile import ChatKind
from reports.message import Press
from storage.engine import Store
from tests.casework.chat_build import chat_work

url, at, code = sys.argv[1], sys.argv[2], sys.argv[3]

def die(*_args, **_kw):
    os.kill(os.getpid(), signal.SIGKILL)

if at == "state":        # the move is written, the press is not
    chat_presses.add_press = die
elif at == "press":      # the press is written, the event is not
    chat_presses.add_events = die
store = Store(url)
said, done = chat_presses.obey(chat_work(store), ChatKind.TELEGRAM, Press("press1", "-100500", "501", code))
if at == "kept":         # all is kept, the answer is not sent
    die()
"""


@pytest.mark.parametrize("act", ["take", "dismiss", "hush"])
@pytest.mark.parametrize("at", ["state", "press", "kept"])
def test_killed_within_a_press_it_is_done_wholly_or_not_at_all(store: Store, api: BotApi, at: str, act: str) -> None:
    """kill -9 between the move, the press and its event: told again, the press is done once, with one history."""
    link(store, 1)
    risk_id, _ = told_risk(chat_work(store), api, level=3)
    code = f"{act}:{risk_id}"

    killed = subprocess.run([sys.executable, "-c", CHILD, store.url, at, code], cwd=ROOT, timeout=60, check=False)
    between = (events(store, risk_id), presses(store))
    said, done = obey(chat_work(store), ChatKind.TELEGRAM, Press("press1", "-100500", "501", code))

    assert killed.returncode == -signal.SIGKILL
    assert between == ([], []) if at != "kept" else len(between[1]) == 1
    assert done
    assert said
    assert presses(store) == [(act, 1, "done")]
    assert [kind for kind, _ in events(store, risk_id)].count("pressed") == 1
    with store.read() as tx:
        assert verify_chain(tx, risk_id) is None
