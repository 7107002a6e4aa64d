"""Every command answers in Russian or in JSON, and ends with one clear line when something is wrong."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from casework import runs
from district.settings import Settings
from otklik.wiring import build, sync_sources
from tests.otklik.conftest import ROOT, Shell

BROKEN = 'name = "Округ"\nresidents = "много"\ntimezone = "Europe/Nowhere"\nsvetofor = 1\n'


def test_the_queue_is_told_in_json(demo_shell: Shell) -> None:
    """The queue's JSON has a row per risk, important first, counts by level and state, and moments with their zone."""
    told = demo_shell.ask("queue", "--all", "--limit", "1000")

    rows = told["rows"]
    assert told["total"] == len(rows) > 20
    assert [r["level"] for r in rows] == sorted((r["level"] for r in rows), reverse=True)
    assert re.fullmatch(r"\d{4}-\d{6}", rows[0]["number"])
    assert rows[0]["top_reason"]
    assert datetime.fromisoformat(rows[0]["first_seen"]).tzinfo is not None
    assert sum(told["by_level"].values()) == told["total"]
    assert set(told["by_state"]) >= {"found", "dismissed"}


def test_the_queue_is_narrowed(demo_shell: Shell) -> None:
    """Level, words, number and limit narrow the list; closed risks come only when asked for."""
    open_ones = demo_shell.ask("queue", "--limit", "1000")
    some = demo_shell.ask("queue", "--limit", "2")
    top = demo_shell.ask("queue", "--level", "4")
    gas = demo_shell.ask("queue", "--search", "запах газа")

    assert {r["state"] for r in open_ones["rows"]}.isdisjoint({"dismissed", "worked_off"})
    assert (len(some["rows"]), some["total"]) == (2, open_ones["total"])
    assert {r["level"] for r in top["rows"]} == {4}
    assert [("газа" in r["title"]) for r in gas["rows"]] == [True]
    number = gas["rows"][0]["number"]
    assert [r["number"] for r in demo_shell.ask("queue", "--search", number)["rows"]] == [number]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("queue",), ("4 критический", "найден", "Всего:")),
        (("sources",), ("vk-podslushano", "paused", "пока неизвестно")),
        (("staff", "list"), ("admin", "dezhurny", "Дежурный специалист")),
        (("account", "list"), ("площадка", "может читать")),
        (("profile", "check"), ("Профиль годен", "территорий")),
    ],
)
def test_lists_are_readable(demo_shell: Shell, command: tuple[str, ...], words: tuple[str, ...]) -> None:
    """Without --json the lists are tables with Russian heads."""
    done = demo_shell(*command)

    assert done.exit_code == 0, done.output
    assert [w for w in words if w not in done.stdout] == []


def test_sources_are_told_in_json(demo_shell: Shell) -> None:
    """Each source comes with its health; those of the demo rest, so that nothing goes into the network."""
    lines = {line["id"]: line for line in demo_shell.ask("sources")}

    assert len(lines) == 12
    assert {line["state"] for line in lines.values()} == {"paused"}
    assert lines["vk-podslushano"].keys() >= {"last_outcome", "last_reason", "day_posts", "volume", "quarantined"}


def test_staff_are_made_listed_and_given_passwords(shell: Shell) -> None:
    """A one-time password is shown once, when it is made; no list tells it or its hash."""
    shell("upgrade")
    made = shell("staff", "add", "duty", "Дежурный специалист", "--role", "officer")
    first = re.search(r"одноразовый пароль (\S+)", made.stdout)
    again = re.search(r"одноразовый пароль (\S+)", shell("staff", "password", "duty").stdout)
    (row,) = shell.ask("staff", "list")

    assert first
    assert again
    assert first[1] != again[1]
    assert (row["login"], row["roles"], row["must_change"]) == ("duty", ["officer"], True)
    assert "password_hash" not in row
    assert "argon2" not in shell("staff", "list", "--json").stdout


def test_accounts_are_told_without_keys(shell: Shell) -> None:
    """The list of platform accounts is empty at first, and rotation of the keys says how many it sealed anew."""
    shell("upgrade")

    assert shell.ask("account", "list") == []
    rotated = shell("account", "rotate")
    assert (rotated.exit_code, "перешифровано записей: 0" in rotated.stdout) == (0, True)


@pytest.mark.parametrize(
    ("command", "code", "word"),
    [
        (("queue",), 1, "otklik upgrade"),
        (("sources", "--json"), 1, "otklik upgrade"),
        (("staff", "list"), 1, "otklik upgrade"),
        (("account", "list"), 1, "otklik upgrade"),
        (("staff", "password", "nobody"), 1, "Сотрудника с логином «nobody» нет"),
        (("staff", "add", "Пётр", "Дежурный", "--role", "officer"), 1, "Логин «Пётр» не годится"),
        (("staff", "add", "duty", "Дежурный", "--role", "boss"), 1, "Неизвестно: boss"),
        (("account", "check", "vk-none"), 1, "«vk-none» нет"),
        (("account", "remove", "vk-none"), 1, "«vk-none» нет"),
        (("account", "add", "myspace"), 2, "vk, telegram, max"),
        (("crawl",), 2, "--once"),
    ],
)
def test_what_cannot_be_done_is_one_line(shell: Shell, command: tuple[str, ...], code: int, word: str) -> None:
    """A command that cannot do its work says why and what to do, and never shows the inside of the program."""
    done = shell(*command)

    assert done.exit_code == code, done.output
    assert word in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("OTKLIK_PORT", "abc", "нужно целое число (сейчас: 'abc')"),
        ("OTKLIK_PORT", "99999", "не больше 65535"),
        ("OTKLIK_TEXT_DAYS", "0", "не меньше 1"),
    ],
)
def test_a_wrong_setting_is_named(shell: Shell, name: str, value: str, word: str) -> None:
    """A wrong value of the environment ends any command with the name of the setting, the value and the mend."""
    done = shell("check", **{name: value})

    assert done.exit_code == 2
    assert done.stderr.strip() == f"{name}: {word}" or done.stderr.startswith(f"{name}: {word} ")


