"""Nobody takes a risk: the chats hear of it again and the next person is told, until somebody takes it."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from casework import triage
from casework.duty_roster import add_shift
from casework.escalating import escalate, repeat_untaken
from casework.silences import silence
from casework.telling import tell
from casework.work import MACHINE, Staff, Work
from district.defaults import LEVELS
from storage.engine import Store
from storage.find.outbox import waiting_lines
from storage.keep.delivery import settle
from storage.keep.events import verify_chain
from tests.casework.alert_build import Keeper, deliver
from tests.casework.chat_build import chat_work, events, link, personal, steps
from tests.casework.risk_build import ANNA, BORIS, HEAD, card_of, hire, new_risk, risk_of
from tests.casework.staff_build import NOW, a_chat
from tests.storage.build import a_risk

ROOT = Path(__file__).resolve().parents[2]
MINUTE = timedelta(minutes=1)
RULES = {"levels": tuple(LEVELS.values()), "chats": (a_chat(from_level=3),)}


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def _work(store: Store, minutes: float = 0, by: Staff = MACHINE) -> Work:
    return chat_work(store, by, NOW + minutes * MINUTE, **RULES)


def _on_duty(store: Store, staff_id: int = 1) -> None:
    add_shift(_work(store, by=HEAD), staff_id, NOW - 60 * MINUTE, NOW + timedelta(days=3))


def _round(store: Store, minutes: float) -> int:
    return escalate(_work(store, minutes), "https://mcu.example")


def test_a_risk_nobody_takes_goes_up_the_chain(store: Store) -> None:
    """Level 3, half an hour each: the officer on duty, then another on duty, then the head; each is told personally."""
    contacts = [link(store, who) for who in (1, 2, 3)]
    _on_duty(store, 1)
    _on_duty(store, 2)
    risk_id = new_risk(store, level=3, title="Нет тепла")

    taken = [_round(store, minutes) for minutes in (29, 30, 59, 60, 90, 500)]

    assert taken == [0, 1, 0, 1, 1, 0]
    assert steps(store) == [(1, 1, False), (2, 2, False), (3, 3, False)]
    assert events(store, risk_id) == [("escalated", None)] * 3
    lines = personal(store, contacts)
    assert [line.risk_id for line in lines] == [risk_id] * 3
    assert "Вы — дежурный" in lines[0].body["text"]
    assert f"https://mcu.example/risk/{risk_id}" in lines[0].body["text"]
    with store.read() as tx:
        assert verify_chain(tx, risk_id) is None


def test_the_call_arrives_with_its_button(sqlite_store: Store) -> None:
    """The personal message leaves by the same road and has «Взял в работу» under it."""
    link(sqlite_store, 1)
    _on_duty(sqlite_store)
    new_risk(sqlite_store, level=3)
    _round(sqlite_store, 30)
    keeper = Keeper()

    assert deliver(_work(sqlite_store, 31), keeper).sent == 1

    (message,) = keeper.got
    assert [button.label for button in message.buttons] == ["Взял в работу"]


def test_taking_ends_it(store: Store) -> None:
    """Once work begins nobody else is called; a mere look at it only holds the chain while it lasts."""
    link(store, 1)
    link(store, 3)
    _on_duty(store)
    taken, looked = new_risk(store, level=3), new_risk(store, level=3)
    assert _round(store, 30) == 2
    triage.start_verification(_work(store, 31, ANNA), taken, 1)
    triage.take(_work(store, 59, BORIS), [looked], 5)

    assert _round(store, 60) == 0
    assert _round(store, 65) == 1

    assert steps(store) == [(1, 1, True), (1, 1, False), (2, None, False)]


def test_who_has_no_contact_is_passed_over_at_once(store: Store) -> None:
    """A person without contacts stands in the history with the reason, and the next one is called without another wait."""
    head = link(store, 3)
    _on_duty(store)
    risk_id = new_risk(store, level=3)

    assert [_round(store, minutes) for minutes in (30, 30.1, 30.2, 30.3)] == [1, 1, 1, 0]

    assert steps(store) == [(1, None, False), (2, None, False), (3, 3, False)]
    assert len(personal(store, [head])) == 1
    notes = [event.note for event in card_of(store, risk_id).events if event.kind == "escalated"]
    assert any("нет подтверждённых контактов" in note for note in notes)
    assert any("такого сотрудника сейчас нет" in note for note in notes)


def test_at_night_only_the_higher_levels_call_people(sqlite_store: Store) -> None:
    """NOW is a Saturday: level 2 waits for Monday's working hours, level 4 calls in ten minutes."""
    link(sqlite_store, 1)
    _on_duty(sqlite_store)
    new_risk(sqlite_store, level=2)
    urgent = new_risk(sqlite_store, level=4)

    assert _round(sqlite_store, 10) == 1
    assert events(sqlite_store, urgent) == [("escalated", None)]
    assert _round(sqlite_store, 60 * 45 - 1) <= 2
    assert [level for level, _, _ in steps(sqlite_store)].count(1) == 1
    assert _round(sqlite_store, 60 * 47) >= 1
    assert [step for step, _, _ in steps(sqlite_store)].count(1) == 2


