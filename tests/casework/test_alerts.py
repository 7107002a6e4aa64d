"""Alerts leave at least once: grouped, throttled, put off and refused, but never silently dropped."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from casework.alerts import deliver_once, pending, resend_refused, settle_old, troubles
from casework.errors import NotAllowed
from district.profile import AlertChat, ChatKind
from reports.message import Message, SendFailed, SendRefused, Sent
from storage.engine import Store
from storage.keep.outbox import NewLine, add_lines
from tests.casework.alert_build import Keeper, deliver, left, write
from tests.casework.staff_build import NOW, a_chat, a_profile, a_staff, a_work

OFFICER = a_staff(2, "officer")


def test_a_few_lines_leave_one_by_one_the_highest_first(store: Store) -> None:
    """Within the chat's measure each risk is a message of its own, told once, the most dangerous first."""
    work, keeper = a_work(store), Keeper()
    write(work, [2, 4, 3])

    first, again = deliver(work, keeper), deliver(work, keeper, 1)

    assert keeper.numbers == [("2026-000002",), ("2026-000003",), ("2026-000001",)]
    assert (first.sent, first.messages, again.sent) == (3, 3, 0)
    assert left(work) == []


def test_lines_wait_for_their_time(sqlite_store: Store) -> None:
    """A line is not sent before the chat's time for grouping is over."""
    work, keeper = a_work(sqlite_store), Keeper()
    write(work, [3], after=timedelta(seconds=2))

    assert deliver(work, keeper, 1.9).sent == 0
    assert deliver(work, keeper, 2).sent == 1


def test_beyond_the_measure_lines_share_a_message(store: Store) -> None:
    """Ten a minute: of 25 lines nine leave alone and the tenth message tells the other sixteen with number and level."""
    work, keeper = a_work(store), Keeper()
    write(work, [2] * 25)

    done = deliver(work, keeper)

    assert (done.sent, done.messages, done.held) == (25, 10, 0)
    assert [len(numbers) for numbers in keeper.numbers] == [1] * 9 + [16]
    assert sorted(n for numbers in keeper.numbers for n in numbers) == [f"2026-{n:06d}" for n in range(1, 26)]
    assert keeper.got[-1].id == "group-10"
    assert "2026-000025 · уровень 2" in keeper.got[-1].line.text


def test_a_full_minute_waits_for_the_next(store: Store) -> None:
    """When the minute is full nothing leaves until a message of it is a minute old, then one message tells what waited."""
    work, keeper = a_work(store, profile=a_profile(chats=(a_chat(per_minute=2),))), Keeper()
    write(work, [2, 2])
    deliver(work, keeper)
    write(work, [2, 3, 2], first=3)

    full, next_minute = deliver(work, keeper, 59), deliver(work, keeper, 61)

    assert (full.sent, full.messages) == (0, 0)
    assert (next_minute.sent, next_minute.messages) == (3, 2)
    assert keeper.numbers[2:] == [("2026-000004",), ("2026-000003", "2026-000005")]


def test_critical_lines_leave_at_once_and_alone(store: Store) -> None:
    """Level 4 is never grouped and never waits for the measure, however many there are."""
    work, keeper = a_work(store, profile=a_profile(chats=(a_chat(per_minute=2),))), Keeper()
    write(work, [2, 2])
    deliver(work, keeper)
    write(work, [4, 4, 4, 3, 3], first=3)

    done = deliver(work, keeper, 1)

    assert keeper.numbers[2:] == [("2026-000003",), ("2026-000004",), ("2026-000005",)]
    assert done.messages == 3
    assert [number for number, _ in left(work)] == ["2026-000006", "2026-000007"]


def test_a_group_takes_what_fits_and_keeps_the_rest(sqlite_store: Store) -> None:
    """More lines than a message holds: what did not fit leaves with the next one, nothing is dropped."""
    work, keeper = a_work(sqlite_store, profile=a_profile(chats=(a_chat(per_minute=1),))), Keeper()
    write(work, [2] * 60)

    rounds = 0
    while left(work):
        deliver(work, keeper, 61 * rounds)
        rounds += 1
        assert rounds < 10

    assert sorted(n for numbers in keeper.numbers for n in numbers) == [f"2026-{n:06d}" for n in range(1, 61)]
    assert 2 <= len(keeper.got) <= 4