@pytest.mark.parametrize("url", ["nonsense", "postgresql+psycopg://otklik:secret@127.0.0.1:1/none"])
@pytest.mark.parametrize("command", [("queue",), ("upgrade",)])
def test_a_database_that_does_not_answer_is_one_line(shell: Shell, command: tuple[str, ...], url: str) -> None:
    """A wrong or silent database is told in a line that names the setting and hides the password."""
    done = shell(*command, OTKLIK_DATABASE_URL=url)

    assert done.exit_code == 1
    assert "OTKLIK_DATABASE_URL" in done.stderr
    assert "secret" not in done.output


def test_a_home_that_is_no_folder_is_named(shell: Shell) -> None:
    """A file where the folder should be is told with its path."""
    shell.home.write_text("")
    done = shell("upgrade")

    assert done.exit_code == 1
    assert str(shell.home) in done.stderr


def test_a_broken_profile_is_told_whole(shell: Shell, tmp_path: Path) -> None:
    """Every mistake of a profile is told at once, with key, reason and mend, by the check and by any other command."""
    path = tmp_path / "broken.toml"
    path.write_text(BROKEN, encoding="utf-8")
    done = shell("profile", "check", str(path))
    asked = shell("profile", "check", str(path), "--json")
    used = Shell(shell.home, path)("queue")

    problems = [line for line in done.stdout.splitlines() if line.startswith("✗")]
    assert done.exit_code == asked.exit_code == used.exit_code == 1
    assert len(problems) > 3
    assert all(word in done.stdout for word in ("residents", "timezone", "svetofor"))
    assert '"ok": false' in asked.stdout
    assert '"mend"' in asked.stdout
    assert "residents" in used.stderr


def test_the_demo_is_loaded_once_and_only_for_the_demo_district(demo_shell: Shell, shell: Shell, real_profile: Path) -> None:  # fmt: skip
    """Invented posts never get into a real district's database, nor twice into the demo's."""
    again = demo_shell("demo")
    real = Shell(shell.home, real_profile)
    refused = real("demo")

    assert (again.exit_code, "уже есть записи" in again.stderr) == (1, True)
    assert (refused.exit_code, "настоящий" in refused.stderr) == (1, True)
    assert real.ask("queue", "--all")["total"] == 0
    assert real.ask("staff", "list") == []


@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_busy_port_costs_nothing(shell: Shell, command: str) -> None:
    """On a busy port nothing is made, so that the password, shown once, is not lost; the mend is told."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = shell(command, OTKLIK_PORT=port)

    assert done.exit_code == 1
    assert all(word in done.stderr for word in (f"127.0.0.1:{port}", "занят", "OTKLIK_PORT=8001"))
    assert not shell.home.exists()


def test_a_source_with_a_typo_is_no_success(shell: Shell, real_profile: Path) -> None:
    """`crawl --once --source` of an unknown source says so and ends with an error, for scripts."""
    done = Shell(shell.home, real_profile)("crawl", "--once", "--source", "vk-podslushan", "--json")

    assert done.exit_code == 1
    assert "источника нет в списке" in done.stdout


def test_a_killed_crawl_does_not_hold_its_source(shell: Shell, real_profile: Path) -> None:
    """After kill -9 of a crawl the next one reads the source at once instead of waiting for the lease to end."""
    real = Shell(shell.home, real_profile)
    house = build(Settings(_env_file=None, home=shell.home, profile=real_profile))  # type: ignore[call-arg]
    sync_sources(house)
    dead = f"{runs.owner_name().split(':')[0]}:999999999:1"
    assert runs.claim_source(house.work(), "vk-typical", dead, 3600)
    house.close()
    done = real("crawl", "--once", "--source", "vk-typical", "--json")

    (run,) = json.loads(done.stdout)["runs"]
    assert run["outcome"] != "busy"
    assert "нет учётной записи" in run["reason"] or "Учётной записи" in run["reason"]


def test_the_demo_never_goes_into_the_network(shell: Shell) -> None:
    """Before the demo's month is loaded its made-up sources are on no list, so that a crawl asks nobody."""
    done = shell.ask("crawl", "--once")

    assert done["runs"] == []
    assert shell.ask("sources") == []


def test_it_runs_as_a_program(tmp_path: Path) -> None:
    """`python -m otklik` lists its commands, in Russian."""
    done = subprocess.run(
        [sys.executable, "-m", "otklik", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert all(word in done.stdout for word in ("run", "worker", "crawl", "queue", "check", "Профиль округа"))
