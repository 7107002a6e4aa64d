"""Alerts leave at least once: grouped, throttled, put off and refused, but never lost and never silently dropped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from casework.alerts import Delivered, deliver_once, pending, resend_refused, settle_old, troubles
from casework.errors import NotAllowed
from casework.runs import release_dead
from casework.work import Work
from district.profile import AlertChat, ChatKind
from reports.alert import AlertFacts
from reports.message import Message, Sender, SendFailed, SendRefused, Sent
from reports.send import Folder, TelegramBot
from storage.engine import Store
from storage.keep.outbox import NewLine, add_lines
from tests.casework.staff_build import NOW, a_chat, a_profile, a_staff, a_work
from tests.peers.bot_api import TOKEN, BotApi, running
from tests.reports.build import some_facts

OFFICER = a_staff(2, "officer")
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Keeper:
    """A sender that keeps what it was given and fails or refuses as planned, message by message."""

    plan: list[Exception | str | None] = field(default_factory=list)
    got: list[Message] = field(default_factory=list)

    def send(self, chat: AlertChat, message: Message) -> Sent:
        """Follow the plan; without one take everything."""
        planned = self.plan.pop(0) if self.plan else None
        if isinstance(planned, Exception):
            raise planned
        self.got.append(message)
        return Sent(planned or "")

    @property
    def numbers(self) -> list[tuple[str, ...]]:
        return [message.line.numbers for message in self.got]


def write(
    work: Work, levels: Sequence[int], *, first: int = 1, chat: str = "duty", after: timedelta = timedelta(0)
) -> None:
    """Write a line per level, as casework.telling does; due `after` the work's moment."""
    lines = []
    for n, level in enumerate(levels, start=first):
        facts = some_facts(risk_id=n, number=f"2026-{n:06d}", level=level)
        lines.append(NewLine(f"{n}:{level}:{chat}", chat, n, level, "new", facts.pack(), work.now + after))
    with work.store.write() as tx:
        add_lines(tx, lines, work.now)


def deliver(work: Work, sender: Sender, seconds: float = 0) -> Delivered:
    return deliver_once(work.at(work.now + timedelta(seconds=seconds)), dict.fromkeys(ChatKind, sender))


def left(work: Work, chat: str = "duty") -> list[tuple[str, bool]]:
    """Unsent lines of a chat: number, refused."""
    with work.store.read() as tx:
        from storage.find.outbox import waiting_lines

        return [(AlertFacts.unpack(line.body).number, line.refused) for line in waiting_lines(tx, chat)]


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
    import threading

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


@pytest.fixture
def api() -> Iterator[BotApi]:
    with running(BotApi()) as peer:
        yield peer


def test_the_whole_way_to_a_real_bot_api(store: Store, api: BotApi) -> None:
    """Lines written by the house arrive in a chat over HTTP; a flood and a kick on the way end as they should."""
    work, bot = a_work(store), TelegramBot(TOKEN, api.base)
    write(work, [4, 3])
    api.flood("-100500", 3)

    assert deliver(work, bot).failed == 1
    assert deliver(work, bot, 2.9).sent == 0
    assert deliver(work, bot, 3).sent == 2
    api.kick("-100500")
    write(work, [2], first=5)
    assert deliver(work, bot, 70).refused == 1
    bot.close()

    assert [got.text.splitlines()[0].split(" · ")[0] for got in api.got] == ["<b>🔴 2026-000001", "<b>🟠 2026-000002"]


CHILD = """
import os, signal, sys
from datetime import datetime, timedelta
from pathlib import Path

from casework.alerts import deliver_once
from district.profile import ChatKind
from reports.send import Folder
from storage.engine import Store
from tests.casework.staff_build import NOW, a_work

url, folder, deadly = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])


class Deadly(Folder):
    count = 0

    def send(self, chat, message):
        sent = super().send(chat, message)
        Deadly.count += 1
        with (folder / "order").open("a") as order:
            order.write(message.id + chr(10))
        if Deadly.count == deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return sent


deliver_once(a_work(Store(url), now=NOW + timedelta(minutes=int(sys.argv[4]))), {ChatKind.TELEGRAM: Deadly(folder / "alerts")})
"""


@pytest.mark.parametrize("deadly", [1, 3])
def test_killed_between_sending_and_marking_nothing_is_lost(store: Store, tmp_path: Path, deadly: int) -> None:
    """kill -9 after the chat got a message and before that was written down: it is sent again under the same number."""
    work = a_work(store)
    write(work, [4, 3, 3, 2])
    (tmp_path / "alerts").mkdir()
    run = [sys.executable, "-c", CHILD, store.url, str(tmp_path), str(deadly)]

    killed = subprocess.run([*run, "0"], cwd=ROOT, timeout=60, check=False)
    before = left(work)
    released = release_dead(work)
    folder = Folder(tmp_path / "alerts")
    done = deliver(work, folder, 120)

    assert killed.returncode == -signal.SIGKILL
    assert released == 0
    assert len(before) == 5 - deadly
    assert (done.sent, left(work)) == (5 - deadly, [])
    told = sorted(
        json.loads(path.read_text(encoding="utf-8"))["numbers"] for path in (tmp_path / "alerts").glob("*.json")
    )
    assert told == [[f"2026-{n:06d}"] for n in (1, 2, 3, 4)]
    assert len((tmp_path / "order").read_text().split()) == deadly


def test_a_lease_of_a_dead_machine_ends_by_itself(sqlite_store: Store, tmp_path: Path) -> None:
    """Lines held by a worker that died elsewhere are free after five minutes."""
    work = a_work(sqlite_store)
    write(work, [3])
    with sqlite_store.write() as tx:
        from storage.keep.outbox import claim_lines

        claim_lines(tx, "duty", 10, NOW, "elsewhere:1", timedelta(minutes=5))
    keeper = Keeper()

    assert deliver(work, keeper, 299).sent == 0
    assert deliver(work, keeper, 301).sent == 1


def _moment(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def test_a_night_without_network_ends_with_everything_told(sqlite_store: Store) -> None:
    """Ten hours without a connection: afterwards the chat has every number exactly once."""
    work, keeper = a_work(sqlite_store), Keeper([SendFailed("нет связи")] * 600)
    for hour in range(10):
        write(work.at(_moment(60 * hour)), [2 + hour % 3, 2], first=1 + 2 * hour)
        for minute in range(0, 60, 10):
            deliver(work.at(_moment(60 * hour + minute)), keeper)
    keeper.plan.clear()

    for minute in range(600, 610):
        deliver(work.at(_moment(minute)), keeper)

    assert sorted(n for numbers in keeper.numbers for n in numbers) == [f"2026-{n:06d}" for n in range(1, 21)]
    assert left(work) == []
