"""Alerts survive: kill -9 between sending and marking, dead machines, nights without a network, real HTTP on the way."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from casework.alerts import deliver_once
from casework.runs import release_dead
from casework.take_in import take_in
from district.profile import ChatKind
from reports.message import SendFailed
from reports.send import Folder, TelegramBot
from storage.engine import Store
from storage.keep.outbox import claim_lines
from tests.casework.alert_build import Keeper, deliver, left, write
from tests.casework.risk_build import a_post
from tests.casework.staff_build import NOW, a_work
from tests.peers.bot_api import TOKEN, BotApi, running

ROOT = Path(__file__).resolve().parents[2]


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


def test_from_a_post_to_a_file_in_the_folder(store: Store, tmp_path: Path) -> None:
    """A cry for help is taken in, becomes a risk of level 4 and lies in the alert folder in the same second, authorless."""
    work = a_work(store)
    cry = a_post(1, "На Лесной пожар в жилом доме, люди не могут выйти, есть пострадавшие!", voice="deadbeefdeadbeef")

    taken = take_in(work, [cry])
    done = deliver_once(work, dict.fromkeys(ChatKind, Folder(tmp_path / "alerts")), "https://mcu.example")

    assert (taken.alerts, done.sent) == (1, 1)
    (path,) = (tmp_path / "alerts").glob("*.json")
    told = json.loads(path.read_text(encoding="utf-8"))
    assert (told["numbers"], told["level"]) == (["2026-000001"], 4)
    for said in ("ЕДДС", "https://vk.com/wall-1_1", "10 просмотров", "https://mcu.example/risk/1", "не проверено"):
        assert said in told["text"]
    assert "deadbeef" not in path.read_text(encoding="utf-8")