def test_failures_are_tried_again_ever_later(store: Store) -> None:
    """A chat that cannot be reached is tried after 5, 10, 20, 40, 60 and again 60 seconds; the line stays the same."""
    work, keeper = a_work(store), Keeper([SendFailed("нет связи")] * 6)
    write(work, [3])
    at, waits = 0, []

    for expected in (5, 10, 20, 40, 60, 60):
        assert deliver(work, keeper, at).failed == 1
        assert deliver(work, keeper, at + expected - 0.1).failed == 0
        waits.append(expected)
        at += expected
    done = deliver(work, keeper, at)

    assert done.sent == 1
    assert keeper.numbers == [("2026-000001",)]


def test_a_failed_chat_rests_with_all_its_lines(sqlite_store: Store) -> None:
    """While a chat rests after a failure its other lines are not thrown at it either."""
    work, keeper = a_work(sqlite_store), Keeper([SendFailed("нет связи")])
    write(work, [3, 3, 2])

    done = deliver(work, keeper)
    write(work, [4], first=4)
    resting = deliver(work, keeper, 4)

    assert (done.failed, done.held, resting.sent) == (1, 2, 0)
    assert deliver(work, keeper, 5).sent == 4


def test_the_platforms_own_wait_is_honoured(store: Store) -> None:
    """«Retry after 17» means 17 seconds, not the chat's own backoff."""
    work, keeper = a_work(store), Keeper([SendFailed("подождите", retry_after=17)])
    write(work, [3])
    deliver(work, keeper)

    assert deliver(work, keeper, 16.9).sent == 0
    assert deliver(work, keeper, 17).sent == 1


def test_a_refused_message_does_not_stop_the_others(store: Store) -> None:
    """A message the chat will not take is marked with the reason and waits for staff; the rest leave."""
    work, keeper = a_work(store), Keeper([SendRefused("сообщение не принято", whole_chat=False)])
    write(work, [3, 2])

    done = deliver(work, keeper)

    assert (done.refused, done.sent) == (1, 1)
    assert left(work) == [("2026-000001", True)]
    assert deliver(work, keeper, 3600).refused == 0


def test_a_chat_that_refuses_all_is_not_asked_for_each_line(store: Store) -> None:
    """A kicked bot is asked once; all lines due wait for staff, who see why and can send them again."""
    work, keeper = a_work(store), Keeper([SendRefused("бот удалён из чата", whole_chat=True)])
    write(work, [3, 3, 2])

    done = deliver(work, keeper)

    assert (done.refused, done.sent, done.errors[0]) == (3, 0, "бот удалён из чата")
    (state,) = troubles(a_work(store, OFFICER))
    assert (state.chat, state.refused, state.waiting, state.reason) == ("duty", 3, 0, "бот удалён из чата")
    assert deliver(work, keeper, 3600).sent == 0
    assert resend_refused(a_work(store, OFFICER, NOW + timedelta(hours=2))) == 3
    assert deliver(work, keeper, 7200).sent == 3
    assert troubles(a_work(store, OFFICER)) == ()


def test_old_refusals_stay_unless_asked_for(sqlite_store: Store) -> None:
    """Sending again reaches back a day: nobody wants the alerts of last week."""
    work = a_work(sqlite_store)
    write(work, [3])
    deliver(work, Keeper([SendRefused("нет", whole_chat=True)]))

    late = a_work(sqlite_store, OFFICER, NOW + timedelta(days=3))
    assert resend_refused(late) == 0
    assert resend_refused(late, "duty", timedelta(days=7)) == 1


def test_readers_neither_see_nor_send_alerts(sqlite_store: Store) -> None:
    """The outbox is for those who answer for it."""
    reader = a_work(sqlite_store, a_staff(5, "reader"))

    with pytest.raises(NotAllowed):
        resend_refused(reader)
    with pytest.raises(NotAllowed):
        pending(reader, "duty")


def test_pending_shows_what_waits_and_why(sqlite_store: Store) -> None:
    """Staff see unsent lines in the order in which they will leave, with attempts and the last error."""
    work = a_work(sqlite_store)
    write(work, [2, 4])
    deliver(work, Keeper([SendFailed("нет связи")]))

    lines = pending(a_work(sqlite_store, OFFICER), "duty")

    assert [(line.level, line.attempts, line.error) for line in lines] == [(4, 1, "нет связи"), (2, 0, None)]