def test_many_at_once_are_one_message(sqlite_store: Store) -> None:
    """Ten risks nobody took are one list for the officer, not ten calls in a row."""
    contact = link(sqlite_store, 1)
    _on_duty(sqlite_store)
    numbers = [risk_of(sqlite_store, new_risk(sqlite_store, level=3)).number for _ in range(10)]

    assert _round(sqlite_store, 30) == 10

    (line,) = personal(sqlite_store, [contact])
    assert "10 рисков" in line.body["text"]
    assert all(number in line.body["text"] for number in numbers)


def test_history_and_silence_call_nobody(sqlite_store: Store) -> None:
    """A risk of last week and a silenced one wake nobody up."""
    link(sqlite_store, 1)
    _on_duty(sqlite_store)
    old = NOW - timedelta(days=5)
    new_risk(sqlite_store, level=3, opened_at=old, updated_at=old)
    quiet = new_risk(sqlite_store, level=3)
    silence(_work(sqlite_store, by=ANNA), quiet, "ждём службу", NOW + timedelta(days=1))

    assert _round(sqlite_store, 60) == 0
    assert steps(sqlite_store) == []


def test_an_untaken_risk_is_repeated(store: Store) -> None:
    """Level 3 every two hours and level 4 every half hour, until somebody takes it; level 2 is told once."""
    high, critical = new_risk(store, level=3), new_risk(store, level=4)
    with store.write() as tx:
        tell(tx, _work(store), [high, critical, a_risk(tx, level=2)], "new")
    keeper = Keeper()
    for minutes in range(0, 241, 15):
        repeat_untaken(_work(store, minutes))
        deliver(_work(store, minutes + 1), keeper)
        if minutes == 120:
            triage.start_verification(_work(store, minutes, ANNA), critical, 1)
    told = [message.line.text.splitlines()[0] for message in keeper.got]

    assert sum("до сих пор никто не взял" in line and "уровень 4" in line for line in told) == 4
    assert sum("до сих пор никто не взял" in line and "уровень 3" in line for line in told) == 2
    assert sum("уровень 2" in line for line in told) == 0


def test_a_chat_that_took_nothing_is_not_piled_up(sqlite_store: Store) -> None:
    """While an alert has not left (night, no network) no repeats gather behind it; a loaded history is not repeated."""
    risk_id, loaded = new_risk(sqlite_store, level=4), new_risk(sqlite_store, level=4, updated_at=NOW)
    with sqlite_store.write() as tx:
        tell(tx, _work(sqlite_store), [risk_id], "new")
        tell(tx, _work(sqlite_store, -60 * 72), [loaded], "new")
        settle(tx, NOW - timedelta(days=1), NOW)

    assert repeat_untaken(_work(sqlite_store, 45)) == 0
    with sqlite_store.read() as tx:
        assert len(waiting_lines(tx, "duty")) == 1


CHILD = """
import os, signal, sys
from datetime import timedelta
from casework import contacts, escalating
from storage.engine import Store
from tests.casework.test_escalating import _round

url, at = sys.argv[1], sys.argv[2]

def die(*_args, **_kw):
    os.kill(os.getpid(), signal.SIGKILL)

if at == "row":
    escalating.add_events = die
elif at == "event":
    contacts.add_lines = die
store = Store(url)
_round(store, 30)
if at == "kept":
    die()
"""


@pytest.mark.parametrize("at", ["row", "event", "kept"])
def test_killed_within_a_step_it_is_taken_wholly_or_not_at_all(store: Store, at: str) -> None:
    """kill -9 between the row, the event and the personal line: afterwards there is one of each."""
    contact = link(store, 1)
    _on_duty(store)
    risk_id = new_risk(store, level=3)

    killed = subprocess.run([sys.executable, "-c", CHILD, store.url, at], cwd=ROOT, timeout=60, check=False)
    between = (steps(store), events(store, risk_id), personal(store, [contact]))
    _round(store, 30)

    assert killed.returncode == -signal.SIGKILL
    assert between == ([], [], []) if at != "kept" else len(between[2]) == 1
    assert steps(store) == [(1, 1, False)]
    assert events(store, risk_id) == [("escalated", None)]
    assert len(personal(store, [contact])) == 1