def test_a_warning_is_kept_beside_a_sent_line(sqlite_store: Store) -> None:
    """A chat that moved got its message, and the technician is told for a day to write the new address down."""
    work = a_work(sqlite_store)
    write(work, [3])
    deliver(work, Keeper(["впишите новый адрес"]))

    assert [state.reason for state in troubles(work.at(NOW + timedelta(hours=1)))] == ["впишите новый адрес"]
    assert troubles(work.at(NOW + timedelta(days=2))) == ()
    assert left(work) == []


def test_long_waiting_lines_are_a_trouble(sqlite_store: Store) -> None:
    """When the worker stands still the desk says that alerts have waited for more than five minutes."""
    work = a_work(sqlite_store)
    write(work, [3])

    assert troubles(work.at(NOW + timedelta(minutes=4))) == ()
    assert [state.waiting for state in troubles(work.at(NOW + timedelta(minutes=6)))] == [1]


def test_lines_of_a_chat_the_profile_forgot_are_told(sqlite_store: Store) -> None:
    """A chat taken out of the profile does not swallow its lines."""
    work, keeper = a_work(sqlite_store), Keeper()
    write(work, [3, 3], chat="former")
    write(work, [2], first=9)

    done = deliver(work, keeper)

    assert (done.sent, done.refused) == (1, 2)
    assert "«former» нет в профиле" in done.errors[0]


def test_an_unreadable_line_does_not_stop_the_chat(sqlite_store: Store) -> None:
    """A line of another version of the program is told and left; the others leave."""
    work, keeper = a_work(sqlite_store), Keeper()
    with sqlite_store.write() as tx:
        add_lines(tx, [NewLine("odd", "duty", None, 4, "new", {"что": "то"}, NOW)], NOW)
    write(work, [3])

    done = deliver(work, keeper)

    assert (done.sent, done.refused) == (1, 1)
    assert "другой версией" in done.errors[0]


def test_history_is_settled_without_telling(sqlite_store: Store) -> None:
    """Lines of a loaded month are marked as sent; fresh ones still leave."""
    work, keeper = a_work(sqlite_store, now=NOW - timedelta(days=9)), Keeper()
    write(work, [3, 3])
    write(a_work(sqlite_store), [2], first=9)

    assert settle_old(a_work(sqlite_store), NOW - timedelta(hours=1)) == 2
    deliver(a_work(sqlite_store), keeper)

    assert keeper.numbers == [("2026-000009",)]


def test_two_workers_do_not_send_the_same_line(store: Store) -> None:
    """While one worker holds the lines of a chat another finds nothing to send."""
    work, inner = a_work(store), Keeper()

    class Meanwhile(Keeper):
        def send(self, chat: AlertChat, message: Message) -> Sent:
            outcomes.append(deliver(work, inner, 0.5).sent)
            return super().send(chat, message)

    outcomes: list[int] = []
    write(work, [3, 2, 2])
    done = deliver(work, Meanwhile())

    assert (done.sent, outcomes, inner.got) == (3, [0, 0, 0], [])


def test_a_chat_that_hangs_does_not_hold_the_others(store: Store) -> None:
    """Chats are served side by side: the folder gets its line while Telegram is still waiting for an answer."""
    chats = (a_chat("far"), a_chat("near", ChatKind.FOLDER, address=""))
    work, near, reached = a_work(store, profile=a_profile(chats=chats)), Keeper(), threading.Event()

    class Slow(Keeper):
        def send(self, chat: AlertChat, message: Message) -> Sent:
            if not reached.wait(20):
                raise SendFailed("сосед не дождался")
            return super().send(chat, message)

    class Quick(Keeper):
        def send(self, chat: AlertChat, message: Message) -> Sent:
            reached.set()
            return near.send(chat, message)

    write(work, [3], chat="far")
    write(work, [3], first=2, chat="near")
    done = deliver_once(work, {ChatKind.TELEGRAM: Slow(), ChatKind.FOLDER: Quick()})

    assert (done.sent, done.failed) == (2, 0)
